//! What is held of one instrument, and the arithmetic that a fill does to it.
//!
//! Always: `cash paid out = basis − realized` and, with it, equity − initial = Σ realized + Σ unrealized − Σ fees, to
//! the last unit. Costs are signed: above zero is paid, below zero is received, each rounded against us.

use sluice_types::{Fault, Instrument, Money, Price, Quantity, Rounding, UNITS};

/// A position of one instrument, with what it has earned and cost since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Units held, signed: long > 0.
    pub quantity: Quantity,
    /// Signed cost of the open quantity: paid > 0 for a long, received < 0 for a short.
    pub basis: Money,
    /// Profit of what was closed, before fees.
    pub realized: Money,
    /// Fees paid, of opening and closing fills.
    pub fees: Money,
}

impl Position {
    /// Average cost per unit, in units of price; 0 where flat. For eyes only.
    pub fn average_price(&self, instrument: &Instrument) -> f64 {
        if self.quantity == Quantity::ZERO {
            return 0.0;
        }
        let multiplier = instrument.spec().multiplier as f64 / UNITS as f64;
        self.basis.as_f64() / (instrument.quantity_f64(self.quantity) * multiplier)
    }

    /// What the open quantity would bring at `mark`, against what it cost.
    pub fn unrealized(&self, instrument: &Instrument, mark: Price) -> Result<Money, Fault> {
        worth(instrument, mark, self.quantity)?.minus(self.basis)
    }

    /// The position after a fill of `legs` that cost `fee`.
    pub(crate) fn filled(&self, legs: &Legs, fee: Money) -> Result<Self, Fault> {
        let released = share(self.basis, legs.closed, self.quantity);
        Ok(Self {
            quantity: self.quantity.plus(legs.closed)?.plus(legs.opened)?,
            basis: self.basis.minus(released)?.plus(legs.opening_cost)?,
            realized: self.realized.minus(legs.closing_cost)?.minus(released)?,
            fees: self.fees.plus(fee)?,
        })
    }
}

/// The money a position stands for at `mark`: below zero for a short, rounded against us.
#[inline]
pub(crate) fn worth(
    instrument: &Instrument,
    mark: Price,
    quantity: Quantity,
) -> Result<Money, Fault> {
    instrument.notional(mark, quantity, Rounding::Down)
}

/// A signed fill, cut into the part that closes what is held and the part that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Legs {
    /// Signed as the fill, at most the position's size.
    pub closed: Quantity,
    pub closing_cost: Money,
    /// Signed as the fill.
    pub opened: Quantity,
    pub opening_cost: Money,
}

impl Legs {
    /// Cuts a fill of `signed` (not zero) at `price` against a position of `held`.
    pub(crate) fn cut(
        instrument: &Instrument,
        held: Quantity,
        price: Price,
        signed: Quantity,
    ) -> Result<Self, Fault> {
        let cost = instrument.notional(price, signed, Rounding::Up)?;
        if held == Quantity::ZERO || held.0.signum() == signed.0.signum() {
            return Ok(Self {
                closed: Quantity::ZERO,
                closing_cost: Money::ZERO,
                opened: signed,
                opening_cost: cost,
            });
        }
        if signed.size() <= held.size() {
            return Ok(Self {
                closed: signed,
                closing_cost: cost,
                opened: Quantity::ZERO,
                opening_cost: Money::ZERO,
            });
        }
        let closed = Quantity::ZERO.minus(held)?;
        let closing_cost = instrument.notional(price, closed, Rounding::Up)?;
        Ok(Self {
            closed,
            closing_cost,
            opened: signed.minus(closed)?,
            opening_cost: cost.minus(closing_cost)?,
        })
    }

    /// The whole: what leaves the cash before fees.
    pub(crate) fn cost(&self) -> Result<Money, Fault> {
        self.closing_cost.plus(self.opening_cost)
    }
}

/// The share `|part| / |whole|` of `total`, towards minus infinity; the remainder stays with the rest.
///
/// Never leaves its range for |part| ≤ |whole|: the product is taken of the remainder only.
pub(crate) fn share(total: Money, part: Quantity, whole: Quantity) -> Money {
    if part == Quantity::ZERO {
        return Money::ZERO;
    }
    if part.size() == whole.size() {
        return total;
    }
    let (part, whole) = (i128::from(part.size().0), i128::from(whole.size().0));
    let (each, rest) = (total.0.div_euclid(whole), total.0.rem_euclid(whole));
    Money(each * part + rest * part / whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_leaves_the_remainder_with_the_rest() {
        assert_eq!(share(Money(100), Quantity(1), Quantity(3)), Money(33));
        assert_eq!(share(Money(-100), Quantity(1), Quantity(-3)), Money(-34));
        assert_eq!(share(Money(100), Quantity(-3), Quantity(3)), Money(100));
    }

    proptest! {
        #[test]
        fn a_share_is_the_floor_of_the_exact_quotient(total: i64, part in 0..i64::MAX, more in 0..i64::MAX) {
            let whole = part.saturating_add(more).max(1);
            let exact = (i128::from(total) * i128::from(part)).div_euclid(i128::from(whole));
            prop_assert_eq!(share(Money(total.into()), Quantity(part), Quantity(whole)), Money(exact));
        }

        #[test]
        fn a_share_of_any_money_is_in_range(total: i128, part in 0..i64::MAX, more in 0..i64::MAX) {
            let whole = part.saturating_add(more).max(1);
            let got = share(Money(total), Quantity(part), Quantity(whole));
            prop_assert!(got.0.unsigned_abs() <= total.unsigned_abs());
        }
    }
}
