//! What `buy` and `sell` ask, made into a wish: floats become counts, words become kinds, and what cannot be is refused.

use crate::board::Board;
use crate::faults::raise;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyInt, PyTzInfo};
use sluice_backtest::{OrderRef, Ties};
use sluice_types::{
    Instrument, InstrumentId, Intent, Ns, OrderKind, Price, Quantity, Rate, Side, TagId,
    TimeInForce, Trail, UNITS,
};
use std::sync::atomic::Ordering::Relaxed;

/// The prices of an order, as asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prices {
    pub limit: Option<f64>,
    pub stop: Option<f64>,
    pub trail: Option<f64>,
    pub trail_rate: Option<f64>,
}

impl Prices {
    pub fn kind(&self, instrument: &Instrument, side: Side) -> PyResult<OrderKind> {
        // To the tick that is not worse for us than what was asked.
        let limit = |price| on_tick(instrument, "limit", price, side == Side::Sell);
        // To the tick that triggers no earlier than what was asked.
        let stop = |price| on_tick(instrument, "stop", price, side == Side::Buy);
        let trails = self.trail.is_some() || self.trail_rate.is_some();
        match (self.limit, self.stop) {
            (None, None) if trails => Ok(OrderKind::Trailing(self.trailing(instrument)?)),
            _ if trails => Err(PyValueError::new_err(
                "a trailing order has neither a limit nor a stop of its own; give one or the other",
            )),
            (None, None) => Ok(OrderKind::Market),
            (Some(price), None) => Ok(OrderKind::Limit(limit(price)?)),
            (None, Some(price)) => Ok(OrderKind::Stop(stop(price)?)),
            (Some(worst), Some(trigger)) => {
                let sign = side.sign() as f64;
                if (worst - trigger) * sign < 0.0 {
                    return Err(PyValueError::new_err(format!(
                        "the limit {worst} refuses the price {trigger} that triggers it; a buy's limit is at or \
                         above its stop, a sale's at or below"
                    )));
                }
                let (stop, limit) = (stop(trigger)?, limit(worst)?);
                // Both were brought to the grid: never across each other.
                let limit = match side {
                    Side::Buy => limit.max(stop),
                    Side::Sell => limit.min(stop),
                };
                Ok(OrderKind::StopLimit { stop, limit })
            }
        }
    }

    fn trailing(&self, instrument: &Instrument) -> PyResult<Trail> {
        match (self.trail, self.trail_rate) {
            (Some(_), Some(_)) => Err(PyValueError::new_err(
                "trail is a distance in price and trail_rate a fraction of it; give one of them",
            )),
            (Some(distance), None) => {
                let counts = if distance > 0.0 && distance.is_finite() {
                    instrument.price_from_f64(distance).map_err(raise)?
                } else {
                    Price(0)
                };
                if counts <= Price(0) {
                    return Err(PyValueError::new_err(format!(
                        "trail is {distance}; it must be a finite distance above zero"
                    )));
                }
                Ok(Trail::Distance(counts))
            }
            (None, rate) => {
                let rate = rate.unwrap_or(f64::NAN);
                let counts = (rate * UNITS as f64).round();
                if !(counts >= 1.0 && counts < UNITS as f64) {
                    return Err(PyValueError::new_err(format!(
                        "trail_rate is {rate}; it must be a fraction between 0 and 1"
                    )));
                }
                Ok(Trail::Rate(Rate(counts as i64)))
            }
        }
    }
}

/// What `buy` and `sell` are asked.
pub struct Asked<'a> {
    pub qty: f64,
    pub prices: Prices,
    pub tif: TimeInForce,
    pub tag: &'a str,
    pub post_only: bool,
    pub reduce_only: bool,
    pub after: Option<u64>,
    pub oco: Option<u64>,
}

impl Asked<'_> {
    /// Leaves the wish; returns the order's number, None where less than a lot is left.
    pub fn wish(&self, board: &Board, place: usize, side: Side) -> PyResult<Option<u64>> {
        let instrument = &board.bars.instruments()[place];
        let quantity = lots(instrument, self.qty)?;
        if quantity == Quantity::ZERO {
            board.below_lot.fetch_add(1, Relaxed);
            return Ok(None);
        }
        let intent = Intent {
            kind: self.prices.kind(instrument, side)?,
            tif: self.tif,
            tag: TagId(board.tag(self.tag)),
            post_only: self.post_only,
            reduce_only: self.reduce_only,
            ..Intent::market(InstrumentId(place as u32), side, quantity)
        };
        let ties = Ties {
            after: self.after.map(OrderRef),
            oco: self.oco.map(OrderRef),
            or_nothing: false,
        };
        Ok(Some(board.wish()?.tied(intent, ties).0))
    }
}

pub fn lots(instrument: &Instrument, qty: f64) -> PyResult<Quantity> {
    if !(qty.is_finite() && qty >= 0.0) {
        return Err(PyValueError::new_err(format!(
            "qty is {qty}; it must be finite and not negative (buy and sell say the direction)"
        )));
    }
    instrument.quantity_from_f64(qty).map_err(raise)
}

/// A price brought to the tick grid, upwards or downwards; a price within a millionth of a tick of it counts as on it.
pub fn on_tick(instrument: &Instrument, what: &str, price: f64, up: bool) -> PyResult<Price> {
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

/// The time in force of a word; "GTD" and `until` go together.
pub fn time_in_force(name: &str, until: Option<&Bound<'_, PyAny>>) -> PyResult<TimeInForce> {
    let tif = match (name, until) {
        ("GTD", Some(until)) => return Ok(TimeInForce::Gtd(stamp(until)?)),
        ("GTD", None) => {
            return Err(PyValueError::new_err(
                "tif is \"GTD\" and until is missing; say until when, as a datetime or in ns",
            ));
        }
        ("GTC", _) => TimeInForce::Gtc,
        ("DAY", _) => TimeInForce::Day,
        ("IOC", _) => TimeInForce::Ioc,
        ("FOK", _) => TimeInForce::Fok,
        _ => {
            return Err(PyValueError::new_err(format!(
                "tif is {name:?}; it is \"GTC\", \"DAY\", \"GTD\", \"IOC\" or \"FOK\""
            )));
        }
    };
    if until.is_some() {
        return Err(PyValueError::new_err(format!(
            "until is for tif=\"GTD\", and tif is {name:?}"
        )));
    }
    Ok(tif)
}

/// Nanoseconds since 1970: an integer as it is, a datetime with its time zone.
fn stamp(until: &Bound<'_, PyAny>) -> PyResult<Ns> {
    if until.is_instance_of::<PyInt>() {
        return until.extract();
    }
    let py = until.py();
    let wrong = || {
        PyValueError::new_err(format!(
            "until is {until}; it must be a datetime with a time zone, or an integer of ns"
        ))
    };
    let utc = PyTzInfo::utc(py)?;
    let epoch = PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, Some(&utc))?;
    let since = until.sub(epoch).map_err(|_| wrong())?;
    let part = |name: &str| -> PyResult<i64> { since.getattr(name)?.extract() };
    let seconds = part("days")? * 86_400 + part("seconds")?;
    (seconds.checked_mul(1_000_000_000))
        .and_then(|ns| ns.checked_add(part("microseconds").ok()? * 1_000))
        .ok_or_else(wrong)
}
