//! Coarser bars of an instrument in a callback: the whole ones that are known now, never the one under way.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySlice};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::board::held;

/// All coarser bars of one instrument and interval; how many of them have happened is asked at each call.
pub struct Coarse {
    /// When each is known.
    ts: Vec<i64>,
    /// How many bars of the run it takes.
    bars: Vec<i64>,
    columns: Py<PyDict>,
}

impl Coarse {
    /// How many have happened at `now`, with `known` bars of the run known.
    pub fn known(&self, now: i64, known: usize) -> usize {
        let whole = self.ts.partition_point(|&ts| ts <= now);
        whole.min(self.bars.partition_point(|&bars| bars as usize <= known))
    }

    /// A copy of the bars [first, last) of a field.
    pub fn column<'py>(
        &self,
        py: Python<'py>,
        field: &str,
        (first, last): (usize, usize),
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(column) = self.columns.bind(py).get_item(field)? else {
            return Err(PyValueError::new_err(format!(
                "no field {field:?}; there are open, high, low, close, volume, raw_open … raw_volume, ts and ts_start"
            )));
        };
        let part = column.get_item(PySlice::new(py, first as isize, last as isize, 1))?;
        part.call_method0("copy")
    }
}

/// The coarser bars that a run has asked for, made by the house at their first use.
#[derive(Default)]
pub struct Coarser {
    make: Option<Py<PyAny>>,
    made: Mutex<BTreeMap<(usize, String), Arc<Coarse>>>,
}

impl Coarser {
    /// `make(place, every)` gives the columns of all coarser bars of an instrument.
    pub fn new(make: Option<Py<PyAny>>) -> Self {
        Self {
            make,
            ..Self::default()
        }
    }

    pub fn of(&self, py: Python<'_>, place: usize, every: &str) -> PyResult<Arc<Coarse>> {
        let key = (place, every.to_owned());
        if let Some(known) = held(&self.made).get(&key) {
            return Ok(known.clone());
        }
        let Some(make) = &self.make else {
            return Err(PyValueError::new_err("this run has no coarser bars"));
        };
        let columns = make.call1(py, (place, every))?.extract::<Py<PyDict>>(py)?;
        let stamps = |name: &str| -> PyResult<Vec<i64>> {
            let column = columns.bind(py).as_any().get_item(name)?;
            let column: numpy::PyReadonlyArray1<'_, i64> = column.extract()?;
            Ok(column.as_slice()?.to_vec())
        };
        let (ts, bars) = (stamps("ts")?, stamps("bars")?);
        let coarse = Arc::new(Coarse { ts, bars, columns });
        held(&self.made).insert(key, coarse.clone());
        Ok(coarse)
    }
}
