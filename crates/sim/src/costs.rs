//! What a fill costs beyond the market's price: half-spread, volume slippage, square-root impact, fees.

use sluice_types::{
    Fault, Instrument, Liquidity, Money, Price, Quantity, Rate, Rounding, Side, UNITS,
};

/// The costs of one instrument at one venue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostRule {
    /// Fee on the notional of a resting order's fill; below zero is a rebate.
    pub maker: Rate,
    /// Fee on the notional of a fill that takes liquidity.
    pub taker: Rate,
    /// Half the quoted spread, as a fraction of the price, ≥ 0.
    pub half_spread: Rate,
    /// Coefficient of (size / volume of the last known bar)², ≥ 0.
    pub volume_slippage: f64,
    /// Y of the square-root law: Y · σ · √(size / ADV), ≥ 0.
    pub impact: f64,
}

/// What is known of an instrument's liquidity at the moment of a fill; NaN where it is not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// Volume of the last known bar, in units.
    pub volume: f64,
    /// Average daily volume, in units.
    pub adv: f64,
    /// Standard deviation of daily returns, as a fraction.
    pub sigma: f64,
}

impl Conditions {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        volume: f64::NAN,
        adv: f64::NAN,
        sigma: f64::NAN,
    };
}

/// A price after slippage, and whether a part of the slippage had to be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slipped {
    /// What is paid or received.
    pub price: Price,
    /// Volume or volatility was not known.
    pub unknown: bool,
}

const WHOLE: i64 = UNITS as i64;

impl CostRule {
    /// No costs at all: what a market without friction would give.
    pub const FREE: Self = Self {
        maker: Rate(0),
        taker: Rate(0),
        half_spread: Rate(0),
        volume_slippage: 0.0,
        impact: 0.0,
    };

    /// Whether the numbers can be costs; names the one that cannot.
    ///
    /// # Errors
    /// [`Fault::BadInstrument`] where a rate is outside of its range.
    pub fn checked(self) -> Result<Self, Fault> {
        let bad = |what: &str| Err(Fault::BadInstrument(what.to_owned()));
        if self.half_spread.0 < 0 || self.half_spread.0 >= WHOLE {
            return bad("half_spread is a fraction from 0 up to 1 (in counts of 1e-9)");
        }
        if self.maker.0.abs() >= WHOLE || self.taker.0.abs() >= WHOLE {
            return bad("maker and taker are fractions between -1 and 1 (in counts of 1e-9)");
        }
        let coefficient = |value: f64| value.is_finite() && value >= 0.0;
        if !coefficient(self.volume_slippage) || !coefficient(self.impact) {
            return bad("volume_slippage and impact are finite and not below zero");
        }
        Ok(self)
    }

    /// What the check sets aside for the costs of an order: taker fee and half-spread.
    pub fn reserve(&self) -> Rate {
        Rate(self.taker.0.max(0) + self.half_spread.0)
    }

    /// The fee of a fill, rounded against us.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn fee(
        &self,
        instrument: &Instrument,
        price: Price,
        size: Quantity,
        liquidity: Liquidity,
    ) -> Result<Money, Fault> {
        let rate = match liquidity {
            Liquidity::Maker => self.maker,
            Liquidity::Taker => self.taker,
        };
        let rounding = if rate.0 < 0 {
            Rounding::Down // a rebate on less is less
        } else {
            Rounding::Up
        };
        instrument
            .notional(price, size, rounding)?
            .at_rate(rate, Rounding::Up)
    }

    /// The reference price moved against us by all that taking `quantity` costs, to the next price count against us.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn taker_price(
        &self,
        instrument: &Instrument,
        side: Side,
        quantity: Quantity,
        reference: Price,
        conditions: &Conditions,
    ) -> Result<Slipped, Fault> {
        let (rate, unknown) = self.slippage(instrument.quantity_f64(quantity), conditions)?;
        if rate == 0 && reference.0 > 0 {
            return Ok(Slipped {
                price: reference,
                unknown,
            });
        }
        let price = i128::from(reference.0);
        let moved = match side {
            Side::Buy => -(-price * (UNITS + rate)).div_euclid(UNITS),
            // A sale never brings less than the smallest price there is.
            Side::Sell => (price * (UNITS - rate)).div_euclid(UNITS).max(1),
        };
        let price = i64::try_from(moved).map_err(|_| Fault::Overflow("price + slippage"))?;
        Ok(Slipped {
            price: Price(price),
            unknown,
        })
    }

    /// Half-spread + coefficient · (size/volume)² + Y · σ · √(size/ADV), in 1e-9 of the price, rounded up.
    ///
    /// The square root is the impact law of Almgren et al. (2005) and Tóth et al. (2011); what is not known adds
    /// nothing and is reported, so that the driver counts it.
    fn slippage(&self, size: f64, conditions: &Conditions) -> Result<(i128, bool), Fault> {
        let mut extra = 0.0;
        let mut unknown = false;
        if self.volume_slippage > 0.0 {
            let share = size / conditions.volume;
            if conditions.volume > 0.0 {
                extra += self.volume_slippage * share * share;
            } else {
                unknown = true;
            }
        }
        if self.impact > 0.0 {
            if conditions.adv > 0.0 && conditions.sigma >= 0.0 {
                extra += self.impact * conditions.sigma * (size / conditions.adv).sqrt();
            } else {
                unknown = true;
            }
        }
        // Up, but not for the noise of a float's last bits.
        let counts = (extra * WHOLE as f64 - 1e-6).ceil().max(0.0);
        if counts > 9e18 {
            return Err(Fault::Overflow("slippage"));
        }
        Ok((
            i128::from(self.half_spread.0) + i128::from(counts as i64),
            unknown,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_types::InstrumentSpec;

    fn coin() -> Instrument {
        Instrument::new(InstrumentSpec {
            name: "BTCUSDT.TEST".into(),
            currency: "USDT".into(),
            price_scale: 4,
            quantity_scale: 0,
            tick: 100,
            lot: 1,
            multiplier: 1_000_000_000,
            min_notional: Money(0),
            shortable: true,
        })
        .unwrap()
    }

    fn price(rule: CostRule, side: Side, units: i64, conditions: Conditions) -> Slipped {
        rule.taker_price(
            &coin(),
            side,
            Quantity(units),
            Price(1_000_000),
            &conditions,
        )
        .unwrap()
    }

    #[test]
    fn half_a_spread_moves_the_price_against_us() {
        let rule = CostRule {
            half_spread: Rate(500_000), // 5 bps
            ..CostRule::FREE
        };
        // 100.00 ± 5 bps
        assert_eq!(
            price(rule, Side::Buy, 1, Conditions::UNKNOWN).price,
            Price(1_000_500)
        );
        assert_eq!(
            price(rule, Side::Sell, 1, Conditions::UNKNOWN).price,
            Price(999_500)
        );
    }

    #[test]
    fn slippage_rounds_against_us_to_the_price_count() {
        let rule = CostRule {
            half_spread: Rate(1),
            ..CostRule::FREE
        };
        assert_eq!(
            price(rule, Side::Buy, 1, Conditions::UNKNOWN).price,
            Price(1_000_001)
        );
        assert_eq!(
            price(rule, Side::Sell, 1, Conditions::UNKNOWN).price,
            Price(999_999)
        );
    }

    #[test]
    fn volume_slippage_is_quadratic_in_the_share_of_the_bar() {
        let rule = CostRule {
            volume_slippage: 0.1,
            ..CostRule::FREE
        };
        let conditions = Conditions {
            volume: 1000.0,
            ..Conditions::UNKNOWN
        };
        // 0.1 × (100/1000)² = 0.001 of 100.00
        assert_eq!(
            price(rule, Side::Buy, 100, conditions).price,
            Price(1_001_000)
        );
    }

    #[test]
    fn impact_is_the_square_root_of_the_share_of_a_day() {
        let rule = CostRule {
            impact: 1.0,
            ..CostRule::FREE
        };
        let conditions = Conditions {
            adv: 10_000.0,
            sigma: 0.02,
            ..Conditions::UNKNOWN
        };
        // 1 × 0.02 × √(100/10000) = 0.002 of 100.00
        assert_eq!(
            price(rule, Side::Sell, 100, conditions).price,
            Price(998_000)
        );
    }

    #[test]
    fn unknown_volume_adds_nothing_and_is_reported() {
        let rule = CostRule {
            impact: 1.0,
            ..CostRule::FREE
        };
        let slipped = price(rule, Side::Buy, 100, Conditions::UNKNOWN);
        assert_eq!((slipped.price, slipped.unknown), (Price(1_000_000), true));
    }

    #[test]
    fn fees_and_rebates_round_against_us() {
        let rule = CostRule {
            maker: Rate(-1),
            taker: Rate(1),
            ..CostRule::FREE
        };
        let fee = |liquidity| rule.fee(&coin(), Price(1), Quantity(1), liquidity).unwrap();
        assert_eq!(fee(Liquidity::Taker), Money(1));
        assert_eq!(fee(Liquidity::Maker), Money(0));
    }

    #[test]
    fn impossible_costs_are_refused() {
        for broken in [
            CostRule {
                half_spread: Rate(-1),
                ..CostRule::FREE
            },
            CostRule {
                taker: Rate(WHOLE),
                ..CostRule::FREE
            },
            CostRule {
                impact: f64::NAN,
                ..CostRule::FREE
            },
        ] {
            assert!(broken.checked().is_err());
        }
    }
}
