//! One definition of every word that crosses a border of the core.
//!
//! Money is fixed point everywhere: no float enters or leaves a ledger. Overflow is an error
//! ([`Fault::Overflow`]), never a wrap. Entry points: [`Price`], [`Quantity`], [`Money`],
//! [`Instrument`], [`Bar`], [`Intent`], [`Order`], [`Fill`], [`Event`], and the order state machine
//! [`status::next`].
#![forbid(unsafe_code)]

mod adjust;
mod event;
mod fault;
mod instrument;
mod kind;
mod market;
mod order;
mod saved;
mod scalar;
pub mod state;
pub mod status;

pub use adjust::{Adjustment, AdjustmentKind, Conversion, LedgerLine, LineKind, split_quantity};
pub use event::{Event, Report, ReportKind};
pub use fault::Fault;
pub use instrument::{Instrument, InstrumentId, InstrumentSpec};
pub use kind::{Links, OrderKind, TimeInForce, Trail};
pub use market::{Bar, Quote, Trade};
pub use order::{Fill, Intent, Liquidity, Order, OrderId, Side, TagId};
pub use scalar::{Money, Price, Quantity, Rate, Rounding, UNITS};
pub use status::{OrderChange, OrderStatus};

/// Nanoseconds since 1970-01-01T00:00:00Z.
pub type Ns = i64;
