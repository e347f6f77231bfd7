//! What happens inside a bar, of which only four prices are known: which resting orders fill, and in which sequence.
//!
//! Two paths agree with a bar: open-low-high-close and open-high-low-close. Both are walked where more than one
//! order is touched, and the one that leaves the lower equity at the close is kept (low first if they are equal).

use sluice_types::{Bar, Fault, Fill, Instrument, Money, Order, OrderKind, Price, Rounding, Side};

/// Whether the bar's range reaches the order. A limit is reached when the price goes *through* it (or touches it, if
/// that is the setting); a stop when the price touches it.
pub(crate) fn reaches(order: &Order, low: Price, high: Price, touch_fills: bool) -> bool {
    match (order.intent.kind, order.intent.side) {
        (OrderKind::Limit(limit), Side::Buy) => low < limit || (touch_fills && low == limit),
        (OrderKind::Limit(limit), Side::Sell) => high > limit || (touch_fills && high == limit),
        (OrderKind::Stop(stop), Side::Buy) => high >= stop,
        (OrderKind::Stop(stop), Side::Sell) => low <= stop,
        (OrderKind::Market | OrderKind::StopLimit { .. } | OrderKind::Trailing(_), _) => false,
    }
}

/// The level an order waits for, and whether it waits for a falling price.
fn level(order: &Order) -> (bool, Price) {
    match (order.intent.kind, order.intent.side) {
        (OrderKind::Limit(price), Side::Buy) | (OrderKind::Stop(price), Side::Sell) => {
            (true, price)
        }
        (OrderKind::Limit(price) | OrderKind::Stop(price), _) => (false, price),
        (OrderKind::Market | OrderKind::StopLimit { .. } | OrderKind::Trailing(_), _) => {
            (false, Price(0))
        }
    }
}

/// Puts the touched orders in the sequence of one path. Levels that wait for a fall lie at or below the open and
/// are met from above, the others from below.
pub(crate) fn sequence(touched: &mut [Order], low_first: bool) {
    touched.sort_by_key(|order| {
        let (falling, price) = level(order);
        let second = falling != low_first;
        let along = if falling {
            -price.0 // prices are above zero
        } else {
            price.0
        };
        (second, along, order.id)
    });
}

/// What a path's fills have added to the equity at the bar's close.
pub(crate) fn gain_at_close(
    instrument: &Instrument,
    bar: &Bar,
    fills: &[Fill],
) -> Result<Money, Fault> {
    let mut gain = Money::ZERO;
    for fill in fills {
        let signed = fill.side.signed(fill.quantity);
        let worth = instrument.notional(bar.close, signed, Rounding::Down)?;
        let paid = instrument.notional(fill.price, signed, Rounding::Up)?;
        gain = gain.plus(worth)?.minus(paid)?.minus(fill.fee)?;
    }
    Ok(gain)
}

/// Whether the path with the high first is the worse one.
pub(crate) fn high_first_is_worse(
    instrument: &Instrument,
    bar: &Bar,
    low_first: &[Fill],
    high_first: &[Fill],
) -> Result<bool, Fault> {
    Ok(gain_at_close(instrument, bar, high_first)? < gain_at_close(instrument, bar, low_first)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_types::{InstrumentId, InstrumentSpec, Liquidity, Money, OrderId, Quantity};

    #[test]
    fn the_path_with_the_lower_equity_at_the_close_is_the_worse_one() {
        let coin = Instrument::new(InstrumentSpec {
            name: "COIN.TEST".into(),
            currency: "USD".into(),
            price_scale: 2,
            quantity_scale: 0,
            tick: 1,
            lot: 1,
            multiplier: 1_000_000_000,
            min_notional: Money(0),
            shortable: true,
        })
        .unwrap();
        let bar = Bar {
            instrument: InstrumentId(0),
            ts_start: 0,
            ts_end: 1,
            open: Price(10_000),
            high: Price(10_200),
            low: Price(9_800),
            close: Price(10_000),
            volume: f64::NAN,
        };
        let bought = |price| Fill {
            ts: 1,
            order: OrderId(1),
            instrument: InstrumentId(0),
            side: Side::Buy,
            quantity: Quantity(1),
            price: Price(price),
            reference: Price(price),
            fee: Money::ZERO,
            liquidity: Liquidity::Maker,
        };
        let (cheap, dear) = ([bought(9_900)], [bought(10_100)]);
        assert!(high_first_is_worse(&coin, &bar, &cheap, &dear).unwrap());
        assert!(!high_first_is_worse(&coin, &bar, &dear, &cheap).unwrap());
        assert!(!high_first_is_worse(&coin, &bar, &cheap, &cheap).unwrap());
    }
}
