//! The engine that runs a scenario of scripted clients.

mod audience; // to whom an engine tells what happens
mod calls; //   the calls of a scripted client
mod canonical; // what a play is apart from its counters
mod free_order; // which steps may start when times do not bind
mod judge; //   what is expected against what came
mod names; //   what things are called
mod outcome; // what came of a run
mod play; //    a scenario under way, driven by an explorer
mod run; //     runs a scenario
mod state; //   how far a scenario under way has come
mod steps; //   which steps may start, and when

pub use audience::{Audience, ObserverAndWatcher, Quiet, Watched};
pub use free_order::Setting;
pub use outcome::{Observed, ObservedAt, Outcome, Unmet};
pub use play::{Actor, Play, PlayTurn};

use mapi_offline_driver::{Observer, Reporter};

use crate::model::Scenario;

/// Runs a scenario to its end (HOST-2: the host quits, and every profile logs off).
///
/// The same scenario gives the same events and the same outcome on every machine. `observer`
/// sees what happens; without one, nothing is spent on it.
#[must_use]
pub fn run(scenario: &Scenario, observer: Option<&mut dyn Observer>) -> Outcome {
    let observer = observer.map(|observer| Box::new(observer) as Box<dyn Observer>);
    state::Engine::new(scenario, Reporter::new(observer)).run()
}
