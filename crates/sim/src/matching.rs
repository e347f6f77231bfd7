//! Matching: what one price, or a price that runs to another, does to the orders of one instrument.
//!
//! [`Matching::jump`] is a price out of nowhere: an open, a quote, a print. [`Matching::run`] is a price on its way: what it
//! meets first fills first, at its own level. A bar is one jump and three runs.

use crate::book::{Arriving, Book, report};
use crate::resting::{Point, Resting, Stage};
use crate::{Conditions, CostRule};
use sluice_types::{
    Fault, Fill, Instrument, Liquidity, Ns, Order, OrderId, OrderKind, Price, Quantity, Report,
    ReportKind, Side, TimeInForce,
};

/// The rules by which the orders of one instrument are matched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub instrument: &'a Instrument,
    pub costs: &'a CostRule,
    pub conditions: &'a Conditions,
    /// Whether a limit fills on touch.
    pub touch_fills: bool,
    /// Whether our fills are limited by volume: then one where it is unknown is counted.
    pub limited: bool,
    /// Of which volume a fill takes its part.
    pub drawn: Drawn,
}

/// Of which volume a fill takes its part under a limit of participation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// Of what traded: a bar, or a print that is the price for all orders.
    Traded,
    /// Of what is quoted to its side.
    Quoted,
    /// A print beside quotes: what waited at its limit takes of the print, what takes of the last quote.
    Printed,
}

/// One stretch of matching: at one stamp, on one book.
pub(crate) struct Matching<'a> {
    pub rules: Rules<'a>,
    /// When what happens here is known.
    pub ts: Ns,
    /// Who had reached the venue by then takes part.
    pub since: Ns,
    /// Where the market stands.
    pub at: Point,
    pub book: &'a mut Book,
    pub out: &'a mut Vec<Report>,
}

/// At which price an order is to be filled.
#[derive(Debug, Clone, Copy)]
enum Terms {
    /// Takes at this price, with all its slippage.
    Take(Price),
    /// Waited at its own limit.
    Make(Price),
}

impl Matching<'_> {
    /// The market is at a new price, without having been between: resting orders first, by id, then those that arrive.
    pub(crate) fn jump(&mut self, to: Point) -> Result<(), Fault> {
        self.at = to;
        self.follow()?;
        let mut last = OrderId(0);
        while let Some(one) = self.next_met(last) {
            last = one.order.id;
            self.meet(last)?;
        }
        // From the start each time: a fill may take back others that are still on their way.
        while let Some(next) = (self.book.arriving.iter()).position(|one| self.arrives(one)) {
            let order = self.book.arriving.remove(next).order;
            self.arrive(order)?;
        }
        Ok(())
    }

    fn next_met(&self, after: OrderId) -> Option<Resting> {
        let from = self
            .book
            .resting
            .partition_point(|one| one.order.id <= after);
        let touch = self.rules.touch_fills;
        let met = |one: &&Resting| {
            let price = self.price(one.order.intent.side);
            price.is_some_and(|price| one.met_at(price, touch))
        };
        self.book.resting[from..].iter().find(met).copied()
    }

    /// Whether an order that is on its way comes in now. One that takes whatever comes waits until its side is offered.
    fn arrives(&self, one: &Arriving) -> bool {
        let intent = &one.order.intent;
        let takes = matches!(intent.kind, OrderKind::Market | OrderKind::Trailing(_));
        let waits = takes && !intent.tif.at_once() && self.price(intent.side).is_none();
        one.earliest <= self.since && !waits
    }

    fn price(&self, side: Side) -> Option<Price> {
        self.at.of(side)
    }

    /// The market runs to a price, over all prices between.
    pub(crate) fn run(&mut self, to: Price) -> Result<(), Fault> {
        let falling = to < self.at.bid;
        while let Some((level, id)) = self.first_on_the_way(to, falling) {
            self.at = Point::at(level);
            self.meet(id)?;
        }
        self.at = Point::at(to);
        self.follow()
    }

    /// A print beside quotes: what rests is met by its price; stops that it triggers take what is quoted.
    pub(crate) fn print(&mut self, price: Price) -> Result<(), Fault> {
        let mut last = OrderId(0);
        let touch = self.rules.touch_fills;
        loop {
            let from = (self.book.resting).partition_point(|one| one.order.id <= last);
            let met = |one: &&Resting| {
                let makes = matches!(one.stage, Stage::Making(_));
                let stops = !makes && one.stage != Stage::Taking;
                let quoted = self.price(one.order.intent.side).is_some();
                (makes || (stops && quoted)) && one.met_at(price, touch)
            };
            let Some(one) = self.book.resting[from..].iter().find(met) else {
                return Ok(());
            };
            last = one.order.id;
            self.meet(last)?;
        }
    }

    /// What the price meets first; of two at one level the older.
    fn first_on_the_way(&self, to: Price, falling: bool) -> Option<(Price, OrderId)> {
        let spent = self.book.left.traded == Some(0);
        let mut first: Option<(Price, OrderId)> = None;
        for one in &self.book.resting {
            if one.waits_for_a_fall() != falling || (spent && matches!(one.stage, Stage::Making(_)))
            {
                continue;
            }
            let Some(level) = one.met_until(to, self.rules.touch_fills) else {
                continue;
            };
            // What lies behind is met where the market stands.
            let level = if falling {
                level.min(self.at.bid)
            } else {
                level.max(self.at.ask)
            };
            let sooner = |best: Price| if falling { level > best } else { level < best };
            if first.is_none_or(|(best, _)| sooner(best)) {
                first = Some((level, one.order.id));
            }
        }
        first
    }

    fn follow(&mut self) -> Result<(), Fault> {
        let at = self.at;
        for one in &mut self.book.resting {
            one.follow(at.shown(one.order.intent.side))?;
        }
        Ok(())
    }

    /// The market stands where a resting order waited.
    fn meet(&mut self, id: OrderId) -> Result<(), Fault> {
        let Some(place) = self.book.place_of(id) else {
            return Ok(());
        };
        match self.book.resting[place].stage {
            // At the limit, though the market may be better: pessimistic.
            Stage::Making(limit) => self.trade(id, Terms::Make(limit)),
            Stage::Taking => self.take(id),
            Stage::Waiting { .. } | Stage::Trailing { .. } => self.trigger(id),
        }
    }

    fn trigger(&mut self, id: OrderId) -> Result<(), Fault> {
        let Some(place) = self.book.place_of(id) else {
            return Ok(());
        };
        let one = &mut self.book.resting[place];
        if one.triggered() {
            let (one, ts) = (*one, self.ts);
            self.out.push(report(ts, id, ReportKind::Triggered));
            let price = self.price(one.order.intent.side);
            if price.is_some_and(|price| one.marketable(price)) {
                return self.take(id);
            }
        }
        Ok(())
    }

    fn take(&mut self, id: OrderId) -> Result<(), Fault> {
        match self.book.place_of(id) {
            None => Ok(()),
            Some(place) => {
                let price = self.price(self.book.resting[place].order.intent.side);
                price.map_or(Ok(()), |price| self.trade(id, Terms::Take(price)))
            }
        }
    }

    /// An order meets the market for the first time.
    pub(crate) fn arrive(&mut self, order: Order) -> Result<(), Fault> {
        let (id, intent) = (order.id, order.intent);
        let one = Resting::arrived(order, self.at.shown(intent.side))?;
        self.book.rest(one);
        if intent.reduce_only && self.book.reducible(intent.side) == Quantity::ZERO {
            self.end(id, ReportKind::Canceled);
            return Ok(());
        }
        let price = self.price(intent.side);
        let marketable = price.is_some_and(|price| one.marketable(price));
        if marketable && intent.post_only {
            self.end(id, ReportKind::Rejected);
            return Ok(());
        }
        let said = self.out.len();
        match one.stage {
            Stage::Taking | Stage::Making(_) if marketable => self.take(id)?,
            Stage::Waiting { .. } if marketable => {
                self.accept(id);
                self.trigger(id)?;
            }
            _ => {}
        }
        if self.book.place_of(id).is_some() {
            if intent.tif.at_once() {
                self.end(id, ReportKind::Expired);
            } else if self.out[said..].iter().all(|word| word.order != id) {
                self.accept(id);
            }
        }
        Ok(())
    }

    fn accept(&mut self, id: OrderId) {
        self.out.push(report(self.ts, id, ReportKind::Accepted));
    }

    fn end(&mut self, id: OrderId, kind: ReportKind) {
        self.book.end(id, kind, self.ts, self.out);
    }

    /// Fills what can be filled of a resting order, and does what follows from it.
    fn trade(&mut self, id: OrderId, terms: Terms) -> Result<(), Fault> {
        let Some(place) = self.book.place_of(id) else {
            return Ok(());
        };
        let resting = self.book.resting[place];
        let (order, side) = (resting.order, resting.order.intent.side);
        let mut wanted = order.leaves();
        if order.intent.reduce_only {
            wanted = wanted.min(self.book.reducible(side));
            if wanted == Quantity::ZERO {
                self.end(id, ReportKind::Canceled);
                return Ok(());
            }
        }
        let left = *self.left(side, terms);
        let allowed = left.map_or(wanted.0, |left| wanted.0.min(left));
        let whole = allowed == order.leaves().0;
        if allowed == 0 || (order.intent.tif == TimeInForce::Fok && !whole) {
            return Ok(());
        }
        // Our check counts market orders in flight as done; where such a buy never filled, a later sale may find less
        // than it sells. What may not be sold short is not sold then: the venue takes the order back.
        let held = self.book.position.saturating_add(side.sign() * allowed);
        if held < 0 && side == Side::Sell && !self.rules.instrument.shortable() {
            self.end(id, ReportKind::Canceled);
            return Ok(());
        }
        let fill = self.fill(&resting, Quantity(allowed), terms)?;
        self.book.position = held;
        *self.left(side, terms) = left.map(|left| left - allowed);
        let unknown = self.rules.limited && left.is_none();
        self.book.unknown_volume += u64::from(unknown);
        let filled = &mut self.book.resting[place].order;
        filled.cum_quantity = filled.cum_quantity.plus(Quantity(allowed))?;
        if whole {
            self.book.resting.remove(place);
        }
        self.out.push(report(self.ts, id, ReportKind::Filled(fill)));
        self.after_fill(&order, whole)
    }

    /// What a fill of this side may still take.
    fn left(&mut self, side: Side, terms: Terms) -> &mut Option<i64> {
        let left = &mut self.book.left;
        match (self.rules.drawn, terms, side) {
            (Drawn::Traded, ..) | (Drawn::Printed, Terms::Make(_), _) => &mut left.traded,
            (_, _, Side::Buy) => &mut left.asked,
            (_, _, Side::Sell) => &mut left.bid,
        }
    }

    fn fill(&mut self, one: &Resting, quantity: Quantity, terms: Terms) -> Result<Fill, Fault> {
        let Rules {
            instrument, costs, ..
        } = self.rules;
        let side = one.order.intent.side;
        let (price, reference, liquidity) = match terms {
            Terms::Make(limit) => (limit, limit, Liquidity::Maker),
            Terms::Take(market) => {
                let conditions = self.rules.conditions;
                let slipped = costs.taker_price(instrument, side, quantity, market, conditions)?;
                self.book.unknown_costs += u64::from(slipped.unknown);
                let price = match (one.stage, side) {
                    (Stage::Making(limit), Side::Buy) => slipped.price.min(limit),
                    (Stage::Making(limit), Side::Sell) => slipped.price.max(limit),
                    _ => slipped.price,
                };
                (price, self.at.mid.unwrap_or(market), Liquidity::Taker)
            }
        };
        Ok(Fill {
            ts: self.ts,
            order: one.order.id,
            instrument: one.order.intent.instrument,
            side,
            quantity,
            price,
            reference,
            fee: costs.fee(instrument, price, quantity, liquidity)?,
            liquidity,
        })
    }

    /// What a fill means for the orders tied to it; the engine comes to the same and finds it done.
    fn after_fill(&mut self, order: &Order, whole: bool) -> Result<(), Fault> {
        if self.book.resting.is_empty()
            && self.book.held.is_empty()
            && self.book.arriving.is_empty()
        {
            return Ok(());
        }
        let (position, id) = (self.book.position, order.id);
        if whole {
            let sibling = |other: &Order| other.group() == order.group() && other.id != id;
            while let Some(other) = self.book.find(sibling) {
                self.end(other, ReportKind::Canceled);
            }
        }
        let idle = |one: &&Resting| {
            let intent = &one.order.intent;
            intent.reduce_only && intent.side.sign() * position.signum() >= 0
        };
        while let Some(one) = self.book.resting.iter().find(idle) {
            self.end(one.order.id, ReportKind::Canceled);
        }
        if let (true, 0, Some(entry)) = (
            order.intent.reduce_only,
            position,
            order.intent.links.parent,
        ) {
            self.end(entry, ReportKind::Canceled);
        }
        if order.cum_quantity == Quantity::ZERO {
            self.let_go(id)?;
        }
        Ok(())
    }

    /// The first fill of a parent: its children meet the market where it stands, by ascending id.
    fn let_go(&mut self, parent: OrderId) -> Result<(), Fault> {
        while let Some(place) =
            (self.book.held.iter()).position(|one| one.order.intent.links.parent == Some(parent))
        {
            let child = self.book.held.remove(place);
            if child.earliest > self.since {
                self.book.arriving.push(child); // it has not come this far yet
            } else {
                self.arrive(child.order)?;
            }
        }
        Ok(())
    }
}
