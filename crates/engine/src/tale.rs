//! The round trips of one instrument as running totals: how many, how many won, what they brought and lost.

use crate::position::{Position, share};
use sluice_types::{Fault, Fill, Money, Quantity};

/// The totals of trips that are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trips {
    /// How many.
    pub trips: u64,
    /// Those with a profit above zero.
    pub wins: u64,
    /// Σ of the profits above zero.
    pub won: Money,
    /// Σ of the others, ≤ 0.
    pub lost: Money,
}

impl Trips {
    #[inline]
    fn count(&mut self, pnl: Money) -> Result<(), Fault> {
        self.trips += 1;
        if pnl > Money::ZERO {
            self.wins += 1;
            self.won = self.won.plus(pnl)?;
        } else {
            self.lost = self.lost.plus(pnl)?;
        }
        Ok(())
    }
}

/// Fills in, totals out; those of [`crate::round_trips`] of a run without ledger lines in its base currency.
#[derive(Debug, Default)]
pub struct Tale {
    /// Trips that have ended.
    pub told: Trips,
    /// Fees of what is open.
    fees: Money,
    /// Profits of the reductions of the trip under way: one trip if it goes flat, else one each.
    parts: Vec<Money>,
}

impl Tale {
    /// Takes a fill that made the position what it is `after`.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    #[inline]
    pub fn take(&mut self, fill: &Fill, before: &Position, after: &Position) -> Result<(), Fault> {
        let signed = fill.side.signed(fill.quantity);
        let mut opening = fill.fee;
        if before.quantity.0.signum() * signed.0.signum() < 0 {
            let whole = signed.size() >= before.quantity.size();
            let closed = if whole {
                Quantity(-before.quantity.0)
            } else {
                signed
            };
            let closing = share(fill.fee, closed, signed);
            let part = share(self.fees, closed, before.quantity);
            let pnl = after.realized.minus(before.realized)?;
            let pnl = pnl.minus(part.plus(closing)?)?;
            self.fees = self.fees.minus(part)?;
            if !whole {
                self.parts.push(pnl);
                return Ok(());
            }
            let parts = self.parts.drain(..).try_fold(pnl, Money::plus)?;
            self.told.count(parts)?;
            opening = fill.fee.minus(closing)?;
        }
        self.fees = self.fees.plus(opening)?;
        Ok(())
    }

    /// Closes what is open, which is worth `value`.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn end(&mut self, open: &Position, value: Money) -> Result<(), Fault> {
        if open.quantity == Quantity::ZERO {
            return Ok(());
        }
        for part in self.parts.drain(..) {
            self.told.count(part)?;
        }
        self.told.count(value.minus(open.basis)?.minus(self.fees)?)
    }
}
