//! What may go wrong in the core: operating errors as values, to be handled by the driver.

use crate::{OrderChange, OrderId, OrderStatus};
use std::fmt;

/// An error of the core. Denials and rejections are not faults: they are ordinary answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A number left the range of its type; names the computation.
    Overflow(&'static str),
    /// An instrument was described with impossible numbers.
    BadInstrument(String),
    /// A report spoke of an order that does not exist.
    UnknownOrder(OrderId),
    /// The state machine has no such transition.
    BadTransition {
        /// The order spoken of.
        order: OrderId,
        /// Its status before.
        from: OrderStatus,
        /// What was said to have happened.
        change: OrderChange,
    },
    /// Market data broke its promise (order of time, prices above zero …).
    BadData(String),
    /// The strategy's own code failed; the text is for eyes only.
    Strategy(String),
    /// The run was interrupted from outside.
    Interrupted,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overflow(what) => write!(f, "a number is out of range: {what}"),
            Self::BadInstrument(why) | Self::BadData(why) | Self::Strategy(why) => f.write_str(why),
            Self::UnknownOrder(id) => write!(f, "no order has the id {}", id.0),
            Self::BadTransition {
                order,
                from,
                change,
            } => {
                write!(f, "order {} cannot go from {from:?} by {change:?}", order.0)
            }
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for Fault {}
