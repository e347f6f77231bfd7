//! Quotes and trades in the day: what each does, and when equity is recorded between bars.

use crate::day::{Day, Meter, on_grid};
use crate::ticks::Tick;
use crate::{Phase, Trader, Wishes};
use sluice_sim::Feed;
use sluice_types::{Event, Fault, Ns, Quote, Trade};

impl Day<'_> {
    #[inline]
    pub(crate) fn has_ticks(&self) -> bool {
        self.ticks.len() > 0
    }

    /// Every tick before `limit`, one by one, each after the opens up to its stamp.
    pub(crate) fn ticks_before<T: Trader>(
        &mut self,
        limit: Ns,
        trader: &mut T,
        wishes: &mut Wishes,
        meter: &mut Meter<'_, '_>,
    ) -> Result<(), Fault> {
        while let Some(tick) = self.ticks.next_before(limit) {
            match tick {
                Tick::Quote(quote) => self.quote(&quote, trader, wishes)?,
                Tick::Trade(trade) => self.trade(&trade, trader, wishes)?,
            }
            meter.at(self.rows_done + self.ticks.done())?;
        }
        if self.next_sample < limit && limit < Ns::MAX {
            self.sample_before(limit)?;
        }
        Ok(())
    }

    fn quote<T: Trader>(
        &mut self,
        quote: &Quote,
        trader: &mut T,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        self.reach(quote.ts, trader, wishes)?;
        self.venue.note(quote);
        self.engine.step(&Event::Quote(*quote), &mut self.outputs)?;
        if !self.venue.is_idle(quote.instrument) {
            let conditions = self.conditions(quote.instrument);
            self.venue.on_quote(quote, &conditions, &mut self.reports)?;
        }
        self.answer(quote.ts, trader, wishes)?;
        trader.on_quote(&self.view(quote.ts, Phase::Decision), quote, wishes)?;
        self.act(quote.ts, trader, wishes)
    }

    fn trade<T: Trader>(
        &mut self,
        trade: &Trade,
        trader: &mut T,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        self.reach(trade.ts, trader, wishes)?;
        if self.venue.feed(trade.instrument) == Feed::Trades {
            self.engine.step(&Event::Trade(*trade), &mut self.outputs)?;
        }
        if !self.venue.is_idle(trade.instrument) {
            let conditions = self.conditions(trade.instrument);
            self.venue.on_trade(trade, &conditions, &mut self.reports)?;
        }
        self.answer(trade.ts, trader, wishes)?;
        trader.on_trade(&self.view(trade.ts, Phase::Decision), trade, wishes)?;
        self.act(trade.ts, trader, wishes)
    }

    /// All that comes before a tick at `ts`: equity on the grid, opens, what ran out.
    #[inline]
    fn reach<T: Trader>(
        &mut self,
        ts: Ns,
        trader: &mut T,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        if self.next_sample < ts {
            self.sample_before(ts)?;
        }
        self.opens_before(ts.saturating_add(1), trader, wishes)?;
        self.adjust(ts)?;
        self.venue.advance(ts, &mut self.reports);
        Ok(())
    }

    /// What the venue said at a tick, and what the trader makes of it.
    #[inline]
    fn answer<T: Trader>(
        &mut self,
        ts: Ns,
        trader: &mut T,
        wishes: &mut Wishes,
    ) -> Result<(), Fault> {
        self.settle()?;
        self.tell(ts, Phase::Decision, trader, wishes)
    }

    /// Carries out what was wished at a tick; a tick that filled an order leaves a row of equity.
    #[inline]
    fn act<T: Trader>(&mut self, ts: Ns, trader: &mut T, wishes: &mut Wishes) -> Result<(), Fault> {
        if !wishes.is_empty() {
            self.carry_out(wishes, ts, ts)?;
            self.tell(ts, Phase::Decision, trader, wishes)?;
        }
        if self.run.fills.len() > self.fills_seen {
            self.fills_seen = self.run.fills.len();
            self.sample_at(ts)?;
        }
        Ok(())
    }

    /// The row of the grid that is due before an event at `ts`; where nothing happened for longer there is one alone.
    #[cold]
    fn sample_before(&mut self, ts: Ns) -> Result<(), Fault> {
        self.sample_at(self.next_sample)?;
        self.next_sample = on_grid(ts, self.sample_ns);
        Ok(())
    }

    /// A row of equity at `ts`, in the place of one with the same stamp.
    pub(crate) fn sample_at(&mut self, ts: Ns) -> Result<(), Fault> {
        if self.run.equity.last().is_some_and(|row| row.ts == ts) {
            self.run.equity.pop();
        }
        self.record(ts)
    }
}
