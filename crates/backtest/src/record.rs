//! What a run leaves: exact columns and lists.

use crate::OrderRef;
use sluice_engine::{Position, RoundTrip, Written};
use sluice_pretrade::{Denial, DenialCode};
use sluice_types::{Conversion, Fill, LineKind, Money, Ns, Order, OrderId, Price};

/// How often something happened that a reader should know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Stamps at which Σ |weight| was above the leverage allowed and all were scaled together.
    pub scaled_leverage: u64,
    /// Stamps at which increases were shrunk to the buying power there was.
    pub fitted_to_buying_power: u64,
    /// Targets beyond what can be counted, taken back to it.
    pub clipped_too_large: u64,
    /// Orders not made: below the instrument's minimum notional.
    pub below_min_notional: u64,
    /// Orders not made: below `min_trade` × equity.
    pub below_min_trade: u64,
    /// Wishes that came to less than one lot.
    pub below_lot: u64,
    /// Targets below zero of an instrument that may not be sold short, taken as zero.
    pub clipped_not_shortable: u64,
    /// Prices of the bars that were finer than their instrument's scale.
    pub off_price: u64,
    /// Fills that left out a part of their costs, volume or volatility being unknown.
    pub impact_unknown: u64,
    /// Fills that met no limit of participation, the volume or the size being unknown.
    pub volume_unknown: u64,
    /// Denials, by [`DenialCode::ALL`].
    pub denied: [u64; DenialCode::ALL.len()],
}

impl Counts {
    /// Every count with its stable name.
    pub fn named(&self) -> impl Iterator<Item = (String, u64)> {
        let own = [
            ("scaled_leverage", self.scaled_leverage),
            ("fitted_to_buying_power", self.fitted_to_buying_power),
            ("clipped_too_large", self.clipped_too_large),
            ("below_min_notional", self.below_min_notional),
            ("below_min_trade", self.below_min_trade),
            ("below_lot", self.below_lot),
            ("clipped_not_shortable", self.clipped_not_shortable),
            ("off_price", self.off_price),
            ("impact_unknown", self.impact_unknown),
            ("volume_unknown", self.volume_unknown),
        ];
        let denied = DenialCode::ALL
            .into_iter()
            .zip(self.denied)
            .map(|(code, count)| (format!("denied.{}", code.code()), count));
        own.into_iter()
            .map(|(name, count)| (name.to_owned(), count))
            .chain(denied)
    }
}

/// The account at one stamp, after its closes and decisions; equity − cash is the net value of its positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EquityRow {
    /// When.
    pub ts: Ns,
    /// Cash and marked positions.
    pub equity: Money,
    /// Cash.
    pub cash: Money,
    /// Σ |value of a position|, for eyes.
    pub gross: f64,
}

/// The whole record of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// One row per distinct end of a bar.
    pub equity: Vec<EquityRow>,
    /// Fills in the order in which they happened.
    pub fills: Vec<Fill>,
    /// The rate of each fill's currency then; empty where all is base currency.
    pub rates: Vec<Conversion>,
    /// Funding, borrow, dividends, splits, revaluations, in the order in which they happened.
    pub ledger: Vec<Written>,
    /// All orders that passed the check, by [`OrderId`].
    pub orders: Vec<Order>,
    /// The trader's number of each order.
    pub refs: Vec<OrderRef>,
    /// What we refused ourselves.
    pub denials: Vec<(OrderRef, Denial)>,
    /// From flat to flat.
    pub round_trips: Vec<RoundTrip>,
    /// Stamps at which targets were traded.
    pub rebalances: Vec<Ns>,
    /// Counts.
    pub counts: Counts,
    /// Final position of each instrument.
    pub positions: Vec<Position>,
    /// Final mark of each instrument.
    pub marks: Vec<Option<Price>>,
    /// Final cash.
    pub cash: Money,
    /// Final equity.
    pub final_equity: Money,
}

impl Run {
    /// How many ledger lines of each kind there are, with their stable names; kinds without one are left out.
    pub fn lines(&self) -> impl Iterator<Item = (String, u64)> {
        LineKind::ALL.into_iter().filter_map(|kind| {
            let of_kind = self
                .ledger
                .iter()
                .filter(|written| written.line.kind == kind);
            let count = of_kind.count() as u64;
            (count > 0).then(|| (format!("ledger.{}", kind.name()), count))
        })
    }

    /// The number under which the trader knows an order.
    pub fn order_ref(&self, id: OrderId) -> OrderRef {
        self.refs[id.0 as usize - 1]
    }
}
