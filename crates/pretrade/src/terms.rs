//! The rules on the terms of an order: what can be seen of the intent, its instrument and the orders it is tied to.

use crate::check::Refusal;
use crate::{AccountView, DenialCode};
use sluice_types::{
    Instrument, Intent, Ns, Order, OrderKind, Price, Quantity, Rate, Side, Trail, UNITS,
};

const SECOND_NS: f64 = 1e9;

/// The rules that need only the intent and its instrument.
pub(crate) fn malformed(ts: Ns, intent: &Intent, instrument: &Instrument) -> Option<Refusal> {
    let quantity = intent.quantity;
    let units = instrument.quantity_f64(quantity);
    if quantity <= Quantity::ZERO {
        return Some((DenialCode::BadQuantity, units, 0.0));
    }
    if !instrument.on_lot(quantity) {
        let lot = instrument.quantity_f64(Quantity(instrument.spec().lot));
        return Some((DenialCode::OffLot, units, lot));
    }
    mispriced(intent, instrument)
        .or_else(|| match intent.tif {
            sluice_types::TimeInForce::Gtd(until) if until <= ts => {
                let seconds = |stamp: Ns| stamp as f64 / SECOND_NS;
                Some((DenialCode::BadExpiry, seconds(until), seconds(ts)))
            }
            _ => None,
        })
        .or_else(|| {
            let rests = matches!(intent.kind, OrderKind::Limit(_)) && !intent.tif.at_once();
            (intent.post_only && !rests).then_some((DenialCode::PostOnly, f64::NAN, f64::NAN))
        })
}

fn mispriced(intent: &Intent, instrument: &Instrument) -> Option<Refusal> {
    let shown = |price| instrument.price_f64(price);
    let prices = || intent.kind.stop().into_iter().chain(intent.kind.limit());
    if let Some(price) = prices().find(|&price| !instrument.on_tick(price)) {
        let tick = shown(Price(instrument.spec().tick));
        return Some((DenialCode::OffTick, shown(price), tick));
    }
    if let Some(low) = prices().find(|&price| price <= Price(0)) {
        return Some((DenialCode::BadPrice, shown(low), 0.0));
    }
    match intent.kind {
        OrderKind::Trailing(Trail::Distance(distance)) if distance <= Price(0) => {
            Some((DenialCode::BadTrail, shown(distance), 0.0))
        }
        OrderKind::Trailing(Trail::Rate(Rate(rate))) if rate <= 0 || i128::from(rate) >= UNITS => {
            Some((DenialCode::BadTrail, rate as f64 / UNITS as f64, 0.0))
        }
        OrderKind::StopLimit { stop, limit } if beyond(intent.side, stop, limit) => {
            Some((DenialCode::BadStopLimit, shown(limit), shown(stop)))
        }
        _ => None,
    }
}

/// Whether a price at `stop` is worse than `limit`, so that the limit refuses what the stop has triggered.
fn beyond(side: Side, stop: Price, limit: Price) -> bool {
    match side {
        Side::Buy => limit < stop,
        Side::Sell => limit > stop,
    }
}

/// An order may be tied to orders of its own instrument: to a parent that is open or was filled, to a group that is
/// open.
pub(crate) fn mistied(intent: &Intent, account: &impl AccountView) -> Option<Refusal> {
    let own = |order: &&Order| order.intent.instrument == intent.instrument;
    let open = |order: &Order| order.status.is_open();
    let filled = |order: &Order| order.cum_quantity > Quantity::ZERO;
    let of = |id| account.order(id).filter(own);
    let links = intent.links;
    let orphan = (links.parent).filter(|&id| !of(id).is_some_and(|o| open(o) || filled(o)));
    let late = (links.group).filter(|&id| !of(id).is_some_and(open));
    (orphan.or(late)).map(|id| (DenialCode::BadLink, id.0 as f64, f64::NAN))
}

/// The parent that an order has to wait for: it has no fill yet.
pub(crate) fn awaited<'a>(intent: &Intent, account: &'a impl AccountView) -> Option<&'a Order> {
    let parent = account.order(intent.links.parent?)?;
    (parent.cum_quantity == Quantity::ZERO).then_some(parent)
}

/// An exit stands where it takes a profit or stops a loss of its entry: at its entry's price it does neither.
pub(crate) fn misplaced(
    intent: &Intent,
    parent: &Order,
    instrument: &Instrument,
    mark: Price,
) -> Option<Refusal> {
    let kind = parent.intent.kind;
    let entry = kind.limit().or(kind.stop()).unwrap_or(mark);
    let (price, wants_above) = match intent.kind {
        OrderKind::Limit(limit) => (limit, intent.side == Side::Sell),
        OrderKind::Stop(stop) | OrderKind::StopLimit { stop, .. } => {
            (stop, intent.side == Side::Buy)
        }
        OrderKind::Market | OrderKind::Trailing(_) => return None,
    };
    let right = if wants_above {
        price > entry
    } else {
        price < entry
    };
    let shown = |price| instrument.price_f64(price);
    (!right).then(|| (DenialCode::BadBracket, shown(price), shown(entry)))
}
