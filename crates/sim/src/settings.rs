//! The rules of one simulated day at the venue: latency, participation, and what a touch means.

use sluice_types::{Fault, Instrument, Ns, OrderId};
use std::sync::Arc;

/// The rules of one simulated day.
#[derive(Debug, Clone, PartialEq)]
pub struct VenueSettings {
    /// From decision to arrival, ≥ 0. Shorter than a bar it changes nothing on bars: the next open is the first price
    /// anyway. On quotes and trades every nanosecond counts.
    pub latency_ns: Ns,
    /// Measured latencies, each ≥ 0, one of which is drawn for each order; where there are none, `latency_ns` is it.
    pub latency_samples: Arc<[Ns]>,
    /// Seed of the draws.
    pub seed: u64,
    /// Length of a bar, > 0.
    pub bar_ns: Ns,
    /// Whether a limit fills when the price touches it, without going through.
    pub touch_fills: bool,
    /// Research flag: market orders fill at the close they were decided on.
    pub fill_at_close: bool,
    /// The fraction of a bar's volume, of the size quoted to a side or of a print that our fills of an instrument may
    /// take in all; none is without limit.
    pub participation: Option<f64>,
    /// Ends of the sessions, ascending, at which day orders expire; past the last one, and where there is none, at UTC
    /// midnight.
    pub session_ends: Arc<[Ns]>,
}

impl VenueSettings {
    /// Bars of this length, no latency, no limit of volume.
    pub fn plain(bar_ns: Ns) -> Self {
        Self {
            latency_ns: 0,
            latency_samples: Arc::default(),
            seed: 0,
            bar_ns,
            touch_fills: false,
            fill_at_close: false,
            participation: None,
            session_ends: Arc::default(),
        }
    }

    /// Whether the numbers can be rules; names the one that cannot.
    ///
    /// # Errors
    /// [`Fault::BadData`].
    pub fn checked(self) -> Result<Self, Fault> {
        let bad = |what: &str| Err(Fault::BadData(what.to_owned()));
        if self.latency_ns < 0 || self.bar_ns <= 0 {
            return bad("latency_ns is not below zero and bar_ns is above zero");
        }
        if self.latency_samples.iter().any(|&sample| sample < 0) {
            return bad("a latency sample is below zero");
        }
        if self.session_ends.windows(2).any(|pair| pair[0] >= pair[1]) {
            return bad("session_ends do not ascend");
        }
        let share = |part: f64| part > 0.0 && part <= 1.0;
        if self.participation.is_some_and(|part| !share(part)) {
            return bad("participation is a fraction above 0 and at most 1");
        }
        Ok(self)
    }

    /// From the decision on an order to its arrival, and from asking for it back to that.
    ///
    /// With samples it is `samples[hash(seed, order) % n]`: the same in every run, whatever else is sent.
    pub(crate) fn latency(&self, order: OrderId) -> Ns {
        let samples = &self.latency_samples;
        match samples.len() as u64 {
            0 => self.latency_ns,
            count => samples[(mixed(self.seed ^ mixed(order.0)) % count) as usize],
        }
    }

    /// What our fills may take of `volume` units, in counts and whole lots; none is without limit.
    pub(crate) fn share_of(&self, instrument: &Instrument, volume: f64) -> Option<i64> {
        let counts = self.participation? * volume * instrument.quantity_counts();
        if !counts.is_finite() || counts < 0.0 {
            return None; // unknown: without limit, and counted
        }
        let lot = instrument.spec().lot;
        Some(counts.min(9e18) as i64 / lot * lot)
    }
}

/// The finalizer of `SplitMix64` (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output.
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(seed: u64) -> VenueSettings {
        VenueSettings {
            latency_samples: Arc::from([5, 100, 300]),
            seed,
            ..VenueSettings::plain(100)
        }
    }

    #[test]
    fn a_delay_is_drawn_by_seed_and_order_alone() {
        let drawn = |seed| -> Vec<Ns> {
            let settings = sampled(seed);
            (1..200).map(|id| settings.latency(OrderId(id))).collect()
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        // All three come up about as often.
        for delay in [5, 100, 300] {
            let times = drawn(3).iter().filter(|&&one| one == delay).count();
            assert!((40..100).contains(&times), "{delay}: {times} of 199");
        }
    }

    #[test]
    fn the_hash_is_splitmix64() {
        // First two numbers of the published generator from the state 0.
        assert_eq!(mixed(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mixed(0x9e37_79b9_7f4a_7c15), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn impossible_rules_are_refused() {
        let plain = || VenueSettings::plain(100);
        for broken in [
            VenueSettings {
                latency_ns: -1,
                ..plain()
            },
            VenueSettings {
                latency_samples: Arc::from([1, -1]),
                ..plain()
            },
            VenueSettings {
                participation: Some(0.0),
                ..plain()
            },
            VenueSettings {
                participation: Some(f64::NAN),
                ..plain()
            },
            VenueSettings::plain(0),
        ] {
            assert!(broken.checked().is_err());
        }
        assert!(plain().checked().is_ok());
    }
}
