//! A desk with one coin at the venue, for the tests of this crate.

#![allow(dead_code)] // each test crate uses a part

use sluice_pretrade::{AccountView, Approved, Working, check};
use sluice_sim::{BarVenue, Conditions, CostRule, Opening, VenueSettings};
use sluice_types::{
    Bar, Fault, Fill, Instrument, InstrumentId, InstrumentSpec, Intent, Money, Ns, Order, OrderId,
    OrderKind, Price, Quantity, Rate, Report, ReportKind, Side, TimeInForce, UNITS,
};

pub const COIN: InstrumentId = InstrumentId(0);
pub const BAR_NS: Ns = 100;
pub const DAY_NS: Ns = 86_400_000_000_000;

fn coin() -> Instrument {
    Instrument::new(InstrumentSpec {
        name: "COIN.TEST".into(),
        currency: "USD".into(),
        price_scale: 2,
        quantity_scale: 0,
        tick: 1,
        lot: 1,
        multiplier: 1_000_000_000,
        min_notional: Money(0),
        shortable: true,
    })
    .unwrap()
}

/// An account so rich that the check has nothing to say.
struct Rich(Instrument);

impl AccountView for Rich {
    fn instrument(&self, _: InstrumentId) -> Option<&Instrument> {
        Some(&self.0)
    }
    fn mark(&self, _: InstrumentId) -> Option<Price> {
        Some(Price(10_000))
    }
    fn working(&self, _: InstrumentId) -> Working {
        Working::default()
    }
    fn reserve(&self, _: InstrumentId) -> Rate {
        Rate(0)
    }
    fn order(&self, _: OrderId) -> Option<&Order> {
        None
    }
    fn limit(&self) -> Result<Money, Fault> {
        Ok(Money(1_000_000_000 * UNITS))
    }
    fn bound(&self) -> Result<Money, Fault> {
        Ok(Money::ZERO)
    }
}

pub fn approved(ts: Ns, id: u64, side: Side, kind: OrderKind, tif: TimeInForce) -> Approved {
    let intent = Intent {
        kind,
        tif,
        ..Intent::market(COIN, side, Quantity(10))
    };
    check(ts, OrderId(id), &intent, &Rich(coin()))
        .unwrap()
        .unwrap()
}

pub fn bar_of(ts_start: Ns, [open, high, low, close]: [i64; 4]) -> Bar {
    Bar {
        instrument: COIN,
        ts_start,
        ts_end: ts_start + BAR_NS,
        open: Price(open),
        high: Price(high),
        low: Price(low),
        close: Price(close),
        volume: f64::NAN,
    }
}

pub struct Desk {
    pub venue: BarVenue,
    pub said: Vec<Report>,
}

pub fn plain() -> VenueSettings {
    VenueSettings::plain(BAR_NS)
}

impl Desk {
    pub fn new(costs: CostRule, settings: VenueSettings) -> Self {
        Self {
            venue: BarVenue::new(vec![coin()], vec![costs], settings).unwrap(),
            said: Vec::new(),
        }
    }

    pub fn free() -> Self {
        Self::new(CostRule::FREE, plain())
    }

    pub fn send(&mut self, ts: Ns, side: Side, kind: OrderKind, tif: TimeInForce) -> &mut Self {
        self.venue.submit(approved(ts, 1, side, kind, tif), ts);
        self
    }

    pub fn also(&mut self, id: u64, side: Side, kind: OrderKind) -> &mut Self {
        self.venue
            .submit(approved(0, id, side, kind, TimeInForce::Gtc), 0);
        self
    }

    pub fn open(&mut self, ts: Ns, price: i64) -> &mut Self {
        let opening = Opening {
            ts,
            instrument: COIN,
            open: Price(price),
            volume: f64::NAN,
        };
        self.venue
            .on_open(&opening, &Conditions::UNKNOWN, &mut self.said)
            .unwrap();
        self
    }

    pub fn close(&mut self, ts_start: Ns, [open, high, low, close]: [i64; 4]) -> &mut Self {
        let bar = bar_of(ts_start, [open, high, low, close]);
        self.venue
            .on_close(&bar, &Conditions::UNKNOWN, &mut self.said)
            .unwrap();
        self
    }

    pub fn bar(&mut self, ts: Ns, prices: [i64; 4]) -> &mut Self {
        self.open(ts, prices[0]).close(ts, prices)
    }

    pub fn fills(&self) -> Vec<Fill> {
        self.said
            .iter()
            .filter_map(|report| match report.kind {
                ReportKind::Filled(fill) => Some(fill),
                _ => None,
            })
            .collect()
    }

    pub fn kinds(&self) -> Vec<ReportKind> {
        self.said.iter().map(|report| report.kind).collect()
    }
}
