//! The indicators of an instrument as they stand after its last bar: written once when the bar closes, read by each call.

use crate::forwards::Field;
use crate::indicators::Kind;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};

const SLOTS: usize = 8;
const WINDOW_BITS: u32 = 56;

/// Values by what was asked. Only those of closes stand here, and only the first few: the others are looked up.
#[derive(Default)]
pub struct Quick {
    /// Whether a closed bar has anything to bring up to date.
    followed: AtomicBool,
    used: AtomicUsize,
    asked: [AtomicU64; SLOTS],
    values: [AtomicU64; SLOTS],
}

/// What is asked of closes as one number, never 0; None for a window that no run can fill.
#[inline]
pub fn of_closes(kind: Kind, n: usize) -> Option<u64> {
    let window = (n as u64) >> WINDOW_BITS == 0;
    window.then_some((kind as u64 + 1) << WINDOW_BITS | n as u64)
}

impl Quick {
    /// The value of what is asked, where it stands here.
    #[inline]
    pub fn get(&self, asked: u64) -> Option<f64> {
        let used = self.used.load(Relaxed).min(SLOTS);
        let slot = (self.asked[..used].iter()).position(|one| one.load(Relaxed) == asked)?;
        Some(f64::from_bits(self.values[slot].load(Relaxed)))
    }

    /// Whether a closed bar has anything to bring up to date.
    #[inline]
    pub fn followed(&self) -> bool {
        self.followed.load(Relaxed)
    }

    /// From now on a closed bar brings the indicators up to date; gives one of closes its slot while there are any.
    pub fn follow(&self, (kind, n, field): (Kind, usize, Field), value: f64) -> Option<usize> {
        self.followed.store(true, Relaxed);
        let slot = self.used.load(Relaxed);
        let asked = of_closes(kind, n).filter(|_| field == Field::CLOSE && slot < SLOTS)?;
        self.set(slot, value);
        self.asked[slot].store(asked, Relaxed);
        self.used.store(slot + 1, Relaxed);
        Some(slot)
    }

    #[inline]
    pub fn set(&self, slot: usize, value: f64) {
        self.values[slot].store(value.to_bits(), Relaxed);
    }

    /// What failed is looked up again, to tell why.
    pub fn forget(&self, slot: usize) {
        self.asked[slot].store(0, Relaxed);
    }
}
