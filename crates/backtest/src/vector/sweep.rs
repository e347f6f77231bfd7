//! Many runs on one ground: every thread takes the next point, and the answers come back in the order of the points.

pub use super::averages::Sums;
use super::kernel::follow;
use super::summary::Summarizer;
use super::{Average, BLOCK, Crossing, Decisions, Follower, Ground, Lanes, Summary};
use sluice_types::Fault;
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

/// Points that walk through the rows together.
const GROUP: usize = 16;

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
    let mut summarizer = Summarizer::new(ground, sums, ends);
    let followed = follow(ground, decisions, &mut summarizer)?;
    summarizer.finish(&followed.account, followed.counts)
}

/// One point on its way.
struct Lane<'a, 'b> {
    crossing: Crossing<'b>,
    follower: Follower<'a>,
    summarizer: Summarizer<'a, 'b>,
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
        let mut found = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(group) = points.chunks(GROUP).nth(place) else {
                return found;
            };
            found.push((place, together(ground, sums, ends, group, lanes)));
        }
    };
    let mut answers = vec![None; points.len()];
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(points.len().div_ceil(GROUP)))
            .map(|_| scope.spawn(work))
            .collect();
        let mut all = vec![work()];
        // A thread that died leaves its points unanswered: the event engine meets what killed it.
        all.extend(others.into_iter().filter_map(|other| other.join().ok()));
        for (place, group) in all.into_iter().flatten() {
            for (answer, one) in answers[place * GROUP..].iter_mut().zip(group) {
                *answer = one;
            }
        }
    });
    answers
}

/// A group walks block by block, so that rows are read into the near cache once for all of it.
fn together(
    ground: &Ground<'_>,
    sums: &Sums,
    ends: &[u32],
    points: &[Point<'_>],
    lanes: &Lanes,
) -> Vec<Option<Summary>> {
    let mut under_way: Vec<Option<Lane<'_, '_>>> = (points.iter())
        .map(|point| {
            let Point {
                averages,
                targets,
                first,
            } = *point;
            Some(Lane {
                crossing: Crossing::of(sums, averages, targets, first, lanes)?,
                follower: Follower::new(ground),
                summarizer: Summarizer::new(ground, sums, ends),
            })
        })
        .collect();
    let rows = ground.bars.len();
    for before in (BLOCK..rows + BLOCK).step_by(BLOCK) {
        for slot in &mut under_way {
            if let Some(lane) = slot {
                let (crossing, sink) = (&mut lane.crossing, &mut lane.summarizer);
                if (lane.follower.advance(before.min(rows), crossing, sink)).is_err() {
                    *slot = None;
                }
            }
        }
    }
    (under_way.into_iter())
        .map(|slot| {
            let mut lane = slot?;
            lane.follower.finish(&mut lane.summarizer).ok()?;
            let (account, counts) = (&lane.follower.account, lane.follower.counts);
            lane.summarizer.finish(account, counts).ok()
        })
        .collect()
}
