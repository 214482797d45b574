//! What the Releases of registrations left on the clients' callbacks, for the finding `leaked-callback`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use mapi_offline_com::CallbackWatch;
use mapi_offline_core::ClientId;

use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU64, Ordering};

/// The references that our last Release left on a callback.
#[derive(Debug)]
struct Left {
    client: ClientId,
    /// 0 is remembered only while other Releases run, which may have counted before it.
    references: u32,
    /// Whether they are still there.
    watch: Option<CallbackWatch>,
    /// Its place in the order in which Releases were written down.
    number: u64,
}

/// What the Releases of registrations left on their callbacks. Two that run at once may be written down in
/// another order than that in which they counted: of these the one that left less counts.
#[derive(Default)]
pub(super) struct Releases {
    /// How many have begun.
    begun: AtomicU64,
    /// How many have been written down. Written under the lock of `left`.
    written: AtomicU64,
    /// By the callback's address.
    left: Mutex<HashMap<usize, Left, BuildHasherDefault<AddressHasher>>>,
}

/// So many callbacks at most on which nothing is left are remembered when no Release runs.
const GONE_KEPT: usize = 64;

impl Releases {
    /// Makes a Release with `release`, and writes down what it left.
    #[inline]
    pub(super) fn make(
        &self,
        address: usize,
        client: ClientId,
        release: impl FnOnce() -> (u32, Option<CallbackWatch>),
    ) -> u32 {
        let before = self.written.load(Ordering::Acquire);
        self.begun.fetch_add(1, Ordering::AcqRel);
        let (references, watch) = release();
        let mut left = self.left.lock();
        let number = self.written.load(Ordering::Relaxed) + 1;
        self.written.store(number, Ordering::Release);
        // Whoever has counted before this Release has begun before, and is still running or has written it down.
        if references == 0 && self.begun.load(Ordering::Acquire) == number {
            if !left.is_empty() {
                left.remove(&address);
                if left.len() > GONE_KEPT {
                    left.retain(|_, left| left.references > 0);
                }
            }
            return references;
        }
        let now = Left {
            client,
            references,
            watch,
            number,
        };
        match left.entry(address) {
            Entry::Vacant(place) => {
                place.insert(now);
            }
            Entry::Occupied(mut known) => {
                let ran_at_once = known.get().number > before;
                if !ran_at_once || known.get().references >= references {
                    known.insert(now);
                }
            }
        }
        references
    }

    /// On which callbacks references are still left, and of which client: by their addresses.
    pub(super) fn take_left(&self) -> Vec<(usize, ClientId, u32)> {
        let left = std::mem::take(&mut *self.left.lock());
        let left = left
            .into_iter()
            .filter(|(_, left)| left.watch.as_ref().is_none_or(CallbackWatch::is_left));
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
