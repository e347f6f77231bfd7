//! A Python strategy as a trader of the core: callbacks are fetched once and called with `call1`.

use crate::board::Board;
use crate::context::Context;
use crate::recycled::{fresh_bar, fresh_quote, fresh_trade, unshared};
use crate::ticks::{Quote, Trade};
use crate::views::{Bar, Fill, Order};
use crate::words::{kind_name, liquidity_name, side_name, tif_name};
use pyo3::prelude::*;
use sluice_backtest::{Counts, DayView, Notice, OrderRef, Targets, Trader, Wishes};
use sluice_types::{Fault, OrderStatus, Price};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// The callbacks that a strategy overrides, bound.
#[derive(Default)]
pub struct Callbacks<'py> {
    on_start: Option<Bound<'py, PyAny>>,
    on_bar: Option<Bound<'py, PyAny>>,
    on_quote: Option<Bound<'py, PyAny>>,
    on_trade: Option<Bound<'py, PyAny>>,
    on_fill: Option<Bound<'py, PyAny>>,
    on_order: Option<Bound<'py, PyAny>>,
    on_stop: Option<Bound<'py, PyAny>>,
}

impl<'py> Callbacks<'py> {
    /// Fetches the named callbacks of `strategy`; a name that is none is an error.
    pub fn fetch(strategy: &Bound<'py, PyAny>, names: &[String]) -> PyResult<Self> {
        let mut fetched = Self::default();
        for name in names {
            let place = match name.as_str() {
                "on_start" => &mut fetched.on_start,
                "on_bar" => &mut fetched.on_bar,
                "on_quote" => &mut fetched.on_quote,
                "on_trade" => &mut fetched.on_trade,
                "on_fill" => &mut fetched.on_fill,
                "on_order" => &mut fetched.on_order,
                "on_stop" => &mut fetched.on_stop,
                _ => {
                    return Err(pyo3::exceptions::PyValueError::new_err(format!(
                        "no callback {name:?}; there are on_start, on_bar, on_quote, on_trade, on_fill, on_order, on_stop"
                    )));
                }
            };
            *place = Some(strategy.getattr(name.as_str())?);
        }
        Ok(fetched)
    }
}

/// The strategy, its context, and the default trading where it does not trade itself.
pub struct PythonTrader<'py, 'a> {
    callbacks: Callbacks<'py>,
    board: Arc<Board>,
    context: Bound<'py, Context>,
    /// The bar in hand of each instrument.
    bars: Vec<Bound<'py, Bar>>,
    quotes: Vec<Bound<'py, Quote>>,
    trades: Vec<Bound<'py, Trade>>,
    targets: Option<Targets<'a>>,
    /// What the strategy raised; the run ends with it.
    pub raised: Option<PyErr>,
}

impl<'py, 'a> PythonTrader<'py, 'a> {
    pub fn new(
        callbacks: Callbacks<'py>,
        board: Arc<Board>,
        context: Bound<'py, Context>,
        targets: Option<Targets<'a>>,
    ) -> PyResult<Self> {
        let bars = (0..board.cells.len())
            .map(|place| fresh_bar(context.py(), &board, place, 0))
            .collect::<PyResult<_>>()?;
        let quotes = (0..board.cells.len())
            .map(|place| fresh_quote(context.py(), &board, place))
            .collect::<PyResult<_>>()?;
        let trades = (0..board.cells.len())
            .map(|place| fresh_trade(context.py(), &board, place))
            .collect::<PyResult<_>>()?;
        Ok(Self {
            quotes,
            trades,
            callbacks,
            board,
            context,
            bars,
            targets,
            raised: None,
        })
    }

    /// Takes the wishes of a callback, or keeps what it raised.
    #[inline]
    fn after<T>(&mut self, answer: PyResult<T>, wishes: &mut Wishes) -> Result<(), Fault> {
        match answer {
            Ok(_) => {
                self.board.take_wishes(wishes);
                Ok(())
            }
            Err(raised) => {
                self.raised = Some(raised);
                Err(Fault::Strategy("the strategy raised an exception".into()))
            }
        }
    }

    fn fill(&self, number: OrderRef, fill: &sluice_types::Fill, day: &DayView<'_>) -> Fill {
        let place = fill.instrument.index();
        let instrument = &self.board.bars.instruments()[place];
        let order = day.engine.order(fill.order);
        Fill {
            instrument: self.board.names.shown(self.context.py(), place).unbind(),
            ts_ns: fill.ts,
            order_id: number.0,
            side: side_name(fill.side),
            qty: instrument.quantity_f64(fill.quantity),
            price: instrument.price_f64(fill.price),
            fee: fill.fee.as_f64(),
            liquidity: liquidity_name(fill.liquidity),
            tag: self.tag(order.map_or(0, |order| order.intent.tag.0)),
        }
    }

    fn order(&self, notice: &Notice, day: &DayView<'_>) -> Option<Order> {
        let (number, intent, status, cum, reason) = match notice {
            Notice::Fill(..) => return None,
            Notice::Status(number, id, status) => {
                let order = day.engine.order(*id)?;
                (number, order.intent, *status, order.cum_quantity, "")
            }
            Notice::Denied(number, denial) => (
                number,
                denial.intent,
                OrderStatus::Denied,
                sluice_types::Quantity::ZERO,
                denial.code.code(),
            ),
        };
        let place = intent.instrument.index();
        let instrument = &self.board.bars.instruments()[place];
        let shown = |price: Option<Price>| price.map(|price| instrument.price_f64(price));
        Some(Order {
            instrument: self.board.names.shown(self.context.py(), place).unbind(),
            ts_ns: day.ts,
            order_id: number.0,
            side: side_name(intent.side),
            kind: kind_name(intent.kind),
            tif: tif_name(intent.tif),
            qty: instrument.quantity_f64(intent.quantity),
            limit: shown(intent.kind.limit()),
            stop: shown(intent.kind.stop()),
            status: status.name(),
            cum_qty: instrument.quantity_f64(cum),
            reason,
            tag: self.tag(intent.tag.0),
        })
    }

    fn tag(&self, number: u32) -> String {
        self.board.label(number)
    }
}

impl Trader for PythonTrader<'_, '_> {
    fn wants_bars(&self) -> bool {
        self.callbacks.on_bar.is_some()
    }

    fn wants_notices(&self) -> bool {
        self.callbacks.on_fill.is_some() || self.callbacks.on_order.is_some()
    }

    fn on_start(&mut self, day: &DayView<'_>, wishes: &mut Wishes) -> Result<(), Fault> {
        self.board.show_account(day)?;
        self.board.open(true);
        match &self.callbacks.on_start {
            Some(call) => {
                let answer = call.call1((&self.context,));
                self.after(answer, wishes)
            }
            None => Ok(()),
        }
    }

    #[inline]
    fn on_closes(&mut self, day: &DayView<'_>, rows: Range<usize>) -> Result<(), Fault> {
        self.board.show_account(day)?;
        for row in rows {
            self.board.show_bar(day, row);
        }
        Ok(())
    }

    fn on_settled(&mut self, day: &DayView<'_>, notices: &[Notice]) -> Result<(), Fault> {
        self.board.show_account(day)?;
        for notice in notices {
            if let Notice::Fill(_, fill) = notice {
                self.board.show_position(day, fill.instrument);
                let context = self.context.get();
                context.positions[fill.instrument.index()]
                    .get()
                    .show(self.context.py());
            }
        }
        Ok(())
    }

    #[inline]
    fn on_bar(&mut self, _: &DayView<'_>, row: usize, wishes: &mut Wishes) -> Result<(), Fault> {
        let Some(call) = &self.callbacks.on_bar else {
            return Ok(());
        };
        let place = self.board.bars.places()[row] as usize;
        // Ours is the only reference unless the strategy kept the bar: then it keeps it, and we take a new one.
        if unshared(&self.bars[place]) {
            self.bars[place].get().row.store(row, Relaxed);
        } else {
            match fresh_bar(self.context.py(), &self.board, place, row) {
                Ok(bar) => self.bars[place] = bar,
                Err(raised) => return self.after::<()>(Err(raised), wishes),
            }
        }
        self.board.current.store(place, Relaxed);
        let answer = call.call1((&self.context, &self.bars[place]));
        self.after(answer, wishes)
    }

    #[inline]
    fn on_quote(
        &mut self,
        day: &DayView<'_>,
        quote: &sluice_types::Quote,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        let place = quote.instrument.index();
        self.board.show_mark(day, quote.instrument)?;
        self.board.quotes[place].set(quote);
        let Some(call) = &self.callbacks.on_quote else {
            return Ok(());
        };
        if !unshared(&self.quotes[place]) {
            match fresh_quote(self.context.py(), &self.board, place) {
                Ok(fresh) => self.quotes[place] = fresh,
                Err(raised) => return self.after::<()>(Err(raised), wishes),
            }
        }
        self.quotes[place].get().cell.set(quote);
        self.board.current.store(place, Relaxed);
        let answer = call.call1((&self.context, &self.quotes[place]));
        self.after(answer, wishes)
    }

    #[inline]
    fn on_trade(
        &mut self,
        day: &DayView<'_>,
        trade: &sluice_types::Trade,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        let place = trade.instrument.index();
        self.board.show_mark(day, trade.instrument)?;
        self.board.trades[place].set(trade);
        let Some(call) = &self.callbacks.on_trade else {
            return Ok(());
        };
        if !unshared(&self.trades[place]) {
            match fresh_trade(self.context.py(), &self.board, place) {
                Ok(fresh) => self.trades[place] = fresh,
                Err(raised) => return self.after::<()>(Err(raised), wishes),
            }
        }
        self.trades[place].get().cell.set(trade);
        self.board.current.store(place, Relaxed);
        let answer = call.call1((&self.context, &self.trades[place]));
        self.after(answer, wishes)
    }

    #[inline]
    fn on_stamp(
        &mut self,
        day: &DayView<'_>,
        rows: Range<usize>,
        counts: &mut Counts,
        wishes: &mut Wishes,
    ) -> Result<bool, Fault> {
        match &mut self.targets {
            Some(targets) => targets.on_stamp(day, rows, counts, wishes),
            None => Ok(false),
        }
    }

    fn on_notice(
        &mut self,
        day: &DayView<'_>,
        notice: &Notice,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        let answer = match (notice, &self.callbacks.on_fill, &self.callbacks.on_order) {
            (Notice::Fill(number, fill), Some(call), _) => {
                call.call1((&self.context, self.fill(*number, fill, day)))
            }
            (Notice::Status(..) | Notice::Denied(..), _, Some(call)) => {
                match self.order(notice, day) {
                    Some(order) => call.call1((&self.context, order)),
                    None => return Ok(()),
                }
            }
            _ => return Ok(()),
        };
        self.after(answer, wishes)
    }

    fn on_stop(&mut self, day: &DayView<'_>) -> Result<(), Fault> {
        self.board.show_account(day)?;
        self.board.open(false);
        match &self.callbacks.on_stop {
            Some(call) => {
                let answer = call.call1((&self.context,));
                self.after(answer, &mut Wishes::default())
            }
            None => Ok(()),
        }
    }
}
