//! Targets that depend on the order of two averages alone, found block by block.

use super::{Average, Decisions, Sums};
use crate::targets::MOVED;

/// Rows that are compared at a time: they stay in the nearest cache.
pub const BLOCK: usize = 4_096;

/// The loops that a processor's wider registers make faster; every set gives the same answers.
#[derive(Debug, Clone, Copy)]
pub struct Lanes {
    /// [`cross_short`].
    pub short: fn([&[i32]; 3], [i32; 2], &mut [i8]),
    /// [`cross_long`].
    pub long: fn([&[i64]; 3], [i64; 2], &mut [i8]),
    /// [`cross_values`].
    pub values: fn(&[f64], &[f64], &mut [i8]),
    /// [`extremes`].
    pub extremes: fn(&[i64]) -> (i64, i64),
}

/// What every processor can do.
pub const PORTABLE: Lanes = Lanes {
    short: |sums, windows, out| cross_short(sums, windows, out),
    long: |sums, windows, out| cross_long(sums, windows, out),
    values: |fast, slow, out| cross_values(fast, slow, out),
    extremes: |values| extremes(values),
};

macro_rules! cross_sums {
    ($(#[$doc:meta])* $name:ident, $number:ty) => {
        $(#[$doc])*
        #[inline(always)]
        #[allow(clippy::inline_always)] // so that a caller's wider registers reach the loop
        pub fn $name(sums: [&[$number]; 3], windows: [$number; 2], out: &mut [i8]) {
            let [now, fast_ago, slow_ago] = sums;
            let [fast, slow] = windows;
            let sums = now.iter().zip(fast_ago).zip(slow_ago);
            for (sign, ((&now, &fast_ago), &slow_ago)) in out.iter_mut().zip(sums) {
                let left = now.wrapping_sub(fast_ago).wrapping_mul(slow);
                let right = now.wrapping_sub(slow_ago).wrapping_mul(fast);
                *sign = i8::from(left > right) - i8::from(left < right);
            }
        }
    };
}

cross_sums!(
    /// The order of two means by their sums: +1 where the fast one is above, −1 below, 0 equal.
    ///
    /// `sums`: prefix sums after each row, and those of `windows[0]` and `windows[1]` rows before it.
    cross_short,
    i32
);
cross_sums!(
    /// As [`cross_short`], in 64 bits.
    cross_long,
    i64
);

/// The order of two columns: +1 where the first is above, −1 below, 0 equal or not a number.
#[inline(always)]
#[allow(clippy::inline_always)] // so that a caller's wider registers reach the loop
pub fn cross_values(fast: &[f64], slow: &[f64], out: &mut [i8]) {
    for (sign, (fast, slow)) in out.iter_mut().zip(fast.iter().zip(slow)) {
        *sign = i8::from(fast > slow) - i8::from(fast < slow);
    }
}

/// Smallest and largest of values; (`i64::MAX`, `i64::MIN`) of none.
#[inline(always)]
#[allow(clippy::inline_always)] // so that a caller's wider registers reach the loop
pub fn extremes(values: &[i64]) -> (i64, i64) {
    let (mut low, mut high) = (i64::MAX, i64::MIN);
    for &value in values {
        low = low.min(value);
        high = high.max(value);
    }
    (low, high)
}

#[derive(Debug, Clone, Copy)]
enum Sides<'a> {
    Short(&'a [i32], [u32; 2]),
    Long(&'a [i64], [u32; 2]),
    Values(&'a [f64], &'a [f64]),
}

/// Decisions of a target that is one number while the first average is above the second, another below, a third
/// where they are equal.
#[derive(Debug)]
pub struct Crossing<'a> {
    sides: Sides<'a>,
    lanes: &'a Lanes,
    /// Targets below, equal, above; NaN keeps.
    targets: [f64; 3],
    rows: usize,
    /// First row of the block, rows in it, and the next one to look at.
    start: usize,
    filled: usize,
    at: usize,
    sign: i8,
    block: Box<[i8; BLOCK]>,
}

/// Before the first row nothing is known: no sign at all.
const UNKNOWN: i8 = 2;

impl<'a> Crossing<'a> {
    /// Speaks from row `first` on. None where the averages cannot be compared exactly here, or lengths differ.
    pub fn of(
        sums: &'a Sums,
        [fast, slow]: [Average<'a>; 2],
        targets: [f64; 3],
        first: usize,
        lanes: &'a Lanes,
    ) -> Option<Self> {
        let rows = sums.long.len() - 1;
        let sides = match (fast, slow) {
            (Average::Simple(fast), Average::Simple(slow)) => {
                let enough = fast > 0 && slow > 0 && first + 1 >= fast.max(slow) as usize;
                if !enough || !sums.fits_long(fast, slow) {
                    return None;
                }
                if sums.fits_short(fast, slow) {
                    Sides::Short(&sums.short, [fast, slow])
                } else {
                    Sides::Long(&sums.long, [fast, slow])
                }
            }
            (Average::Values(fast), Average::Values(slow)) => {
                if fast.len() != rows || slow.len() != rows {
                    return None;
                }
                Sides::Values(fast, slow)
            }
            _ => return None,
        };
        Some(Self {
            sides,
            lanes,
            targets,
            rows,
            start: first,
            filled: 0,
            at: 0,
            sign: UNKNOWN,
            block: Box::new([0; BLOCK]),
        })
    }

    /// Compares the next block; false where there is none before `before`.
    fn refill(&mut self, before: usize) -> bool {
        let from = self.start + self.filled;
        let to = self.rows.min(before).min(from + BLOCK);
        if from >= to {
            return false;
        }
        self.start = from;
        let out = &mut self.block[..to - from];
        match self.sides {
            Sides::Short(sums, windows) => {
                (self.lanes.short)(ago(sums, from, to, windows), windows.map(|n| n as i32), out);
            }
            Sides::Long(sums, windows) => {
                (self.lanes.long)(ago(sums, from, to, windows), windows.map(i64::from), out);
            }
            Sides::Values(fast, slow) => (self.lanes.values)(&fast[from..to], &slow[from..to], out),
        }
        (self.filled, self.at) = (to - from, 0);
        true
    }
}

/// Prefix sums after rows `from..to`, and each window earlier.
fn ago<T>(sums: &[T], from: usize, to: usize, windows: [u32; 2]) -> [&[T]; 3] {
    let back = |rows: u32| &sums[from + 1 - rows as usize..=to - rows as usize];
    [&sums[from + 1..=to], back(windows[0]), back(windows[1])]
}

/// The first place whose sign is another one, eight at a time.
#[inline]
fn change(signs: &[i8], sign: i8) -> Option<usize> {
    let same = u64::from_ne_bytes([sign as u8; 8]);
    let mut chunks = signs.chunks_exact(8);
    let mut at = 0;
    for chunk in &mut chunks {
        let eight: [u8; 8] = std::array::from_fn(|i| chunk[i] as u8);
        let other = u64::from_le_bytes(eight) ^ same;
        if other != 0 {
            return Some(at + other.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = chunks.remainder();
    rest.iter().position(|&one| one != sign).map(|i| at + i)
}

impl Decisions for Crossing<'_> {
    #[inline]
    fn next(&mut self, effective: f64, before: usize) -> Option<(usize, f64)> {
        loop {
            if let Some(step) = change(&self.block[self.at..self.filled], self.sign) {
                let place = self.at + step;
                self.sign = self.block[place];
                self.at = place + 1;
                let target = self.targets[(self.sign + 1) as usize];
                if (target - effective).abs() > MOVED {
                    return Some((self.start + place, target));
                }
            } else {
                self.at = self.filled;
                if !self.refill(before) {
                    return None;
                }
            }
        }
    }
}
