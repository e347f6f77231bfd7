//! No fill at a price that the market did not offer, over random bars.

mod support;

use proptest::prelude::*;
use sluice_sim::{CostRule, VenueSettings};
use sluice_types::{Ns, OrderKind, Price, Rate, Side, TimeInForce};
use support::{BAR_NS, Desk, plain};

use OrderKind::{Limit, Market, Stop};
use Side::{Buy, Sell};
use TimeInForce::Gtc;

fn bars() -> impl Strategy<Value = Vec<[i64; 4]>> {
    let bar = (9_000_i64..11_000, 0_i64..500, 0_i64..500, 0_i64..1_000).prop_map(
        |(open, up, down, at)| {
            let (high, low) = (open + up, open - down);
            [open, high, low, low + (high - low) * at / 1_000]
        },
    );
    prop::collection::vec(bar, 1..30)
}

proptest! {
    #[test]
    fn a_limit_never_fills_at_a_worse_price(
        bars in bars(), limit in 9_000_i64..11_000, buys: bool, touch_fills: bool, spread in 0_i64..5_000_000,
    ) {
        let costs = CostRule { half_spread: Rate(spread), ..CostRule::FREE };
        let mut desk = Desk::new(costs, VenueSettings { touch_fills, ..plain() });
        let side = if buys { Buy } else { Sell };
        desk.send(0, side, Limit(Price(limit)), Gtc);
        for (place, bar) in bars.iter().enumerate() {
            desk.bar(place as Ns * BAR_NS, *bar);
        }
        let fills = desk.fills();
        prop_assert!(fills.len() <= 1);
        for fill in fills {
            prop_assert!((limit - fill.price.0) * side.sign() >= 0);
        }
    }

    #[test]
    fn a_fill_that_takes_is_never_better_than_its_reference(
        bars in bars(), level in 9_000_i64..11_000, buys: bool, stop: bool, spread in 0_i64..5_000_000,
    ) {
        let costs = CostRule { half_spread: Rate(spread), ..CostRule::FREE };
        let mut desk = Desk::new(costs, plain());
        let side = if buys { Buy } else { Sell };
        desk.send(0, side, if stop { Stop(Price(level)) } else { Market }, Gtc);
        for (place, bar) in bars.iter().enumerate() {
            desk.bar(place as Ns * BAR_NS, *bar);
        }
        for fill in desk.fills() {
            prop_assert!((fill.price.0 - fill.reference.0) * side.sign() >= 0);
            prop_assert!(!stop || (fill.reference.0 - level) * side.sign() >= 0, "a stop fills at or beyond its price");
        }
    }
}
