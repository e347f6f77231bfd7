//! One event in, outputs out: orders, positions and the ledger of one account.
//!
//! Entry points: [`Engine::step`] and, after a run, [`round_trips`]. What always holds, to the last unit:
//!
//! * equity = cash + Σ position value at its mark, each currency at its last known rate;
//! * in every currency equity − initial cash = Σ realized + Σ unrealized − Σ fees + Σ ledger lines = Σ round-trip P&L;
//! * what may not be sold short is never below zero;
//! * every order passed the check, a held one again when it goes; a closed order never moves again;
//! * a fault changes nothing.
#![forbid(unsafe_code)]

mod account;
mod adjust;
mod contingent;
mod currencies;
mod engine;
mod holding;
mod output;
mod position;
mod report;
mod round_trips;
mod saved;
mod solo;
mod story;
mod tale;

pub use account::Account;
pub use currencies::{Currencies, RateSource};
pub use engine::Engine;
pub use output::Output;
pub use position::Position;
pub use round_trips::{History, RoundTrip, Written, round_trips};
pub use solo::Solo;
pub use tale::{Tale, Trips};
