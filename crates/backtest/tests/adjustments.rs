//! Splits meet open orders: market orders go on in the new units, resting ones are taken back; trips add up exactly.

mod support;

use sluice_backtest::{DayView, Run, Terms, Trader, Wishes, run};
use sluice_sim::CostRule;
use sluice_types::{
    Adjustment, AdjustmentKind, Fault, InstrumentId, Intent, Money, OrderKind, OrderStatus, Price,
    Quantity, Rate, Side,
};

const SHARE: InstrumentId = InstrumentId(0);

/// Orders after the first and the second bar.
struct Script;

impl Trader for Script {
    fn wants_bars(&self) -> bool {
        true
    }

    fn on_bar(&mut self, _: &DayView<'_>, row: usize, wishes: &mut Wishes) -> Result<(), Fault> {
        let market = |side, quantity| Intent::market(SHARE, side, Quantity(quantity));
        if row == 0 {
            wishes.order(market(Side::Buy, 10_000));
            wishes.order(Intent {
                kind: OrderKind::Limit(Price(9_000)),
                ..market(Side::Buy, 1_000)
            });
        }
        Ok(())
    }
}

fn played(kind: AdjustmentKind, latency_ns: i64) -> Run {
    let mut settings = support::settings();
    settings.venue.latency_ns = latency_ns;
    let bars = support::series(&[100.0, 100.0, 50.0, 60.0]);
    let split = Adjustment {
        ts: support::BAR_NS + 50,
        instrument: SHARE,
        kind,
    };
    let terms = Terms {
        costs: &[CostRule::FREE],
        adjustments: &[split],
        currencies: None,
    };
    run(&bars, terms, &settings, &mut Script, &mut |_, _| Ok(())).unwrap()
}

#[test]
fn a_split_takes_market_orders_to_the_new_units_and_resting_ones_back() {
    let two_for_one = AdjustmentKind::Split {
        numerator: 2,
        denominator: 1,
    };
    let run = played(two_for_one, support::BAR_NS);
    let sizes: Vec<i64> = run
        .orders
        .iter()
        .map(|order| order.intent.quantity.0)
        .collect();
    assert_eq!(sizes, [20_000, 1_000]);
    let last = run.orders[1].status;
    assert_eq!(last, OrderStatus::Canceled);
    assert_eq!(run.positions[0].quantity, Quantity(20_000));
}

#[test]
fn trips_with_their_lines_add_up_to_the_profit_to_the_last_unit() {
    for kind in [
        AdjustmentKind::Split {
            numerator: 3,
            denominator: 7,
        },
        AdjustmentKind::Dividend {
            per_unit: Money(1_234_567_891),
        },
        AdjustmentKind::Funding {
            rate: Rate(333_333),
            assumed: false,
        },
    ] {
        let run = played(kind, 0);
        let told: i128 = run.round_trips.iter().map(|trip| trip.pnl.0).sum();
        assert_eq!(told, run.final_equity.0 - support::settings().cash.0);
        let lines: i128 = run.ledger.iter().map(|written| written.line.amount.0).sum();
        let in_trips: i128 = run.round_trips.iter().map(|trip| trip.ledger.0).sum();
        assert_eq!(lines, in_trips);
        assert_eq!(run.ledger.len(), 1);
    }
}

#[test]
fn adjustments_out_of_order_are_refused() {
    let bars = support::series(&[100.0, 100.0]);
    let at = |ts| Adjustment {
        ts,
        instrument: SHARE,
        kind: AdjustmentKind::Split {
            numerator: 2,
            denominator: 1,
        },
    };
    let terms = Terms {
        costs: &[CostRule::FREE],
        adjustments: &[at(2), at(1)],
        currencies: None,
    };
    let ended = run(
        &bars,
        terms,
        &support::settings(),
        &mut Script,
        &mut |_, _| Ok(()),
    );
    assert!(matches!(ended, Err(Fault::BadData(_))));
}
