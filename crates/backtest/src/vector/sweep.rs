//! Many runs on one ground: every thread takes the next point, and the answers come back in the order of the points.

pub use super::averages::Sums;
use super::kernel::follow;
use super::summary::Summarizer;
use super::{Average, Crossing, Decisions, Ground, Lanes, Summary};
use sluice_types::{Fault, Fill};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// One point of a sweep: two averages and the targets below, equal and above.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    /// The averages that are compared.
    pub averages: [Average<'a>; 2],
    /// Targets where the first is below, equal, above; NaN keeps.
    pub targets: [f64; 3],
    /// The first row that speaks.
    pub first: usize,
}

/// The figures of one run; `ends` holds the last row of each session.
///
/// # Errors
/// As [`follow`].
pub fn summarize(
    ground: &Ground<'_>,
    sums: &Sums,
    ends: &[u32],
    decisions: &mut impl Decisions,
) -> Result<Summary, Fault> {
    one(ground, sums, ends, decisions, &mut Vec::new())
}

fn one(
    ground: &Ground<'_>,
    sums: &Sums,
    ends: &[u32],
    decisions: &mut impl Decisions,
    fills: &mut Vec<Fill>,
) -> Result<Summary, Fault> {
    let mut summarizer = Summarizer::new(ground, sums, ends, std::mem::take(fills));
    let followed = follow(ground, decisions, &mut summarizer)?;
    let (summary, buffer) = summarizer.finish(&followed.account, followed.counts)?;
    *fills = buffer;
    Ok(summary)
}

/// Every point's figures, or None where only the event engine can tell.
pub fn sweep(
    ground: &Ground<'_>,
    sums: &Sums,
    ends: &[u32],
    points: &[Point<'_>],
    (lanes, threads): (&Lanes, usize),
) -> Vec<Option<Summary>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut found, mut fills) = (Vec::new(), Vec::new());
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(point) = points.get(place) else {
                return found;
            };
            let answer = Crossing::of(sums, point.averages, point.targets, point.first, lanes)
                .and_then(|mut crossing| one(ground, sums, ends, &mut crossing, &mut fills).ok());
            found.push((place, answer));
        }
    };
    let mut answers = vec![None; points.len()];
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(points.len()))
            .map(|_| scope.spawn(work))
            .collect();
        let mut all = vec![work()];
        // A thread that died leaves its points unanswered: the event engine meets what killed it.
        all.extend(others.into_iter().filter_map(|other| other.join().ok()));
        for (place, answer) in all.into_iter().flatten() {
            answers[place] = answer;
        }
    });
    answers
}
