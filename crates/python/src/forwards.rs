//! Prices of shares adjusted forwards: what callbacks see of past bars, the factors that signals see them with.

use crate::lent::lend;
use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sluice_backtest::{BarColumns, Column};
use sluice_types::Price;

/// One factor per row of the bars, made of past events only.
pub struct Forwards {
    pub price: Column<f64>,
    /// That of splits alone: volumes are divided by it.
    pub split: Column<f64>,
}

impl Forwards {
    pub fn new(
        (price, split): &(PyReadonlyArray1<'_, f64>, PyReadonlyArray1<'_, f64>),
        rows: usize,
    ) -> PyResult<Self> {
        let (price, split) = (lend(price)?, lend(split)?);
        if price.len() != rows || split.len() != rows {
            return Err(PyValueError::new_err(format!(
                "forwards has {} and {} rows and there are {rows} bars",
                price.len(),
                split.len()
            )));
        }
        Ok(Self { price, split })
    }
}

/// The past bars as callbacks see them.
#[derive(Clone, Copy)]
pub struct Past<'a> {
    pub bars: &'a BarColumns,
    /// None where no instrument has an action.
    pub forwards: Option<&'a Forwards>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Price(usize),
    Volume,
    RawPrice(usize),
    RawVolume,
}

impl Field {
    pub const CLOSE: Self = Self::Price(3);

    pub fn named(name: &str) -> PyResult<Self> {
        let raw = name.strip_prefix("raw_");
        let plain = match raw.unwrap_or(name) {
            "open" => Self::Price(0),
            "high" => Self::Price(1),
            "low" => Self::Price(2),
            "close" => Self::Price(3),
            "volume" => Self::Volume,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "no field {name:?}; there are open, high, low, close, volume, and raw_open … raw_volume as traded"
                )));
            }
        };
        Ok(match (plain, raw.is_some()) {
            (Self::Price(column), true) => Self::RawPrice(column),
            (Self::Volume, true) => Self::RawVolume,
            (plain, _) => plain,
        })
    }
}

impl Past<'_> {
    /// The value of a row.
    pub fn value(self, field: Field, row: usize) -> f64 {
        let price = |column: usize| {
            let instrument = &self.bars.instruments()[self.bars.places()[row] as usize];
            instrument.price_f64(Price(self.bars.prices(column)[row]))
        };
        match (field, self.forwards) {
            (Field::Price(column), Some(forwards)) => price(column) * forwards.price[row],
            (Field::Volume, Some(forwards)) => self.bars.volumes()[row] / forwards.split[row],
            (Field::Price(column) | Field::RawPrice(column), _) => price(column),
            (Field::Volume | Field::RawVolume, _) => self.bars.volumes()[row],
        }
    }
}
