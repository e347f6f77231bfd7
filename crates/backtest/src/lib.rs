//! The simulated day: bars, quotes and trades merged into one stream, the engine, the simulated venue, one trader.
//!
//! Entry points: [`BarColumns`], [`QuoteColumns`], [`TradeColumns`], [`run`], the trait [`Trader`], and [`Targets`], the default trading.
//! Invariants: at one stamp all closes come first, then adjustments, then decisions, then opens, quotes, trades; nothing decided at a stamp meets a price
//! from before it; the order in which instruments are listed decides only ties in the records.
#![forbid(unsafe_code)]

mod adjustments;
mod bars;
mod column;
mod counted;
mod day;
mod digest;
mod market;
mod orders;
mod record;
mod settings;
mod sizing;
mod targets;
mod tick_day;
mod ticks;
mod trader;
pub mod vector;

pub use adjustments::Terms;
pub use bars::{BarColumns, RawBars};
pub use column::{Column, Lender};
pub use counted::CountedBars;
pub use day::run;
pub use market::Market;
pub use record::{Counts, EquityRow, Run};
pub use settings::Settings;
pub use sizing::Sizing;
pub use targets::{Rebalance, Targets};
pub use ticks::{Places, QuoteColumns, TradeColumns};
pub use trader::{DayView, Notice, OrderRef, Phase, Ties, Trader, Wish, Wishes};
