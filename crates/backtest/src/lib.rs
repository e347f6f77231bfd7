//! The simulated day: bars merged into one stream of opens and closes, the engine, the simulated venue, one trader.
//!
//! Entry points: [`BarColumns`], [`run`], the trait [`Trader`], and [`Targets`], the default trading.
//! Invariants: at one stamp all closes come first, then decisions, then opens; nothing decided at a stamp meets a price
//! from before it; the order in which instruments are listed decides only ties in the records.
#![forbid(unsafe_code)]

mod bars;
mod day;
mod digest;
mod orders;
mod record;
mod sizing;
mod targets;
mod trader;
pub mod vector;

pub use bars::{BarColumns, RawBars};
pub use day::{Settings, run};
pub use record::{Counts, EquityRow, Run};
pub use sizing::Sizing;
pub use targets::{Rebalance, Targets};
pub use trader::{DayView, Notice, OrderRef, Phase, Trader, Wish, Wishes};
