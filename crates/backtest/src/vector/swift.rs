//! The plain decision in 64 bits: no rule of its own, but the common case of sizing, check, costs and ledger at once.
//!
//! Whatever is not plain (a target that is clipped or shrunk, an order that is too small or denied, a number that might
//! not fit) is [`None`], nothing is changed, and the general way decides. Property tests hold both to the event engine.

use super::Ground;
use crate::Sizing;
use sluice_engine::Solo;
use sluice_types::{
    Fill, InstrumentId, Liquidity, Money, OrderId, Price, Quantity, Rounding, Side, UNITS,
};

/// Products of what is below this fit 64 bits with room for a sum.
const ROOM: i64 = 1 << 60;

/// What the plain decision needs of a ground, where its numbers fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Swift {
    /// Money counts of one price count times one quantity count.
    unit: i64,
    /// Quantity counts up to which every product fits.
    largest: i64,
    multiplier: f64,
    leverage: f64,
    reserve: f64,
    lot_f64: f64,
    /// The smallest notional, in money counts.
    min_notional: i64,
}

/// What a plain decision comes to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Plain {
    /// The position is the target.
    Nothing,
    /// One order, filled whole.
    Filled(Fill),
}

impl Swift {
    /// None where the instrument's money is not a whole number per count, costs depend on liquidity, or numbers are large.
    pub fn of(ground: &Ground<'_>, highest: Price) -> Option<Self> {
        let (instrument, cost) = (ground.instrument(), ground.cost);
        let unit = instrument.money_per_count()?;
        let dear = highest.0.checked_mul(unit)?.checked_mul(8)?; // slippage may double a price, a flip a size
        let slip = highest.0.checked_mul(cost.half_spread.0)?;
        let plain = slip < ROOM && cost.volume_slippage == 0.0 && cost.impact == 0.0 && dear > 0;
        let largest = (ROOM / dear.max(1)).min(1 << 52);
        (plain && largest > 0).then_some(Self {
            unit,
            largest,
            multiplier: instrument.spec().multiplier as f64 / UNITS as f64,
            leverage: ground.settings.leverage_f64(),
            reserve: cost.reserve().0 as f64 / UNITS as f64,
            lot_f64: instrument.quantity_f64(Quantity(1)),
            min_notional: i64::try_from(instrument.min_notional().0).ok()?,
        })
    }

    /// Money counts of one price count times one quantity count.
    #[inline]
    pub fn unit(&self) -> i64 {
        self.unit
    }

    /// The plain decision of `row` for the target in force.
    #[inline]
    pub fn decide(
        &self,
        ground: &Ground<'_>,
        account: &Solo<'_>,
        row: usize,
        target: f64,
    ) -> Option<Plain> {
        let held = account.position().quantity.0;
        let wanted = self.wanted(ground, account, row, target)?;
        if wanted == held {
            return Some(Plain::Nothing);
        }
        let bars = ground.bars;
        let reference = *bars.open.get(row + 1)?;
        let signed = wanted - held;
        let side = if signed > 0 { Side::Buy } else { Side::Sell };
        let slip = reference * ground.cost.half_spread.0;
        let slip = (slip + UNITS as i64 - 1).div_euclid(UNITS as i64); // up
        let price = match side {
            Side::Buy => reference + slip,
            Side::Sell => (reference - slip).max(1),
        };
        let quantity = signed.abs();
        let fee = Money((price * quantity * self.unit).into());
        Some(Plain::Filled(Fill {
            ts: bars.ts_start[row + 1],
            order: OrderId(0),
            instrument: InstrumentId(0),
            side,
            quantity: Quantity(quantity),
            price: Price(price),
            reference: Price(reference),
            fee: fee.at_rate(ground.cost.taker, Rounding::Up).ok()?,
            liquidity: Liquidity::Taker,
        }))
    }

    /// The position that the target asks for, where it is to be had as it is.
    #[inline]
    fn wanted(
        &self,
        ground: &Ground<'_>,
        account: &Solo<'_>,
        row: usize,
        target: f64,
    ) -> Option<i64> {
        let (instrument, settings) = (ground.instrument(), ground.settings);
        let held = account.position().quantity.0;
        let cash = i64::try_from(account.cash().0).ok()?;
        let fits = cash.unsigned_abs() < ROOM as u64 && held.unsigned_abs() <= self.largest as u64;
        if !fits || (target < 0.0 && !instrument.shortable()) {
            return None;
        }
        let mark = ground.bars.close[row];
        let per_count = mark * self.unit;
        let equity = Money((cash + held * per_count).into());
        let price = instrument.price_f64(Price(mark)) * self.multiplier;
        let units = match settings.sizing {
            Sizing::Units => target,
            Sizing::Notional => target / price,
            Sizing::Weight if target.abs() > self.leverage * (1.0 + 1e-12) => return None,
            Sizing::Weight => target * equity.as_f64().max(0.0) / price,
        };
        let wanted = instrument.quantity_from_f64(units).ok()?.0;
        if wanted == held {
            return (wanted != 0 || units == 0.0).then_some(wanted);
        }
        if wanted == 0 {
            return (units == 0.0).then_some(0);
        }
        if wanted.unsigned_abs() > self.largest as u64 {
            return None;
        }
        let (size, before, delta) = (wanted.abs(), held.abs(), (wanted - held).abs());
        let per_count_f64 = price * self.lot_f64;
        let least = settings.min_trade;
        let small = least > 0.0 && delta as f64 * per_count_f64 < least * equity.as_f64();
        if small || delta * per_count < self.min_notional {
            return None;
        }
        if size > before {
            let grown = size - before;
            let limit = equity.at_rate(settings.leverage, Rounding::Down).ok()?.0;
            let needed = grown as f64 * per_count_f64 * (1.0 + self.reserve);
            let available = Money(limit - i128::from(before * per_count)).as_f64();
            let costs =
                Money((grown * per_count).into()).at_rate(ground.cost.reserve(), Rounding::Up);
            let bound = i128::from(size * per_count) + costs.ok()?.0;
            if needed > available || bound > limit {
                return None;
            }
        }
        Some(wanted)
    }
}
