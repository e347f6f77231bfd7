//! Identities that hold after every event of a random day: money, positions, exposure, round trips.

mod support;

use proptest::prelude::*;
use sluice_engine::{Output, round_trips};
use sluice_pretrade::{AccountView, Binding, Working};
use sluice_types::{
    Fault, InstrumentId, Money, OrderChange, OrderId, OrderKind, Price, Quantity, Rate, ReportKind,
    Rounding, Side, status,
};
use support::{CASH, Day, coin_spec, engine_of, future_spec, intent, share_spec};

const INSTRUMENTS: u32 = 3;
const COIN: u32 = 0;
const RESERVE: i64 = 1_500_000; // 0.15 %

/// One thing that a random day brings. `pick` chooses among the orders of the run.
#[derive(Debug, Clone)]
enum Act {
    Mark(u32, i64),
    Send(u32, Side, i64, OrderKind),
    Cancel(u64),
    Say(u64, ReportKind),
    Fill {
        pick: u64,
        parts: i64,
        price: i64,
        fee: i128,
    },
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

fn kind() -> impl Strategy<Value = OrderKind> {
    prop_oneof![
        2 => Just(OrderKind::Market),
        1 => (1_i64..40_000).prop_map(|price| OrderKind::Limit(Price(price))),
        1 => (1_i64..40_000).prop_map(|price| OrderKind::Stop(Price(price))),
    ]
}

fn word() -> impl Strategy<Value = ReportKind> {
    prop_oneof![
        Just(ReportKind::Accepted),
        Just(ReportKind::Triggered),
        Just(ReportKind::Canceled),
        Just(ReportKind::Expired),
        Just(ReportKind::Rejected),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..INSTRUMENTS, 5_000_i64..20_000).prop_map(|(i, price)| Act::Mark(i, price)),
        4 => (0..INSTRUMENTS, side(), 1_i64..120, kind())
            .prop_map(|(i, side, quantity, kind)| Act::Send(i, side, quantity, kind)),
        1 => any::<u64>().prop_map(Act::Cancel),
        2 => (any::<u64>(), word()).prop_map(|(pick, word)| Act::Say(pick, word)),
        5 => (any::<u64>(), 1_i64..4, 5_000_i64..20_000, -1_000_000_i128..1_000_000_000)
            .prop_map(|(pick, parts, price, fee)| Act::Fill { pick, parts, price, fee }),
    ]
}

/// Coins are counted in 1e-8: scaled up, so that their notional matters beside the others'.
fn scaled(instrument: u32, counts: i64, by: i64) -> i64 {
    if instrument == COIN {
        counts * by + counts
    } else {
        counts
    }
}

const COIN_PRICE: i64 = 1_000_003;
const COIN_SIZE: i64 = 10_000_019;

fn priced(instrument: u32, kind: OrderKind) -> OrderKind {
    match kind {
        OrderKind::Limit(price) => OrderKind::Limit(Price(scaled(instrument, price.0, COIN_PRICE))),
        OrderKind::Stop(price) => OrderKind::Stop(Price(scaled(instrument, price.0, COIN_PRICE))),
        other => other,
    }
}

/// A venue that keeps its word: market orders of an instrument are filled whole, in the order sent, before
/// anything later of that instrument. (That is what lets the check count them as done.)
fn first_due(day: &Day, order: OrderId) -> OrderId {
    let instrument = day.engine.order(order).expect("picked").intent.instrument;
    day.engine
        .open_orders(instrument)
        .find(|&id| {
            let earlier = day.engine.order(id).expect("open");
            id < order && earlier.intent.kind == OrderKind::Market
        })
        .unwrap_or(order)
}

fn picked(day: &Day, pick: u64) -> Option<OrderId> {
    let open: Vec<OrderId> = (0..INSTRUMENTS)
        .flat_map(|i| day.engine.open_orders(InstrumentId(i)).collect::<Vec<_>>())
        .collect();
    let known = day.engine.orders().len() as u64;
    match (open.is_empty(), known) {
        (_, 0) => None,
        // One in eight speaks of any order, closed ones too.
        (false, _) if !pick.is_multiple_of(8) => Some(open[(pick / 8) as usize % open.len()]),
        _ => Some(OrderId((pick / 8) % known + 1)),
    }
}

fn perform(day: &mut Day, act: &Act) -> Result<(), Fault> {
    match *act {
        Act::Mark(i, price) => day.mark(i, scaled(i, price, COIN_PRICE)),
        Act::Send(i, side, quantity, kind) => {
            let wish = intent(i, side, scaled(i, quantity, COIN_SIZE), priced(i, kind));
            let before = day.engine.working(InstrumentId(i));
            day.send(wish)?;
            if matches!(day.out[..], [Output::Submit(_)]) {
                approved_within_buying_power(day, InstrumentId(i), before);
            }
            Ok(())
        }
        Act::Cancel(pick) => {
            let Some(order) = picked(day, pick) else {
                return Ok(());
            };
            if day.engine.order(order).expect("picked").intent.kind == OrderKind::Market {
                return Ok(());
            }
            let ts = day.now;
            day.step(&sluice_types::Event::Cancel { ts, order })
        }
        Act::Say(pick, word) => {
            let Some(order) = picked(day, pick) else {
                return Ok(());
            };
            let market = day.engine.order(order).expect("picked").intent.kind == OrderKind::Market;
            if market && !matches!(word, ReportKind::Accepted | ReportKind::Triggered) {
                return Ok(());
            }
            day.say(order, word)
        }
        Act::Fill {
            pick,
            parts,
            price,
            fee,
        } => {
            let Some(order) = picked(day, pick) else {
                return Ok(());
            };
            let order = *day.engine.order(first_due(day, order)).expect("picked");
            let leaves = order.leaves().0;
            let size = if order.intent.kind == OrderKind::Market {
                leaves
            } else {
                (leaves / parts).max(1)
            };
            let price = scaled(order.intent.instrument.0, price, COIN_PRICE);
            day.fill(order.id, size, price, fee)
        }
    }
}

fn approved_within_buying_power(day: &Day, id: InstrumentId, before: Working) {
    let engine = &day.engine;
    let after = engine.working(id);
    if after.worst().unwrap() <= before.worst().unwrap() {
        return;
    }
    let worst: Money = sum((0..INSTRUMENTS).filter_map(|i| {
        let id = InstrumentId(i);
        let worst = engine.working(id).worst().unwrap();
        let instrument = &engine.instruments()[i as usize];
        let mark = engine.mark(id)?;
        Some(instrument.notional(mark, worst, Rounding::Up).unwrap())
    }));
    assert!(
        worst <= engine.limit().unwrap(),
        "worst-case gross {worst:?}"
    );
    assert!(engine.buying_power().unwrap() >= Money::ZERO);
}

fn sum(amounts: impl Iterator<Item = Money>) -> Money {
    amounts.fold(Money::ZERO, |a, b| a.plus(b).unwrap())
}

/// Everything, computed slowly from the fills and the orders.
fn identities_hold(day: &Day) {
    let engine = &day.engine;
    let equity = engine.equity().unwrap();
    let (mut value, mut gross, mut bound) = (0, 0, 0);
    let (mut realized, mut unrealized, mut fees, mut paid) = (0, 0, 0, 0);
    for (i, instrument) in engine.instruments().iter().enumerate() {
        let id = InstrumentId(i as u32);
        let position = engine.position(id);
        let own: Vec<_> = day.fills.iter().filter(|f| f.instrument == id).collect();
        let held: i64 = own.iter().map(|f| f.side.signed(f.quantity).0).sum();
        assert_eq!(position.quantity, Quantity(held));
        for fill in own {
            let signed = fill.side.signed(fill.quantity);
            let cost = instrument.notional(fill.price, signed, Rounding::Up);
            paid += cost.unwrap().0 + fill.fee.0;
            fees += fill.fee.0;
        }
        assert_eq!(engine.working(id), slow_working(day, id));
        if !instrument.shortable() {
            assert!(held >= 0, "a position that may not be short is {held}");
        }
        realized += position.realized.0;
        let Some(mark) = engine.mark(id) else {
            assert_eq!(held, 0);
            continue;
        };
        let at_mark = instrument.notional(mark, Quantity(held), Rounding::Down);
        let at_mark = at_mark.unwrap().0;
        value += at_mark;
        gross += at_mark.abs();
        unrealized += position.unrealized(instrument, mark).unwrap().0;
        let working = engine.working(id);
        bound += working.bound(instrument, mark, Rate(RESERVE)).unwrap().0;
    }
    assert_eq!(engine.cash(), Money(CASH.0 - paid));
    assert_eq!(equity, Money(engine.cash().0 + value));
    assert_eq!(equity.0 - CASH.0, realized + unrealized - fees);
    assert_eq!(
        (engine.net().unwrap(), engine.gross().unwrap()),
        (Money(value), Money(gross))
    );
    let left = engine.limit().unwrap().0 - bound;
    assert_eq!(engine.buying_power(), Ok(Money(left)));
}

fn slow_working(day: &Day, id: InstrumentId) -> Working {
    let mut working = Working {
        position: day.engine.position(id).quantity,
        ..Working::default()
    };
    let mut open = Vec::new();
    for order in day
        .engine
        .orders()
        .iter()
        .filter(|o| o.intent.instrument == id)
    {
        if order.status.is_open() {
            open.push(order.id);
            let binding = Binding::of(&order.intent);
            working = working
                .with_order(binding, order.intent.side, order.leaves())
                .unwrap();
        }
    }
    assert_eq!(day.engine.open_orders(id).collect::<Vec<_>>(), open);
    working
}

/// Only these faults may come of a random day, and only where the state machine has an empty cell.
fn fault_was_due(day: &Day, fault: &Fault) {
    match fault {
        Fault::BadTransition {
            order,
            from,
            change,
        } => {
            assert_eq!(day.engine.order(*order).unwrap().status, *from);
            assert!(status::next(*from, *change).is_none());
            let fills = [OrderChange::FillPart, OrderChange::FillWhole];
            assert!(!fills.contains(change) || !from.is_open());
        }
        other => panic!("{other:?} should not have happened"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn money_positions_exposure_and_trips_reconcile_to_the_last_unit(
        acts in proptest::collection::vec(act(), 1..160),
        leverage in 1_i64..4,
    ) {
        let specs = vec![coin_spec("COIN"), future_spec("FUTURE"), share_spec("SHARE")];
        let mut day = Day::new(engine_of(specs, leverage, RESERVE));
        for act in &acts {
            let before = day.engine.clone();
            if let Err(fault) = perform(&mut day, act) {
                fault_was_due(&day, &fault);
                prop_assert_eq!(&day.engine, &before, "a fault must change nothing");
            }
            identities_hold(&day);
        }
        let engine = &day.engine;
        let trips = round_trips(engine.instruments(), &day.fills, &day.marks(), day.now).unwrap();
        let pnl = sum(trips.iter().map(|trip| trip.pnl));
        prop_assert_eq!(pnl, engine.equity().unwrap().minus(CASH).unwrap());
        let fees = sum(trips.iter().map(|trip| trip.fees));
        prop_assert_eq!(fees, sum(day.fills.iter().map(|fill| fill.fee)));
        let order = |t: &sluice_engine::RoundTrip| (t.exit_ts, t.instrument, t.entry_ts);
        prop_assert!(trips.is_sorted_by_key(order));
        prop_assert!(trips.iter().all(|trip| trip.quantity > Quantity::ZERO));
    }
}
