//! Properties of exposure: what [`Working`] promises for any open orders.

use proptest::prelude::*;
use sluice_pretrade::{Binding, Working};
use sluice_types::{Instrument, InstrumentSpec, Money, Price, Quantity, Rate, Rounding, Side};

fn instrument() -> Instrument {
    Instrument::new(InstrumentSpec {
        name: "COIN.TEST".into(),
        currency: "USD".into(),
        price_scale: 6,
        quantity_scale: 5,
        tick: 1,
        lot: 1,
        multiplier: 1_000_000_000,
        min_notional: Money::ZERO,
        shortable: true,
    })
    .expect("valid")
}

prop_compose! {
    fn working()(
        position in -1_000_i64..1_000, market in -1_000_i64..1_000,
        buys in 0_i64..1_000, sells in 0_i64..1_000,
    ) -> Working {
        Working {
            position: Quantity(position),
            market: Quantity(market),
            resting_buys: Quantity(buys),
            resting_sells: Quantity(sells),
        }
    }
}

proptest! {
    /// Whatever part of the resting orders fills, no size is larger than the worst.
    #[test]
    fn no_outcome_is_worse_than_the_worst(
        working in working(), bought in 0.0..=1.0_f64, sold in 0.0..=1.0_f64,
    ) {
        let bought = (working.resting_buys.0 as f64 * bought) as i64;
        let sold = (working.resting_sells.0 as f64 * sold) as i64;
        let outcome = working.position.0 + working.market.0 + bought - sold;
        prop_assert!(outcome.abs() <= working.worst().unwrap().0);
    }

    #[test]
    fn what_is_bound_covers_the_worst_case_and_no_more_than_its_costs(
        working in working(), mark in 1_i64..1_000_000_000, rate in 0_i64..10_000_000,
    ) {
        let instrument = instrument();
        let bound = working.bound(&instrument, Price(mark), Rate(rate)).unwrap();
        let notional = instrument
            .notional(Price(mark), working.worst().unwrap(), Rounding::Up)
            .unwrap();
        let all_costs = notional.at_rate(Rate(rate), Rounding::Up).unwrap();
        prop_assert!(notional <= bound && bound <= notional.plus(all_costs).unwrap());
    }

    #[test]
    fn an_order_that_is_taken_back_leaves_no_trace(
        working in working(), size in 1_i64..1_000, buys: bool, rests: bool,
    ) {
        let side = if buys { Side::Buy } else { Side::Sell };
        let kind = if rests { Binding::MayFill } else { Binding::Done };
        let more = working.with_order(kind, side, Quantity(size)).unwrap();
        prop_assert_eq!(more.with_order(kind, side, Quantity(-size)), Ok(working));
    }

    #[test]
    fn any_numbers_give_a_worst_case_or_a_fault(
        position: i64, market: i64, buys in 0..=i64::MAX, sells in 0..=i64::MAX, mark: i64,
        rate: i64,
    ) {
        let working = Working {
            position: Quantity(position),
            market: Quantity(market),
            resting_buys: Quantity(buys),
            resting_sells: Quantity(sells),
        };
        if let Ok(worst) = working.worst() {
            prop_assert!(worst >= Quantity::ZERO);
        }
        let _bound_or_fault = working.bound(&instrument(), Price(mark), Rate(rate));
    }
}
