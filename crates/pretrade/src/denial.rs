//! Why an intent was refused: a closed list with stable codes, in order of precedence.

use sluice_types::{Intent, Ns};
use std::fmt;

/// The rule that refused an intent. Where several apply, the first of [`DenialCode::ALL`] is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DenialCode {
    /// The run does not know the instrument.
    UnknownInstrument,
    /// The quantity is not above zero.
    BadQuantity,
    /// The quantity is not a whole number of lots.
    OffLot,
    /// The limit or stop price is not on the tick grid.
    OffTick,
    /// The limit or stop price is not above zero.
    BadPrice,
    /// A trailing distance is not above zero, or a rate not between 0 and 1.
    BadTrail,
    /// A stop-limit could not fill when it triggers: its limit is on the wrong side of its stop.
    BadStopLimit,
    /// A good-till-date order is over already.
    BadExpiry,
    /// Post-only is for limit orders that may rest.
    PostOnly,
    /// The order it is tied to is unknown, of another instrument, or over.
    BadLink,
    /// The instrument has no mark yet, so nothing can be valued.
    NoPrice,
    /// An exit of a bracket is on the wrong side of its entry.
    BadBracket,
    /// A reduce-only order finds nothing to reduce.
    ReduceOnly,
    /// The sale could take an instrument that may not be sold short below zero.
    NotShortable,
    /// The notional is below the venue's minimum and the order does not close the position.
    BelowMinNotional,
    /// Worst-case exposure and its costs would exceed leverage × equity.
    BuyingPower,
}

impl DenialCode {
    /// Every code, highest precedence first.
    pub const ALL: [Self; 16] = [
        Self::UnknownInstrument,
        Self::BadQuantity,
        Self::OffLot,
        Self::OffTick,
        Self::BadPrice,
        Self::BadTrail,
        Self::BadStopLimit,
        Self::BadExpiry,
        Self::PostOnly,
        Self::BadLink,
        Self::NoPrice,
        Self::BadBracket,
        Self::ReduceOnly,
        Self::NotShortable,
        Self::BelowMinNotional,
        Self::BuyingPower,
    ];

    /// The stable name, for records and counts.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownInstrument => "unknown_instrument",
            Self::BadQuantity => "bad_quantity",
            Self::OffLot => "off_lot",
            Self::OffTick => "off_tick",
            Self::BadPrice => "bad_price",
            Self::BadTrail => "bad_trail",
            Self::BadStopLimit => "bad_stop_limit",
            Self::BadExpiry => "bad_expiry",
            Self::PostOnly => "post_only",
            Self::BadLink => "bad_link",
            Self::NoPrice => "no_price",
            Self::BadBracket => "bad_bracket",
            Self::ReduceOnly => "reduce_only",
            Self::NotShortable => "not_shortable",
            Self::BelowMinNotional => "below_min_notional",
            Self::BuyingPower => "buying_power",
        }
    }
}

impl fmt::Display for DenialCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An intent that we refused ourselves; it never left the house and consumed no order id. (A held order that is
/// refused when it is to be released keeps its id, and is canceled.)
///
/// `value` and `limit` are for eyes only, in the units of the rule:
///
/// | code | value | limit |
/// |---|---|---|
/// | `unknown_instrument` | its number | NaN |
/// | `bad_quantity` | units asked | 0 |
/// | `off_lot` | units asked | the lot |
/// | `off_tick` | price asked | the tick |
/// | `bad_price` | price asked | 0 |
/// | `bad_trail` | distance or rate asked | 0 |
/// | `bad_stop_limit` | its limit | its stop |
/// | `bad_expiry` | its last second | the second it was decided |
/// | `post_only` | NaN | NaN |
/// | `bad_link` | the id it is tied to | NaN |
/// | `no_price` | NaN | NaN |
/// | `bad_bracket` | price of the exit | price of the entry |
/// | `reduce_only` | units held, signed | 0 |
/// | `not_shortable` | units held after the sale | 0 |
/// | `below_min_notional` | notional of the order | the minimum |
/// | `buying_power` | money bound after the order | leverage × equity |
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Denial {
    /// When it was decided.
    pub ts: Ns,
    /// What was wished.
    pub intent: Intent,
    /// The rule that refused it.
    pub code: DenialCode,
    /// What the rule saw.
    pub value: f64,
    /// What the rule allows.
    pub limit: f64,
}
