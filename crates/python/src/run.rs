//! `run`: one simulated day-by-day run, without Python's lock where no Python takes part.

use crate::bars::BarColumns;
use crate::board::Board;
use crate::coarse::Coarser;
use crate::columns::Run;
use crate::context::Context;
use crate::faults::raise;
use crate::forwards::Forwards;
use crate::instrument::{CostRule, RunSettings};
use crate::lent::lend;
use crate::names::Names;
use crate::terms::{Adjustments, Currencies};
use crate::ticks::{QuoteColumns, TradeColumns};
use crate::trader::{Callbacks, PythonTrader};
use crate::views::{Position, Shown};
use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyString};
use sluice_backtest::vector;
use sluice_backtest::{Column, Market, Rebalance, Run as Record, Targets, Terms, Trader};
use sluice_sim::CostRule as Rule;
use sluice_types::{Adjustment, Fault};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Runs targets, or a strategy's callbacks, or both, over bars; see `sluice.core`.
#[pyfunction]
#[pyo3(signature = (bars, costs, settings, *, targets=None, rebalance=None, strategy=None, callbacks=None, state=None, rng=None, signal=None, quotes=None, trades=None, progress=None, adjustments=None, currencies=None, forwards=None, coarser=None))]
pub fn run(
    py: Python<'_>,
    bars: &BarColumns,
    costs: Vec<PyRef<'_, CostRule>>,
    settings: &RunSettings,
    targets: Option<PyReadonlyArray1<'_, f64>>,
    rebalance: Option<Bound<'_, PyAny>>,
    strategy: Option<Bound<'_, PyAny>>,
    callbacks: Option<Vec<String>>,
    state: Option<Py<PyAny>>,
    rng: Option<Py<PyAny>>,
    signal: Option<PyReadonlyArray1<'_, f64>>,
    quotes: Option<&QuoteColumns>,
    trades: Option<&TradeColumns>,
    progress: Option<Py<PyAny>>,
    adjustments: Option<PyRef<'_, Adjustments>>,
    currencies: Option<PyRef<'_, Currencies>>,
    forwards: Option<(PyReadonlyArray1<'_, f64>, PyReadonlyArray1<'_, f64>)>,
    coarser: Option<Py<PyAny>>,
) -> PyResult<Run> {
    let given = Given {
        adjustments: adjustments.map_or_else(Vec::new, |given| given.inner.clone()),
        currencies: currencies.map(|given| given.inner.clone()),
        bars: bars.inner.clone(),
        quotes: quotes.map(|columns| columns.inner.clone()),
        trades: trades.map(|columns| columns.inner.clone()),
        costs: costs.iter().map(|cost| cost.inner).collect(),
        settings: settings.inner.clone(),
        targets: targets.as_ref().map(lend).transpose()?,
        marks: marks(rebalance)?,
        progress,
    };
    let signal = signal.as_ref().map(lend).transpose()?;
    if let Some(signal) = &signal
        && signal.len() != given.bars.len()
    {
        return Err(PyValueError::new_err(format!(
            "signal has {} rows and there are {} bars",
            signal.len(),
            given.bars.len()
        )));
    }
    match strategy {
        None => given.alone(py),
        Some(strategy) => {
            let callbacks = Callbacks::fetch(&strategy, &callbacks.unwrap_or_default())?;
            let none = || py.None();
            let memory = (state.unwrap_or_else(none), rng.unwrap_or_else(none));
            let forwards = (forwards.as_ref())
                .map(|factors| Forwards::new(factors, given.bars.len()))
                .transpose()?;
            let seen = (signal, forwards, Coarser::new(coarser));
            given.with_callbacks(py, callbacks, seen, memory)
        }
    }
}

/// "`on_change`" (also None), or a bool per row.
pub fn marks(rebalance: Option<Bound<'_, PyAny>>) -> PyResult<Option<Vec<bool>>> {
    let Some(rebalance) = rebalance else {
        return Ok(None);
    };
    if let Ok(word) = rebalance.cast::<PyString>() {
        if word.to_str()? == "on_change" {
            return Ok(None);
        }
        return Err(PyValueError::new_err(format!(
            "rebalance is {word:?}; it is \"on_change\" or a bool array with one entry per bar"
        )));
    }
    let marks: PyReadonlyArray1<'_, bool> = rebalance.extract()?;
    Ok(Some(marks.as_slice()?.to_vec()))
}

struct Given {
    bars: Arc<sluice_backtest::BarColumns>,
    quotes: Option<Arc<sluice_backtest::QuoteColumns>>,
    trades: Option<Arc<sluice_backtest::TradeColumns>>,
    costs: Vec<Rule>,
    adjustments: Vec<Adjustment>,
    currencies: Option<sluice_engine::Currencies>,
    settings: sluice_backtest::Settings,
    targets: Option<Column<f64>>,
    marks: Option<Vec<bool>>,
    progress: Option<Py<PyAny>>,
}

/// A trader without wishes.
struct Nobody;

impl Trader for Nobody {}

impl Given {
    fn terms(&self) -> Terms<'_> {
        Terms {
            costs: &self.costs,
            adjustments: &self.adjustments,
            currencies: self.currencies.as_ref(),
        }
    }

    fn market(&self) -> Market<'_> {
        Market {
            bars: &self.bars,
            quotes: self.quotes.as_deref(),
            trades: self.trades.as_deref(),
        }
    }

    fn trader(&self) -> Result<Option<Targets<'_>>, Fault> {
        let rebalance = self.rebalance();
        (self.targets.as_ref())
            .map(|targets| Targets::new(&self.bars, targets, rebalance, &self.settings))
            .transpose()
    }

    /// Signals of the operating system and the caller's progress, every few thousand rows.
    fn checked(&self, py: Python<'_>, done: usize, all: usize) -> PyResult<()> {
        py.check_signals()?;
        if let Some(progress) = &self.progress {
            progress.call1(py, (done, all))?;
        }
        Ok(())
    }

    /// The record by the kernel, where it covers the run; the event engine's to the last unit.
    fn by_kernel(&self) -> Option<Record> {
        // Beyond so many rows a streamed run lets go of what it has passed, and the kernel passes nothing by itself.
        const ROWS: usize = 1 << 22;
        let plain = self.bars.len() <= ROWS
            && self.quotes.is_none()
            && self.trades.is_none()
            && self.adjustments.is_empty()
            && self.currencies.is_none();
        let targets = self.targets.as_ref().filter(|_| plain)?;
        let ground = vector::Ground::of(&self.bars, &self.costs, &self.settings)?;
        let mut column = vector::Column::of(&self.bars, targets, self.rebalance()).ok()?;
        vector::record(&ground, &mut column).ok()
    }

    fn rebalance(&self) -> Rebalance<'_> {
        match &self.marks {
            None => Rebalance::OnChange,
            Some(marks) => Rebalance::Rows(marks),
        }
    }

    /// The default trading, without Python's lock.
    fn alone(self, py: Python<'_>) -> PyResult<Run> {
        let mut raised = None;
        if let Some(record) = py.detach(|| self.by_kernel()) {
            self.checked(py, self.bars.len(), self.bars.len())?;
            return Ok(Run::new(record, self.bars, Vec::new()));
        }
        let record = py.detach(|| {
            let mut progress = |done, all| {
                Python::attach(|py| self.checked(py, done, all)).map_err(|error| {
                    raised = Some(error);
                    Fault::Interrupted
                })
            };
            let (market, terms, settings) = (self.market(), self.terms(), &self.settings);
            match self.trader()? {
                Some(mut trader) => {
                    sluice_backtest::run(market, terms, settings, &mut trader, &mut progress)
                }
                None => sluice_backtest::run(market, terms, settings, &mut Nobody, &mut progress),
            }
        });
        match (record, raised) {
            (_, Some(raised)) => Err(raised),
            (record, None) => Ok(Run::new(record.map_err(raise)?, self.bars, Vec::new())),
        }
    }

    /// A strategy with callbacks; targets, where given, are traded beside them.
    fn with_callbacks(
        self,
        py: Python<'_>,
        callbacks: Callbacks<'_>,
        (signal, forwards, coarser): (Option<Column<f64>>, Option<Forwards>, Coarser),
        (state, rng): (Py<PyAny>, Py<PyAny>),
    ) -> PyResult<Run> {
        if self.bars.instruments().is_empty() {
            return Err(PyValueError::new_err("there is no instrument"));
        }
        let names = Names::new(py, self.bars.instruments())?;
        let board = Arc::new(Board::new(self.bars.clone(), names, (signal, forwards)));
        let positions = (0..board.cells.len())
            .map(|place| {
                let (board, quantity) =
                    (board.clone(), Shown::new(PyFloat::new(py, 0.0).into_any()));
                let position = Bound::new(
                    py,
                    Position {
                        board,
                        place,
                        quantity,
                    },
                )?;
                crate::fast::show_quantity(&position)?;
                Ok(position.unbind())
            })
            .collect::<PyResult<_>>()?;
        let context = Context {
            board: board.clone(),
            positions,
            coarser,
            state,
            rng,
        };
        let targets = self.trader().map_err(raise)?;
        let context = Bound::new(py, context)?;
        let mut trader = PythonTrader::new(callbacks, board.clone(), context, targets)?;
        let mut raised = None;
        let mut progress = |done, all| {
            self.checked(py, done, all).map_err(|error| {
                raised = Some(error);
                Fault::Interrupted
            })
        };
        let (terms, settings) = (self.terms(), &self.settings);
        let record =
            sluice_backtest::run(self.market(), terms, settings, &mut trader, &mut progress);
        board.open(false);
        if let Some(raised) = trader.raised.or(raised) {
            return Err(raised);
        }
        let mut record = record.map_err(raise)?;
        record.counts.below_lot += board.below_lot.load(Relaxed);
        Ok(Run::new(record, self.bars.clone(), board.labels()))
    }
}
