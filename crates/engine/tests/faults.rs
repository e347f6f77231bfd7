//! What must never happen is a fault, and a fault changes nothing. No number panics or wraps.

mod support;

use proptest::prelude::*;
use sluice_engine::{Account, Engine, Output};
use sluice_types::{
    Event, Fault, Fill, InstrumentId, InstrumentSpec, Liquidity, Money, OrderChange, OrderId,
    OrderKind, OrderStatus, Price, Quantity, ReportKind, Side, UNITS,
};
use support::{Day, engine_of, intent, report, share_spec};

fn with_order() -> (Day, OrderId) {
    let specs = vec![share_spec("A"), share_spec("B")];
    let mut day = Day::new(engine_of(specs, 1, 0));
    day.mark(0, 1_000).unwrap();
    let wish = intent(0, Side::Buy, 100, OrderKind::Limit(Price(1_000)));
    let order = day.send(wish).unwrap().unwrap();
    (day, order)
}

fn refused(day: &mut Day, event: &Event) -> Fault {
    let before = day.engine.clone();
    let fault = day.step(event).expect_err("this must be a fault");
    assert_eq!(day.engine, before, "a fault changes nothing");
    assert!(day.out.is_empty(), "a fault says nothing");
    fault
}

#[test]
fn a_report_on_an_unknown_order_is_a_fault() {
    let (mut day, _) = with_order();
    for id in [0, 2, u64::MAX] {
        let fault = refused(&mut day, &report(1, OrderId(id), ReportKind::Accepted));
        assert_eq!(fault, Fault::UnknownOrder(OrderId(id)));
    }
}

#[test]
fn a_report_that_comes_twice_is_a_fault() {
    let (mut day, order) = with_order();
    day.say(order, ReportKind::Accepted).unwrap();
    let fault = refused(&mut day, &report(1, order, ReportKind::Accepted));
    let (from, change) = (OrderStatus::New, OrderChange::Accept);
    assert_eq!(
        fault,
        Fault::BadTransition {
            order,
            from,
            change
        }
    );
    day.fill(order, 100, 1_000, 0).unwrap();
    let again = report(1, order, ReportKind::Filled(day.fills[0]));
    let (from, change) = (OrderStatus::Filled, OrderChange::FillPart);
    assert_eq!(
        refused(&mut day, &again),
        Fault::BadTransition {
            order,
            from,
            change
        }
    );
    let fault = refused(&mut day, &report(1, order, ReportKind::Canceled));
    assert!(matches!(fault, Fault::BadTransition { .. }));
}

#[test]
fn a_fill_that_does_not_fit_its_order_is_a_fault() {
    let (mut day, order) = with_order();
    let good = Fill {
        ts: 1,
        order,
        instrument: InstrumentId(0),
        side: Side::Buy,
        quantity: Quantity(10),
        price: Price(1_000),
        reference: Price(1_000),
        fee: Money::ZERO,
        liquidity: Liquidity::Maker,
    };
    let broken = [
        Fill {
            order: OrderId(7),
            ..good
        },
        Fill {
            instrument: InstrumentId(1),
            ..good
        },
        Fill {
            side: Side::Sell,
            ..good
        },
        Fill {
            quantity: Quantity(0),
            ..good
        },
        Fill {
            quantity: Quantity(-10),
            ..good
        },
        Fill {
            quantity: Quantity(101),
            ..good
        },
        Fill {
            price: Price(0),
            ..good
        },
    ];
    for fill in broken {
        let fault = refused(&mut day, &report(1, order, ReportKind::Filled(fill)));
        assert!(matches!(fault, Fault::BadData(_)), "{fault:?}");
    }
    day.say(order, ReportKind::Filled(good)).unwrap();
}

#[test]
fn a_venue_that_drops_a_buy_and_fills_the_sale_after_it_is_at_fault() {
    let coin = InstrumentSpec {
        shortable: false,
        ..share_spec("COIN")
    };
    let mut day = Day::new(engine_of(vec![coin], 1, 0));
    day.mark(0, 1_000).unwrap();
    let buy = intent(0, Side::Buy, 10, OrderKind::Market);
    let buy = day.send(buy).unwrap().unwrap();
    let sell = intent(0, Side::Sell, 10, OrderKind::Market);
    let sell = day.send(sell).unwrap().unwrap();
    day.say(buy, ReportKind::Expired).unwrap();
    let before = day.engine.clone();
    let fault = day.fill(sell, 10, 1_000, 0).unwrap_err();
    assert!(matches!(fault, Fault::BadData(_)), "{fault:?}");
    assert_eq!(day.engine, before);
}

#[test]
fn a_price_that_is_not_above_zero_and_an_unknown_instrument_are_faults() {
    let (mut day, _) = with_order();
    for event in [
        support::close_of(0, 2, 0),
        support::close_of(0, 2, -1),
        support::close_of(2, 2, 1),
        Event::BarOpen {
            ts: 2,
            instrument: InstrumentId(0),
            open: Price(0),
        },
    ] {
        assert!(matches!(refused(&mut day, &event), Fault::BadData(_)));
    }
}

#[test]
fn time_that_goes_backwards_is_a_fault() {
    let (mut day, order) = with_order();
    assert!(matches!(
        refused(&mut day, &support::close_of(0, 0, 1_000)),
        Fault::BadData(_)
    ));
    let late = report(0, order, ReportKind::Accepted);
    assert!(matches!(refused(&mut day, &late), Fault::BadData(_)));
}

#[test]
fn a_cancel_is_never_refused() {
    let (mut day, order) = with_order();
    let cancel = |order| Event::Cancel { ts: 1, order };
    day.step(&cancel(order)).unwrap();
    assert_eq!(day.out, [Output::Cancel(order)]);
    let status = day.engine.order(order).unwrap().status;
    assert_eq!(status, OrderStatus::PendingCancel);
    for nothing_left in [order, OrderId(0), OrderId(9), OrderId(u64::MAX)] {
        day.step(&cancel(nothing_left)).unwrap();
        assert!(day.out.is_empty());
    }
}

#[test]
fn an_order_beyond_the_range_of_money_is_an_overflow() {
    let huge = InstrumentSpec {
        multiplier: i64::MAX,
        ..share_spec("HUGE")
    };
    let mut day = Day::new(engine_of(vec![huge], 1, 0));
    day.mark(0, 1).unwrap();
    let intent = intent(0, Side::Sell, i64::MAX, OrderKind::Limit(Price(i64::MAX)));
    let fault = refused(&mut day, &Event::Intent { ts: 1, intent });
    assert!(matches!(fault, Fault::Overflow(_)), "{fault:?}");
}

#[test]
fn a_mark_that_takes_a_position_out_of_range_is_an_overflow() {
    let big = InstrumentSpec {
        multiplier: 1_000_000_000_000_000_000,
        ..share_spec("BIG")
    };
    let mut day = Day::new(engine_of(vec![big], 9_000_000_000, 0));
    day.mark(0, 1).unwrap();
    day.trade(0, -10_000, 1, 0);
    let fault = refused(&mut day, &support::close_of(0, 2, i64::MAX));
    assert!(matches!(fault, Fault::Overflow(_)), "{fault:?}");
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        Just(i64::MAX),
        Just(i64::MIN),
        Just(1_i64),
        Just(0_i64),
        any::<i64>(),
        1_i64..1_000,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Any numbers, through every door: a step succeeds, denies, or is a fault that changes nothing.
    #[test]
    fn no_number_panics_or_wraps(
        cash: i128,
        leverage in number(),
        multiplier in 1..=i64::MAX,
        steps in proptest::collection::vec((0_u8..6, number(), number(), any::<i128>(), any::<bool>()), 1..40),
    ) {
        let spec = InstrumentSpec { multiplier, ..share_spec("ANY") };
        let account = Account {
            cash: Money(cash),
            leverage: sluice_types::Rate(leverage),
            reserve: vec![sluice_types::Rate(multiplier)],
        };
        let mut day = Day::new(Engine::new(vec![support::made(spec)], account));
        for (door, a, b, wide, buys) in steps {
            let before = day.engine.clone();
            let side = if buys { Side::Buy } else { Side::Sell };
            let last = OrderId(day.engine.orders().len() as u64);
            let outcome = match door {
                0 => day.mark(0, a),
                1 => day.send(intent(0, side, a, OrderKind::Market)).map(|_| ()),
                2 => day.send(intent(0, side, a, OrderKind::Stop(Price(b)))).map(|_| ()),
                3 => day.say(last, ReportKind::Canceled),
                _ if last.0 == 0 => Ok(()),
                _ => day.fill(last, a, b.clamp(i64::MIN + 1, i64::MAX - 1), wide),
            };
            if outcome.is_err() {
                prop_assert_eq!(&day.engine, &before);
            }
            let _equity_or_fault = (day.engine.equity(), day.engine.buying_power());
        }
        let _trips_or_fault = sluice_engine::round_trips(
            day.engine.instruments(), &day.fills, &day.marks(), day.now,
        );
    }
}

#[test]
fn cash_of_a_whole_economy_is_in_range() {
    let mut day = Day::new(engine_of(vec![share_spec("A")], 1, 0));
    day.mark(0, 1_000).unwrap();
    day.trade(0, 1, 1_000, -1_000_000_000_000_000 * UNITS); // a rebate of 10^15
    assert!(day.engine.equity().unwrap() > Money(999_999_999_999_999 * UNITS));
}
