//! The loop allocates nothing per event: a run of twice the bars makes as many allocations.
//!
//! The counting allocator has to be `unsafe`; it stands in this test alone.
#![allow(unsafe_code)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use sluice_backtest::{DayView, Trader, Wishes, run};
use sluice_sim::CostRule;
use sluice_types::Fault;

struct Counting;

thread_local! {
    // Of this thread alone: the test harness allocates in its own.
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is handed on to the system's allocator unchanged; counting touches only a constant-initialized
// thread-local without a destructor, which never allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Watch(f64);

impl Trader for Watch {
    fn wants_bars(&self) -> bool {
        true
    }
    fn on_bar(&mut self, day: &DayView<'_>, row: usize, _: &mut Wishes) -> Result<(), Fault> {
        self.0 += day.bars.prices(3)[row] as f64;
        Ok(())
    }
}

#[test]
fn the_loop_allocates_nothing_per_event() {
    let allocations = |bars: usize| {
        let closes: Vec<f64> = (0..bars).map(|place| 100.0 + (place % 7) as f64).collect();
        let bars = support::series(&closes);
        let before = COUNT.with(Cell::get);
        let mut watch = Watch(0.0);
        let (costs, settings) = ([CostRule::FREE], support::settings());
        run(&bars, &costs, &settings, &mut watch, &mut |_, _| Ok(())).unwrap();
        COUNT.with(Cell::get) - before
    };
    assert_eq!(allocations(5_000), allocations(10_000));
}
