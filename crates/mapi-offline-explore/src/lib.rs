//! The doubter: runs a scenario in many orders and under many policies, and shrinks what fails.

mod clients; //  client libraries, explored as binaries
#[cfg(feature = "proptest")]
pub mod property; // property tests of clients
pub mod scripted; // scenarios of scripted clients
mod stacks; //   real client code, each on a stack of its own
mod strategy; // who goes next: one algorithm, one file

pub use clients::{ClientError, ClientOptions, explore_clients, replay_clients};
pub use stacks::{Check, Failure, HostStep, Problem, Report, Schedule, ScheduleError, Sim};
pub use stacks::{check, wait_until};
pub use strategy::{Actor, Choice, Dfs, Pct, Random, Strategy};

/// The examples of `docs/exploring.md` are tests.
#[cfg(all(doctest, feature = "proptest"))]
#[doc = include_str!("../../../docs/exploring.md")]
struct Exploring;
