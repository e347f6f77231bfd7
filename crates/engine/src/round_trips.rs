//! Round trips: a run's fills, told as stories from flat to flat.
//!
//! A flip ends one trip and starts the next. A position that never goes flat again gives one trip at each reduction, at
//! average cost, and one for what is open at the end, closed at its mark and flagged. Costs of a fill that closes
//! and opens are split by quantity; ledger lines belong to the trip in whose life they fall. Σ pnl = equity − initial
//! cash in every currency, to the last unit; what a foreign one is worth in the end is told by a revaluation line.

use crate::engine::unknown;
use crate::story::Story;
use sluice_types::{
    Conversion, Fault, Fill, Instrument, InstrumentId, LedgerLine, Money, Ns, Price, Quantity,
    Rounding, Side,
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
    /// Profit after fees and ledger lines.
    pub pnl: Money,
    /// Fees of entry and exit.
    pub fees: Money,
    /// Σ of the ledger lines in its life: funding, borrow, dividends, cash in lieu; received > 0.
    pub ledger: Money,
    /// Paid against the reference prices, in the fills' prices already; above zero is a cost.
    pub slippage: Money,
    /// Whether it was still open at the end, and closed at the mark.
    pub open_at_end: bool,
    /// The rate of its currency at its exit: its money is in the base currency, converted at this rate.
    pub rate: Conversion,
}

/// A line of the ledger, and where it stands in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The line.
    pub line: LedgerLine,
    /// How many fills came before it.
    pub after: usize,
    /// The rate of its currency then.
    pub rate: Conversion,
}

/// What happened to the positions of a run, in the order in which it happened.
#[derive(Debug, Clone, Copy, Default)]
pub struct History<'a> {
    /// Fills.
    pub fills: &'a [Fill],
    /// The rate of each fill's currency then; empty where all is base currency.
    pub rates: &'a [Conversion],
    /// The rate of each instrument's currency at the end; as `rates`.
    pub final_rates: &'a [Conversion],
    /// Ledger lines.
    pub lines: &'a [Written],
}

impl<'a> From<&'a [Fill]> for History<'a> {
    fn from(fills: &'a [Fill]) -> Self {
        Self {
            fills,
            ..Self::default()
        }
    }
}

impl<'a> From<&'a Vec<Fill>> for History<'a> {
    fn from(fills: &'a Vec<Fill>) -> Self {
        Self::from(fills.as_slice())
    }
}

/// Cuts the fills and lines of a run into round trips, sorted by exit, instrument, entry.
///
/// `marks` holds the last price per instrument; what is open at `end` is closed at it.
///
/// # Errors
/// [`Fault::BadData`] for a fill of an unknown instrument or a position without a mark; [`Fault::Overflow`].
pub fn round_trips<'a>(
    instruments: &[Instrument],
    history: impl Into<History<'a>>,
    marks: &[Option<Price>],
    end: Ns,
) -> Result<Vec<RoundTrip>, Fault> {
    let history = history.into();
    let mut trips = Vec::new();
    let mut stories: Vec<Story> = instruments.iter().map(|_| Story::default()).collect();
    let mut lines = history.lines.iter().peekable();
    for (place, fill) in history.fills.iter().enumerate() {
        while let Some(written) = lines.next_if(|written| written.after <= place) {
            written_down(instruments, &mut stories, written, &mut trips)?;
        }
        let index = fill.instrument.index();
        let story = stories
            .get_mut(index)
            .ok_or_else(|| unknown(fill.instrument))?;
        story.rate = rate_at(history.rates, place);
        story.take(&instruments[index], fill, &mut trips)?;
    }
    for written in lines {
        written_down(instruments, &mut stories, written, &mut trips)?;
    }
    for (index, mut story) in stories.into_iter().enumerate() {
        if story.open.quantity != Quantity::ZERO {
            let id = InstrumentId(index as u32);
            let mark = marks.get(index).copied().flatten().ok_or_else(|| {
                Fault::BadData(format!("instrument {index} is held but has no mark"))
            })?;
            story.rate = rate_at(history.final_rates, index);
            story.end(&instruments[index], id, mark, end, &mut trips)?;
        }
    }
    trips.sort_by_key(|trip| (trip.exit_ts, trip.instrument, trip.entry_ts));
    if !history.rates.is_empty() {
        trips.iter_mut().try_for_each(RoundTrip::convert)?;
    }
    Ok(trips)
}

fn rate_at(rates: &[Conversion], place: usize) -> Conversion {
    rates.get(place).copied().unwrap_or(Conversion::ONE)
}

fn written_down(
    instruments: &[Instrument],
    stories: &mut [Story],
    written: &Written,
    trips: &mut Vec<RoundTrip>,
) -> Result<(), Fault> {
    let id = written.line.instrument;
    let story = (stories.get_mut(id.index())).ok_or_else(|| unknown(id))?;
    story.rate = written.rate;
    story.write(&instruments[id.index()], &written.line, trips)
}

impl RoundTrip {
    /// Its money in the base currency, rounded against us.
    fn convert(&mut self) -> Result<(), Fault> {
        self.pnl = self.rate.of(self.pnl, Rounding::Down)?;
        self.ledger = self.rate.of(self.ledger, Rounding::Down)?;
        self.fees = self.rate.of(self.fees, Rounding::Up)?;
        self.slippage = self.rate.of(self.slippage, Rounding::Up)?;
        Ok(())
    }
}
