//! Contingent orders in the engine, with a venue that has no ties of its own; and the state with them as bytes.

mod support;

use proptest::prelude::*;
use sluice_engine::{Engine, Output};
use sluice_types::{
    Event, Fault, Intent, Links, Order, OrderId, OrderKind, OrderStatus, Price, ReportKind, Side,
};
use support::{Day, engine_of, intent, share_spec};

fn day() -> Day {
    let mut day = Day::new(engine_of(vec![share_spec("A")], 2, 1_000_000));
    day.mark(0, 1_000).unwrap();
    day
}

fn sent(day: &mut Day, wish: Intent) -> OrderId {
    let ts = day.now;
    day.step(&Event::Intent { ts, intent: wish }).unwrap();
    match &day.out[..] {
        [Output::Submit(approved) | Output::Hold(approved)] => approved.order().id,
        other => panic!("{other:?}"),
    }
}

/// Entry at the market, stop at 9.00, target at 12.00: orders 1, 2, 3.
fn bracket(day: &mut Day) -> [OrderId; 3] {
    let entry = sent(day, intent(0, Side::Buy, 10, OrderKind::Market));
    let exit = |kind, group| Intent {
        reduce_only: true,
        links: Links {
            parent: Some(entry),
            group,
        },
        ..intent(0, Side::Sell, 10, kind)
    };
    let stop = sent(day, exit(OrderKind::Stop(Price(900)), None));
    let take = sent(day, exit(OrderKind::Limit(Price(1_200)), Some(stop)));
    [entry, stop, take]
}

fn status(day: &Day, id: OrderId) -> OrderStatus {
    day.engine
        .order(id)
        .map(|order: &Order| order.status)
        .unwrap()
}

fn canceled(day: &Day) -> Vec<OrderId> {
    let cancel = |output: &Output| match output {
        Output::Cancel(id) => Some(*id),
        _ => None,
    };
    day.out.iter().filter_map(cancel).collect()
}

#[test]
fn exits_are_held_bind_nothing_and_go_with_the_first_fill_of_their_entry() {
    let mut day = day();
    let power = {
        sent(&mut day, intent(0, Side::Buy, 10, OrderKind::Market));
        day.engine.buying_power().unwrap()
    };
    let mut day = self::day();
    let [entry, stop, take] = bracket(&mut day);
    assert_eq!(day.engine.buying_power().unwrap(), power);
    assert_eq!(
        [stop, take].map(|id| status(&day, id)),
        [OrderStatus::Held; 2]
    );
    day.fill(entry, 4, 1_000, 0).unwrap();
    let released = day.out.iter().filter(|o| matches!(o, Output::Submit(_)));
    assert_eq!(released.count(), 2);
    assert_eq!(status(&day, stop), OrderStatus::PendingNew);
    day.fill(entry, 6, 1_000, 0).unwrap();
    assert!(!day.out.iter().any(|o| matches!(o, Output::Submit(_))));
}

#[test]
fn an_entry_that_ends_without_a_fill_takes_its_exits_with_it() {
    let mut day = day();
    let [entry, stop, take] = bracket(&mut day);
    day.say(entry, ReportKind::Canceled).unwrap();
    assert_eq!(canceled(&day), [stop, take]);
    for id in [stop, take] {
        day.say(id, ReportKind::Canceled).unwrap();
    }
    assert_eq!(
        day.engine
            .open_orders(sluice_types::InstrumentId(0))
            .count(),
        0
    );
}

#[test]
fn the_member_that_fills_whole_cancels_its_siblings_once() {
    let mut day = day();
    let [entry, stop, take] = bracket(&mut day);
    day.fill(entry, 10, 1_000, 0).unwrap();
    for id in [stop, take] {
        day.say(id, ReportKind::Accepted).unwrap();
    }
    day.fill(take, 4, 1_200, 0).unwrap();
    assert!(canceled(&day).is_empty());
    day.fill(take, 6, 1_200, 0).unwrap();
    assert_eq!(canceled(&day), [stop]);
    // A venue that had dropped it already says so, and nothing is asked again.
    day.say(stop, ReportKind::Canceled).unwrap();
    assert_eq!(status(&day, stop), OrderStatus::Canceled);
}

#[test]
fn an_exit_that_leaves_the_position_flat_takes_back_the_rest_of_its_entry() {
    let mut day = day();
    let [entry, stop, take] = bracket(&mut day);
    day.fill(entry, 4, 1_000, 0).unwrap();
    for id in [stop, take] {
        day.say(id, ReportKind::Accepted).unwrap();
    }
    day.fill(stop, 4, 900, 0).unwrap();
    assert_eq!(canceled(&day), [entry, stop, take]);
}

#[test]
fn bytes_that_were_changed_cut_off_or_of_another_version_are_refused() {
    let mut day = day();
    bracket(&mut day);
    let bytes = day.engine.to_bytes();
    assert_eq!(Engine::from_bytes(&bytes).unwrap(), day.engine);
    for place in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        let refused = Engine::from_bytes(&flipped);
        assert!(matches!(refused, Err(Fault::BadData(_))), "byte {place}");
        assert!(Engine::from_bytes(&bytes[..place]).is_err());
    }
    let mut newer = bytes;
    newer[8] = 2;
    let said = Engine::from_bytes(&newer).unwrap_err().to_string();
    assert!(said.contains("version 2 and this code reads 1"), "{said}");
}

#[derive(Debug, Clone)]
enum Act {
    Mark(i64),
    Bracket,
    Fill(usize, i64),
    Say(usize, bool),
    Cancel(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (950_i64..1_050).prop_map(Act::Mark),
        Just(Act::Bracket),
        (any::<usize>(), 1_i64..12).prop_map(|(pick, size)| Act::Fill(pick, size)),
        (any::<usize>(), any::<bool>()).prop_map(|(pick, yes)| Act::Say(pick, yes)),
        any::<usize>().prop_map(Act::Cancel),
    ]
}

fn perform(day: &mut Day, act: &Act) -> Result<(), Fault> {
    let orders = day.engine.orders().len();
    let picked = |pick: usize| OrderId((pick % orders.max(1)) as u64 + 1);
    match *act {
        Act::Mark(price) => day.mark(0, price),
        Act::Bracket
            if day
                .engine
                .position(sluice_types::InstrumentId(0))
                .quantity
                .0
                < 100 =>
        {
            bracket(day);
            Ok(())
        }
        Act::Fill(pick, size) if orders > 0 => day.fill(picked(pick), size, 1_000, 1),
        Act::Say(pick, yes) if orders > 0 => {
            let word = if yes {
                ReportKind::Accepted
            } else {
                ReportKind::Canceled
            };
            day.say(picked(pick), word)
        }
        Act::Cancel(pick) if orders > 0 => {
            let (ts, order) = (day.now, picked(pick));
            day.step(&Event::Cancel { ts, order })
        }
        _ => Ok(()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_restored_engine_is_the_same_and_goes_on_the_same(
        acts in proptest::collection::vec(act(), 1..60), at in 0_usize..60,
    ) {
        let (mut one, mut other) = (day(), day());
        for (step, act) in acts.iter().enumerate() {
            if step == at {
                let bytes = other.engine.to_bytes();
                let restored = Engine::from_bytes(&bytes).unwrap();
                prop_assert_eq!(&restored, &other.engine);
                prop_assert_eq!(restored.to_bytes(), bytes);
                other.engine = restored;
            }
            let said = (perform(&mut one, act), perform(&mut other, act));
            prop_assert_eq!(said.0, said.1);
            prop_assert_eq!(&one.out, &other.out);
        }
        prop_assert_eq!(one.engine, other.engine);
    }
}
