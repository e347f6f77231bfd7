//! Exposure of one instrument: what is held, what is on its way, and the worst that may come of it.

use sluice_types::{
    Fault, Instrument, Intent, Money, OrderKind, Price, Quantity, Rate, Rounding, Side,
};

/// How an open order counts in exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// Not at all: a reduce-only order cannot raise or flip a position.
    Nothing,
    /// As done: a market order in flight.
    Done,
    /// It may or may not fill: what rests, and what waits for another order.
    MayFill,
}

impl Binding {
    /// How an order of this intent counts from its submission to its end.
    pub fn of(intent: &Intent) -> Self {
        match intent.kind {
            _ if intent.reduce_only => Self::Nothing,
            OrderKind::Market if intent.links.parent.is_none() => Self::Done,
            _ => Self::MayFill,
        }
    }
}

/// The position and the open quantities of one instrument.
///
/// Market orders in flight count as done. Limit and stop orders (a triggered stop too) may or may not fill, so
/// only the worse side counts. Reduce-only orders do not count, see [`Binding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Working {
    /// Held now, signed.
    pub position: Quantity,
    /// Open quantity of market orders, signed.
    pub market: Quantity,
    /// Open size of the buys that may fill, ≥ 0.
    pub resting_buys: Quantity,
    /// Open size of the sells that may fill, ≥ 0.
    pub resting_sells: Quantity,
}

sluice_types::state_of!(Working {
    position,
    market,
    resting_buys,
    resting_sells,
});

const WORST: Fault = Fault::Overflow("worst-case position");

#[inline]
fn narrow(wide: i128) -> Result<Quantity, Fault> {
    // Not i64::MIN, which has no size.
    match i64::try_from(wide) {
        Ok(counts) if counts != i64::MIN => Ok(Quantity(counts)),
        _ => Err(WORST),
    }
}

impl Working {
    /// The same with `quantity` more (or less, where negative) open on one side.
    pub fn with_order(
        self,
        binding: Binding,
        side: Side,
        quantity: Quantity,
    ) -> Result<Self, Fault> {
        let mut next = self;
        match (binding, side) {
            (Binding::Nothing, _) => {}
            (Binding::Done, side) => {
                let signed = i128::from(side.sign()) * i128::from(quantity.0);
                next.market = narrow(i128::from(self.market.0) + signed)?;
            }
            (Binding::MayFill, Side::Buy) => {
                next.resting_buys = self.resting_buys.plus(quantity)?;
            }
            (Binding::MayFill, Side::Sell) => {
                next.resting_sells = self.resting_sells.plus(quantity)?;
            }
        }
        Ok(next)
    }

    /// Whether no order is open: the position is all there is.
    #[inline]
    pub fn is_quiet(self) -> bool {
        (self.market, self.resting_buys, self.resting_sells)
            == (Quantity::ZERO, Quantity::ZERO, Quantity::ZERO)
    }

    /// The position if every market order in flight is done and nothing else fills.
    #[inline]
    pub fn settled(self) -> i128 {
        i128::from(self.position.0) + i128::from(self.market.0)
    }

    /// The largest size the position may reach: on the side where more rests.
    #[inline]
    pub fn worst(self) -> Result<Quantity, Fault> {
        let settled = self.settled();
        let long = (settled + i128::from(self.resting_buys.0)).abs();
        let short = (settled - i128::from(self.resting_sells.0)).abs();
        narrow(long.max(short))
    }

    /// The money this exposure binds: worst-case notional, and the reserve for the costs of getting there.
    ///
    /// `mark × worst + rate × mark × max(0, worst − |position|)`, each rounded up. The reserve is on the
    /// increase only: getting out is never held back by its own costs.
    #[inline]
    pub fn bound(self, instrument: &Instrument, mark: Price, rate: Rate) -> Result<Money, Fault> {
        let worst = self.worst()?;
        let notional = instrument.notional(mark, worst, Rounding::Up)?;
        let held = i128::from(self.position.0).abs();
        let increase = i128::from(worst.0) - held;
        if increase <= 0 || rate.0 == 0 {
            return Ok(notional);
        }
        let costs = instrument
            .notional(mark, narrow(increase)?, Rounding::Up)?
            .at_rate(rate, Rounding::Up)?;
        notional.plus(costs)
    }
}
