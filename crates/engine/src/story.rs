//! The trip of one instrument, told fill by fill and line by line until it is flat.

use crate::RoundTrip;
use crate::position::{Legs, Position, share, worth};
use sluice_types::{
    Conversion, Fault, Fill, Instrument, InstrumentId, LedgerLine, LineKind, Money, Ns, Price,
    Quantity, Rounding, Side, UNITS,
};

/// Σ price × quantity over Σ quantity, in counts.
#[derive(Debug, Clone, Copy, Default)]
struct Average {
    price_quantity: i128,
    quantity: i128,
}

impl Average {
    fn add(&mut self, price: Price, quantity: Quantity) -> Result<(), Fault> {
        const OUT: Fault = Fault::Overflow("average price of a round trip");
        let size = i128::from(quantity.size().0);
        let product = i128::from(price.0) * size;
        self.price_quantity = self.price_quantity.checked_add(product).ok_or(OUT)?;
        self.quantity = self.quantity.checked_add(size).ok_or(OUT)?;
        Ok(())
    }

    /// The same in the units after a split. For eyes only.
    fn split(&mut self, ratio: f64) {
        self.quantity = (self.quantity as f64 * ratio).round() as i128;
    }

    fn price(self, instrument: &Instrument) -> f64 {
        instrument.average_f64(self.price_quantity, self.quantity)
    }
}

/// What a trip still holds, with the costs of its entry that are not yet told.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Open {
    pub quantity: Quantity,
    basis: Money,
    fees: Money,
    slippage: Money,
    ledger: Money,
}

impl Open {
    /// Takes out the share of everything that `closed` closes.
    fn release(&mut self, closed: Quantity) -> Result<Self, Fault> {
        let part = Self {
            quantity: closed,
            basis: share(self.basis, closed, self.quantity),
            fees: share(self.fees, closed, self.quantity),
            slippage: share(self.slippage, closed, self.quantity),
            ledger: share(self.ledger, closed, self.quantity),
        };
        self.quantity = self.quantity.plus(closed)?;
        self.basis = self.basis.minus(part.basis)?;
        self.fees = self.fees.minus(part.fees)?;
        self.slippage = self.slippage.minus(part.slippage)?;
        self.ledger = self.ledger.minus(part.ledger)?;
        Ok(part)
    }

    fn average_cost(self, instrument: &Instrument) -> f64 {
        let position = Position {
            quantity: self.quantity,
            basis: self.basis,
            ..Position::default()
        };
        position.average_price(instrument)
    }
}

/// What closes a part of what is open.
#[derive(Debug, Clone, Copy)]
struct Closing {
    ts: Ns,
    instrument: InstrumentId,
    price: Price,
    /// Signed against the position.
    closed: Quantity,
    cost: Money,
    fee: Money,
    slippage: Money,
}

/// The trip of one instrument that is being told.
#[derive(Debug)]
pub(crate) struct Story {
    pub open: Open,
    /// Of its currency, at the event in hand.
    pub rate: Conversion,
    entry_ts: Ns,
    largest: Quantity,
    entries: Average,
    exits: Average,
    /// One trip per reduction; they become one if the position goes flat.
    reductions: Vec<RoundTrip>,
}

impl Default for Story {
    fn default() -> Self {
        Self {
            open: Open::default(),
            rate: Conversion::ONE,
            entry_ts: 0,
            largest: Quantity::ZERO,
            entries: Average::default(),
            exits: Average::default(),
            reductions: Vec::new(),
        }
    }
}

impl Story {
    /// A ledger line of its life. A split scales what is told in units; one that leaves nothing ends the trip.
    pub(crate) fn write(
        &mut self,
        instrument: &Instrument,
        line: &LedgerLine,
        trips: &mut Vec<RoundTrip>,
    ) -> Result<(), Fault> {
        if line.kind == LineKind::Revaluation {
            return Ok(());
        }
        self.open.ledger = self.open.ledger.plus(line.amount)?;
        if line.kind != LineKind::Split {
            return Ok(());
        }
        if line.quantity == Quantity::ZERO {
            self.reduce(
                instrument,
                &Closing {
                    ts: line.ts,
                    instrument: line.instrument,
                    price: Price(0), // paid out: the money is in the line
                    closed: Quantity::ZERO.minus(self.open.quantity)?,
                    cost: Money::ZERO,
                    fee: Money::ZERO,
                    slippage: Money::ZERO,
                },
            )?;
            trips.push(self.told(instrument)?);
            return Ok(());
        }
        self.open.quantity = line.quantity;
        let ratio = line.rate.0 as f64 / UNITS as f64;
        self.entries.split(ratio);
        self.exits.split(ratio);
        let largest = (self.largest.0 as f64 * ratio).round() as i64; // saturates; for eyes
        self.largest = Quantity(largest).max(line.quantity.size());
        Ok(())
    }

    pub(crate) fn take(
        &mut self,
        instrument: &Instrument,
        fill: &Fill,
        trips: &mut Vec<RoundTrip>,
    ) -> Result<(), Fault> {
        let signed = fill.side.signed(fill.quantity);
        let legs = Legs::cut(instrument, self.open.quantity, fill.price, signed)?;
        let slippage =
            legs.cost()?
                .minus(instrument.notional(fill.reference, signed, Rounding::Up)?)?;
        let fee_closing = share(fill.fee, legs.closed, signed);
        let slippage_closing = share(slippage, legs.closed, signed);
        if legs.closed != Quantity::ZERO {
            self.reduce(
                instrument,
                &Closing {
                    ts: fill.ts,
                    instrument: fill.instrument,
                    price: fill.price,
                    closed: legs.closed,
                    cost: legs.closing_cost,
                    fee: fee_closing,
                    slippage: slippage_closing,
                },
            )?;
            if self.open.quantity == Quantity::ZERO {
                trips.push(self.told(instrument)?);
            }
        }
        if legs.opened != Quantity::ZERO {
            if self.open.quantity == Quantity::ZERO {
                self.entry_ts = fill.ts;
            }
            self.open.quantity = self.open.quantity.plus(legs.opened)?;
            self.open.basis = self.open.basis.plus(legs.opening_cost)?;
            self.open.fees = self.open.fees.plus(fill.fee.minus(fee_closing)?)?;
            let slippage_opening = slippage.minus(slippage_closing)?;
            self.open.slippage = self.open.slippage.plus(slippage_opening)?;
            self.largest = self.largest.max(self.open.quantity.size());
            self.entries.add(fill.price, legs.opened)?;
        }
        Ok(())
    }

    fn side(&self) -> Side {
        if self.open.quantity > Quantity::ZERO {
            Side::Buy
        } else {
            Side::Sell
        }
    }

    fn reduce(&mut self, instrument: &Instrument, closing: &Closing) -> Result<(), Fault> {
        let side = self.side();
        let entry_price = self.open.average_cost(instrument);
        let part = self.open.release(closing.closed)?;
        let fees = part.fees.plus(closing.fee)?;
        self.exits.add(closing.price, closing.closed)?;
        self.reductions.push(RoundTrip {
            instrument: closing.instrument,
            entry_ts: self.entry_ts,
            exit_ts: closing.ts,
            side,
            quantity: closing.closed.size(),
            entry_price,
            exit_price: instrument.price_f64(closing.price),
            pnl: part
                .ledger
                .minus(closing.cost)?
                .minus(part.basis)?
                .minus(fees)?,
            fees,
            slippage: part.slippage.plus(closing.slippage)?,
            ledger: part.ledger,
            open_at_end: false,
            rate: self.rate,
        });
        Ok(())
    }

    /// Flat: the reductions become one trip, and the story starts anew.
    fn told(&mut self, instrument: &Instrument) -> Result<RoundTrip, Fault> {
        let mut reductions = self.reductions.drain(..);
        let first = reductions
            .next()
            .ok_or_else(|| Fault::BadData("a trip went flat without a reduction".into()))?;
        let mut trip = RoundTrip {
            quantity: self.largest,
            entry_price: self.entries.price(instrument),
            exit_price: self.exits.price(instrument),
            ..first
        };
        for part in reductions {
            trip.exit_ts = part.exit_ts;
            trip.rate = part.rate;
            trip.pnl = trip.pnl.plus(part.pnl)?;
            trip.fees = trip.fees.plus(part.fees)?;
            trip.slippage = trip.slippage.plus(part.slippage)?;
            trip.ledger = trip.ledger.plus(part.ledger)?;
        }
        self.largest = Quantity::ZERO;
        self.entries = Average::default();
        self.exits = Average::default();
        Ok(trip)
    }

    /// Still open at the end: each reduction is a trip, and the rest is closed at the mark.
    pub(crate) fn end(
        self,
        instrument: &Instrument,
        id: InstrumentId,
        mark: Price,
        end: Ns,
        trips: &mut Vec<RoundTrip>,
    ) -> Result<(), Fault> {
        let open = self.open;
        let value = worth(instrument, mark, open.quantity)?;
        let last = RoundTrip {
            instrument: id,
            entry_ts: self.entry_ts,
            exit_ts: end,
            side: self.side(),
            quantity: open.quantity.size(),
            entry_price: open.average_cost(instrument),
            exit_price: instrument.price_f64(mark),
            pnl: value
                .plus(open.ledger)?
                .minus(open.basis)?
                .minus(open.fees)?,
            fees: open.fees,
            slippage: open.slippage,
            ledger: open.ledger,
            open_at_end: true,
            rate: self.rate,
        };
        trips.extend(self.reductions);
        trips.push(last);
        Ok(())
    }
}
