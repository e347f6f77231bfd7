//! The vector kernel against the event engine: every figure and every fill equal to the last unit.

use proptest::prelude::*;
use sluice_backtest::vector::{
    Average, Column, Crossing, Decisions, Ground, PORTABLE, Point, Sums, extremes, record,
    summarize, sweep,
};
use sluice_backtest::{BarColumns, RawBars, Rebalance, Run, Settings, Sizing, Targets, run};
use sluice_sim::{CostRule, VenueSettings};
use sluice_types::{Instrument, InstrumentSpec, Money, Rate, UNITS};

#[derive(Debug, Clone)]
struct Case {
    closes: Vec<f64>,
    gaps: Vec<i64>,
    targets: Vec<f64>,
    marks: Vec<bool>,
    on_change: bool,
    settings: Settings,
    cost: CostRule,
    spec: InstrumentSpec,
}

fn any_target() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(f64::NAN),
        Just(0.0),
        Just(1.0),
        Just(-1.0),
        Just(0.5),
        Just(3.0),
        -2.0..2.0_f64
    ]
}

prop_compose! {
    fn any_spec()(
        price_scale in 0_u8..6,
        quantity_scale in 0_u8..9,
        tick in 1_i64..200,
        lot in prop_oneof![Just(1_i64), 1_i64..500],
        multiplier in prop_oneof![Just(1_000_000_000_i64), 1_i64..5_000_000_000],
        min_notional in prop_oneof![Just(0_i128), 0_i128..2_000 * UNITS],
        shortable: bool,
    ) -> InstrumentSpec {
        InstrumentSpec {
            name: "ONE.TEST".into(), currency: "USD".into(), price_scale, quantity_scale, tick, lot,
            multiplier, min_notional: Money(min_notional), shortable,
        }
    }
}

prop_compose! {
    fn any_cost()(
        taker in prop_oneof![Just(0_i64), -1_000_000_i64..5_000_000],
        half_spread in prop_oneof![Just(0_i64), 0_i64..3_000_000],
        volume_slippage in prop_oneof![Just(0.0), 0.0..0.1],
        impact in prop_oneof![Just(0.0), 0.0..1.0],
    ) -> CostRule {
        CostRule { maker: Rate(0), taker: Rate(taker), half_spread: Rate(half_spread), volume_slippage, impact }
    }
}

prop_compose! {
    fn any_settings()(
        cash in 1_i128..1_000_000,
        leverage in prop_oneof![Just(1_000_000_000_i64), 100_000_000_i64..5_000_000_000],
        latency_ns in prop_oneof![Just(0_i64), 0_i64..150],
        sizing in prop_oneof![Just(Sizing::Weight), Just(Sizing::Units), Just(Sizing::Notional)],
        min_trade in prop_oneof![Just(0.0), 0.0..0.3],
        fill_at_close in prop_oneof![9 => Just(false), 1 => Just(true)],
    ) -> Settings {
        Settings {
            cash: Money(cash * UNITS), leverage: Rate(leverage), sizing, min_trade, sample_ns: 60,
            venue: VenueSettings { latency_ns, fill_at_close, ..VenueSettings::plain(100) },
        }
    }
}

fn any_case() -> impl Strategy<Value = Case> {
    (1_usize..80).prop_flat_map(|rows| {
        let columns = (
            prop::collection::vec(0.5..300.0_f64, rows),
            prop::collection::vec(prop_oneof![Just(0_i64), 0_i64..300], rows),
            prop::collection::vec(any_target(), rows),
            prop::collection::vec(any::<bool>(), rows),
        );
        let rest = (any::<bool>(), any_settings(), any_cost(), any_spec());
        (columns, rest).prop_map(
            |((closes, gaps, targets, marks), (on_change, settings, cost, spec))| Case {
                closes,
                gaps,
                targets,
                marks,
                on_change,
                settings,
                cost,
                spec,
            },
        )
    })
}

fn bars(case: &Case) -> Option<BarColumns> {
    let instrument = Instrument::new(case.spec.clone()).ok()?;
    let mut now = 0;
    let starts: Vec<i64> = case
        .gaps
        .iter()
        .map(|gap| {
            now += gap + 100;
            now - 100
        })
        .collect();
    let ends: Vec<i64> = starts.iter().map(|start| start + 100).collect();
    let scale = 10_f64.powi(i32::from(case.spec.price_scale));
    let rounded = |price: &f64| (price * scale).round().max(1.0) / scale;
    let closes: Vec<f64> = case.closes.iter().map(rounded).collect();
    let mut opens = closes.clone();
    opens.rotate_right(1);
    let pick = |of: fn(f64, f64) -> f64| -> Vec<f64> {
        opens.iter().zip(&closes).map(|(&a, &b)| of(a, b)).collect()
    };
    let volume: Vec<f64> = (0..closes.len())
        .map(|row| {
            if row % 7 == 3 {
                f64::NAN
            } else {
                1_000.0 + row as f64
            }
        })
        .collect();
    let raw = RawBars {
        ts_start: &starts,
        ts_end: &ends,
        instrument: &vec![0; closes.len()],
        open: &opens,
        high: &pick(f64::max),
        low: &pick(f64::min),
        close: &closes,
        volume: &volume,
        adv: None,
        sigma: None,
    };
    BarColumns::new(vec![instrument], &raw).ok()
}

fn rebalance(case: &Case) -> Rebalance<'_> {
    if case.on_change {
        Rebalance::OnChange
    } else {
        Rebalance::Rows(&case.marks)
    }
}

fn by_event(case: &Case, bars: &BarColumns, targets: &[f64]) -> Option<Run> {
    let mut trader = Targets::new(bars, targets, rebalance(case), &case.settings).ok()?;
    let costs = [case.cost];
    run(
        bars,
        &costs,
        &case.settings,
        &mut trader,
        &mut |_, _| Ok(()),
    )
    .ok()
}

fn daily_ends(rows: usize) -> Vec<u32> {
    (0..rows)
        .filter(|row| row % 5 == 4 || row + 1 == rows)
        .map(|row| row as u32)
        .collect()
}

fn assert_summary(case: &Case, bars: &BarColumns, want: &Run, decisions: &mut impl Decisions) {
    let costs = [case.cost];
    let ground = Ground::of(bars, &costs, &case.settings).unwrap();
    let sums = Sums::of(&ground, 1, extremes).unwrap();
    let ends = daily_ends(bars.len());
    let got = summarize(&ground, &sums, &ends, decisions).unwrap();
    assert_eq!((got.cash, got.final_equity), (want.cash, want.final_equity));
    assert_eq!(got.fills as usize, want.fills.len());
    assert_eq!(got.orders as usize, want.orders.len());
    assert_eq!(got.denials as usize, want.denials.len());
    assert_eq!(got.trips as usize, want.round_trips.len());
    let pnl = |of: fn(&Money) -> bool| {
        let all = want.round_trips.iter().map(|trip| trip.pnl);
        all.filter(of).fold(0, |sum, pnl| sum + pnl.0)
    };
    assert_eq!(got.won.0, pnl(|pnl| *pnl > Money::ZERO));
    assert_eq!(got.lost.0, pnl(|pnl| *pnl < Money::ZERO));
    assert_eq!(got.counts, want.counts);
    assert_eq!(
        got.fees.0,
        want.fills.iter().map(|fill| fill.fee.0).sum::<i128>()
    );
    let marks: Vec<Money> = ends
        .iter()
        .map(|&row| want.equity[row as usize].equity)
        .collect();
    assert_eq!(got.sessions, marks);
    let (mut peak, mut depth, mut sum) = (case.settings.cash.as_f64(), 0.0_f64, 0.0);
    for row in &want.equity {
        let equity = row.equity.as_f64();
        peak = peak.max(equity);
        depth = depth.max(1.0 - equity / peak);
        sum += equity;
    }
    assert_eq!(got.max_drawdown, depth);
    assert!((got.equity_sum - sum).abs() <= 1e-9 * sum.abs().max(1.0));
    let held = want.equity.iter().filter(|row| row.gross > 0.0).count();
    assert!(got.held as usize >= held);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_run_on_targets_is_the_event_engines(case in any_case()) {
        let Some(bars) = bars(&case) else { return Ok(()) };
        let costs = [case.cost];
        let venue = &case.settings.venue;
        let Some(ground) = Ground::of(&bars, &costs, &case.settings) else {
            prop_assert!(venue.fill_at_close || venue.latency_ns >= venue.bar_ns);
            return Ok(());
        };
        let got = record(&ground, &mut Column::of(&bars, &case.targets, rebalance(&case)).unwrap());
        let want = by_event(&case, &bars, &case.targets);
        if let Ok(got) = got {
            let want = want.expect("the event engine must know the answer too");
            prop_assert_eq!(got.digest(), want.digest());
            prop_assert_eq!(&got, &want);
            assert_summary(&case, &bars, &want, &mut Column::of(&bars, &case.targets, rebalance(&case)).unwrap());
        }
    }

    #[test]
    fn a_crossing_is_the_column_of_its_targets(
        case in any_case(), fast in 1_u32..9, slow in 1_u32..20,
        below in any_target(), equal in any_target(), above in any_target(),
    ) {
        let case = Case { on_change: true, ..case };
        let Some(bars) = bars(&case) else { return Ok(()) };
        let costs = [case.cost];
        let Some(ground) = Ground::of(&bars, &costs, &case.settings) else { return Ok(()) };
        let first = fast.max(slow) as usize - 1;
        let mean = |n: u32, row: usize| {
            let sum: i64 = bars.prices(3)[row + 1 - n as usize..=row].iter().sum();
            sum as f64 / f64::from(n)
        };
        let column: Vec<f64> = (0..bars.len()).map(|row| {
            if row < first { return f64::NAN }
            match mean(fast, row).total_cmp(&mean(slow, row)) {
                std::cmp::Ordering::Less => below,
                std::cmp::Ordering::Equal => equal,
                std::cmp::Ordering::Greater => above,
            }
        }).collect();
        for product in [1, 200] { // without and with short sums
            let sums = Sums::of(&ground, product * u64::from(u32::MAX), extremes).unwrap();
            let narrow = Sums::of(&ground, product, extremes).unwrap();
            for sums in [&sums, &narrow] {
                let averages = [Average::Simple(fast), Average::Simple(slow)];
                let targets = [below, equal, above];
                let mut crossing = Crossing::of(sums, averages, targets, first, &PORTABLE).unwrap();
                let want = record(&ground, &mut Column::of(&bars, &column, Rebalance::OnChange).unwrap());
                let got = record(&ground, &mut crossing);
                prop_assert_eq!(got.ok(), want.ok());
                let point = Point { averages, targets, first };
                let ends = daily_ends(bars.len());
                let all = sweep(&ground, sums, &ends, &[point; 5], (&PORTABLE, 2));
                let mut column = Column::of(&bars, &column, Rebalance::OnChange).unwrap();
                let one = summarize(&ground, sums, &ends, &mut column).ok();
                prop_assert!(all.iter().all(|found| *found == one));
            }
        }
    }
}
