//! The simulated venue: what becomes of an approved order when all we know of the market is bars, quotes or trades.
//!
//! Entry points: [`BarVenue`] (takes [`sluice_pretrade::Approved`] and nothing else) and [`CostRule`].
//! Invariants: no order sees a price from before its arrival; a limit never fills at a worse price; every
//! rounding goes against us; an order that is neither filled nor gone is in exactly one list of one book.
//!
//! `matching` is the heart: a price that jumps, a price that runs. `walk` makes a bar of them; a quote and a print (`ticks`)
//! are jumps.
#![forbid(unsafe_code)]

mod book;
mod costs;
mod matching;
mod resting;
mod saved;
mod settings;
mod split;
mod ticks;
mod venue;
mod walk;

pub use costs::{Conditions, CostRule, Slipped};
pub use settings::VenueSettings;
pub use ticks::Feed;
pub use venue::{BarVenue, Opening};
