//! Which thread this is, as a number that an object can keep.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of this thread, by which a door tells whose it is (LIFE-7): never 0, and never given
/// to two threads.
#[inline]
#[must_use]
pub fn thread_number() -> u64 {
    /// Nothing is decided by it, so models need not know of it.
    static NEXT: AtomicU64 = AtomicU64::new(1);
    crate::sync::thread_local! {
        static NUMBER: Cell<u64> = const { Cell::new(0) };
    }
    NUMBER.with(|number| {
        if number.get() == 0 {
            number.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        number.get()
    })
}
