//! The whole record of a run, the same as the event engine's.

use super::kernel::{Sink, Step, follow};
use super::{Decisions, Ground};
use crate::{Counts, EquityRow, Run};
use sluice_engine::{Position, Solo, round_trips};
use sluice_types::{Fault, Fill, Price};
use std::ops::Range;

struct Recorder<'a> {
    ground: Ground<'a>,
    run: Run,
}

impl Sink for Recorder<'_> {
    const ORDERS: bool = true;

    fn booked(&mut self, _: &Fill, _: &Position, _: &Position) -> Result<(), Fault> {
        Ok(()) // told as a step, with its order
    }

    fn step(&mut self, step: Step) -> Result<(), Fault> {
        let run = &mut self.run;
        match step {
            Step::Decided(ts) => run.rebalances.push(ts),
            Step::Filled(number, order, fill) => {
                run.refs.push(number);
                run.orders.push(order);
                run.fills.push(fill);
            }
            Step::Unfilled(number, order) => {
                run.refs.push(number);
                run.orders.push(order);
            }
            Step::Denied(number, denial) => run.denials.push((number, denial)),
        }
        Ok(())
    }

    fn held(&mut self, rows: Range<usize>, account: &Solo<'_>) -> Result<(), Fault> {
        let bars = self.ground.bars;
        let cash = account.cash();
        for row in rows {
            let value = account.value_at(Price(bars.close[row]))?;
            self.run.equity.push(EquityRow {
                ts: bars.ts_end[row],
                equity: cash.plus(value)?,
                cash,
                gross: value.size()?.as_f64(),
            });
        }
        Ok(())
    }
}

/// Follows `decisions` and keeps everything.
///
/// # Errors
/// As [`follow`].
pub fn record(ground: &Ground<'_>, decisions: &mut impl Decisions) -> Result<Run, Fault> {
    let bars = ground.bars;
    let mut recorder = Recorder {
        ground: *ground,
        run: Run {
            equity: Vec::with_capacity(bars.len()),
            fills: Vec::new(),
            orders: Vec::new(),
            refs: Vec::new(),
            denials: Vec::new(),
            rates: Vec::new(),
            ledger: Vec::new(),
            round_trips: Vec::new(),
            rebalances: Vec::new(),
            counts: Counts::default(),
            positions: Vec::new(),
            marks: vec![bars.close.last().map(|&close| Price(close))],
            cash: ground.settings.cash,
            final_equity: ground.settings.cash,
        },
    };
    let followed = follow(ground, decisions, &mut recorder)?;
    let mut run = recorder.run;
    run.counts = followed.counts;
    run.positions = vec![*followed.account.position()];
    run.cash = followed.account.cash();
    run.final_equity = followed.account.equity()?;
    run.round_trips = round_trips(bars.instruments(), &run.fills, &run.marks, ground.end())?;
    Ok(run)
}
