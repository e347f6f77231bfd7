//! The loop of a simulated day, read from top to bottom: ticks, opens, closes, decisions, record.

use crate::market::set_feeds;
use crate::sizing::Planner;
use crate::ticks::TickStream;
use crate::{
    BarColumns, Column, Counts, DayView, EquityRow, Market, Notice, Phase, Run, Settings, Sizing,
    Terms, Trader, Wishes,
};
use sluice_engine::{Account, Engine, Output};
use sluice_sim::{BarVenue, Conditions, CostRule, Feed, Opening};
use sluice_types::{Adjustment, Event, Fault, InstrumentId, Money, Ns, Price, Report};
use std::ops::Range;

/// Called about every [`PROGRESS_ROWS`] rows with (rows done, rows in all); a fault ends the run.
pub type Progress<'a> = dyn FnMut(usize, usize) -> Result<(), Fault> + 'a;

const PROGRESS_ROWS: usize = 16_384;

/// When progress is due.
pub(crate) struct Meter<'a, 'b> {
    progress: &'a mut Progress<'b>,
    next: usize,
    all: usize,
}

impl Meter<'_, '_> {
    #[inline]
    pub(crate) fn at(&mut self, done: usize) -> Result<(), Fault> {
        if done < self.next {
            return Ok(());
        }
        self.next = done + PROGRESS_ROWS;
        (self.progress)(done, self.all)
    }
}

/// Runs `trader` over the market.
///
/// # Errors
/// Any [`Fault`] of the engine, the venue, the trader or `progress`; nothing is swallowed.
pub fn run<'a, T: Trader>(
    market: impl Into<Market<'a>>,
    terms: impl Into<Terms<'a>>,
    settings: &Settings,
    trader: &mut T,
    progress: &mut Progress<'_>,
) -> Result<Run, Fault> {
    let market = market.into();
    let bars = market.bars;
    let mut day = Day::new(&market, terms.into(), settings)?;
    let mut wishes = Wishes::default();
    let starts = bars.first_start();
    let first = starts
        .into_iter()
        .chain(day.ticks.peek())
        .min()
        .unwrap_or(0);
    let all = bars.len() + day.ticks.len();
    let mut meter = Meter {
        progress,
        next: PROGRESS_ROWS,
        all,
    };
    trader.on_start(&day.view(first, Phase::Decision), &mut wishes)?;
    day.carry_out(&mut wishes, first, first)?;
    let mut row = 0;
    while row < bars.len() {
        let ts = bars.ts_end[row];
        if day.has_ticks() {
            day.ticks_before(ts, trader, &mut wishes, &mut meter)?;
        }
        day.opens_before(ts, trader, &mut wishes)?;
        let end = row
            + bars.ts_end[row..]
                .iter()
                .take_while(|&&end| end == ts)
                .count();
        day.adjust(ts - 1)?;
        day.closes(ts, row..end)?;
        day.adjust(ts)?;
        trader.on_closes(&day.view(ts, Phase::Decision), row..end)?;
        day.tell(ts, Phase::Decision, trader, &mut wishes)?;
        day.decide(ts, row..end, trader, &mut wishes)?;
        day.record(ts)?;
        row = end;
        day.rows_done = row;
        meter.at(row + day.ticks.done())?;
    }
    let mut last = bars.ts_end.last().copied().unwrap_or(first);
    if day.has_ticks() {
        last = last.max(day.ticks.last().unwrap_or(last));
        day.ticks_before(Ns::MAX, trader, &mut wishes, &mut meter)?;
        day.adjust(last)?;
        day.sample_at(last)?;
    }
    (meter.progress)(all, all)?;
    trader.on_stop(&day.view(last, Phase::Decision))?;
    day.cancel_all(last)?;
    day.finish(last)
}

/// One day under way.
pub(crate) struct Day<'a> {
    pub(crate) bars: &'a BarColumns,
    pub(crate) engine: Engine,
    /// Those not yet due.
    pub(crate) adjustments: &'a [Adjustment],
    /// Whether something is quoted in another currency than the base one.
    pub(crate) foreign: bool,
    pub(crate) venue: BarVenue,
    pub(crate) planner: Planner,
    pub(crate) known: Vec<u32>,
    pub(crate) last_row: Vec<u32>,
    pub(crate) next_open: usize,
    pub(crate) ticks: TickStream<'a>,
    /// Rows of the bars that are through.
    pub(crate) rows_done: usize,
    pub(crate) sample_ns: Ns,
    /// The next stamp of the grid on which equity is recorded between bars.
    pub(crate) next_sample: Ns,
    /// Fills that a row of equity follows.
    pub(crate) fills_seen: usize,
    pub(crate) outputs: Vec<Output>,
    pub(crate) reports: Vec<Report>,
    pub(crate) notices: Vec<Notice>,
    /// By trader's number − 1: the engine's id, 0 where there is none.
    pub(crate) ids: Vec<u64>,
    pub(crate) run: Run,
}

impl<'a> Day<'a> {
    fn new(market: &Market<'a>, terms: Terms<'a>, settings: &Settings) -> Result<Self, Fault> {
        let bars = market.bars;
        let instruments = bars.instruments().to_vec();
        let (costs, rules) = (terms.costs, settings.venue.clone());
        terms.checked(instruments.len())?;
        let mut venue = BarVenue::new(instruments.clone(), costs.to_vec(), rules)?;
        set_feeds(&mut venue, market, instruments.len());
        let ticks = TickStream::new(market.quotes, market.trades);
        if settings.sample_ns <= 0 {
            return Err(Fault::BadData("sample_ns is above zero".into()));
        }
        if settings.cash <= Money::ZERO || settings.leverage.0 <= 0 {
            return Err(Fault::BadData(
                "cash and leverage must be above zero".into(),
            ));
        }
        if !(0.0..1.0).contains(&settings.min_trade) {
            return Err(Fault::BadData(
                "min_trade is a fraction from 0 up to 1".into(),
            ));
        }
        let account = Account {
            cash: settings.cash,
            leverage: settings.leverage,
            reserve: costs.iter().map(CostRule::reserve).collect(),
        };
        // Where the columns are in files, they are not read twice for the sake of a length.
        let stamps = match &bars.ts_end {
            Column::Owned(ends) => ends.chunk_by(|a, b| a == b).count(),
            Column::Lent(_) => 0,
        };
        let places = instruments.len();
        Ok(Self {
            bars,
            engine: terms.engine(Engine::new(instruments, account))?,
            adjustments: terms.adjustments,
            foreign: terms.currencies.is_some(),
            venue,
            planner: Planner::new(Sizing::Weight, settings.min_trade),
            known: vec![0; places],
            last_row: vec![0; places],
            next_open: 0,
            rows_done: 0,
            sample_ns: settings.sample_ns,
            next_sample: (ticks.peek()).map_or(Ns::MAX, |ts| on_grid(ts, settings.sample_ns)),
            fills_seen: 0,
            ticks,
            outputs: Vec::with_capacity(64),
            reports: Vec::with_capacity(64),
            notices: Vec::with_capacity(64),
            ids: Vec::new(),
            run: Run {
                equity: Vec::with_capacity(stamps),
                fills: Vec::new(),
                rates: Vec::new(),
                ledger: Vec::new(),
                orders: Vec::new(),
                refs: Vec::new(),
                denials: Vec::new(),
                round_trips: Vec::new(),
                rebalances: Vec::new(),
                counts: Counts {
                    off_price: market.off_price(),
                    ..Counts::default()
                },
                positions: Vec::new(),
                marks: Vec::new(),
                cash: settings.cash,
                final_equity: settings.cash,
            },
        })
    }

    pub(crate) fn view(&self, ts: Ns, phase: Phase) -> DayView<'_> {
        DayView {
            ts,
            phase,
            engine: &self.engine,
            bars: self.bars,
            known: &self.known,
            last_row: &self.last_row,
        }
    }

    /// The opens of every stamp before `ts`, one stamp at a time. An open at `ts` itself comes after its decisions.
    #[inline]
    pub(crate) fn opens_before<T: Trader>(
        &mut self,
        ts: Ns,
        trader: &mut T,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        let bars = self.bars;
        let row_at = |place: usize| match &bars.open_order {
            None => place,
            Some(order) => order[place] as usize,
        };
        while self.next_open < bars.len() {
            let start = bars.ts_start[row_at(self.next_open)];
            if start >= ts {
                break;
            }
            self.adjust(start)?;
            self.venue.advance(start, &mut self.reports);
            while self.next_open < bars.len() && bars.ts_start[row_at(self.next_open)] == start {
                self.open(start, row_at(self.next_open))?;
                self.next_open += 1;
            }
            self.settle()?;
            self.tell(start, Phase::Open, trader, wishes)?;
        }
        Ok(())
    }

    #[inline]
    fn open(&mut self, ts: Ns, row: usize) -> Result<(), Fault> {
        let instrument = InstrumentId(self.bars.instrument[row]);
        if self.venue.feed(instrument) > Feed::Bars {
            return Ok(());
        }
        let open = Price(self.bars.open[row]);
        let event = Event::BarOpen {
            ts,
            instrument,
            open,
        };
        self.engine.step(&event, &mut self.outputs)?;
        if self.venue.is_idle(instrument) {
            return Ok(());
        }
        let conditions = self.conditions(instrument);
        let opening = Opening {
            ts,
            instrument,
            open,
            volume: self.bars.volume[row],
        };
        (self.venue).on_open(&opening, &conditions, &mut self.reports)
    }

    /// All closes of a stamp: first what resting orders met inside the bars, then the marks.
    #[inline]
    fn closes(&mut self, ts: Ns, rows: Range<usize>) -> Result<(), Fault> {
        // What ended before this stamp ends before its bars: a day order does not see a bar that outlasts its day.
        self.venue.advance(ts - 1, &mut self.reports);
        self.settle()?;
        for row in rows {
            let bar = self.bars.bar(row);
            let place = bar.instrument.index();
            if self.venue.feed(bar.instrument) == Feed::Bars {
                if !self.venue.is_idle(bar.instrument) {
                    let conditions = self.conditions(bar.instrument);
                    self.venue.on_close(&bar, &conditions, &mut self.reports)?;
                }
                self.engine.step(&Event::BarClose(bar), &mut self.outputs)?;
            }
            self.known[place] += 1;
            self.last_row[place] = row as u32;
        }
        self.venue.advance(ts, &mut self.reports);
        self.settle()
    }

    #[inline]
    fn decide<T: Trader>(
        &mut self,
        ts: Ns,
        rows: Range<usize>,
        trader: &mut T,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        if trader.wants_bars() {
            for row in rows.clone() {
                trader.on_bar(&self.view(ts, Phase::Decision), row, wishes)?;
                if !wishes.is_empty() {
                    self.carry_out(wishes, ts, ts)?;
                    self.tell(ts, Phase::Decision, trader, wishes)?;
                }
            }
        }
        let view = DayView {
            ts,
            phase: Phase::Decision,
            engine: &self.engine,
            bars: self.bars,
            known: &self.known,
            last_row: &self.last_row,
        };
        let counts = &mut self.run.counts;
        if trader.on_stamp(&view, rows.clone(), counts, wishes)? {
            self.run.rebalances.push(ts);
            self.carry_out(wishes, ts, ts)?;
            self.tell(ts, Phase::Decision, trader, wishes)?;
        }
        if self.venue.settings().fill_at_close {
            self.fill_at_close(rows)?;
            self.tell(ts, Phase::Decision, trader, wishes)?;
        }
        Ok(())
    }

    fn fill_at_close(&mut self, rows: Range<usize>) -> Result<(), Fault> {
        for row in rows {
            let bar = self.bars.bar(row);
            let on_bars = self.venue.feed(bar.instrument) == Feed::Bars;
            if on_bars && !self.venue.is_idle(bar.instrument) {
                let conditions = self.conditions(bar.instrument);
                (self.venue).at_close(&bar, &conditions, &mut self.reports)?;
            }
        }
        self.settle()
    }

    /// What is known of an instrument's liquidity: its last closed bar.
    pub(crate) fn conditions(&self, instrument: InstrumentId) -> Conditions {
        let place = instrument.index();
        if self.known[place] == 0 {
            return Conditions::UNKNOWN;
        }
        let row = self.last_row[place] as usize;
        let at =
            |column: &Option<Column<f64>>| column.as_ref().map_or(f64::NAN, |values| values[row]);
        Conditions {
            volume: self.bars.volume[row],
            adv: at(&self.bars.adv),
            sigma: at(&self.bars.sigma),
        }
    }

    #[inline]
    pub(crate) fn record(&mut self, ts: Ns) -> Result<(), Fault> {
        self.run.equity.push(EquityRow {
            ts,
            equity: self.engine.equity()?,
            cash: self.engine.cash_in_base()?,
            gross: self.engine.gross()?.as_f64(),
        });
        Ok(())
    }

    fn finish(mut self, last: Ns) -> Result<Run, Fault> {
        let instruments = self.bars.instruments();
        let ids = || (0..instruments.len()).map(|place| InstrumentId(place as u32));
        self.run.marks = ids().map(|id| self.engine.mark(id)).collect();
        self.run.positions = ids().map(|id| *self.engine.position(id)).collect();
        self.run.orders = self.engine.orders().to_vec();
        self.run.cash = self.engine.cash_in_base()?;
        self.run.final_equity = self.engine.equity()?;
        self.run.counts.impact_unknown = self.venue.unknown_costs();
        self.run.counts.volume_unknown = self.venue.unknown_volume();
        self.tell_trips(last)?;
        Ok(self.run)
    }
}

/// The first stamp of the grid at or after `ts`.
pub(crate) fn on_grid(ts: Ns, step: Ns) -> Ns {
    let below = ts.div_euclid(step) * step;
    if below == ts {
        ts
    } else {
        below.saturating_add(step)
    }
}
