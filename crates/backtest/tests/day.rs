//! The simulated day: what comes when, and what the default trading does.

mod support;

use sluice_backtest::{
    BarColumns, DayView, Notice, Rebalance, Run, Settings, Sizing, Targets, Trader, Wishes, run,
};
use sluice_sim::CostRule;
use sluice_types::{
    Fault, InstrumentId, Intent, Money, Ns, OrderKind, OrderStatus, Price, Quantity, Rate, Side,
};
use support::{BAR_NS, columns, series, settings};

const KEEP: f64 = f64::NAN;

fn follow(bars: &BarColumns, targets: &[f64], costs: CostRule, settings: &Settings) -> Run {
    let costs = vec![costs; bars.instruments().len()];
    let mut trader = Targets::new(bars, targets, Rebalance::OnChange, settings).unwrap();
    run(bars, &costs, settings, &mut trader, &mut |_, _| Ok(())).unwrap()
}

fn intent(side: Side, kind: OrderKind) -> Intent {
    Intent {
        kind,
        ..Intent::market(InstrumentId(0), side, Quantity(1_000))
    }
}

/// Wishes one order at each named row, and writes down what it is told.
#[derive(Default)]
struct Script {
    orders: Vec<(usize, Intent)>,
    answer: Option<Intent>,
    told: Vec<(Ns, Notice)>,
}

impl Trader for Script {
    fn wants_bars(&self) -> bool {
        true
    }
    fn wants_notices(&self) -> bool {
        true
    }
    fn on_bar(&mut self, _: &DayView<'_>, row: usize, wishes: &mut Wishes) -> Result<(), Fault> {
        for (_, intent) in self.orders.iter().filter(|(at, _)| *at == row) {
            wishes.order(*intent);
        }
        Ok(())
    }
    fn on_notice(
        &mut self,
        day: &DayView<'_>,
        notice: &Notice,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        self.told.push((day.ts, *notice));
        if let (Notice::Fill(..), Some(intent)) = (notice, self.answer.take()) {
            wishes.order(intent);
        }
        Ok(())
    }
}

fn act(bars: &BarColumns, script: &mut Script) -> Run {
    let costs = vec![CostRule::FREE; bars.instruments().len()];
    run(bars, &costs, &settings(), script, &mut |_, _| Ok(())).unwrap()
}

#[test]
fn a_target_decided_at_a_close_fills_at_the_next_open() {
    let bars = series(&[100.0, 100.0, 110.0, 120.0]);
    let run = follow(&bars, &[KEEP, 0.5, KEEP, KEEP], CostRule::FREE, &settings());
    let fill = run.fills[0];
    // 0.5 × 100,000 / 100.00 = 500 units, at the open of the third bar.
    assert_eq!((fill.ts, fill.price), (2 * BAR_NS, Price(10_000)));
    assert_eq!(fill.quantity, Quantity(500_000));
    assert_eq!(run.final_equity, Money(110_000_000_000_000));
}

#[test]
fn a_decision_on_the_last_bar_never_fills() {
    let bars = series(&[100.0, 100.0]);
    let run = follow(&bars, &[KEEP, 0.5], CostRule::FREE, &settings());
    assert!(run.fills.is_empty());
    assert_eq!(run.orders[0].status, OrderStatus::Canceled);
}

#[test]
fn drift_is_not_traded_on_change_and_is_on_a_marked_row() {
    let bars = series(&[100.0, 100.0, 150.0, 150.0, 150.0]);
    let targets = [0.5; 5];
    assert_eq!(
        follow(&bars, &targets, CostRule::FREE, &settings())
            .fills
            .len(),
        1
    );
    let marks = [true, false, false, true, false];
    let mut trader = Targets::new(&bars, &targets, Rebalance::Rows(&marks), &settings()).unwrap();
    let costs = [CostRule::FREE];
    let run = run(&bars, &costs, &settings(), &mut trader, &mut |_, _| Ok(())).unwrap();
    assert_eq!(run.rebalances, [BAR_NS, 4 * BAR_NS]);
    // Equity 125,000 of which 75,000 is held; 62,500 is wanted: 83.333 units less.
    assert_eq!(run.fills[1].quantity, Quantity(83_334));
    assert_eq!(run.fills[1].side, Side::Sell);
}

#[test]
fn weights_above_the_leverage_are_scaled_together_and_counted() {
    let row = |at: Ns, place: u32| (at * BAR_NS, (at + 1) * BAR_NS, place, 100.0, 100.0);
    let bars = columns(
        &["A.TEST", "B.TEST"],
        &[row(0, 0), row(0, 1), row(1, 0), row(1, 1)],
    );
    let run = follow(&bars, &[1.5, -0.5, KEEP, KEEP], CostRule::FREE, &settings());
    let sizes: Vec<i64> = run.fills.iter().map(|fill| fill.quantity.0).collect();
    assert_eq!(sizes, [750_000, 250_000]);
    assert_eq!(run.counts.scaled_leverage, 1);
}

#[test]
fn a_full_weight_leaves_room_for_its_own_costs() {
    let bars = series(&[100.0, 100.0, 100.0]);
    let costs = CostRule {
        taker: Rate(1_000_000),
        half_spread: Rate(1_000_000),
        ..CostRule::FREE
    };
    let run = follow(&bars, &[1.0, KEEP, KEEP], costs, &settings());
    assert_eq!(run.denials, []);
    assert_eq!(run.counts.fitted_to_buying_power, 1);
    // 100,000 / (100 × 1.002)
    assert_eq!(run.fills[0].quantity, Quantity(998_003));
}

#[test]
fn reductions_are_sent_before_increases() {
    let row = |at: Ns, place: u32| (at * BAR_NS, (at + 1) * BAR_NS, place, 100.0, 100.0);
    let rows: Vec<_> = (0..4).flat_map(|at| [row(at, 0), row(at, 1)]).collect();
    let bars = columns(&["A.TEST", "B.TEST"], &rows);
    let targets = [0.0, 1.0, 1.0, 0.0, KEEP, KEEP, KEEP, KEEP];
    let run = follow(&bars, &targets, CostRule::FREE, &settings());
    let sent: Vec<(u32, Side)> = (run.orders.iter())
        .map(|order| (order.intent.instrument.0, order.intent.side))
        .collect();
    assert_eq!(sent, [(1, Side::Buy), (1, Side::Sell), (0, Side::Buy)]);
    assert_eq!(run.denials, []);
    assert_eq!(run.counts.fitted_to_buying_power, 0);
}

#[test]
fn units_and_notional_are_sizes_of_their_own() {
    let bars = series(&[200.0, 200.0]);
    for (sizing, target, expected) in [
        (Sizing::Units, 7.0, 7_000),
        (Sizing::Notional, 1_000.0, 5_000),
    ] {
        let settings = Settings {
            sizing,
            ..settings()
        };
        let run = follow(&bars, &[target, KEEP], CostRule::FREE, &settings);
        assert_eq!(run.fills[0].quantity, Quantity(expected));
    }
}

#[test]
fn a_trade_below_the_least_share_of_equity_is_skipped_but_getting_flat_is_not() {
    let bars = series(&[100.0; 5]);
    let settings = Settings {
        min_trade: 0.1,
        ..settings()
    };
    let run = follow(
        &bars,
        &[0.2, 0.25, 0.05, 0.0, KEEP],
        CostRule::FREE,
        &settings,
    );
    let sizes: Vec<i64> = run.fills.iter().map(|fill| fill.quantity.0).collect();
    assert_eq!(sizes, [200_000, 150_000, 50_000]);
    assert_eq!(run.counts.below_min_trade, 1);
}

/// What was seen at a bar: stamp, row, bars known, marks.
type Seen = (Ns, usize, Vec<u32>, Vec<Option<Price>>);

/// Writes down what it may see.
struct Look(Vec<Seen>);

impl Trader for Look {
    fn wants_bars(&self) -> bool {
        true
    }
    fn on_bar(&mut self, day: &DayView<'_>, row: usize, _: &mut Wishes) -> Result<(), Fault> {
        let marks = (0..2)
            .map(|place| day.engine.mark(InstrumentId(place)))
            .collect();
        self.0.push((day.ts, row, day.known.to_vec(), marks));
        Ok(())
    }
}

#[test]
fn at_one_stamp_closes_come_first_then_decisions_then_opens() {
    // A has bars of 100, B of 300. At 300 both close; A's next open is at 300 as well.
    let bars = columns(
        &["A.TEST", "B.TEST"],
        &[
            (0, 100, 0, 10.0, 11.0),
            (100, 200, 0, 11.0, 12.0),
            (200, 300, 0, 12.0, 13.0),
            (0, 300, 1, 50.0, 60.0),
            (300, 400, 0, 14.0, 14.0),
            (300, 600, 1, 61.0, 61.0),
        ],
    );
    let mut look = Look(Vec::new());
    let costs = [CostRule::FREE; 2];
    run(&bars, &costs, &settings(), &mut look, &mut |_, _| Ok(())).unwrap();
    let marks = |a, b| vec![Some(Price(a)), Some(Price(b))];
    assert_eq!(look.0[0], (100, 0, vec![1, 0], marks(1_100, 5_000)));
    assert_eq!(look.0[2], (300, 2, vec![3, 1], marks(1_300, 6_000)));
    assert_eq!(look.0[3], (300, 3, vec![3, 1], marks(1_300, 6_000)));
    assert_eq!(look.0[4], (400, 4, vec![4, 1], marks(1_400, 6_100)));
}

#[test]
fn an_order_made_in_answer_to_a_fill_at_an_open_waits_for_the_next_open() {
    let bars = series(&[100.0, 101.0, 102.0, 103.0]);
    let mut script = Script {
        orders: vec![(0, intent(Side::Buy, OrderKind::Market))],
        answer: Some(intent(Side::Sell, OrderKind::Market)),
        ..Script::default()
    };
    let run = act(&bars, &mut script);
    let fills: Vec<(Ns, Price)> = run.fills.iter().map(|fill| (fill.ts, fill.price)).collect();
    assert_eq!(
        fills,
        [(BAR_NS, Price(10_000)), (2 * BAR_NS, Price(10_100))]
    );
}

#[test]
fn a_denied_wish_keeps_its_number_and_is_told() {
    let bars = series(&[100.0, 101.0, 102.0]);
    let huge = Intent {
        quantity: Quantity(10_000_000),
        ..intent(Side::Buy, OrderKind::Market)
    };
    let mut script = Script {
        orders: vec![(0, huge), (0, intent(Side::Buy, OrderKind::Market))],
        ..Script::default()
    };
    let run = act(&bars, &mut script);
    assert_eq!(run.denials[0].0.0, 1);
    assert_eq!(run.refs[0].0, 2);
    assert!(matches!(script.told[0].1, Notice::Denied(number, _) if number.0 == 1));
    assert_eq!(run.counts.denied.iter().sum::<u64>(), 1);
}

#[test]
fn a_resting_order_fills_inside_a_bar_and_the_books_agree() {
    let bars = series(&[100.0, 100.0, 90.0, 95.0]);
    let mut script = Script {
        orders: vec![(0, intent(Side::Buy, OrderKind::Limit(Price(9_500))))],
        ..Script::default()
    };
    let run = act(&bars, &mut script);
    assert_eq!(
        (run.fills[0].ts, run.fills[0].price),
        (3 * BAR_NS, Price(9_500))
    );
    let pnl: i128 = run.round_trips.iter().map(|trip| trip.pnl.0).sum();
    assert_eq!(run.final_equity.0 - settings().cash.0, pnl);
}

#[test]
fn the_research_flag_fills_at_the_close_of_the_decision() {
    let bars = series(&[100.0, 105.0, 110.0]);
    let mut settings = settings();
    settings.venue.fill_at_close = true;
    let run = follow(&bars, &[KEEP, 0.5, KEEP], CostRule::FREE, &settings);
    assert_eq!(
        (run.fills[0].ts, run.fills[0].price),
        (2 * BAR_NS, Price(10_500))
    );
}

#[test]
fn a_fault_of_the_progress_call_ends_the_run() {
    let bars = series(&[100.0; 3]);
    let mut stop = |_, _| Err(Fault::Interrupted);
    let mut script = Script::default();
    let ended = run(
        &bars,
        &[CostRule::FREE],
        &settings(),
        &mut script,
        &mut stop,
    );
    assert_eq!(ended.unwrap_err(), Fault::Interrupted);
}

#[test]
fn the_same_run_has_the_same_digest_and_another_has_not() {
    let bars = series(&[100.0, 101.0, 103.0, 99.0]);
    let digest = |weight| {
        follow(
            &bars,
            &[weight, KEEP, KEEP, KEEP],
            CostRule::FREE,
            &settings(),
        )
        .digest()
    };
    assert_eq!(digest(0.5), digest(0.5));
    assert_ne!(digest(0.5), digest(0.4));
}
