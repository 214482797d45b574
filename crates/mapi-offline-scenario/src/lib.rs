//! Scenarios: what clients, users and servers do, as a value; the files that say it; and the engine
//! that runs it in virtual time, the same on every machine.
//!
//! ```
//! let text = br#"
//! title = "Nothing happens"
//! [[profile]]
//! name = "Work"
//! "#;
//! let parsed = mapi_offline_scenario::parse("nothing.toml", text).expect("it is a scenario");
//! let outcome = mapi_offline_scenario::run(&parsed.scenario, None);
//! assert!(outcome.failures.is_empty());
//! ```

#![forbid(unsafe_code)]

mod engine; //   runs a scenario
mod file; //     scenario files: from text to a scenario, or every mistake at its place
mod model; //    a scenario as a value
pub mod text; // text for people: short, and harmless to a terminal

pub use engine::{
    Actor, Audience, FAILS, MixedRun, Observed, ObservedAt, ObserverAndWatcher, Outcome,
    OutsideCall, OutsideTask, Play, PlayTurn, Quiet, Setting, SharedWithEngine, StrandAside, Unmet,
    Watched, calls_that_fail, run,
};
pub use file::{Blessed, Mistake, Parsed, Place, Source, bless, json_schema, parse, suggest};
pub use mapi_offline_core::{AnyCallback, OutsideCallback, ScriptCallback};
pub use mapi_offline_driver::{Environment, Found, HostAction, Micros};
pub use model::{
    Action, CallSpec, ClientSpec, Condition, CreateSpec, Expectation, ExpectedState, FastShutdown,
    Line, Parent, ProfileSpec, Reaction, Scenario, ScriptCall, ScriptedProvider, Step, Trigger,
    WhichRegistration,
};
