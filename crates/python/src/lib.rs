//! The binding: what Python sees of the core. `sluice.core` is its only reader.
//!
//! Python takes part in a run by callbacks alone: it reads the board, leaves wishes, and never reaches the engine; an
//! `Approved` never reaches Python.

mod bars;
mod board;
mod brackets;
mod coarse;
mod columns;
mod context;
mod fast;
mod faults;
mod forwards;
mod ground;
mod indicators;
mod instrument;
mod lanes;
mod lent;
mod names;
mod orders;
mod quick;
mod recycled;
mod run;
mod sizes;
mod terms;
mod ticks;
mod trader;
mod views;
mod words;

use pyo3::prelude::*;

/// The compiled core of Sluice.
#[pymodule]
mod _core {
    #[pymodule_export]
    use crate::bars::BarColumns;
    #[pymodule_export]
    use crate::brackets::Bracket;
    #[pymodule_export]
    use crate::columns::Run;
    #[pymodule_export]
    use crate::context::Context;
    #[pymodule_export]
    use crate::ground::{Ground, exact_means};
    #[pymodule_export]
    use crate::instrument::{CostRule, Instrument, RunSettings};
    #[pymodule_export]
    use crate::run::run;
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::fast::install(module.py())
    }

    #[pymodule_export]
    use crate::terms::{Adjustments, Currencies};
    #[pymodule_export]
    use crate::ticks::{Quote, QuoteColumns, Trade, TradeColumns};
    #[pymodule_export]
    use crate::views::{Bar, Fill, History, Order, Position};
}
