//! One instrument's place at the venue: orders on their way, at rest and held, and what we hold of it.

use crate::resting::Resting;
use sluice_types::{Ns, Order, OrderId, Price, Quantity, Report, ReportKind, Side};

/// An order on its way, or one that waits for its parent: the venue has it from `earliest` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arriving {
    pub order: Order,
    pub earliest: Ns,
}

/// What our fills may still take of the market under a limit of participation, in counts; none is without limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// Of the bar, or of the print.
    pub traded: Option<i64>,
    /// Of the size quoted at the ask, for buys.
    pub asked: Option<i64>,
    /// Of the size quoted at the bid, for sales.
    pub bid: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Book {
    /// In the sequence in which they were sent.
    pub arriving: Vec<Arriving>,
    /// By ascending id.
    pub resting: Vec<Resting>,
    /// Children of orders without a fill, by ascending id.
    pub held: Vec<Arriving>,
    /// The venue's own ledger: signed quantity of ours.
    pub position: i64,
    /// What our fills may still take.
    pub left: Left,
    /// The bar that `left.traded` speaks of: when it opened.
    pub opened: Ns,
    /// Fills that left out a part of their costs, volume or volatility being unknown.
    pub unknown_costs: u64,
    /// Fills under a limit of participation where the volume, or the size, is unknown.
    pub unknown_volume: u64,
}

impl Book {
    pub(crate) fn is_idle(&self) -> bool {
        self.arriving.is_empty() && self.resting.is_empty() && self.held.is_empty()
    }

    /// Becomes the same as another book, without asking for memory that it has.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.arriving.clone_from(&other.arriving);
        self.resting.clone_from(&other.resting);
        self.held.clone_from(&other.held);
        (self.position, self.left, self.opened) = (other.position, other.left, other.opened);
        (self.unknown_costs, self.unknown_volume) = (other.unknown_costs, other.unknown_volume);
    }

    pub(crate) fn place_of(&self, id: OrderId) -> Option<usize> {
        self.resting
            .binary_search_by_key(&id, |one| one.order.id)
            .ok()
    }

    pub(crate) fn rest(&mut self, resting: Resting) {
        let place = self
            .resting
            .partition_point(|one| one.order.id < resting.order.id);
        self.resting.insert(place, resting);
    }

    /// What a reduce-only order of this side finds to reduce.
    pub(crate) fn reducible(&self, side: Side) -> Quantity {
        let opposite = -side.sign();
        Quantity(self.position.saturating_mul(opposite).max(0))
    }

    /// Takes an order out, wherever it is.
    pub(crate) fn take_out(&mut self, id: OrderId) -> Option<Order> {
        if let Some(place) = self.place_of(id) {
            return Some(self.resting.remove(place).order);
        }
        for list in [&mut self.arriving, &mut self.held] {
            if let Some(place) = list.iter().position(|one| one.order.id == id) {
                return Some(list.remove(place).order);
            }
        }
        None
    }

    /// Ends an order if it is here: says so, and takes back what waited for its first fill.
    pub(crate) fn end(&mut self, id: OrderId, kind: ReportKind, ts: Ns, out: &mut Vec<Report>) {
        let Some(order) = self.take_out(id) else {
            return;
        };
        out.push(report(ts, id, kind));
        if order.cum_quantity > Quantity::ZERO {
            return;
        }
        let waits = |one: &Arriving| one.order.intent.links.parent == Some(id);
        while let Some(child) = self.held.iter().find(|one| waits(one)) {
            self.end(child.order.id, ReportKind::Canceled, ts, out);
        }
    }

    /// The first order of all for which `condition` holds, by ascending id within each list.
    pub(crate) fn find(&self, condition: impl Fn(&Order) -> bool) -> Option<OrderId> {
        let resting = self.resting.iter().map(|one| &one.order);
        let others = self.arriving.iter().chain(&self.held).map(|one| &one.order);
        resting
            .chain(others)
            .find(|order| condition(order))
            .map(|order| order.id)
    }

    /// Whether any resting order could be met between two prices; a trailing stop may first follow to the other end.
    pub(crate) fn is_met_within(
        &self,
        low: Price,
        high: Price,
        touch_fills: bool,
    ) -> Result<bool, sluice_types::Fault> {
        for one in &self.resting {
            let mut one = *one;
            let (best, worst) = if one.waits_for_a_fall() {
                (high, low)
            } else {
                (low, high)
            };
            one.follow(best)?;
            if one.met_until(worst, touch_fills).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The venue's word on an order.
pub(crate) fn report(ts: Ns, order: OrderId, kind: ReportKind) -> Report {
    Report { ts, order, kind }
}
