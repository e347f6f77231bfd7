//! What befalls positions, and which currencies there are, as Python gives it; and the ledger that comes out.

use crate::faults::raise;
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sluice_engine::RateSource;
use sluice_types::{Adjustment, AdjustmentKind, Fault, InstrumentId, Money, Rate, Rounding, UNITS};

/// Funding, borrow, dividends and splits by stamp; see the stub for what `value` and `over` mean.
#[pyclass(frozen, module = "sluice._core")]
pub struct Adjustments {
    pub inner: Vec<Adjustment>,
}

#[pymethods]
impl Adjustments {
    #[new]
    fn new(
        ts: PyReadonlyArray1<'_, i64>,
        instrument: PyReadonlyArray1<'_, u32>,
        kind: PyReadonlyArray1<'_, u8>,
        value: PyReadonlyArray1<'_, i64>,
        over: PyReadonlyArray1<'_, i64>,
    ) -> PyResult<Self> {
        let (ts, instrument, kind) = (ts.as_slice()?, instrument.as_slice()?, kind.as_slice()?);
        let (value, over) = (value.as_slice()?, over.as_slice()?);
        let lengths = [instrument.len(), kind.len(), value.len(), over.len()];
        if lengths.iter().any(|&length| length != ts.len()) {
            return Err(PyValueError::new_err(
                "the columns of adjustments have different lengths",
            ));
        }
        let row = |place: usize| -> Result<Adjustment, Fault> {
            Ok(Adjustment {
                ts: ts[place],
                instrument: InstrumentId(instrument[place]),
                kind: kind_of(kind[place], value[place], over[place])?,
            })
        };
        let inner = (0..ts.len()).map(row).collect::<Result<_, _>>();
        Ok(Self {
            inner: inner.map_err(raise)?,
        })
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }
}

fn kind_of(kind: u8, value: i64, over: i64) -> Result<AdjustmentKind, Fault> {
    let bad = |what: String| Err(Fault::BadData(what));
    Ok(match kind {
        0 | 1 => AdjustmentKind::Funding {
            rate: Rate(value),
            assumed: kind == 1,
        },
        2 => match u32::try_from(over) {
            Ok(days) => AdjustmentKind::Borrow {
                annual: Rate(value),
                days,
            },
            Err(_) => return bad(format!("{over} days of borrow: not a count of days")),
        },
        3 if value >= 0 => AdjustmentKind::Dividend {
            per_unit: Money(value.into()),
        },
        3 => return bad("a dividend is not below zero".into()),
        4 => AdjustmentKind::Split {
            numerator: value,
            denominator: over,
        },
        _ => return bad(format!("there is no kind of adjustment {kind}")),
    })
}

/// The purse of each instrument (0 is the base currency) and where the rate of purse 1, 2 … is read.
#[pyclass(frozen, module = "sluice._core")]
pub struct Currencies {
    pub inner: sluice_engine::Currencies,
}

#[pymethods]
impl Currencies {
    #[new]
    fn new(purses: Vec<u32>, rates: Vec<Option<(u32, bool)>>) -> Self {
        let rates = rates.into_iter().map(|rate| {
            rate.map(|(instrument, inverted)| RateSource {
                instrument: InstrumentId(instrument),
                inverted,
            })
        });
        Self {
            inner: sluice_engine::Currencies {
                purses,
                rates: rates.collect(),
            },
        }
    }
}

/// ts, instrument, kind, qty, rate, amount: one row per line, amounts in the base currency.
pub fn ledger<'py>(
    py: Python<'py>,
    record: &sluice_backtest::Run,
    instruments: &[sluice_types::Instrument],
) -> PyResult<Bound<'py, PyDict>> {
    let (table, rows) = (PyDict::new(py), &record.ledger);
    table.set_item(
        "ts",
        PyArray1::from_iter(py, rows.iter().map(|row| row.line.ts)),
    )?;
    let places = rows.iter().map(|row| row.line.instrument.0);
    table.set_item("instrument", PyArray1::from_iter(py, places))?;
    let kinds = rows.iter().map(|row| row.line.kind.name());
    table.set_item("kind", PyList::new(py, kinds.collect::<Vec<_>>())?)?;
    let units = rows
        .iter()
        .map(|row| instruments[row.line.instrument.index()].quantity_f64(row.line.quantity));
    table.set_item("qty", PyArray1::from_iter(py, units))?;
    let rates = rows.iter().map(|row| row.line.rate.0 as f64 / UNITS as f64);
    table.set_item("rate", PyArray1::from_iter(py, rates))?;
    let amounts = rows.iter().map(|row| {
        let base = row.rate.of(row.line.amount, Rounding::Down);
        base.map_or(f64::NAN, Money::as_f64)
    });
    table.set_item("amount", PyArray1::from_iter(py, amounts))?;
    Ok(table)
}
