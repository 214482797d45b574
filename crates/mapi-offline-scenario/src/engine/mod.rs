//! The engine that runs a scenario of scripted clients.

mod audience; // to whom an engine tells what happens
mod begin; //   how a scenario begins
mod calls; //   the calls of a scripted client
mod canonical; // what a play is apart from its counters
mod chosen_failures; // which calls an explorer lets fail on purpose
mod deliver; // delivering notifications, and what clients do then
mod effects; // the engine as whom effects are carried out by
mod faults; //  calls that an explorer lets fail on purpose
mod free_order; // which steps may start when times do not bind
mod host; //    what happens to the host
mod judge; //   what is expected against what came
mod moments; // clients are connected, and told that startup is complete
mod names; //   what things are called
mod outcome; // what came of a run
mod outside; // with clients that are no scripts
mod play; //    a scenario under way, driven by an explorer
mod providers; // MAPI calls the providers when the host quits fast
mod quit; //    the host quits, and clients disconnect
mod quitting; // how far clients have disconnected
mod run; //     runs a scenario
mod state; //   how far a scenario under way has come
mod steps; //   which steps may start, and when

pub use audience::{Audience, ObserverAndWatcher, Quiet, Watched};
pub use chosen_failures::{FAILS, calls_that_fail};
pub use free_order::Setting;
pub use outcome::{Observed, ObservedAt, Outcome, Unmet};
pub use outside::{MixedRun, SharedWithEngine, StrandAside};
pub use play::{Actor, Play, PlayTurn};

pub use state::{OutsideCall, OutsideTask};

use mapi_offline_driver::{Observer, Reporter};

use crate::model::Scenario;

/// Runs a scenario to its end (HOST-2: the host quits, and every profile logs off).
///
/// The same scenario gives the same events and the same outcome on every machine. `observer`
/// sees what happens; without one, nothing is spent on it, and findings do not name the calls that they go back to.
#[must_use]
pub fn run(scenario: &Scenario, observer: Option<&mut dyn Observer>) -> Outcome {
    let observer = observer.map(|observer| Box::new(observer) as Box<dyn Observer>);
    state::Engine::<_>::new(scenario, Reporter::new(observer)).run()
}
