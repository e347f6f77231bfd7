//! Signals traded without walking through every bar: from one decision to the next, and marks in bulk between them.
//!
//! Covers one instrument, market orders at the next open, a latency shorter than a bar. What it covers it answers as the
//! event engine does, to the last unit, by the same sizing, check, costs and ledger; what it does not cover is
//! [`None`] from [`Ground::of`], and the event engine runs it. Entry points: [`Ground`], [`follow`], [`record`], [`sweep`].

mod averages;
mod crossing;
mod decisions;
mod ground;
mod kernel;
mod means;
mod record;
mod summary;
mod sweep;
mod swift;

pub use averages::Average;
pub use crossing::{
    BLOCK, Crossing, Lanes, PORTABLE, cross_long, cross_short, cross_values, extremes,
};
pub use decisions::{Column, Decisions};
pub use ground::Ground;
pub use kernel::{Follower, Sink, Step, follow};
pub use means::{WINDOW_MAX, exact_means};
pub use record::record;
pub use summary::Summary;
pub use sweep::{Point, Sums, summarize, sweep};
