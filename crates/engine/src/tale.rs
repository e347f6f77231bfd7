//! The round trips of one instrument, told as they end.

use crate::RoundTrip;
use crate::story::Story;
use sluice_types::{Fault, Fill, Instrument, InstrumentId, Ns, Price, Quantity};

/// Fills in, trips out; the same trips as [`crate::round_trips`] of a run without ledger lines in its base currency.
#[derive(Debug)]
pub struct Tale<'a> {
    instrument: &'a Instrument,
    story: Story,
}

impl<'a> Tale<'a> {
    /// Nothing held.
    pub fn new(instrument: &'a Instrument) -> Self {
        Self {
            instrument,
            story: Story::default(),
        }
    }

    /// Takes a fill; a trip that it ends is added to `trips`.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    #[inline]
    pub fn take(&mut self, fill: &Fill, trips: &mut Vec<RoundTrip>) -> Result<(), Fault> {
        self.story.take(self.instrument, fill, trips)
    }

    /// Closes what is open at `mark`.
    ///
    /// # Errors
    /// [`Fault::Overflow`].
    pub fn end(self, mark: Price, end: Ns, trips: &mut Vec<RoundTrip>) -> Result<(), Fault> {
        if self.story.open.quantity == Quantity::ZERO {
            return Ok(());
        }
        let id = InstrumentId(0);
        self.story.end(self.instrument, id, mark, end, trips)
    }
}
