//! The loops of the vector kernel for the registers of this processor, chosen once at run time.

use sluice_backtest::vector::{Lanes, PORTABLE, cross_long, cross_short, cross_values, extremes};

/// The widest set that this processor has; every set gives the same answers.
pub fn lanes() -> &'static Lanes {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        return &x86::AVX2;
    }
    &PORTABLE
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Lanes, cross_long, cross_short, cross_values, extremes};

    #[target_feature(enable = "avx2")]
    fn short(sums: [&[i32]; 3], windows: [i32; 2], out: &mut [i8]) {
        cross_short(sums, windows, out);
    }

    #[target_feature(enable = "avx2")]
    fn long(sums: [&[i64]; 3], windows: [i64; 2], out: &mut [i8]) {
        cross_long(sums, windows, out);
    }

    #[target_feature(enable = "avx2")]
    fn values(fast: &[f64], slow: &[f64], out: &mut [i8]) {
        cross_values(fast, slow, out);
    }

    #[target_feature(enable = "avx2")]
    fn ends(values: &[i64]) -> (i64, i64) {
        extremes(values)
    }

    // SAFETY (each): `lanes` hands this set out only where the processor has AVX2, the one thing that the functions need.
    #[allow(unsafe_code)]
    pub static AVX2: Lanes = Lanes {
        short: |sums, windows, out| unsafe { short(sums, windows, out) },
        long: |sums, windows, out| unsafe { long(sums, windows, out) },
        values: |fast, slow, out| unsafe { values(fast, slow, out) },
        extremes: |values| unsafe { ends(values) },
    };
}
