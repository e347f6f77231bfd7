//! What an order at the venue waits for, and whether a price or a stretch of prices meets it.
//!
//! Two questions, whatever the market data: does a price that the market *jumps* to meet the order (an open, a quote, a
//! print), and where on the way does a price that *runs* from one point to another meet it (inside a bar)?

use sluice_types::{Fault, Order, OrderKind, Price, Side, Trail};

/// Where the market stands: what a buy pays and what a sale brings. One price where no more is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    /// What a buy pays.
    pub ask: Price,
    /// What a sale brings.
    pub bid: Price,
    /// What the slippage of a fill is measured from, where that is not the price itself.
    pub mid: Option<Price>,
    /// Whether anything is on offer to a buy and to a sale.
    pub offered: (bool, bool),
}

impl Point {
    /// One price for both sides.
    pub(crate) fn at(price: Price) -> Self {
        Self {
            ask: price,
            bid: price,
            mid: None,
            offered: (true, true),
        }
    }

    /// What stands there for this side, whether or not anything is on offer.
    pub(crate) fn shown(self, side: Side) -> Price {
        match side {
            Side::Buy => self.ask,
            Side::Sell => self.bid,
        }
    }

    /// The price that this side can take.
    pub(crate) fn of(self, side: Side) -> Option<Price> {
        let offered = match side {
            Side::Buy => self.offered.0,
            Side::Sell => self.offered.1,
        };
        offered.then(|| self.shown(side))
    }
}

/// What an order at the venue does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Takes whatever price comes: a market order, or a stop that has triggered.
    Taking,
    /// Waits at its limit.
    Making(Price),
    /// Waits for the price to touch `stop`; then it is a limit order or a market order.
    Waiting { stop: Price, limit: Option<Price> },
    /// Waits for the price to touch a stop that follows it; then it is a market order.
    Trailing { stop: Price, trail: Trail },
}

/// An order at the venue, from its arrival to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resting {
    /// What was filled of it is kept up to date.
    pub order: Order,
    pub stage: Stage,
}

impl Resting {
    /// An order as it arrives at a price.
    pub(crate) fn arrived(order: Order, price: Price) -> Result<Self, Fault> {
        let stage = match order.intent.kind {
            OrderKind::Market => Stage::Taking,
            OrderKind::Limit(limit) => Stage::Making(limit),
            OrderKind::Stop(stop) => Stage::Waiting { stop, limit: None },
            OrderKind::StopLimit { stop, limit } => Stage::Waiting {
                stop,
                limit: Some(limit),
            },
            OrderKind::Trailing(trail) => Stage::Trailing {
                stop: trail.behind(order.intent.side, price)?,
                trail,
            },
        };
        Ok(Self { order, stage })
    }

    fn side(&self) -> Side {
        self.order.intent.side
    }

    /// Lets a trailing stop follow the price; it never goes back.
    pub(crate) fn follow(&mut self, price: Price) -> Result<(), Fault> {
        if let Stage::Trailing { stop, trail } = &mut self.stage {
            let behind = trail.behind(self.order.intent.side, price)?;
            *stop = match self.order.intent.side {
                Side::Buy => behind.min(*stop),
                Side::Sell => behind.max(*stop),
            };
        }
        Ok(())
    }

    /// Whether a price that the market jumps to meets it. A stop is met on touch; a limit when the price is *through*
    /// it (or touches it, if that is the setting); what takes takes anything.
    pub(crate) fn met_at(&self, price: Price, touch_fills: bool) -> bool {
        match self.stage {
            Stage::Taking => true,
            Stage::Making(limit) => {
                let through = better(self.side(), price, limit);
                through || (touch_fills && price == limit)
            }
            Stage::Waiting { stop, .. } | Stage::Trailing { stop, .. } => {
                touched(self.side(), price, stop)
            }
        }
    }

    /// Where a price that runs to `to` meets it on the way; what takes has taken all it could get at `from`.
    pub(crate) fn met_until(&self, to: Price, touch_fills: bool) -> Option<Price> {
        match self.stage {
            Stage::Taking => None,
            Stage::Making(level)
            | Stage::Waiting { stop: level, .. }
            | Stage::Trailing { stop: level, .. } => self.met_at(to, touch_fills).then_some(level),
        }
    }

    /// Whether it fills as it arrives at a price, which is the price it takes. Standing at the limit is enough.
    pub(crate) fn marketable(&self, price: Price) -> bool {
        match self.stage {
            Stage::Making(limit) => price == limit || better(self.side(), price, limit),
            _ => self.met_at(price, true),
        }
    }

    /// Whether it meets a falling price: sales that stop a loss, and buys at a limit.
    pub(crate) fn waits_for_a_fall(&self) -> bool {
        matches!(self.stage, Stage::Making(_)) == (self.side() == Side::Buy)
    }

    /// What a stop becomes by being touched: it takes, or it is a limit order.
    pub(crate) fn triggered(&mut self) -> bool {
        let next = match self.stage {
            Stage::Waiting {
                limit: Some(limit), ..
            } => Stage::Making(limit),
            Stage::Waiting { .. } | Stage::Trailing { .. } => Stage::Taking,
            Stage::Taking | Stage::Making(_) => return false,
        };
        self.stage = next;
        true
    }
}

/// Whether a price is better than a limit on this side.
fn better(side: Side, price: Price, limit: Price) -> bool {
    match side {
        Side::Buy => price < limit,
        Side::Sell => price > limit,
    }
}

/// Whether a price has reached a stop on this side.
fn touched(side: Side, price: Price, stop: Price) -> bool {
    match side {
        Side::Buy => price >= stop,
        Side::Sell => price <= stop,
    }
}
