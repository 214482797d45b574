//! Scripted clients: a scenario, and the engine that runs it.

mod model; //  a scenario as a value

pub use model::{
    Action, Call, ClientSpec, Condition, CreateSpec, Environment, Expectation, ExpectedState,
    HostAction, Line, Micros, Parent, ProfileSpec, Reaction, Scenario, ScriptCall, Step, Trigger,
    WhichRegistration,
};

mod outcome; // what came of a run

pub use outcome::{Failure, Found, Outcome};

use crate::event::Observer;

/// Runs a scenario to its end (HOST-2: the host quits, and every profile logs off).
///
/// The same scenario gives the same events and the same outcome on every machine. `observer`
/// sees what happens; without one, nothing is spent on it.
#[must_use]
pub fn run(_scenario: &Scenario, _observer: Option<&mut dyn Observer>) -> Outcome {
    Outcome::default()
}
