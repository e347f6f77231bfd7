//! Instruments by name: the symbol where it is unique in the run, else the full id.

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use sluice_types::Instrument;

/// The names of a run's instruments, and the way back.
pub struct Names {
    shown: Vec<Py<PyString>>,
    lookup: Py<PyDict>,
}

impl Names {
    pub fn new(py: Python<'_>, instruments: &[Instrument]) -> PyResult<Self> {
        let symbol = |one: &Instrument| -> String {
            let name = one.name();
            name.rsplit_once('.')
                .map_or(name, |(symbol, _)| symbol)
                .to_owned()
        };
        let symbols: Vec<String> = instruments.iter().map(symbol).collect();
        let lookup = PyDict::new(py);
        let mut shown = Vec::new();
        for (place, instrument) in instruments.iter().enumerate() {
            lookup.set_item(instrument.name(), place)?;
            let unique = symbols
                .iter()
                .filter(|other| **other == symbols[place])
                .count()
                == 1;
            let name = if unique {
                &symbols[place]
            } else {
                instrument.name()
            };
            let name = PyString::new(py, name);
            lookup.set_item(&name, place)?;
            shown.push(name.unbind());
        }
        Ok(Self {
            shown,
            lookup: lookup.unbind(),
        })
    }

    /// The name a strategy sees.
    #[inline]
    pub fn shown<'py>(&self, py: Python<'py>, place: usize) -> Bound<'py, PyString> {
        self.shown[place].bind(py).clone()
    }

    /// The place of the instrument that `name` names; `hint` is tried first, by identity.
    #[inline]
    pub fn place(&self, name: &Bound<'_, PyAny>, hint: usize) -> PyResult<usize> {
        if name.as_ptr() == self.shown[hint].as_ptr() {
            return Ok(hint);
        }
        match self.lookup.bind(name.py()).get_item(name)? {
            Some(place) => place.extract(),
            None => Err(self.unknown(name)?),
        }
    }

    #[cold]
    fn unknown(&self, name: &Bound<'_, PyAny>) -> PyResult<PyErr> {
        let py = name.py();
        let lookup = self.lookup.bind(py);
        let near: Vec<String> = if name.is_instance_of::<PyString>() {
            py.import(intern!(py, "difflib"))?
                .call_method1("get_close_matches", (name, lookup.keys()))?
                .extract()?
        } else {
            Vec::new()
        };
        let hint = if near.is_empty() {
            let known: Vec<String> = (self.shown.iter().take(8))
                .map(|one| one.bind(py).to_string())
                .collect();
            format!("this run has {}", known.join(", "))
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        let name = name.repr()?;
        Ok(PyValueError::new_err(format!(
            "no instrument {name} in this run; {hint}"
        )))
    }
}
