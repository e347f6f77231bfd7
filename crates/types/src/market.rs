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
