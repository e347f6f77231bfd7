//! From wishes to the venue, and from the venue's word back to the trader.

use crate::day::Day;
use crate::{Notice, OrderRef, Phase, Trader, Wish, Wishes};
use sluice_engine::Output;
use sluice_types::{Conversion, Event, Fault, InstrumentId, Intent, Ns, OrderId, OrderStatus};

/// More answers than this at one stamp, and a trader is answering its own answers.
const NOTICES_MAX: usize = 100_000;

impl Day<'_> {
    /// Brings what the venue said into the engine.
    #[inline]
    pub(crate) fn settle(&mut self) -> Result<(), Fault> {
        if self.reports.is_empty() {
            return Ok(());
        }
        self.take_reports()
    }

    fn take_reports(&mut self) -> Result<(), Fault> {
        for report in self.reports.drain(..) {
            self.engine
                .step(&Event::Report(report), &mut self.outputs)?;
        }
        for output in self.outputs.drain(..) {
            match output {
                Output::Filled(fill) => {
                    let number = self.run.refs[fill.order.0 as usize - 1];
                    self.run.fills.push(fill);
                    if self.foreign {
                        let rate = self.engine.conversion(fill.instrument);
                        self.run.rates.push(rate.unwrap_or(Conversion::ONE));
                    }
                    self.notices.push(Notice::Fill(number, fill));
                }
                Output::Status { order, status, .. } => {
                    let number = self.run.refs[order.0 as usize - 1];
                    self.notices.push(Notice::Status(number, order, status));
                }
                Output::Submit(_) | Output::Cancel(_) | Output::Denied(_) | Output::Written(_) => {}
            }
        }
        Ok(())
    }

    /// Tells the trader what happened to its orders, and carries out what it wishes then.
    #[inline]
    pub(crate) fn tell<T: Trader>(
        &mut self,
        ts: Ns,
        phase: Phase,
        trader: &mut T,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        if self.notices.is_empty() {
            return Ok(());
        }
        self.tell_all(ts, phase, trader, wishes)
    }

    fn tell_all<T: Trader>(
        &mut self,
        ts: Ns,
        phase: Phase,
        trader: &mut T,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        // A decision after the opens of a stamp meets later opens only.
        let not_before = ts + Ns::from(phase == Phase::Open);
        trader.on_settled(&self.view(ts, phase), &self.notices)?;
        let mut next = 0;
        while trader.wants_notices() && next < self.notices.len() {
            if next == NOTICES_MAX {
                return Err(Fault::Strategy(format!(
                    "{NOTICES_MAX} notices at one stamp: on_order or on_fill answers its own orders without end"
                )));
            }
            let notice = self.notices[next];
            trader.on_notice(&self.view(ts, phase), &notice, wishes)?;
            self.carry_out(wishes, ts, not_before)?;
            next += 1;
        }
        self.notices.clear();
        Ok(())
    }

    pub(crate) fn carry_out(
        &mut self,
        wishes: &mut Wishes,
        ts: Ns,
        not_before: Ns,
    ) -> Result<(), Fault> {
        let mut list = std::mem::take(&mut wishes.list);
        for wish in list.drain(..) {
            match wish {
                Wish::Order(number, intent) => self.place(number, intent, ts, not_before)?,
                Wish::Target(number, instrument, weight) => {
                    let one = std::iter::once((instrument, weight));
                    let plan = (self.planner).plan(&self.engine, one, &mut self.run.counts)?;
                    if let Some(&intent) = plan.first() {
                        self.place(number, intent, ts, not_before)?;
                    }
                }
                Wish::Cancel(number) => {
                    let place = (number.0 as usize).wrapping_sub(1); // 0 is no order's number
                    let id = self.ids.get(place).copied().unwrap_or(0);
                    if id > 0 {
                        self.cancel(OrderId(id), ts)?;
                    }
                }
                Wish::CancelAll(instrument) => {
                    while let Some(order) = self.cancelable(instrument) {
                        self.cancel(order, ts)?;
                    }
                }
            }
        }
        wishes.list = list;
        self.settle()
    }

    /// The first open order of an instrument that we have not asked back yet.
    fn cancelable(&self, instrument: InstrumentId) -> Option<OrderId> {
        self.engine.open_orders(instrument).find(|&id| {
            let order = self.engine.order(id);
            order.is_some_and(|order| order.status != OrderStatus::PendingCancel)
        })
    }

    fn place(
        &mut self,
        number: OrderRef,
        intent: Intent,
        ts: Ns,
        not_before: Ns,
    ) -> Result<(), Fault> {
        self.engine
            .step(&Event::Intent { ts, intent }, &mut self.outputs)?;
        for output in self.outputs.drain(..) {
            match output {
                Output::Submit(approved) => {
                    let place = number.0 as usize;
                    if self.ids.len() < place {
                        self.ids.resize(place, 0);
                    }
                    self.ids[place - 1] = approved.order().id.0;
                    self.run.refs.push(number);
                    self.venue.submit(approved, not_before);
                }
                Output::Denied(denial) => {
                    self.run.counts.denied[denial.code as usize] += 1;
                    self.run.denials.push((number, denial));
                    self.notices.push(Notice::Denied(number, denial));
                }
                Output::Cancel(_)
                | Output::Status { .. }
                | Output::Filled(_)
                | Output::Written(_) => {}
            }
        }
        Ok(())
    }

    pub(crate) fn cancel(&mut self, order: OrderId, ts: Ns) -> Result<(), Fault> {
        self.engine
            .step(&Event::Cancel { ts, order }, &mut self.outputs)?;
        let asked = !self.outputs.is_empty();
        self.outputs.clear();
        if let (true, Some(known)) = (asked, self.engine.order(order)) {
            let instrument = known.intent.instrument;
            self.venue.cancel(order, instrument, ts, &mut self.reports);
            self.settle()?;
        }
        Ok(())
    }

    /// Takes back what is still open when the day ends.
    pub(crate) fn cancel_all(&mut self, ts: Ns) -> Result<(), Fault> {
        for place in 0..self.known.len() {
            while let Some(order) = self.cancelable(InstrumentId(place as u32)) {
                self.cancel(order, ts)?;
            }
        }
        Ok(())
    }
}
