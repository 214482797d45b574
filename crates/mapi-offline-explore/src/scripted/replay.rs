//! Replays: one play as a value that can be saved, and played again on any machine.

use std::collections::BTreeMap;

use mapi_offline::Observer;
use mapi_offline_core::{ClientId, Finding, FindingId, Policy, PolicyError};
use mapi_offline_scenario::{Action, Actor, Outcome, Play, Scenario, Setting, Told, Turn};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::compare::{self, Calls, differs};
use super::fingerprint::fingerprint;
use super::oracle::Oracle;
use super::policies;
use super::problem::{Problem, Rules};
use super::walk::{Walked, Walker};

/// The version of the format that this program writes.
const VERSION: u32 = 1;

/// One play of a scenario: which steps take place, under which policy, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The version of this format: 1.
    pub version: u32,
    /// The scenario file, as it was given.
    pub scenario: String,
    /// What the scenario was, apart from its formatting.
    pub fingerprint: String,
    /// What goes wrong: the name of the problem.
    pub finding: String,
    /// What happens, turn by turn.
    pub schedule: Vec<String>,
    /// The knobs that are not at their defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policy: BTreeMap<String, String>,
    /// The steps that take place, by actor, counted from 1; nobody else has any. No such table:
    /// all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<BTreeMap<String, Vec<usize>>>,
    /// What the play is compared with, where the finding comes from comparing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
}

/// The other play of a comparison: of the same steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Against {
    /// What happens, turn by turn.
    pub schedule: Vec<String>,
    /// The knobs that are not at their defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policy: BTreeMap<String, String>,
}

/// What came of a replay.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// What came of the play.
    pub outcome: Outcome,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Is the finding that the replay was saved for among it?
    pub shows_finding: bool,
}

/// Why a replay cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReplayError {
    /// The text is no replay.
    #[error("this is no replay: {0}")]
    Unreadable(String),
    /// Another version of the format.
    #[error("this replay is in version {found} of the format, and this program knows version 1")]
    Version {
        /// What it says.
        found: u32,
    },
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
    #[error("turn {turn} cannot be `{label}`: {}", possible_in_words(.possible))]
    NotPossible {
        /// Which, from 1.
        turn: usize,
        /// What the schedule says.
        label: String,
        /// What was possible.
        possible: Vec<String>,
    },
}

fn possible_in_words(possible: &[String]) -> String {
    match possible {
        [] => "nothing is possible any more".to_owned(),
        _ => format!("what is possible is `{}`", possible.join("`, `")),
    }
}

impl Replay {
    /// Describes a play.
    pub(super) fn new(
        file: &str,
        setting: Setting<'_>,
        finding: String,
        schedule: Vec<String>,
    ) -> Self {
        Self {
            version: VERSION,
            scenario: file.to_owned(),
            fingerprint: fingerprint(setting.scenario),
            finding,
            schedule,
            policy: knobs(&setting.policy),
            steps: setting.kept.map(|kept| ordinals(setting.scenario, kept)),
            against: None,
        }
    }

    /// The replay as the text of a file.
    #[must_use]
    pub fn to_toml(&self) -> String {
        // Strings, numbers and lists of them: TOML has words for all.
        toml::to_string(self).unwrap_or_default()
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`ReplayError::Unreadable`], [`ReplayError::Version`].
    pub fn from_toml(text: &str) -> Result<Self, ReplayError> {
        let unreadable = |error: toml::de::Error| ReplayError::Unreadable(error.to_string());
        let table: toml::Table = text.parse().map_err(unreadable)?;
        let found = table.get("version").and_then(toml::Value::as_integer);
        match found.map(u32::try_from) {
            Some(Ok(found)) if found != VERSION => Err(ReplayError::Version { found }),
            _ => table.try_into().map_err(unreadable),
        }
    }

    /// Plays exactly this, and tells `observer`. The same replay of the same scenario gives the
    /// same events on every machine. `observer` has seen events if a turn turns out not to be
    /// possible.
    ///
    /// # Errors
    /// Every [`ReplayError`] but those of reading.
    pub fn play(
        &self,
        scenario: &Scenario,
        observer: Option<&mut dyn Observer>,
    ) -> Result<Replayed, ReplayError> {
        self.play_by_turns(scenario, observer, &mut |_| {})
    }

    /// As [`Replay::play`]. Before each turn of the schedule `turn` is told its number, from 1.
    ///
    /// # Errors
    /// As [`Replay::play`].
    pub fn play_by_turns(
        &self,
        scenario: &Scenario,
        observer: Option<&mut dyn Observer>,
        turn: &mut dyn FnMut(usize),
    ) -> Result<Replayed, ReplayError> {
        if self.version != VERSION {
            return Err(ReplayError::Version {
                found: self.version,
            });
        }
        let found = fingerprint(scenario);
        if found != self.fingerprint {
            return Err(ReplayError::ScenarioChanged {
                scenario: self.scenario.clone(),
                saved: self.fingerprint.clone(),
                found,
            });
        }
        let steps = self.steps.as_ref();
        let kept = steps.map(|steps| places(scenario, steps)).transpose()?;
        let setting = |knobs| -> Result<Setting<'_>, ReplayError> {
            Ok(Setting {
                scenario,
                policy: policy(knobs)?,
                kept: kept.as_deref(),
            })
        };
        let rules = Rules::new(scenario);
        let main = setting(&self.policy)?;
        let other = match &self.against {
            Some(against) => {
                let other = setting(&against.policy)?;
                let oracle = Oracle::new(scenario, &other.policy).listening();
                let mut play = Play::told(other, oracle, None);
                let walked = follow(&mut play, &rules, &against.schedule, &mut |_| {})?;
                Some(Calls::of(&mut play, &walked))
            }
            None => None,
        };
        let mut oracle = Oracle::new(scenario, &main.policy);
        if other.is_some() {
            oracle = oracle.listening();
        }
        let mut play = Play::told(main, oracle, observer);
        let walked = follow(&mut play, &rules, &self.schedule, turn)?;
        let calls = Calls::of(&mut play, &walked);
        let mut problems: Vec<Problem> = walked.problems.into_iter().map(|(_, p)| p).collect();
        if let Some(other) = other
            && let Some(client) = differs(scenario, &other, &calls)
        {
            play.found(compare::finding(client));
            let client = Some(client);
            let id = FindingId::ReactsToNoise;
            problems.push(Problem::Finding { id, client });
        }
        Ok(Replayed {
            outcome: play.finish(),
            shows_finding: problems
                .iter()
                .any(|problem| problem.name() == self.finding),
            problems,
        })
    }
}

/// Plays a schedule to the letter; when it has ended, always the first of what is possible.
fn follow(
    play: &mut Play<'_, Told<'_, Oracle>>,
    rules: &Rules,
    schedule: &[String],
    turn: &mut dyn FnMut(usize),
) -> Result<Walked, ReplayError> {
    let mut at = 0;
    let mut wrong = None;
    let walked = Walker::new(rules, 0).walk(play, &mut |play, turns: &[Turn]| {
        let Some(label) = schedule.get(at) else {
            return Some(0);
        };
        let possible = play.labels(turns);
        at += 1;
        turn(at);
        let chosen = possible.iter().position(|other| other == label);
        if chosen.is_none() {
            wrong = Some((at, label.clone(), possible));
        }
        chosen
    });
    let wrong = wrong.or_else(|| {
        let label = schedule.get(at).filter(|_| walked.is_over)?;
        Some((at + 1, label.clone(), Vec::new()))
    });
    match wrong {
        Some((turn, label, possible)) => Err(ReplayError::NotPossible {
            turn,
            label,
            possible,
        }),
        None => Ok(walked),
    }
}

/// The knobs that are not at their defaults.
pub(super) fn knobs(policy: &Policy) -> BTreeMap<String, String> {
    let settings = policies::settings(policy).into_iter();
    settings
        .map(|(knob, value)| (knob.to_owned(), value))
        .collect()
}

fn policy(knobs: &BTreeMap<String, String>) -> Result<Policy, PolicyError> {
    let mut policy = Policy::default();
    for (knob, value) in knobs {
        policy.set(knob, value)?;
    }
    Ok(policy)
}

/// Whose step it is.
pub(super) fn actor_of(scenario: &Scenario, step: usize) -> Actor {
    match &scenario.steps[step].action {
        Action::Host { .. } => Actor::Host,
        Action::Client { client, .. } => Actor::Client(*client as u32),
    }
}

/// What an actor is called.
pub(super) fn actor_name(scenario: &Scenario, actor: Actor) -> &str {
    match actor {
        Actor::Host => "host",
        Actor::Client(client) => &scenario.clients[client as usize].name,
        Actor::Dispatcher(_) => "the emulation",
    }
}

/// The steps that take place, by actor.
fn ordinals(scenario: &Scenario, kept: &[bool]) -> BTreeMap<String, Vec<usize>> {
    let mut ordinals: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (step, &kept) in kept.iter().enumerate() {
        let name = actor_name(scenario, actor_of(scenario, step));
        let count = counts.entry(name).or_default();
        *count += 1;
        if kept {
            ordinals.entry(name.to_owned()).or_default().push(*count);
        }
    }
    ordinals
}

fn places(
    scenario: &Scenario,
    steps: &BTreeMap<String, Vec<usize>>,
) -> Result<Vec<bool>, ReplayError> {
    let mut kept = vec![false; scenario.steps.len()];
    for (name, ordinals) in steps {
        let all = (0..kept.len()).filter(|&step| {
            let actor = actor_of(scenario, step);
            actor_name(scenario, actor) == name
        });
        let own: Vec<usize> = all.collect();
        for &ordinal in ordinals {
            let place = ordinal.checked_sub(1).and_then(|ordinal| own.get(ordinal));
            let &place = place.ok_or_else(|| ReplayError::UnknownStep {
                actor: name.clone(),
                ordinal,
            })?;
            kept[place] = true;
        }
    }
    Ok(kept)
}

/// A finding about a client, by its place.
pub(super) fn about(id: FindingId, client: usize, rule: &'static str, detail: &str) -> Finding {
    Finding {
        id,
        client: Some(ClientId(client as u32)),
        rule,
        detail: detail.to_owned(),
    }
}
