//! The words of this crate as saved state.

use crate::state::State;
use crate::{
    Fault, Instrument, InstrumentId, InstrumentSpec, Intent, Links, Money, Order, OrderId,
    OrderKind, OrderStatus, Price, Quantity, Quote, Rate, Side, TagId, TimeInForce, Trail,
    state_of,
};

state_of!(Price { 0 });
state_of!(Quantity { 0 });
state_of!(Money { 0 });
state_of!(Rate { 0 });
state_of!(OrderId { 0 });
state_of!(TagId { 0 });
state_of!(InstrumentId { 0 });
state_of!(Links { parent, group });
state_of!(Intent {
    instrument,
    side,
    quantity,
    kind,
    tif,
    tag,
    post_only,
    reduce_only,
    links,
});
state_of!(Order {
    id,
    intent,
    decided_ns,
    changed_ns,
    status,
    cum_quantity,
    cum_notional,
});
state_of!(Quote {
    ts,
    instrument,
    bid,
    ask,
    bid_size,
    ask_size,
});
state_of!(InstrumentSpec {
    name,
    currency,
    price_scale,
    quantity_scale,
    tick,
    lot,
    multiplier,
    min_notional,
    shortable,
});

fn unknown(what: &str, code: u8) -> Fault {
    Fault::BadData(format!("saved state: {code} is no {what}"))
}

impl State for Instrument {
    fn put(&self, to: &mut Vec<u8>) {
        self.spec().put(to);
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        Self::new(InstrumentSpec::take(from)?)
    }
}

impl State for Side {
    fn put(&self, to: &mut Vec<u8>) {
        (*self == Self::Sell).put(to);
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        Ok(if bool::take(from)? {
            Self::Sell
        } else {
            Self::Buy
        })
    }
}

impl State for OrderStatus {
    fn put(&self, to: &mut Vec<u8>) {
        (*self as u8).put(to);
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        let code = u8::take(from)?;
        let status = Self::ALL.get(code as usize).copied();
        status.ok_or_else(|| unknown("order status", code))
    }
}

impl State for Trail {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Self::Distance(distance) => (0_u8.put(to), distance.put(to)),
            Self::Rate(rate) => (1_u8.put(to), rate.put(to)),
        };
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        match u8::take(from)? {
            0 => Price::take(from).map(Self::Distance),
            1 => Rate::take(from).map(Self::Rate),
            code => Err(unknown("trail", code)),
        }
    }
}

impl State for OrderKind {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Self::Market => 0_u8.put(to),
            Self::Limit(limit) => {
                1_u8.put(to);
                limit.put(to);
            }
            Self::Stop(stop) => {
                2_u8.put(to);
                stop.put(to);
            }
            Self::StopLimit { stop, limit } => {
                3_u8.put(to);
                stop.put(to);
                limit.put(to);
            }
            Self::Trailing(trail) => {
                4_u8.put(to);
                trail.put(to);
            }
        }
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        match u8::take(from)? {
            0 => Ok(Self::Market),
            1 => Price::take(from).map(Self::Limit),
            2 => Price::take(from).map(Self::Stop),
            3 => Ok(Self::StopLimit {
                stop: Price::take(from)?,
                limit: Price::take(from)?,
            }),
            4 => Trail::take(from).map(Self::Trailing),
            code => Err(unknown("order kind", code)),
        }
    }
}

impl State for TimeInForce {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Self::Gtc => 0_u8.put(to),
            Self::Day => 1_u8.put(to),
            Self::Ioc => 2_u8.put(to),
            Self::Fok => 3_u8.put(to),
            Self::Gtd(until) => {
                4_u8.put(to);
                until.put(to);
            }
        }
    }
    fn take(from: &mut &[u8]) -> Result<Self, Fault> {
        match u8::take(from)? {
            0 => Ok(Self::Gtc),
            1 => Ok(Self::Day),
            2 => Ok(Self::Ioc),
            3 => Ok(Self::Fok),
            4 => i64::take(from).map(Self::Gtd),
            code => Err(unknown("time in force", code)),
        }
    }
}
