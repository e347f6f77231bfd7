//! Fixed-point numbers: [`Price`], [`Quantity`], [`Money`], [`Rate`].
//!
//! | expression | gives |
//! |---|---|
//! | `Money + Money`, `Money - Money` | `Result<Money, Fault>` by `plus`, `minus` |
//! | `Price × Quantity` | `Money`, only through [`crate::Instrument::notional`], which knows the scales |
//! | `Money × Rate` | `Money`, rounded as asked, by [`Money::at_rate`] |
//! | anything else | does not exist |
//!
//! Price and Quantity are `i64` counts of 10^-scale, the scale being the instrument's; Money is `i128` counts
//! of 1e-9 of the currency.

use crate::Fault;

/// Counts of money (and of rates) in one whole: 1e9.
pub const UNITS: i128 = 1_000_000_000;

/// A price in counts of 10^-scale of its instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Price(pub i64);

/// A quantity in counts of 10^-scale of its instrument; signed where it is a position (long > 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(pub i64);

/// Money in counts of 1e-9 of the base currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub i128);

/// A fraction in counts of 1e-9: a fee rate of 0.001 is `Rate(1_000_000)`; a rebate is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(pub i64);

/// Which way a division that leaves a rest goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Towards minus infinity: what we receive.
    Down,
    /// Towards plus infinity: what we pay.
    Up,
}

/// `numerator / denominator` (denominator > 0) rounded the way asked.
#[inline]
pub(crate) fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> i128 {
    debug_assert!(denominator > 0);
    // Almost every number fits 64 bits, where a division is several times cheaper.
    let (floor, exact) = match (i64::try_from(numerator), i64::try_from(denominator)) {
        (Ok(n), Ok(d)) => (i128::from(n.div_euclid(d)), n.rem_euclid(d) == 0),
        _ => (
            numerator.div_euclid(denominator),
            numerator.rem_euclid(denominator) == 0,
        ),
    };
    // A rest means a denominator of 2 or more, so that the next whole number is in range.
    floor + i128::from(rounding == Rounding::Up && !exact)
}

impl Quantity {
    /// No quantity.
    pub const ZERO: Self = Self(0);

    /// The sum, or an overflow; `i64::MIN` counts as one, so that every sum has a size.
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self, Fault> {
        match self.0.checked_add(other.0) {
            Some(sum) if sum != i64::MIN => Ok(Self(sum)),
            _ => Err(Fault::Overflow("quantity + quantity")),
        }
    }

    /// The difference, or an overflow, as in [`Quantity::plus`].
    #[inline]
    pub fn minus(self, other: Self) -> Result<Self, Fault> {
        match self.0.checked_sub(other.0) {
            Some(rest) if rest != i64::MIN => Ok(Self(rest)),
            _ => Err(Fault::Overflow("quantity - quantity")),
        }
    }

    /// The size without its sign.
    #[inline]
    #[must_use]
    pub fn size(self) -> Self {
        Self(self.0.saturating_abs())
    }
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The sum, or an overflow.
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self, Fault> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(Fault::Overflow("money + money"))
    }

    /// The difference, or an overflow.
    #[inline]
    pub fn minus(self, other: Self) -> Result<Self, Fault> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or(Fault::Overflow("money - money"))
    }

    /// The amount without its sign, or an overflow.
    #[inline]
    pub fn size(self) -> Result<Self, Fault> {
        self.0
            .checked_abs()
            .map(Self)
            .ok_or(Fault::Overflow("the size of money"))
    }

    /// The fraction `rate` of this money, rounded as asked.
    #[inline]
    pub fn at_rate(self, rate: Rate, rounding: Rounding) -> Result<Self, Fault> {
        // Money of 64 bits splits into whole units and a rest below one, so that no long division is needed.
        const SHORT: i64 = UNITS as i64;
        if let Ok(counts) = i64::try_from(self.0)
            && rate.0.unsigned_abs() <= 9 * UNITS as u64
        {
            let (whole, rest) = (counts.div_euclid(SHORT), counts.rem_euclid(SHORT));
            let product = rest * rate.0;
            let part = match rounding {
                Rounding::Down => product.div_euclid(SHORT),
                Rounding::Up => -(-product).div_euclid(SHORT),
            };
            return Ok(Self(
                i128::from(whole) * i128::from(rate.0) + i128::from(part),
            ));
        }
        let product = self
            .0
            .checked_mul(i128::from(rate.0))
            .ok_or(Fault::Overflow("money × rate"))?;
        Ok(Self(divide(product, UNITS, rounding)))
    }

    /// For eyes and statistics only: the nearest float, in whole units of the currency.
    pub fn as_f64(self) -> f64 {
        // Split, so that the whole part is exact up to 2^53 units; 64 bits where they suffice, for speed.
        if let Ok(counts) = i64::try_from(self.0) {
            let (whole, rest) = (
                counts.div_euclid(UNITS as i64),
                counts.rem_euclid(UNITS as i64),
            );
            return whole as f64 + rest as f64 / UNITS as f64;
        }
        let whole = self.0.div_euclid(UNITS);
        let rest = self.0.rem_euclid(UNITS);
        whole as f64 + rest as f64 / UNITS as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fees_round_against_us() {
        assert_eq!(Money(1).at_rate(Rate(1), Rounding::Up), Ok(Money(1)));
        assert_eq!(Money(1).at_rate(Rate(-1), Rounding::Up), Ok(Money(0)));
        assert_eq!(Money(-1).at_rate(Rate(1), Rounding::Down), Ok(Money(-1)));
    }

    #[test]
    fn quantities_have_a_size_or_are_an_error() {
        assert_eq!(Quantity(-3).size(), Quantity(3));
        assert!(Quantity(i64::MIN + 1).plus(Quantity(-1)).is_err());
        assert!(Quantity(i64::MAX).plus(Quantity(1)).is_err());
    }

    #[test]
    fn money_that_leaves_its_range_is_an_error() {
        assert!(Money(i128::MAX).plus(Money(1)).is_err());
        assert!(Money(i128::MIN).minus(Money(1)).is_err());
        assert!(Money(i128::MAX).at_rate(Rate(2), Rounding::Up).is_err());
    }

    proptest! {
        #[test]
        fn division_is_the_floor_or_the_ceiling(n in -1_000_000_i128..1_000_000, d in 1_i128..1_000) {
            let (low, high) = (divide(n, d, Rounding::Down), divide(n, d, Rounding::Up));
            prop_assert!(low * d <= n && n <= high * d);
            prop_assert!(high - low == i128::from(n % d != 0));
        }

        #[test]
        fn a_rate_of_money_is_the_same_by_the_short_and_the_long_way(
            money in prop_oneof![any::<i64>().prop_map(i128::from), -(1_i128 << 90)..1 << 90],
            rate in prop_oneof![any::<i64>(), -10_000_000_000_i64..10_000_000_000],
            rounding in prop_oneof![Just(Rounding::Down), Just(Rounding::Up)],
        ) {
            let long = money.checked_mul(i128::from(rate)).map(|n| Money(divide(n, UNITS, rounding)));
            prop_assert_eq!(Money(money).at_rate(Rate(rate), rounding).ok(), long);
        }

        #[test]
        fn division_never_leaves_its_range(n in any::<i128>(), d in 1..=i128::MAX) {
            let (low, high) = (divide(n, d, Rounding::Down), divide(n, d, Rounding::Up));
            prop_assert!(low <= n / d && n / d <= high && high - low == i128::from(n % d != 0));
        }
    }
}
