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
pub(crate) fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> i128 {
    debug_assert!(denominator > 0);
    match rounding {
        Rounding::Down => numerator.div_euclid(denominator),
        Rounding::Up => -(-numerator).div_euclid(denominator),
    }
}

impl Quantity {
    /// No quantity.
    pub const ZERO: Self = Self(0);

    /// The sum, or an overflow.
    pub fn plus(self, other: Self) -> Result<Self, Fault> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(Fault::Overflow("quantity + quantity"))
    }

    /// The size without its sign.
    pub fn size(self) -> Self {
        Self(self.0.abs())
    }
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The sum, or an overflow.
    pub fn plus(self, other: Self) -> Result<Self, Fault> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(Fault::Overflow("money + money"))
    }

    /// The difference, or an overflow.
    pub fn minus(self, other: Self) -> Result<Self, Fault> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or(Fault::Overflow("money - money"))
    }

    /// The fraction `rate` of this money, rounded as asked.
    pub fn at_rate(self, rate: Rate, rounding: Rounding) -> Result<Self, Fault> {
        let product = self
            .0
            .checked_mul(i128::from(rate.0))
            .ok_or(Fault::Overflow("money × rate"))?;
        Ok(Self(divide(product, UNITS, rounding)))
    }

    /// For eyes and statistics only: the nearest float, in whole units of the currency.
    pub fn as_f64(self) -> f64 {
        // Split, so that the whole part is exact up to 2^53 units.
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
    }
}
