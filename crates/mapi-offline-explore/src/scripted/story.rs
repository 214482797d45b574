//! A failure for people: what happens, the one decision that matters, the rule it rests on.

use std::fmt;

use mapi_offline::TraceWriter;
use mapi_offline_core::{FindingId, RULES};
use mapi_offline_scenario::Scenario;

use super::problem::Problem;
use super::replay::{Replay, actor_name};
use super::shrink::{Case, Ran, Shrinker, changes};

/// A failure, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// What goes wrong, in a sentence.
    pub what: String,
    /// The rule that it rests on, and what that says.
    pub rule: Option<(&'static str, &'static str)>,
    /// The policy settings that it takes, besides the scenario's own: knob and value.
    pub policy: Vec<(String, String)>,
    /// What happens, turn by turn: whose turn it is, and what it is.
    pub turns: Vec<(String, String)>,
    /// How often another actor goes on than acted before.
    pub switches: usize,
    /// How many steps take place.
    pub steps: usize,
    /// The one decision that matters. `None`: it goes wrong in every order.
    pub decision: Option<Decision>,
    /// The trace of it: JSON Lines, a record a line.
    pub trace: String,
}

/// The last decision at which another choice lets the problem pass, if everything then goes on in
/// file order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its turn, from 1.
    pub turn: usize,
    /// What happens.
    pub chosen: String,
    /// What would let it pass, the first such choice.
    pub instead: String,
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        for (knob, value) in &self.policy {
            writeln!(f, "  under {knob} = {value}")?;
        }
        for (turn, (actor, label)) in (1..).zip(&self.turns) {
            let decides = self.decision.as_ref().is_some_and(|d| d.turn == turn);
            let mark = if decides { '>' } else { ' ' };
            writeln!(f, "{mark} {turn:>3}  {actor}: {label}")?;
        }
        match &self.decision {
            Some(decision) => writeln!(
                f,
                "What decides it is turn {}: had `{}` come instead of `{}`, it would have passed.",
                decision.turn, decision.instead, decision.chosen
            )?,
            None => writeln!(f, "It goes wrong in every order.")?,
        }
        if let Some((id, text)) = self.rule {
            writeln!(f, "It rests on {id}: {text}")?;
        }
        Ok(())
    }
}

/// Tells a shrunk failure. Its decision is looked for by playing on from every one of its turns.
pub(super) fn tell(
    scenario: &Scenario,
    shrinker: &mut Shrinker<'_>,
    case: &Case,
    ran: &Ran,
    problem: &Problem,
    replay: &Replay,
) -> Story {
    let shown = ran
        .problem
        .as_ref()
        .map_or(ran.schedule.len(), |(turns, _)| *turns);
    let decision = decision(shrinker, case, ran, problem, shown);
    story(scenario, case, ran, problem, replay, decision)
}

/// Puts a play into words.
pub(super) fn story(
    scenario: &Scenario,
    case: &Case,
    ran: &Ran,
    problem: &Problem,
    replay: &Replay,
    decision: Option<Decision>,
) -> Story {
    let mut trace = TraceWriter::new(Vec::new());
    let replayed = replay.play(scenario, Some(&mut trace)).ok();
    let trace = trace.finish().unwrap_or_default();
    let (what, rule) = words(
        scenario,
        problem,
        replayed.as_ref().map(|r| &r.outcome.findings),
    );
    let own = changes(&case.policy, &scenario.policy);
    Story {
        what,
        rule: rule.and_then(|rule| {
            let known = RULES.iter().find(|known| known.id == rule)?;
            Some((known.id, known.text))
        }),
        policy: own
            .into_iter()
            .map(|(knob, value)| (knob.to_owned(), value))
            .collect(),
        turns: ran
            .actors
            .iter()
            .zip(&ran.schedule)
            .map(|(&actor, label)| (actor_name(scenario, actor).to_owned(), label.clone()))
            .collect(),
        switches: ran.switches(),
        steps: case.kept.iter().filter(|kept| **kept).count(),
        decision,
        trace: String::from_utf8_lossy(&trace).into_owned(),
    }
}

fn decision(
    shrinker: &mut Shrinker<'_>,
    case: &Case,
    ran: &Ran,
    problem: &Problem,
    shown: usize,
) -> Option<Decision> {
    let turns = shown.min(ran.schedule.len());
    (0..turns).rev().find_map(|at| {
        let possible = shrinker.possible(case, &ran.schedule[..at]);
        let others = possible
            .into_iter()
            .filter(|label| *label != ran.schedule[at]);
        for instead in others {
            let mut schedule = ran.schedule[..at].to_vec();
            schedule.push(instead.clone());
            let other = Case {
                schedule,
                ..case.clone()
            };
            if shrinker.run(&other, problem).problem.is_none() {
                return Some(Decision {
                    turn: at + 1,
                    chosen: ran.schedule[at].clone(),
                    instead,
                });
            }
        }
        None
    })
}

/// What is wrong in a sentence, and the rule it rests on.
fn words(
    scenario: &Scenario,
    problem: &Problem,
    findings: Option<&Vec<mapi_offline_scenario::Found>>,
) -> (String, Option<&'static str>) {
    match problem {
        Problem::Finding { id, client } => {
            let name = client.map(|client| scenario.clients[client].name.as_str());
            let mut found = findings.into_iter().flatten();
            let found = found.find(|f| f.id == *id && f.client.as_deref() == name);
            let detail = found.map_or_else(|| id.about().to_owned(), |found| found.detail.clone());
            let rule = found.map(|found| found.rule);
            let rule = rule.or((*id == FindingId::Livelock).then_some("SET-8"));
            let subject = name.map(|name| format!(" ({name})")).unwrap_or_default();
            (format!("{id}{subject}: {detail}"), rule)
        }
        Problem::Always {
            line,
            what,
            expected,
            got,
        } => {
            let what = format!("[[always]] in line {line}: {what} is {got}, not {expected}");
            (what, None)
        }
        Problem::Invariant { rule, detail } => {
            (format!("the emulation broke {rule}: {detail}"), Some(rule))
        }
    }
}
