//! The account of one instrument whose orders fill before the next decision: the engine's arithmetic without its books.

use crate::holding::Worth;
use crate::position::{Legs, Position};
use sluice_pretrade::{AccountView, Working};
use sluice_types::{
    Fault, Fill, Instrument, InstrumentId, Money, Order, OrderId, Price, Quantity, Rate, Rounding,
};

/// Cash and one position, with nothing on its way whenever it is looked at.
///
/// After the same marks and fills every number here is the one that [`crate::Engine`] would have, to the last unit.
#[derive(Debug, Clone)]
pub struct Solo<'a> {
    instrument: &'a Instrument,
    leverage: Rate,
    reserve: Rate,
    cash: Money,
    position: Position,
    mark: Option<Price>,
    worth: Worth,
}

impl<'a> Solo<'a> {
    /// Flat, with `cash`; `leverage` and `reserve` as in [`crate::Account`].
    pub fn new(instrument: &'a Instrument, cash: Money, leverage: Rate, reserve: Rate) -> Self {
        Self {
            instrument,
            leverage,
            reserve,
            cash,
            position: Position::default(),
            mark: None,
            worth: Worth::default(),
        }
    }

    /// Marks the position at a price.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    #[inline]
    pub fn mark_at(&mut self, price: Price) -> Result<(), Fault> {
        let working = self.working(InstrumentId(0));
        self.worth = Worth::of(self.instrument, working, price, self.reserve)?;
        self.mark = Some(price);
        Ok(())
    }

    /// Takes a fill into the ledger; returns what it cost before fees (received < 0). The mark is stale after it.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    #[inline]
    pub fn fill(&mut self, fill: &Fill) -> Result<Money, Fault> {
        let signed = fill.side.signed(fill.quantity);
        let legs = Legs::cut(self.instrument, self.position.quantity, fill.price, signed)?;
        let cost = legs.cost()?;
        self.position = self.position.filled(&legs, fill.fee)?;
        self.cash = self.cash.minus(cost)?.minus(fill.fee)?;
        Ok(cost)
    }

    /// [`Solo::fill`] of an exact instrument, of whose price and quantity counts each product is worth `unit`.
    ///
    /// The caller knows that the products fit 64 bits.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    #[inline]
    pub fn fill_exact(&mut self, fill: &Fill, unit: i64) -> Result<(), Fault> {
        let (held, signed) = (self.position.quantity.0, fill.side.signed(fill.quantity).0);
        let closed = if held.signum() == signed.signum() {
            0
        } else if signed.abs() <= held.abs() {
            signed
        } else {
            -held
        };
        let opened = signed - closed;
        let each = fill.price.0 * unit;
        let legs = Legs {
            closed: Quantity(closed),
            closing_cost: Money((each * closed).into()),
            opened: Quantity(opened),
            opening_cost: Money((each * opened).into()),
        };
        self.position = self.position.filled(&legs, fill.fee)?;
        self.cash = self.cash.minus(legs.cost()?)?.minus(fill.fee)?;
        Ok(())
    }

    /// Cash, after all fills and fees.
    #[inline]
    pub fn cash(&self) -> Money {
        self.cash
    }

    /// What is held.
    #[inline]
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Cash and the position at its mark.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    #[inline]
    pub fn equity(&self) -> Result<Money, Fault> {
        self.cash.plus(self.worth.value)
    }

    /// What the position stands for at `mark`: below zero for a short, rounded against us.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    #[inline]
    pub fn value_at(&self, mark: Price) -> Result<Money, Fault> {
        crate::position::worth(self.instrument, mark, self.position.quantity)
    }
}

impl AccountView for Solo<'_> {
    fn instrument(&self, id: InstrumentId) -> Option<&Instrument> {
        (id == InstrumentId(0)).then_some(self.instrument)
    }

    fn mark(&self, _: InstrumentId) -> Option<Price> {
        self.mark
    }

    #[inline]
    fn working(&self, _: InstrumentId) -> Working {
        Working {
            position: self.position.quantity,
            market: Quantity::ZERO,
            resting_buys: Quantity::ZERO,
            resting_sells: Quantity::ZERO,
        }
    }

    fn reserve(&self, _: InstrumentId) -> Rate {
        self.reserve
    }

    fn order(&self, _: OrderId) -> Option<&Order> {
        None
    }

    fn limit(&self) -> Result<Money, Fault> {
        self.equity()?.at_rate(self.leverage, Rounding::Down)
    }

    fn bound(&self) -> Result<Money, Fault> {
        Ok(self.worth.bound)
    }
}
