//! The simulated venue for bars: what becomes of an approved order when all we know of the market is its bars.
//!
//! Entry points: [`BarVenue`] (takes [`sluice_pretrade::Approved`] and nothing else) and [`CostRule`].
//! Invariants: no order sees a price from before its arrival; a limit never fills at a worse price; every
//! rounding goes against us; an order that is neither filled nor gone is in exactly one list of one book.
//!
//! `matching` is the heart: a price that jumps, a price that runs. `walk` makes a bar of them.
#![forbid(unsafe_code)]

mod book;
mod costs;
mod matching;
mod resting;
mod settings;
mod venue;
mod walk;

pub use costs::{Conditions, CostRule};
pub use resting::Point;
pub use settings::VenueSettings;
pub use venue::{BarVenue, Opening};
