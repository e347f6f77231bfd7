//! What a step says to its driver.

use sluice_pretrade::{Approved, Denial};
use sluice_types::{Fill, LedgerLine, Ns, OrderId, OrderStatus};

/// One consequence of an event, in the order in which it came about.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Send this order to the venue; it is `PENDING_NEW`.
    Submit(Approved),
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
