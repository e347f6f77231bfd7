//! Native indicators on exact integers: each is registered at its first use, computed from history then, and moved on by
//! each closed bar at amortised constant cost after.
//!
//! Windows hold the last n known bars; NaN until there are n (an EMA starts at the first bar). `std` has ddof 1.

use crate::forwards::{Field, Past};
use crate::quick::Quick;
use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::{PyErr, PyResult};
use sluice_types::InstrumentId;
use std::collections::VecDeque;

/// Counts of 1e-6 for volumes, which are floats; prices have their own scale.
const VOLUME_SCALE: f64 = 1e6;
/// Adjusted prices are no whole counts: they are counted so much finer.
const FINER: f64 = 1_048_576.0;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sma,
    Ema,
    Std,
    Max,
    Min,
}

/// The value of a row as an integer; None for an unknown volume.
fn counted(past: Past<'_>, field: Field, row: usize) -> Option<i128> {
    let counts = |column: usize| past.bars.prices(column)[row];
    match (field, past.forwards) {
        (Field::Price(column), Some(forwards)) => {
            Some((counts(column) as f64 * forwards.price[row] * FINER).round() as i128)
        }
        (Field::Price(column) | Field::RawPrice(column), _) => Some(counts(column).into()),
        (Field::Volume | Field::RawVolume, _) => {
            let volume = past.value(field, row);
            (!volume.is_nan()).then(|| (volume * VOLUME_SCALE).round() as i128)
        }
    }
}

/// Counts of a field in one unit.
fn scale(past: Past<'_>, place: usize, field: Field) -> f64 {
    let price = 10_f64.powi(past.bars.instruments()[place].spec().price_scale.into());
    match field {
        Field::Price(_) if past.forwards.is_some() => price * FINER,
        Field::Price(_) | Field::RawPrice(_) => price,
        Field::Volume | Field::RawVolume => VOLUME_SCALE,
    }
}

struct Indicator {
    kind: Kind,
    n: usize,
    field: Field,
    scale: f64,
    /// Bars taken in.
    done: usize,
    /// Rows of the window whose value is not known.
    missing: usize,
    /// The first value: the sums of a deviation are of differences to it, which keeps squares small.
    base: Option<i128>,
    sum: i128,
    squares: i128,
    ema: f64,
    /// (bar, value), values falling (max) or rising (min).
    extremes: VecDeque<(usize, i128)>,
    value: f64,
    /// Where it stands for quick reading.
    slot: Option<usize>,
    /// Its sums have left their range: it has no value any more.
    failed: bool,
}

/// All indicators of a run, by instrument.
pub struct Indicators {
    by_place: Vec<Vec<Indicator>>,
}

impl Indicators {
    pub fn new(places: usize) -> Self {
        Self {
            by_place: (0..places).map(|_| Vec::new()).collect(),
        }
    }

    /// The indicator after the first `known` bars of the instrument; from its first use on it follows the closed bars.
    pub fn value(
        &mut self,
        past: Past<'_>,
        (place, known): (usize, usize),
        (kind, n, field): (Kind, usize, Field),
        quick: &Quick,
    ) -> PyResult<f64> {
        let list = &mut self.by_place[place];
        let same = |one: &&mut Indicator| (one.kind, one.n, one.field) == (kind, n, field);
        if let Some(one) = list.iter_mut().find(same) {
            return if one.failed {
                Err(too_large())
            } else {
                Ok(one.value)
            };
        }
        let mut one = Indicator::new(kind, n, field, scale(past, place, field))?;
        one.catch_up(past, past.bars.rows_of(InstrumentId(place as u32)), known)?;
        let value = one.value;
        one.slot = quick.follow((kind, n, field), value);
        list.push(one);
        Ok(value)
    }

    /// Moves all indicators of an instrument on to its first `known` bars.
    pub fn follow(&mut self, past: Past<'_>, (place, known): (usize, usize), quick: &Quick) {
        let rows = past.bars.rows_of(InstrumentId(place as u32));
        for one in self.by_place[place].iter_mut().filter(|one| !one.failed) {
            one.failed = one.catch_up(past, rows, known).is_err();
            match one.slot {
                Some(slot) if one.failed => quick.forget(slot),
                Some(slot) => quick.set(slot, one.value),
                None => {}
            }
        }
    }
}

#[cold]
fn too_large() -> PyErr {
    PyOverflowError::new_err("a number is out of range: ctx.std")
}

impl Indicator {
    fn new(kind: Kind, n: usize, field: Field, scale: f64) -> PyResult<Self> {
        if n == 0 || (n == 1 && kind == Kind::Std) {
            return Err(PyValueError::new_err(format!(
                "a window of {n} bars is too short"
            )));
        }
        Ok(Self {
            kind,
            n,
            field,
            scale,
            done: 0,
            missing: 0,
            base: None,
            sum: 0,
            squares: 0,
            ema: f64::NAN,
            extremes: VecDeque::new(),
            value: f64::NAN,
            slot: None,
            failed: false,
        })
    }

    fn catch_up(&mut self, past: Past<'_>, rows: &[u32], known: usize) -> PyResult<()> {
        while self.done < known {
            let bar = self.done;
            if bar >= self.n {
                match counted(past, self.field, rows[bar - self.n] as usize) {
                    Some(gone) => self.leave(gone)?,
                    None => self.missing -= 1,
                }
            }
            match counted(past, self.field, rows[bar] as usize) {
                Some(come) => self.enter(bar, come)?,
                None => self.missing += 1,
            }
            self.done += 1;
        }
        self.value = self.current();
        Ok(())
    }

    fn enter(&mut self, bar: usize, value: i128) -> PyResult<()> {
        match self.kind {
            Kind::Sma => {
                self.sum += value;
                Ok(())
            }
            Kind::Std => {
                let difference = value - *self.base.get_or_insert(value);
                self.add(difference, 1)
            }
            Kind::Ema => {
                // Recursive from the first value, α = 2 / (n + 1).
                let alpha = 2.0 / (self.n as f64 + 1.0);
                let value = float(value) / self.scale;
                self.ema = if self.ema.is_nan() {
                    value
                } else {
                    alpha * value + (1.0 - alpha) * self.ema
                };
                Ok(())
            }
            Kind::Max | Kind::Min => {
                let beaten = |old: i128| (self.kind == Kind::Max) == (value >= old) || value == old;
                while self.extremes.back().is_some_and(|&(_, old)| beaten(old)) {
                    self.extremes.pop_back();
                }
                self.extremes.push_back((bar, value));
                Ok(())
            }
        }
    }

    fn leave(&mut self, value: i128) -> PyResult<()> {
        match (self.kind, self.base) {
            (Kind::Sma, _) => {
                self.sum -= value;
                Ok(())
            }
            (Kind::Std, Some(base)) => self.add(value - base, -1),
            _ => Ok(()), // an extreme leaves by its age
        }
    }

    /// Takes a difference and its square in, or out again where `sign` is −1.
    fn add(&mut self, difference: i128, sign: i128) -> PyResult<()> {
        self.sum += sign * difference;
        let square = difference.checked_mul(difference);
        self.squares = square
            .and_then(|square| self.squares.checked_add(sign * square))
            .ok_or_else(too_large)?;
        Ok(())
    }

    fn current(&mut self) -> f64 {
        if self.kind == Kind::Ema {
            return self.ema;
        }
        if matches!(self.kind, Kind::Max | Kind::Min) {
            while (self.extremes.front()).is_some_and(|&(bar, _)| bar + self.n < self.done) {
                self.extremes.pop_front();
            }
        }
        if self.done < self.n || self.missing > 0 {
            return f64::NAN;
        }
        let n = self.n as f64;
        match self.kind {
            Kind::Sma => float(self.sum) / (n * self.scale),
            Kind::Std => {
                let spread =
                    self.n as f64 * self.squares as f64 - self.sum as f64 * self.sum as f64;
                let exact = (self.squares.checked_mul(self.n as i128))
                    .zip(self.sum.checked_mul(self.sum))
                    .map_or(spread, |(squares, sum)| (squares - sum) as f64);
                (exact / (n * (n - 1.0))).sqrt() / self.scale
            }
            Kind::Max | Kind::Min | Kind::Ema => {
                (self.extremes.front()).map_or(f64::NAN, |&(_, value)| float(value) / self.scale)
            }
        }
    }
}

/// The nearest float. Nearly every number fits 64 bits, which the processor converts itself.
#[inline]
fn float(value: i128) -> f64 {
    i64::try_from(value).map_or_else(|_| value as f64, |small| small as f64)
}
