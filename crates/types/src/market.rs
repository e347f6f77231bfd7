//! Market data: what happened, known at its end.

use crate::{InstrumentId, Ns, Price};

/// Open, high, low, close and volume over [`ts_start`, `ts_end`); known only at `ts_end`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Whose bar.
    pub instrument: InstrumentId,
    /// First instant of the bar.
    pub ts_start: Ns,
    /// First instant after the bar: when it becomes known.
    pub ts_end: Ns,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Traded volume in units; NaN where the source has none. A statistic, never money.
    pub volume: f64,
}

/// The best bid and ask, known at `ts`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quote {
    /// Whose quote.
    pub instrument: InstrumentId,
    /// When it was known.
    pub ts: Ns,
    /// What a buyer offers.
    pub bid: Price,
    /// What a seller asks.
    pub ask: Price,
    /// Displayed at the bid in units, NaN where unknown; 0 is a side without an offer.
    pub bid_size: f64,
    /// Displayed at the ask, likewise.
    pub ask_size: f64,
}

impl Quote {
    /// (bid + ask) / 2, down to a whole count.
    #[inline]
    pub fn mid(&self) -> Price {
        // Halved before they are added, so that nothing overflows.
        Price((self.bid.0 >> 1) + (self.ask.0 >> 1) + (self.bid.0 & self.ask.0 & 1))
    }
}

/// A print of the market, known at `ts`. Ours are fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trade {
    /// Of what.
    pub instrument: InstrumentId,
    /// When it was known.
    pub ts: Ns,
    /// At which price.
    pub price: Price,
    /// How many units; NaN where unknown.
    pub size: f64,
    /// +1 where a buyer crossed the spread, −1 a seller, 0 where it is not known.
    pub side: i8,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mid_is_floored_to_a_count_and_never_overflows() {
        let mid = |bid, ask| {
            let (bid, ask) = (Price(bid), Price(ask));
            let (bid_size, ask_size, instrument) = (1.0, 1.0, InstrumentId(0));
            Quote {
                instrument,
                ts: 0,
                bid,
                ask,
                bid_size,
                ask_size,
            }
            .mid()
        };
        assert_eq!(mid(100, 102), Price(101));
        assert_eq!(mid(100, 101), Price(100));
        assert_eq!(mid(101, 101), Price(101));
        assert_eq!(mid(101, 104), Price(102));
        assert_eq!(mid(i64::MAX, i64::MAX), Price(i64::MAX));
    }
}
