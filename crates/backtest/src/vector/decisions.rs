//! Where a run decides: the rows at which a target is to be traded.

use crate::targets::{MOVED, checked};
use crate::{BarColumns, Rebalance};
use sluice_types::Fault;

/// A source of decisions, in the order of rows.
pub trait Decisions {
    /// The next row before `before` at which something is to be traded while `effective` is the target in force, and its
    /// target; NaN keeps the one in force.
    fn next(&mut self, effective: f64, before: usize) -> Option<(usize, f64)>;
}

/// A column of targets, as [`crate::Targets`] follows it.
#[derive(Debug)]
pub struct Column<'a> {
    targets: &'a [f64],
    rebalance: Rebalance<'a>,
    row: usize,
}

impl<'a> Column<'a> {
    /// One target (NaN = keep) and, with [`Rebalance::Rows`], one mark per row.
    ///
    /// # Errors
    /// [`Fault::BadData`] where a length differs or a target is infinite.
    pub fn of(
        bars: &BarColumns,
        targets: &'a [f64],
        rebalance: Rebalance<'a>,
    ) -> Result<Self, Fault> {
        checked(bars, targets, rebalance)?;
        Ok(Self {
            targets,
            rebalance,
            row: 0,
        })
    }
}

impl Decisions for Column<'_> {
    #[inline]
    fn next(&mut self, effective: f64, before: usize) -> Option<(usize, f64)> {
        let rest = self.targets.get(self.row..before)?;
        let found = match self.rebalance {
            // NaN moves nothing.
            Rebalance::OnChange => {
                (rest.iter()).position(|target| (target - effective).abs() > MOVED)
            }
            Rebalance::Rows(marks) => marks[self.row..before].iter().position(|&marked| marked),
        };
        let Some(step) = found else {
            self.row = before;
            return None;
        };
        let row = self.row + step;
        self.row = row + 1;
        Some((row, self.targets[row]))
    }
}
