//! The doubter: runs a scenario in many orders and under many policies, and shrinks what fails.

mod clients; //    client libraries, explored as binaries
mod digest; //     worlds by hash
mod exhaustive; // every world that can be reached
mod livelock; //   clients that undo each other for ever
mod noise; //      clients that react to noise
mod page; //       timeline pages
mod place; //      which call a problem is about
mod policies; //   which policies are tried
mod problem; //    what can go wrong
#[cfg(feature = "proptest")]
pub mod property; // property tests of clients
mod reach; //      clients that reach nothing
mod replay; //     an execution as a value that can be saved
mod report; //     what came of an exploration
mod sample; //     many executions, as a strategy decides
mod schedule; //   who went when
mod schedule_run; // one execution, judged at every turn
pub mod scripted; // scenarios of scripted clients
mod search; //     how to search
mod shrink; //     the least that still goes wrong
mod stacks; //     real client code, each on a stack of its own
mod story; //      a failure for people
mod strategy; //   who goes next: one algorithm, one file
mod system; //     what can be explored
mod timeline; //   what happened, line by line
mod tolerance; //  what fails, and what is passed over
mod whereabouts; // who was where when an execution did not end

pub use clients::{
    ChildProgram, ClientError, ClientOptions, MeasuredBlock, MeasuringEnd, MeasuringPlan,
    NotifyTime, explore_clients, explore_clients_under, measure_clients, page_of_client_replay,
    page_of_clients, replay_clients, serve_clients,
};
pub use page::{
    RecordedPlay, ReplayRecorder, decision_in_words, page_of_report, part_of_failure,
    part_of_replay,
};
pub use problem::Problem;
pub use replay::{Against, Replay, ReplayError, Replayable};
pub use report::{Decision, Dependence, Failure, Progress, Remark, Report, Stopped, Story};
pub use schedule::{NotPossible, Schedule, ScheduleError};
pub use stacks::{Check, HostStep, LEAST_STACK_SIZE, Sim, StackError, check, wait_until};
pub use strategy::{Actor, Choice, Dfs, Pct, Random, SampledStrategy, Strategy};

/// The examples of `docs/exploring.md` are tests.
#[cfg(all(doctest, feature = "proptest"))]
#[doc = include_str!("../../../docs/exploring.md")]
struct Exploring;

/// So are those of `docs/testing-rust.md`.
#[cfg(all(doctest, feature = "proptest"))]
#[doc = include_str!("../../../docs/testing-rust.md")]
struct TestingRust;

/// So are those of `docs/coverage.md`.
#[cfg(all(doctest, feature = "proptest"))]
#[doc = include_str!("../../../docs/coverage.md")]
struct CoveringBehaviour;
