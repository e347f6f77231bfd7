//! Bars that were checked and counted before, chunk by chunk, and whose columns the caller holds (in files, say).

use crate::{BarColumns, Column};
use sluice_types::{Fault, Instrument, Ns};

/// Columns in the core's own counts, in the order and shape that [`BarColumns::new`] checks.
#[derive(Debug)]
pub struct CountedBars {
    /// First instant of each bar; not before that of the row before.
    pub ts_start: Column<Ns>,
    /// First instant after each bar.
    pub ts_end: Column<Ns>,
    /// Place in the list of instruments.
    pub instrument: Column<u32>,
    /// Open, high, low, close in counts.
    pub prices: [Column<i64>; 4],
    /// Volume in units.
    pub volume: Column<f64>,
    /// Average daily volume and σ of daily returns, as known at the row.
    pub liquidity: Option<[Column<f64>; 2]>,
    /// Prices that were finer than their scale.
    pub off_price: u64,
}

impl BarColumns {
    /// Bars over columns that are not copied and, but for their lengths, not read here: each chunk was checked.
    ///
    /// # Errors
    /// [`Fault::BadData`] where lengths differ.
    pub fn counted(instruments: Vec<Instrument>, given: CountedBars) -> Result<Self, Fault> {
        let rows = given.ts_end.len();
        let [open, high, low, close] = given.prices;
        let (adv, sigma) = given
            .liquidity
            .map_or((None, None), |[adv, sigma]| (Some(adv), Some(sigma)));
        let optional = |column: &Option<Column<f64>>| column.as_ref().map_or(rows, |c| c.len());
        let lengths = [
            given.ts_start.len(),
            given.instrument.len(),
            open.len(),
            high.len(),
            low.len(),
            close.len(),
            given.volume.len(),
            optional(&adv),
            optional(&sigma),
        ];
        if lengths.iter().any(|&length| length != rows) || u32::try_from(rows).is_err() {
            return Err(Fault::BadData(
                "all columns need the same length, below 2^32 rows".into(),
            ));
        }
        Ok(Self::from_columns(
            instruments,
            (given.ts_start, given.ts_end, given.instrument),
            [open, high, low, close],
            (given.volume, adv, sigma),
            given.off_price,
        ))
    }
}
