//! `ctx`: the only source of time, chance, memory and data in a callback, and the only way to wish for an order.

use crate::board::Board;
use crate::brackets::{Bracket, Exits};
use crate::coarse::Coarser;
use crate::forwards::Field;
use crate::indicators::Kind;
use crate::orders::{Asked, Prices, time_in_force};
use crate::sizes::Size;
use crate::ticks::{Quote, Trade};
use crate::views::{History, Position};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyDelta, PyString, PyTzInfo};
use sluice_backtest::OrderRef;
use sluice_types::{InstrumentId, Side};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// What a strategy sees and may wish.
#[pyclass(frozen, module = "sluice._core")]
pub struct Context {
    pub board: Arc<Board>,
    pub positions: Vec<Py<Position>>,
    pub coarser: Coarser,
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

    fn indicator(
        &self,
        i: &Bound<'_, PyAny>,
        n: usize,
        field: Option<&str>,
        kind: Kind,
    ) -> PyResult<f64> {
        let place = self.board.place(i)?;
        let field = field.map_or(Ok(Field::CLOSE), Field::named)?;
        self.board.indicator(place, (kind, n, field))
    }
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
    ///
    /// With `every` (such as "1h") the last `n` whole bars of that interval, those of `at`; never the one under way.
    #[pyo3(signature = (i, n, every=None))]
    fn history(&self, i: &Bound<'_, PyAny>, n: usize, every: Option<&str>) -> PyResult<History> {
        let place = self.board.place(i)?;
        let known = self.board.cells[place].known.load(Relaxed);
        let coarse = every.map(|every| self.coarser.of(i.py(), place, every));
        let coarse = coarse.transpose()?;
        let last = (coarse.as_ref()).map_or(known, |one| one.known(self.board.now(), known));
        Ok(History {
            board: self.board.clone(),
            place,
            first: last.saturating_sub(n),
            last,
            coarse,
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
    ///
    /// `limit` and `stop` together make a stop-limit; `trail` (price) or `trail_rate` (fraction) a stop that follows.
    /// `tif="GTD"` needs `until`; `after` holds it until the first fill of an order, `oco` joins one's group.
    #[pyo3(signature = (i, qty, limit=None, stop=None, tif="GTC", tag="", *, trail=None, trail_rate=None, until=None, post_only=false, reduce_only=false, after=None, oco=None))]
    fn buy(
        &self,
        i: &Bound<'_, PyAny>,
        qty: f64,
        limit: Option<f64>,
        stop: Option<f64>,
        tif: &str,
        tag: &str,
        trail: Option<f64>,
        trail_rate: Option<f64>,
        until: Option<&Bound<'_, PyAny>>,
        post_only: bool,
        reduce_only: bool,
        after: Option<u64>,
        oco: Option<u64>,
    ) -> PyResult<Option<u64>> {
        let prices = Prices {
            limit,
            stop,
            trail,
            trail_rate,
        };
        let asked = Asked {
            qty,
            prices,
            tif: time_in_force(tif, until)?,
            tag,
            post_only,
            reduce_only,
            after,
            oco,
        };
        let place = self.board.place(i)?;
        asked.wish(&self.board, place, Side::Buy)
    }

    /// Sells `qty` units, rounded towards zero to whole lots; returns the order's id, None where nothing is left.
    ///
    /// `limit` and `stop` together make a stop-limit; `trail` (price) or `trail_rate` (fraction) a stop that follows.
    /// `tif="GTD"` needs `until`; `after` holds it until the first fill of an order, `oco` joins one's group.
    #[pyo3(signature = (i, qty, limit=None, stop=None, tif="GTC", tag="", *, trail=None, trail_rate=None, until=None, post_only=false, reduce_only=false, after=None, oco=None))]
    fn sell(
        &self,
        i: &Bound<'_, PyAny>,
        qty: f64,
        limit: Option<f64>,
        stop: Option<f64>,
        tif: &str,
        tag: &str,
        trail: Option<f64>,
        trail_rate: Option<f64>,
        until: Option<&Bound<'_, PyAny>>,
        post_only: bool,
        reduce_only: bool,
        after: Option<u64>,
        oco: Option<u64>,
    ) -> PyResult<Option<u64>> {
        let prices = Prices {
            limit,
            stop,
            trail,
            trail_rate,
        };
        let asked = Asked {
            qty,
            prices,
            tif: time_in_force(tif, until)?,
            tag,
            post_only,
            reduce_only,
            after,
            oco,
        };
        let place = self.board.place(i)?;
        asked.wish(&self.board, place, Side::Sell)
    }

    /// An entry of `qty` units (below zero is short) with its exits: a stop that follows or stands, and a target.
    ///
    /// The exits are held until the entry has its first fill, reduce-only, and one cancels the other. Their tags are
    /// "stop" and "take". None where less than a lot is left.
    #[pyo3(signature = (i, qty, stop=None, take=None, limit=None, trail=None, trail_rate=None, tag=""))]
    fn bracket(
        &self,
        i: &Bound<'_, PyAny>,
        qty: f64,
        stop: Option<f64>,
        take: Option<f64>,
        limit: Option<f64>,
        trail: Option<f64>,
        trail_rate: Option<f64>,
        tag: &str,
    ) -> PyResult<Option<Bracket>> {
        let exits = Exits {
            qty,
            stop,
            take,
            trail,
            trail_rate,
        };
        let place = self.board.place(i)?;
        exits.around_entry(&self.board, place, limit, tag)
    }

    /// Exits of a position that is there: `qty` of it (None is all of it), below zero for a short one.
    #[pyo3(signature = (i, qty=None, stop=None, take=None, trail=None, trail_rate=None))]
    fn oco(
        &self,
        i: &Bound<'_, PyAny>,
        qty: Option<f64>,
        stop: Option<f64>,
        take: Option<f64>,
        trail: Option<f64>,
        trail_rate: Option<f64>,
    ) -> PyResult<Option<Bracket>> {
        let place = self.board.place(i)?;
        let exits = Exits {
            qty: qty.unwrap_or_else(|| self.board.held_units(place)),
            stop,
            take,
            trail,
            trail_rate,
        };
        exits.of_position(&self.board, place)
    }

    /// How many units to trade, rounded towards zero to whole lots; signed, short below zero.
    ///
    /// Say one of: `units`; `notional`, in money of the instrument; `weight`, a fraction of equity; `risk`, the fraction of
    /// equity lost between `price` and `stop`. `price` is the last one where it is not given.
    #[pyo3(signature = (i, *, units=None, notional=None, weight=None, risk=None, stop=None, price=None))]
    fn qty_for(
        &self,
        i: &Bound<'_, PyAny>,
        units: Option<f64>,
        notional: Option<f64>,
        weight: Option<f64>,
        risk: Option<f64>,
        stop: Option<f64>,
        price: Option<f64>,
    ) -> PyResult<f64> {
        let size = Size::of(units, notional, weight, (risk, stop))?;
        let place = self.board.place(i)?;
        size.units(&self.board, place, price)
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
