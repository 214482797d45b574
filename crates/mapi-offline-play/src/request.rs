//! What is asked, and what is answered.

use std::collections::BTreeMap;

use mapi_offline_core::Policy;
use mapi_offline_scenario::Scenario;
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
    /// Whether the scenario is run in the order and at the times of its file. Then only a trace is given.
    pub run: bool,
    /// Whether a trace of the play is wanted, too.
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
    /// Whether nothing is possible any more. If not, it was given up after [`TURNS_MAX`] turns.
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

/// The scenario of a request.
pub(crate) fn read(request: &PlayRequest) -> Result<Scenario, String> {
    let parsed = mapi_offline_scenario::parse(&request.name, request.text.as_bytes());
    let scenario = parsed.map_err(|_| format!("{} is no scenario", request.name))?;
    let scenario = scenario.scenario;
    match &request.kept {
        Some(kept) if kept.len() != scenario.steps.len() => {
            Err(format!("{} has other steps", request.name))
        }
        _ => Ok(scenario),
    }
}

/// The policy of a request.
pub(crate) fn policy(request: &PlayRequest, scenario: &Scenario) -> Result<Policy, String> {
    let Some(knobs) = &request.policy else {
        return Ok(scenario.policy);
    };
    let mut policy = Policy::default();
    for (knob, value) in knobs {
        let set = policy.set(knob, value);
        set.map_err(|error| error.to_string())?;
    }
    Ok(policy)
}
