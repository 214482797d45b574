//! Scripted clients: a scenario, and the engine that runs it.

mod calls; //   the calls of a scripted client
mod engine; //  runs a scenario
mod judge; //   what is expected against what came
mod model; //   a scenario as a value
mod outcome; // what came of a run
mod steps; //   which steps may start, and when

pub use crate::teller::Found;
pub use model::{
    Action, Call, ClientSpec, Condition, CreateSpec, Environment, Expectation, ExpectedState,
    HostAction, Line, Micros, Parent, ProfileSpec, Reaction, Scenario, ScriptCall, Step, Trigger,
    WhichRegistration,
};
pub use outcome::{Failure, Outcome};

use crate::event::Observer;

/// Runs a scenario to its end (HOST-2: the host quits, and every profile logs off).
///
/// The same scenario gives the same events and the same outcome on every machine. `observer`
/// sees what happens; without one, nothing is spent on it.
#[must_use]
pub fn run(scenario: &Scenario, observer: Option<&mut dyn Observer>) -> Outcome {
    engine::Engine::new(scenario, observer).run()
}
