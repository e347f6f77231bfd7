//! Ledger lines: what funding, borrow, dividends and splits do to cash and positions, rounded against us.
//!
//! A line's amount is the whole change of cash; a split leaves the basis as it is, so that equity − initial stays
//! Σ realized + Σ unrealized − Σ fees + Σ lines to the last unit.

use crate::engine::unknown;
use crate::holding::{Holding, Worth};
use crate::{Engine, Output};
use sluice_pretrade::{Binding, Working};
use sluice_types::{
    Adjustment, AdjustmentKind, Fault, Instrument, InstrumentId, LedgerLine, LineKind, Money,
    OrderKind, Price, Quantity, Rate, Rounding, UNITS, split_quantity,
};

const DAYS_A_YEAR: i128 = 365;

impl Engine {
    pub(crate) fn adjust(
        &mut self,
        adjustment: &Adjustment,
        out: &mut Vec<Output>,
    ) -> Result<(), Fault> {
        let id = adjustment.instrument;
        let Some(holding) = self.holdings.get(id.index()) else {
            return Err(unknown(id));
        };
        if let AdjustmentKind::Split {
            numerator,
            denominator,
        } = adjustment.kind
        {
            return self.split(adjustment, (numerator, denominator), out);
        }
        let instrument = &self.instruments[id.index()];
        let quantity = holding.position.quantity;
        let Some(mark) = holding.mark else {
            return Ok(()); // no price yet: nothing is held
        };
        let (purse, ex) = (holding.purse, without(instrument, mark, adjustment.kind)?);
        if quantity == Quantity::ZERO {
            return ex.map_or(Ok(()), |price| self.mark_at(id, price));
        }
        let (kind, rate, amount) = match adjustment.kind {
            AdjustmentKind::Funding { rate, assumed } => {
                let amount = funding(instrument, mark, quantity, rate)?;
                let kind = if assumed {
                    LineKind::AssumedFunding
                } else {
                    LineKind::Funding
                };
                if assumed && amount > Money::ZERO {
                    return Ok(());
                }
                (kind, rate, amount)
            }
            AdjustmentKind::Borrow { annual, days } => {
                if quantity > Quantity::ZERO {
                    return Ok(());
                }
                let amount = borrow(instrument, mark, quantity, (annual, days))?;
                (LineKind::Borrow, annual, amount)
            }
            AdjustmentKind::Dividend { per_unit } => {
                let amount = dividend(instrument, quantity, per_unit)?;
                (LineKind::Dividend, Rate(narrow(per_unit.0)?), amount)
            }
            AdjustmentKind::Split { .. } => return Ok(()),
        };
        if amount == Money::ZERO {
            return Ok(());
        }
        let cash = self.purses[purse].cash.plus(amount)?;
        if let Some(price) = ex {
            self.mark_at(id, price)?;
        }
        self.purses[purse].cash = cash;
        out.push(Output::Written(LedgerLine {
            ts: adjustment.ts,
            instrument: id,
            kind,
            quantity,
            rate,
            amount,
        }));
        Ok(())
    }

    /// The position, the mark and market orders in flight are taken to the new units. Other open orders must have
    /// been taken back: nobody said what their prices mean now.
    fn split(
        &mut self,
        adjustment: &Adjustment,
        ratio: (i64, i64),
        out: &mut Vec<Output>,
    ) -> Result<(), Fault> {
        let id = adjustment.instrument;
        let (instrument, holding) = (&self.instruments[id.index()], &self.holdings[id.index()]);
        let lot = instrument.spec().lot;
        let (quantity, rest) = split_quantity(holding.position.quantity, lot, ratio)?;
        let Some(mark) = holding.mark else {
            return self.nothing_open(id); // no price yet: nothing is held, nothing on its way
        };
        let lieu = in_lieu(instrument, mark, rest, ratio.0)?;
        let mark = split_price(mark, ratio)?;
        let mut next = Holding {
            mark: Some(mark),
            open: Vec::new(),
            ..*holding
        };
        next.position.quantity = quantity;
        if quantity == Quantity::ZERO {
            next.position.realized = next.position.realized.minus(next.position.basis)?;
            next.position.basis = Money::ZERO;
        }
        next.working = Working {
            position: quantity,
            ..Working::default()
        };
        let mut scaled = Vec::with_capacity(holding.open.len());
        for &order in &holding.open {
            let mut known = *self.order(order).ok_or(Fault::UnknownOrder(order))?;
            let (size, _) = split_quantity(known.intent.quantity, lot, ratio)?;
            let untouched = known.cum_quantity == Quantity::ZERO && size > Quantity::ZERO;
            if known.intent.kind != OrderKind::Market || !untouched {
                return Err(still_open(instrument));
            }
            known.intent.quantity = size;
            next.working =
                next.working
                    .with_order(Binding::of(&known.intent), known.intent.side, size)?;
            scaled.push(known);
        }
        next.worth = Worth::of(instrument, next.working, mark, next.reserve)?;
        let purse = &self.purses[next.purse];
        let totals = purse.totals.replaced(holding.worth, next.worth)?;
        let cash = purse.cash.plus(lieu)?;
        let held = holding.position.quantity != Quantity::ZERO;
        let rate = Rate(narrow(i128::from(ratio.0) * UNITS / i128::from(ratio.1))?);

        let holding = &mut self.holdings[id.index()];
        next.open = std::mem::take(&mut holding.open);
        *holding = next;
        for order in scaled {
            self.orders[order.id.0 as usize - 1] = order;
        }
        let purse = &mut self.purses[self.holdings[id.index()].purse];
        (purse.totals, purse.cash) = (totals, cash);
        if held {
            out.push(Output::Written(LedgerLine {
                ts: adjustment.ts,
                instrument: id,
                kind: LineKind::Split,
                quantity,
                rate,
                amount: lieu,
            }));
        }
        Ok(())
    }

    fn nothing_open(&self, id: InstrumentId) -> Result<(), Fault> {
        match self.open_orders(id).next() {
            None => Ok(()),
            Some(_) => Err(still_open(&self.instruments[id.index()])),
        }
    }
}

/// −rate × position × mark × multiplier: the payment is rounded up, what is received down.
fn funding(
    instrument: &Instrument,
    mark: Price,
    quantity: Quantity,
    rate: Rate,
) -> Result<Money, Fault> {
    let towards = if rate.0 < 0 {
        Rounding::Down
    } else {
        Rounding::Up
    };
    let value = instrument.notional(mark, quantity, towards)?;
    Money::ZERO.minus(value.at_rate(rate, Rounding::Up)?)
}

/// −|position| × mark × multiplier × annual × days / 365.
fn borrow(
    instrument: &Instrument,
    mark: Price,
    quantity: Quantity,
    (annual, days): (Rate, u32),
) -> Result<Money, Fault> {
    if annual.0 < 0 || !instrument.shortable() {
        return Err(Fault::BadData(format!(
            "a borrow rate of {} for {}: it is not below zero, and only of what may be sold short",
            annual.0 as f64 / UNITS as f64,
            instrument.name()
        )));
    }
    let size = instrument.notional(mark, quantity.size(), Rounding::Up)?;
    let product = (size.0)
        .checked_mul(i128::from(annual.0))
        .and_then(|product| product.checked_mul(i128::from(days)))
        .ok_or(Fault::Overflow("value × borrow rate × days"))?;
    let whole = UNITS * DAYS_A_YEAR;
    Ok(Money(
        -product.div_euclid(whole) - i128::from(product % whole != 0),
    ))
}

/// Money per unit × units, towards minus infinity.
fn dividend(instrument: &Instrument, quantity: Quantity, per_unit: Money) -> Result<Money, Fault> {
    let product = per_unit.0.checked_mul(i128::from(quantity.0));
    let product = product.ok_or(Fault::Overflow("dividend × quantity"))?;
    let one = 10_i128.pow(u32::from(instrument.spec().quantity_scale));
    Ok(Money(product.div_euclid(one)))
}

/// The price without the dividend, to the nearest count, so that paying it changes no equity; none where nothing is
/// left of it, or nothing is paid.
fn without(
    instrument: &Instrument,
    mark: Price,
    kind: AdjustmentKind,
) -> Result<Option<Price>, Fault> {
    let AdjustmentKind::Dividend { per_unit } = kind else {
        return Ok(None);
    };
    let one = 10_i128.pow(u32::from(instrument.spec().price_scale));
    let twice = (per_unit.0.checked_mul(2 * one)).ok_or(Fault::Overflow("dividend in counts"))?;
    let counts = (twice + UNITS).div_euclid(2 * UNITS);
    let left = i128::from(mark.0) - counts;
    Ok(i64::try_from(left).ok().filter(|&left| left > 0).map(Price))
}

/// The value at the mark of what is left of a lot: `rest` counts of 1/denominator new units, each worth
/// mark × denominator / numerator.
fn in_lieu(
    instrument: &Instrument,
    mark: Price,
    rest: Quantity,
    numerator: i64,
) -> Result<Money, Fault> {
    let value = instrument.notional(mark, rest, Rounding::Down)?;
    Ok(Money(value.0.div_euclid(i128::from(numerator))))
}

/// The price after a split, to the nearest count.
fn split_price(mark: Price, (numerator, denominator): (i64, i64)) -> Result<Price, Fault> {
    let twice = 2 * i128::from(mark.0) * i128::from(denominator) + i128::from(numerator);
    let price = narrow(twice / (2 * i128::from(numerator)))?;
    if price <= 0 {
        return Err(Fault::BadData(format!(
            "a split of {numerator} for {denominator} takes a price of {} counts below one",
            mark.0
        )));
    }
    Ok(Price(price))
}

fn narrow(wide: i128) -> Result<i64, Fault> {
    i64::try_from(wide).map_err(|_| Fault::Overflow("a number of a ledger line"))
}

fn still_open(instrument: &Instrument) -> Fault {
    Fault::BadData(format!(
        "{} splits with an order open that cannot be taken to the new units; take it back first",
        instrument.name()
    ))
}
