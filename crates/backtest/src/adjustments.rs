//! Adjustments in the merged stream: at one stamp after the closes, before the decisions and the opens.
//!
//! So funding is charged at the mark of the close of its stamp, a strategy decides knowing what was paid, and a share
//! opens its ex-day with the dividend paid and in its new units.

use crate::Run;
use crate::day::Day;
use sluice_engine::{Currencies, Engine, History, Output, Written, round_trips};
use sluice_sim::CostRule;
use sluice_types::{
    Adjustment, AdjustmentKind, Conversion, Event, Fault, InstrumentId, LedgerLine, LineKind, Ns,
    Quantity, Rate, Rounding, UNITS,
};

/// What trading and holding costs in a run, and in which currencies.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// One per instrument.
    pub costs: &'a [CostRule],
    /// What befalls the instruments, by stamp.
    pub adjustments: &'a [Adjustment],
    /// None where all is quoted in the base currency.
    pub currencies: Option<&'a Currencies>,
}

impl<'a> From<&'a [CostRule]> for Terms<'a> {
    fn from(costs: &'a [CostRule]) -> Self {
        Self {
            costs,
            adjustments: &[],
            currencies: None,
        }
    }
}

impl<'a> From<&'a Vec<CostRule>> for Terms<'a> {
    fn from(costs: &'a Vec<CostRule>) -> Self {
        Self::from(costs.as_slice())
    }
}

impl<'a, const N: usize> From<&'a [CostRule; N]> for Terms<'a> {
    fn from(costs: &'a [CostRule; N]) -> Self {
        Self::from(costs.as_slice())
    }
}

impl Terms<'_> {
    /// The engine of a run under these terms.
    pub(crate) fn engine(&self, plain: Engine) -> Result<Engine, Fault> {
        match self.currencies {
            None => Ok(plain),
            Some(currencies) => plain.with_currencies(currencies),
        }
    }

    /// Their order is a promise of the caller.
    pub(crate) fn checked(&self, instruments: usize) -> Result<(), Fault> {
        let bad = |what: &str| Err(Fault::BadData(format!("adjustments: {what}")));
        if self.adjustments.windows(2).any(|two| two[0].ts > two[1].ts) {
            return bad("they must come in the order of their stamps");
        }
        let known = |adjustment: &Adjustment| adjustment.instrument.index() < instruments;
        if !self.adjustments.iter().all(known) {
            return bad("one names an instrument that is not of this run");
        }
        Ok(())
    }
}

impl Day<'_> {
    /// What fell due up to `until`, inclusive. Costs one comparison where nothing did.
    #[inline]
    pub(crate) fn adjust(&mut self, until: Ns) -> Result<(), Fault> {
        match self.adjustments.first() {
            Some(next) if next.ts <= until => self.adjust_all(until),
            _ => Ok(()),
        }
    }

    fn adjust_all(&mut self, until: Ns) -> Result<(), Fault> {
        while let Some((next, rest)) = self.adjustments.split_first()
            && next.ts <= until
        {
            self.adjustments = rest;
            if let AdjustmentKind::Split {
                numerator,
                denominator,
            } = next.kind
            {
                self.make_way(next, (numerator, denominator))?;
            }
            self.engine.step(&Event::Adjust(*next), &mut self.outputs)?;
            for output in self.outputs.drain(..) {
                if let Output::Written(line) = output {
                    let rate = self.engine.conversion(line.instrument);
                    self.run.ledger.push(Written {
                        line,
                        after: self.run.fills.len(),
                        rate: rate.unwrap_or(Conversion::ONE),
                    });
                }
            }
            if matches!(next.kind, AdjustmentKind::Split { .. }) {
                let held = self.engine.position(next.instrument).quantity;
                self.venue.rebook(next.instrument, held);
            }
        }
        Ok(())
    }

    /// Before a split: market orders on their way are taken to the new units, every other open order is taken back,
    /// because nobody said what its price means now.
    fn make_way(&mut self, split: &Adjustment, ratio: (i64, i64)) -> Result<(), Fault> {
        self.venue
            .split(split.instrument, ratio, split.ts, &mut self.reports)?;
        self.settle()?;
        let open: Vec<_> = self.engine.open_orders(split.instrument).collect();
        for id in open {
            if !self.venue.has(id, split.instrument) {
                self.cancel(id, split.ts)?; // held by the engine, not yet by the venue
            }
        }
        Ok(())
    }

    /// The round trips, and what is left of foreign money after them.
    pub(crate) fn tell_trips(&mut self, end: Ns) -> Result<(), Fault> {
        let instruments = self.bars.instruments();
        let foreign = self.engine.foreign()?;
        let final_rates: Vec<Conversion> = (0..instruments.len())
            .map(|place| self.engine.conversion(InstrumentId(place as u32)))
            .map(|rate| rate.unwrap_or(Conversion::ONE))
            .collect();
        let run = &mut self.run;
        let history = History {
            fills: &run.fills,
            rates: &run.rates,
            final_rates: &final_rates,
            lines: &run.ledger,
        };
        run.round_trips = round_trips(instruments, history, &run.marks, end)?;
        for (purse, source, rate, mut left) in foreign {
            for trip in &run.round_trips {
                if self.engine.purse(trip.instrument) == purse {
                    left = left.minus(trip.pnl)?;
                }
            }
            run.revalue(end, source.instrument, rate, left);
        }
        Ok(())
    }
}

impl Run {
    fn revalue(
        &mut self,
        ts: Ns,
        instrument: InstrumentId,
        rate: Conversion,
        amount: sluice_types::Money,
    ) {
        if amount == sluice_types::Money::ZERO {
            return;
        }
        let one = sluice_types::Money(UNITS);
        let shown = rate.of(one, Rounding::Down).unwrap_or(one).0;
        self.ledger.push(Written {
            line: LedgerLine {
                ts,
                instrument,
                kind: LineKind::Revaluation,
                quantity: Quantity::ZERO,
                rate: Rate(i64::try_from(shown).unwrap_or(i64::MAX)),
                amount,
            },
            after: self.fills.len(),
            rate: Conversion::ONE,
        });
    }
}
