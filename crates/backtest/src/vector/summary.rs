//! What a sweep keeps of a run: figures, not rows.

use super::kernel::{Sink, Step};
use super::{Ground, Sums};
use crate::Counts;
use sluice_engine::{Position, Solo, Tale};
use sluice_types::{Fault, Fill, Money, Price, Rounding};
use std::ops::Range;

/// The figures of one run. Money is exact; sums over marks are floats.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Final cash.
    pub cash: Money,
    /// Final equity.
    pub final_equity: Money,
    /// Fills, orders, and intents that the check refused.
    pub fills: u64,
    /// Orders that passed the check.
    pub orders: u64,
    /// Refused by the check.
    pub denials: u64,
    /// Round trips, those with a profit among them, and the sums of profits and of losses (≤ 0).
    pub trips: u64,
    /// Trips with a profit above zero.
    pub wins: u64,
    /// Σ of the profits above zero.
    pub won: Money,
    /// Σ of the profits below zero.
    pub lost: Money,
    /// Σ fees.
    pub fees: Money,
    /// Σ paid against the reference prices.
    pub slippage: Money,
    /// Σ notional of the fills.
    pub notional: Money,
    /// Σ equity over the bars.
    pub equity_sum: f64,
    /// Bars at whose close something was held.
    pub held: u64,
    /// Largest fall from the running peak, as a fraction; the first equity is a peak.
    pub max_drawdown: f64,
    /// Equity at the last bar of each session.
    pub sessions: Vec<Money>,
    /// What had to be counted.
    pub counts: Counts,
}

/// Peak and depth over stretches of rows in which cash and position do not change.
#[derive(Debug)]
struct Stretch {
    peak: f64,
    depth: f64,
}

impl Stretch {
    fn mark(&mut self, equity: f64) {
        self.peak = self.peak.max(equity);
        self.depth = self.depth.max(1.0 - equity / self.peak);
    }
}

pub(super) struct Summarizer<'a, 'b> {
    ground: &'b Ground<'a>,
    sums: &'b Sums,
    ends: &'b [u32],
    next_end: usize,
    stretch: Stretch,
    tale: Tale,
    unit: f64,
    pub summary: Summary,
}

impl<'a, 'b> Summarizer<'a, 'b> {
    /// `ends`: the last row of each session, ascending.
    pub fn new(ground: &'b Ground<'a>, sums: &'b Sums, ends: &'b [u32]) -> Self {
        let cash = ground.settings.cash;
        let instrument = ground.instrument();
        let spec = instrument.spec();
        let zero = Money::ZERO;
        Self {
            ground,
            sums,
            ends,
            next_end: 0,
            stretch: Stretch {
                peak: cash.as_f64(),
                depth: 0.0,
            },
            tale: Tale::default(),
            unit: spec.multiplier as f64
                / 1e9
                / 10_f64.powi(i32::from(spec.price_scale + spec.quantity_scale)),
            summary: Summary {
                cash,
                final_equity: cash,
                fills: 0,
                orders: 0,
                denials: 0,
                trips: 0,
                wins: 0,
                won: zero,
                lost: zero,
                fees: zero,
                slippage: zero,
                notional: zero,
                equity_sum: 0.0,
                held: 0,
                max_drawdown: 0.0,
                sessions: Vec::with_capacity(ends.len()),
                counts: Counts::default(),
            },
        }
    }

    /// The figures, once every row is told.
    pub fn finish(mut self, account: &Solo<'_>, counts: Counts) -> Result<Summary, Fault> {
        let ground = self.ground;
        if let Some(&last) = ground.bars.close.last() {
            let value = account.value_at(Price(last))?;
            self.tale.end(account.position(), value)?;
        }
        let (mut summary, told) = (self.summary, self.tale.told);
        (summary.trips, summary.wins) = (told.trips, told.wins);
        (summary.won, summary.lost) = (told.won, told.lost);
        summary.cash = account.cash();
        summary.final_equity = account.equity()?;
        summary.max_drawdown = self.stretch.depth;
        summary.counts = counts;
        Ok(summary)
    }

    #[inline]
    fn take(&mut self, fill: &Fill, before: &Position, after: &Position) -> Result<(), Fault> {
        let (instrument, size) = (self.ground.instrument(), fill.quantity);
        let notional = instrument.notional(fill.price, size, Rounding::Up)?;
        self.summary.notional = self.summary.notional.plus(notional)?;
        self.summary.fees = self.summary.fees.plus(fill.fee)?;
        if fill.price != fill.reference {
            let paid = Price((fill.price.0 - fill.reference.0) * fill.side.sign());
            let slippage = instrument.notional(paid, size, Rounding::Up)?;
            self.summary.slippage = self.summary.slippage.plus(slippage)?;
        }
        self.summary.orders += 1;
        self.summary.fills += 1;
        self.tale.take(fill, before, after)
    }

    /// Drawdown over rows with a position: only new peaks, and the lowest mark after each, are looked at.
    fn walk(&mut self, rows: Range<usize>, account: &Solo<'_>, long: bool) -> Result<(), Fault> {
        let cash = account.cash();
        let equity = |close: i64| -> Result<f64, Fault> {
            Ok(cash.plus(account.value_at(Price(close))?)?.as_f64())
        };
        let closes = &self.ground.bars.close[rows.clone()];
        let (low, high) = (self.sums.extremes)(closes);
        let (best, worst) = if long { (high, low) } else { (low, high) };
        if equity(best)? <= self.stretch.peak {
            self.stretch.mark(equity(worst)?);
            return Ok(());
        }
        let sign = if long { 1 } else { -1 };
        let (mut top, mut bottom) = (i64::MIN, i64::MAX);
        for &close in closes {
            let up = close * sign;
            if up > top {
                top = up;
                let now = equity(close)?;
                if now > self.stretch.peak {
                    if bottom != i64::MAX {
                        self.stretch.mark(equity(bottom * sign)?);
                        bottom = i64::MAX;
                    }
                    self.stretch.mark(now);
                    continue;
                }
            }
            bottom = bottom.min(up);
        }
        if bottom != i64::MAX {
            self.stretch.mark(equity(bottom * sign)?);
        }
        Ok(())
    }
}

impl Sink for Summarizer<'_, '_> {
    const ORDERS: bool = false;

    #[inline]
    fn booked(&mut self, fill: &Fill, before: &Position, after: &Position) -> Result<(), Fault> {
        self.take(fill, before, after)
    }

    #[inline]
    fn step(&mut self, step: Step) -> Result<(), Fault> {
        match step {
            Step::Decided(_) | Step::Filled(..) => {}
            Step::Unfilled(..) => self.summary.orders += 1,
            Step::Denied(..) => self.summary.denials += 1,
        }
        Ok(())
    }

    fn held(&mut self, rows: Range<usize>, account: &Solo<'_>) -> Result<(), Fault> {
        if rows.is_empty() {
            return Ok(());
        }
        let (cash, quantity) = (account.cash(), account.position().quantity.0);
        while let Some(&end) = self.ends.get(self.next_end)
            && (end as usize) < rows.end
        {
            let close = Price(self.ground.bars.close[end as usize]);
            let equity = cash.plus(account.value_at(close)?)?;
            self.summary.sessions.push(equity);
            self.next_end += 1;
        }
        let count = rows.len() as f64;
        self.summary.equity_sum += cash.as_f64() * count;
        if quantity == 0 {
            self.stretch.mark(cash.as_f64());
            return Ok(());
        }
        self.summary.held += rows.len() as u64;
        let closes = self.sums.over(rows.clone()) as f64;
        self.summary.equity_sum += closes * quantity as f64 * self.unit;
        self.walk(rows, account, quantity > 0)
    }
}
