//! The order state machine as one table.
//!
//! Rows are statuses, columns are changes; an empty cell is a transition that must never happen, and meeting one
//! is a [`crate::Fault::BadTransition`]. FIX names for what FIX names; `DENIED` is ours.

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum OrderStatus {
    /// Refused by our own check; never left the house.
    Denied,
    /// Sent, not yet acknowledged.
    PendingNew,
    /// Acknowledged, nothing filled.
    New,
    /// A stop whose price was touched.
    Triggered,
    /// Filled in part.
    PartiallyFilled,
    /// Filled in whole.
    Filled,
    /// We asked to cancel it.
    PendingCancel,
    /// Taken back.
    Canceled,
    /// Refused by the venue.
    Rejected,
    /// Its time in force ran out.
    Expired,
    /// Sent, and nobody knows; counts in exposure until the venue says.
    Unknown,
    /// Contingent: waits for the first fill of the order it is tied to.
    Held,
}

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum OrderChange {
    /// The venue acknowledged it.
    Accept,
    /// Its stop price was touched.
    Trigger,
    /// A fill that leaves something open.
    FillPart,
    /// The fill that completes it.
    FillWhole,
    /// We asked to cancel.
    AskCancel,
    /// The venue took it back.
    Cancel,
    /// The venue refused it.
    Reject,
    /// Its time ran out.
    Expire,
    /// The answer was lost.
    Lose,
    /// The order it waited for was filled.
    Release,
}

use OrderStatus::{
    Canceled, Expired, Filled, Held, New, PartiallyFilled, PendingCancel, PendingNew, Rejected,
    Triggered, Unknown,
};

const NO: Option<OrderStatus> = None;

/// The table: `TABLE[status][change]`.
#[rustfmt::skip]
const TABLE: [[Option<OrderStatus>; 10]; 12] = [
    //                  Accept      Trigger          FillPart                FillWhole     AskCancel            Cancel          Reject          Expire         Lose           Release
    /* Denied */        [NO,        NO,              NO,                     NO,           NO,                  NO,             NO,             NO,            NO, NO],
    /* PendingNew */    [Some(New), NO,              Some(PartiallyFilled),  Some(Filled), Some(PendingCancel), Some(Canceled), Some(Rejected), Some(Expired), Some(Unknown), NO],
    /* New */           [NO,        Some(Triggered), Some(PartiallyFilled),  Some(Filled), Some(PendingCancel), Some(Canceled), NO,             Some(Expired), Some(Unknown), NO],
    /* Triggered */     [NO,        NO,              Some(PartiallyFilled),  Some(Filled), Some(PendingCancel), Some(Canceled), NO,             Some(Expired), Some(Unknown), NO],
    /* PartFilled */    [NO,        NO,              Some(PartiallyFilled),  Some(Filled), Some(PendingCancel), Some(Canceled), NO,             Some(Expired), Some(Unknown), NO],
    /* Filled */        [NO,        NO,              NO,                     NO,           NO,                  NO,             NO,             NO,            NO, NO],
    /* PendingCancel */ [Some(PendingCancel), Some(PendingCancel), Some(PendingCancel), Some(Filled), NO,       Some(Canceled), Some(Rejected), Some(Expired), Some(Unknown), NO],
    /* Canceled */      [NO,        NO,              NO,                     NO,           NO,                  NO,             NO,             NO,            NO, NO],
    /* Rejected */      [NO,        NO,              NO,                     NO,           NO,                  NO,             NO,             NO,            NO, NO],
    /* Expired */       [NO,        NO,              NO,                     NO,           NO,                  NO,             NO,             NO,            NO, NO],
    /* Unknown */       [Some(New), Some(Triggered), Some(PartiallyFilled),  Some(Filled), Some(PendingCancel), Some(Canceled), Some(Rejected), Some(Expired), NO, NO],
    /* Held */          [NO,        NO,              NO,                     NO,           Some(PendingCancel), Some(Canceled), Some(Rejected), Some(Expired), NO, Some(PendingNew)],
];

/// The status after `change`, or `None` where that must never happen.
pub fn next(from: OrderStatus, change: OrderChange) -> Option<OrderStatus> {
    TABLE[from as usize][change as usize]
}

impl OrderStatus {
    /// Every status, in table order.
    pub const ALL: [Self; 12] = [
        Self::Denied,
        PendingNew,
        New,
        Triggered,
        PartiallyFilled,
        Filled,
        PendingCancel,
        Canceled,
        Rejected,
        Expired,
        Unknown,
        Held,
    ];

    /// Whether it may still come to something: not over yet.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            PendingNew | New | Triggered | PartiallyFilled | PendingCancel | Unknown | Held
        )
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "DENIED",
            PendingNew => "PENDING_NEW",
            New => "NEW",
            Triggered => "TRIGGERED",
            PartiallyFilled => "PARTIALLY_FILLED",
            Filled => "FILLED",
            PendingCancel => "PENDING_CANCEL",
            Canceled => "CANCELED",
            Rejected => "REJECTED",
            Expired => "EXPIRED",
            Unknown => "UNKNOWN",
            Held => "HELD",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGES: [OrderChange; 10] = [
        OrderChange::Accept,
        OrderChange::Trigger,
        OrderChange::FillPart,
        OrderChange::FillWhole,
        OrderChange::AskCancel,
        OrderChange::Cancel,
        OrderChange::Reject,
        OrderChange::Expire,
        OrderChange::Lose,
        OrderChange::Release,
    ];

    #[test]
    fn a_closed_order_never_moves_again() {
        for status in OrderStatus::ALL.into_iter().filter(|s| !s.is_open()) {
            assert!(
                CHANGES.iter().all(|&change| next(status, change).is_none()),
                "{status:?}"
            );
        }
    }

    #[test]
    fn every_open_order_can_be_canceled_and_all_but_held_ones_filled() {
        for status in OrderStatus::ALL.into_iter().filter(|s| s.is_open()) {
            assert_eq!(
                next(status, OrderChange::FillWhole),
                (status != Held).then_some(Filled),
                "{status:?}"
            );
            assert_eq!(
                next(status, OrderChange::Cancel),
                Some(Canceled),
                "{status:?}"
            );
        }
    }

    #[test]
    fn only_a_held_order_can_be_released() {
        for status in OrderStatus::ALL {
            let released = next(status, OrderChange::Release);
            assert_eq!(released, (status == Held).then_some(PendingNew));
        }
    }

    #[test]
    fn the_table_lists_the_statuses_in_their_order() {
        for (row, status) in OrderStatus::ALL.into_iter().enumerate() {
            assert_eq!(status as usize, row);
        }
    }
}
