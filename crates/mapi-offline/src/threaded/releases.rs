//! What the Releases of registrations left on the clients' callbacks, for the finding `leaked-callback`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use mapi_offline_core::ClientId;
use parking_lot::Mutex;

/// The references that our last Release left on a callback.
#[derive(Clone, Copy, Debug)]
struct Left {
    client: ClientId,
    /// 0 is remembered only while other Releases run, which may have counted before it.
    references: u32,
    /// Its place in the order in which Releases were written down.
    number: u64,
}

/// What the Releases of registrations left on their callbacks. Two that run at once may be written down in
/// another order than that in which they counted: of these the one that left less counts.
#[derive(Default)]
pub(super) struct Releases {
    running: AtomicUsize,
    /// How many have been written down. Written under the lock of `left`.
    written: AtomicU64,
    /// By the callback's address.
    left: Mutex<HashMap<usize, Left, BuildHasherDefault<AddressHasher>>>,
    /// How many callbacks stand in `left`. Written under its lock.
    remembered: AtomicUsize,
}

/// So many callbacks at most on which nothing is left are remembered when no Release runs.
const GONE_KEPT: usize = 64;

impl Releases {
    /// Makes a Release with `release`, and writes down what it left.
    pub(super) fn make(
        &self,
        address: usize,
        client: ClientId,
        release: impl FnOnce() -> u32,
    ) -> u32 {
        self.running.fetch_add(1, Ordering::AcqRel);
        let before = self.written.load(Ordering::Acquire);
        let references = release();
        // Who has counted before this Release is still running, or has written down what it left.
        let is_alone = self.running.load(Ordering::Acquire) == 1;
        if references > 0 || !is_alone || self.remembered.load(Ordering::Acquire) > 0 {
            self.write_down(address, client, references, is_alone, before);
        }
        self.running.fetch_sub(1, Ordering::AcqRel);
        references
    }

    /// Writes down what a Release left. `is_alone`: no other was running when it had counted. `before`: how many had
    /// been written down when it began.
    fn write_down(
        &self,
        address: usize,
        client: ClientId,
        references: u32,
        is_alone: bool,
        before: u64,
    ) {
        let mut left = self.left.lock();
        if references == 0 && is_alone {
            left.remove(&address);
            if left.len() > GONE_KEPT {
                left.retain(|_, left| left.references > 0);
            }
            self.remembered.store(left.len(), Ordering::Release);
            return;
        }
        let number = self.written.load(Ordering::Relaxed) + 1;
        self.written.store(number, Ordering::Release);
        let now = Left {
            client,
            references,
            number,
        };
        let known = left.entry(address).or_insert(now);
        let ran_at_once = known.number > before;
        if !ran_at_once || known.references >= references {
            *known = now;
        }
        self.remembered.store(left.len(), Ordering::Release);
    }

    /// On which callbacks references are left, and of which client: by their addresses.
    pub(super) fn take_left(&self) -> Vec<(usize, ClientId, u32)> {
        let mut left = self.left.lock();
        self.remembered.store(0, Ordering::Release);
        let left = std::mem::take(&mut *left).into_iter();
        left.map(|(address, left)| (address, left.client, left.references))
            .collect()
    }
}

/// Spreads addresses. Their order is never looked at.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): 2^64 over the golden
        // ratio. The map takes its low and its high bits.
        let spread = (self.0 ^ address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread.rotate_left(32);
    }
}
