//! Quotes and trades: the caller's NumPy columns, borrowed for the run, and what a strategy sees of them.

use crate::bars::BarColumns;
use crate::board::Board;
use crate::faults::raise;
use crate::lent::lend;
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::PyString;
use sluice_backtest::Places;
use sluice_types::Price;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicI64, AtomicU64};

fn places(instrument: Option<&PyReadonlyArray1<'_, u32>>) -> PyResult<Places> {
    Ok(match instrument {
        None => Places::One(0),
        Some(column) => Places::Many(lend(column)?),
    })
}

/// Best bids and asks sorted by (ts, instrument): int64 ns UTC, uint32 numbers (None: all of instrument 0), float64.
/// The arrays are borrowed: they must not be changed while the object lives.
#[pyclass(frozen, module = "sluice._core")]
pub struct QuoteColumns {
    pub inner: Arc<sluice_backtest::QuoteColumns>,
}

#[pymethods]
impl QuoteColumns {
    #[new]
    #[pyo3(signature = (bars, ts, instrument, bid, ask, bid_size, ask_size))]
    fn new(
        bars: &BarColumns,
        ts: PyReadonlyArray1<'_, i64>,
        instrument: Option<PyReadonlyArray1<'_, u32>>,
        bid: PyReadonlyArray1<'_, f64>,
        ask: PyReadonlyArray1<'_, f64>,
        bid_size: PyReadonlyArray1<'_, f64>,
        ask_size: PyReadonlyArray1<'_, f64>,
    ) -> PyResult<Self> {
        let values = [lend(&bid)?, lend(&ask)?, lend(&bid_size)?, lend(&ask_size)?];
        let places = places(instrument.as_ref())?;
        let instruments = bars.inner.instruments();
        let columns = sluice_backtest::QuoteColumns::new(instruments, lend(&ts)?, places, values)
            .map_err(raise)?;
        Ok(Self {
            inner: Arc::new(columns),
        })
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }
}

/// Prints of the market, sorted likewise; `side` int8. The arrays are borrowed.
#[pyclass(frozen, module = "sluice._core")]
pub struct TradeColumns {
    pub inner: Arc<sluice_backtest::TradeColumns>,
}

#[pymethods]
impl TradeColumns {
    #[new]
    #[pyo3(signature = (bars, ts, instrument, price, size, side))]
    fn new(
        bars: &BarColumns,
        ts: PyReadonlyArray1<'_, i64>,
        instrument: Option<PyReadonlyArray1<'_, u32>>,
        price: PyReadonlyArray1<'_, f64>,
        size: PyReadonlyArray1<'_, f64>,
        side: PyReadonlyArray1<'_, i8>,
    ) -> PyResult<Self> {
        let values = [lend(&price)?, lend(&size)?];
        let places = places(instrument.as_ref())?;
        let instruments = bars.inner.instruments();
        let columns = sluice_backtest::TradeColumns::new(
            instruments,
            lend(&ts)?,
            places,
            values,
            lend(&side)?,
        )
        .map_err(raise)?;
        Ok(Self {
            inner: Arc::new(columns),
        })
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }
}

/// The numbers of the last quote of an instrument; `ts` is `i64::MIN` before there is one.
pub struct QuoteCell {
    ts: AtomicI64,
    bid: AtomicI64,
    ask: AtomicI64,
    bid_size: AtomicU64,
    ask_size: AtomicU64,
}

impl Default for QuoteCell {
    fn default() -> Self {
        Self {
            ts: AtomicI64::new(i64::MIN),
            bid: AtomicI64::new(0),
            ask: AtomicI64::new(0),
            bid_size: AtomicU64::new(0),
            ask_size: AtomicU64::new(0),
        }
    }
}

impl QuoteCell {
    #[inline]
    pub fn set(&self, quote: &sluice_types::Quote) {
        self.ts.store(quote.ts, Relaxed);
        self.bid.store(quote.bid.0, Relaxed);
        self.ask.store(quote.ask.0, Relaxed);
        self.bid_size.store(quote.bid_size.to_bits(), Relaxed);
        self.ask_size.store(quote.ask_size.to_bits(), Relaxed);
    }

    fn copy(&self) -> Self {
        let float = |cell: &AtomicU64| AtomicU64::new(cell.load(Relaxed));
        let whole = |cell: &AtomicI64| AtomicI64::new(cell.load(Relaxed));
        Self {
            ts: whole(&self.ts),
            bid: whole(&self.bid),
            ask: whole(&self.ask),
            bid_size: float(&self.bid_size),
            ask_size: float(&self.ask_size),
        }
    }
}

/// The numbers of the last trade of an instrument, likewise.
pub struct TradeCell {
    ts: AtomicI64,
    price: AtomicI64,
    size: AtomicU64,
    side: AtomicI64,
}

impl Default for TradeCell {
    fn default() -> Self {
        Self {
            ts: AtomicI64::new(i64::MIN),
            price: AtomicI64::new(0),
            size: AtomicU64::new(0),
            side: AtomicI64::new(0),
        }
    }
}

impl TradeCell {
    #[inline]
    pub fn set(&self, trade: &sluice_types::Trade) {
        self.ts.store(trade.ts, Relaxed);
        self.price.store(trade.price.0, Relaxed);
        self.size.store(trade.size.to_bits(), Relaxed);
        self.side.store(i64::from(trade.side), Relaxed);
    }

    fn copy(&self) -> Self {
        Self {
            ts: AtomicI64::new(self.ts.load(Relaxed)),
            price: AtomicI64::new(self.price.load(Relaxed)),
            size: AtomicU64::new(self.size.load(Relaxed)),
            side: AtomicI64::new(self.side.load(Relaxed)),
        }
    }
}

/// The best bid and ask. The object is used again for the instrument's next quote if nobody keeps it.
#[pyclass(frozen, module = "sluice._core")]
pub struct Quote {
    /// Symbol, or the full id where the symbol is not unique in the run.
    #[pyo3(get)]
    pub instrument: Py<PyString>,
    pub board: Arc<Board>,
    pub place: usize,
    pub cell: QuoteCell,
}

impl Quote {
    /// The last quote of an instrument as an object of its own; None before there is one.
    pub fn last(py: Python<'_>, board: &Arc<Board>, place: usize) -> Option<Self> {
        let cell = board.quotes[place].copy();
        (cell.ts.load(Relaxed) > i64::MIN).then(|| Self {
            instrument: board.names.shown(py, place).unbind(),
            board: board.clone(),
            place,
            cell,
        })
    }

    #[inline]
    fn price(&self, counts: i64) -> f64 {
        self.board.bars.instruments()[self.place].price_f64(Price(counts))
    }

    fn ticks(&self, counts: i64) -> i64 {
        let tick = self.board.bars.instruments()[self.place].spec().tick;
        (counts + tick / 2) / tick
    }
}

#[pymethods]
impl Quote {
    /// When it was known, ns UTC.
    #[getter]
    fn ts_ns(&self) -> i64 {
        self.cell.ts.load(Relaxed)
    }

    #[getter]
    fn bid(&self) -> f64 {
        self.price(self.cell.bid.load(Relaxed))
    }

    #[getter]
    fn ask(&self) -> f64 {
        self.price(self.cell.ask.load(Relaxed))
    }

    /// (bid + ask) / 2.
    #[getter]
    fn mid(&self) -> f64 {
        f64::midpoint(self.bid(), self.ask())
    }

    /// In units; NaN where the source has none.
    #[getter]
    fn bid_size(&self) -> f64 {
        f64::from_bits(self.cell.bid_size.load(Relaxed))
    }

    #[getter]
    fn ask_size(&self) -> f64 {
        f64::from_bits(self.cell.ask_size.load(Relaxed))
    }

    /// The bid as a whole number of ticks: exact where the data is on the tick grid, else the nearest.
    #[getter]
    fn bid_ticks(&self) -> i64 {
        self.ticks(self.cell.bid.load(Relaxed))
    }

    #[getter]
    fn ask_ticks(&self) -> i64 {
        self.ticks(self.cell.ask.load(Relaxed))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "Quote({}, ts_ns={}, bid={}, ask={}, bid_size={}, ask_size={})",
            self.instrument.bind(py),
            self.ts_ns(),
            self.bid(),
            self.ask(),
            self.bid_size(),
            self.ask_size()
        )
    }
}

/// One print of the market. The object is used again likewise.
#[pyclass(frozen, module = "sluice._core")]
pub struct Trade {
    #[pyo3(get)]
    pub instrument: Py<PyString>,
    pub board: Arc<Board>,
    pub place: usize,
    pub cell: TradeCell,
}

impl Trade {
    /// The last trade of an instrument as an object of its own; None before there is one.
    pub fn last(py: Python<'_>, board: &Arc<Board>, place: usize) -> Option<Self> {
        let cell = board.trades[place].copy();
        (cell.ts.load(Relaxed) > i64::MIN).then(|| Self {
            instrument: board.names.shown(py, place).unbind(),
            board: board.clone(),
            place,
            cell,
        })
    }
}

#[pymethods]
impl Trade {
    /// When it was known, ns UTC.
    #[getter]
    fn ts_ns(&self) -> i64 {
        self.cell.ts.load(Relaxed)
    }

    #[getter]
    fn price(&self) -> f64 {
        let counts = self.cell.price.load(Relaxed);
        self.board.bars.instruments()[self.place].price_f64(Price(counts))
    }

    /// The price as a whole number of ticks: exact where the data is on the tick grid, else the nearest.
    #[getter]
    fn price_ticks(&self) -> i64 {
        let tick = self.board.bars.instruments()[self.place].spec().tick;
        (self.cell.price.load(Relaxed) + tick / 2) / tick
    }

    /// In units; NaN where the source has none.
    #[getter]
    fn size(&self) -> f64 {
        f64::from_bits(self.cell.size.load(Relaxed))
    }

    /// +1 where a buyer crossed the spread, -1 a seller, 0 where it is not known.
    #[getter]
    fn side(&self) -> i64 {
        self.cell.side.load(Relaxed)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "Trade({}, ts_ns={}, price={}, size={}, side={})",
            self.instrument.bind(py),
            self.ts_ns(),
            self.price(),
            self.size(),
            self.side()
        )
    }
}
