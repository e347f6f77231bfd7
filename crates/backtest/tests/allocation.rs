//! The loop allocates nothing per event: a run of twice the bars makes as many allocations.
//!
//! The counting allocator has to be `unsafe`; it stands in this test alone.
#![allow(unsafe_code)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use sluice_backtest::{DayView, Trader, Wishes, run};
use sluice_sim::CostRule;
use sluice_types::Fault;

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
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
        let before = COUNT.load(Ordering::Relaxed);
        let mut watch = Watch(0.0);
        let (costs, settings) = ([CostRule::FREE], support::settings());
        run(&bars, &costs, &settings, &mut watch, &mut |_, _| Ok(())).unwrap();
        COUNT.load(Ordering::Relaxed) - before
    };
    assert_eq!(allocations(5_000), allocations(10_000));
}
