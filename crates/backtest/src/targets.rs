//! The default trading: a column of targets is followed with market orders.

use crate::sizing::Planner;
use crate::{Counts, DayView, Sizing, Trader, Wishes};
use sluice_types::{Fault, Instrument, InstrumentId};
use std::ops::Range;

/// When targets are traded.
#[derive(Debug, Clone, Copy)]
pub enum Rebalance<'a> {
    /// When an instrument's target moves by more than 1e-9; drift is not traded.
    OnChange,
    /// On the marked rows, moved or not.
    Rows(&'a [bool]),
}

/// A target that moved by less is the same target.
pub(crate) const MOVED: f64 = 1e-9;

/// Follows targets. NaN keeps the target that is; where none was yet, flat.
#[derive(Debug)]
pub struct Targets<'a> {
    column: &'a [f64],
    rebalance: Rebalance<'a>,
    leverage_max: f64,
    planner: Planner,
    /// The target in force of each instrument.
    effective: Vec<f64>,
    /// The scale that was applied last to all of them.
    scale: f64,
    moved: Vec<InstrumentId>,
}

impl<'a> Targets<'a> {
    /// Targets and marks have one entry per row of the bars.
    ///
    /// # Errors
    /// [`Fault::BadData`] where a length differs or a target is infinite.
    pub fn new(
        bars: &crate::BarColumns,
        targets: &'a [f64],
        rebalance: Rebalance<'a>,
        settings: &crate::Settings,
    ) -> Result<Self, Fault> {
        checked(bars, targets, rebalance)?;
        let instruments = bars.instruments().len();
        Ok(Self {
            column: targets,
            rebalance,
            leverage_max: settings.leverage_f64(),
            planner: Planner::new(settings.sizing, settings.min_trade),
            effective: vec![0.0; instruments],
            scale: 1.0,
            moved: Vec::with_capacity(instruments),
        })
    }

    /// Takes the stamp's targets; returns whether any is to be traded.
    #[inline]
    fn take(&mut self, day: &DayView<'_>, rows: Range<usize>) -> bool {
        self.moved.clear();
        for row in rows {
            let place = day.bars.instrument[row];
            let effective = &mut self.effective[place as usize];
            let target = self.column[row];
            let traded = match self.rebalance {
                Rebalance::OnChange => (target - *effective).abs() > MOVED, // NaN moves nothing
                Rebalance::Rows(marks) => marks[row],
            };
            if traded {
                if !target.is_nan() {
                    *effective = target;
                }
                self.moved.push(InstrumentId(place));
            }
        }
        !self.moved.is_empty()
    }
}

impl Trader for Targets<'_> {
    #[inline]
    fn on_stamp(
        &mut self,
        day: &DayView<'_>,
        rows: Range<usize>,
        counts: &mut Counts,
        wishes: &mut Wishes,
    ) -> Result<bool, Fault> {
        if !self.take(day, rows) {
            return Ok(false);
        }
        let sized = (self.planner.sizing, self.leverage_max);
        let scale = scale(&self.effective, day.engine.instruments(), sized, counts);
        if (scale - self.scale).abs() > 1e-12 {
            // Scaled together: those whose own target did not move are moved by the scale.
            let known = day
                .known
                .iter()
                .enumerate()
                .filter(|(_, known)| **known > 0);
            self.moved.clear();
            self.moved
                .extend(known.map(|(place, _)| InstrumentId(place as u32)));
            self.scale = scale;
        }
        let effective = &self.effective;
        let targets = (self.moved.iter()).map(|&id| (id, effective[id.index()] * scale));
        for intent in self.planner.plan(day.engine, targets, counts)? {
            wishes.order(*intent);
        }
        Ok(true)
    }
}

/// The scale under which Σ |weight| ≤ the leverage allowed.
pub(crate) fn scale(
    effective: &[f64],
    instruments: &[Instrument],
    (sizing, leverage_max): (Sizing, f64),
    counts: &mut Counts,
) -> f64 {
    if sizing != Sizing::Weight {
        return 1.0;
    }
    let weights = effective.iter().zip(instruments);
    let total: f64 = weights
        .map(|(&weight, instrument)| {
            if weight < 0.0 && !instrument.shortable() {
                0.0
            } else {
                weight.abs()
            }
        })
        .sum();
    if total > leverage_max * (1.0 + 1e-12) {
        counts.scaled_leverage += 1;
        leverage_max / total
    } else {
        1.0
    }
}

/// Targets and marks have one entry per row of the bars, and are not infinite.
pub(crate) fn checked(
    bars: &crate::BarColumns,
    targets: &[f64],
    rebalance: Rebalance<'_>,
) -> Result<(), Fault> {
    let marks = match rebalance {
        Rebalance::OnChange => bars.len(),
        Rebalance::Rows(marks) => marks.len(),
    };
    if targets.len() != bars.len() || marks != bars.len() {
        return Err(Fault::BadData(format!(
            "{} targets and {marks} rebalance marks for {} bars: there must be one each",
            targets.len(),
            bars.len()
        )));
    }
    if let Some(row) = targets.iter().position(|target| target.is_infinite()) {
        return Err(Fault::BadData(format!("row {row}: the target is infinite")));
    }
    Ok(())
}
