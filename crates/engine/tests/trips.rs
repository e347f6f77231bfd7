//! Round trips by example: flat to flat, flips, reductions, what is open at the end.

mod support;

use sluice_engine::{History, RoundTrip, round_trips};
use sluice_types::{Conversion, Fault, InstrumentId, Money, Quantity, Side, UNITS};
use support::{Day, engine_of, future_spec, share_spec};

const ENTRY: i64 = 1;

fn day() -> Day {
    let mut day = Day::new(engine_of(vec![share_spec("A"), future_spec("B")], 3, 0));
    day.mark(1, 1_000).unwrap();
    day.mark(0, 1_000).unwrap();
    day.now = ENTRY + 1;
    day
}

fn trips(day: &Day) -> Vec<RoundTrip> {
    let engine = &day.engine;
    let trips = round_trips(engine.instruments(), &day.fills, &day.marks(), day.now).unwrap();
    let pnl: i128 = trips.iter().map(|trip| trip.pnl.0).sum();
    assert_eq!(pnl, engine.equity().unwrap().0 - support::CASH.0);
    trips
}

fn money(units: i128) -> Money {
    Money(units * UNITS)
}

#[test]
fn a_trip_runs_from_flat_to_flat_and_is_net_of_all_costs() {
    let mut day = day();
    day.trade(0, 100, 1_000, UNITS);
    day.now = 5;
    day.trade(0, 100, 1_100, UNITS);
    day.now = 6;
    day.trade(0, -50, 1_200, UNITS);
    day.now = 9;
    day.trade(0, -150, 1_300, UNITS);
    let expected = RoundTrip {
        instrument: InstrumentId(0),
        entry_ts: 2,
        exit_ts: 9,
        side: Side::Buy,
        quantity: Quantity(200),
        entry_price: 10.5,
        exit_price: 12.75,
        pnl: money(50 * 12 + 150 * 13 - 2_100 - 4),
        fees: money(4),
        slippage: money(4), // a cent on each of 400
        ledger: Money(0),
        open_at_end: false,
        rate: Conversion::ONE,
    };
    assert_eq!(trips(&day), [expected]);
}

#[test]
fn a_flip_ends_one_trip_and_starts_the_next_and_splits_its_fee() {
    let mut day = day();
    day.trade(0, 100, 1_000, 0);
    day.now = 5;
    day.trade(0, -300, 1_100, 3 * UNITS);
    day.now = 9;
    day.trade(0, 200, 1_000, 0);
    let [first, second] = trips(&day)[..] else {
        panic!("two trips")
    };
    assert_eq!(
        (first.side, first.exit_ts, first.quantity),
        (Side::Buy, 5, Quantity(100))
    );
    assert_eq!((first.pnl, first.fees), (money(100 - 1), money(1)));
    assert_eq!(
        (second.side, second.entry_ts, second.exit_ts),
        (Side::Sell, 5, 9)
    );
    assert_eq!((second.pnl, second.fees), (money(200 - 2), money(2)));
    assert_eq!((second.entry_price, second.exit_price), (11.0, 10.0));
}

#[test]
fn a_position_that_never_goes_flat_gives_a_trip_at_each_reduction() {
    let mut day = day();
    day.trade(0, 100, 1_000, 4 * UNITS);
    day.now = 5;
    day.trade(0, -25, 1_200, UNITS);
    day.now = 6;
    day.trade(0, -25, 900, UNITS);
    day.now = 8;
    day.mark(0, 1_100).unwrap();
    let [first, second, last] = trips(&day)[..] else {
        panic!("three trips")
    };
    assert_eq!(
        (first.quantity, first.pnl),
        (Quantity(25), money(50 - 1 - 1))
    );
    assert_eq!(
        (second.quantity, second.pnl),
        (Quantity(25), money(-25 - 1 - 1))
    );
    assert_eq!((second.entry_price, second.exit_price), (10.0, 9.0));
    assert_eq!(
        (last.quantity, last.pnl, last.exit_ts),
        (Quantity(50), money(50 - 2), 9)
    );
    assert!(last.open_at_end && !first.open_at_end);
    assert_eq!((last.entry_ts, last.exit_price), (2, 11.0));
}

#[test]
fn trips_are_sorted_by_exit_then_instrument_then_entry() {
    let mut day = day();
    day.trade(1, 1, 1_000, 0);
    day.trade(0, 10, 1_000, 0);
    day.now = 5;
    day.trade(1, -1, 1_010, 0);
    day.trade(0, -10, 1_000, 0);
    let order: Vec<_> = trips(&day)
        .iter()
        .map(|t| (t.exit_ts, t.instrument.0))
        .collect();
    assert_eq!(order, [(5, 0), (5, 1)]);
    assert_eq!(trips(&day)[1].pnl, money(5)); // 0.10 × 50
}

#[test]
fn a_held_instrument_without_a_mark_and_an_unknown_one_are_faults() {
    let mut day = day();
    day.trade(0, 10, 1_000, 0);
    let all = day.engine.instruments();
    let unmarked = round_trips(all, &day.fills, &[None, None], 9);
    assert!(matches!(unmarked, Err(Fault::BadData(_))));
    assert!(matches!(
        round_trips(&[], &day.fills, &[], 9),
        Err(Fault::BadData(_))
    ));
    assert_eq!(
        round_trips(all, History::default(), &[None, None], 9),
        Ok(vec![])
    );
}
