//! How fast the emulation notifies, and how much memory it takes.
//!
//! [`measure()`] makes the measurements of `mapisim bench`. The benchmarks of the project (the
//! package `mapi-offline-benches`) use the same measuring code and compare more with it.
//! `docs/performance.md` says how each number is made.

pub mod bare; //      the limit: a loop of virtual calls
pub mod client; //    a user's own client: how long its Notify takes
pub mod latency; //   how long a notification takes through the worker
mod measure; //       the measurements of `mapisim bench`
pub mod memory; //    bytes that a registration takes
pub mod pairs; //     Advise and Unadvise among others
pub mod parallel; //  two threads on two profiles
pub mod phase; //     one phase of a transition that runs
pub mod profiles; //  HrOpenOfflineObj among many
pub mod registered; // an Outlook with sinks registered
pub mod report; //    what `mapisim bench` finds out
pub mod scripted; //  scripted clients in virtual time
pub mod sink; //      receivers with as little in them as can be
pub mod sizes; //     how many there are of what is measured
pub mod stopwatch; // contenders that take turns

pub use measure::{Effort, measure};

/// The benchmark of `docs/measuring.md` is a test.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/measuring.md")]
struct MeasuringPage;
