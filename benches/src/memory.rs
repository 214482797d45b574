//! How many bytes the emulation keeps for a registration, counted by the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};

use mapi_offline_measure::memory;

static IS_COUNTING: AtomicBool = AtomicBool::new(false);
static BYTES: AtomicIsize = AtomicIsize::new(0);

/// The system's allocator, which counts bytes while it is asked to, and otherwise looks at one
/// flag. A program that measures memory makes it its `#[global_allocator]`.
pub struct Counting;

impl Counting {
    fn count(more: usize, less: usize) {
        if IS_COUNTING.load(Ordering::Relaxed) {
            BYTES.fetch_add(more as isize - less as isize, Ordering::Relaxed);
        }
    }
}

// SAFETY: it is the system's allocator, and counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size(), 0);
        // SAFETY: as the caller says.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::count(layout.size(), 0);
        // SAFETY: as the caller says.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        Self::count(0, layout.size());
        // SAFETY: as the caller says.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count(size, layout.size());
        // SAFETY: as the caller says.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// The bytes that the emulation keeps for each of so many live registrations, the clients' own
/// objects not counted: what it has allocated since there were none, divided by how many there
/// are. The worst of all numbers of registrations from 1,024 to `most`, so that room kept for
/// more of them counts. `None`: the program's allocator is not [`Counting`].
///
/// Nothing else may run in the process meanwhile.
///
/// # Panics
/// If the emulation refuses a registration.
#[must_use]
pub fn counted_bytes_per_registration(most: usize) -> Option<f64> {
    BYTES.store(0, Ordering::Relaxed);
    IS_COUNTING.store(true, Ordering::Relaxed);
    let worst = memory::bytes_per_registration(1024..=most, || {
        usize::try_from(BYTES.load(Ordering::Relaxed)).ok()
    });
    IS_COUNTING.store(false, Ordering::Relaxed);
    worst
}
