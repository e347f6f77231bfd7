//! What an order asks for: its price, its time, and the orders it is tied to.

use crate::{Fault, Ns, OrderId, Price, Rate, Side, UNITS};

/// How an order asks for its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderKind {
    /// At once, at whatever price.
    Market,
    /// At this price or better.
    Limit(Price),
    /// A market order once the price touches this one.
    Stop(Price),
    /// A limit order once the price touches `stop`.
    StopLimit {
        /// What triggers it.
        stop: Price,
        /// The worst price it takes then.
        limit: Price,
    },
    /// A stop that follows the price and never goes back.
    Trailing(Trail),
}

impl OrderKind {
    /// The price that must be touched first; a trailing stop has none of its own.
    pub fn stop(self) -> Option<Price> {
        match self {
            Self::Stop(stop) | Self::StopLimit { stop, .. } => Some(stop),
            Self::Market | Self::Limit(_) | Self::Trailing(_) => None,
        }
    }

    /// The worst price it takes.
    pub fn limit(self) -> Option<Price> {
        match self {
            Self::Limit(limit) | Self::StopLimit { limit, .. } => Some(limit),
            Self::Market | Self::Stop(_) | Self::Trailing(_) => None,
        }
    }
}

/// How far behind the best price a trailing stop follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trail {
    /// By this much of price, > 0.
    Distance(Price),
    /// By this fraction of the price, between 0 and 1.
    Rate(Rate),
}

impl Trail {
    /// The stop behind `best`: below it for a sale, above it for a buy, rounded away from it to a price count.
    ///
    /// # Errors
    /// [`Fault::Overflow`]. A stop at or below zero is never touched.
    pub fn behind(self, side: Side, best: Price) -> Result<Price, Fault> {
        let distance = match self {
            Self::Distance(distance) => i128::from(distance.0),
            Self::Rate(rate) => -(-i128::from(best.0) * i128::from(rate.0)).div_euclid(UNITS),
        };
        let stop = i128::from(best.0) + i128::from(side.sign()) * distance;
        i64::try_from(stop)
            .map(Price)
            .map_err(|_| Fault::Overflow("trailing stop"))
    }
}

/// How long an order lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeInForce {
    /// Until canceled.
    Gtc,
    /// Until the end of the session (UTC midnight where the market never closes).
    Day,
    /// What fills on arrival; the rest expires.
    Ioc,
    /// All on arrival, or nothing.
    Fok,
    /// Until this instant of the market's clock.
    Gtd(Ns),
}

impl TimeInForce {
    /// Whether it is over with its arrival.
    pub fn at_once(self) -> bool {
        matches!(self, Self::Ioc | Self::Fok)
    }
}

/// The orders an order is tied to, all of its own instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Links {
    /// One triggers other: held until the first fill of this order.
    pub parent: Option<OrderId>,
    /// One cancels other: the first order of the group, whose own `group` is empty.
    pub group: Option<OrderId>,
}

impl Links {
    /// Tied to nothing.
    pub const NONE: Self = Self {
        parent: None,
        group: None,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_stop_stands_behind_the_best_price_and_rounds_away_from_it() {
        let behind = |trail: Trail, side| trail.behind(side, Price(1_001)).unwrap();
        assert_eq!(behind(Trail::Distance(Price(50)), Side::Sell), Price(951));
        assert_eq!(behind(Trail::Distance(Price(50)), Side::Buy), Price(1_051));
        let rate = Trail::Rate(Rate(10_000_000)); // 1 % of 1001 is 10.01
        assert_eq!(behind(rate, Side::Sell), Price(990));
        assert_eq!(behind(rate, Side::Buy), Price(1_012));
        let far = Trail::Distance(Price(i64::MAX));
        assert!(far.behind(Side::Buy, Price(1)).is_err());
    }

    #[test]
    fn a_kind_names_its_stop_and_its_limit() {
        let both = OrderKind::StopLimit {
            stop: Price(5),
            limit: Price(6),
        };
        assert_eq!(
            (both.stop(), both.limit()),
            (Some(Price(5)), Some(Price(6)))
        );
        assert_eq!(OrderKind::Limit(Price(6)).stop(), None);
        assert_eq!(OrderKind::Market.limit(), None);
    }
}
