//! One instrument's row in the engine: mark, position, open orders, and its part of the account's totals.

use crate::position::{Position, worth};
use sluice_pretrade::Working;
use sluice_types::{Fault, Instrument, Links, Money, Order, OrderId, Price, Quantity, Rate};

/// What one instrument adds to the totals of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Worth {
    /// Signed value of the position at the mark, rounded against us.
    pub value: Money,
    /// Worst-case notional and its reserve, see [`Working::bound`].
    pub bound: Money,
}

impl Worth {
    #[inline]
    pub(crate) fn of(
        instrument: &Instrument,
        working: Working,
        mark: Price,
        reserve: Rate,
    ) -> Result<Self, Fault> {
        let value = worth(instrument, mark, working.position)?;
        // With nothing open the bound is the position's size, rounded up: for a short that is the value itself.
        let plain = working.is_quiet() && (instrument.is_exact() || value <= Money::ZERO);
        let bound = if plain {
            value.size()?
        } else {
            working.bound(instrument, mark, reserve)?
        };
        Ok(Self { value, bound })
    }
}

/// Sums over the instruments, kept up to date by differences so that reading them costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Totals {
    /// Σ value: the net exposure.
    pub value: Money,
    /// Σ |value|: the gross exposure.
    pub gross: Money,
    /// Σ bound.
    pub bound: Money,
}

impl Totals {
    /// The totals with one instrument's `old` part replaced by `new`.
    #[inline]
    pub(crate) fn replaced(self, old: Worth, new: Worth) -> Result<Self, Fault> {
        let gross = new.value.size()?.minus(old.value.size()?)?;
        Ok(Self {
            value: self.value.plus(new.value.minus(old.value)?)?,
            gross: self.gross.plus(gross)?,
            bound: self.bound.plus(new.bound.minus(old.bound)?)?,
        })
    }
}

/// Whether what happens to other orders may mean something for this one.
fn is_contingent(order: &Order) -> bool {
    order.intent.reduce_only || order.intent.links != Links::NONE
}

/// The row of one instrument.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Holding {
    pub mark: Option<Price>,
    pub position: Position,
    /// `working.position` repeats `position.quantity`, for the check.
    pub working: Working,
    pub worth: Worth,
    pub reserve: Rate,
    /// Its currency's place among the purses.
    pub purse: usize,
    /// Open orders, by ascending id.
    pub open: Vec<OrderId>,
    /// How many of them are tied to others or reduce-only.
    pub contingent: u32,
}

impl Holding {
    /// Nothing held and nothing on its way: a new mark changes no total.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.working.position == Quantity::ZERO && self.open.is_empty()
    }

    /// Puts an order on the open list.
    #[inline]
    pub(crate) fn enter(&mut self, order: &Order) {
        self.open.push(order.id);
        self.contingent += u32::from(is_contingent(order));
    }

    /// Takes an order off the open list.
    #[inline]
    pub(crate) fn close(&mut self, order: &Order) {
        self.open.retain(|&open| open != order.id);
        self.contingent -= u32::from(is_contingent(order));
    }
}
