//! A venue restored from bytes goes on as the other would have; damaged bytes are refused.

mod support;

use proptest::prelude::*;
use sluice_sim::BarVenue;
use sluice_types::{OrderKind, Price, Rate, Side, Trail};
use support::Desk;

fn kind() -> impl Strategy<Value = OrderKind> {
    let price = || (9_700_i64..10_300).prop_map(Price);
    prop_oneof![
        Just(OrderKind::Market),
        price().prop_map(OrderKind::Limit),
        price().prop_map(OrderKind::Stop),
        (1_i64..300).prop_map(|far| OrderKind::Trailing(Trail::Distance(Price(far)))),
        Just(OrderKind::Trailing(Trail::Rate(Rate(20_000_000)))),
    ]
}

proptest! {
    #[test]
    fn a_restored_venue_goes_on_the_same(
        bars in proptest::collection::vec((9_800_i64..10_200, 0_i64..150, kind(), any::<bool>()), 2..20),
        at in 0_usize..20,
    ) {
        let (mut one, mut other) = (Desk::free(), Desk::free());
        for (step, (open, range, kind, buys)) in bars.into_iter().enumerate() {
            if step == at {
                let bytes = other.venue.to_bytes();
                other.venue = BarVenue::from_bytes(&bytes).unwrap();
                prop_assert_eq!(other.venue.to_bytes(), bytes);
            }
            let side = if buys { Side::Buy } else { Side::Sell };
            for desk in [&mut one, &mut other] {
                let bar = [open, open + range, open - range, open];
                desk.also(step as u64 + 1, side, kind).bar(step as i64 * 100, bar);
            }
            prop_assert_eq!(&one.said, &other.said);
        }
        prop_assert_eq!(one.venue.to_bytes(), other.venue.to_bytes());
    }
}

#[test]
fn damaged_bytes_are_refused() {
    let mut desk = Desk::free();
    desk.also(1, Side::Buy, OrderKind::Limit(Price(9_900)));
    let bytes = desk.venue.to_bytes();
    for place in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1;
        assert!(BarVenue::from_bytes(&flipped).is_err(), "byte {place}");
    }
    assert!(BarVenue::from_bytes(&[]).is_err());
}
