//! The bars of a run as checked integer columns, sorted by (`ts_end`, instrument).

use crate::Column;
use sluice_types::{Bar, Fault, Instrument, InstrumentId, Ns, Price};
use std::sync::OnceLock;

/// Columns as a caller has them; [`BarColumns::new`] checks them.
#[derive(Debug, Clone, Copy)]
pub struct RawBars<'a> {
    /// First instant of each bar.
    pub ts_start: &'a [Ns],
    /// First instant after each bar.
    pub ts_end: &'a [Ns],
    /// Place in the list of instruments.
    pub instrument: &'a [u32],
    /// First price.
    pub open: &'a [f64],
    /// Highest price.
    pub high: &'a [f64],
    /// Lowest price.
    pub low: &'a [f64],
    /// Last price.
    pub close: &'a [f64],
    /// Volume in units, NaN where there is none.
    pub volume: &'a [f64],
    /// Average daily volume in units as known at the row, NaN where unknown.
    pub adv: Option<&'a [f64]>,
    /// Standard deviation of daily returns as known at the row.
    pub sigma: Option<&'a [f64]>,
}

/// Checked bars. Prices are counts of the instrument's scale.
#[derive(Debug)]
pub struct BarColumns {
    instruments: Vec<Instrument>,
    pub(crate) ts_start: Column<Ns>,
    pub(crate) ts_end: Column<Ns>,
    pub(crate) instrument: Column<u32>,
    pub(crate) open: Column<i64>,
    pub(crate) high: Column<i64>,
    pub(crate) low: Column<i64>,
    pub(crate) close: Column<i64>,
    pub(crate) volume: Column<f64>,
    pub(crate) adv: Option<Column<f64>>,
    pub(crate) sigma: Option<Column<f64>>,
    /// Rows by (`ts_start`, instrument) where that is not already their order.
    pub(crate) open_order: Option<Vec<u32>>,
    off_price: u64,
    rows: OnceLock<Rows>,
}

/// The rows of each instrument, in time.
#[derive(Debug)]
struct Rows {
    offsets: Vec<usize>,
    rows: Vec<u32>,
}

impl BarColumns {
    /// Checks and converts.
    ///
    /// # Errors
    /// [`Fault::BadData`] names the row: lengths that differ, an unknown instrument, times that go backwards, bars
    /// of one instrument that overlap, prices that are not finite and above zero, a high or low that is not one.
    pub fn new(instruments: Vec<Instrument>, raw: &RawBars<'_>) -> Result<Self, Fault> {
        check_lengths(raw)?;
        check_order(&instruments, raw)?;
        let mut off_price = 0;
        let mut counts = |name: &str, column: &[f64]| {
            to_counts(&instruments, raw.instrument, name, column, &mut off_price)
        };
        let (open, high) = (counts("open", raw.open)?, counts("high", raw.high)?);
        let (low, close) = (counts("low", raw.low)?, counts("close", raw.close)?);
        for row in 0..open.len() {
            let (top, bottom) = (open[row].max(close[row]), open[row].min(close[row]));
            if high[row] < top || low[row] > bottom {
                return bad(row, "high is below, or low above, another price of the bar");
            }
        }
        if let Some(row) = raw.volume.iter().position(|v| v.is_infinite() || *v < 0.0) {
            return bad(
                row,
                "volume is below zero or infinite (NaN is allowed: unknown)",
            );
        }
        let mut order: Option<Vec<u32>> = None;
        let later = |pair: &[Ns]| pair[0] > pair[1];
        if raw.ts_start.windows(2).any(later) {
            let mut rows: Vec<u32> = (0..raw.ts_start.len() as u32).collect();
            rows.sort_by_key(|&row| {
                (
                    raw.ts_start[row as usize],
                    raw.instrument[row as usize],
                    row,
                )
            });
            order = Some(rows);
        }
        Ok(Self {
            instruments,
            ts_start: raw.ts_start.to_vec().into(),
            ts_end: raw.ts_end.to_vec().into(),
            instrument: raw.instrument.to_vec().into(),
            open: open.into(),
            high: high.into(),
            low: low.into(),
            close: close.into(),
            volume: raw.volume.to_vec().into(),
            adv: raw.adv.map(|column| column.to_vec().into()),
            sigma: raw.sigma.map(|column| column.to_vec().into()),
            open_order: order,
            off_price,
            rows: OnceLock::new(),
        })
    }

    /// The columns as they are; the caller has checked them.
    pub(crate) fn from_columns(
        instruments: Vec<Instrument>,
        (ts_start, ts_end, instrument): (Column<Ns>, Column<Ns>, Column<u32>),
        [open, high, low, close]: [Column<i64>; 4],
        (volume, adv, sigma): (Column<f64>, Option<Column<f64>>, Option<Column<f64>>),
        off_price: u64,
    ) -> Self {
        Self {
            instruments,
            ts_start,
            ts_end,
            instrument,
            open,
            high,
            low,
            close,
            volume,
            adv,
            sigma,
            open_order: None,
            off_price,
            rows: OnceLock::new(),
        }
    }

    /// The first start of a bar.
    pub(crate) fn first_start(&self) -> Option<Ns> {
        let row = match &self.open_order {
            None => 0, // sorted by their starts as well
            Some(order) => order.first().copied().unwrap_or(0) as usize,
        };
        self.ts_start.get(row).copied()
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.ts_end.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ts_end.is_empty()
    }

    /// The instruments, in the order of their numbers.
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// Prices that were not whole counts of their instrument's scale and were rounded to the nearest.
    pub fn off_price(&self) -> u64 {
        self.off_price
    }

    /// One bar.
    #[inline]
    pub fn bar(&self, row: usize) -> Bar {
        Bar {
            instrument: InstrumentId(self.instrument[row]),
            ts_start: self.ts_start[row],
            ts_end: self.ts_end[row],
            open: Price(self.open[row]),
            high: Price(self.high[row]),
            low: Price(self.low[row]),
            close: Price(self.close[row]),
            volume: self.volume[row],
        }
    }

    /// The rows of one instrument, in time; the table is made at the first use.
    pub fn rows_of(&self, instrument: InstrumentId) -> &[u32] {
        let table = self.rows.get_or_init(|| {
            let mut offsets = vec![0; self.instruments.len() + 1];
            for &place in &self.instrument {
                offsets[place as usize + 1] += 1;
            }
            for place in 1..offsets.len() {
                offsets[place] += offsets[place - 1];
            }
            let mut next = offsets.clone();
            let mut rows = vec![0; self.instrument.len()];
            for (row, &place) in self.instrument.iter().enumerate() {
                rows[next[place as usize]] = row as u32;
                next[place as usize] += 1;
            }
            Rows { offsets, rows }
        });
        let place = instrument.index();
        &table.rows[table.offsets[place]..table.offsets[place + 1]]
    }

    /// One price column in counts: 0 open, 1 high, 2 low, 3 close.
    #[inline]
    pub fn prices(&self, field: usize) -> &[i64] {
        match field {
            0 => &self.open,
            1 => &self.high,
            2 => &self.low,
            _ => &self.close,
        }
    }

    /// Volumes in units.
    pub fn volumes(&self) -> &[f64] {
        &self.volume
    }

    /// Ends of the bars.
    pub fn ends(&self) -> &[Ns] {
        &self.ts_end
    }

    /// Starts of the bars.
    pub fn starts(&self) -> &[Ns] {
        &self.ts_start
    }

    /// Whose bar each row is.
    pub fn places(&self) -> &[u32] {
        &self.instrument
    }
}

fn bad<T>(row: usize, what: &str) -> Result<T, Fault> {
    Err(Fault::BadData(format!("row {row}: {what}")))
}

fn check_lengths(raw: &RawBars<'_>) -> Result<(), Fault> {
    let rows = raw.ts_end.len();
    let optional = |column: Option<&[f64]>| column.map_or(rows, <[f64]>::len);
    for (name, length) in [
        ("ts_start", raw.ts_start.len()),
        ("instrument", raw.instrument.len()),
        ("open", raw.open.len()),
        ("high", raw.high.len()),
        ("low", raw.low.len()),
        ("close", raw.close.len()),
        ("volume", raw.volume.len()),
        ("adv", optional(raw.adv)),
        ("sigma", optional(raw.sigma)),
    ] {
        if length != rows {
            return Err(Fault::BadData(format!(
                "{name} has {length} rows and ts_end has {rows}: all columns need the same length"
            )));
        }
    }
    if u32::try_from(rows).is_err() {
        return Err(Fault::BadData(format!(
            "{rows} rows are too many for one run"
        )));
    }
    Ok(())
}

fn check_order(instruments: &[Instrument], raw: &RawBars<'_>) -> Result<(), Fault> {
    let mut last_end = vec![Ns::MIN; instruments.len()];
    let mut previous = (Ns::MIN, 0);
    for row in 0..raw.ts_end.len() {
        let (start, end, place) = (raw.ts_start[row], raw.ts_end[row], raw.instrument[row]);
        let Some(last) = last_end.get_mut(place as usize) else {
            return bad(row, &format!("there is no instrument {place}"));
        };
        if start >= end {
            return bad(row, "ts_start is not before ts_end");
        }
        if row > 0 && (end, place) == previous {
            return bad(
                row,
                "the same instrument and ts_end as the row before: a duplicate",
            );
        }
        if row > 0 && (end, place) < previous {
            return bad(
                row,
                "rows must be sorted by (ts_end, instrument); this one goes back",
            );
        }
        if start < *last {
            return bad(
                row,
                "the bar starts before the one before it of its instrument ended",
            );
        }
        *last = end;
        previous = (end, place);
    }
    Ok(())
}

fn to_counts(
    instruments: &[Instrument],
    places: &[u32],
    name: &str,
    column: &[f64],
    off_price: &mut u64,
) -> Result<Vec<i64>, Fault> {
    let scales: Vec<f64> = instruments
        .iter()
        .map(|instrument| 10_f64.powi(i32::from(instrument.spec().price_scale)))
        .collect();
    let mut counts = Vec::with_capacity(column.len());
    for (row, (&value, &place)) in column.iter().zip(places).enumerate() {
        let exact = value * scales[place as usize];
        let whole = nearest(exact);
        // NaN fails the comparison; 2^62 leaves room for slippage.
        if !(1.0..4.611_686_018_427_388e18).contains(&whole) {
            return bad(row, &price_fault(name, value, &instruments[place as usize]));
        }
        // More than the noise of a float: the decimal is finer than the scale.
        *off_price += u64::from((exact - whole).abs() > 1e-6 + 1e-15 * whole);
        counts.push(whole as i64);
    }
    Ok(counts)
}

/// The nearest whole number. Below 2^51 an addition does the rounding (half to even), without a call into libm.
#[inline]
pub(crate) fn nearest(value: f64) -> f64 {
    const ROUNDER: f64 = 6_755_399_441_055_744.0; // 1.5 · 2^52
    if value.abs() < 2_251_799_813_685_248.0 {
        (value + ROUNDER) - ROUNDER
    } else {
        value.round()
    }
}

pub(crate) fn price_fault(name: &str, value: f64, instrument: &Instrument) -> String {
    let (who, scale) = (instrument.name(), instrument.spec().price_scale);
    if value > 0.0 && value.is_finite() {
        format!("{name} {value} of {who} does not fit a price with {scale} decimals")
    } else {
        format!("{name} {value} of {who} is not a finite price above zero")
    }
}
