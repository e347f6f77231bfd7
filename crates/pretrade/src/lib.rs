//! The check before every order: the only maker of [`Approved`].
//!
//! Entry points: [`check`], and [`release`] for an order that was held. What always holds: an [`Approved`] cannot be built, cloned or altered outside this crate;
//! a refusal names the first rule of [`DenialCode::ALL`] that applies; an order that does not raise the
//! worst-case exposure is never refused for buying power; there is no way around the check.
#![forbid(unsafe_code)]

mod check;
mod denial;
mod terms;
mod working;

pub use check::{AccountView, Approved, check, release};
pub use denial::{Denial, DenialCode};
pub use working::{Binding, Working};
