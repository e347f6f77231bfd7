//! Everything that can enter the core, closed.

use crate::{Adjustment, Bar, Fill, InstrumentId, Intent, Ns, OrderId, Price, Quote, Trade};

/// One thing that happened, stamped at the edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// A bar opened: its first price is known, nothing else.
    BarOpen {
        /// First instant of the bar.
        ts: Ns,
        /// Whose bar.
        instrument: InstrumentId,
        /// First price.
        open: Price,
    },
    /// A bar ended and is known.
    BarClose(Bar),
    /// Funding, borrow, a dividend or a split befell an instrument.
    Adjust(Adjustment),
    /// A new best bid and ask.
    Quote(Quote),
    /// The market traded.
    Trade(Trade),
    /// A strategy wishes to trade.
    Intent {
        /// When it was decided.
        ts: Ns,
        /// The wish.
        intent: Intent,
    },
    /// A strategy wishes to cancel.
    Cancel {
        /// When it was decided.
        ts: Ns,
        /// Which order.
        order: OrderId,
    },
    /// The venue says something of one of our orders.
    Report(Report),
}

/// The venue's word on one order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// When it was said.
    pub ts: Ns,
    /// Of which order.
    pub order: OrderId,
    /// What was said.
    pub kind: ReportKind,
}

/// What a venue may say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReportKind {
    /// The order rests or works.
    Accepted,
    /// The stop price was touched.
    Triggered,
    /// It was filled, in part or whole.
    Filled(Fill),
    /// It was taken back.
    Canceled,
    /// Its time in force ran out.
    Expired,
    /// The venue refused it.
    Rejected,
}
