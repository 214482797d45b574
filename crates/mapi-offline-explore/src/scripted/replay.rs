//! Replays of scenarios: made from a play, and played.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use mapi_offline::{ActDifference, ClientActs, Observer};
use mapi_offline_core::{ClientId, Finding, FindingId, Policy, PolicyError};
use mapi_offline_scenario::{ObserverAndWatcher, Outcome, Scenario, calls_that_fail};

use super::fingerprint::fingerprint;
use super::kept_steps::places;
use super::oracle::Oracle;
use super::system::{ScriptedClients, ScriptedPlay, Variant, put_into_words};
use crate::noise;
use crate::problem::Problem;
use crate::reach::never_reached;
use crate::replay::{Replay, ReplayError, Replayable};
use crate::schedule::Schedule;
use crate::schedule_run::{ScheduleOutcome, follow};
use crate::system::Subject;
use crate::tolerance::Tolerance;

/// What came of a replay of a scenario.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// What came of the play.
    pub outcome: Outcome,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Whether the finding that the replay was saved for is among the problems.
    pub shows_finding: bool,
}

impl Replay {
    /// A scenario in free order, whole, and as its file says wherever that is possible; `file`: its path. It was saved
    /// for no finding.
    #[must_use]
    pub fn in_file_order(scenario: &Scenario, file: String) -> Self {
        let clients = ScriptedClients::new(scenario, file, Tolerance::default());
        let whole = Variant::whole(scenario.policy);
        let schedule = Schedule::Labels(Vec::new());
        clients.replay(&whole, String::new(), schedule)
    }

    /// Which steps of the scenario take place, by their place in it. `None`: all of them.
    ///
    /// # Errors
    /// [`ReplayError::UnknownStep`], [`ReplayError::OfSomethingElse`].
    pub fn kept_steps(&self, scenario: &Scenario) -> Result<Option<Vec<bool>>, ReplayError> {
        let Replayable::Scenario { steps, .. } = &self.of else {
            return Err(ReplayError::OfSomethingElse("a scenario"));
        };
        let steps = steps.as_ref();
        steps.map(|steps| places(scenario, steps)).transpose()
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

    /// What it was saved for fails, though it be a warning.
    fn tolerance(&self) -> Tolerance {
        Tolerance {
            denied: FindingId::from_name(&self.finding).into_iter().collect(),
            ..Tolerance::default()
        }
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
        let Replayable::Scenario {
            file,
            fingerprint: saved,
            ..
        } = &self.of
        else {
            return Err(ReplayError::OfSomethingElse("a scenario"));
        };
        is_unchanged(scenario, file, saved)?;
        let clients = ScriptedClients::new(scenario, file.clone(), self.tolerance());
        let kept = self.kept_steps(scenario)?;
        let variant = |knobs| -> Result<Variant, ReplayError> {
            Ok(Variant {
                policy: policy(knobs)?,
                kept: kept.clone(),
                faults: match &self.schedule {
                    Schedule::Labels(labels) => calls_that_fail(labels),
                    Schedule::Places(_) => 0,
                },
            })
        };
        let main = variant(&self.policy)?;
        let without = match &self.against {
            Some(against) => {
                let labels = Schedule::Labels(against.schedule.clone());
                Some(acts(&clients, &variant(&against.policy)?, &labels)?)
            }
            None => None,
        };
        let acts = Rc::new(RefCell::new(ClientActs::default()));
        let mut both = (Rc::clone(&acts), observer);
        let observer: Option<&mut dyn Observer> = match (&without, &mut both) {
            (None, (_, observer)) => observer.as_mut().map(|observer| &mut **observer as _),
            (Some(_), both) => Some(both),
        };
        let mut system = clients.with_observer(&main, observer);
        let walked = follow_exactly(&mut system, &self.schedule, turn)?;
        let acts = acts.take().cut_off(!walked.is_over);
        let mut problems: Vec<Problem> = walked.problems.into_iter().map(|(_, p)| p).collect();
        if let Some(difference) = without.and_then(|without| without.difference(&acts)) {
            let noise = main.policy.noise;
            let mut names = scenario.clients.iter();
            let place = names.position(|client| client.name == difference.client);
            let client = place.map(|place| ClientId(place as u32));
            let (rule, detail) = (ActDifference::rule(noise), difference.in_words(noise));
            let mut finding = Finding::new(FindingId::ReactsToNoise, client, rule, detail);
            finding.place.call = difference.call();
            system.play.found(finding);
            problems.push(noise::problem(&difference, noise));
        }
        let outcome = system.finish();
        if self.finding == FindingId::NeverReached.name() {
            problems.extend(unreached(&clients, &main, &self.schedule));
        }
        put_into_words(&mut problems, &outcome.findings);
        problems.retain(|problem| clients.fails(problem));
        let mut names = problems.iter().map(Problem::name);
        Ok(Replayed {
            shows_finding: names.any(|name| name == self.finding),
            outcome,
            problems,
        })
    }
}

/// The file is the one that was explored.
fn is_unchanged(scenario: &Scenario, file: &str, saved: &str) -> Result<(), ReplayError> {
    let found = fingerprint(scenario);
    if found == saved {
        return Ok(());
    }
    Err(ReplayError::ScenarioChanged {
        scenario: file.to_owned(),
        saved: saved.to_owned(),
        found,
    })
}

/// What each client does in a play of this schedule.
fn acts(
    clients: &ScriptedClients<'_>,
    variant: &Variant,
    schedule: &Schedule,
) -> Result<ClientActs, ReplayError> {
    let mut acts = ClientActs::default();
    let mut system = clients.with_observer(variant, Some(&mut acts));
    let walked = follow_exactly(&mut system, schedule, &mut |_| {})?;
    drop(system);
    Ok(acts.cut_off(!walked.is_over))
}

/// The clients that reach nothing in an execution.
fn unreached(
    clients: &ScriptedClients<'_>,
    variant: &Variant,
    schedule: &Schedule,
) -> Vec<Problem> {
    let log = clients.tell(variant, schedule).unwrap_or_default().log;
    let profiles = clients.scenario.profiles.iter();
    let profiles: Vec<String> = profiles.map(|profile| profile.name.clone()).collect();
    let specs = clients.scenario.clients.iter();
    specs
        .filter_map(|client| never_reached(&log, &client.name, &profiles))
        .collect()
}

/// Follows a schedule to the letter.
fn follow_exactly(
    system: &mut ScriptedPlay<'_, ObserverAndWatcher<'_, Oracle>>,
    schedule: &Schedule,
    turn: &mut dyn FnMut(usize),
) -> Result<ScheduleOutcome, ReplayError> {
    match follow(system, schedule, turn) {
        (_, Some(mismatch)) => Err(mismatch.into()),
        (labelled, None) => Ok(labelled.walked),
    }
}

fn policy(knobs: &BTreeMap<String, String>) -> Result<Policy, PolicyError> {
    let mut policy = Policy::default();
    for (knob, value) in knobs {
        policy.set(knob, value)?;
    }
    Ok(policy)
}
