//! What people would use instead: ways to tell many receivers of one event, made of kept crates
//! in the way that their documentation shows.
//!
//! Each delivers one notification to each of its receivers, and each receiver consumes it: it adds
//! its client token to a field of its own, as the sinks of the emulation do. One thread plays all
//! parts, which spares the channels the waking of other threads.

mod broadcast; // tokio::sync::broadcast
mod channels; //  a crossbeam channel for each
mod cloned; //    a vector under a lock, cloned
mod snapshot; //  a vector behind an arc-swap

pub use broadcast::Broadcast;
pub use channels::Channels;
pub use cloned::Cloned;
pub use snapshot::Snapshot;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use mapi_offline_sys::MAPIOFFLINE_NOTIFY;

/// One of them.
pub trait Rival {
    /// What it is called in results.
    const NAME: &'static str;

    /// With so many receivers, whose client tokens count from 1.
    fn new(receivers: usize) -> Self;

    /// Delivers one notification to all.
    fn deliver(&mut self);

    /// One more receiver comes, and goes again.
    fn come_and_go(&mut self);
}

/// A receiver that is called.
pub type ReceiverFn = Arc<dyn Fn(&MAPIOFFLINE_NOTIFY) + Send + Sync>;

/// A callback that adds its client token to a field, as a sink's Notify does.
pub fn callback(token: u32) -> ReceiverFn {
    let sum = AtomicU32::new(0);
    Arc::new(move |_| {
        let before = sum.load(Ordering::Relaxed);
        sum.store(before.wrapping_add(token), Ordering::Relaxed);
    })
}

/// The client tokens of so many receivers.
pub fn tokens(receivers: usize) -> impl Iterator<Item = u32> {
    (1..).take(receivers)
}
