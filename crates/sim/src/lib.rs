//! The simulated venue: what becomes of an approved order when all we know of the market is bars, quotes or trades.
//!
//! Entry points: [`BarVenue`] (takes [`sluice_pretrade::Approved`] and nothing else) and [`CostRule`].
//! Invariants: no order sees a price from before its arrival; a limit never fills at a worse price; every
//! rounding goes against us; an order that is neither filled nor gone is in exactly one book.
#![forbid(unsafe_code)]

mod costs;
mod fills;
mod intrabar;
mod split;
mod ticks;
mod venue;

pub use costs::{Conditions, CostRule, Slipped};
pub use ticks::Feed;
pub use venue::{BarVenue, VenueSettings};
