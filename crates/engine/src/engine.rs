//! The engine: one event in, outputs out. Every change of orders, positions and money happens here.

use crate::currencies::Purse;
use crate::holding::{Holding, Worth};
use crate::{Account, Output};
use sluice_pretrade::{Binding, Working, check};
use sluice_types::{
    Event, Fault, Instrument, InstrumentId, Intent, Ns, Order, OrderChange, OrderId, OrderStatus,
    Price, Rate, status,
};

const ORDERS_RESERVED: usize = 1_024;
const OPEN_RESERVED: usize = 8;

/// Orders, positions and money of one account.
///
/// [`Engine::step`] is the only door for change, a pure function of what came in before: no clock, no chance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    pub(crate) instruments: Vec<Instrument>,
    pub(crate) holdings: Vec<Holding>,
    /// Dense: the order of id n stands at n − 1.
    pub(crate) orders: Vec<Order>,
    /// One per currency; the base currency first.
    pub(crate) purses: Vec<Purse>,
    pub(crate) leverage: Rate,
    pub(crate) now: Ns,
}

impl Engine {
    /// An account with `account.cash` and no position.
    pub fn new(instruments: Vec<Instrument>, account: Account) -> Self {
        let mut reserve = account.reserve.into_iter();
        let holdings = instruments
            .iter()
            .map(|_| Holding {
                reserve: reserve.next().unwrap_or_default(),
                open: Vec::with_capacity(OPEN_RESERVED),
                ..Holding::default()
            })
            .collect();
        Self {
            instruments,
            holdings,
            orders: Vec::with_capacity(ORDERS_RESERVED),
            purses: vec![Purse {
                cash: account.cash,
                ..Purse::default()
            }],
            leverage: account.leverage,
            now: Ns::MIN,
        }
    }

    /// Takes one event and appends its consequences to `out`. Events come in the order of their stamps.
    ///
    /// # Errors
    /// A [`Fault`] leaves the engine as it was and `out` untouched: overflow, an unknown or duplicate report, an
    /// impossible price, a stamp before the last one.
    #[inline]
    pub fn step(&mut self, event: &Event, out: &mut Vec<Output>) -> Result<(), Fault> {
        let ts = stamp(event);
        if ts < self.now {
            return Err(backwards(ts, self.now));
        }
        match event {
            Event::BarOpen {
                instrument, open, ..
            } => self.mark_at(*instrument, *open)?,
            Event::BarClose(bar) => self.mark_at(bar.instrument, bar.close)?,
            Event::Adjust(adjustment) => self.adjust(adjustment, out)?,
            Event::Quote(quote) => self.mark_at(quote.instrument, quote.mid())?,
            Event::Trade(trade) => self.mark_at(trade.instrument, trade.price)?,
            Event::Intent { intent, .. } => self.submit(ts, intent, out)?,
            Event::Cancel { order, .. } => self.ask_cancel(ts, *order, out),
            Event::Report(report) => self.report(report, out)?,
        }
        self.now = ts;
        Ok(())
    }

    /// The hot path: with nothing held and nothing open it stores the price and returns.
    #[inline]
    pub(crate) fn mark_at(&mut self, id: InstrumentId, price: Price) -> Result<(), Fault> {
        let Some(holding) = self.holdings.get_mut(id.index()) else {
            return Err(unknown(id));
        };
        if price <= Price(0) {
            return Err(no_price(id, price));
        }
        if !holding.is_idle() {
            let instrument = &self.instruments[id.index()];
            let worth = Worth::of(instrument, holding.working, price, holding.reserve)?;
            let totals = &mut self.purses[holding.purse].totals;
            *totals = totals.replaced(holding.worth, worth)?;
            holding.worth = worth;
        }
        holding.mark = Some(price);
        Ok(())
    }

    fn submit(&mut self, ts: Ns, intent: &Intent, out: &mut Vec<Output>) -> Result<(), Fault> {
        let id = OrderId(self.orders.len() as u64 + 1);
        match check(ts, id, intent, self)? {
            Err(denial) => out.push(Output::Denied(denial)),
            Ok(approved) => {
                let order = *approved.order();
                let working = self.working(intent.instrument).with_order(
                    Binding::of(intent),
                    intent.side,
                    intent.quantity,
                )?;
                self.expose(intent.instrument, working)?;
                self.holdings[intent.instrument.index()].enter(&order);
                self.orders.push(order);
                out.push(match order.status {
                    OrderStatus::Held => Output::Hold(approved),
                    _ => Output::Submit(approved),
                });
            }
        }
        Ok(())
    }

    /// Never refused: what is unknown, closed or already being canceled has nothing left to cancel.
    pub(crate) fn ask_cancel(&mut self, ts: Ns, id: OrderId, out: &mut Vec<Output>) {
        let Some(order) = order_index(id).and_then(|index| self.orders.get_mut(index)) else {
            return;
        };
        if let Some(next) = status::next(order.status, OrderChange::AskCancel) {
            order.status = next;
            order.changed_ns = ts;
            out.push(Output::Cancel(id));
        }
    }

    /// Sets what is open of an instrument and brings the totals up to date.
    pub(crate) fn expose(&mut self, id: InstrumentId, working: Working) -> Result<(), Fault> {
        let holding = &mut self.holdings[id.index()];
        if let Some(mark) = holding.mark {
            let instrument = &self.instruments[id.index()];
            let worth = Worth::of(instrument, working, mark, holding.reserve)?;
            let totals = &mut self.purses[holding.purse].totals;
            *totals = totals.replaced(holding.worth, worth)?;
            holding.worth = worth;
        }
        holding.working = working;
        Ok(())
    }
}

pub(crate) fn order_index(id: OrderId) -> Option<usize> {
    usize::try_from(id.0.checked_sub(1)?).ok()
}

#[inline]
fn stamp(event: &Event) -> Ns {
    match event {
        Event::BarOpen { ts, .. } | Event::Intent { ts, .. } | Event::Cancel { ts, .. } => *ts,
        Event::BarClose(bar) => bar.ts_end,
        Event::Adjust(adjustment) => adjustment.ts,
        Event::Quote(quote) => quote.ts,
        Event::Trade(trade) => trade.ts,
        Event::Report(report) => report.ts,
    }
}

#[cold]
fn backwards(ts: Ns, now: Ns) -> Fault {
    Fault::BadData(format!(
        "an event of {ts} came after one of {now}: events must come in the order of their stamps"
    ))
}

#[cold]
pub(crate) fn unknown(id: InstrumentId) -> Fault {
    Fault::BadData(format!("instrument {} is not one of this run", id.0))
}

#[cold]
pub(crate) fn no_price(id: InstrumentId, price: Price) -> Fault {
    Fault::BadData(format!(
        "instrument {} has a price of {} counts: prices are above zero",
        id.0, price.0
    ))
}
