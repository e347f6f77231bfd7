//! What an account starts with, and what can be read of it at any time.

use crate::engine::order_index;
use crate::{Engine, Position};
use sluice_pretrade::{AccountView, Working};
use sluice_types::{
    Fault, Instrument, InstrumentId, Money, Order, OrderId, Price, Quantity, Rate, Rounding,
};

/// What the account starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Cash at the start.
    pub cash: Money,
    /// Worst-case gross exposure allowed, as a multiple of equity.
    pub leverage: Rate,
    /// Costs to reserve, per instrument: taker fee and half-spread. One that is missing reserves nothing.
    pub reserve: Vec<Rate>,
}

/// Reading the account. Nothing here changes it.
impl Engine {
    /// The instruments, in the order of their ids.
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// What is held of an instrument; flat where it is not known.
    pub fn position(&self, id: InstrumentId) -> &Position {
        const FLAT: Position = Position {
            quantity: Quantity::ZERO,
            basis: Money::ZERO,
            realized: Money::ZERO,
            fees: Money::ZERO,
        };
        self.holdings
            .get(id.index())
            .map_or(&FLAT, |holding| &holding.position)
    }

    /// The last known price of an instrument.
    #[inline]
    pub fn mark(&self, id: InstrumentId) -> Option<Price> {
        self.holdings.get(id.index())?.mark
    }

    /// Cash of the base currency, after all fills, fees and lines. Other currencies have their own.
    #[inline]
    pub fn cash(&self) -> Money {
        self.purses[0].cash
    }

    /// Cash of all currencies, in the base currency.
    #[inline]
    pub fn cash_in_base(&self) -> Result<Money, Fault> {
        self.in_base(Rounding::Down, |_, purse| Ok(purse.cash))
    }

    /// Cash and the value of every position at its mark, in the base currency. With one currency it costs one addition.
    #[inline]
    pub fn equity(&self) -> Result<Money, Fault> {
        self.in_base(Rounding::Down, |_, purse| {
            purse.cash.plus(purse.totals.value)
        })
    }

    /// Σ of the sizes of the positions' values, in the base currency.
    #[inline]
    pub fn gross(&self) -> Result<Money, Fault> {
        self.in_base(Rounding::Up, |_, purse| Ok(purse.totals.gross))
    }

    /// Σ of the positions' values, shorts below zero, in the base currency.
    #[inline]
    pub fn net(&self) -> Result<Money, Fault> {
        self.in_base(Rounding::Down, |_, purse| Ok(purse.totals.value))
    }

    /// An order of ours, open or closed.
    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.get(order_index(id)?)
    }

    /// Every order of the run, by ascending id.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// The open orders of an instrument, by ascending id.
    pub fn open_orders(&self, id: InstrumentId) -> impl Iterator<Item = OrderId> + '_ {
        self.holdings
            .get(id.index())
            .into_iter()
            .flat_map(|holding| holding.open.iter().copied())
    }

    /// The position of an instrument and what is open of it.
    #[inline]
    pub fn working(&self, id: InstrumentId) -> Working {
        self.holdings
            .get(id.index())
            .map_or_else(Working::default, |holding| holding.working)
    }

    /// What may still be bound: leverage × equity less what is bound.
    pub fn buying_power(&self) -> Result<Money, Fault> {
        self.limit()?.minus(self.bound()?)
    }
}

impl AccountView for Engine {
    fn instrument(&self, id: InstrumentId) -> Option<&Instrument> {
        self.instruments.get(id.index())
    }

    /// None also where the rate of its currency is not known: doubt denies.
    fn mark(&self, id: InstrumentId) -> Option<Price> {
        self.conversion(id).and_then(|_| self.mark(id))
    }

    fn working(&self, id: InstrumentId) -> Working {
        self.working(id)
    }

    fn reserve(&self, id: InstrumentId) -> Rate {
        self.holdings
            .get(id.index())
            .map_or(Rate(0), |holding| holding.reserve)
    }

    fn order(&self, id: OrderId) -> Option<&Order> {
        self.order(id)
    }

    fn limit(&self) -> Result<Money, Fault> {
        self.equity()?.at_rate(self.leverage, Rounding::Down)
    }

    fn bound(&self) -> Result<Money, Fault> {
        self.in_base(Rounding::Up, |_, purse| Ok(purse.totals.bound))
    }

    fn bound_with(&self, id: InstrumentId, more: Money) -> Result<Money, Fault> {
        let at = self
            .holdings
            .get(id.index())
            .map_or(0, |holding| holding.purse);
        self.in_base(Rounding::Up, |place, purse| {
            let own = if place == at { more } else { Money::ZERO };
            purse.totals.bound.plus(own)
        })
    }
}
