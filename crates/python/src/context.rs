//! `ctx`: the only source of time, chance, memory and data in a callback, and the only way to wish for an order.

use crate::board::{Board, held};
use crate::faults::raise;
use crate::indicators::{Field, Kind};
use crate::ticks::{Quote, Trade};
use crate::views::{History, Position};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyDelta, PyString, PyTzInfo};
use sluice_backtest::OrderRef;
use sluice_types::{
    Instrument, InstrumentId, Intent, OrderKind, Price, Quantity, Side, TagId, TimeInForce,
};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// What a strategy sees and may wish.
#[pyclass(frozen, module = "sluice._core")]
pub struct Context {
    pub board: Arc<Board>,
    pub positions: Vec<Py<Position>>,
    /// The strategy's memory.
    #[pyo3(get)]
    pub state: Py<PyAny>,
    /// The seeded generator of the run.
    #[pyo3(get)]
    pub rng: Py<PyAny>,
}

const NS_PER_US: i64 = 1_000;
const US_PER_DAY: i64 = 86_400_000_000;

impl Context {
    /// What `signals` says of an instrument at its last known bar.
    #[inline]
    pub fn said(&self, place: usize) -> f64 {
        let cell = &self.board.cells[place];
        match &self.board.signal {
            Some(signal) if cell.known.load(Relaxed) > 0 => signal[cell.row.load(Relaxed)],
            _ => f64::NAN,
        }
    }

    /// An indicator of an instrument after its last known bar.
    #[inline]
    pub fn known(&self, place: usize, asked: (Kind, usize, Field)) -> PyResult<f64> {
        let known = self.board.cells[place].known.load(Relaxed);
        held(&self.board.indicators).value(&self.board.bars, (place, known), asked)
    }

    fn indicator(
        &self,
        i: &Bound<'_, PyAny>,
        n: usize,
        field: Option<&str>,
        kind: Kind,
    ) -> PyResult<f64> {
        let place = self.board.place(i)?;
        let field = field.map_or(Ok(Field::Price(3)), Field::named)?;
        self.known(place, (kind, n, field))
    }

    fn order(&self, i: &Bound<'_, PyAny>, side: Side, asked: &Asked<'_>) -> PyResult<Option<u64>> {
        let place = self.board.place(i)?;
        let instrument = &self.board.bars.instruments()[place];
        let quantity = lots(instrument, asked.qty)?;
        if quantity == Quantity::ZERO {
            self.board.below_lot.fetch_add(1, Relaxed);
            return Ok(None);
        }
        let kind = match (asked.limit, asked.stop) {
            (None, None) => OrderKind::Market,
            // To the tick that is not worse for us than what was asked.
            (Some(limit), None) => {
                OrderKind::Limit(on_tick(instrument, "limit", limit, side == Side::Sell)?)
            }
            // To the tick that triggers no earlier than what was asked.
            (None, Some(stop)) => {
                OrderKind::Stop(on_tick(instrument, "stop", stop, side == Side::Buy)?)
            }
            (Some(_), Some(_)) => {
                return Err(PyValueError::new_err(
                    "an order has a limit or a stop, not both; stop-limit orders do not exist here",
                ));
            }
        };
        let tag = self.board.tag(asked.tag);
        let intent = Intent {
            kind,
            tif: time_in_force(asked.tif)?,
            tag: TagId(tag),
            ..Intent::market(InstrumentId(place as u32), side, quantity)
        };
        Ok(Some(self.board.wish()?.order(intent).0))
    }
}

/// The numbers of `buy` and `sell`.
struct Asked<'a> {
    qty: f64,
    limit: Option<f64>,
    stop: Option<f64>,
    tif: &'a str,
    tag: &'a str,
}

#[pymethods]
impl Context {
    /// Now, in UTC.
    #[getter]
    fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let us = self.board.now().div_euclid(NS_PER_US);
        let (days, rest) = (us.div_euclid(US_PER_DAY), us.rem_euclid(US_PER_DAY));
        let utc = PyTzInfo::utc(py)?;
        let epoch = PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, Some(&utc))?;
        let since = PyDelta::new(
            py,
            days as i32,
            (rest / 1_000_000) as i32,
            (rest % 1_000_000) as i32,
            false,
        )?;
        epoch.add(since)
    }

    /// Now, in ns UTC.
    #[getter]
    fn now_ns(&self) -> i64 {
        self.board.now()
    }

    /// Cash and marked positions.
    #[getter]
    fn equity(&self) -> f64 {
        self.board.equity.get()
    }

    #[getter]
    fn cash(&self) -> f64 {
        self.board.cash.get()
    }

    /// The position of an instrument, always as it is now.
    fn position<'py>(
        &self,
        py: Python<'py>,
        i: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Position>> {
        Ok(self.positions[self.board.place(i)?].bind(py).clone())
    }

    /// The last `n` known bars (fewer where fewer are known), oldest first.
    fn history(&self, i: &Bound<'_, PyAny>, n: usize) -> PyResult<History> {
        let place = self.board.place(i)?;
        let last = self.board.cells[place].known.load(Relaxed);
        Ok(History {
            board: self.board.clone(),
            place,
            first: last.saturating_sub(n),
            last,
        })
    }

    /// The last quote of an instrument; None before the first one.
    fn last_quote(&self, i: &Bound<'_, PyAny>) -> PyResult<Option<Quote>> {
        Ok(Quote::last(i.py(), &self.board, self.board.place(i)?))
    }

    /// The last print of an instrument; None before the first one.
    fn last_trade(&self, i: &Bound<'_, PyAny>) -> PyResult<Option<Trade>> {
        Ok(Trade::last(i.py(), &self.board, self.board.place(i)?))
    }

    /// What `signals` says at the last known bar; NaN where it says nothing.
    fn signal(&self, i: &Bound<'_, PyAny>) -> PyResult<f64> {
        Ok(self.said(self.board.place(i)?))
    }

    /// Mean of the last `n` bars, from exact sums.
    #[pyo3(signature = (i, n, field=None))]
    fn sma(&self, i: &Bound<'_, PyAny>, n: usize, field: Option<&str>) -> PyResult<f64> {
        self.indicator(i, n, field, Kind::Sma)
    }

    /// Exponential mean, α = 2 / (n + 1), from the first bar on.
    #[pyo3(signature = (i, n, field=None))]
    fn ema(&self, i: &Bound<'_, PyAny>, n: usize, field: Option<&str>) -> PyResult<f64> {
        self.indicator(i, n, field, Kind::Ema)
    }

    /// Standard deviation (ddof 1) of the last `n` bars, from exact sums.
    #[pyo3(signature = (i, n, field=None))]
    fn std(&self, i: &Bound<'_, PyAny>, n: usize, field: Option<&str>) -> PyResult<f64> {
        self.indicator(i, n, field, Kind::Std)
    }

    /// Highest of the last `n` bars.
    #[pyo3(signature = (i, n, field=None))]
    fn max(&self, i: &Bound<'_, PyAny>, n: usize, field: Option<&str>) -> PyResult<f64> {
        self.indicator(i, n, field, Kind::Max)
    }

    /// Lowest of the last `n` bars.
    #[pyo3(signature = (i, n, field=None))]
    fn min(&self, i: &Bound<'_, PyAny>, n: usize, field: Option<&str>) -> PyResult<f64> {
        self.indicator(i, n, field, Kind::Min)
    }

    /// Brings an instrument to `weight` × equity by a market order, sized as the default trading does.
    fn target(&self, i: &Bound<'_, PyAny>, weight: f64) -> PyResult<()> {
        if !weight.is_finite() {
            return Err(PyValueError::new_err(format!(
                "target weight is {weight}; it must be finite"
            )));
        }
        let place = self.board.place(i)?;
        let id = InstrumentId(place as u32);
        self.board.wish()?.target(id, weight);
        Ok(())
    }

    /// Buys `qty` units, rounded towards zero to whole lots; returns the order's id, None where nothing is left.
    #[pyo3(signature = (i, qty, limit=None, stop=None, tif="GTC", tag=""))]
    fn buy(
        &self,
        i: &Bound<'_, PyAny>,
        qty: f64,
        limit: Option<f64>,
        stop: Option<f64>,
        tif: &str,
        tag: &str,
    ) -> PyResult<Option<u64>> {
        let asked = Asked {
            qty,
            limit,
            stop,
            tif,
            tag,
        };
        self.order(i, Side::Buy, &asked)
    }

    /// Sells `qty` units, rounded towards zero to whole lots; returns the order's id, None where nothing is left.
    #[pyo3(signature = (i, qty, limit=None, stop=None, tif="GTC", tag=""))]
    fn sell(
        &self,
        i: &Bound<'_, PyAny>,
        qty: f64,
        limit: Option<f64>,
        stop: Option<f64>,
        tif: &str,
        tag: &str,
    ) -> PyResult<Option<u64>> {
        let asked = Asked {
            qty,
            limit,
            stop,
            tif,
            tag,
        };
        self.order(i, Side::Sell, &asked)
    }

    /// Takes an order back; one that is closed or unknown is left alone.
    fn cancel(&self, id: u64) -> PyResult<()> {
        self.board.wish()?.cancel(OrderRef(id));
        Ok(())
    }

    /// Takes all open orders of an instrument back.
    fn cancel_all(&self, i: &Bound<'_, PyAny>) -> PyResult<()> {
        let place = self.board.place(i)?;
        self.board.wish()?.cancel_all(InstrumentId(place as u32));
        Ok(())
    }

    fn __repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let text = format!("Context(now={}, equity={})", self.now(py)?, self.equity());
        Ok(PyString::new(py, &text))
    }
}

fn lots(instrument: &Instrument, qty: f64) -> PyResult<Quantity> {
    if !(qty.is_finite() && qty >= 0.0) {
        return Err(PyValueError::new_err(format!(
            "qty is {qty}; it must be finite and not negative (buy and sell say the direction)"
        )));
    }
    instrument.quantity_from_f64(qty).map_err(raise)
}

/// A price brought to the tick grid, upwards or downwards; a price within a millionth of a tick of it counts as on it.
fn on_tick(instrument: &Instrument, what: &str, price: f64, up: bool) -> PyResult<Price> {
    let tick = instrument.spec().tick;
    let size = instrument.price_f64(Price(tick));
    let ticks = price / size;
    let nearest = ticks.round();
    let whole = if (ticks - nearest).abs() <= 1e-6 {
        nearest
    } else if up {
        ticks.ceil()
    } else {
        ticks.floor()
    };
    if !(whole >= 1.0 && whole * (tick as f64) < 4.6e18) {
        return Err(PyValueError::new_err(format!(
            "{what} is {price}; it must be finite and at least one tick of {size}"
        )));
    }
    Ok(Price(whole as i64 * tick))
}

fn time_in_force(name: &str) -> PyResult<TimeInForce> {
    Ok(match name {
        "GTC" => TimeInForce::Gtc,
        "DAY" => TimeInForce::Day,
        "IOC" => TimeInForce::Ioc,
        "FOK" => TimeInForce::Fok,
        _ => {
            return Err(PyValueError::new_err(format!(
                "tif is {name:?}; it is \"GTC\", \"DAY\", \"IOC\" or \"FOK\""
            )));
        }
    })
}
