//! Means of prices by exact integer sums: equal averages are equal, wherever the data start.

/// Counts are below this, so that sums of up to [`WINDOW_MAX`] of them are exact as floats too.
const COUNTS_MAX: f64 = (1_u64 << 40) as f64;
/// The longest window.
pub const WINDOW_MAX: u32 = 1 << 13;
/// What counting may change of a price, as a fraction of it.
const FINEST: f64 = 1e-10;

/// One column of means for each window; NaN before a window is full.
///
/// `places`: whose price each row is, below `instruments`. Each instrument's prices are counted in the finest power of
/// ten that its highest price allows. A price that is whole in any such step gives the float nearest to the exact mean.
/// None where an instrument's prices cannot be counted to 1e-10 of themselves (holes, zero, too wide a range), or a window
/// is 0 or above [`WINDOW_MAX`].
pub fn exact_means(
    prices: &[f64],
    places: &[u32],
    instruments: usize,
    windows: &[u32],
) -> Option<Vec<Vec<f64>>> {
    let fits = |&n: &u32| (1..=WINDOW_MAX).contains(&n);
    if prices.len() != places.len() || !windows.iter().all(fits) {
        return None;
    }
    let scales = scales(prices, places, instruments)?;
    let counts = counted(prices, places, &scales)?;
    if instruments > 1 {
        return Some(interleaved(&counts, places, &scales, windows));
    }
    let mut total = 0_i64;
    let sums: Vec<i64> = std::iter::once(0)
        .chain(counts.iter().map(|count| {
            total += count;
            total
        }))
        .collect();
    let mean = |&n: &u32| {
        let (n, divisor) = (n as usize, f64::from(n) * scales[0]);
        let mut column = vec![f64::NAN; prices.len().min(n - 1)];
        let pairs = sums.iter().zip(sums.iter().skip(n));
        column.extend(pairs.map(|(&before, &now)| (now - before) as f64 / divisor));
        column
    };
    Some(windows.iter().map(mean).collect())
}

/// The same where the rows of several instruments alternate.
fn interleaved(counts: &[i64], places: &[u32], scales: &[f64], windows: &[u32]) -> Vec<Vec<f64>> {
    // By instrument: Σ of its first i prices.
    let mut sums = vec![vec![0_i64]; scales.len()];
    let mut means = vec![vec![f64::NAN; counts.len()]; windows.len()];
    for (row, (&count, &place)) in counts.iter().zip(places).enumerate() {
        let place = place as usize;
        let sums = &mut sums[place];
        let known = sums.len();
        let total = sums[known - 1] + count;
        sums.push(total);
        for (column, &n) in means.iter_mut().zip(windows) {
            if known >= n as usize {
                let sum = total - sums[known - n as usize];
                column[row] = sum as f64 / (f64::from(n) * scales[place]);
            }
        }
    }
    means
}

/// Prices in counts; None where one is not whole to [`FINEST`].
fn counted(prices: &[f64], places: &[u32], scales: &[f64]) -> Option<Vec<i64>> {
    // Below 2^51 an addition does the rounding, without a call into libm.
    const ROUNDER: f64 = 6_755_399_441_055_744.0; // 1.5 · 2^52
    const ROWS_MAX: usize = 1 << 23; // fewer rows of less than 2^40 counts stay below 2^63
    if prices.len() > ROWS_MAX {
        return None;
    }
    let mut whole = true;
    let counts = prices
        .iter()
        .zip(places)
        .map(|(&price, &place)| {
            let exact = price * scales[place as usize];
            let count = (exact + ROUNDER) - ROUNDER;
            whole &= (exact - count).abs() <= FINEST * exact;
            count as i64
        })
        .collect();
    whole.then_some(counts)
}

/// Counts in one unit of price, by instrument.
fn scales(prices: &[f64], places: &[u32], instruments: usize) -> Option<Vec<f64>> {
    let mut highest = vec![1.0_f64; instruments];
    for (&price, &place) in prices.iter().zip(places) {
        let highest = highest.get_mut(place as usize)?;
        // NaN fails it too.
        if !(price > 0.0 && price < COUNTS_MAX) {
            return None;
        }
        *highest = highest.max(price);
    }
    let scale = |high: f64| 10_f64.powi((COUNTS_MAX / high).log10().floor() as i32);
    Some(highest.into_iter().map(scale).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_averages_are_equal() {
        let prices = [0.1, 0.2, 0.3, 0.2, 0.1, 0.3];
        let means = exact_means(&prices, &[0; 6], 1, &[3, 6]).unwrap();
        assert_eq!(means[0][5], means[1][5]);
        assert!(means[0][1].is_nan() && means[1][4].is_nan());
        assert_eq!(means[0][2], 0.2);
    }

    #[test]
    fn what_cannot_be_counted_is_left_to_others() {
        for prices in [
            [1.0, f64::NAN],
            [1.0, 0.0],
            [1.0, -1.0],
            [1e-9 / 3.0, 1e6],
            [1e13, 1.0],
        ] {
            assert!(exact_means(&prices, &[0; 2], 1, &[1]).is_none());
        }
        assert!(exact_means(&[1.0], &[0], 1, &[0]).is_none());
        assert!(exact_means(&[1.0], &[0], 1, &[WINDOW_MAX + 1]).is_none());
        assert!(exact_means(&[1.0], &[1], 1, &[1]).is_none());
    }

    proptest! {
        #[test]
        fn a_mean_is_the_float_nearest_to_the_exact_one(
            ticks in prop::collection::vec((1_i64..1_000_000, 0_u32..3), 1..60),
            n in 1_u32..20, decimals in 0_i32..6,
        ) {
            let prices: Vec<f64> = ticks.iter().map(|(t, _)| *t as f64 / 10_f64.powi(decimals)).collect();
            let places: Vec<u32> = ticks.iter().map(|(_, place)| *place).collect();
            let means = exact_means(&prices, &places, 3, &[n]).unwrap();
            for (row, (_, place)) in ticks.iter().enumerate() {
                let own: Vec<i64> = ticks[..=row].iter().filter(|(_, p)| p == place).map(|(t, _)| *t).collect();
                let want = if own.len() < n as usize { f64::NAN } else {
                    let sum: i64 = own[own.len() - n as usize..].iter().sum();
                    sum as f64 / (f64::from(n) * 10_f64.powi(decimals))
                };
                prop_assert_eq!(means[0][row].to_bits(), want.to_bits());
            }
        }
    }
}
