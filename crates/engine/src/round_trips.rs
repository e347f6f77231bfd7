//! Round trips: a run's fills, told as stories from flat to flat.
//!
//! A flip ends one trip and starts the next. A position that never goes flat again gives one trip at each reduction, at
//! average cost, and one for what is open at the end, closed at its mark and flagged. Costs of a fill that closes
//! and opens are split by quantity. Σ pnl = equity − initial cash, to the last unit.

use crate::engine::unknown;
use crate::position::{Legs, Position, share, worth};
use sluice_types::{
    Fault, Fill, Instrument, InstrumentId, Money, Ns, Price, Quantity, Rounding, Side,
};

/// One round trip of one instrument.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoundTrip {
    /// Of what.
    pub instrument: InstrumentId,
    /// Time of the first fill.
    pub entry_ts: Ns,
    /// Time of the last fill, or the end of the run.
    pub exit_ts: Ns,
    /// `Buy` for a long trip, `Sell` for a short one.
    pub side: Side,
    /// Largest size held; for a reduction, the size closed.
    pub quantity: Quantity,
    /// Average price of the opening fills; for a reduction, the average cost. For eyes only.
    pub entry_price: f64,
    /// Average price of the closing fills, or the mark. For eyes only.
    pub exit_price: f64,
    /// Profit after fees.
    pub pnl: Money,
    /// Fees of entry and exit.
    pub fees: Money,
    /// Paid against the reference prices, in the fills' prices already; above zero is a cost.
    pub slippage: Money,
    /// Whether it was still open at the end, and closed at the mark.
    pub open_at_end: bool,
}

/// Cuts the fills of a run (in the order in which they happened) into round trips, sorted by exit, instrument, entry.
///
/// `marks` holds the last price per instrument; what is open at `end` is closed at it.
///
/// # Errors
/// [`Fault::BadData`] for a fill of an unknown instrument or a position without a mark; [`Fault::Overflow`].
pub fn round_trips(
    instruments: &[Instrument],
    fills: &[Fill],
    marks: &[Option<Price>],
    end: Ns,
) -> Result<Vec<RoundTrip>, Fault> {
    let mut trips = Vec::new();
    let mut stories = Stories::new(instruments);
    for fill in fills {
        stories.take(fill, &mut trips)?;
    }
    stories.end(marks, end, &mut trips)?;
    trips.sort_by_key(|trip| (trip.exit_ts, trip.instrument, trip.entry_ts));
    Ok(trips)
}

/// The trips under way: fills in, trips out as they end.
#[derive(Debug, Default)]
pub struct Stories<'a> {
    instruments: &'a [Instrument],
    stories: Vec<Story>,
}

impl<'a> Stories<'a> {
    /// Nothing held.
    pub fn new(instruments: &'a [Instrument]) -> Self {
        Self {
            instruments,
            stories: instruments.iter().map(|_| Story::default()).collect(),
        }
    }

    /// Takes a fill; a trip that it ends is added to `trips`.
    ///
    /// # Errors
    /// As [`round_trips`].
    #[inline]
    pub fn take(&mut self, fill: &Fill, trips: &mut Vec<RoundTrip>) -> Result<(), Fault> {
        let index = fill.instrument.index();
        let story = (self.stories.get_mut(index)).ok_or_else(|| unknown(fill.instrument))?;
        story.take(&self.instruments[index], fill, trips)
    }

    /// Closes what is open at its mark.
    ///
    /// # Errors
    /// As [`round_trips`].
    pub fn end(
        self,
        marks: &[Option<Price>],
        end: Ns,
        trips: &mut Vec<RoundTrip>,
    ) -> Result<(), Fault> {
        for (index, story) in self.stories.into_iter().enumerate() {
            if story.open.quantity != Quantity::ZERO {
                let id = InstrumentId(index as u32);
                let mark = marks.get(index).copied().flatten().ok_or_else(|| {
                    Fault::BadData(format!("instrument {index} is held but has no mark"))
                })?;
                story.end(&self.instruments[index], id, mark, end, trips)?;
            }
        }
        Ok(())
    }
}

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

    fn price(self, instrument: &Instrument) -> f64 {
        instrument.average_f64(self.price_quantity, self.quantity)
    }
}

/// What a trip still holds, with the costs of its entry that are not yet told.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    quantity: Quantity,
    basis: Money,
    fees: Money,
    slippage: Money,
}

impl Open {
    /// Takes out the share of everything that `closed` closes.
    fn release(&mut self, closed: Quantity) -> Result<Self, Fault> {
        let part = Self {
            quantity: closed,
            basis: share(self.basis, closed, self.quantity),
            fees: share(self.fees, closed, self.quantity),
            slippage: share(self.slippage, closed, self.quantity),
        };
        self.quantity = self.quantity.plus(closed)?;
        self.basis = self.basis.minus(part.basis)?;
        self.fees = self.fees.minus(part.fees)?;
        self.slippage = self.slippage.minus(part.slippage)?;
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

/// The trip of one instrument that is being told.
#[derive(Debug, Default)]
struct Story {
    open: Open,
    entry_ts: Ns,
    largest: Quantity,
    entries: Average,
    exits: Average,
    /// One trip per reduction; they become one if the position goes flat.
    reductions: Vec<RoundTrip>,
}

impl Story {
    fn take(
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
            let costs = (fee_closing, slippage_closing);
            self.reduce(instrument, fill, legs.closed, legs.closing_cost, costs)?;
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

    /// `costs` are the fee and the slippage of the closing part.
    fn reduce(
        &mut self,
        instrument: &Instrument,
        fill: &Fill,
        closed: Quantity,
        closing_cost: Money,
        costs: (Money, Money),
    ) -> Result<(), Fault> {
        let side = self.side();
        let entry_price = self.open.average_cost(instrument);
        let part = self.open.release(closed)?;
        let fees = part.fees.plus(costs.0)?;
        self.exits.add(fill.price, closed)?;
        self.reductions.push(RoundTrip {
            instrument: fill.instrument,
            entry_ts: self.entry_ts,
            exit_ts: fill.ts,
            side,
            quantity: closed.size(),
            entry_price,
            exit_price: instrument.price_f64(fill.price),
            pnl: Money::ZERO
                .minus(closing_cost)?
                .minus(part.basis)?
                .minus(fees)?,
            fees,
            slippage: part.slippage.plus(costs.1)?,
            open_at_end: false,
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
            trip.pnl = trip.pnl.plus(part.pnl)?;
            trip.fees = trip.fees.plus(part.fees)?;
            trip.slippage = trip.slippage.plus(part.slippage)?;
        }
        self.largest = Quantity::ZERO;
        self.entries = Average::default();
        self.exits = Average::default();
        Ok(trip)
    }

    /// Still open at the end: each reduction is a trip, and the rest is closed at the mark.
    fn end(
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
            pnl: value.minus(open.basis)?.minus(open.fees)?,
            fees: open.fees,
            slippage: open.slippage,
            open_at_end: true,
        };
        trips.extend(self.reductions);
        trips.push(last);
        Ok(())
    }
}
