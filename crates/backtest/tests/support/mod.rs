//! Bars and settings for the tests of the simulated day.
#![allow(dead_code)]

use sluice_backtest::{BarColumns, RawBars, Settings, Sizing};
use sluice_sim::VenueSettings;
use sluice_types::{Instrument, InstrumentSpec, Money, Ns, Rate, UNITS};

pub const BAR_NS: Ns = 100;

pub fn instrument(name: &str) -> Instrument {
    Instrument::new(InstrumentSpec {
        name: name.into(),
        currency: "USD".into(),
        price_scale: 2,
        quantity_scale: 3,
        tick: 1,
        lot: 1,
        multiplier: 1_000_000_000,
        min_notional: Money(0),
        shortable: true,
    })
    .unwrap()
}

pub fn settings() -> Settings {
    Settings {
        cash: Money(100_000 * UNITS),
        leverage: Rate(1_000_000_000),
        venue: VenueSettings::plain(BAR_NS),
        sizing: Sizing::Weight,
        min_trade: 0.0,
        sample_ns: 60_000_000_000,
    }
}

/// One row: (start, end, instrument, open, close); high and low are the larger and the smaller of the two.
pub type Row = (Ns, Ns, u32, f64, f64);

pub fn columns(instruments: &[&str], rows: &[Row]) -> BarColumns {
    let pick = |of: fn(&Row) -> f64| rows.iter().map(of).collect::<Vec<f64>>();
    let stamps = |of: fn(&Row) -> Ns| rows.iter().map(of).collect::<Vec<Ns>>();
    let places: Vec<u32> = rows.iter().map(|row| row.2).collect();
    let raw = RawBars {
        ts_start: &stamps(|row| row.0),
        ts_end: &stamps(|row| row.1),
        instrument: &places,
        open: &pick(|row| row.3),
        high: &pick(|row| row.3.max(row.4)),
        low: &pick(|row| row.3.min(row.4)),
        close: &pick(|row| row.4),
        volume: &vec![f64::NAN; rows.len()],
        adv: None,
        sigma: None,
    };
    let instruments = instruments.iter().map(|name| instrument(name)).collect();
    BarColumns::new(instruments, &raw).unwrap()
}

/// Bars of one instrument at the given closes, each opening at the close before.
pub fn series(closes: &[f64]) -> BarColumns {
    let rows: Vec<Row> = (closes.iter().enumerate())
        .map(|(place, &close)| {
            let start = place as Ns * BAR_NS;
            (
                start,
                start + BAR_NS,
                0,
                closes[place.saturating_sub(1)],
                close,
            )
        })
        .collect();
    columns(&["COIN.TEST"], &rows)
}
