//! How much to trade: units from a notional, a weight, or the risk between a price and a stop.

use crate::board::Board;
use crate::faults::raise;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sluice_types::UNITS;

/// What a size is said in.
#[derive(Debug, Clone, Copy)]
pub enum Size {
    /// Units.
    Units(f64),
    /// Money.
    Notional(f64),
    /// A fraction of equity.
    Weight(f64),
    /// A fraction of equity, > 0, that is lost between the price and this stop.
    Risk(f64, f64),
}

impl Size {
    /// The one that was said.
    pub fn of(
        units: Option<f64>,
        notional: Option<f64>,
        weight: Option<f64>,
        (risk, stop): (Option<f64>, Option<f64>),
    ) -> PyResult<Self> {
        let said = [units, notional, weight, risk];
        if said.iter().flatten().count() != 1 {
            return Err(PyValueError::new_err(
                "say one of units, notional, weight and risk (with stop)",
            ));
        }
        if said.iter().flatten().any(|number| !number.is_finite()) {
            return Err(PyValueError::new_err("a size is a finite number"));
        }
        match (units, notional, weight, risk, stop) {
            (Some(units), None, None, None, None) => Ok(Self::Units(units)),
            (None, Some(money), None, None, None) => Ok(Self::Notional(money)),
            (None, None, Some(weight), None, None) => Ok(Self::Weight(weight)),
            (None, None, None, Some(risk), Some(stop)) if risk > 0.0 => Ok(Self::Risk(risk, stop)),
            (None, None, None, Some(risk), _) => Err(PyValueError::new_err(format!(
                "risk is {risk}; it is a fraction of equity above zero, and needs the stop it is measured to"
            ))),
            _ => Err(PyValueError::new_err(
                "stop goes with risk alone; a notional or a weight has none",
            )),
        }
    }

    /// In whole lots, towards zero; short below zero. `price` is the last one where none is given.
    pub fn units(self, board: &Board, place: usize, price: Option<f64>) -> PyResult<f64> {
        let instrument = &board.bars.instruments()[place];
        let last = || {
            board
                .last_price(place)
                .map(|last| instrument.price_f64(last))
        };
        let price = match (self, price.or_else(last)) {
            (Self::Units(_), _) => 1.0,
            (_, Some(price)) if price > 0.0 && price.is_finite() => price,
            (_, price) => {
                return Err(PyValueError::new_err(format!(
                    "price is {}; a size in money needs one above zero",
                    price.map_or("not known yet".to_owned(), |price| price.to_string())
                )));
            }
        };
        let unit = instrument.spec().multiplier as f64 / UNITS as f64;
        let equity = board.equity.get();
        let units = match self {
            Self::Units(units) => units,
            Self::Notional(money) => money / (price * unit),
            Self::Weight(weight) => weight * equity / (price * unit),
            Self::Risk(risk, stop) if stop > 0.0 && stop.is_finite() && stop != price => {
                // A stop below the price is that of a long position: its size is above zero.
                risk * equity / ((price - stop) * unit)
            }
            Self::Risk(_, stop) => {
                return Err(PyValueError::new_err(format!(
                    "stop is {stop} and the price {price}: without a distance there is no risk to size by"
                )));
            }
        };
        let lots = instrument.quantity_from_f64(units).map_err(raise)?;
        Ok(instrument.quantity_f64(lots))
    }
}
