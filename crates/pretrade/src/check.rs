//! The check before every order. Doubt denies: what cannot be valued is refused.

use crate::{Denial, DenialCode, Working};
use sluice_types::{
    Fault, Instrument, InstrumentId, Intent, Money, Ns, Order, OrderId, OrderStatus, Price,
    Quantity, Rate, Rounding, Side,
};

/// An order that passed the check. Only [`check`] makes one, and a venue takes nothing else.
#[derive(Debug, PartialEq, Eq)]
pub struct Approved {
    order: Order,
}

impl Approved {
    /// The order, as it was approved.
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// The order, for the venue that takes it.
    pub fn into_order(self) -> Order {
        self.order
    }
}

/// What the check has to know of the account.
pub trait AccountView {
    /// The instrument, where the run knows it.
    fn instrument(&self, id: InstrumentId) -> Option<&Instrument>;
    /// Its last known price.
    fn mark(&self, id: InstrumentId) -> Option<Price>;
    /// Its position and open orders.
    fn working(&self, id: InstrumentId) -> Working;
    /// The rate of costs to reserve for it: taker fee and half-spread.
    fn reserve(&self, id: InstrumentId) -> Rate;
    /// What may be bound in all: leverage × equity.
    fn limit(&self) -> Result<Money, Fault>;
    /// What is bound now: Σ [`Working::bound`] over the instruments, in the base currency.
    fn bound(&self) -> Result<Money, Fault>;
    /// What would be bound with `more` of it for this instrument, in its own currency.
    fn bound_with(&self, _id: InstrumentId, more: Money) -> Result<Money, Fault> {
        self.bound()?.plus(more)
    }
}

/// A rule that refused, with what it saw and what it allows.
type Refusal = (DenialCode, f64, f64);

/// Approves `intent` as order `id`, or says which rule refused it.
///
/// # Errors
/// [`Fault::Overflow`] where a number that the rules need leaves its range; nothing is approved then.
pub fn check(
    ts: Ns,
    id: OrderId,
    intent: &Intent,
    account: &impl AccountView,
) -> Result<Result<Approved, Denial>, Fault> {
    Ok(match refusal(intent, account)? {
        Some((code, value, limit)) => Err(Denial {
            ts,
            intent: *intent,
            code,
            value,
            limit,
        }),
        None => Ok(Approved {
            order: Order {
                id,
                intent: *intent,
                decided_ns: ts,
                changed_ns: ts,
                status: OrderStatus::PendingNew,
                cum_quantity: Quantity::ZERO,
                cum_notional: Money::ZERO,
            },
        }),
    })
}

fn refusal(intent: &Intent, account: &impl AccountView) -> Result<Option<Refusal>, Fault> {
    let Some(instrument) = account.instrument(intent.instrument) else {
        let number = f64::from(intent.instrument.0);
        return Ok(Some((DenialCode::UnknownInstrument, number, f64::NAN)));
    };
    if let Some(refused) = malformed(intent, instrument) {
        return Ok(Some(refused));
    }
    let Some(mark) = account.mark(intent.instrument) else {
        return Ok(Some((DenialCode::NoPrice, f64::NAN, f64::NAN)));
    };
    let before = account.working(intent.instrument);
    if let Some(refused) = sold_short(intent, instrument, before) {
        return Ok(Some(refused));
    }
    if let Some(refused) = too_small(intent, instrument, before, mark)? {
        return Ok(Some(refused));
    }
    let after = before.with_order(intent.kind, intent.side, intent.quantity)?;
    if after.worst()? <= before.worst()? {
        return Ok(None); // reduces, or adds nothing: always passes
    }
    let rate = account.reserve(intent.instrument);
    let more = after
        .bound(instrument, mark, rate)?
        .minus(before.bound(instrument, mark, rate)?)?;
    let total = account.bound_with(intent.instrument, more)?;
    let limit = account.limit()?;
    let refused = total > limit;
    Ok(refused.then(|| (DenialCode::BuyingPower, total.as_f64(), limit.as_f64())))
}

/// The rules that need only the intent and its instrument.
fn malformed(intent: &Intent, instrument: &Instrument) -> Option<Refusal> {
    let quantity = intent.quantity;
    let units = instrument.quantity_f64(quantity);
    if quantity <= Quantity::ZERO {
        return Some((DenialCode::BadQuantity, units, 0.0));
    }
    if !instrument.on_lot(quantity) {
        let lot = instrument.quantity_f64(Quantity(instrument.spec().lot));
        return Some((DenialCode::OffLot, units, lot));
    }
    let prices = || intent.kind.stop().into_iter().chain(intent.kind.limit());
    if let Some(price) = prices().find(|&price| !instrument.on_tick(price)) {
        let tick = instrument.price_f64(Price(instrument.spec().tick));
        return Some((DenialCode::OffTick, instrument.price_f64(price), tick));
    }
    let low = prices().find(|&price| price <= Price(0))?;
    Some((DenialCode::BadPrice, instrument.price_f64(low), 0.0))
}

/// Resting buys are not counted on: they may never fill.
fn sold_short(intent: &Intent, instrument: &Instrument, before: Working) -> Option<Refusal> {
    if intent.side == Side::Buy || instrument.shortable() {
        return None;
    }
    let resting = i128::from(before.resting_sells.0);
    let left = before.settled() - resting - i128::from(intent.quantity.0);
    (left < 0).then(|| {
        let units = left as f64 / instrument.quantity_counts();
        (DenialCode::NotShortable, units, 0.0)
    })
}

fn too_small(
    intent: &Intent,
    instrument: &Instrument,
    before: Working,
    mark: Price,
) -> Result<Option<Refusal>, Fault> {
    let signed = i128::from(intent.side.sign()) * i128::from(intent.quantity.0);
    if before.settled() + signed == 0 {
        return Ok(None); // closes the position whole
    }
    let kind = intent.kind;
    let price = kind.limit().or(kind.stop()).unwrap_or(mark);
    let notional = instrument.notional(price, intent.quantity, Rounding::Down)?;
    let least = instrument.min_notional();
    let refused = notional < least;
    Ok(refused.then(|| {
        (
            DenialCode::BelowMinNotional,
            notional.as_f64(),
            least.as_f64(),
        )
    }))
}
