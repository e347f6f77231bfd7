//! Who decides: a view of the day goes in, wishes come out.

use crate::BarColumns;
use sluice_engine::Engine;
use sluice_pretrade::Denial;
use sluice_types::{Fault, Fill, InstrumentId, Intent, Ns, OrderId, OrderStatus, Quote, Trade};

/// The number a trader knows its order by, from 1, given when the wish is made. A wish that is denied keeps its
/// number, so it is not the [`OrderId`] of the engine; records show this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderRef(pub u64);

/// The orders that an order is tied to, as the trader knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ties {
    /// Held until the first fill of this one.
    pub after: Option<OrderRef>,
    /// In a one-cancels-other group with this one.
    pub oco: Option<OrderRef>,
    /// Where it is denied, the order it comes after is asked back: no entry without its exits.
    pub or_nothing: bool,
}

/// One wish of a trader.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wish {
    /// Trade this.
    Order(OrderRef, Intent, Ties),
    /// Hold this fraction of equity.
    Target(OrderRef, InstrumentId, f64),
    /// Take one order back.
    Cancel(OrderRef),
    /// Take all orders of an instrument back.
    CancelAll(InstrumentId),
}

/// Wishes in the order they were made; the buffer is reused.
#[derive(Debug, Default)]
pub struct Wishes {
    pub(crate) list: Vec<Wish>,
    given: u64,
}

impl Wishes {
    /// Wishes to trade.
    pub fn order(&mut self, intent: Intent) -> OrderRef {
        self.tied(intent, Ties::default())
    }

    /// Wishes to trade by an order that is tied to others.
    pub fn tied(&mut self, intent: Intent, ties: Ties) -> OrderRef {
        let number = self.number();
        self.list.push(Wish::Order(number, intent, ties));
        number
    }

    /// Wishes to hold `weight` of equity.
    pub fn target(&mut self, instrument: InstrumentId, weight: f64) -> OrderRef {
        let number = self.number();
        self.list.push(Wish::Target(number, instrument, weight));
        number
    }

    /// Wishes an order back.
    pub fn cancel(&mut self, order: OrderRef) {
        self.list.push(Wish::Cancel(order));
    }

    /// Wishes all orders of an instrument back.
    pub fn cancel_all(&mut self, instrument: InstrumentId) {
        self.list.push(Wish::CancelAll(instrument));
    }

    /// Whether nothing is wished.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Hands the wishes over, with their numbers; numbering goes on here.
    pub fn hand_over(&mut self, to: &mut Self) {
        to.list.append(&mut self.list);
    }

    fn number(&mut self) -> OrderRef {
        self.given += 1;
        OrderRef(self.given)
    }
}

/// In which part of a stamp we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// After the closes of the stamp, before its opens.
    Decision,
    /// After the opens of the stamp.
    Open,
}

/// What a trader may see: the engine, and bars up to those that are known.
#[derive(Debug, Clone, Copy)]
pub struct DayView<'a> {
    /// Now.
    pub ts: Ns,
    /// Which part of the stamp.
    pub phase: Phase,
    /// Orders, positions, money.
    pub engine: &'a Engine,
    /// All bars; only the first `known[i]` of instrument i have happened.
    pub bars: &'a BarColumns,
    /// How many bars of each instrument are known.
    pub known: &'a [u32],
    /// The row last known of each instrument; meaningless where `known` is 0.
    pub last_row: &'a [u32],
}

/// Something that happened to the trader's orders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Notice {
    /// A fill.
    Fill(OrderRef, Fill),
    /// A new status.
    Status(OrderRef, OrderId, OrderStatus),
    /// Refused by our own check.
    Denied(OrderRef, Denial),
}

/// Who decides. Wishes are drained after each call; a fault ends the run.
pub trait Trader {
    /// Whether [`Trader::on_bar`] is wanted.
    fn wants_bars(&self) -> bool {
        false
    }

    /// Whether [`Trader::on_notice`] is wanted.
    fn wants_notices(&self) -> bool {
        false
    }

    /// Before the first event.
    fn on_start(&mut self, _day: &DayView<'_>, _wishes: &mut Wishes) -> Result<(), Fault> {
        Ok(())
    }

    /// All closes of a stamp have happened; nothing can be wished yet.
    fn on_closes(
        &mut self,
        _day: &DayView<'_>,
        _rows: std::ops::Range<usize>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// Orders of ours were filled or changed; [`Trader::on_notice`] follows for each.
    fn on_settled(&mut self, _day: &DayView<'_>, _notices: &[Notice]) -> Result<(), Fault> {
        Ok(())
    }

    /// One closed bar, after all closes of the stamp.
    fn on_bar(
        &mut self,
        _day: &DayView<'_>,
        _row: usize,
        _wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// A new best bid and ask, after what it filled.
    fn on_quote(
        &mut self,
        _day: &DayView<'_>,
        _quote: &Quote,
        _wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// A print of the market, after what it filled.
    fn on_trade(
        &mut self,
        _day: &DayView<'_>,
        _trade: &Trade,
        _wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// All closed bars of a stamp at once; returns whether the portfolio was set anew.
    fn on_stamp(
        &mut self,
        _day: &DayView<'_>,
        _rows: std::ops::Range<usize>,
        _counts: &mut crate::Counts,
        _wishes: &mut Wishes,
    ) -> Result<bool, Fault> {
        Ok(false)
    }

    /// A fill, a status, a denial.
    fn on_notice(
        &mut self,
        _day: &DayView<'_>,
        _notice: &Notice,
        _wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        Ok(())
    }

    /// After the last event; wishes made here are dropped.
    fn on_stop(&mut self, _day: &DayView<'_>) -> Result<(), Fault> {
        Ok(())
    }
}
