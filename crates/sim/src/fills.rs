//! How an order is filled: on arrival, inside a bar, as maker or as taker.

use crate::intrabar::{high_first_is_worse, reaches, sequence};
use crate::{BarVenue, Conditions};
use sluice_types::{
    Bar, Fault, Fill, Liquidity, Ns, Order, OrderId, OrderKind, Price, Report, ReportKind, Side,
    TimeInForce,
};

/// What an open does with one order.
pub(crate) enum AtOpen {
    Fill(Fill, bool),
    Rest,
    Expire,
}

impl BarVenue {
    /// What the first open after its arrival does with an order.
    pub(crate) fn arrive(
        &mut self,
        order: &Order,
        ts: Ns,
        open: Price,
        conditions: &Conditions,
    ) -> Result<AtOpen, Fault> {
        let at_once = matches!(order.intent.tif, TimeInForce::Ioc | TimeInForce::Fok);
        let marketable = match (order.intent.kind, order.intent.side) {
            (OrderKind::Market, _) => true,
            (OrderKind::Limit(limit), Side::Buy) => open <= limit,
            (OrderKind::Limit(limit), Side::Sell) => open >= limit,
            _ => reaches(order, open, open, true),
        };
        if !marketable {
            return Ok(if at_once {
                AtOpen::Expire
            } else {
                AtOpen::Rest
            });
        }
        let mut fill = self.take(order, ts, open, conditions)?;
        if let OrderKind::Limit(limit) = order.intent.kind {
            let worst = match order.intent.side {
                Side::Buy => fill.price.min(limit),
                Side::Sell => fill.price.max(limit),
            };
            if worst != fill.price {
                fill = self.fill(order, ts, worst, open, Liquidity::Taker)?;
            }
        }
        Ok(AtOpen::Fill(
            fill,
            matches!(order.intent.kind, OrderKind::Stop(_)),
        ))
    }

    /// Fills the touched orders of a bar, on the worse of its two paths.
    pub(crate) fn walk(
        &mut self,
        bar: &Bar,
        touched: &mut [Order],
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let mut paths = std::mem::take(&mut self.paths);
        let unknown_before = self.unknown_costs;
        for (path, fills) in paths.iter_mut().enumerate() {
            fills.clear();
            self.unknown_costs = unknown_before;
            sequence(touched, path == 0);
            for order in &*touched {
                fills.push(match order.intent.kind {
                    OrderKind::Limit(limit) => self.make(order, bar.ts_end, limit)?,
                    OrderKind::Stop(stop) => self.take(order, bar.ts_end, stop, conditions)?,
                    _ => continue,
                });
            }
            if touched.len() == 1 {
                break;
            }
        }
        let high_first = touched.len() > 1 && {
            let instrument = &self.instruments[bar.instrument.index()];
            high_first_is_worse(instrument, bar, &paths[0], &paths[1])?
        };
        sequence(touched, !high_first);
        for (order, fill) in touched.iter().zip(&paths[usize::from(high_first)]) {
            self.book(order, *fill, out);
        }
        self.paths = paths;
        Ok(())
    }

    /// Books a fill in the venue's own ledger and says so.
    ///
    /// Our check counts market orders in flight as done; where such a buy never filled, a later sale may find less
    /// than it sells. What may not be sold short is not sold then: the venue takes the order back.
    pub(crate) fn book(&mut self, order: &Order, fill: Fill, out: &mut Vec<Report>) {
        let place = order.intent.instrument.index();
        let left = self.held[place].saturating_add(order.intent.side.signed(fill.quantity).0);
        if left < 0 && order.intent.side == Side::Sell && !self.instruments[place].shortable() {
            out.push(report(fill.ts, order.id, ReportKind::Canceled));
            return;
        }
        self.held[place] = left;
        if matches!(order.intent.kind, OrderKind::Stop(_)) {
            out.push(report(fill.ts, order.id, ReportKind::Triggered));
        }
        out.push(report(fill.ts, order.id, ReportKind::Filled(fill)));
    }

    /// A fill that takes liquidity, with all its slippage.
    pub(crate) fn take(
        &mut self,
        order: &Order,
        ts: Ns,
        reference: Price,
        conditions: &Conditions,
    ) -> Result<Fill, Fault> {
        let place = order.intent.instrument.index();
        let slipped = self.costs[place].taker_price(
            &self.instruments[place],
            order.intent.side,
            order.leaves(),
            reference,
            conditions,
        )?;
        self.unknown_costs += u64::from(slipped.unknown);
        self.fill(order, ts, slipped.price, reference, Liquidity::Taker)
    }

    /// A fill at our own limit.
    pub(crate) fn make(&self, order: &Order, ts: Ns, limit: Price) -> Result<Fill, Fault> {
        self.fill(order, ts, limit, limit, Liquidity::Maker)
    }

    pub(crate) fn fill(
        &self,
        order: &Order,
        ts: Ns,
        price: Price,
        reference: Price,
        liquidity: Liquidity,
    ) -> Result<Fill, Fault> {
        let place = order.intent.instrument.index();
        let quantity = order.leaves();
        Ok(Fill {
            ts,
            order: order.id,
            instrument: order.intent.instrument,
            side: order.intent.side,
            quantity,
            price,
            reference,
            fee: self.costs[place].fee(&self.instruments[place], price, quantity, liquidity)?,
            liquidity,
        })
    }
}

/// The venue's word on an order.
pub(crate) fn report(ts: Ns, order: OrderId, kind: ReportKind) -> Report {
    Report { ts, order, kind }
}
