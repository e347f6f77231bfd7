//! The venue's word on our orders: the state machine, and fills into the ledger.

use crate::engine::{no_price, order_index};
use crate::holding::Worth;
use crate::position::Legs;
use crate::{Engine, Output};
use sluice_pretrade::Binding;
use sluice_types::{
    Fault, Fill, Instrument, Ns, Order, OrderChange, OrderStatus, Quantity, Report, ReportKind,
    status,
};

impl Engine {
    pub(crate) fn report(&mut self, report: &Report, out: &mut Vec<Output>) -> Result<(), Fault> {
        let order = *self
            .order(report.order)
            .ok_or(Fault::UnknownOrder(report.order))?;
        match report.kind {
            ReportKind::Accepted => self.change(&order, OrderChange::Accept, report.ts, out),
            ReportKind::Triggered => self.change(&order, OrderChange::Trigger, report.ts, out),
            ReportKind::Canceled => self.change(&order, OrderChange::Cancel, report.ts, out),
            ReportKind::Expired => self.change(&order, OrderChange::Expire, report.ts, out),
            ReportKind::Rejected => self.change(&order, OrderChange::Reject, report.ts, out),
            ReportKind::Filled(fill) => self.fill(&order, &fill, report.ts, out),
        }
    }

    /// A change without a fill; one that closes the order sets free what it had open.
    fn change(
        &mut self,
        order: &Order,
        change: OrderChange,
        ts: Ns,
        out: &mut Vec<Output>,
    ) -> Result<(), Fault> {
        let status = next(order, change)?;
        if !status.is_open() {
            let intent = &order.intent;
            let freed = Quantity::ZERO.minus(order.leaves())?;
            let working = self.working(intent.instrument).with_order(
                Binding::of(intent),
                intent.side,
                freed,
            )?;
            self.expose(intent.instrument, working)?;
        }
        let changed = Order { status, ..*order };
        self.store(changed, order.status, ts, out);
        self.after_change(&changed, ts, out);
        Ok(())
    }

    /// A fill: computed whole, then written, so that a fault leaves nothing half done.
    fn fill(
        &mut self,
        order: &Order,
        fill: &Fill,
        ts: Ns,
        out: &mut Vec<Output>,
    ) -> Result<(), Fault> {
        belongs(order, fill)?;
        let change = if fill.quantity == order.leaves() {
            OrderChange::FillWhole
        } else {
            OrderChange::FillPart
        };
        let status = next(order, change)?;
        let index = fill.instrument.index();
        let (instrument, holding) = (&self.instruments[index], &self.holdings[index]);
        let signed = fill.side.signed(fill.quantity);
        let legs = Legs::cut(instrument, holding.position.quantity, fill.price, signed)?;
        let cost = legs.cost()?;
        let position = holding.position.filled(&legs, fill.fee)?;
        if position.quantity < Quantity::ZERO && !instrument.shortable() {
            return Err(sold_short(instrument, order));
        }
        let purse = &self.purses[holding.purse];
        let cash = purse.cash.minus(cost)?.minus(fill.fee)?;
        let freed = Quantity::ZERO.minus(fill.quantity)?;
        let mut working =
            holding
                .working
                .with_order(Binding::of(&order.intent), fill.side, freed)?;
        working.position = position.quantity;
        let filled = Order {
            status,
            cum_quantity: order.cum_quantity.plus(fill.quantity)?,
            cum_notional: order.cum_notional.plus(cost.size()?)?,
            ..*order
        };
        // An instrument that never had a price is marked at its first fill.
        let mark = holding.mark.unwrap_or(fill.price);
        let worth = Worth::of(instrument, working, mark, holding.reserve)?;
        let totals = purse.totals.replaced(holding.worth, worth)?;

        let holding = &mut self.holdings[index];
        (holding.mark, holding.position) = (Some(mark), position);
        (holding.working, holding.worth) = (working, worth);
        let purse = &mut self.purses[holding.purse];
        (purse.cash, purse.totals) = (cash, totals);
        out.push(Output::Filled(*fill));
        self.store(filled, order.status, ts, out);
        self.after_fill(order, ts, out);
        Ok(())
    }

    /// Writes an order back and says where it stands, if that changed.
    fn store(&mut self, mut order: Order, before: OrderStatus, ts: Ns, out: &mut Vec<Output>) {
        let Some(index) = order_index(order.id) else {
            return;
        };
        if order.status != before {
            order.changed_ns = ts;
            out.push(Output::Status {
                order: order.id,
                status: order.status,
                ts,
            });
        }
        if !order.status.is_open() {
            self.holdings[order.intent.instrument.index()].close(&order);
        }
        self.orders[index] = order;
    }
}

fn next(order: &Order, change: OrderChange) -> Result<OrderStatus, Fault> {
    status::next(order.status, change).ok_or(Fault::BadTransition {
        order: order.id,
        from: order.status,
        change,
    })
}

/// The check counts market orders in flight as done; a venue that drops one and fills a later sale breaks that.
#[cold]
fn sold_short(instrument: &Instrument, order: &Order) -> Fault {
    Fault::BadData(format!(
        "order {} sold {} below zero, which may not be sold short: an earlier buy order never filled",
        order.id.0,
        instrument.name()
    ))
}

/// A fill of a closed order is a bad transition, which the state machine names; the rest is checked here.
fn belongs(order: &Order, fill: &Fill) -> Result<(), Fault> {
    let id = order.id.0;
    let intent = &order.intent;
    if fill.order != order.id || fill.instrument != intent.instrument || fill.side != intent.side {
        return Err(Fault::BadData(format!(
            "a fill reported for order {id} belongs to another order, instrument or side"
        )));
    }
    if fill.price.0 <= 0 {
        return Err(no_price(fill.instrument, fill.price));
    }
    let leaves = order.leaves();
    if order.status.is_open() && (fill.quantity <= Quantity::ZERO || fill.quantity > leaves) {
        return Err(Fault::BadData(format!(
            "a fill of {} counts was reported for order {id}, of which {} are open",
            fill.quantity.0, leaves.0
        )));
    }
    Ok(())
}
