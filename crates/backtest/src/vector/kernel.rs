//! From decision to decision: size, check, fill at the next open, and hand the rows between to a sink.

use super::{Decisions, Ground};
use crate::sizing::Planner;
use crate::targets::scale;
use crate::{Counts, OrderRef};
use sluice_engine::Solo;
use sluice_pretrade::{Denial, check};
use sluice_types::{
    Fault, Fill, InstrumentId, Liquidity, Money, Ns, Order, OrderId, OrderStatus, Price, Quantity,
};
use std::ops::Range;

/// Something that happened, for the sink.
#[derive(Debug)]
pub enum Step {
    /// A target was traded at this stamp, whether or not an order came of it.
    Decided(Ns),
    /// An order filled whole.
    Filled(OrderRef, Order, Fill),
    /// An order decided on the last bar: nothing was left to fill it.
    Unfilled(OrderRef, Order),
    /// The check refused.
    Denied(OrderRef, Denial),
}

/// Who is told what happens. Rows come in order, each once, after the steps that led to them.
pub trait Sink {
    /// Something happened.
    fn step(&mut self, step: Step) -> Result<(), Fault>;
    /// The account as it stood at the closes of `rows`.
    fn held(&mut self, rows: Range<usize>, account: &Solo<'_>) -> Result<(), Fault>;
}

/// How a run ended.
#[derive(Debug)]
pub struct Followed<'a> {
    /// The account, marked at the last close.
    pub account: Solo<'a>,
    /// What had to be counted.
    pub counts: Counts,
}

/// Trades `decisions` on `ground` and tells `sink`.
///
/// # Errors
/// Any [`Fault`] of sizing, check, costs or ledger: the event engine would meet it too, or says what is right.
pub fn follow<'a>(
    ground: &Ground<'a>,
    decisions: &mut impl Decisions,
    sink: &mut impl Sink,
) -> Result<Followed<'a>, Fault> {
    let (bars, settings) = (ground.bars, ground.settings);
    let (instrument, id) = (ground.instrument(), InstrumentId(0));
    let reserve = ground.cost.reserve();
    let mut account = Solo::new(instrument, settings.cash, settings.leverage, reserve);
    let mut planner = Planner::new(settings.sizing, settings.min_trade);
    let mut counts = Counts {
        off_price: bars.off_price(),
        ..Counts::default()
    };
    let (mut effective, mut told, mut wishes, mut orders) = (0.0, 0, 0, 0);
    while let Some((row, target)) = decisions.next(effective) {
        if !target.is_nan() {
            effective = target;
        }
        let ts = bars.ts_end[row];
        account.mark_at(Price(bars.close[row]))?;
        sink.step(Step::Decided(ts))?;
        let scale = scale(
            &[effective],
            bars.instruments(),
            ground.sized(),
            &mut counts,
        );
        let wanted = std::iter::once((id, effective * scale));
        let Some(&intent) = planner.plan(&account, wanted, &mut counts)?.first() else {
            continue;
        };
        wishes += 1;
        let number = OrderRef(wishes);
        let order = match check(ts, OrderId(orders + 1), &intent, &account)? {
            Ok(approved) => approved.into_order(),
            Err(denial) => {
                counts.denied[denial.code as usize] += 1;
                sink.step(Step::Denied(number, denial))?;
                continue;
            }
        };
        orders += 1;
        sink.held(told..row + 1, &account)?;
        told = row + 1;
        if told == bars.len() {
            sink.step(Step::Unfilled(number, order.ended(ts)))?;
            break;
        }
        let (fill, unknown) = filled(ground, &order, row)?;
        counts.impact_unknown += u64::from(unknown);
        let cost = account.fill(&fill)?;
        ground.markable(account.position().quantity)?;
        sink.step(Step::Filled(number, order.done(&fill, cost)?, fill))?;
    }
    sink.held(told..bars.len(), &account)?;
    if let Some(&last) = bars.close.last() {
        account.mark_at(Price(last))?;
    }
    Ok(Followed { account, counts })
}

/// The fill of a market order at the open after the row of its decision, and whether a part of its costs is unknown.
fn filled(ground: &Ground<'_>, order: &Order, row: usize) -> Result<(Fill, bool), Fault> {
    let (bars, instrument) = (ground.bars, ground.instrument());
    let (reference, intent) = (Price(bars.open[row + 1]), &order.intent);
    let conditions = ground.conditions(row);
    let slipped = ground.cost.taker_price(
        instrument,
        intent.side,
        intent.quantity,
        reference,
        &conditions,
    )?;
    let liquidity = Liquidity::Taker;
    let cost = ground.cost;
    let fill = Fill {
        ts: bars.ts_start[row + 1],
        order: order.id,
        instrument: intent.instrument,
        side: intent.side,
        quantity: intent.quantity,
        price: slipped.price,
        reference,
        fee: cost.fee(instrument, slipped.price, intent.quantity, liquidity)?,
        liquidity,
    };
    Ok((fill, slipped.unknown))
}

/// What becomes of an order that meets nothing but one fill, or none.
trait Ending: Sized {
    fn done(self, fill: &Fill, cost: Money) -> Result<Self, Fault>;
    fn ended(self, ts: Ns) -> Self;
}

impl Ending for Order {
    fn done(self, fill: &Fill, cost: Money) -> Result<Self, Fault> {
        Ok(Self {
            status: OrderStatus::Filled,
            changed_ns: fill.ts,
            cum_quantity: Quantity::ZERO.plus(fill.quantity)?,
            cum_notional: cost.size()?,
            ..self
        })
    }

    fn ended(self, ts: Ns) -> Self {
        Self {
            status: OrderStatus::Canceled,
            changed_ns: ts,
            ..self
        }
    }
}
