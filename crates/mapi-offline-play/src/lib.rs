//! What the timeline page plays: a scenario in an order that its reader chooses, turn by turn.
//!
//! [`answer`] takes a [`PlayRequest`] and gives a [`PlayAnswer`], both as JSON. The page has this crate as a module of
//! WebAssembly in it, whose functions are in `door.rs`; elsewhere it is a library, so that a test can hold what the
//! module says against what the same code says natively. It knows nothing of the oracle, the policies and the searches
//! of an exploration: it plays one order, and says what was found in it.

#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]

#[cfg(target_arch = "wasm32")]
mod door; // the functions of the module
mod play; // a scenario, played in an order that somebody chooses
mod run; //  a scenario, run as its file says

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is asked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlayRequest {
    /// The path of the scenario, as it was given.
    pub name: String,
    /// The scenario.
    pub text: String,
    /// The knobs that are not at their defaults, by name. `None`: the policy of the scenario.
    pub policy: Option<BTreeMap<String, String>>,
    /// Which steps take place, by their place in the file. `None`: all.
    pub kept: Option<Vec<bool>>,
    /// What happens, turn by turn, by label. Then the first of what is possible goes next.
    pub schedule: Vec<String>,
    /// Is the scenario run in the order and at the times of its file? Then only a trace is given.
    pub run: bool,
    /// Is a trace of the play wanted, too?
    pub trace: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PlayAnswer {
    /// Why nothing was played: the scenario is none, or the schedule or the policy is not possible in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// A page with one recording: what [`mapi_offline_page::TimelinePage::data`] gives.
    pub page: Value,
    /// The turns that were played. The recording has those of the number `n`, from 1, at the time of `n` microseconds.
    pub turns: Vec<TurnPlayed>,
    /// Is nothing possible any more? If not, it was given up after [`TURNS_MAX`] turns.
    pub is_over: bool,
    /// The name of what goes wrong, as a replay has it: the first error that the scenario does not allow. Empty: nothing.
    pub finding: String,
    /// The trace, as JSON Lines, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// A turn, and what was possible there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TurnPlayed {
    /// What could go next, by label.
    pub possible: Vec<String>,
    /// The place of what went next.
    pub chosen: usize,
}

/// A play of so many turns is given up: nobody reads on.
pub const TURNS_MAX: usize = 5_000;

/// Answers a [`PlayRequest`] as JSON with a [`PlayAnswer`] as JSON.
#[must_use]
pub fn answer(request: &[u8]) -> String {
    let request: Result<PlayRequest, _> = serde_json::from_slice(request);
    let answer = match request {
        Err(error) => Err(error.to_string()),
        Ok(request) if request.run => run::run(&request),
        Ok(request) => play::play(&request),
    };
    let answer = answer.unwrap_or_else(|error| PlayAnswer {
        error: Some(error),
        ..PlayAnswer::default()
    });
    // Strings, numbers and lists of them: JSON has words for all.
    serde_json::to_string(&answer).unwrap_or_default()
}

#[cfg(test)]
mod tests;
