//! Replays: one execution as a value that can be saved, and played again on any machine.

use std::collections::BTreeMap;

use mapi_offline_core::PolicyError;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::schedule::{NotPossible, Schedule, ScheduleError};
use crate::strategy::Choice;

/// The version of the format that this program writes. It reads the earlier ones too.
const VERSION: u32 = 2;

/// One execution: of what, under which policy, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Of what.
    pub of: Replayable,
    /// What goes wrong: the name of the problem.
    pub finding: String,
    /// What happens, turn by turn.
    pub schedule: Schedule,
    /// The knobs that are not at their defaults.
    pub policy: BTreeMap<String, String>,
    /// What the execution is compared with, where the finding comes from comparing.
    pub against: Option<Against>,
}

/// What a replay is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayable {
    /// Of a scenario.
    Scenario {
        /// Its file, as it was given.
        file: String,
        /// What it was, apart from its formatting.
        fingerprint: String,
        /// The steps that take place, by actor, counted from 1; nobody else has any. `None`: all
        /// of them.
        steps: Option<BTreeMap<String, Vec<usize>>>,
    },
    /// Of client libraries.
    Clients {
        /// Their files, as they were given.
        files: Vec<String>,
        /// The profile that they connect to.
        profile: String,
        /// So many calls could be made to fail; see [`ClientOptions::faults`](crate::ClientOptions::faults).
        faults: u32,
    },
    /// Of a [`check`](crate::check).
    Check {
        /// Where it stands in its source.
        place: String,
    },
}

/// The other execution of a comparison: of the same steps, or of the same clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Against {
    /// What happens, turn by turn.
    pub schedule: Vec<String>,
    /// The knobs that are not at their defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policy: BTreeMap<String, String>,
}

impl Against {
    /// These turns, under a policy of these settings.
    pub(crate) fn of(turns: &[Choice], policy: BTreeMap<String, String>) -> Self {
        Self {
            schedule: turns.iter().map(|turn| turn.label.clone()).collect(),
            policy,
        }
    }
}

/// Why a replay cannot be read or played.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReplayError {
    /// The text is no replay.
    #[error("this is no replay: {0}")]
    Unreadable(String),
    /// A later version of the format.
    #[error(
        "this replay is in version {found} of the format, and this program knows version 1 to \
         {VERSION}"
    )]
    Version {
        /// What it says.
        found: i64,
    },
    /// It is of something else.
    #[error("this replay is not of {0}")]
    OfSomethingElse(&'static str),
    /// The scenario is not the one that was explored.
    #[error(
        "the scenario `{scenario}` has changed since the replay was saved: its fingerprint is \
         {found}, and was {saved}"
    )]
    ScenarioChanged {
        /// The file, as it was given then.
        scenario: String,
        /// The fingerprint then.
        saved: String,
        /// The fingerprint now.
        found: String,
    },
    /// The policy is none.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// It names a step that the scenario does not have.
    #[error("the scenario has no step {ordinal} of `{actor}`")]
    UnknownStep {
        /// Whose.
        actor: String,
        /// Which, from 1.
        ordinal: usize,
    },
    /// Something in the schedule cannot happen.
    #[error(transparent)]
    NotPossible(#[from] NotPossible),
}

/// A replay as it stands in its file. Version 1 had the schedules of client libraries as places
/// alone; so has version 2 where a client left nothing behind that could be played again.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayFile {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scenario: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clients: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    faults: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check: Option<String>,
    finding: String,
    schedule: Written,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    policy: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    steps: Option<BTreeMap<String, Vec<usize>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    against: Option<Against>,
}

/// A schedule as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Labels(Vec<String>),
    Places(String),
}

impl Replay {
    /// The replay as the text of a file.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut file = ReplayFile {
            version: VERSION,
            scenario: None,
            fingerprint: None,
            clients: None,
            profile: None,
            faults: None,
            check: None,
            finding: self.finding.clone(),
            schedule: match &self.schedule {
                Schedule::Labels(labels) => Written::Labels(labels.clone()),
                Schedule::Places(_) => Written::Places(self.schedule.to_string()),
            },
            policy: self.policy.clone(),
            steps: None,
            against: self.against.clone(),
        };
        match self.of.clone() {
            Replayable::Scenario {
                file: scenario,
                fingerprint,
                steps,
            } => {
                file.scenario = Some(scenario);
                file.fingerprint = Some(fingerprint);
                file.steps = steps;
            }
            Replayable::Clients {
                files,
                profile,
                faults,
            } => {
                file.clients = Some(files);
                file.profile = Some(profile);
                file.faults = (faults > 0).then_some(faults);
            }
            Replayable::Check { place } => file.check = Some(place),
        }
        // Strings, numbers and lists of them: TOML has words for all.
        toml::to_string(&file).unwrap_or_default()
    }

    /// Reads the text of a file, in this version of the format or an earlier one.
    ///
    /// # Errors
    /// [`ReplayError::Unreadable`], [`ReplayError::Version`].
    pub fn from_toml(text: &str) -> Result<Self, ReplayError> {
        let unreadable = |error: toml::de::Error| ReplayError::Unreadable(error.to_string());
        let table: toml::Table = text.parse().map_err(unreadable)?;
        match table.get("version").and_then(toml::Value::as_integer) {
            Some(found) if !(1..=VERSION.into()).contains(&found) => {
                Err(ReplayError::Version { found })
            }
            _ => Self::from_file(table.try_into().map_err(unreadable)?),
        }
    }

    fn from_file(file: ReplayFile) -> Result<Self, ReplayError> {
        fn required<T>(field: Option<T>, name: &str) -> Result<T, ReplayError> {
            field.ok_or_else(|| ReplayError::Unreadable(format!("missing field `{name}`")))
        }
        let of = match (file.clients, file.check) {
            (Some(files), _) => Replayable::Clients {
                files,
                profile: required(file.profile, "profile")?,
                faults: file.faults.unwrap_or(0),
            },
            (None, Some(place)) => Replayable::Check { place },
            (None, None) => Replayable::Scenario {
                file: required(file.scenario, "scenario")?,
                fingerprint: required(file.fingerprint, "fingerprint")?,
                steps: file.steps,
            },
        };
        let schedule = match file.schedule {
            Written::Labels(labels) => Schedule::Labels(labels),
            Written::Places(text) => text
                .parse()
                .map_err(|error: ScheduleError| ReplayError::Unreadable(error.to_string()))?,
        };
        Ok(Self {
            of,
            finding: file.finding,
            schedule,
            policy: file.policy,
            against: file.against,
        })
    }
}
