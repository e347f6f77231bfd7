//! NumPy columns that the core reads where they are: no copy, and their owner lives as long as the core reads.

use numpy::{Element, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use sluice_backtest::{Column, Lender};
use std::fmt::{self, Debug};

/// A NumPy column that is kept alive for as long as the core reads it.
struct Lent<T> {
    _owner: Py<PyAny>,
    start: *const T,
    length: usize,
}

impl<T> Debug for Lent<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Lent({})", self.length)
    }
}

// SAFETY: the memory is only read here; its owner is a Python object, released under Python's lock.
#[allow(unsafe_code)]
unsafe impl<T: Sync> Send for Lent<T> {}
// SAFETY: as above.
#[allow(unsafe_code)]
unsafe impl<T: Sync> Sync for Lent<T> {}

impl<T: Debug + Sync> Lender<T> for Lent<T> {
    #[inline]
    #[allow(unsafe_code)]
    fn column(&self) -> &[T] {
        // SAFETY: `lend` took pointer and length from a contiguous array that `_owner` keeps alive. The house hands
        // over columns of frames that polars owns and does not change.
        unsafe { std::slice::from_raw_parts(self.start, self.length) }
    }
}

/// The array as a column of the core, without a copy.
pub fn lend<T: Element + Debug + Sync + 'static>(
    array: &PyReadonlyArray1<'_, T>,
) -> PyResult<Column<T>> {
    let slice = array.as_slice()?;
    let owner: &Bound<'_, PyArray1<T>> = array;
    if slice.is_empty() {
        return Ok(Column::Owned(Vec::new()));
    }
    Ok(Column::Lent(Box::new(Lent {
        _owner: owner.clone().into_any().unbind(),
        start: slice.as_ptr(),
        length: slice.len(),
    })))
}
