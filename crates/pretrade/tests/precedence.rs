//! The rules of the check, one by one, and which is named where several apply.

use sluice_pretrade::{AccountView, Binding, Denial, DenialCode, Working, check, release};
use sluice_types::{
    Fault, Instrument, InstrumentId, InstrumentSpec, Intent, Links, Money, Order, OrderId,
    OrderKind, OrderStatus, Price, Quantity, Rate, Side, TimeInForce, Trail, UNITS,
};

/// One instrument: lots of 10, ticks of 5 cents, at least 100 money per order, no short sales.
struct Fake {
    instrument: Instrument,
    mark: Option<Price>,
    working: Working,
    equity: Money,
    others: Money,
    reserve: Rate,
    orders: Vec<Order>,
}

impl Fake {
    fn new() -> Self {
        let spec = InstrumentSpec {
            name: "SHARE.TEST".into(),
            currency: "USD".into(),
            price_scale: 2,
            quantity_scale: 0,
            tick: 5,
            lot: 10,
            multiplier: 1_000_000_000,
            min_notional: Money(100 * UNITS),
            shortable: false,
        };
        Self {
            instrument: Instrument::new(spec).expect("valid"),
            mark: Some(Price(1_000)), // 10.00
            working: Working::default(),
            equity: Money(1_000 * UNITS),
            others: Money::ZERO,
            reserve: Rate(0),
            orders: Vec::new(),
        }
    }

    fn holding(position: i64, market: i64, resting_buys: i64, resting_sells: i64) -> Self {
        Self {
            working: Working {
                position: Quantity(position),
                market: Quantity(market),
                resting_buys: Quantity(resting_buys),
                resting_sells: Quantity(resting_sells),
            },
            ..Self::new()
        }
    }

    fn shortable(mut self) -> Self {
        let spec = self.instrument.spec().clone();
        let spec = InstrumentSpec {
            shortable: true,
            ..spec
        };
        self.instrument = Instrument::new(spec).expect("valid");
        self
    }

    fn ask(&self, side: Side, quantity: i64, kind: OrderKind) -> Result<OrderId, DenialCode> {
        self.decide(&wish(side, quantity, kind))
            .map_err(|denial| denial.code)
    }

    fn decide(&self, intent: &Intent) -> Result<OrderId, Box<Denial>> {
        check(7, OrderId(3), intent, self)
            .expect("no number is out of range")
            .map(|approved| approved.into_order().id)
            .map_err(Box::new)
    }
}

impl AccountView for Fake {
    fn instrument(&self, id: InstrumentId) -> Option<&Instrument> {
        (id.0 == 0).then_some(&self.instrument)
    }
    fn mark(&self, _: InstrumentId) -> Option<Price> {
        self.mark
    }
    fn working(&self, _: InstrumentId) -> Working {
        self.working
    }
    fn reserve(&self, _: InstrumentId) -> Rate {
        self.reserve
    }
    fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == id)
    }
    fn limit(&self) -> Result<Money, Fault> {
        Ok(self.equity)
    }
    fn bound(&self) -> Result<Money, Fault> {
        let own = match self.mark {
            Some(mark) => self.working.bound(&self.instrument, mark, self.reserve)?,
            None => Money::ZERO,
        };
        self.others.plus(own)
    }
}

fn wish(side: Side, quantity: i64, kind: OrderKind) -> Intent {
    Intent {
        kind,
        ..Intent::market(InstrumentId(0), side, Quantity(quantity))
    }
}

fn stop_limit(stop: i64, limit: i64) -> OrderKind {
    OrderKind::StopLimit {
        stop: Price(stop),
        limit: Price(limit),
    }
}

/// Held until order `parent` has its first fill.
fn tied(parent: u64) -> Links {
    Links {
        parent: Some(OrderId(parent)),
        ..Links::NONE
    }
}

/// An account whose order 1 is a buy at 10.00 that waits.
fn waiting(mut fake: Fake) -> Fake {
    fake.orders.push(Order {
        id: OrderId(1),
        intent: wish(Buy, 10, Limit(Price(1_000))),
        decided_ns: 5,
        changed_ns: 5,
        status: OrderStatus::New,
        cum_quantity: Quantity::ZERO,
        cum_notional: Money::ZERO,
    });
    fake
}

/// A reduce-only sale at `price`, held until order 1 fills.
fn exit(price: i64) -> Intent {
    Intent {
        reduce_only: true,
        links: tied(1),
        ..wish(Sell, 10, Limit(Price(price)))
    }
}

use OrderKind::{Limit, Market, Stop};
use Side::{Buy, Sell};

const OK: Result<OrderId, DenialCode> = Ok(OrderId(3));

fn denied(code: DenialCode) -> Result<OrderId, DenialCode> {
    Err(code)
}

#[test]
fn an_approved_order_is_pending_new_under_the_id_it_was_given() {
    let fake = Fake::new();
    let intent = wish(Buy, 10, Limit(Price(1_005)));
    let approved = check(7, OrderId(3), &intent, &fake).unwrap().unwrap();
    let order = approved.order();
    assert_eq!(
        (order.id, order.intent, order.decided_ns),
        (OrderId(3), intent, 7)
    );
    assert_eq!(order.status, OrderStatus::PendingNew);
    assert_eq!(
        (order.cum_quantity, order.leaves()),
        (Quantity::ZERO, Quantity(10))
    );
}

/// Each row breaks its own rule and every rule after it that can be broken at the same time.
#[test]
fn refusals_are_named_by_descending_precedence() {
    let sell = |quantity, price| wish(Sell, quantity, Limit(Price(price)));
    let unknown = Intent {
        instrument: InstrumentId(9),
        ..sell(-3, -3)
    };
    let marked = Fake::new;
    let blind = || Fake {
        mark: None,
        ..Fake::new()
    };
    let broke = || Fake {
        equity: Money(-1),
        ..Fake::new()
    };
    // Over by 7, the moment of the decision; post-only but not to rest; tied to nobody.
    let late = |quantity, price| Intent {
        tif: TimeInForce::Gtd(7),
        post_only: true,
        links: tied(9),
        ..sell(quantity, price)
    };
    let rows = [
        (DenialCode::UnknownInstrument, blind(), unknown),
        (DenialCode::BadQuantity, blind(), sell(-3, -3)),
        (DenialCode::OffLot, blind(), sell(3, -3)),
        (DenialCode::OffTick, blind(), sell(10, -3)),
        (DenialCode::BadPrice, blind(), late(10, -5)),
        (
            DenialCode::BadTrail,
            blind(),
            Intent {
                kind: OrderKind::Trailing(Trail::Rate(Rate(0))),
                ..late(10, 5)
            },
        ),
        (
            DenialCode::BadStopLimit,
            blind(),
            Intent {
                kind: stop_limit(10, 15),
                ..late(10, 5)
            },
        ),
        (DenialCode::BadExpiry, blind(), late(10, 5)),
        (
            DenialCode::PostOnly,
            blind(),
            Intent {
                tif: TimeInForce::Fok,
                ..late(10, 5)
            },
        ),
        (
            DenialCode::BadLink,
            blind(),
            Intent {
                links: tied(9),
                ..sell(10, 5)
            },
        ),
        (DenialCode::NoPrice, blind(), sell(10, 5)),
        (DenialCode::BadBracket, waiting(broke()), exit(5)),
        (
            DenialCode::ReduceOnly,
            broke(),
            Intent {
                reduce_only: true,
                ..sell(10, 5)
            },
        ),
        (DenialCode::NotShortable, broke(), sell(10, 5)),
        (
            DenialCode::BelowMinNotional,
            broke(),
            wish(Buy, 10, Limit(Price(5))),
        ),
        (DenialCode::BuyingPower, broke(), wish(Buy, 10, Market)),
    ];
    let named = rows.iter().map(|(code, ..)| *code);
    assert!(named.eq(DenialCode::ALL), "one row per code, in order");
    for (code, account, intent) in rows {
        assert_eq!(account.decide(&intent).unwrap_err().code, code);
    }
    assert_eq!(marked().ask(Buy, 10, Market), OK);
}

#[test]
fn codes_are_stable_and_sorted_by_precedence() {
    assert!(DenialCode::ALL.is_sorted());
    let codes = DenialCode::ALL.map(DenialCode::code).join(" ");
    assert_eq!(
        codes,
        "unknown_instrument bad_quantity off_lot off_tick bad_price bad_trail bad_stop_limit \
         bad_expiry post_only bad_link no_price bad_bracket reduce_only not_shortable \
         below_min_notional buying_power"
    );
}

#[test]
fn a_denial_says_what_it_saw_and_what_is_allowed() {
    let denial = Fake::new().decide(&wish(Buy, 110, Market)).unwrap_err();
    assert_eq!((denial.ts, denial.intent), (7, wish(Buy, 110, Market)));
    assert_eq!((denial.value, denial.limit), (1_100.0, 1_000.0));
    let denial = Fake::holding(10, 0, 0, 0)
        .decide(&wish(Sell, 30, Market))
        .unwrap_err();
    assert_eq!((denial.value, denial.limit), (-20.0, 0.0));
    let denial = Fake::new()
        .decide(&wish(Buy, 10, Limit(Price(501))))
        .unwrap_err();
    assert_eq!((denial.value, denial.limit), (5.01, 0.05));
}

#[test]
fn what_may_not_be_sold_short_is_sold_to_zero_and_no_further() {
    let short = denied(DenialCode::NotShortable);
    assert_eq!(Fake::holding(100, 0, 0, 0).ask(Sell, 100, Market), OK);
    assert_eq!(Fake::holding(100, 0, 0, 0).ask(Sell, 110, Market), short);
    // Sales that rest or are in flight are taken as done, resting buys are not counted on.
    assert_eq!(Fake::holding(100, -60, 0, 0).ask(Sell, 50, Market), short);
    assert_eq!(
        Fake::holding(100, 0, 0, 60).ask(Sell, 50, Stop(Price(900))),
        short
    );
    assert_eq!(Fake::holding(0, 0, 100, 0).ask(Sell, 10, Market), short);
    assert_eq!(Fake::holding(0, 100, 0, 0).ask(Sell, 100, Market), OK);
    assert_eq!(
        Fake::holding(0, 0, 0, 0).shortable().ask(Sell, 100, Market),
        OK
    );
}

#[test]
fn small_orders_are_refused_unless_they_close_the_position() {
    let small = denied(DenialCode::BelowMinNotional);
    let cheap = |mut fake: Fake| {
        fake.mark = Some(Price(500));
        fake
    };
    assert_eq!(cheap(Fake::new()).ask(Buy, 10, Market), small); // 50 of 100
    assert_eq!(cheap(Fake::holding(10, 0, 0, 0)).ask(Sell, 10, Market), OK);
    assert_eq!(
        cheap(Fake::holding(20, -10, 0, 0)).ask(Sell, 10, Market),
        OK
    );
    assert_eq!(
        cheap(Fake::holding(30, 0, 0, 0)).ask(Sell, 10, Market),
        small
    );
    // An order with a price of its own is measured by that price.
    assert_eq!(Fake::new().ask(Buy, 10, Limit(Price(995))), small);
    assert_eq!(cheap(Fake::new()).ask(Buy, 10, Limit(Price(1_000))), OK);
}

#[test]
fn buying_power_counts_market_orders_as_done_and_the_worse_side_of_what_rests() {
    let poor = denied(DenialCode::BuyingPower); // 1,000 of equity at 10.00 is 100 units
    assert_eq!(Fake::new().ask(Buy, 100, Market), OK);
    assert_eq!(Fake::new().ask(Buy, 110, Market), poor);
    assert_eq!(Fake::holding(50, 30, 0, 0).ask(Buy, 20, Market), OK);
    assert_eq!(Fake::holding(50, 30, 0, 0).ask(Buy, 30, Market), poor);
    assert_eq!(Fake::holding(50, 0, 40, 0).ask(Buy, 20, Market), poor);
    // Only the worse side binds: 100 long and 100 short cannot both come true.
    assert_eq!(
        Fake::holding(0, 0, 100, 90)
            .shortable()
            .ask(Sell, 10, Limit(Price(1_100))),
        OK
    );
    assert_eq!(
        Fake::holding(0, 0, 100, 90)
            .shortable()
            .ask(Sell, 20, Limit(Price(1_100))),
        poor
    );
    // What other instruments bind is not there twice.
    let shared = Fake {
        others: Money(500 * UNITS),
        ..Fake::new()
    };
    assert_eq!(shared.ask(Buy, 50, Market), OK);
    assert_eq!(shared.ask(Buy, 60, Market), poor);
}

#[test]
fn costs_of_the_increase_are_reserved() {
    let mut fake = Fake {
        reserve: Rate(10_000_000),
        ..Fake::new()
    }; // 1 %
    assert_eq!(fake.ask(Buy, 100, Market), denied(DenialCode::BuyingPower));
    assert_eq!(fake.ask(Buy, 90, Market), OK); // 900 + 9
    fake.equity = Money(1_010 * UNITS);
    assert_eq!(fake.ask(Buy, 100, Market), OK); // 1,000 + 10
    fake.equity = Money(1_010 * UNITS - 1);
    assert_eq!(fake.ask(Buy, 100, Market), denied(DenialCode::BuyingPower));
}

#[test]
fn an_order_that_only_reduces_always_passes() {
    let ruined = |fake: Fake| Fake {
        equity: Money(-500 * UNITS),
        ..fake
    };
    assert_eq!(
        ruined(Fake::holding(100, 0, 0, 0)).ask(Sell, 60, Market),
        OK
    );
    assert_eq!(
        ruined(Fake::holding(-100, 0, 0, 0)).ask(Buy, 100, Market),
        OK
    );
    // Over zero to the same size adds nothing; one lot more does.
    let short = ruined(Fake::holding(-100, 0, 0, 0));
    assert_eq!(short.ask(Buy, 200, Market), OK);
    assert_eq!(short.ask(Buy, 210, Market), denied(DenialCode::BuyingPower));
}

#[test]
fn numbers_out_of_range_are_a_fault_and_never_an_approval() {
    let lots = i64::MAX / 10 * 10;
    let near = Fake::holding(lots - 10, 0, 0, 0);
    let wishes = [wish(Buy, 100, Market), wish(Buy, lots, Market)];
    for intent in wishes {
        let outcome = check(7, OrderId(3), &intent, &near);
        assert!(matches!(outcome, Err(Fault::Overflow(_))), "{outcome:?}");
    }
}

#[test]
fn a_reduce_only_order_needs_something_to_reduce_and_binds_nothing() {
    let reducing = |fake: Fake, side, quantity| {
        let intent = Intent {
            reduce_only: true,
            ..wish(side, quantity, Market)
        };
        fake.decide(&intent).map_err(|denial| denial.code)
    };
    let nothing = denied(DenialCode::ReduceOnly);
    assert_eq!(reducing(Fake::new(), Sell, 10), nothing);
    assert_eq!(reducing(Fake::holding(100, 0, 0, 0), Buy, 10), nothing);
    assert_eq!(reducing(Fake::holding(100, -100, 0, 0), Sell, 10), nothing);
    // What is in flight is there, and a larger order is cut by the venue: it closes the position and no more.
    assert_eq!(reducing(Fake::holding(0, 100, 0, 0), Sell, 100), OK);
    assert_eq!(reducing(Fake::holding(100, 0, 0, 100), Sell, 500), OK);
    let ruined = Fake {
        equity: Money(-1),
        ..Fake::holding(-100, 0, 0, 0)
    };
    assert_eq!(reducing(ruined, Buy, 100), OK);
    let cheap = Fake {
        mark: Some(Price(500)),
        ..Fake::holding(100, 0, 0, 0)
    };
    assert_eq!(
        reducing(cheap, Sell, 10),
        denied(DenialCode::BelowMinNotional)
    );
}

#[test]
fn an_exit_of_a_waiting_entry_is_held_and_must_stand_on_its_right_side() {
    let account = || waiting(Fake::new());
    let approved = check(7, OrderId(3), &exit(1_005), &account())
        .unwrap()
        .unwrap();
    assert_eq!(approved.order().status, OrderStatus::Held);
    let ask = |kind| {
        let intent = Intent { kind, ..exit(0) };
        account().decide(&intent).map_err(|denial| denial.code)
    };
    let wrong = denied(DenialCode::BadBracket);
    assert_eq!(ask(Limit(Price(1_000))), wrong); // a target at the entry is none
    assert_eq!(ask(Stop(Price(1_000))), wrong);
    assert_eq!(ask(Stop(Price(995))), OK);
    assert_eq!(ask(stop_limit(995, 990)), OK);
    assert_eq!(ask(stop_limit(1_005, 990)), wrong);
    assert_eq!(ask(OrderKind::Trailing(Trail::Distance(Price(7)))), OK);
    let same_side = Intent {
        side: Buy,
        ..exit(995)
    };
    let code = account().decide(&same_side).unwrap_err().code;
    assert_eq!(code, DenialCode::ReduceOnly);
}

#[test]
fn a_held_order_passes_the_check_again_when_it_goes() {
    let account = waiting(Fake::new());
    let held = check(7, OrderId(3), &exit(1_005), &account)
        .unwrap()
        .unwrap()
        .into_order();
    let gone = release(9, &held, &account).unwrap().unwrap_err();
    assert_eq!(gone.code, DenialCode::ReduceOnly); // the parent brought nothing
    let brought = Fake::holding(10, 0, 0, 0);
    let order = release(9, &held, &brought).unwrap().unwrap().into_order();
    assert_eq!(
        (order.status, order.decided_ns, order.changed_ns),
        (OrderStatus::PendingNew, 7, 9)
    );
}

#[test]
fn a_link_to_an_order_that_is_over_is_refused_unless_it_was_filled() {
    let ended = |status, filled| {
        let mut fake = waiting(Fake::holding(10, 0, 0, 0));
        fake.orders[0].status = status;
        fake.orders[0].cum_quantity = Quantity(filled);
        let denial = fake.decide(&exit(1_005));
        denial.map_err(|denial| denial.code)
    };
    let bad = denied(DenialCode::BadLink);
    assert_eq!(ended(OrderStatus::Canceled, 0), bad);
    assert_eq!(ended(OrderStatus::Canceled, 5), OK);
    assert_eq!(ended(OrderStatus::Filled, 10), OK);
    let joins = |status| {
        let mut fake = waiting(Fake::holding(10, 0, 0, 0));
        fake.orders[0].status = status;
        let links = Links {
            group: Some(OrderId(1)),
            ..Links::NONE
        };
        let denial = fake.decide(&Intent {
            links,
            ..exit(1_005)
        });
        denial.map_err(|denial| denial.code)
    };
    assert_eq!(joins(OrderStatus::New), OK);
    assert_eq!(joins(OrderStatus::Filled), bad);
}

#[test]
fn an_order_that_waits_for_another_counts_as_one_that_may_fill() {
    let child = Intent {
        links: tied(1),
        ..wish(Buy, 110, Market)
    };
    let account = waiting(Fake::new().shortable());
    assert_eq!(
        account.decide(&child).unwrap_err().code,
        DenialCode::BuyingPower
    );
    assert_eq!(Binding::of(&child), Binding::MayFill);
    assert_eq!(Binding::of(&wish(Buy, 110, Market)), Binding::Done);
    assert_eq!(Binding::of(&exit(1_005)), Binding::Nothing);
}
