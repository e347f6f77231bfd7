//! Where a run decides: the rows at which a target is to be traded.

use crate::Rebalance;
use crate::targets::MOVED;

/// A source of decisions, in the order of rows.
pub trait Decisions {
    /// The next row at which something is to be traded while `effective` is the target in force, and its target; NaN
    /// keeps the one in force.
    fn next(&mut self, effective: f64) -> Option<(usize, f64)>;
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
    pub fn new(targets: &'a [f64], rebalance: Rebalance<'a>) -> Self {
        Self {
            targets,
            rebalance,
            row: 0,
        }
    }
}

impl Decisions for Column<'_> {
    #[inline]
    fn next(&mut self, effective: f64) -> Option<(usize, f64)> {
        let rest = &self.targets[self.row..];
        let found = match self.rebalance {
            // NaN moves nothing.
            Rebalance::OnChange => {
                (rest.iter()).position(|target| (target - effective).abs() > MOVED)
            }
            Rebalance::Rows(marks) => marks[self.row..].iter().position(|&marked| marked),
        };
        let row = self.row + found?;
        self.row = row + 1;
        Some((row, self.targets[row]))
    }
}
