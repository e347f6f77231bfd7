//! The binding: what Python sees of the core.
use pyo3::prelude::*;

/// The compiled core of Sluice.
#[pymodule]
mod _core {}
