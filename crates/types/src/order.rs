//! From wish to fill: intents, orders, fills.

use crate::{InstrumentId, Links, Money, Ns, OrderKind, OrderStatus, Price, Quantity, TimeInForce};

/// Our id of an order (ClOrdID): counts up from 1 within a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub u64);

/// A label a strategy gives its order, interned by the caller; 0 is no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TagId(pub u32);

/// Buy or sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Adds to the position.
    Buy,
    /// Takes from the position.
    Sell,
}

impl Side {
    /// +1 for a buy, −1 for a sell.
    pub fn sign(self) -> i64 {
        match self {
            Self::Buy => 1,
            Self::Sell => -1,
        }
    }

    /// The signed quantity of `size` (≥ 0) on this side.
    pub fn signed(self, size: Quantity) -> Quantity {
        Quantity(self.sign().saturating_mul(size.0)) // saturates at i64::MIN only
    }

    /// The other side.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }
}

/// A strategy's wish to trade. Not yet an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intent {
    /// What.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// How much, > 0.
    pub quantity: Quantity,
    /// At which price.
    pub kind: OrderKind,
    /// For how long.
    pub tif: TimeInForce,
    /// The strategy's label.
    pub tag: TagId,
    /// Rather refused by the venue than filled on arrival.
    pub post_only: bool,
    /// Never fills more than the position it finds on the other side: it cannot raise or flip one.
    pub reduce_only: bool,
    /// The orders it is tied to.
    pub links: Links,
}

impl Intent {
    /// A market order until canceled, without label or ties: what the other wishes differ from.
    pub fn market(instrument: InstrumentId, side: Side, quantity: Quantity) -> Self {
        Self {
            instrument,
            side,
            quantity,
            kind: OrderKind::Market,
            tif: TimeInForce::Gtc,
            tag: TagId::default(),
            post_only: false,
            reduce_only: false,
            links: Links::NONE,
        }
    }
}

/// An instruction to trade, ours from `PENDING_NEW` to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Our id.
    pub id: OrderId,
    /// What was wished.
    pub intent: Intent,
    /// When it was decided.
    pub decided_ns: Ns,
    /// When its status last changed.
    pub changed_ns: Ns,
    /// Where it stands.
    pub status: OrderStatus,
    /// Filled so far.
    pub cum_quantity: Quantity,
    /// Σ of the notional of its fills (unsigned).
    pub cum_notional: Money,
}

impl Order {
    /// What is still open: `order_qty = cum_qty + leaves_qty` while open.
    pub fn leaves(&self) -> Quantity {
        Quantity(self.intent.quantity.0 - self.cum_quantity.0)
    }

    /// The one-cancels-other group it belongs to; alone in it where nobody joined.
    pub fn group(&self) -> OrderId {
        self.intent.links.group.unwrap_or(self.id)
    }
}

/// Whether a fill added liquidity to the market or removed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liquidity {
    /// Our resting order was hit.
    Maker,
    /// We hit a resting order.
    Taker,
}

/// One execution of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// When it is known to have happened.
    pub ts: Ns,
    /// Of which order.
    pub order: OrderId,
    /// What.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// `last_qty`, > 0.
    pub quantity: Quantity,
    /// `last_px`: the price paid, slippage included.
    pub price: Price,
    /// The market's price before spread, slippage and impact.
    pub reference: Price,
    /// What the venue takes; a rebate is below zero.
    pub fee: Money,
    /// Added or removed.
    pub liquidity: Liquidity,
}
