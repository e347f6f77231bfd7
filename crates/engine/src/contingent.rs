//! Contingent orders: what a fill or an end of one order means for those it is tied to.
//!
//! * One triggers other: a child is `HELD`. The first fill of its parent releases it through the check; a parent that
//!   ends without a fill takes its children with it.
//! * One cancels other: a member that fills whole takes the rest of its group with it. Partial fills do not; exits are
//!   reduce-only, so that together they never trade more than the position.
//! * Reduce-only: what rests and has nothing left to reduce goes. An exit that leaves its position flat takes back what
//!   is still open of its entry, which would else come without protection.
//!
//! Nothing of it is kept beside the orders: ties stand in their intents. A venue that runs contingent orders itself may
//! have done all this before it reports; asking again for what is done changes nothing.

use crate::engine::order_index;
use crate::{Engine, Output};
use sluice_pretrade::{Denial, DenialCode, release};
use sluice_types::{
    InstrumentId, Ns, Order, OrderChange, OrderId, OrderStatus, Quantity, Side, status,
};

impl Engine {
    /// After a change without a fill: children of an order that ended without a fill have nothing to wait for.
    #[inline]
    pub(crate) fn after_change(&mut self, order: &Order, ts: Ns, out: &mut Vec<Output>) {
        let over = !order.status.is_open() && order.cum_quantity == Quantity::ZERO;
        if over && self.holdings[order.intent.instrument.index()].contingent > 0 {
            self.each(order.intent.instrument, |engine, other| {
                if other.status == OrderStatus::Held && child_of(other, order.id) {
                    engine.ask_cancel(ts, other.id, out);
                }
            });
        }
    }

    /// After a fill of an order; `before` is as it stood then.
    #[inline]
    pub(crate) fn after_fill(&mut self, before: &Order, ts: Ns, out: &mut Vec<Output>) {
        if self.holdings[before.intent.instrument.index()].contingent > 0 {
            self.act_on_fill(before, ts, out);
        }
    }

    fn act_on_fill(&mut self, before: &Order, ts: Ns, out: &mut Vec<Output>) {
        let instrument = before.intent.instrument;
        let position = self.holdings[instrument.index()].position.quantity;
        let first = before.cum_quantity == Quantity::ZERO;
        let whole = self.order(before.id).is_some_and(|o| !o.status.is_open());
        let exit = before.intent.reduce_only && position == Quantity::ZERO;
        self.each(instrument, |engine, other| {
            if first && other.status == OrderStatus::Held && child_of(other, before.id) {
                engine.let_go(other, ts, out);
                return;
            }
            let sibling = whole && other.id != before.id && other.group() == before.group();
            let idle = rests(other) && other.intent.reduce_only;
            let idle = idle && !reduces(other.intent.side, position);
            let entry = exit && child_of(before, other.id);
            if sibling || idle || entry {
                engine.ask_cancel(ts, other.id, out);
            }
        });
    }

    /// Each open order of an instrument, by ascending id.
    fn each(&mut self, instrument: InstrumentId, mut act: impl FnMut(&mut Self, &Order)) {
        let place = instrument.index();
        for at in 0..self.holdings[place].open.len() {
            let id = self.holdings[place].open[at];
            if let Some(order) = self.order(id).copied() {
                act(self, &order);
            }
        }
    }

    /// Sends a held order, or asks it back where the check refuses it now. Doubt denies: so does a number out of range.
    fn let_go(&mut self, held: &Order, ts: Ns, out: &mut Vec<Output>) {
        let answer = release(ts, held, self).unwrap_or(Err(Denial {
            ts,
            intent: held.intent,
            code: DenialCode::BuyingPower,
            value: f64::NAN,
            limit: f64::NAN,
        }));
        match answer {
            Ok(approved) => {
                if let (Some(index), Some(status)) = (
                    order_index(held.id),
                    status::next(held.status, OrderChange::Release),
                ) {
                    self.orders[index].status = status;
                    self.orders[index].changed_ns = ts;
                    out.push(Output::Submit(approved));
                }
            }
            Err(denial) => {
                out.push(Output::Unreleased(held.id, denial));
                self.ask_cancel(ts, held.id, out);
            }
        }
    }
}

fn child_of(order: &Order, parent: OrderId) -> bool {
    order.intent.links.parent == Some(parent)
}

/// Whether the venue has it at work: one that is on its way is judged when it arrives.
fn rests(order: &Order) -> bool {
    use OrderStatus::{New, PartiallyFilled, Triggered};
    matches!(order.status, New | PartiallyFilled | Triggered)
}

fn reduces(side: Side, position: Quantity) -> bool {
    match side {
        Side::Buy => position < Quantity::ZERO,
        Side::Sell => position > Quantity::ZERO,
    }
}
