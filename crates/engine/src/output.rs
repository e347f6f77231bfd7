//! What a step says to its driver.

use sluice_pretrade::{Approved, Denial};
use sluice_types::{Fill, LedgerLine, Ns, OrderId, OrderStatus};

/// One consequence of an event, in the order in which it came about.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Send this order to the venue; it is `PENDING_NEW`. A venue that was given it to hold has it already.
    Submit(Approved),
    /// Give this order to a venue that runs contingent orders itself, else keep it; it is `HELD`. Once it is to go,
    /// `Submit` follows; `Cancel` may, and is answered like any other.
    Hold(Approved),
    /// A held order was refused when it was to go. It is `PENDING_CANCEL`, and its `Cancel` follows.
    Unreleased(OrderId, Denial),
    /// Ask the venue to cancel; the order is `PENDING_CANCEL`.
    Cancel(OrderId),
    /// An intent was refused by our own check.
    Denied(Denial),
    /// The venue's word changed the status of an order.
    Status {
        /// Which order.
        order: OrderId,
        /// Where it stands now.
        status: OrderStatus,
        /// Since when.
        ts: Ns,
    },
    /// A fill stands in the ledger; the order's `Status` follows where it changed.
    Filled(Fill),
    /// A line stands in the ledger.
    Written(LedgerLine),
}
