//! How fast the emulation notifies, and what that is compared with.
//!
//! The measuring code is shared by the benchmarks beside this library and by `mapisim bench`.
//! `docs/performance.md` says how each number is made.

pub mod bare; //      the limit: a loop of virtual calls
pub mod latency; //   how long a notification takes through the worker
pub mod measure; //   the measurements of `mapisim bench`
pub mod memory; //    bytes kept for a registration
pub mod pairs; //     Advise and Unadvise among others
pub mod parallel; //  two threads on two profiles
pub mod phase; //     one phase of a transition that runs
pub mod profiles; //  HrOpenOfflineObj among many
pub mod report; //    what `mapisim bench` finds out
pub mod results; //   what is kept to be drawn
pub mod scripted; //  scripted clients in virtual time
pub mod sink; //      receivers with as little in them as can be
pub mod stage; //     an Outlook with sinks registered
pub mod stopwatch; // contenders that take turns
