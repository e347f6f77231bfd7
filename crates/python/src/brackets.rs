//! Brackets: an entry with its exits, or the exits of a position, as tied orders.

use crate::board::Board;
use crate::orders::{Prices, lots};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use sluice_backtest::{OrderRef, Ties, Wishes};
use sluice_types::{InstrumentId, Intent, Quantity, Side, TagId};
use std::sync::atomic::Ordering::Relaxed;

/// The ids of the orders of a bracket; None where there is no such order.
#[pyclass(frozen, get_all, module = "sluice._core")]
pub struct Bracket {
    pub entry: Option<u64>,
    pub stop: Option<u64>,
    pub take: Option<u64>,
}

#[pymethods]
impl Bracket {
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let ids = PyTuple::new(py, [self.entry, self.stop, self.take])?;
        Ok(ids.try_iter()?.into_any())
    }

    fn __repr__(&self) -> String {
        let shown = |id: Option<u64>| id.map_or("None".to_owned(), |id| id.to_string());
        format!(
            "Bracket(entry={}, stop={}, take={})",
            shown(self.entry),
            shown(self.stop),
            shown(self.take)
        )
    }
}

/// The exits of a position of `qty` units, short below zero, as asked.
pub struct Exits {
    pub qty: f64,
    pub stop: Option<f64>,
    pub take: Option<f64>,
    pub trail: Option<f64>,
    pub trail_rate: Option<f64>,
}

impl Exits {
    /// With an entry at a limit, or at the market.
    pub fn around_entry(
        &self,
        board: &Board,
        place: usize,
        limit: Option<f64>,
        tag: &str,
    ) -> PyResult<Option<Bracket>> {
        let instrument = &board.bars.instruments()[place];
        let entered = if self.qty < 0.0 {
            Side::Sell
        } else {
            Side::Buy
        };
        self.checked(board, place, limit, "entry")?;
        let prices = Prices {
            limit,
            ..Prices::default()
        };
        let kind = prices.kind(instrument, entered)?;
        let Some(quantity) = self.quantity(board, place)? else {
            return Ok(None);
        };
        let exits = self.intents(board, place, quantity)?;
        let entry = Intent {
            kind,
            tag: TagId(board.tag(tag)),
            ..Intent::market(InstrumentId(place as u32), entered, quantity)
        };
        let mut wishes = board.wish()?;
        let entry = wishes.order(entry);
        Ok(Some(leave(&mut wishes, exits, Some(entry))))
    }

    /// Of a position that is there.
    pub fn of_position(&self, board: &Board, place: usize) -> PyResult<Option<Bracket>> {
        if self.qty == 0.0 {
            return Err(PyValueError::new_err(
                "there is no position to leave; give qty for one that is on its way",
            ));
        }
        self.checked(board, place, None, "last price")?;
        let Some(quantity) = self.quantity(board, place)? else {
            return Ok(None);
        };
        let exits = self.intents(board, place, quantity)?;
        let mut wishes = board.wish()?;
        Ok(Some(leave(&mut wishes, exits, None)))
    }

    fn quantity(&self, board: &Board, place: usize) -> PyResult<Option<Quantity>> {
        let quantity = lots(&board.bars.instruments()[place], self.qty.abs())?;
        if quantity == Quantity::ZERO {
            board.below_lot.fetch_add(1, Relaxed);
            return Ok(None);
        }
        Ok(Some(quantity))
    }

    /// The stop loses and the target gains; between them lies the price that the position is entered at.
    fn checked(&self, board: &Board, place: usize, limit: Option<f64>, what: &str) -> PyResult<()> {
        let trails = self.trail.is_some() || self.trail_rate.is_some();
        if self.stop.is_some() && trails {
            return Err(PyValueError::new_err(
                "the stop stands or it follows: give stop, or trail, or trail_rate",
            ));
        }
        if self.stop.is_none() && self.take.is_none() && !trails {
            return Err(PyValueError::new_err(
                "a bracket has a stop or a target: give stop, take, trail or trail_rate",
            ));
        }
        let instrument = &board.bars.instruments()[place];
        let last = || Some(instrument.price_f64(board.last_price(place)?));
        let entry = limit.or_else(last);
        let short = self.qty < 0.0;
        let above = |high: Option<f64>, low: Option<f64>| match (high, low) {
            (Some(high), Some(low)) => high > low, // NaN is above nothing
            _ => true,
        };
        let (upper, lower) = if short {
            (self.stop, self.take)
        } else {
            (self.take, self.stop)
        };
        if above(upper, entry) && above(entry, lower) && above(upper, lower) {
            return Ok(());
        }
        let shown = |price: Option<f64>| price.map_or("none".to_owned(), |price| price.to_string());
        let (side, rule) = if short {
            ("short", "take below and stop above")
        } else {
            ("long", "stop below and take above")
        };
        Err(PyValueError::new_err(format!(
            "exits on the wrong side: a {side} position of {} has its {rule} the {what} {}; stop is {}, take is {}",
            self.qty,
            shown(entry),
            shown(self.stop),
            shown(self.take)
        )))
    }

    /// Stop and target, each where it was asked.
    fn intents(
        &self,
        board: &Board,
        place: usize,
        quantity: Quantity,
    ) -> PyResult<[Option<Intent>; 2]> {
        let instrument = &board.bars.instruments()[place];
        let side = if self.qty < 0.0 {
            Side::Buy
        } else {
            Side::Sell
        };
        let exit = |prices: Prices, tag| -> PyResult<Intent> {
            Ok(Intent {
                kind: prices.kind(instrument, side)?,
                tag: TagId(board.tag(tag)),
                reduce_only: true,
                ..Intent::market(InstrumentId(place as u32), side, quantity)
            })
        };
        let stop = Prices {
            limit: None,
            stop: self.stop,
            trail: self.trail,
            trail_rate: self.trail_rate,
        };
        let take = Prices {
            limit: self.take,
            ..Prices::default()
        };
        let stops = stop.stop.is_some() || stop.trail.is_some() || stop.trail_rate.is_some();
        Ok([
            stops.then(|| exit(stop, "stop")).transpose()?,
            take.limit.map(|_| exit(take, "take")).transpose()?,
        ])
    }
}

/// Wishes the exits: after the entry, and the one or the other.
fn leave(wishes: &mut Wishes, exits: [Option<Intent>; 2], entry: Option<OrderRef>) -> Bracket {
    let ties = Ties {
        after: entry,
        oco: None,
        or_nothing: true,
    };
    let [stop, take] = exits;
    let stop = stop.map(|intent| wishes.tied(intent, ties));
    let take = take.map(|intent| wishes.tied(intent, Ties { oco: stop, ..ties }));
    let id = |order: Option<OrderRef>| order.map(|order| order.0);
    Bracket {
        entry: id(entry),
        stop: id(stop),
        take: id(take),
    }
}
