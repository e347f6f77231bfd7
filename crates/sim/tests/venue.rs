//! The venue's promises, told on single orders and bars.

mod support;

use sluice_sim::{Conditions, CostRule, VenueSettings};
use sluice_types::{Liquidity, OrderId, OrderKind, Price, Rate, ReportKind, Side, TimeInForce};
use support::{COIN, DAY_NS, Desk, approved, bar_of, plain};

use OrderKind::{Limit, Market, Stop};
use Side::{Buy, Sell};
use TimeInForce::{Day, Fok, Gtc, Ioc};

#[test]
fn a_market_order_fills_at_the_next_open_as_taker() {
    let mut desk = Desk::free();
    desk.send(0, Buy, Market, Gtc)
        .bar(0, [10_000, 11_000, 9_000, 10_500]);
    let fill = desk.fills()[0];
    assert_eq!(
        (fill.ts, fill.price, fill.liquidity),
        (0, Price(10_000), Liquidity::Taker)
    );
}

#[test]
fn an_order_of_an_open_meets_only_later_opens() {
    let mut desk = Desk::free();
    desk.venue.submit(approved(0, 1, Buy, Market, Gtc), 1);
    desk.open(0, 10_000);
    assert!(desk.fills().is_empty());
    desk.open(100, 10_100);
    assert_eq!(desk.fills()[0].price, Price(10_100));
}

#[test]
fn a_latency_shorter_than_a_bar_changes_nothing() {
    let mut desk = Desk::new(
        CostRule::FREE,
        VenueSettings {
            latency_ns: 99,
            ..plain()
        },
    );
    desk.send(0, Buy, Market, Gtc).open(0, 10_000);
    assert_eq!(desk.fills().len(), 1);
}

#[test]
fn a_latency_of_a_bar_or_more_waits_for_the_first_open_after_it() {
    let mut desk = Desk::new(
        CostRule::FREE,
        VenueSettings {
            latency_ns: 150,
            ..plain()
        },
    );
    desk.send(0, Buy, Market, Gtc).open(0, 1).open(100, 2);
    assert!(desk.fills().is_empty());
    desk.open(200, 3);
    assert_eq!(desk.fills()[0].price, Price(3));
}

#[test]
fn a_limit_that_is_marketable_fills_at_the_open_with_taker_costs() {
    let costs = CostRule {
        half_spread: Rate(1_000_000),
        ..CostRule::FREE
    };
    let mut desk = Desk::new(costs, plain());
    desk.send(0, Buy, Limit(Price(10_100)), Gtc).open(0, 10_000);
    assert_eq!(desk.fills()[0].price, Price(10_010)); // 10 bp above the open
    assert_eq!(desk.fills()[0].liquidity, Liquidity::Taker);
}

#[test]
fn a_marketable_limit_is_never_filled_beyond_its_limit_by_costs() {
    let costs = CostRule {
        half_spread: Rate(1_000_000),
        ..CostRule::FREE
    };
    let mut desk = Desk::new(costs, plain());
    desk.send(0, Sell, Limit(Price(9_995)), Gtc).open(0, 10_000);
    assert_eq!(desk.fills()[0].price, Price(9_995));
}

#[test]
fn a_resting_limit_fills_at_its_price_as_maker_when_the_price_goes_through() {
    let mut desk = Desk::free();
    desk.send(0, Buy, Limit(Price(9_900)), Gtc)
        .bar(0, [10_000, 10_100, 9_900, 10_000]);
    assert_eq!(
        desk.kinds(),
        [ReportKind::Accepted],
        "touching is not enough"
    );
    desk.bar(100, [10_000, 10_100, 9_899, 10_000]);
    let fill = desk.fills()[0];
    assert_eq!(
        (fill.ts, fill.price, fill.liquidity),
        (200, Price(9_900), Liquidity::Maker)
    );
}

#[test]
fn touching_fills_where_that_is_the_setting() {
    let mut desk = Desk::new(
        CostRule::FREE,
        VenueSettings {
            touch_fills: true,
            ..plain()
        },
    );
    desk.send(0, Sell, Limit(Price(10_100)), Gtc)
        .bar(0, [10_000, 10_100, 9_900, 10_000]);
    assert_eq!(desk.fills()[0].price, Price(10_100));
}

#[test]
fn a_resting_limit_that_a_bar_opens_through_fills_at_the_limit() {
    let mut desk = Desk::free();
    desk.send(0, Buy, Limit(Price(9_900)), Gtc)
        .bar(0, [10_000, 10_000, 10_000, 10_000])
        .open(100, 9_000);
    let fill = desk.fills()[0];
    assert_eq!((fill.ts, fill.price), (100, Price(9_900)));
}

#[test]
fn a_stop_that_a_bar_opens_beyond_fills_at_the_open() {
    let mut desk = Desk::free();
    desk.send(0, Sell, Stop(Price(9_900)), Gtc)
        .bar(0, [10_000, 10_000, 10_000, 10_000])
        .open(100, 9_000);
    assert_eq!(desk.fills()[0].price, Price(9_000));
    assert_eq!(
        desk.kinds()[..2],
        [ReportKind::Accepted, ReportKind::Triggered]
    );
}

#[test]
fn a_stop_touched_inside_a_bar_fills_at_the_stop_with_slippage() {
    let costs = CostRule {
        half_spread: Rate(1_000_000),
        ..CostRule::FREE
    };
    let mut desk = Desk::new(costs, plain());
    desk.send(0, Buy, Stop(Price(10_100)), Gtc)
        .bar(0, [10_000, 10_100, 9_900, 10_000]);
    let fill = desk.fills()[0];
    assert_eq!((fill.price, fill.reference), (Price(10_111), Price(10_100)));
}

#[test]
fn ioc_and_fok_fill_on_arrival_or_expire() {
    for tif in [Ioc, Fok] {
        let mut desk = Desk::free();
        desk.send(0, Buy, Limit(Price(9_900)), tif)
            .bar(0, [10_000, 10_000, 9_000, 9_500]);
        assert_eq!(desk.kinds(), [ReportKind::Expired]);
        let mut desk = Desk::free();
        desk.send(0, Buy, Limit(Price(9_900)), tif).open(0, 9_800);
        assert_eq!(desk.fills()[0].price, Price(9_800));
    }
}

#[test]
fn a_day_order_expires_at_midnight_and_not_before() {
    let mut desk = Desk::free();
    desk.send(DAY_NS - 200, Buy, Limit(Price(9_900)), Day)
        .bar(DAY_NS - 200, [10_000, 10_000, 10_000, 10_000]);
    desk.venue.advance(DAY_NS - 1, &mut desk.said);
    assert_eq!(desk.kinds(), [ReportKind::Accepted]);
    desk.venue.advance(DAY_NS, &mut desk.said);
    assert_eq!(desk.said[1].kind, ReportKind::Expired);
    assert!(desk.venue.is_idle(COIN));
}

#[test]
fn a_canceled_order_is_gone() {
    let mut desk = Desk::free();
    desk.send(0, Buy, Limit(Price(9_900)), Gtc)
        .bar(0, [10_000, 10_000, 10_000, 10_000]);
    desk.venue.cancel(OrderId(1), COIN, 100, &mut desk.said);
    desk.bar(100, [10_000, 10_000, 9_000, 9_000]);
    assert_eq!(desk.kinds(), [ReportKind::Accepted, ReportKind::Canceled]);
}

#[test]
fn of_the_two_paths_through_a_bar_the_one_with_the_lower_equity_is_kept() {
    // Both orders fill on both paths, so the equity is the same and the low comes first, whichever was sent first.
    for sale_first in [true, false] {
        let mut desk = Desk::free();
        let (sale, buy) = ((Sell, 10_100), (Buy, 9_900));
        let (first, second) = if sale_first { (sale, buy) } else { (buy, sale) };
        desk.also(1, first.0, Limit(Price(first.1)))
            .also(2, second.0, Limit(Price(second.1)))
            .bar(0, [10_000, 10_200, 9_800, 10_000]);
        let sides: Vec<Side> = desk.fills().iter().map(|fill| fill.side).collect();
        assert_eq!(sides, [Buy, Sell]);
    }
}

#[test]
fn falling_levels_are_met_from_above_and_rising_ones_from_below() {
    let mut desk = Desk::free();
    desk.also(1, Buy, Limit(Price(9_800)))
        .also(2, Sell, Stop(Price(9_900)))
        .also(3, Sell, Limit(Price(10_200)))
        .also(4, Buy, Stop(Price(10_100)))
        .bar(0, [10_000, 10_300, 9_700, 10_000]);
    let ids: Vec<u64> = desk.fills().iter().map(|fill| fill.order.0).collect();
    assert_eq!(ids, [2, 1, 4, 3]);
}

#[test]
fn a_market_order_fills_at_the_close_only_by_the_research_flag() {
    let mut desk = Desk::free();
    desk.send(100, Buy, Market, Gtc);
    let unknown = Conditions::UNKNOWN;
    let bar = bar_of(0, [10_000, 10_500, 10_000, 10_500]);
    desk.venue.at_close(&bar, &unknown, &mut desk.said).unwrap();
    assert_eq!(desk.fills()[0].price, Price(10_500));
}

#[test]
fn a_day_order_ends_with_its_session_and_one_decided_at_the_close_with_the_next() {
    for (decided, end) in [(500, 1_000), (1_000, 2_000), (2_000, DAY_NS)] {
        let settings = VenueSettings {
            session_ends: vec![1_000, 2_000].into(),
            ..plain()
        };
        let mut desk = Desk::new(CostRule::FREE, settings);
        desk.send(decided, Buy, Limit(Price(9_900)), Day)
            .bar(decided, [10_000, 10_000, 10_000, 10_000]);
        desk.venue.advance(end - 1, &mut desk.said);
        assert_eq!(desk.kinds(), [ReportKind::Accepted]);
        desk.venue.advance(end, &mut desk.said);
        assert_eq!(desk.said[1].kind, ReportKind::Expired);
    }
}
