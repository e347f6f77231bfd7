//! A small account and the words to drive it, for the tests of the engine.
#![allow(dead_code)] // each test file is its own crate and uses its own part

use sluice_engine::{Account, Engine, Output};
use sluice_types::{
    Bar, Event, Fault, Fill, Instrument, InstrumentId, InstrumentSpec, Intent, Liquidity, Money,
    Ns, OrderId, OrderKind, Price, Quantity, Rate, Report, ReportKind, Side, UNITS,
};

pub const CASH: Money = Money(10_000 * UNITS);

/// Prices in cents, quantities in whole units: money is exact.
pub fn share_spec(name: &str) -> InstrumentSpec {
    InstrumentSpec {
        name: name.into(),
        currency: "USD".into(),
        price_scale: 2,
        quantity_scale: 0,
        tick: 1,
        lot: 1,
        multiplier: 1_000_000_000,
        min_notional: Money::ZERO,
        shortable: true,
    }
}

/// Finer than money (8 + 8 decimals), so that every notional is rounded; may not be sold short.
pub fn coin_spec(name: &str) -> InstrumentSpec {
    InstrumentSpec {
        price_scale: 8,
        quantity_scale: 8,
        min_notional: Money(1_000),
        shortable: false,
        ..share_spec(name)
    }
}

/// A future of 50 money per point.
pub fn future_spec(name: &str) -> InstrumentSpec {
    InstrumentSpec {
        multiplier: 50_000_000_000,
        ..share_spec(name)
    }
}

pub fn made(spec: InstrumentSpec) -> Instrument {
    Instrument::new(spec).expect("the specification is valid")
}

pub fn engine_of(specs: Vec<InstrumentSpec>, leverage: i64, reserve: i64) -> Engine {
    let reserve = specs.iter().map(|_| Rate(reserve)).collect();
    let account = Account {
        cash: CASH,
        leverage: Rate(leverage * 1_000_000_000),
        reserve,
    };
    Engine::new(specs.into_iter().map(made).collect(), account)
}

pub fn close_of(instrument: u32, ts: Ns, price: i64) -> Event {
    let price = Price(price);
    Event::BarClose(Bar {
        instrument: InstrumentId(instrument),
        ts_start: ts - 1,
        ts_end: ts,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1.0,
    })
}

pub fn intent(instrument: u32, side: Side, quantity: i64, kind: OrderKind) -> Intent {
    Intent {
        kind,
        ..Intent::market(InstrumentId(instrument), side, Quantity(quantity))
    }
}

pub fn report(ts: Ns, order: OrderId, kind: ReportKind) -> Event {
    Event::Report(Report { ts, order, kind })
}

/// A run under test: the engine, its clock, and what it said last.
pub struct Day {
    pub engine: Engine,
    pub out: Vec<Output>,
    pub fills: Vec<Fill>,
    pub now: Ns,
}

impl Day {
    pub fn new(engine: Engine) -> Self {
        Self {
            engine,
            out: Vec::new(),
            fills: Vec::new(),
            now: 0,
        }
    }

    pub fn step(&mut self, event: &Event) -> Result<(), Fault> {
        self.out.clear();
        self.engine.step(event, &mut self.out)?;
        for output in &self.out {
            if let Output::Filled(fill) = output {
                self.fills.push(*fill);
            }
        }
        Ok(())
    }

    pub fn mark(&mut self, instrument: u32, price: i64) -> Result<(), Fault> {
        self.now += 1;
        self.step(&close_of(instrument, self.now, price))
    }

    /// The id of the order, or `None` where the intent was denied.
    pub fn send(&mut self, intent: Intent) -> Result<Option<OrderId>, Fault> {
        self.step(&Event::Intent {
            ts: self.now,
            intent,
        })?;
        Ok(match self.out.first() {
            Some(Output::Submit(approved)) => Some(approved.order().id),
            _ => None,
        })
    }

    pub fn say(&mut self, order: OrderId, kind: ReportKind) -> Result<(), Fault> {
        self.step(&report(self.now, order, kind))
    }

    /// A fill of `order`; the reference is one count better than the price.
    pub fn fill(
        &mut self,
        order: OrderId,
        quantity: i64,
        price: i64,
        fee: i128,
    ) -> Result<(), Fault> {
        let intent = self.engine.order(order).expect("the order is known").intent;
        let fill = Fill {
            ts: self.now,
            order,
            instrument: intent.instrument,
            side: intent.side,
            quantity: Quantity(quantity),
            price: Price(price),
            reference: Price(price - intent.side.sign()),
            fee: Money(fee),
            liquidity: Liquidity::Taker,
        };
        self.say(order, ReportKind::Filled(fill))
    }

    /// A market order, filled at once.
    pub fn trade(&mut self, instrument: u32, signed: i64, price: i64, fee: i128) {
        let side = if signed > 0 { Side::Buy } else { Side::Sell };
        let wish = intent(instrument, side, signed.abs(), OrderKind::Market);
        let order = self.send(wish).expect("no fault").expect("approved");
        self.fill(order, signed.abs(), price, fee)
            .expect("a legal fill");
    }

    pub fn marks(&self) -> Vec<Option<Price>> {
        (0..self.engine.instruments().len())
            .map(|index| self.engine.mark(InstrumentId(index as u32)))
            .collect()
    }
}
