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
    /// The instrument has no mark yet, so nothing can be valued.
    NoPrice,
    /// The sale could take an instrument that may not be sold short below zero.
    NotShortable,
    /// The notional is below the venue's minimum and the order does not close the position.
    BelowMinNotional,
    /// Worst-case exposure and its costs would exceed leverage × equity.
    BuyingPower,
}

impl DenialCode {
    /// Every code, highest precedence first.
    pub const ALL: [Self; 9] = [
        Self::UnknownInstrument,
        Self::BadQuantity,
        Self::OffLot,
        Self::OffTick,
        Self::BadPrice,
        Self::NoPrice,
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
            Self::NoPrice => "no_price",
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

/// An intent that we refused ourselves; it never left the house and consumed no order id.
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
/// | `no_price` | NaN | NaN |
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
