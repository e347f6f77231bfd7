//! Quotes and trades as checked columns, and the order in which they come into the day.
//!
//! Prices stay the caller's floats and become counts as they stream by, so that a tick costs no memory here.

use crate::Column;
use crate::bars::nearest;
use sluice_types::{Fault, Instrument, InstrumentId, Ns, Price, Quote, Trade};

/// Whose tick each row is.
#[derive(Debug)]
pub enum Places {
    /// All of one instrument.
    One(u32),
    /// Place in the list of instruments, by row.
    Many(Column<u32>),
}

impl Places {
    #[inline]
    fn at(&self, row: usize) -> u32 {
        match self {
            Self::One(place) => *place,
            Self::Many(places) => places[row],
        }
    }
}

/// Best bids and asks, sorted by (ts, instrument) and then as they came.
#[derive(Debug)]
pub struct QuoteColumns {
    scales: Vec<f64>,
    ts: Column<Ns>,
    places: Places,
    /// Bid, ask in price units; their sizes in units, NaN where unknown.
    values: [Column<f64>; 4],
    off_price: u64,
}

/// Prints of the market, sorted likewise.
#[derive(Debug)]
pub struct TradeColumns {
    scales: Vec<f64>,
    ts: Column<Ns>,
    places: Places,
    /// Price, size.
    values: [Column<f64>; 2],
    /// +1 where a buyer crossed the spread, −1 a seller, 0 where it is not known.
    side: Column<i8>,
    off_price: u64,
}

impl QuoteColumns {
    /// Checks every row once; nothing is copied.
    ///
    /// # Errors
    /// [`Fault::BadData`] names the row: lengths that differ, an unknown instrument, stamps that go backwards, a
    /// price that is not finite and above zero, a size below zero or infinite.
    pub fn new(
        instruments: &[Instrument],
        ts: Column<Ns>,
        places: Places,
        values: [Column<f64>; 4],
    ) -> Result<Self, Fault> {
        let scales = scales(instruments);
        let names = ["bid", "ask", "bid_size", "ask_size"];
        for (name, column) in names.iter().zip(&values) {
            same_length(name, column.len(), ts.len())?;
        }
        check_order(&ts, &places, instruments.len())?;
        let mut off_price = 0;
        for (name, column) in names.iter().zip(&values[..2]) {
            off_price += check_prices(name, column, &places, instruments, &scales)?;
        }
        for (name, column) in names[2..].iter().zip(&values[2..]) {
            check_sizes(name, column)?;
        }
        Ok(Self {
            scales,
            ts,
            places,
            values,
            off_price,
        })
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.ts.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ts.is_empty()
    }

    /// Stamps.
    pub fn stamps(&self) -> &[Ns] {
        &self.ts
    }

    /// Prices that were not whole counts of their instrument's scale and are rounded to the nearest.
    pub fn off_price(&self) -> u64 {
        self.off_price
    }

    /// Which of `count` instruments have a row.
    pub(crate) fn present(&self, count: usize) -> Vec<bool> {
        present(&self.places, self.len(), count)
    }
}

impl TradeColumns {
    /// Checks every row once; nothing is copied.
    ///
    /// # Errors
    /// [`Fault::BadData`] names the row, as in [`QuoteColumns::new`]; a side that is not −1, 0 or 1.
    pub fn new(
        instruments: &[Instrument],
        ts: Column<Ns>,
        places: Places,
        values: [Column<f64>; 2],
        side: Column<i8>,
    ) -> Result<Self, Fault> {
        let scales = scales(instruments);
        same_length("price", values[0].len(), ts.len())?;
        same_length("size", values[1].len(), ts.len())?;
        same_length("side", side.len(), ts.len())?;
        check_order(&ts, &places, instruments.len())?;
        let off_price = check_prices("price", &values[0], &places, instruments, &scales)?;
        check_sizes("size", &values[1])?;
        if let Some(row) = side.iter().position(|side| !(-1..=1).contains(side)) {
            return bad(row, &format!("side is {}; it is -1, 0 or 1", side[row]));
        }
        Ok(Self {
            scales,
            ts,
            places,
            values,
            side,
            off_price,
        })
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.ts.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ts.is_empty()
    }

    /// Stamps.
    pub fn stamps(&self) -> &[Ns] {
        &self.ts
    }

    /// Prices that were not whole counts of their instrument's scale and are rounded to the nearest.
    pub fn off_price(&self) -> u64 {
        self.off_price
    }

    pub(crate) fn present(&self, count: usize) -> Vec<bool> {
        present(&self.places, self.len(), count)
    }
}

/// One tick as it comes into the day.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tick {
    Quote(Quote),
    Trade(Trade),
}

/// Quotes with their columns at hand.
type QuoteSlices<'a> = (&'a QuoteColumns, [&'a [f64]; 4]);
/// Trades likewise, with their sides.
type TradeSlices<'a> = (&'a TradeColumns, [&'a [f64]; 2], &'a [i8]);

/// Quotes and trades of a run, merged by (stamp, quotes before trades); within a kind as the columns have them.
#[derive(Debug)]
pub(crate) struct TickStream<'a> {
    quotes: Option<QuoteSlices<'a>>,
    trades: Option<TradeSlices<'a>>,
    quote_ts: &'a [Ns],
    trade_ts: &'a [Ns],
    next_quote: usize,
    next_trade: usize,
}

impl<'a> TickStream<'a> {
    pub(crate) fn new(quotes: Option<&'a QuoteColumns>, trades: Option<&'a TradeColumns>) -> Self {
        Self {
            quote_ts: quotes.map_or(&[], QuoteColumns::stamps),
            trade_ts: trades.map_or(&[], TradeColumns::stamps),
            quotes: quotes.map(|quotes| {
                let [bid, ask, bid_size, ask_size] = &quotes.values;
                (quotes, [&**bid, &**ask, &**bid_size, &**ask_size])
            }),
            trades: trades.map(|trades| {
                let [price, size] = &trades.values;
                (trades, [&**price, &**size], &*trades.side)
            }),
            next_quote: 0,
            next_trade: 0,
        }
    }

    /// The stamp of the next tick.
    #[inline]
    pub(crate) fn peek(&self) -> Option<Ns> {
        let quote = self.quote_ts.get(self.next_quote);
        let trade = self.trade_ts.get(self.next_trade);
        match (quote, trade) {
            (Some(&quote), Some(&trade)) => Some(quote.min(trade)),
            (one, other) => one.or(other).copied(),
        }
    }

    /// The last stamp of all.
    pub(crate) fn last(&self) -> Option<Ns> {
        self.quote_ts.last().max(self.trade_ts.last()).copied()
    }

    /// How many ticks are through.
    pub(crate) fn done(&self) -> usize {
        self.next_quote + self.next_trade
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.quote_ts.len() + self.trade_ts.len()
    }

    /// The next tick, if its stamp is before `limit`.
    #[inline]
    pub(crate) fn next_before(&mut self, limit: Ns) -> Option<Tick> {
        let quote = self.quote_ts.get(self.next_quote).copied();
        let trade = self.trade_ts.get(self.next_trade).copied();
        let quote_first = quote.is_some_and(|ts| trade.is_none_or(|other| ts <= other));
        if quote_first {
            let ts = quote.filter(|&ts| ts < limit)?;
            let (columns, values) = self.quotes.as_ref()?;
            let row = self.next_quote;
            self.next_quote += 1;
            let place = columns.places.at(row);
            let scale = columns.scales[place as usize];
            let price = |column: usize| Price(nearest(values[column][row] * scale) as i64);
            return Some(Tick::Quote(Quote {
                instrument: InstrumentId(place),
                ts,
                bid: price(0),
                ask: price(1),
                bid_size: values[2][row],
                ask_size: values[3][row],
            }));
        }
        let ts = trade.filter(|&ts| ts < limit)?;
        let (columns, values, side) = self.trades.as_ref()?;
        let row = self.next_trade;
        self.next_trade += 1;
        let place = columns.places.at(row);
        let scale = columns.scales[place as usize];
        Some(Tick::Trade(Trade {
            instrument: InstrumentId(place),
            ts,
            price: Price(nearest(values[0][row] * scale) as i64),
            size: values[1][row],
            side: side[row],
        }))
    }
}

fn bad<T>(row: usize, what: &str) -> Result<T, Fault> {
    Err(Fault::BadData(format!("row {row}: {what}")))
}

fn same_length(name: &str, length: usize, rows: usize) -> Result<(), Fault> {
    if length == rows {
        return Ok(());
    }
    Err(Fault::BadData(format!(
        "{name} has {length} rows and ts has {rows}: all columns need the same length"
    )))
}

fn scales(instruments: &[Instrument]) -> Vec<f64> {
    instruments
        .iter()
        .map(|instrument| 10_f64.powi(i32::from(instrument.spec().price_scale)))
        .collect()
}

fn present(places: &Places, rows: usize, count: usize) -> Vec<bool> {
    let mut seen = vec![false; count];
    match places {
        Places::One(place) => seen[*place as usize] = rows > 0,
        Places::Many(places) => places.iter().for_each(|&place| seen[place as usize] = true),
    }
    seen
}

fn check_order(ts: &[Ns], places: &Places, instruments: usize) -> Result<(), Fault> {
    let back = |row: usize| {
        bad(
            row,
            "rows must be sorted by (ts, instrument); this one goes back",
        )
    };
    match places {
        Places::One(place) => {
            if *place as usize >= instruments {
                return bad(0, &format!("there is no instrument {place}"));
            }
            match ts.windows(2).position(|pair| pair[0] > pair[1]) {
                Some(row) => back(row + 1),
                None => Ok(()),
            }
        }
        Places::Many(places) => {
            same_length("instrument", places.len(), ts.len())?;
            if let Some(row) = places.iter().position(|&p| p as usize >= instruments) {
                return bad(row, &format!("there is no instrument {}", places[row]));
            }
            let goes_back = |row: &usize| (ts[row - 1], places[row - 1]) > (ts[*row], places[*row]);
            (1..ts.len()).find(goes_back).map_or(Ok(()), back)
        }
    }
}

/// How many prices are finer than their scale; an error where one is no price.
fn check_prices(
    name: &str,
    column: &[f64],
    places: &Places,
    instruments: &[Instrument],
    scales: &[f64],
) -> Result<u64, Fault> {
    let mut off_price = 0;
    for (row, &value) in column.iter().enumerate() {
        let place = places.at(row) as usize;
        let exact = value * scales[place];
        let whole = nearest(exact);
        if !(1.0..4.611_686_018_427_388e18).contains(&whole) {
            return bad(
                row,
                &crate::bars::price_fault(name, value, &instruments[place]),
            );
        }
        off_price += u64::from((exact - whole).abs() > 1e-6 + 1e-15 * whole);
    }
    Ok(off_price)
}

fn check_sizes(name: &str, column: &[f64]) -> Result<(), Fault> {
    match column.iter().position(|v| v.is_infinite() || *v < 0.0) {
        Some(row) => bad(
            row,
            &format!("{name} is below zero or infinite (NaN is allowed: unknown)"),
        ),
        None => Ok(()),
    }
}
