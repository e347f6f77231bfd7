//! What the running day shows to Python, and what Python leaves for it: atomics one way, a list behind a mutex the other.
//!
//! Python never reaches the engine: the loop writes here before a callback and takes the wishes after it.

use crate::forwards::{Field, Forwards, Past};
use crate::indicators::{Indicators, Kind};
use crate::names::Names;
use crate::quick::Quick;
use crate::ticks::{QuoteCell, TradeCell};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use sluice_backtest::{BarColumns, Column, DayView, Wishes};
use sluice_types::{InstrumentId, Money, Ns, Price, Quantity};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is known of one instrument.
#[derive(Default)]
pub struct Cell {
    /// How many of its bars have happened.
    pub known: AtomicUsize,
    /// The row of the last one.
    pub row: AtomicUsize,
    /// Last price, in counts.
    pub mark: AtomicI64,
    /// Position, in counts, signed.
    pub quantity: AtomicI64,
    /// Average cost per unit, the bits of an f64.
    pub average: AtomicU64,
    /// Its indicators after the last bar.
    pub quick: Quick,
}

/// Money in two halves: written and read under Python's lock, so never torn.
#[derive(Default)]
pub struct MoneyCell {
    high: AtomicU64,
    low: AtomicU64,
}

impl MoneyCell {
    fn set(&self, money: Money) {
        self.high.store((money.0 >> 64) as u64, Relaxed);
        self.low.store(money.0 as u64, Relaxed);
    }

    pub fn get(&self) -> f64 {
        let (high, low) = (self.high.load(Relaxed), self.low.load(Relaxed));
        Money(((high as i128) << 64) | i128::from(low)).as_f64()
    }
}

/// Labels of orders, numbered from 1 as they come.
#[derive(Default)]
struct Tags {
    labels: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

/// The board between the loop and the callbacks of one run.
pub struct Board {
    pub bars: Arc<BarColumns>,
    pub names: Names,
    pub signal: Option<Column<f64>>,
    forwards: Option<Forwards>,
    pub cells: Vec<Cell>,
    /// The last quote and trade of each instrument.
    pub quotes: Vec<QuoteCell>,
    pub trades: Vec<TradeCell>,
    pub now: AtomicI64,
    /// The instrument of the bar in hand: the first guess for a name.
    pub current: AtomicUsize,
    pub equity: MoneyCell,
    pub cash: MoneyCell,
    indicators: Mutex<Indicators>,
    pub below_lot: AtomicU64,
    wishes: Mutex<Wishes>,
    wished: AtomicBool,
    open: AtomicBool,
    tags: Mutex<Tags>,
}

impl Board {
    pub fn new(
        bars: Arc<BarColumns>,
        names: Names,
        (signal, forwards): (Option<Column<f64>>, Option<Forwards>),
    ) -> Self {
        let places = bars.instruments().len();
        Self {
            bars,
            names,
            signal,
            forwards,
            cells: (0..places).map(|_| Cell::default()).collect(),
            quotes: (0..places).map(|_| QuoteCell::default()).collect(),
            trades: (0..places).map(|_| TradeCell::default()).collect(),
            now: AtomicI64::new(0),
            current: AtomicUsize::new(0),
            equity: MoneyCell::default(),
            cash: MoneyCell::default(),
            indicators: Mutex::new(Indicators::new(places)),
            below_lot: AtomicU64::new(0),
            wishes: Mutex::new(Wishes::default()),
            wished: AtomicBool::new(false),
            open: AtomicBool::new(false),
            tags: Mutex::new(Tags::default()),
        }
    }

    /// The place of the named instrument.
    #[inline]
    pub fn place(&self, name: &Bound<'_, PyAny>) -> PyResult<usize> {
        self.names.place(name, self.current.load(Relaxed))
    }

    /// Whether wishes are taken; they are not before the start and after the stop.
    pub fn open(&self, open: bool) {
        self.open.store(open, Relaxed);
    }

    /// The list of wishes, for one more.
    pub fn wish(&self) -> PyResult<MutexGuard<'_, Wishes>> {
        if !self.open.load(Relaxed) {
            return Err(PyRuntimeError::new_err(
                "orders are taken only inside on_start, on_bar, on_quote, on_trade, on_fill and on_order of a run",
            ));
        }
        self.wished.store(true, Relaxed);
        Ok(held(&self.wishes))
    }

    /// Moves what was wished to the loop.
    #[inline]
    pub fn take_wishes(&self, to: &mut Wishes) {
        if self.wished.load(Relaxed) {
            self.wished.store(false, Relaxed);
            held(&self.wishes).hand_over(to);
        }
    }

    /// The number of a label; 0 is the empty one.
    pub fn tag(&self, label: &str) -> u32 {
        if label.is_empty() {
            return 0;
        }
        let mut tags = held(&self.tags);
        if let Some(&number) = tags.numbers.get(label) {
            return number;
        }
        tags.labels.push(label.to_owned());
        let number = tags.labels.len() as u32;
        tags.numbers.insert(label.to_owned(), number);
        number
    }

    /// The label of a number.
    pub fn label(&self, number: u32) -> String {
        let tags = held(&self.tags);
        let place = (number as usize).checked_sub(1);
        place.map_or_else(String::new, |place| tags.labels[place].clone())
    }

    /// Every label by number, the empty one first.
    pub fn labels(&self) -> Vec<String> {
        let mut labels = vec![String::new()];
        labels.extend(held(&self.tags).labels.iter().cloned());
        labels
    }

    /// Shows the time and the money.
    #[inline]
    pub fn show_account(&self, day: &DayView<'_>) -> Result<(), sluice_types::Fault> {
        self.now.store(day.ts, Relaxed);
        self.equity.set(day.engine.equity()?);
        self.cash.set(day.engine.cash_in_base()?);
        Ok(())
    }

    /// Shows one closed bar.
    #[inline]
    pub fn show_bar(&self, day: &DayView<'_>, row: usize) {
        let place = self.bars.places()[row] as usize;
        let (cell, known) = (&self.cells[place], day.known[place] as usize);
        cell.known.store(known, Relaxed);
        cell.row.store(row, Relaxed);
        if cell.quick.followed() {
            held(&self.indicators).follow(self.past(), (place, known), &cell.quick);
        }
        if let Some(mark) = day.engine.mark(InstrumentId(place as u32)) {
            cell.mark.store(mark.0, Relaxed); // with ticks in the run it is theirs
        }
    }

    /// The past bars as callbacks see them.
    #[inline]
    pub fn past(&self) -> Past<'_> {
        Past {
            bars: &self.bars,
            forwards: self.forwards.as_ref(),
        }
    }

    /// An indicator of an instrument after its last known bar.
    pub fn indicator(&self, place: usize, asked: (Kind, usize, Field)) -> PyResult<f64> {
        let cell = &self.cells[place];
        let known = cell.known.load(Relaxed);
        held(&self.indicators).value(self.past(), (place, known), asked, &cell.quick)
    }

    /// Shows the time, the money and an instrument's mark.
    #[inline]
    pub fn show_mark(
        &self,
        day: &DayView<'_>,
        id: InstrumentId,
    ) -> Result<(), sluice_types::Fault> {
        self.show_account(day)?;
        if let Some(mark) = day.engine.mark(id) {
            self.cells[id.index()].mark.store(mark.0, Relaxed);
        }
        Ok(())
    }

    /// Shows a position that a fill has changed.
    pub fn show_position(&self, day: &DayView<'_>, id: InstrumentId) {
        let (cell, position) = (&self.cells[id.index()], day.engine.position(id));
        let average = position.average_price(&self.bars.instruments()[id.index()]);
        cell.quantity.store(position.quantity.0, Relaxed);
        cell.average.store(average.to_bits(), Relaxed);
        if let Some(mark) = day.engine.mark(id) {
            cell.mark.store(mark.0, Relaxed);
        }
    }

    /// The last price of an instrument; None before its first.
    pub fn last_price(&self, place: usize) -> Option<Price> {
        let mark = self.cells[place].mark.load(Relaxed);
        (mark > 0).then_some(Price(mark))
    }

    /// What is held of an instrument, in units, signed.
    pub fn held_units(&self, place: usize) -> f64 {
        let counts = self.cells[place].quantity.load(Relaxed);
        self.bars.instruments()[place].quantity_f64(Quantity(counts))
    }

    pub fn now(&self) -> Ns {
        self.now.load(Relaxed)
    }
}

/// The lock, also where a panic elsewhere poisoned it: the data behind it is whole between calls.
pub fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
