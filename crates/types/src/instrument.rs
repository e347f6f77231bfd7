//! What is traded, with the numbers that every check and every ledger line needs.

use crate::scalar::divide;
use crate::{Fault, Money, Price, Quantity, Rounding, UNITS};

/// The place of an instrument in the run's list; instruments are sorted by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentId(pub u32);

impl InstrumentId {
    /// As an index into per-instrument tables.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a caller says of an instrument; [`Instrument::new`] checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstrumentSpec {
    /// `SYMBOL.VENUE`.
    pub name: String,
    /// Currency in which it is quoted and settled.
    pub currency: String,
    /// Decimals of a price count.
    pub price_scale: u8,
    /// Decimals of a quantity count.
    pub quantity_scale: u8,
    /// Smallest price step, in price counts, > 0.
    pub tick: i64,
    /// Smallest quantity step, in quantity counts, > 0.
    pub lot: i64,
    /// Money per 1.0 of price per unit, in 1e-9, > 0.
    pub multiplier: i64,
    /// Smallest notional an order may have, in 1e-9 of the currency, ≥ 0.
    pub min_notional: Money,
    /// Whether it may be sold short.
    pub shortable: bool,
}

/// A checked instrument: scales, steps, and the exact factor from price × quantity to money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    spec: InstrumentSpec,
    /// Money counts per (price count × quantity count), as a reduced fraction.
    factor: (i64, i128),
}

const SCALE_MAX: u8 = 12;

impl Instrument {
    /// Checks a description.
    ///
    /// # Errors
    /// [`Fault::BadInstrument`] names the field that is out of range.
    pub fn new(spec: InstrumentSpec) -> Result<Self, Fault> {
        let bad = |what: &str| Err(Fault::BadInstrument(format!("{}: {what}", spec.name)));
        if spec.name.is_empty() {
            return bad("an instrument needs a name");
        }
        if spec.price_scale > SCALE_MAX || spec.quantity_scale > SCALE_MAX {
            return bad("price_scale and quantity_scale are at most 12");
        }
        if spec.tick <= 0 || spec.lot <= 0 || spec.multiplier <= 0 {
            return bad("tick, lot and multiplier are above zero");
        }
        if spec.min_notional < Money::ZERO {
            return bad("min_notional is not below zero");
        }
        let numerator = i128::from(spec.multiplier);
        let denominator = 10_i128.pow(u32::from(spec.price_scale) + u32::from(spec.quantity_scale));
        let common = greatest_common_divisor(numerator, denominator);
        Ok(Self {
            // Not above the multiplier, which is an i64.
            factor: ((numerator / common) as i64, denominator / common),
            spec,
        })
    }

    /// `SYMBOL.VENUE`.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// The whole description.
    pub fn spec(&self) -> &InstrumentSpec {
        &self.spec
    }

    /// The money of `quantity` (signed) at `price`: price × quantity × multiplier, rounded as asked.
    ///
    /// Exact where `10^-(price_scale + quantity_scale)` × multiplier is a whole number of 1e-9.
    #[inline]
    pub fn notional(
        &self,
        price: Price,
        quantity: Quantity,
        rounding: Rounding,
    ) -> Result<Money, Fault> {
        let counts = i128::from(price.0) * i128::from(quantity.0); // two i64 always fit an i128
        let (numerator, denominator) = self.factor;
        let money = match i64::try_from(counts) {
            Ok(small) => i128::from(small) * i128::from(numerator), // one cheap multiplication
            Err(_) => counts
                .checked_mul(i128::from(numerator))
                .ok_or(Fault::Overflow("price × quantity × multiplier"))?,
        };
        Ok(Money(if denominator == 1 {
            money
        } else {
            divide(money, denominator, rounding)
        }))
    }

    /// Whether [`Instrument::notional`] is always exact, so that its rounding does not matter.
    #[inline]
    pub fn is_exact(&self) -> bool {
        self.factor.1 == 1
    }

    /// Money counts of one price count times one quantity count, where that is a whole number.
    pub fn money_per_count(&self) -> Option<i64> {
        self.is_exact().then_some(self.factor.0)
    }

    /// The price as the float nearest to its decimal.
    #[inline]
    pub fn price_f64(&self, price: Price) -> f64 {
        price.0 as f64 / POWERS[self.spec.price_scale as usize]
    }

    /// The quantity as the float nearest to its decimal.
    pub fn quantity_f64(&self, quantity: Quantity) -> f64 {
        quantity.0 as f64 / POWERS[self.spec.quantity_scale as usize]
    }

    /// The average price of fills: Σ price × quantity counts over Σ quantity counts. For eyes only.
    pub fn average_f64(&self, price_quantity: i128, quantity: i128) -> f64 {
        price_quantity as f64 / quantity as f64 / POWERS[self.spec.price_scale as usize]
    }

    /// Quantity counts in one unit.
    pub fn quantity_counts(&self) -> f64 {
        POWERS[self.spec.quantity_scale as usize]
    }

    /// A float price to counts, to the nearest count.
    pub fn price_from_f64(&self, value: f64) -> Result<Price, Fault> {
        to_counts(value * POWERS[self.spec.price_scale as usize], "price").map(Price)
    }

    /// A float quantity to whole lots, towards zero.
    ///
    /// A value within 1e-9 of a lot boundary counts as on it, so that 0.3 is three lots of 0.1.
    pub fn quantity_from_f64(&self, value: f64) -> Result<Quantity, Fault> {
        let lots = value * POWERS[self.spec.quantity_scale as usize] / self.spec.lot as f64;
        let nearest = lots.round();
        let whole = if (lots - nearest).abs() <= 1e-9 * nearest.abs().max(1.0) {
            nearest
        } else {
            lots.trunc()
        };
        let lots = to_counts(whole, "quantity")?;
        lots.checked_mul(self.spec.lot)
            .map(Quantity)
            .ok_or(Fault::Overflow("quantity"))
    }

    /// Whether a price stands on the tick grid.
    pub fn on_tick(&self, price: Price) -> bool {
        price.0 % self.spec.tick == 0
    }

    /// Whether a quantity is a whole number of lots.
    pub fn on_lot(&self, quantity: Quantity) -> bool {
        quantity.0 % self.spec.lot == 0
    }

    /// The smallest order notional.
    pub fn min_notional(&self) -> Money {
        self.spec.min_notional
    }

    /// Whether it may be sold short.
    pub fn shortable(&self) -> bool {
        self.spec.shortable
    }

    /// Money of one whole currency unit, for readers of reports.
    pub const UNIT: Money = Money(UNITS);
}

const POWERS: [f64; 13] = [
    1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
];

fn to_counts(value: f64, what: &'static str) -> Result<i64, Fault> {
    const LIMIT: f64 = (1_u64 << 63) as f64; // exact; NaN fails the comparison
    if value.abs() < LIMIT {
        Ok(value.round() as i64)
    } else {
        Err(Fault::Overflow(what))
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coin() -> InstrumentSpec {
        InstrumentSpec {
            name: "BTCUSDT.TEST".into(),
            currency: "USDT".into(),
            price_scale: 4,
            quantity_scale: 5,
            tick: 100,
            lot: 1,
            multiplier: 1_000_000_000,
            min_notional: Money(5 * UNITS),
            shortable: false,
        }
    }

    #[test]
    fn notional_is_price_times_quantity_times_multiplier() {
        let coin = Instrument::new(coin()).unwrap();
        // 0.5 coins at 20,000.01
        let money = coin
            .notional(Price(200_000_100), Quantity(50_000), Rounding::Down)
            .unwrap();
        assert_eq!(money, Money(10_000_005_000_000));
    }

    #[test]
    fn scales_finer_than_money_round_the_way_asked() {
        let fine = Instrument::new(InstrumentSpec {
            price_scale: 8,
            quantity_scale: 8,
            ..coin()
        })
        .unwrap();
        assert_eq!(
            fine.notional(Price(1), Quantity(1), Rounding::Up),
            Ok(Money(1))
        );
        assert_eq!(
            fine.notional(Price(1), Quantity(1), Rounding::Down),
            Ok(Money(0))
        );
        assert_eq!(
            fine.notional(Price(1), Quantity(-1), Rounding::Down),
            Ok(Money(-1))
        );
    }

    #[test]
    fn notional_is_the_same_by_the_short_and_the_long_way_or_an_overflow() {
        let big = Instrument::new(InstrumentSpec {
            price_scale: 0,
            quantity_scale: 0,
            ..coin()
        })
        .unwrap();
        let of = |price, quantity| big.notional(Price(price), Quantity(quantity), Rounding::Down);
        let edge = 1_i64 << 32; // 2^64 counts: beyond one word
        assert_eq!(of(edge, edge), Ok(Money((1_i128 << 64) * UNITS)));
        assert_eq!(of(edge, -1), Ok(Money(-(1_i128 << 32) * UNITS)));
        assert!(matches!(of(i64::MAX, i64::MAX), Err(Fault::Overflow(_))));
        assert!(matches!(of(i64::MIN, i64::MAX), Err(Fault::Overflow(_))));
        assert!(big.is_exact());
    }

    #[test]
    fn averages_are_weighted_by_quantity() {
        let coin = Instrument::new(coin()).unwrap();
        // one count at 1.0000 and three at 2.0000
        assert_eq!(coin.average_f64(10_000 + 3 * 20_000, 4), 1.75);
        assert_eq!(coin.quantity_counts(), 1e5);
    }

    #[test]
    fn quantities_go_towards_zero_to_whole_lots() {
        let coin = Instrument::new(InstrumentSpec {
            quantity_scale: 1,
            ..coin()
        })
        .unwrap();
        assert_eq!(coin.quantity_from_f64(0.3), Ok(Quantity(3)));
        assert_eq!(coin.quantity_from_f64(0.39), Ok(Quantity(3)));
        assert_eq!(coin.quantity_from_f64(-0.39), Ok(Quantity(-3)));
        assert!(coin.quantity_from_f64(f64::NAN).is_err());
        assert!(coin.quantity_from_f64(1e300).is_err());
    }

    #[test]
    fn impossible_descriptions_are_refused() {
        for broken in [
            InstrumentSpec { tick: 0, ..coin() },
            InstrumentSpec { lot: -1, ..coin() },
            InstrumentSpec {
                multiplier: 0,
                ..coin()
            },
            InstrumentSpec {
                price_scale: 13,
                ..coin()
            },
            InstrumentSpec {
                min_notional: Money(-1),
                ..coin()
            },
            InstrumentSpec {
                name: String::new(),
                ..coin()
            },
        ] {
            assert!(matches!(
                Instrument::new(broken),
                Err(Fault::BadInstrument(_))
            ));
        }
    }
}
