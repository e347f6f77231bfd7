//! Instruments, costs and settings as Python gives them: integers in, checked values inside.

use crate::faults::raise;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sluice_backtest::{Settings, Sizing};
use sluice_sim::{CostRule as Rule, VenueSettings};
use sluice_types::{InstrumentSpec, Money, Rate, UNITS};

/// What is traded; `tick` and `lot` in counts of 10^-scale, `multiplier` and `min_notional` in 1e-9.
#[pyclass(frozen, module = "sluice._core")]
pub struct Instrument {
    pub inner: sluice_types::Instrument,
}

#[pymethods]
impl Instrument {
    #[new]
    #[pyo3(signature = (id, *, currency, price_scale, quantity_scale, tick, lot, multiplier, min_notional, shortable))]
    fn new(
        id: String,
        currency: String,
        price_scale: u8,
        quantity_scale: u8,
        tick: i64,
        lot: i64,
        multiplier: i64,
        min_notional: i128,
        shortable: bool,
    ) -> PyResult<Self> {
        let spec = InstrumentSpec {
            name: id,
            currency,
            price_scale,
            quantity_scale,
            tick,
            lot,
            multiplier,
            min_notional: Money(min_notional),
            shortable,
        };
        let inner = sluice_types::Instrument::new(spec).map_err(raise)?;
        Ok(Self { inner })
    }

    /// `SYMBOL.VENUE`.
    #[getter]
    fn id(&self) -> &str {
        self.inner.name()
    }

    fn __repr__(&self) -> String {
        format!("Instrument({:?})", self.inner.name())
    }
}

/// Costs of one instrument: `maker`, `taker`, `half_spread` in 1e-9 of the notional or the price.
#[pyclass(frozen, module = "sluice._core")]
pub struct CostRule {
    pub inner: Rule,
}

#[pymethods]
impl CostRule {
    #[new]
    #[pyo3(signature = (*, maker, taker, half_spread, volume_slippage=0.0, impact=0.0))]
    fn new(
        maker: i64,
        taker: i64,
        half_spread: i64,
        volume_slippage: f64,
        impact: f64,
    ) -> PyResult<Self> {
        let rule = Rule {
            maker: Rate(maker),
            taker: Rate(taker),
            half_spread: Rate(half_spread),
            volume_slippage,
            impact,
        };
        let inner = rule.checked().map_err(raise)?;
        Ok(Self { inner })
    }
}

/// The settings of a run; `cash` in 1e-9 of the base currency.
#[pyclass(frozen, module = "sluice._core")]
pub struct RunSettings {
    pub inner: Settings,
}

#[pymethods]
impl RunSettings {
    #[new]
    #[pyo3(signature = (*, cash, bar_ns, leverage=1.0, latency_ns=0, fill="next_open", touch_fills=false, sizing="weight", min_trade=0.0, sample_ns=60_000_000_000, latency_samples=Vec::new(), participation=None, seed=0, session_ends=Vec::new()))]
    fn new(
        cash: i128,
        bar_ns: i64,
        leverage: f64,
        latency_ns: i64,
        fill: &str,
        touch_fills: bool,
        sizing: &str,
        min_trade: f64,
        sample_ns: i64,
        latency_samples: Vec<i64>,
        participation: Option<f64>,
        seed: u64,
        session_ends: Vec<i64>,
    ) -> PyResult<Self> {
        let fill_at_close = match fill {
            "next_open" => false,
            "close" => true,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "fill is {fill:?}; it is \"next_open\" or \"close\""
                )));
            }
        };
        let sizing = match sizing {
            "weight" => Sizing::Weight,
            "units" => Sizing::Units,
            "notional" => Sizing::Notional,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "sizing is {sizing:?}; it is \"weight\", \"units\" or \"notional\""
                )));
            }
        };
        if !(leverage > 0.0 && leverage <= 1000.0) {
            return Err(PyValueError::new_err(format!(
                "leverage is {leverage}; it must be above 0 and at most 1000"
            )));
        }
        Ok(Self {
            inner: Settings {
                cash: Money(cash),
                leverage: Rate((leverage * UNITS as f64).round() as i64),
                venue: VenueSettings {
                    latency_ns,
                    latency_samples: latency_samples.into(),
                    seed,
                    bar_ns,
                    touch_fills,
                    fill_at_close,
                    participation,
                    session_ends: session_ends.into(),
                }
                .checked()
                .map_err(raise)?,
                sizing,
                min_trade,
                sample_ns,
            },
        })
    }
}
