//! Faults of the core as Python exceptions.

use pyo3::PyErr;
use pyo3::exceptions::{PyKeyboardInterrupt, PyOverflowError, PyRuntimeError, PyValueError};
use sluice_types::Fault;

/// What was given is a `ValueError`, a number out of range an `OverflowError`, a broken core a `RuntimeError`.
pub fn raise(fault: Fault) -> PyErr {
    let text = fault.to_string();
    match fault {
        Fault::Overflow(_) => PyOverflowError::new_err(text),
        Fault::BadInstrument(_) | Fault::BadData(_) => PyValueError::new_err(text),
        Fault::Interrupted => PyKeyboardInterrupt::new_err(()),
        Fault::UnknownOrder(_) | Fault::BadTransition { .. } | Fault::Strategy(_) => {
            PyRuntimeError::new_err(text)
        }
    }
}
