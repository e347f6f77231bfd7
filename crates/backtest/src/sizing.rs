//! From targets to market orders: the one place where a weight becomes lots.

use crate::Counts;
use sluice_engine::{Engine, Solo};
use sluice_pretrade::AccountView;
use sluice_types::{
    Conversion, Fault, InstrumentId, Intent, Money, Quantity, Rounding, Side, UNITS,
};

/// An account that can be sized for: what the check reads, and its equity.
pub trait Purse: AccountView {
    /// Cash and the value of every position at its mark, in the base currency.
    fn equity(&self) -> Result<Money, Fault>;
    /// What one unit of the instrument's currency is worth in the base currency; None before it is known.
    fn rate(&self, _id: InstrumentId) -> Option<f64> {
        Some(1.0)
    }
}

impl Purse for Engine {
    fn equity(&self) -> Result<Money, Fault> {
        self.equity()
    }

    fn rate(&self, id: InstrumentId) -> Option<f64> {
        self.conversion(id).map(Conversion::as_f64)
    }
}

impl Purse for Solo<'_> {
    fn equity(&self) -> Result<Money, Fault> {
        self.equity()
    }
}

/// What a target number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizing {
    /// A fraction of equity at the decision.
    Weight,
    /// Units.
    Units,
    /// Money at the decision's close.
    Notional,
}

/// No more quantity counts than this are asked for (2^53): beyond it a float no longer knows single counts. Only a
/// run that gains without end, as one that reads the future does, ever gets here.
const LARGEST_COUNTS: f64 = 9_007_199_254_740_992.0;

/// One instrument on its way to its target.
#[derive(Debug, Clone, Copy)]
struct Leg {
    instrument: InstrumentId,
    /// Position and market orders in flight.
    before: Quantity,
    wanted: Quantity,
    /// Money per quantity count at the mark.
    unit: f64,
    reserve: f64,
}

impl Leg {
    fn reduces(&self) -> bool {
        self.wanted.size() <= self.before.size()
    }

    /// Money bound more (or, below zero, less) after the leg.
    fn growth(&self) -> f64 {
        (self.wanted.size().0 - self.before.size().0) as f64 * self.unit
    }
}

/// Turns targets into intents; its buffers are reused.
#[derive(Debug)]
pub struct Planner {
    pub(crate) sizing: Sizing,
    /// Fraction of equity below which a trade is not worth making.
    min_trade: f64,
    legs: Vec<Leg>,
    intents: Vec<Intent>,
}

impl Planner {
    pub(crate) fn new(sizing: Sizing, min_trade: f64) -> Self {
        Self {
            sizing,
            min_trade,
            legs: Vec::new(),
            intents: Vec::new(),
        }
    }

    /// The orders that bring each named instrument to its target: reductions first, then increases, which shrink
    /// together to what buying power allows once the reductions are on their way.
    pub(crate) fn plan(
        &mut self,
        account: &impl Purse,
        targets: impl Iterator<Item = (InstrumentId, f64)>,
        counts: &mut Counts,
    ) -> Result<&[Intent], Fault> {
        let equity = account.equity()?.as_f64();
        self.legs.clear();
        self.intents.clear();
        for (instrument, target) in targets {
            if target != 0.0 && account.rate(instrument).is_none() {
                // Without a rate it cannot be sized: one lot is asked for, and the check denies it by name.
                self.intents.extend(one_lot(account, instrument, target));
            }
            if let Some(leg) = self.leg(account, instrument, target, equity, counts)? {
                self.legs.push(leg);
            }
        }
        self.fit(account, counts)?;
        for reductions in [true, false] {
            for leg in &self.legs {
                if leg.reduces() == reductions
                    && self.worth_trading(account, leg, equity, counts)?
                {
                    self.intents.push(intent(leg));
                }
            }
        }
        Ok(&self.intents)
    }

    fn leg(
        &self,
        account: &impl Purse,
        id: InstrumentId,
        target: f64,
        equity: f64,
        counts: &mut Counts,
    ) -> Result<Option<Leg>, Fault> {
        let (Some(instrument), Some(mark)) = (account.instrument(id), account.mark(id)) else {
            return Ok(None);
        };
        let mut target = target;
        if target < 0.0 && !instrument.shortable() {
            counts.clipped_not_shortable += 1;
            target = 0.0;
        }
        let multiplier = instrument.spec().multiplier as f64 / UNITS as f64;
        let Some(rate) = account.rate(id) else {
            return Ok(None); // see `plan`
        };
        let price = instrument.price_f64(mark) * multiplier * rate;
        let units = match self.sizing {
            Sizing::Weight => target * equity.max(0.0) / price,
            Sizing::Notional => target / price,
            Sizing::Units => target,
        };
        let largest = LARGEST_COUNTS * instrument.quantity_f64(Quantity(1));
        if units.abs() > largest {
            counts.clipped_too_large += 1;
        }
        let wanted = instrument.quantity_from_f64(units.clamp(-largest, largest))?;
        if wanted == Quantity::ZERO && units != 0.0 {
            counts.below_lot += 1;
        }
        let before = i64::try_from(account.working(id).settled())
            .map(Quantity)
            .map_err(|_| Fault::Overflow("position + orders in flight"))?;
        Ok((wanted != before).then(|| Leg {
            instrument: id,
            before,
            wanted,
            unit: price * instrument.quantity_f64(Quantity(1)),
            reserve: account.reserve(id).0 as f64 / UNITS as f64,
        }))
    }

    /// Shrinks the increases to the buying power there is; the costs of getting there are part of it.
    fn fit(&mut self, account: &impl Purse, counts: &mut Counts) -> Result<(), Fault> {
        let increases = |leg: &&Leg| !leg.reduces();
        let needed: f64 = (self.legs.iter().filter(increases))
            .map(|leg| leg.growth() * (1.0 + leg.reserve))
            .sum();
        if needed <= 0.0 {
            return Ok(());
        }
        let released: f64 = (self.legs.iter().filter(|leg| leg.reduces()))
            .map(Leg::growth)
            .sum();
        let available = account.limit()?.minus(account.bound()?)?.as_f64() - released;
        if needed <= available {
            return Ok(());
        }
        counts.fitted_to_buying_power += 1;
        // A hair less, so that a float's last bit is no reason for a denial.
        let share = (available / needed).max(0.0) * (1.0 - 1e-9);
        for leg in self.legs.iter_mut().filter(|leg| !leg.reduces()) {
            let Some(instrument) = account.instrument(leg.instrument) else {
                continue;
            };
            let grown = (leg.wanted.size().0 - leg.before.size().0) as f64 * share;
            let grown =
                instrument.quantity_from_f64(grown * instrument.quantity_f64(Quantity(1)))?;
            let size = leg.before.size().plus(grown)?;
            leg.wanted = Quantity(leg.wanted.0.signum() * size.0);
        }
        Ok(())
    }

    fn worth_trading(
        &self,
        account: &impl Purse,
        leg: &Leg,
        equity: f64,
        counts: &mut Counts,
    ) -> Result<bool, Fault> {
        if leg.wanted == leg.before {
            return Ok(false);
        }
        if leg.wanted == Quantity::ZERO {
            return Ok(true); // getting flat is always allowed
        }
        let size = leg.wanted.minus(leg.before)?.size();
        if size.0 as f64 * leg.unit < self.min_trade * equity {
            counts.below_min_trade += 1;
            return Ok(false);
        }
        if let (Some(instrument), Some(mark)) = (
            account.instrument(leg.instrument),
            account.mark(leg.instrument),
        ) && instrument.notional(mark, size, Rounding::Down)? < instrument.min_notional()
        {
            counts.below_min_notional += 1;
            return Ok(false);
        }
        Ok(true)
    }
}

fn one_lot(account: &impl Purse, id: InstrumentId, target: f64) -> Option<Intent> {
    let side = if target < 0.0 { Side::Sell } else { Side::Buy };
    let lot = account.instrument(id)?.spec().lot;
    Some(Intent::market(id, side, Quantity(lot)))
}

fn intent(leg: &Leg) -> Intent {
    let delta = leg.wanted.0 - leg.before.0;
    let side = if delta > 0 { Side::Buy } else { Side::Sell };
    Intent::market(leg.instrument, side, Quantity(delta).size())
}
