//! The venue on quotes and trades: a tick is a path of one point, and the real spread takes the place of the scheduled.
//!
//! With quotes a taker pays the ask or gets the bid; the scheduled half-spread is not added, volume slippage and impact
//! are. With trades alone a print is a price like an open. A resting limit fills at its limit once the other side
//! quotes it, or a print goes through it; a stop triggers on its own side of the quote or on a print, and then takes.

use crate::fills::report;
use crate::intrabar::reaches;
use crate::{BarVenue, Conditions, CostRule};
use sluice_types::{
    Fault, Fill, InstrumentId, Liquidity, Ns, Order, OrderKind, Price, Quote, Rate, Report,
    ReportKind, Side, TimeInForce, Trade,
};

/// What an instrument is filled on: the finest that the stream holds of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Feed {
    /// Opens and closed bars.
    #[default]
    Bars,
    /// Prints, and nothing of its bars.
    Trades,
    /// Quotes for takers, quotes and prints for what rests.
    Quotes,
}

impl BarVenue {
    /// Says what an instrument is filled on; bars where nothing is said.
    pub fn set_feed(&mut self, instrument: InstrumentId, feed: Feed) {
        self.feeds[instrument.index()] = feed;
    }

    /// What an instrument is filled on.
    #[inline]
    pub fn feed(&self, instrument: InstrumentId) -> Feed {
        self.feeds[instrument.index()]
    }

    /// Takes note of a quote, for the stops that a print triggers.
    #[inline]
    pub fn note(&mut self, quote: &Quote) {
        self.best[quote.instrument.index()] = Some(*quote);
    }

    /// A new best bid and ask: resting orders that they meet, then orders that arrive.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn on_quote(
        &mut self,
        quote: &Quote,
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        let place = quote.instrument.index();
        let mut index = 0;
        while index < self.books[place].resting.len() {
            let order = self.books[place].resting[index];
            let price = offered(quote, order.intent.side);
            let fill = match (order.intent.kind, price) {
                (OrderKind::Limit(limit), Some(price)) if within(&order, price, limit) => {
                    Some(self.make(&order, quote.ts, limit)?)
                }
                (OrderKind::Stop(_), Some(price)) if reaches(&order, price, price, true) => {
                    Some(self.take_quote(&order, quote, quote.ts, conditions)?)
                }
                _ => None,
            };
            if let Some(fill) = fill {
                self.books[place].resting.remove(index);
                self.book(&order, fill, out);
            } else {
                index += 1;
            }
        }
        let mut index = 0;
        while index < self.books[place].arriving.len() {
            let arriving = self.books[place].arriving[index];
            let order = arriving.order;
            let at_once = matches!(order.intent.tif, TimeInForce::Ioc | TimeInForce::Fok);
            let price = offered(quote, order.intent.side);
            // A market order waits until its side is offered; what may not wait expires.
            let waits = order.intent.kind == OrderKind::Market && price.is_none() && !at_once;
            if arriving.earliest > quote.ts || waits {
                index += 1;
                continue;
            }
            self.books[place].arriving.remove(index);
            let marketable = price.is_some_and(|price| match order.intent.kind {
                OrderKind::Market => true,
                OrderKind::Limit(limit) => within(&order, price, limit),
                _ => reaches(&order, price, price, true),
            });
            if marketable {
                if matches!(order.intent.kind, OrderKind::Stop(_)) {
                    out.push(report(quote.ts, order.id, ReportKind::Accepted));
                }
                let fill = self.take_quote(&order, quote, quote.ts, conditions)?;
                self.book(&order, fill, out);
            } else if at_once {
                out.push(report(quote.ts, order.id, ReportKind::Expired));
            } else {
                out.push(report(quote.ts, order.id, ReportKind::Accepted));
                self.books[place].resting.push(order);
            }
        }
        Ok(())
    }

    /// A print. With quotes in the stream it meets what rests; without, it is a price for all orders.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn on_trade(
        &mut self,
        trade: &Trade,
        conditions: &Conditions,
        out: &mut Vec<Report>,
    ) -> Result<(), Fault> {
        if self.feed(trade.instrument) == Feed::Trades {
            return self.on_open(trade.ts, trade.instrument, trade.price, conditions, out);
        }
        let place = trade.instrument.index();
        let touch_fills = self.settings.touch_fills;
        let mut index = 0;
        while index < self.books[place].resting.len() {
            let order = self.books[place].resting[index];
            let reached = reaches(&order, trade.price, trade.price, touch_fills);
            let best = self.best[place].filter(|best| offered(best, order.intent.side).is_some());
            let fill = match (order.intent.kind, best) {
                (OrderKind::Limit(limit), _) if reached => {
                    Some(self.make(&order, trade.ts, limit)?)
                }
                (OrderKind::Stop(_), Some(best)) if reached => {
                    Some(self.take_quote(&order, &best, trade.ts, conditions)?)
                }
                _ => None,
            };
            if let Some(fill) = fill {
                self.books[place].resting.remove(index);
                self.book(&order, fill, out);
            } else {
                index += 1;
            }
        }
        Ok(())
    }

    /// A fill that takes what is quoted; a limit is never passed. Its reference is the mid, so that the half of the
    /// spread that it pays counts as slippage.
    fn take_quote(
        &mut self,
        order: &Order,
        quote: &Quote,
        ts: Ns,
        conditions: &Conditions,
    ) -> Result<Fill, Fault> {
        let place = order.intent.instrument.index();
        let side = order.intent.side;
        let costs = CostRule {
            half_spread: Rate(0),
            ..self.costs[place]
        };
        let market = side_of(quote, side);
        let instrument = &self.instruments[place];
        let moved = costs.taker_price(instrument, side, order.leaves(), market, conditions)?;
        self.unknown_costs += u64::from(moved.unknown);
        let price = match (order.intent.kind, side) {
            (OrderKind::Limit(limit), Side::Buy) => moved.price.min(limit),
            (OrderKind::Limit(limit), Side::Sell) => moved.price.max(limit),
            _ => moved.price,
        };
        self.fill(order, ts, price, quote.mid(), Liquidity::Taker)
    }
}

/// The price at which an order of `side` could take.
fn side_of(quote: &Quote, side: Side) -> Price {
    match side {
        Side::Buy => quote.ask,
        Side::Sell => quote.bid,
    }
}

/// The same, where anything is displayed there; a size that is not known counts as displayed.
fn offered(quote: &Quote, side: Side) -> Option<Price> {
    let displayed = match side {
        Side::Buy => quote.ask_size,
        Side::Sell => quote.bid_size,
    };
    (displayed != 0.0).then(|| side_of(quote, side))
}

/// Whether `price` is at the limit or better.
fn within(order: &Order, price: Price, limit: Price) -> bool {
    match order.intent.side {
        Side::Buy => price <= limit,
        Side::Sell => price >= limit,
    }
}
