//! The objects that callbacks are handed, one each, recycled while nobody else holds them.

use crate::board::Board;
use crate::ticks::{Quote, QuoteCell, Trade, TradeCell};
use crate::views::Bar;
use pyo3::prelude::*;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

pub fn fresh_bar<'py>(
    py: Python<'py>,
    board: &Arc<Board>,
    place: usize,
    row: usize,
) -> PyResult<Bound<'py, Bar>> {
    let bar = Bar {
        instrument: board.names.shown(py, place).unbind(),
        board: board.clone(),
        row: AtomicUsize::new(row),
    };
    Bound::new(py, bar)
}

pub fn fresh_quote<'py>(
    py: Python<'py>,
    board: &Arc<Board>,
    place: usize,
) -> PyResult<Bound<'py, Quote>> {
    let quote = Quote {
        instrument: board.names.shown(py, place).unbind(),
        board: board.clone(),
        place,
        cell: QuoteCell::default(),
    };
    Bound::new(py, quote)
}

pub fn fresh_trade<'py>(
    py: Python<'py>,
    board: &Arc<Board>,
    place: usize,
) -> PyResult<Bound<'py, Trade>> {
    let trade = Trade {
        instrument: board.names.shown(py, place).unbind(),
        board: board.clone(),
        place,
        cell: TradeCell::default(),
    };
    Bound::new(py, trade)
}

/// Whether nobody else holds the object.
#[inline]
#[allow(unsafe_code)]
pub fn unshared<T>(object: &Bound<'_, T>) -> bool {
    // SAFETY: a `Bound` holds Python's lock and a valid object; its reference count may be read.
    unsafe { pyo3::ffi::Py_REFCNT(object.as_ptr()) == 1 }
}
