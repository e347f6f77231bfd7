//! What a strategy is shown: Bar, Position, History, Fill, Order.

use crate::board::Board;
use crate::coarse::Coarse;
use crate::forwards::Field;
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyString};
use sluice_types::InstrumentId;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicPtr, AtomicUsize};

/// One closed bar. The object is used again for the instrument's next bar if nobody keeps it.
#[pyclass(frozen, module = "sluice._core")]
pub struct Bar {
    /// Symbol, or the full id where the symbol is not unique in the run. A plain member, which Python reads fastest.
    #[pyo3(get)]
    pub instrument: Py<PyString>,
    pub board: Arc<Board>,
    pub row: AtomicUsize,
}

impl Bar {
    #[inline]
    fn price(&self, column: usize) -> f64 {
        let row = self.row.load(Relaxed);
        let bars = &self.board.bars;
        let instrument = &bars.instruments()[bars.places()[row] as usize];
        instrument.price_f64(sluice_types::Price(bars.prices(column)[row]))
    }
}

#[pymethods]
impl Bar {
    /// End of the bar, ns UTC: when it became known.
    #[getter]
    fn ts_ns(&self) -> i64 {
        self.board.bars.ends()[self.row.load(Relaxed)]
    }

    /// Start of the bar, ns UTC.
    #[getter]
    fn ts_start_ns(&self) -> i64 {
        self.board.bars.starts()[self.row.load(Relaxed)]
    }

    #[getter]
    fn open(&self) -> f64 {
        self.price(0)
    }

    #[getter]
    fn high(&self) -> f64 {
        self.price(1)
    }

    #[getter]
    fn low(&self) -> f64 {
        self.price(2)
    }

    #[getter]
    fn close(&self) -> f64 {
        self.price(3)
    }

    /// In units; NaN where the source has none.
    #[getter]
    fn volume(&self) -> f64 {
        self.board.bars.volumes()[self.row.load(Relaxed)]
    }

    /// The close as a whole number of ticks: exact where the data is on the tick grid, else the nearest.
    #[getter]
    fn close_ticks(&self) -> i64 {
        let row = self.row.load(Relaxed);
        let bars = &self.board.bars;
        let tick = bars.instruments()[bars.places()[row] as usize].spec().tick;
        (bars.prices(3)[row] + tick / 2) / tick
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "Bar({}, ts_ns={}, open={}, high={}, low={}, close={}, volume={})",
            self.instrument.bind(py),
            self.ts_ns(),
            self.price(0),
            self.price(1),
            self.price(2),
            self.price(3),
            self.volume()
        )
    }
}

/// The position of one instrument, always as it is now.
#[pyclass(frozen, module = "sluice._core")]
pub struct Position {
    pub board: Arc<Board>,
    pub place: usize,
    /// What `qty` shows: set anew by each fill, so that reading it costs nothing.
    pub quantity: Shown,
}

/// An object that Python reads as a plain member and the loop replaces; it is never empty.
pub struct Shown(AtomicPtr<pyo3::ffi::PyObject>);

impl Shown {
    pub fn new(object: Bound<'_, PyAny>) -> Self {
        Self(AtomicPtr::new(object.into_ptr()))
    }

    /// Shows another object.
    pub fn set(&self, object: Bound<'_, PyAny>) {
        let py = object.py();
        drop(self.taken(py, object.into_ptr()));
    }

    #[allow(unsafe_code)]
    fn taken<'py>(&self, py: Python<'py>, next: *mut pyo3::ffi::PyObject) -> Bound<'py, PyAny> {
        // SAFETY: the slot owns a reference to the object in it, which goes over to the caller.
        unsafe { Bound::from_owned_ptr(py, self.0.swap(next, Relaxed)) }
    }
}

impl Drop for Shown {
    #[allow(unsafe_code)]
    fn drop(&mut self) {
        // SAFETY: the slot owns a reference to the object in it, and is gone after this.
        Python::attach(|py| unsafe { drop(Bound::from_owned_ptr(py, *self.0.get_mut())) });
    }
}

impl Position {
    /// Units held, long above zero.
    pub fn units(&self) -> f64 {
        let counts = self.board.cells[self.place].quantity.load(Relaxed);
        self.board.bars.instruments()[self.place].quantity_f64(sluice_types::Quantity(counts))
    }

    /// Shows what is held now.
    pub fn show(&self, py: Python<'_>) {
        self.quantity.set(PyFloat::new(py, self.units()).into_any());
    }
}

#[pymethods]
impl Position {
    /// Units held, long above zero.
    #[getter]
    fn qty(&self) -> f64 {
        self.units()
    }

    /// Average cost per unit; 0 where flat.
    #[getter]
    fn avg_price(&self) -> f64 {
        f64::from_bits(self.board.cells[self.place].average.load(Relaxed))
    }

    /// What closing at the last price would earn, before costs.
    #[getter]
    fn unrealized(&self) -> f64 {
        let instrument = &self.board.bars.instruments()[self.place];
        let mark = sluice_types::Price(self.board.cells[self.place].mark.load(Relaxed));
        let multiplier = instrument.spec().multiplier as f64 / 1e9;
        self.units() * (instrument.price_f64(mark) - self.avg_price()) * multiplier
    }

    fn __repr__(&self) -> String {
        format!(
            "Position(qty={}, avg_price={}, unrealized={})",
            self.units(),
            self.avg_price(),
            self.unrealized()
        )
    }
}

/// The last known bars of one instrument, oldest first: `history["close"]` is a NumPy copy.
#[pyclass(frozen, module = "sluice._core")]
pub struct History {
    pub board: Arc<Board>,
    pub place: usize,
    /// Bars [first, last) of the instrument.
    pub first: usize,
    pub last: usize,
    /// None where they are those of the run.
    pub coarse: Option<Arc<Coarse>>,
}

#[pymethods]
impl History {
    fn __len__(&self) -> usize {
        self.last - self.first
    }

    /// open, high, low, close, volume (`raw_open` … as traded) as float64; ts and `ts_start` as int64 ns UTC.
    fn __getitem__<'py>(&self, py: Python<'py>, field: &str) -> PyResult<Bound<'py, PyAny>> {
        if let Some(coarse) = &self.coarse {
            return coarse.column(py, field, (self.first, self.last));
        }
        let past = self.board.past();
        let rows = &past.bars.rows_of(InstrumentId(self.place as u32))[self.first..self.last];
        let stamps = |column: &[i64]| {
            PyArray1::from_iter(py, rows.iter().map(|&row| column[row as usize])).into_any()
        };
        Ok(match field {
            "ts" => stamps(past.bars.ends()),
            "ts_start" => stamps(past.bars.starts()),
            _ => {
                let field = Field::named(field)?;
                let values = rows.iter().map(|&row| past.value(field, row as usize));
                PyArray1::from_iter(py, values).into_any()
            }
        })
    }
}

/// One fill of ours.
#[pyclass(frozen, get_all, module = "sluice._core")]
pub struct Fill {
    pub instrument: Py<PyString>,
    pub ts_ns: i64,
    pub order_id: u64,
    /// "buy" or "sell".
    pub side: &'static str,
    /// In units, above zero.
    pub qty: f64,
    pub price: f64,
    /// In money; a rebate is below zero.
    pub fee: f64,
    /// "maker" or "taker".
    pub liquidity: &'static str,
    pub tag: String,
}

#[pymethods]
impl Fill {
    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "Fill({} {} {} @ {}, order_id={}, tag={:?})",
            self.side,
            self.qty,
            self.instrument.bind(py),
            self.price,
            self.order_id,
            self.tag
        )
    }
}

/// One order of ours, as it stood when it was shown.
#[pyclass(frozen, get_all, module = "sluice._core")]
pub struct Order {
    pub instrument: Py<PyString>,
    pub ts_ns: i64,
    pub order_id: u64,
    pub side: &'static str,
    /// "market", "limit" or "stop".
    pub kind: &'static str,
    /// "GTC", "DAY", "IOC" or "FOK".
    pub tif: &'static str,
    pub qty: f64,
    pub limit: Option<f64>,
    pub stop: Option<f64>,
    /// As in FIX; "DENIED" where our own check refused it.
    pub status: &'static str,
    pub cum_qty: f64,
    /// The code of a denial, else empty.
    pub reason: &'static str,
    pub tag: String,
}

#[pymethods]
impl Order {
    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "Order({}: {} {} {} {}, {}{}{})",
            self.order_id,
            self.side,
            self.qty,
            self.instrument.bind(py),
            self.kind,
            self.status,
            if self.reason.is_empty() { "" } else { ": " },
            self.reason
        )
    }
}
