//! What all runs on the same bars share: the instrument, its costs, and sums that make marks in bulk cheap.

use super::swift::Swift;
use crate::Column;
use crate::{BarColumns, Settings, Sizing};
use sluice_sim::{Conditions, CostRule};
use sluice_types::{Fault, Instrument, Ns, Price, Quantity, Rounding};

/// Bars, costs and settings that the kernel covers.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// One instrument's bars.
    pub bars: &'a BarColumns,
    /// Its costs.
    pub cost: &'a CostRule,
    /// The settings of the run.
    pub settings: &'a Settings,
    highest: Price,
    pub(super) swift: Option<Swift>,
}

impl<'a> Ground<'a> {
    /// The ground of a run, or None where only the event engine knows the answer.
    pub fn of(bars: &'a BarColumns, costs: &'a [CostRule], settings: &'a Settings) -> Option<Self> {
        let venue = &settings.venue;
        let ([_], [cost]) = (bars.instruments(), costs) else {
            return None;
        };
        let covered = !bars.is_empty()
            && !venue.fill_at_close
            && venue.participation.is_none()
            && venue.latency_samples.is_empty()
            && (0..venue.bar_ns).contains(&venue.latency_ns)
            && cost.checked().is_ok()
            && settings.cash.0 > 0
            && settings.leverage.0 > 0
            && (0.0..1.0).contains(&settings.min_trade);
        covered.then(|| {
            let highest = Price(bars.high.iter().copied().max().unwrap_or(1));
            let mut ground = Self {
                bars,
                cost,
                settings,
                highest,
                swift: None,
            };
            ground.swift = Swift::of(&ground, highest);
            ground
        })
    }

    /// The instrument.
    pub fn instrument(&self) -> &'a Instrument {
        &self.bars.instruments()[0]
    }

    /// What a target number means, and the leverage allowed.
    pub(crate) fn sized(&self) -> (Sizing, f64) {
        (self.settings.sizing, self.settings.leverage_f64())
    }

    /// What is known of the liquidity once the bar of `row` has closed.
    pub(crate) fn conditions(&self, row: usize) -> Conditions {
        let at =
            |column: &Option<Column<f64>>| column.as_ref().map_or(f64::NAN, |values| values[row]);
        Conditions {
            volume: self.bars.volume[row],
            adv: at(&self.bars.adv),
            sigma: at(&self.bars.sigma),
        }
    }

    /// A position that the event engine could not mark at some bar would end its run: so it must end ours.
    #[inline]
    pub(crate) fn markable(&self, held: Quantity) -> Result<(), Fault> {
        self.instrument()
            .notional(self.highest, held, Rounding::Up)
            .map(drop)
    }

    /// When the run ends.
    pub(crate) fn end(&self) -> Ns {
        self.bars.ts_end.last().copied().unwrap_or(0)
    }
}
