//! One event in, outputs out: orders, positions and the ledger of one account.
//!
//! Entry points: [`Engine::step`] and, after a run, [`round_trips`]. What always holds, to the last unit:
//!
//! * equity = cash + Σ position value at its mark;
//! * equity − initial cash = Σ realized + Σ unrealized − Σ fees = Σ round-trip P&L;
//! * what may not be sold short is never below zero;
//! * every order passed the check; a closed order never moves again;
//! * a fault changes nothing.
#![forbid(unsafe_code)]

mod account;
mod engine;
mod holding;
mod output;
mod position;
mod report;
mod round_trips;
mod solo;

pub use account::Account;
pub use engine::Engine;
pub use output::Output;
pub use position::Position;
pub use round_trips::{RoundTrip, Stories, round_trips};
pub use solo::Solo;
