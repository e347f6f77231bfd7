//! A counting allocator proves that the steady path asks for no memory.
//!
//! Steady: bars with and without a position, and, once the buffers have grown, a whole life of an order.
#![allow(unsafe_code)] // GlobalAlloc is an unsafe trait; see the SAFETY comment below

mod support;

use sluice_types::{OrderKind, Price, ReportKind, Side};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use support::{Day, coin_spec, engine_of, future_spec, intent, share_spec};

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is handed on unchanged to the system's allocator, which keeps the promises of the trait;
// counting touches only a constant-initialized thread-local without a destructor, which never allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.with(|asked| asked.set(asked.get() + 1));
        // SAFETY: the caller's promise on `layout` is handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: `pointer` came from `System.alloc` with this `layout`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ASKED.with(|asked| asked.set(asked.get() + 1));
        // SAFETY: as for `dealloc`; `size` is the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn asked_during(work: impl FnOnce()) -> u64 {
    let before = ASKED.with(Cell::get);
    work();
    ASKED.with(Cell::get) - before
}

fn day() -> Day {
    let specs = vec![share_spec("A"), coin_spec("B"), future_spec("C")];
    let mut day = Day::new(engine_of(specs, 2, 1_000_000));
    for (instrument, price) in [(0, 1_000), (1, 300_000_000_000), (2, 2_000)] {
        day.mark(instrument, price).unwrap();
    }
    day.out.reserve(16);
    day.fills.reserve(10_000);
    day
}

fn bars(day: &mut Day) {
    for step in 0..1_000 {
        day.mark(0, 1_000 + step % 7).unwrap();
        day.mark(1, 300_000_000_001 + step % 13).unwrap();
        day.mark(2, 2_000 + step % 3).unwrap();
        assert!(day.engine.equity().is_ok());
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(asked_during(|| drop(std::hint::black_box(vec![1_u8]))), 1);
}

#[test]
fn bars_without_and_with_positions_and_orders_ask_for_no_memory() {
    let mut day = day();
    assert_eq!(asked_during(|| bars(&mut day)), 0);
    day.trade(0, 100, 1_000, 1);
    day.trade(1, 50_000_001, 300_000_000_000, 1);
    day.trade(2, -2, 2_000, 1);
    let resting = intent(0, Side::Buy, 10, OrderKind::Limit(Price(900)));
    day.send(resting).unwrap().unwrap();
    assert_eq!(asked_during(|| bars(&mut day)), 0);
}

#[test]
fn the_life_of_an_order_asks_for_no_memory_until_the_reserved_room_is_full() {
    let mut day = day();
    let asked = asked_during(|| {
        for step in 0..500 {
            let side = if step % 2 == 0 { Side::Buy } else { Side::Sell };
            let order = day
                .send(intent(0, side, 10, OrderKind::Market))
                .unwrap()
                .unwrap();
            day.say(order, ReportKind::Accepted).unwrap();
            day.fill(order, 4, 1_000, 1).unwrap();
            day.fill(order, 6, 1_000, 1).unwrap();
            let denied = day
                .send(intent(0, side, 1_000_000, OrderKind::Market))
                .unwrap();
            assert!(denied.is_none());
        }
    });
    assert_eq!(asked, 0);
}
