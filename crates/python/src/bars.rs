//! The bars of a run: NumPy columns in, checked integers inside, shared with the running day.

use crate::faults::raise;
use crate::instrument::Instrument;
use crate::lent::lend;
use numpy::{Element, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sluice_backtest::{Column, CountedBars, RawBars};
use std::sync::Arc;

/// Bars sorted by (`ts_end`, instrument): int64 stamps in ns UTC, uint32 instrument numbers, float64 prices.
#[pyclass(frozen, module = "sluice._core")]
pub struct BarColumns {
    pub inner: Arc<sluice_backtest::BarColumns>,
}

#[pymethods]
impl BarColumns {
    #[new]
    #[pyo3(signature = (instruments, ts_start, ts_end, instrument, open, high, low, close, volume, adv=None, sigma=None))]
    fn new(
        instruments: Vec<PyRef<'_, Instrument>>,
        ts_start: PyReadonlyArray1<'_, i64>,
        ts_end: PyReadonlyArray1<'_, i64>,
        instrument: PyReadonlyArray1<'_, u32>,
        open: PyReadonlyArray1<'_, f64>,
        high: PyReadonlyArray1<'_, f64>,
        low: PyReadonlyArray1<'_, f64>,
        close: PyReadonlyArray1<'_, f64>,
        volume: PyReadonlyArray1<'_, f64>,
        adv: Option<PyReadonlyArray1<'_, f64>>,
        sigma: Option<PyReadonlyArray1<'_, f64>>,
    ) -> PyResult<Self> {
        let names: Vec<&str> = instruments.iter().map(|one| one.inner.name()).collect();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(PyValueError::new_err(format!(
                "instruments must be sorted by id, each once: {:?} comes before {:?}",
                pair[0], pair[1]
            )));
        }
        let contiguous = |array: Option<&PyReadonlyArray1<'_, f64>>| -> PyResult<Option<Vec<f64>>> {
            Ok(array
                .map(|column| column.as_slice().map(<[f64]>::to_vec))
                .transpose()?)
        };
        let (adv, sigma) = (contiguous(adv.as_ref())?, contiguous(sigma.as_ref())?);
        let raw = RawBars {
            ts_start: ts_start.as_slice()?,
            ts_end: ts_end.as_slice()?,
            instrument: instrument.as_slice()?,
            open: open.as_slice()?,
            high: high.as_slice()?,
            low: low.as_slice()?,
            close: close.as_slice()?,
            volume: volume.as_slice()?,
            adv: adv.as_deref(),
            sigma: sigma.as_deref(),
        };
        let checked = instruments.iter().map(|one| one.inner.clone()).collect();
        let columns = sluice_backtest::BarColumns::new(checked, &raw).map_err(raise)?;
        Ok(Self {
            inner: Arc::new(columns),
        })
    }

    /// Bars over columns in the core's counts (see `counts`) that were checked chunk by chunk; they are borrowed.
    #[staticmethod]
    #[pyo3(signature = (instruments, columns, off_price))]
    fn counted(
        instruments: Vec<PyRef<'_, Instrument>>,
        columns: &Bound<'_, PyDict>,
        off_price: u64,
    ) -> PyResult<Self> {
        let given = CountedBars {
            ts_start: column(columns, "ts_start")?,
            ts_end: column(columns, "ts_end")?,
            instrument: column(columns, "instrument")?,
            prices: [
                column(columns, "open")?,
                column(columns, "high")?,
                column(columns, "low")?,
                column(columns, "close")?,
            ],
            volume: column(columns, "volume")?,
            liquidity: match columns.contains("adv")? {
                true => Some([column(columns, "adv")?, column(columns, "sigma")?]),
                false => None,
            },
            off_price,
        };
        let instruments = instruments.iter().map(|one| one.inner.clone()).collect();
        let bars = sluice_backtest::BarColumns::counted(instruments, given).map_err(raise)?;
        Ok(Self {
            inner: Arc::new(bars),
        })
    }

    /// Prices that were finer than their instrument's scale.
    #[getter]
    fn off_price(&self) -> u64 {
        self.inner.off_price()
    }

    /// One price column in counts: "open", "high", "low" or "close".
    fn counts<'py>(&self, py: Python<'py>, field: &str) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let fields = ["open", "high", "low", "close"];
        let place = fields.iter().position(|&name| name == field);
        let place = place.ok_or_else(|| PyValueError::new_err(format!("no field {field:?}")))?;
        Ok(PyArray1::from_slice(py, self.inner.prices(place)))
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    /// Hex BLAKE3 over the exact columns.
    fn digest(&self) -> String {
        self.inner.digest()
    }
}

fn column<T: Element + std::fmt::Debug + Sync + 'static>(
    columns: &Bound<'_, PyDict>,
    name: &str,
) -> PyResult<Column<T>> {
    let Some(array) = columns.get_item(name)? else {
        return Err(PyValueError::new_err(format!(
            "the column {name} is missing"
        )));
    };
    lend(&array.extract::<PyReadonlyArray1<'_, T>>()?)
}
