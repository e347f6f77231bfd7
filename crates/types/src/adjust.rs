//! What befalls a position without an order of ours, and the line it leaves in the ledger.

use crate::{Fault, InstrumentId, Money, Ns, Quantity, Rate, Rounding, scalar::divide};

/// Something that happened to an instrument and moves the money or the quantity of whoever holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adjustment {
    /// When.
    pub ts: Ns,
    /// To what.
    pub instrument: InstrumentId,
    /// What.
    pub kind: AdjustmentKind,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdjustmentKind {
    /// Longs pay `rate` of the position's value at the mark, shorts receive it; the other way where it is below zero.
    Funding {
        /// Fraction of the value.
        rate: Rate,
        /// The schedule's rate, nothing having been recorded: whoever would receive it gets nothing.
        assumed: bool,
    },
    /// Shorts pay `annual` × `days` / 365 of the position's value at the mark.
    Borrow {
        /// Fraction of the value a year, ≥ 0.
        annual: Rate,
        /// Calendar days it is charged for.
        days: u32,
    },
    /// Longs receive, shorts pay this for each unit.
    Dividend {
        /// Money per unit, ≥ 0.
        per_unit: Money,
    },
    /// Each `denominator` units become `numerator` ones at a price that much lower.
    Split {
        /// Units after, > 0.
        numerator: i64,
        /// Units before, > 0.
        denominator: i64,
    },
}

/// The kind of a line of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LineKind {
    /// Recorded funding.
    Funding,
    /// Funding at the schedule's rate.
    AssumedFunding,
    /// Borrowing what was sold short.
    Borrow,
    /// A dividend.
    Dividend,
    /// A split, with the cash paid in lieu of a fraction of a lot.
    Split,
    /// What foreign money gained or lost in the base currency after its trips were told.
    Revaluation,
}

impl LineKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Funding,
        Self::AssumedFunding,
        Self::Borrow,
        Self::Dividend,
        Self::Split,
        Self::Revaluation,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Funding => "funding",
            Self::AssumedFunding => "assumed_funding",
            Self::Borrow => "borrow",
            Self::Dividend => "dividend",
            Self::Split => "split",
            Self::Revaluation => "revaluation",
        }
    }
}

/// A change of cash (and, for a split, of quantity) that is no fill and no fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerLine {
    /// When.
    pub ts: Ns,
    /// On what; for a revaluation, the instrument that gives the rate.
    pub instrument: InstrumentId,
    /// Why.
    pub kind: LineKind,
    /// Units held when it was written, signed; for a split, those held after it.
    pub quantity: Quantity,
    /// Funding and borrow: the rate; dividend: money per unit; split: new units per old one; revaluation: the rate
    /// of exchange. In 1e-9, for eyes only.
    pub rate: Rate,
    /// Received > 0, paid < 0, in the instrument's currency; of a revaluation, in the base currency.
    pub amount: Money,
}

/// `quantity` after a split, in whole lots towards zero, and what is left over in counts of
/// 1/`denominator` (signed as the quantity).
///
/// # Errors
/// [`Fault::Overflow`], and [`Fault::BadData`] for a ratio that is not above zero.
pub fn split_quantity(
    quantity: Quantity,
    lot: i64,
    (numerator, denominator): (i64, i64),
) -> Result<(Quantity, Quantity), Fault> {
    const OUT: Fault = Fault::Overflow("quantity × split");
    if numerator <= 0 || denominator <= 0 {
        return Err(Fault::BadData(format!(
            "a split of {numerator} for {denominator}: both are above zero"
        )));
    }
    let whole = i128::from(quantity.0) * i128::from(numerator);
    let step = i128::from(denominator) * i128::from(lot);
    let kept = whole / step * i128::from(lot);
    let rest = whole % step;
    match (i64::try_from(kept), i64::try_from(rest)) {
        (Ok(kept), Ok(rest)) if kept != i64::MIN && rest != i64::MIN => {
            Ok((Quantity(kept), Quantity(rest)))
        }
        _ => Err(OUT),
    }
}

/// What one unit of a currency is worth in the base currency, as an exact fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    numerator: i64,
    denominator: i64,
}

impl Conversion {
    /// Of the base currency itself.
    pub const ONE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// `numerator` / `denominator`, both > 0.
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        (numerator > 0 && denominator > 0).then_some(Self {
            numerator,
            denominator,
        })
    }

    /// `money` of the currency in the base currency, rounded as asked.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn of(self, money: Money, rounding: Rounding) -> Result<Money, Fault> {
        if self == Self::ONE {
            return Ok(money);
        }
        let product = money.0.checked_mul(i128::from(self.numerator));
        let product = product.ok_or(Fault::Overflow("money × rate of exchange"))?;
        let denominator = i128::from(self.denominator);
        Ok(Money(divide(product, denominator, rounding)))
    }

    /// For eyes and sizing.
    pub fn as_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_keeps_whole_lots_and_tells_the_rest() {
        let split = |quantity, lot, ratio| {
            split_quantity(Quantity(quantity), lot, ratio).map(|s| (s.0.0, s.1.0))
        };
        assert_eq!(split(100, 1, (7, 1)), Ok((700, 0)));
        assert_eq!(split(101, 1, (3, 2)), Ok((151, 1)));
        assert_eq!(split(-101, 1, (3, 2)), Ok((-151, -1)));
        assert_eq!(split(25, 10, (1, 2)), Ok((10, 5)));
        assert!(split(1, 1, (0, 1)).is_err());
        assert!(split(i64::MAX, 1, (2, 1)).is_err());
    }

    #[test]
    fn conversions_are_exact_fractions_rounded_as_asked() {
        let third = Conversion::new(1, 3).unwrap();
        assert_eq!(third.of(Money(10), Rounding::Down), Ok(Money(3)));
        assert_eq!(third.of(Money(10), Rounding::Up), Ok(Money(4)));
        assert_eq!(third.of(Money(-10), Rounding::Down), Ok(Money(-4)));
        assert_eq!(
            Conversion::ONE.of(Money(i128::MAX), Rounding::Up),
            Ok(Money(i128::MAX))
        );
        assert!(Conversion::new(0, 1).is_none());
        assert!(third.of(Money(i128::MAX), Rounding::Up).is_ok());
        assert!(
            Conversion::new(2, 1)
                .unwrap()
                .of(Money(i128::MAX), Rounding::Up)
                .is_err()
        );
    }
}
