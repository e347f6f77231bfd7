//! Simple averages as exact sums of closes.

use super::Ground;

/// Below this a mean that is a sum of counts over n · scale is the nearest float of the exact fraction, so that two
/// means compare as their exact fractions do.
const EXACT: i128 = 1 << 50;

/// One side of a crossing.
#[derive(Debug, Clone, Copy)]
pub enum Average<'a> {
    /// Mean of the last n closes, exact.
    Simple(u32),
    /// Values by row, made elsewhere; NaN never crosses.
    Values(&'a [f64]),
}

/// Prefix sums of the closes of a ground.
#[derive(Debug)]
pub struct Sums {
    /// Σ of the first i closes, in counts.
    pub(super) long: Vec<i64>,
    /// The same of closes above their smallest, in steps, modulo 2^32: differences are exact where they fit.
    pub(super) short: Vec<i32>,
    /// Largest close above the smallest, in those steps.
    spread: i128,
    highest: i128,
    pub(super) extremes: fn(&[i64]) -> (i64, i64),
}

impl Sums {
    /// Sums for crossings of which none multiplies its windows to more than `product`; None where a sum overflows.
    pub fn of(
        ground: &Ground<'_>,
        product: u64,
        extremes: fn(&[i64]) -> (i64, i64),
    ) -> Option<Self> {
        let closes = &ground.bars.close;
        let (low, high) = extremes(closes);
        if i128::from(high) * (closes.len() as i128) >= i128::from(i64::MAX) {
            return None;
        }
        let tick = ground.instrument().spec().tick;
        let spread = i128::from(high - low);
        let fits = |spread: i128| spread * i128::from(product) < i128::from(i32::MAX);
        let step = match (fits(spread), fits(spread / i128::from(tick))) {
            (true, _) => Some(1),
            (false, true) if on_grid(closes, low, tick) => Some(tick),
            _ => None,
        };
        let mut long = Vec::with_capacity(closes.len() + 1);
        let mut total = 0_i64;
        long.push(0);
        long.extend(closes.iter().map(|&close| {
            total = total.wrapping_add(close); // checked above
            total
        }));
        Some(Self {
            long,
            short: step.map_or_else(Vec::new, |step| short_sums(closes, low, step)),
            spread: step.map_or(i128::MAX, |step| spread / i128::from(step)),
            highest: i128::from(high),
            extremes,
        })
    }

    /// Whether the short sums compare two means exactly.
    pub(super) fn fits_short(&self, fast: u32, slow: u32) -> bool {
        let product = i128::from(fast) * i128::from(slow);
        !self.short.is_empty() && self.spread * product < i128::from(i32::MAX)
    }

    /// Whether comparing exact sums is comparing the means as floats.
    pub(super) fn fits_long(&self, fast: u32, slow: u32) -> bool {
        self.highest * i128::from(fast) * i128::from(slow) < EXACT
    }

    /// Σ of the closes of rows.
    pub(super) fn over(&self, rows: std::ops::Range<usize>) -> i64 {
        self.long[rows.end] - self.long[rows.start]
    }
}

fn on_grid(closes: &[i64], low: i64, tick: i64) -> bool {
    match u32::try_from(tick) {
        // The caller knows that the spread fits 32 bits times the tick.
        Ok(tick) => closes
            .iter()
            .all(|&close| ((close - low) as u64).is_multiple_of(u64::from(tick))),
        Err(_) => false,
    }
}

fn short_sums(closes: &[i64], low: i64, step: i64) -> Vec<i32> {
    let mut sums = Vec::with_capacity(closes.len() + 1);
    let mut total = 0_i32;
    sums.push(0);
    if step == 1 {
        sums.extend(closes.iter().map(|&close| {
            total = total.wrapping_add((close - low) as i32);
            total
        }));
    } else {
        let step = step as u64;
        sums.extend(closes.iter().map(|&close| {
            total = total.wrapping_add(((close - low) as u64 / step) as i32);
            total
        }));
    }
    sums
}
