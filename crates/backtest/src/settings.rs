//! What a run is set to.

use crate::Sizing;
use sluice_sim::VenueSettings;
use sluice_types::{Money, Ns, Rate, UNITS};

/// The settings of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Cash at the start.
    pub cash: Money,
    /// Gross exposure allowed, as a multiple of equity.
    pub leverage: Rate,
    /// The venue's rules.
    pub venue: VenueSettings,
    /// What a target number means.
    pub sizing: Sizing,
    /// Fraction of equity below which a target is not traded.
    pub min_trade: f64,
    /// Equity is recorded on this grid where ticks pass, > 0; also at bars and at fills.
    pub sample_ns: Ns,
}

impl Settings {
    /// Leverage for eyes and statistics.
    pub fn leverage_f64(&self) -> f64 {
        self.leverage.0 as f64 / UNITS as f64
    }
}
