//! What a run sees: bars, quotes and trades of its instruments.

use crate::{BarColumns, QuoteColumns, TradeColumns};
use sluice_sim::{BarVenue, Feed};
use sluice_types::InstrumentId;

/// What a run sees. An instrument that has quotes or trades is filled and marked on them; its bars are information.
#[derive(Debug, Clone, Copy)]
pub struct Market<'a> {
    /// Bars, and the instruments of the run; there may be no row.
    pub bars: &'a BarColumns,
    /// Best bids and asks.
    pub quotes: Option<&'a QuoteColumns>,
    /// Prints.
    pub trades: Option<&'a TradeColumns>,
}

impl<'a> From<&'a BarColumns> for Market<'a> {
    fn from(bars: &'a BarColumns) -> Self {
        let (quotes, trades) = (None, None);
        Self {
            bars,
            quotes,
            trades,
        }
    }
}

impl Market<'_> {
    /// Prices that were finer than their scale, of all kinds.
    pub(crate) fn off_price(&self) -> u64 {
        let quotes = self.quotes.map_or(0, QuoteColumns::off_price);
        let trades = self.trades.map_or(0, TradeColumns::off_price);
        self.bars.off_price() + quotes + trades
    }
}

/// Tells the venue which instruments are filled on ticks.
pub(crate) fn set_feeds(venue: &mut BarVenue, market: &Market<'_>, instruments: usize) {
    let mut set = |present: Vec<bool>, feed| {
        for place in (0..instruments).filter(|&place| present[place]) {
            venue.set_feed(InstrumentId(place as u32), feed);
        }
    };
    if let Some(trades) = market.trades {
        set(trades.present(instruments), Feed::Trades);
    }
    if let Some(quotes) = market.quotes {
        set(quotes.present(instruments), Feed::Quotes);
    }
}
