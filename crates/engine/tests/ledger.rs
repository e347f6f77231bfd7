//! The ledger by example: long, short, partial closes, flips, fees, several instruments, rounding.

mod support;

use sluice_engine::Output;
use sluice_types::{
    InstrumentId, Money, OrderKind, OrderStatus, Price, Quantity, ReportKind, Side, UNITS,
};
use support::{CASH, Day, coin_spec, engine_of, future_spec, intent, share_spec};

const SHARE: InstrumentId = InstrumentId(0);

fn shares() -> Day {
    let mut day = Day::new(engine_of(vec![share_spec("SHARE")], 1, 0));
    day.mark(0, 1_000).unwrap(); // 10.00
    day
}

fn money(units: i128) -> Money {
    Money(units * UNITS)
}

#[test]
fn a_long_position_earns_when_the_mark_rises() {
    let mut day = shares();
    day.trade(0, 100, 1_000, UNITS);
    day.mark(0, 1_200).unwrap();
    let engine = &day.engine;
    assert_eq!(engine.cash(), money(10_000 - 1_000 - 1));
    assert_eq!(engine.equity(), Ok(money(10_000 + 200 - 1)));
    let position = engine.position(SHARE);
    assert_eq!(
        (position.quantity, position.basis),
        (Quantity(100), money(1_000))
    );
    let instrument = &engine.instruments()[0];
    assert_eq!(
        position.unrealized(instrument, Price(1_200)),
        Ok(money(200))
    );
    assert_eq!(position.average_price(instrument), 10.0);
}

#[test]
fn a_short_position_earns_when_the_mark_falls() {
    let mut day = shares();
    day.trade(0, -100, 1_000, UNITS);
    day.mark(0, 900).unwrap();
    let engine = &day.engine;
    assert_eq!(engine.cash(), money(10_000 + 1_000 - 1));
    assert_eq!(engine.equity(), Ok(money(10_000 + 100 - 1)));
    assert_eq!(
        (engine.net().unwrap(), engine.gross().unwrap()),
        (money(-900), money(900))
    );
    let position = engine.position(SHARE);
    assert_eq!(position.basis, money(-1_000));
    assert_eq!(position.average_price(&engine.instruments()[0]), 10.0);
}

#[test]
fn a_partial_close_realizes_its_share_and_keeps_the_average() {
    let mut day = shares();
    day.trade(0, 100, 1_000, 0);
    day.trade(0, 100, 1_200, 0);
    day.trade(0, -50, 1_300, 0);
    let position = *day.engine.position(SHARE);
    assert_eq!(position.quantity, Quantity(150));
    assert_eq!(position.realized, money(50 * 2)); // 13.00 against 11.00
    assert_eq!(position.basis, money(150 * 11));
}

#[test]
fn a_flip_closes_at_its_price_and_opens_at_the_same() {
    let mut day = shares();
    day.trade(0, 100, 1_000, 0);
    day.trade(0, -150, 1_100, 0);
    let position = *day.engine.position(SHARE);
    assert_eq!(position.quantity, Quantity(-50));
    assert_eq!(position.realized, money(100));
    assert_eq!(position.basis, money(-550));
    day.trade(0, 50, 1_000, 0);
    assert_eq!(day.engine.position(SHARE).realized, money(150));
    assert_eq!(day.engine.position(SHARE).basis, Money::ZERO);
    assert_eq!(day.engine.equity(), Ok(money(10_150)));
}

#[test]
fn a_rebate_is_a_fee_below_zero() {
    let mut day = shares();
    day.trade(0, 100, 1_000, -UNITS);
    assert_eq!(day.engine.equity(), Ok(money(10_001)));
    assert_eq!(day.engine.position(SHARE).fees, money(-1));
}

#[test]
fn several_instruments_share_one_cash() {
    let specs = vec![share_spec("A"), future_spec("B"), coin_spec("C")];
    let mut day = Day::new(engine_of(specs, 2, 0));
    for (instrument, price) in [(0, 1_000), (1, 2_000), (2, 300_000_000_000)] {
        day.mark(instrument, price).unwrap();
    }
    day.trade(0, 100, 1_000, 0); // 1,000
    day.trade(1, -2, 2_000, 0); // 2 × 20.00 × 50 = 2,000 short
    day.trade(2, 50_000_000, 300_000_000_000, 0); // 0.5 × 3,000 = 1,500
    assert_eq!(day.engine.cash(), money(10_000 - 1_000 + 2_000 - 1_500));
    assert_eq!(day.engine.gross().unwrap(), money(4_500));
    assert_eq!(day.engine.buying_power(), Ok(money(20_000 - 4_500)));
    day.mark(1, 2_100).unwrap(); // the short future loses 2 × 1.00 × 50
    assert_eq!(day.engine.equity(), Ok(money(10_000 - 100)));
}

#[test]
fn what_does_not_divide_is_rounded_against_us_both_ways() {
    let mut day = Day::new(engine_of(vec![coin_spec("COIN")], 1, 0));
    day.mark(0, 333_333_333).unwrap();
    day.trade(0, 100_001, 333_333_333, 0);
    // 3.33333333 × 0.00100001 = 0.0033333666633333…: paid up, valued down
    assert_eq!(day.engine.cash(), Money(CASH.0 - 3_333_367));
    assert_eq!(day.engine.equity(), Ok(Money(CASH.0 - 1)));
}

#[test]
fn an_order_goes_its_way_and_every_step_is_told() {
    let mut day = shares();
    let wish = intent(0, Side::Buy, 100, OrderKind::Limit(Price(990)));
    let order = day.send(wish).unwrap().unwrap();
    assert_eq!(day.engine.working(SHARE).resting_buys, Quantity(100));
    day.say(order, ReportKind::Accepted).unwrap();
    let status = |status| Output::Status {
        order,
        status,
        ts: 1,
    };
    assert_eq!(day.out, [status(OrderStatus::New)]);
    day.fill(order, 40, 990, 0).unwrap();
    let filled = Output::Filled(day.fills[0]);
    assert_eq!(day.out, [filled, status(OrderStatus::PartiallyFilled)]);
    day.fill(order, 10, 990, 0).unwrap();
    assert_eq!(day.out, [Output::Filled(day.fills[1])], "the status stays");
    day.step(&sluice_types::Event::Cancel { ts: 1, order })
        .unwrap();
    assert_eq!(day.out, [Output::Cancel(order)]);
    day.fill(order, 20, 990, 0).unwrap(); // crossed our cancel on its way
    day.say(order, ReportKind::Canceled).unwrap();
    assert_eq!(day.out, [status(OrderStatus::Canceled)]);
    let order = day.engine.order(order).unwrap();
    assert_eq!(
        (order.cum_quantity, order.leaves()),
        (Quantity(70), Quantity(30))
    );
    assert_eq!(order.cum_notional, money(693));
    assert_eq!(day.engine.working(SHARE).resting_buys, Quantity::ZERO);
    assert_eq!(day.engine.open_orders(SHARE).count(), 0);
}

#[test]
fn a_denied_intent_takes_no_order_id_and_no_buying_power() {
    let mut day = shares();
    let whole = intent(0, Side::Buy, 1_000, OrderKind::Market);
    let more = intent(0, Side::Buy, 1_001, OrderKind::Market);
    assert_eq!(day.send(more), Ok(None));
    assert!(matches!(day.out[..], [Output::Denied(_)]));
    assert_eq!(day.send(whole).unwrap().unwrap().0, 1);
    assert_eq!(day.engine.orders().len(), 1);
    assert_eq!(day.engine.buying_power(), Ok(Money::ZERO));
}

#[test]
fn a_bar_that_opens_moves_the_mark() {
    let mut day = shares();
    day.trade(0, 100, 1_000, 0);
    day.step(&sluice_types::Event::BarOpen {
        ts: 2,
        instrument: SHARE,
        open: Price(1_100),
    })
    .unwrap();
    assert_eq!(day.engine.mark(SHARE), Some(Price(1_100)));
    assert_eq!(day.engine.equity(), Ok(money(10_100)));
}
