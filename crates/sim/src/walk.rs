//! What happens inside a bar, of which only four prices are known.
//!
//! Two paths agree with a bar: open-low-high-close and open-high-low-close. Both are walked on copies of the book, price
//! by price as it meets the orders, and the one that leaves the lower equity at the close is kept (low first if they
//! are equal).

use crate::book::Book;
use crate::matching::{Matching, Rules};
use crate::resting::{Point, Stage};
use sluice_types::{Bar, Fault, Instrument, Money, Report, ReportKind, Rounding};

/// A copy of the book that walks one path, and what is said on the way. Kept, so that its memory is.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    book: Book,
    said: Vec<Report>,
}

/// Walks the bar, of which the open has been dealt with.
pub(crate) fn walk(
    bar: &Bar,
    rules: Rules<'_>,
    book: &mut Book,
    lanes: &mut [Lane; 2],
    out: &mut Vec<Report>,
) -> Result<(), Fault> {
    if !book.is_met_within(bar.low, bar.high, rules.touch_fills)? {
        // Nothing is met on either path: trailing stops follow to the ends of the bar, in whatever sequence.
        for one in &mut book.resting {
            one.follow(bar.low)?;
            one.follow(bar.high)?;
        }
        return Ok(());
    }
    let paths = if is_plain(book) { 1 } else { 2 };
    for (lane, high_first) in lanes.iter_mut().zip([false, true]).take(paths) {
        lane.book.copy(book);
        lane.said.clear();
        let mut matching = Matching {
            rules,
            ts: bar.ts_end,
            since: bar.ts_start,
            at: Point::at(bar.open),
            book: &mut lane.book,
            out: &mut lane.said,
        };
        let (first, second) = if high_first {
            (bar.high, bar.low)
        } else {
            (bar.low, bar.high)
        };
        matching.run(first)?;
        matching.run(second)?;
        matching.run(bar.close)?;
    }
    let high_first = paths == 2
        && gain_at_close(rules.instrument, bar, &lanes[1].said)?
            < gain_at_close(rules.instrument, bar, &lanes[0].said)?;
    let kept = &mut lanes[usize::from(high_first)];
    book.copy(&kept.book);
    out.append(&mut kept.said);
    Ok(())
}

/// One order and nothing tied to it: both paths meet it at the same price.
fn is_plain(book: &Book) -> bool {
    match &book.resting[..] {
        [one] => book.held.is_empty() && !matches!(one.stage, Stage::Trailing { .. }),
        _ => false,
    }
}

/// What a path's fills have added to the equity at the bar's close.
fn gain_at_close(instrument: &Instrument, bar: &Bar, said: &[Report]) -> Result<Money, Fault> {
    let mut gain = Money::ZERO;
    for word in said {
        if let ReportKind::Filled(fill) = word.kind {
            let signed = fill.side.signed(fill.quantity);
            let worth = instrument.notional(bar.close, signed, Rounding::Down)?;
            let paid = instrument.notional(fill.price, signed, Rounding::Up)?;
            gain = gain.plus(worth)?.minus(paid)?.minus(fill.fee)?;
        }
    }
    Ok(gain)
}
