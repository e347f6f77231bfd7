//! The venue: one book per instrument, fed with opens and closed bars.

use crate::book::{Arriving, Book};
use crate::matching::{Drawn, Matching, Rules};
use crate::resting::Point;
use crate::walk::{Lane, walk};
use crate::{Conditions, CostRule, Feed, VenueSettings};
use sluice_pretrade::Approved;
use sluice_types::{
    Bar, Fault, Instrument, InstrumentId, Ns, Order, OrderId, OrderKind, Price, Quote, Report,
    ReportKind, TimeInForce,
};

const DAY_NS: Ns = 86_400_000_000_000;
pub(crate) const NEVER: Ns = Ns::MAX;

/// The first price of a bar, and how much trades in it: a capacity of the market, which no strategy sees yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opening {
    /// First instant of the bar.
    pub ts: Ns,
    /// Whose bar.
    pub instrument: InstrumentId,
    /// First price.
    pub open: Price,
    /// Volume of the whole bar in units; NaN where the source has none.
    pub volume: f64,
}

/// The rules of one instrument, borrowed field by field so that its book stays free.
macro_rules! rules_of {
    ($venue:expr, $place:expr, $conditions:expr) => {
        Rules {
            instrument: &$venue.instruments[$place],
            costs: &$venue.costs[$place],
            conditions: $conditions,
            touch_fills: $venue.settings.touch_fills,
            limited: $venue.settings.participation.is_some(),
            drawn: Drawn::Traded,
        }
    };
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cancel {
    pub effective: Ns,
    pub order: OrderId,
    pub instrument: InstrumentId,
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
    pub(crate) cancels: Vec<Cancel>,
    /// First stamp at which a cancel or the end of an order has something to do.
    pub(crate) next_due: Ns,
    /// The last order that was taken: ids count up, and none is taken twice.
    pub(crate) last: OrderId,
    lanes: [Lane; 2],
}

impl BarVenue {
    /// A venue without orders.
    ///
    /// # Errors
    /// [`Fault::BadInstrument`] where costs are out of range or not one per instrument; [`Fault::BadData`] for settings
    /// that cannot be.
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
        let costs = costs
            .into_iter()
            .map(CostRule::checked)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            books: instruments.iter().map(|_| Book::default()).collect(),
            feeds: vec![Feed::Bars; instruments.len()],
            best: vec![None; instruments.len()],
            instruments,
            costs,
            settings: settings.checked()?,
            cancels: Vec::new(),
            next_due: NEVER,
            last: OrderId(0),
            lanes: [Lane::default(), Lane::default()],
        })
    }

    /// Takes an order that passed the check; it arrives at the first open of its instrument at or after `not_before`
    /// (and after the latency, where that is as long as a bar). Orders come by ascending id; one that was taken before,
    /// to hold, is not taken again.
    pub fn submit(&mut self, approved: Approved, not_before: Ns) {
        if let Some(arriving) = self.taken(approved, not_before) {
            let place = arriving.order.intent.instrument.index();
            self.books[place].arriving.push(arriving);
        }
    }

    /// Takes a child of an order that is here and has no fill: it goes to work at the price of that fill, inside the same
    /// bar, if it has reached the venue by the open of that bar.
    pub fn hold(&mut self, approved: Approved, not_before: Ns) {
        if let Some(arriving) = self.taken(approved, not_before) {
            let place = arriving.order.intent.instrument.index();
            self.books[place].held.push(arriving);
        }
    }

    fn taken(&mut self, approved: Approved, not_before: Ns) -> Option<Arriving> {
        let order = approved.into_order();
        if order.id <= self.last {
            return None;
        }
        self.last = order.id;
        self.next_due = (self.next_due).min(deadline(&order, &self.settings.session_ends));
        let delay = self.delay(order.id, order.intent.instrument);
        let earliest = not_before.saturating_add(delay);
        Some(Arriving { order, earliest })
    }

    /// Takes a cancel; it works at once, or after the latency where that is as long as a bar.
    pub fn cancel(
        &mut self,
        order: OrderId,
        instrument: InstrumentId,
        ts: Ns,
        out: &mut Vec<Report>,
    ) {
        let effective = ts.saturating_add(self.delay(order, instrument));
        if effective <= ts {
            self.books[instrument.index()].end(order, ReportKind::Canceled, ts, out);
            return;
        }
        self.cancels.push(Cancel {
            effective,
            order,
            instrument,
        });
        self.next_due = self.next_due.min(effective);
    }

    /// Lets time pass to `ts` inclusive: cancels that were under way work, orders whose time is over expire.
    #[inline]
    pub fn advance(&mut self, ts: Ns, out: &mut Vec<Report>) {
        if ts >= self.next_due {
            self.run_out(ts, out);
        }
    }

    #[cold]
    fn run_out(&mut self, ts: Ns, out: &mut Vec<Report>) {
        let (books, ends) = (&mut self.books, &self.settings.session_ends);
        self.cancels.retain(|cancel| {
            let due = cancel.effective <= ts;
            if due {
                let book = &mut books[cancel.instrument.index()];
                book.end(cancel.order, ReportKind::Canceled, ts, out);
            }
            !due
        });
        let mut next = (self.cancels.iter()).map(|cancel| cancel.effective).min();
        for book in books {
            while let Some(id) = book.find(|order| deadline(order, ends) <= ts) {
                book.end(id, ReportKind::Expired, ts, out);
            }
            let resting = book.resting.iter().map(|one| &one.order);
            let others = book.arriving.iter().chain(&book.held).map(|one| &one.order);
            let due = resting
                .chain(others)
                .map(|order| deadline(order, ends))
                .min();
            next = [next, due].into_iter().flatten().min();
        }
        self.next_due = next.unwrap_or(NEVER);
    }

    /// Whether an instrument has any order here.
    #[inline]
    pub fn is_idle(&self, instrument: InstrumentId) -> bool {
        self.books[instrument.index()].is_idle()
    }

    /// The first price of a new bar: resting orders it jumps over, then orders that arrive.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn on_open(
        &mut self,
        opening: &Opening,
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let at = Point::at(opening.open);
        self.new_bar(opening);
        let place = opening.instrument.index();
        Matching {
            rules: rules_of!(self, place, conditions),
            ts: opening.ts,
            since: opening.ts,
            at,
            book: &mut self.books[place],
            out,
        }
        .jump(at)
    }

    fn new_bar(&mut self, opening: &Opening) {
        let place = opening.instrument.index();
        let left = (self.settings).share_of(&self.instruments[place], opening.volume);
        (self.books[place].left.traded, self.books[place].opened) = (left, opening.ts);
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
        let rules = rules_of!(self, place, conditions);
        walk(bar, rules, &mut self.books[place], &mut self.lanes, out)
    }

    /// Research flag only: fills the market orders decided at the end of `bar` at its close.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn at_close(
        &mut self,
        bar: &Bar,
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let place = bar.instrument.index();
        if self.books[place].opened != bar.ts_start {
            self.new_bar(&Opening {
                ts: bar.ts_start,
                instrument: bar.instrument,
                open: bar.open,
                volume: bar.volume,
            });
        }
        let mut matching = Matching {
            rules: rules_of!(self, place, conditions),
            ts: bar.ts_end,
            since: bar.ts_end,
            at: Point::at(bar.close),
            book: &mut self.books[place],
            out,
        };
        let now = |one: &Arriving| {
            one.order.intent.kind == OrderKind::Market && one.earliest <= bar.ts_end
        };
        while let Some(index) = matching.book.arriving.iter().position(now) {
            let order = matching.book.arriving.remove(index).order;
            matching.arrive(order)?;
        }
        Ok(())
    }

    /// On bars a latency below their length is nothing; on quotes and trades every nanosecond counts.
    fn delay(&self, order: OrderId, instrument: InstrumentId) -> Ns {
        let latency = self.settings.latency(order);
        let counts = self.feed(instrument) > Feed::Bars || latency >= self.settings.bar_ns;
        if counts { latency } else { 0 }
    }

    /// How many fills had to leave out a part of their costs, volume or volatility being unknown.
    pub fn unknown_costs(&self) -> u64 {
        self.books.iter().map(|book| book.unknown_costs).sum()
    }

    /// How many fills met no limit of participation, the volume or the size being unknown.
    pub fn unknown_volume(&self) -> u64 {
        self.books.iter().map(|book| book.unknown_volume).sum()
    }

    /// The rules of this venue.
    pub fn settings(&self) -> &VenueSettings {
        &self.settings
    }
}

/// The first instant at which the order is too late: for a day order the end of the session under way, else of the next
/// one; the next UTC midnight where no sessions are known.
fn deadline(order: &Order, session_ends: &[Ns]) -> Ns {
    let decided = order.decided_ns;
    let midnight = || (decided.div_euclid(DAY_NS).saturating_add(1)).saturating_mul(DAY_NS);
    match order.intent.tif {
        TimeInForce::Day => {
            let next = session_ends.partition_point(|&end| end <= decided);
            session_ends.get(next).copied().unwrap_or_else(midnight)
        }
        TimeInForce::Gtd(until) => until,
        _ => NEVER,
    }
}
