//! The venue: books of arriving and resting orders, one per instrument, fed with opens and closed bars.

use crate::fills::{AtOpen, report};
use crate::intrabar::reaches;
use crate::{Conditions, CostRule, Feed};
use sluice_pretrade::Approved;
use sluice_types::{
    Bar, Fault, Fill, Instrument, InstrumentId, Ns, Order, OrderId, OrderKind, Price, Quote,
    Report, ReportKind, TimeInForce,
};

/// The rules of one simulated day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VenueSettings {
    /// From decision to arrival, ≥ 0. Shorter than a bar it changes nothing on bars: the next open is the first price
    /// anyway. On quotes and trades every nanosecond counts.
    pub latency_ns: Ns,
    /// Length of a bar, > 0.
    pub bar_ns: Ns,
    /// Whether a limit fills when the price touches it, without going through.
    pub touch_fills: bool,
    /// Research flag: market orders fill at the close they were decided on.
    pub fill_at_close: bool,
}

const DAY_NS: Ns = 86_400_000_000_000;
const NEVER: Ns = Ns::MAX;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Arriving {
    pub order: Order,
    pub earliest: Ns,
}

#[derive(Debug, Default)]
pub(crate) struct Book {
    pub arriving: Vec<Arriving>,
    pub resting: Vec<Order>,
}

#[derive(Debug, Clone, Copy)]
struct Cancel {
    effective: Ns,
    order: OrderId,
    instrument: InstrumentId,
}

/// The simulated venue. Allocates only to hold orders, never per event.
#[derive(Debug)]
pub struct BarVenue {
    pub(crate) instruments: Vec<Instrument>,
    pub(crate) costs: Vec<CostRule>,
    pub(crate) settings: VenueSettings,
    pub(crate) books: Vec<Book>,
    /// What each instrument is filled on.
    pub(crate) feeds: Vec<Feed>,
    /// The last quote of each instrument.
    pub(crate) best: Vec<Option<Quote>>,
    cancels: Vec<Cancel>,
    /// First stamp at which a cancel or the end of a day has something to do.
    next_due: Ns,
    pub(crate) unknown_costs: u64,
    /// The venue's own ledger: signed quantity held of each instrument.
    pub(crate) held: Vec<i64>,
    touched: Vec<Order>,
    pub(crate) paths: [Vec<Fill>; 2],
}

impl BarVenue {
    /// A venue without orders.
    ///
    /// # Errors
    /// [`Fault::BadInstrument`] where costs are out of range or not one per instrument.
    pub fn new(
        instruments: Vec<Instrument>,
        costs: Vec<CostRule>,
        settings: VenueSettings,
    ) -> Result<Self, Fault> {
        if instruments.len() != costs.len() {
            return Err(Fault::BadInstrument(format!(
                "{} instruments and {} cost rules: there must be one each",
                instruments.len(),
                costs.len()
            )));
        }
        if settings.latency_ns < 0 || settings.bar_ns <= 0 {
            return Err(Fault::BadData(
                "latency_ns is not below zero and bar_ns is above zero".into(),
            ));
        }
        let costs = costs
            .into_iter()
            .map(CostRule::checked)
            .collect::<Result<_, _>>()?;
        let held = vec![0; instruments.len()];
        let books = instruments.iter().map(|_| Book::default()).collect();
        let feeds = vec![Feed::Bars; instruments.len()];
        let best = vec![None; instruments.len()];
        Ok(Self {
            instruments,
            costs,
            settings,
            books,
            feeds,
            best,
            cancels: Vec::new(),
            next_due: NEVER,
            unknown_costs: 0,
            held,
            touched: Vec::new(),
            paths: [Vec::new(), Vec::new()],
        })
    }

    /// Takes an order that passed the check; it arrives at the first open of its instrument at or after `not_before`
    /// (and after the latency, where that is as long as a bar).
    pub fn submit(&mut self, approved: Approved, not_before: Ns) {
        let order = approved.into_order();
        self.next_due = self.next_due.min(deadline(&order));
        let earliest = not_before.saturating_add(self.delay(order.intent.instrument));
        self.books[order.intent.instrument.index()]
            .arriving
            .push(Arriving { order, earliest });
    }

    /// Takes a cancel; it works at once, or after the latency where that is as long as a bar.
    pub fn cancel(
        &mut self,
        order: OrderId,
        instrument: InstrumentId,
        ts: Ns,
        out: &mut Vec<Report>,
    ) {
        let effective = ts.saturating_add(self.delay(instrument));
        let cancel = Cancel {
            effective,
            order,
            instrument,
        };
        if effective <= ts {
            self.take_back(cancel, ts, out);
        } else {
            self.cancels.push(cancel);
            self.next_due = self.next_due.min(effective);
        }
    }

    /// Lets time pass to `ts` inclusive: cancels that were under way work, orders of a past day expire.
    #[inline]
    pub fn advance(&mut self, ts: Ns, out: &mut Vec<Report>) {
        if ts >= self.next_due {
            self.run_out(ts, out);
        }
    }

    #[cold]
    fn run_out(&mut self, ts: Ns, out: &mut Vec<Report>) {
        let mut index = 0;
        while index < self.cancels.len() {
            if self.cancels[index].effective <= ts {
                let cancel = self.cancels.remove(index);
                self.take_back(cancel, ts, out);
            } else {
                index += 1;
            }
        }
        let mut next = NEVER;
        let mut keep = |order: &Order| {
            let due = deadline(order);
            if due > ts {
                next = next.min(due);
                return true;
            }
            out.push(report(ts, order.id, ReportKind::Expired));
            false
        };
        for book in &mut self.books {
            book.resting.retain(&mut keep);
            book.arriving.retain(|arriving| keep(&arriving.order));
        }
        let cancels = self.cancels.iter().map(|cancel| cancel.effective).min();
        self.next_due = next.min(cancels.unwrap_or(NEVER));
    }

    /// Whether an instrument has any order here.
    #[inline]
    pub fn is_idle(&self, instrument: InstrumentId) -> bool {
        let book = &self.books[instrument.index()];
        book.arriving.is_empty() && book.resting.is_empty()
    }

    /// The first price of a new bar: resting orders it jumps over, then orders that arrive.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn on_open(
        &mut self,
        ts: Ns,
        instrument: InstrumentId,
        open: Price,
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let place = instrument.index();
        let mut index = 0;
        while index < self.books[place].resting.len() {
            let order = self.books[place].resting[index];
            if !reaches(&order, open, open, self.settings.touch_fills) {
                index += 1;
                continue;
            }
            let fill = match order.intent.kind {
                // At the limit, though the market may be better: pessimistic.
                OrderKind::Limit(limit) => self.make(&order, ts, limit)?,
                _ => self.take(&order, ts, open, conditions)?,
            };
            self.books[place].resting.remove(index);
            self.book(&order, fill, out);
        }
        let mut index = 0;
        while index < self.books[place].arriving.len() {
            let arriving = self.books[place].arriving[index];
            if arriving.earliest > ts {
                index += 1;
                continue;
            }
            self.books[place].arriving.remove(index);
            let order = arriving.order;
            match self.arrive(&order, ts, open, conditions)? {
                AtOpen::Fill(fill, acknowledged) => {
                    if acknowledged {
                        out.push(report(ts, order.id, ReportKind::Accepted));
                    }
                    self.book(&order, fill, out);
                }
                AtOpen::Expire => out.push(report(ts, order.id, ReportKind::Expired)),
                AtOpen::Rest => {
                    out.push(report(ts, order.id, ReportKind::Accepted));
                    self.books[place].resting.push(order);
                }
            }
        }
        Ok(())
    }

    /// The rest of a bar, known at its end: resting orders inside its range, on the worse of the two paths.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn on_close(
        &mut self,
        bar: &Bar,
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let place = bar.instrument.index();
        let touch_fills = self.settings.touch_fills;
        let mut touched = std::mem::take(&mut self.touched);
        touched.clear();
        self.books[place].resting.retain(|order| {
            let reached = reaches(order, bar.low, bar.high, touch_fills);
            if reached {
                touched.push(*order);
            }
            !reached
        });
        if !touched.is_empty() {
            self.walk(bar, &mut touched, conditions, out)?;
        }
        self.touched = touched;
        Ok(())
    }

    /// Research flag only: fills the market orders decided at `ts` at the close known at `ts`.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn at_close(
        &mut self,
        ts: Ns,
        instrument: InstrumentId,
        close: Price,
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let place = instrument.index();
        let mut index = 0;
        while index < self.books[place].arriving.len() {
            let Arriving { order, earliest } = self.books[place].arriving[index];
            if order.intent.kind != OrderKind::Market || earliest > ts {
                index += 1;
                continue;
            }
            self.books[place].arriving.remove(index);
            let fill = self.take(&order, ts, close, conditions)?;
            self.book(&order, fill, out);
        }
        Ok(())
    }

    /// How many fills had to leave out a part of their costs, volume or volatility being unknown.
    pub fn unknown_costs(&self) -> u64 {
        self.unknown_costs
    }

    /// The rules of this venue.
    pub fn settings(&self) -> &VenueSettings {
        &self.settings
    }

    fn delay(&self, instrument: InstrumentId) -> Ns {
        if self.feed(instrument) > Feed::Bars || self.settings.latency_ns >= self.settings.bar_ns {
            self.settings.latency_ns
        } else {
            0
        }
    }

    fn take_back(&mut self, cancel: Cancel, ts: Ns, out: &mut Vec<Report>) {
        let book = &mut self.books[cancel.instrument.index()];
        let before = book.resting.len() + book.arriving.len();
        book.resting.retain(|order| order.id != cancel.order);
        book.arriving
            .retain(|arriving| arriving.order.id != cancel.order);
        if book.resting.len() + book.arriving.len() < before {
            out.push(report(ts, cancel.order, ReportKind::Canceled));
        }
    }
}

/// The first instant at which the order is too late: the next UTC midnight for a day order.
fn deadline(order: &Order) -> Ns {
    match order.intent.tif {
        TimeInForce::Day => order
            .decided_ns
            .div_euclid(DAY_NS)
            .saturating_add(1)
            .saturating_mul(DAY_NS),
        TimeInForce::Gtd(until) => until,
        _ => NEVER,
    }
}
