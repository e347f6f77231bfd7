//! `Ground`: many runs on the same bars without a record of each; threads without Python's lock.

use crate::bars::BarColumns;
use crate::faults::raise;
use crate::instrument::{CostRule, RunSettings};
use crate::lanes::lanes;
use crate::run::marks;
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sluice_backtest::vector::{self, Average, Column, Point, Summary, Sums};
use sluice_backtest::{Rebalance, Settings};
use sluice_sim::CostRule as Rule;
use std::sync::{Arc, Mutex};

/// What runs on the same bars share. `ends`: the last row of each session, ascending.
#[pyclass(frozen, module = "sluice._core")]
pub struct Ground {
    bars: Arc<sluice_backtest::BarColumns>,
    costs: Vec<Rule>,
    settings: Settings,
    ends: Vec<u32>,
    /// The sums made last, and the largest product of two windows that they are good for.
    sums: Mutex<Option<(u64, Arc<Sums>)>>,
}

#[pymethods]
impl Ground {
    #[new]
    fn new(
        bars: &BarColumns,
        costs: Vec<PyRef<'_, CostRule>>,
        settings: &RunSettings,
        ends: PyReadonlyArray1<'_, u32>,
    ) -> PyResult<Self> {
        let ends = ends.as_slice()?.to_vec();
        let inside = ends
            .last()
            .is_none_or(|&end| (end as usize) < bars.inner.len());
        if !inside || ends.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(PyValueError::new_err(
                "ends must be rows of the bars, ascending",
            ));
        }
        Ok(Self {
            bars: bars.inner.clone(),
            costs: costs.iter().map(|cost| cost.inner).collect(),
            settings: settings.inner.clone(),
            ends,
            sums: Mutex::new(None),
        })
    }

    /// Whether the kernel covers runs on this ground; else only `run` knows the answer.
    #[getter]
    fn covered(&self) -> bool {
        self.ground().is_some()
    }

    /// Figures of targets that depend on the order of two averages alone; None in `known` where only `run` can tell.
    ///
    /// `averages`: [n, 2], a window > 0 (mean of closes), or −k for `columns[k − 1]`; `targets`: [n, 3] below, equal,
    /// above, NaN keeps; `first`: [n], the first row that speaks.
    #[pyo3(signature = (averages, targets, first, columns, threads))]
    fn crossings<'py>(
        &self,
        py: Python<'py>,
        averages: PyReadonlyArray2<'_, i64>,
        targets: PyReadonlyArray2<'_, f64>,
        first: PyReadonlyArray1<'_, i64>,
        columns: Vec<PyReadonlyArray1<'_, f64>>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let values = (columns.iter())
            .map(PyReadonlyArray1::as_slice)
            .collect::<Result<Vec<_>, _>>()?;
        let (averages, targets) = (averages.as_array(), targets.as_array());
        let first = first.as_slice()?;
        if averages.dim() != (first.len(), 2) || targets.dim() != (first.len(), 3) {
            return Err(PyValueError::new_err(
                "averages are [n, 2], targets [n, 3] and first [n]",
            ));
        }
        let average = |number: i64| -> PyResult<Average<'_>> {
            match (u32::try_from(number), usize::try_from(-1 - number)) {
                (Ok(n), _) if n > 0 => Ok(Average::Simple(n)),
                (_, Ok(place)) if place < values.len() => Ok(Average::Values(values[place])),
                _ => Err(PyValueError::new_err(format!(
                    "there is no average {number}"
                ))),
            }
        };
        let mut points = Vec::with_capacity(first.len());
        let mut product = 1;
        for (row, &first) in first.iter().enumerate() {
            let averages = [average(averages[[row, 0]])?, average(averages[[row, 1]])?];
            if let [Average::Simple(fast), Average::Simple(slow)] = averages {
                product = product.max(u64::from(fast) * u64::from(slow));
            }
            points.push(Point {
                averages,
                targets: [targets[[row, 0]], targets[[row, 1]], targets[[row, 2]]],
                first: usize::try_from(first)
                    .map_err(|_| PyValueError::new_err("first is a row, 0 or more"))?,
            });
        }
        let answers = py.detach(|| -> Option<Vec<Option<Summary>>> {
            let ground = self.ground()?;
            let sums = self.sums(&ground, product)?;
            let how = (lanes(), threads.max(1));
            Some(vector::sweep(&ground, &sums, &self.ends, &points, how))
        });
        let answers = answers.unwrap_or_else(|| vec![None; points.len()]);
        self.table(py, &answers)
    }

    /// Figures of one run on a column of targets (NaN = keep); `rebalance` as in `run`. `known` is False where only
    /// `run` can tell.
    #[pyo3(signature = (targets, rebalance=None))]
    fn follow<'py>(
        &self,
        py: Python<'py>,
        targets: PyReadonlyArray1<'_, f64>,
        rebalance: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let marks = marks(rebalance)?;
        let targets = targets.as_slice()?;
        let rebalance = match &marks {
            None => Rebalance::OnChange,
            Some(marks) => Rebalance::Rows(marks),
        };
        let mut column = Column::of(&self.bars, targets, rebalance).map_err(raise)?;
        let answer = py.detach(|| {
            let ground = self.ground()?;
            let sums = self.sums(&ground, 1)?;
            vector::summarize(&ground, &sums, &self.ends, &mut column).ok()
        });
        self.table(py, &[answer])
    }
}

impl Ground {
    fn ground(&self) -> Option<vector::Ground<'_>> {
        vector::Ground::of(&self.bars, &self.costs, &self.settings)
    }

    fn sums(&self, ground: &vector::Ground<'_>, product: u64) -> Option<Arc<Sums>> {
        let mut kept = self.sums.lock().ok()?;
        if let Some((good_for, sums)) = &*kept
            && *good_for >= product
        {
            return Some(sums.clone());
        }
        let sums = Arc::new(Sums::of(ground, product, lanes().extremes)?);
        *kept = Some((product, sums.clone()));
        Some(sums)
    }

    /// One row per answer; what is not known is 0 there.
    fn table<'py>(
        &self,
        py: Python<'py>,
        answers: &[Option<Summary>],
    ) -> PyResult<Bound<'py, PyDict>> {
        let table = PyDict::new(py);
        let known: Vec<bool> = answers.iter().map(Option::is_some).collect();
        table.set_item("known", PyArray1::from_vec(py, known))?;
        type Read = fn(&Summary) -> f64;
        let columns: [(&str, Read); 16] = [
            ("final_cash", |s| s.cash.as_f64()),
            ("final_equity", |s| s.final_equity.as_f64()),
            ("fills", |s| s.fills as f64),
            ("orders", |s| s.orders as f64),
            ("denials", |s| s.denials as f64),
            ("round_trips", |s| s.trips as f64),
            ("wins", |s| s.wins as f64),
            ("won", |s| s.won.as_f64()),
            ("lost", |s| s.lost.as_f64()),
            ("fees", |s| s.fees.as_f64()),
            ("slippage", |s| s.slippage.as_f64()),
            ("notional", |s| s.notional.as_f64()),
            ("equity_sum", |s| s.equity_sum),
            ("held", |s| s.held as f64),
            ("max_drawdown", |s| s.max_drawdown),
            ("impact_unknown", |s| s.counts.impact_unknown as f64),
        ];
        for (name, read) in columns {
            let values = answers
                .iter()
                .map(|answer| answer.as_ref().map_or(0.0, read));
            table.set_item(name, PyArray1::from_iter(py, values))?;
        }
        let width = self.ends.len();
        let mut sessions = vec![0.0; answers.len() * width];
        for (row, answer) in answers.iter().enumerate() {
            let marks = answer.iter().flat_map(|answer| &answer.sessions);
            for (cell, mark) in sessions[row * width..].iter_mut().zip(marks) {
                *cell = mark.as_f64();
            }
        }
        let sessions = PyArray1::from_vec(py, sessions).reshape([answers.len(), width])?;
        let sessions: Bound<'py, PyArray2<f64>> = sessions;
        table.set_item("sessions", sessions)?;
        Ok(table)
    }
}

/// Means of prices by exact integer sums, one float64 column for each window; NaN before it is full. None where the
/// prices cannot be counted.
#[pyfunction]
pub fn exact_means<'py>(
    py: Python<'py>,
    prices: PyReadonlyArray1<'_, f64>,
    places: PyReadonlyArray1<'_, u32>,
    instruments: usize,
    windows: Vec<u32>,
) -> PyResult<Option<Vec<Bound<'py, PyArray1<f64>>>>> {
    let (prices, places) = (prices.as_slice()?, places.as_slice()?);
    let means = py.detach(|| vector::exact_means(prices, places, instruments, &windows));
    let arrays = |means: Vec<Vec<f64>>| -> Vec<_> {
        means
            .into_iter()
            .map(|mean| PyArray1::from_vec(py, mean))
            .collect()
    };
    Ok(means.map(arrays))
}
