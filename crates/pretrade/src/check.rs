//! The check before every order. Doubt denies: what cannot be valued is refused.

use crate::{Binding, Denial, DenialCode, Working, terms};
use sluice_types::{
    Fault, Instrument, InstrumentId, Intent, Links, Money, Ns, Order, OrderId, OrderStatus, Price,
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
    /// An order of the account, open or closed.
    fn order(&self, id: OrderId) -> Option<&Order>;
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
pub(crate) type Refusal = (DenialCode, f64, f64);

/// Approves `intent` as order `id`, or says which rule refused it.
///
/// An order whose parent has no fill yet is approved as `HELD`; it passes [`release`] when the fill comes. One that
/// joins an order of a one-cancels-other group joins the whole group.
///
/// # Errors
/// [`Fault::Overflow`] where a number that the rules need leaves its range; nothing is approved then.
pub fn check(
    ts: Ns,
    id: OrderId,
    intent: &Intent,
    account: &impl AccountView,
) -> Result<Result<Approved, Denial>, Fault> {
    let awaited = terms::awaited(intent, account);
    let question = Question {
        ts,
        intent,
        awaited,
        counted: false,
    };
    Ok(match question.refusal(account)? {
        Some(refused) => Err(question.denial(refused)),
        None => Ok(Approved {
            order: Order {
                id,
                intent: grouped(intent, account),
                decided_ns: ts,
                changed_ns: ts,
                status: match awaited {
                    Some(_) => OrderStatus::Held,
                    None => OrderStatus::PendingNew,
                },
                cum_quantity: Quantity::ZERO,
                cum_notional: Money::ZERO,
            },
        }),
    })
}

/// Approves once more an order that was held and whose parent has its first fill, or says which rule refuses it now.
///
/// It counts in exposure since it was held, so that nothing is added.
///
/// # Errors
/// As [`check`].
pub fn release(
    ts: Ns,
    held: &Order,
    account: &impl AccountView,
) -> Result<Result<Approved, Denial>, Fault> {
    let question = Question {
        ts,
        intent: &held.intent,
        awaited: None,
        counted: true,
    };
    Ok(match question.refusal(account)? {
        Some(refused) => Err(question.denial(refused)),
        None => Ok(Approved {
            order: Order {
                status: OrderStatus::PendingNew,
                changed_ns: ts,
                ..*held
            },
        }),
    })
}

/// Joining an order is joining its group.
fn grouped(intent: &Intent, account: &impl AccountView) -> Intent {
    let joined = intent.links.group.and_then(|id| account.order(id));
    let group = joined.map(Order::group).or(intent.links.group);
    let links = Links {
        group,
        ..intent.links
    };
    Intent { links, ..*intent }
}

/// What the rules are asked.
struct Question<'a> {
    ts: Ns,
    intent: &'a Intent,
    /// The parent it has to wait for.
    awaited: Option<&'a Order>,
    /// Whether the account's exposure has it in already.
    counted: bool,
}

impl Question<'_> {
    fn denial(&self, (code, value, limit): Refusal) -> Denial {
        Denial {
            ts: self.ts,
            intent: *self.intent,
            code,
            value,
            limit,
        }
    }

    fn refusal(&self, account: &impl AccountView) -> Result<Option<Refusal>, Fault> {
        let intent = self.intent;
        let Some(instrument) = account.instrument(intent.instrument) else {
            let number = f64::from(intent.instrument.0);
            return Ok(Some((DenialCode::UnknownInstrument, number, f64::NAN)));
        };
        let malformed = terms::malformed(self.ts, intent, instrument);
        // Once approved, the orders it is tied to may be over: that is the engine's to act on.
        let mistied = || (!self.counted).then(|| terms::mistied(intent, account));
        if let Some(refused) = malformed.or_else(|| mistied().flatten()) {
            return Ok(Some(refused));
        }
        let Some(mark) = account.mark(intent.instrument) else {
            return Ok(Some((DenialCode::NoPrice, f64::NAN, f64::NAN)));
        };
        let before = account.working(intent.instrument);
        if intent.reduce_only {
            return self.reduction(instrument, before, mark);
        }
        let added = if self.counted {
            Quantity::ZERO
        } else {
            intent.quantity
        };
        if let Some(refused) = sold_short(intent, added, instrument, before) {
            return Ok(Some(refused));
        }
        if let Some(refused) = too_small(intent, instrument, before, mark)? {
            return Ok(Some(refused));
        }
        let after = before.with_order(Binding::of(intent), intent.side, added)?;
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

    /// A reduce-only order cannot raise exposure or sell short; it must find something to reduce, by size.
    fn reduction(
        &self,
        instrument: &Instrument,
        before: Working,
        mark: Price,
    ) -> Result<Option<Refusal>, Fault> {
        let side = i128::from(self.intent.side.sign());
        // An exit that goes now protects what is held, though a market order on its way may close it first.
        let held = if self.counted {
            i128::from(before.position.0)
        } else {
            before.settled()
        };
        let left = -side * held;
        let nothing = |found: i128| {
            let units = found as f64 / instrument.quantity_counts();
            Ok(Some((DenialCode::ReduceOnly, units, 0.0)))
        };
        match self.awaited {
            // What the parent will bring is there to be reduced.
            Some(parent) if parent.intent.side == self.intent.side => nothing(held),
            Some(parent) => Ok(terms::misplaced(self.intent, parent, instrument, mark)),
            None if left <= 0 => nothing(held),
            None if i128::from(self.intent.quantity.0) >= left => Ok(None), // closes the position
            None => too_small(self.intent, instrument, before, mark),
        }
    }
}

/// Resting buys are not counted on: they may never fill.
fn sold_short(
    intent: &Intent,
    added: Quantity,
    instrument: &Instrument,
    before: Working,
) -> Option<Refusal> {
    if intent.side == Side::Buy || instrument.shortable() {
        return None;
    }
    let resting = i128::from(before.resting_sells.0);
    let left = before.settled() - resting - i128::from(added.0);
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
