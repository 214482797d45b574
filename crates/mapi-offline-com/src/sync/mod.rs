//! What threads meet in: locks, condition variables, atomics, what belongs to one thread, threads and the clock.
//!
//! The doors and the threaded driver take all of these from here. As a rule they are those of `parking_lot` and of the
//! standard library, by other paths. Built with `--cfg shuttle` and the feature `__shuttle` they are shuttle's, which
//! decides at each of them which thread goes on: so the models in `crates/mapi-offline/tests/models` play one program in
//! many orders, and play a failing one again.

#[cfg(shuttle)]
mod modelled;

#[cfg(shuttle)]
pub use modelled::*;
#[cfg(not(shuttle))]
pub use real::*;

/// What the emulation is built with.
#[cfg(not(shuttle))]
mod real {
    pub use std::sync::atomic;
    pub use std::thread;
    pub use std::thread_local;
    pub use std::time::Instant;

    pub use parking_lot::{Condvar, Mutex, MutexGuard, WaitTimeoutResult};
}
