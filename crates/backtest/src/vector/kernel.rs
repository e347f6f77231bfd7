//! From decision to decision: size, check, fill at the next open, and hand the rows between to a sink.

use super::swift::Plain;
use super::{Decisions, Ground};
use crate::sizing::Planner;
use crate::targets::scale;
use crate::{Counts, OrderRef};
use sluice_engine::{Position, Solo};
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
    /// An order filled whole; only where [`Sink::ORDERS`].
    Filled(OrderRef, Order, Fill),
    /// An order decided on the last bar: nothing was left to fill it.
    Unfilled(OrderRef, Order),
    /// The check refused.
    Denied(OrderRef, Denial),
}

/// Who is told what happens. Rows come in order, each once, after the steps that led to them.
pub trait Sink {
    /// Whether it wants to be told of orders, and not of fills alone.
    const ORDERS: bool;
    /// Something happened.
    fn step(&mut self, step: Step) -> Result<(), Fault>;
    /// A fill was booked on what was held `before`; told whether or not [`Step::Filled`] is.
    fn booked(&mut self, fill: &Fill, before: &Position, after: &Position) -> Result<(), Fault>;
    /// The account as it stood at the closes of `rows`.
    fn held(&mut self, rows: Range<usize>, account: &Solo<'_>) -> Result<(), Fault>;
}

/// A run under way: it can stop at any row and go on, so that many runs share the rows that are in cache.
#[derive(Debug)]
pub struct Follower<'a> {
    ground: Ground<'a>,
    /// Cash and position.
    pub account: Solo<'a>,
    /// What had to be counted.
    pub counts: Counts,
    planner: Planner,
    effective: f64,
    /// Rows that the sink knows of.
    told: usize,
    wishes: u64,
    orders: u64,
}

impl<'a> Follower<'a> {
    /// Before the first bar.
    pub fn new(ground: &Ground<'a>) -> Self {
        let settings = ground.settings;
        Self {
            ground: *ground,
            account: Solo::new(
                ground.instrument(),
                settings.cash,
                settings.leverage,
                ground.cost.reserve(),
            ),
            counts: Counts {
                off_price: ground.bars.off_price(),
                ..Counts::default()
            },
            planner: Planner::new(settings.sizing, settings.min_trade),
            effective: 0.0,
            told: 0,
            wishes: 0,
            orders: 0,
        }
    }

    /// Trades the decisions of the rows before `before`.
    ///
    /// # Errors
    /// Any [`Fault`] of sizing, check, costs or ledger: the event engine would meet it too, or says what is right.
    #[inline]
    pub fn advance<S: Sink>(
        &mut self,
        before: usize,
        decisions: &mut impl Decisions,
        sink: &mut S,
    ) -> Result<(), Fault> {
        while let Some((row, target)) = decisions.next(self.effective, before) {
            if !target.is_nan() {
                self.effective = target;
            }
            if !S::ORDERS && self.trade_plainly(row, sink)? {
                continue;
            }
            let ts = self.ground.bars.ts_end[row];
            sink.step(Step::Decided(ts))?;
            if let Some((number, order)) = self.decide(row, ts, sink)? {
                self.trade(row, number, order, sink)?;
            }
        }
        Ok(())
    }

    /// Trades the target in force where that is plain; false where the general way must.
    #[inline]
    fn trade_plainly(&mut self, row: usize, sink: &mut impl Sink) -> Result<bool, Fault> {
        let ground = &self.ground;
        let Some(swift) = &ground.swift else {
            return Ok(false);
        };
        match swift.decide(ground, &self.account, row, self.effective) {
            None => return Ok(false),
            Some(Plain::Nothing) => {}
            Some(Plain::Filled(fill)) => {
                self.wishes += 1;
                self.orders += 1;
                sink.held(self.told..row + 1, &self.account)?;
                self.told = row + 1;
                let before = *self.account.position();
                self.account.fill_exact(&fill, swift.unit())?;
                sink.booked(&fill, &before, self.account.position())?;
            }
        }
        Ok(true)
    }

    /// Sizes and checks the target in force; a denial goes to the sink.
    #[inline]
    fn decide(
        &mut self,
        row: usize,
        ts: Ns,
        sink: &mut impl Sink,
    ) -> Result<Option<(OrderRef, Order)>, Fault> {
        let (bars, counts) = (self.ground.bars, &mut self.counts);
        self.account.mark_at(Price(bars.close[row]))?;
        let sized = self.ground.sized();
        let scale = scale(&[self.effective], bars.instruments(), sized, counts);
        let wanted = std::iter::once((InstrumentId(0), self.effective * scale));
        let plan = self.planner.plan(&self.account, wanted, counts)?;
        let Some(intent) = plan.first() else {
            return Ok(None);
        };
        self.wishes += 1;
        let number = OrderRef(self.wishes);
        match check(ts, OrderId(self.orders + 1), intent, &self.account)? {
            Ok(approved) => {
                self.orders += 1;
                Ok(Some((number, approved.into_order())))
            }
            Err(denial) => {
                self.counts.denied[denial.code as usize] += 1;
                sink.step(Step::Denied(number, denial))?;
                Ok(None)
            }
        }
    }

    /// The fill at the next open, where there is one.
    #[inline]
    fn trade<S: Sink>(
        &mut self,
        row: usize,
        number: OrderRef,
        order: Order,
        sink: &mut S,
    ) -> Result<(), Fault> {
        let bars = self.ground.bars;
        sink.held(self.told..row + 1, &self.account)?;
        self.told = row + 1;
        if self.told == bars.len() {
            return sink.step(Step::Unfilled(number, ended(order)));
        }
        let (fill, unknown) = filled(&self.ground, &order, row)?;
        self.counts.impact_unknown += u64::from(unknown);
        let before = *self.account.position();
        let cost = self.account.fill(&fill)?;
        self.ground.markable(self.account.position().quantity)?;
        sink.booked(&fill, &before, self.account.position())?;
        if S::ORDERS {
            sink.step(Step::Filled(number, done(order, &fill, cost)?, fill))?;
        }
        Ok(())
    }

    /// The rows that are left, and the account marked at the last close.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn finish(&mut self, sink: &mut impl Sink) -> Result<(), Fault> {
        let closes = &self.ground.bars.close;
        sink.held(self.told..closes.len(), &self.account)?;
        self.told = closes.len();
        match closes.last() {
            Some(&last) => self.account.mark_at(Price(last)),
            None => Ok(()),
        }
    }
}

/// A whole run: trades `decisions` on `ground` and tells `sink`.
///
/// # Errors
/// As [`Follower::advance`].
pub fn follow<'a>(
    ground: &Ground<'a>,
    decisions: &mut impl Decisions,
    sink: &mut impl Sink,
) -> Result<Follower<'a>, Fault> {
    let mut follower = Follower::new(ground);
    follower.advance(ground.bars.len(), decisions, sink)?;
    follower.finish(sink)?;
    Ok(follower)
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

/// The order after the one fill that it meets.
fn done(order: Order, fill: &Fill, cost: Money) -> Result<Order, Fault> {
    Ok(Order {
        status: OrderStatus::Filled,
        changed_ns: fill.ts,
        cum_quantity: Quantity::ZERO.plus(fill.quantity)?,
        cum_notional: cost.size()?,
        ..order
    })
}

/// The order of the last bar, taken back as the run ends.
fn ended(order: Order) -> Order {
    Order {
        status: OrderStatus::Canceled,
        changed_ns: order.decided_ns,
        ..order
    }
}
