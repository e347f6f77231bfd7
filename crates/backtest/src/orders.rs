//! From wishes to the venue, and from the venue's word back to the trader.

use crate::day::Day;
use crate::{Notice, OrderRef, Phase, Ties, Trader, Wish, Wishes};
use sluice_engine::Output;
use sluice_pretrade::Denial;
use sluice_types::{
    Conversion, Event, Fault, InstrumentId, Intent, Links, Ns, OrderId, OrderStatus,
};

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
        let mut outputs = std::mem::take(&mut self.outputs);
        while let Some(last) = self.reports.last() {
            let ts = last.ts;
            for report in self.reports.drain(..) {
                self.engine.step(&Event::Report(report), &mut outputs)?;
            }
            for output in outputs.drain(..) {
                self.deliver(output, ts);
            }
        }
        self.outputs = outputs;
        Ok(())
    }

    /// Brings what the engine says of the venue's word to whom it concerns; a cancel may be answered at once.
    fn deliver(&mut self, output: Output, ts: Ns) {
        match output {
            Output::Filled(fill) => {
                let number = self.run.order_ref(fill.order);
                self.run.fills.push(fill);
                if self.foreign {
                    let rate = self.engine.conversion(fill.instrument);
                    self.run.rates.push(rate.unwrap_or(Conversion::ONE));
                }
                self.notices.push(Notice::Fill(number, fill));
            }
            Output::Status { order, status, .. } => {
                let number = self.run.order_ref(order);
                self.notices.push(Notice::Status(number, order, status));
            }
            Output::Unreleased(order, denial) => self.denied(self.run.order_ref(order), denial),
            Output::Cancel(order) => {
                let known = self.engine.order(order);
                if let Some(known) = known.filter(|order| order.status.is_open()) {
                    let instrument = known.intent.instrument;
                    self.venue.cancel(order, instrument, ts, &mut self.reports);
                }
            }
            Output::Submit(approved) => self.venue.submit(approved, ts),
            Output::Hold(approved) => self.venue.hold(approved, ts),
            // Of an intent or an adjustment only, and none was given.
            Output::Denied(_) | Output::Written(_) => {}
        }
    }

    fn denied(&mut self, number: OrderRef, denial: Denial) {
        self.run.counts.denied[denial.code as usize] += 1;
        self.run.denials.push((number, denial));
        self.notices.push(Notice::Denied(number, denial));
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
                Wish::Order(number, intent, ties) => {
                    let linked = Intent {
                        links: self.links(ties),
                        ..intent
                    };
                    let placed = self.place(number, linked, ts, not_before)?;
                    if let (false, true, Some(entry)) = (placed, ties.or_nothing, ties.after) {
                        self.cancel(self.id(entry), ts)?;
                    }
                }
                Wish::Target(number, instrument, weight) => {
                    let one = std::iter::once((instrument, weight));
                    let plan = (self.planner).plan(&self.engine, one, &mut self.run.counts)?;
                    if let Some(&intent) = plan.first() {
                        self.place(number, intent, ts, not_before)?;
                    }
                }
                Wish::Cancel(number) => self.cancel(self.id(number), ts)?,
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

    /// The engine's id of an order; 0, which is no order's, where it never became one.
    fn id(&self, number: OrderRef) -> OrderId {
        let place = (number.0 as usize).wrapping_sub(1);
        OrderId(self.ids.get(place).copied().unwrap_or(0))
    }

    fn links(&self, ties: Ties) -> Links {
        Links {
            parent: ties.after.map(|number| self.id(number)),
            group: ties.oco.map(|number| self.id(number)),
        }
    }

    /// Whether the intent became an order.
    fn place(
        &mut self,
        number: OrderRef,
        intent: Intent,
        ts: Ns,
        not_before: Ns,
    ) -> Result<bool, Fault> {
        self.engine
            .step(&Event::Intent { ts, intent }, &mut self.outputs)?;
        match self.outputs.pop() {
            Some(Output::Submit(approved)) => {
                self.know(number, approved.order().id);
                self.venue.submit(approved, not_before);
            }
            Some(Output::Hold(approved)) => {
                self.know(number, approved.order().id);
                self.venue.hold(approved, not_before);
            }
            Some(Output::Denied(denial)) => {
                self.denied(number, denial);
                return Ok(false);
            }
            _ => {} // an intent has one answer, of these three
        }
        Ok(true)
    }

    fn know(&mut self, number: OrderRef, id: OrderId) {
        let place = number.0 as usize;
        if self.ids.len() < place {
            self.ids.resize(place, 0);
        }
        self.ids[place - 1] = id.0;
        self.run.refs.push(number);
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
