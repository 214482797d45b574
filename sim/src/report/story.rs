//! A failure of an exploration, told: what goes wrong, the rule, what happens, what decides it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};

use mapi_offline::script::Scenario;
use mapi_offline::{Observer, Record};
use mapi_offline_core::RULES;
use mapi_offline_explore::scripted::{Decision, Failure, Replay, ReplayError, Replayed};
use mapi_offline_explore::{Failure as ClientFailure, Problem};

use super::style::{self, styled};
use super::{Timeline, lanes, wrapped};
use crate::text::{brief, count, harmless};

/// A failure of a scenario.
pub(crate) fn story(
    failure: &Failure,
    scenario: &Scenario,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let story = &failure.story;
    let what = brief(&story.what, 400);
    writeln!(
        out,
        "{} {}",
        styled(style::BAD, "✗"),
        styled(style::STRONG, &what)
    )?;
    if let Some((id, text)) = story.rule {
        quiet(&format!("{id}: {text}"), width, out)?;
    }
    for (knob, value) in &story.policy {
        let value = if value.is_empty() { "none" } else { value };
        writeln!(out, "  under the policy {knob} = {value}")?;
    }
    writeln!(out)?;
    let decision = story.decision.as_ref();
    if let Ok((timeline, _)) = played(&failure.replay, scenario, decision, None) {
        lanes::write(&timeline, scenario, width, out)?;
    }
    writeln!(out)?;
    if decision.is_none() {
        let why = if failure.replay.against.is_some() {
            "It shows against the same play without the noise, in which its calls are others."
        } else {
            "No one decision is to blame: it goes wrong whatever else is chosen at one turn."
        };
        writeln!(out, "  {why}")?;
    }
    let steps = count(story.steps as u64, "step");
    let switches = count(story.switches as u64, "switch").replace("switchs", "switches");
    writeln!(
        out,
        "  {steps} of {}, {switches} from one actor to another",
        scenario.steps.len()
    )
}

/// A quiet paragraph.
fn quiet(text: &str, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    for line in wrapped(text, "  ", width) {
        writeln!(out, "{}", styled(style::QUIET, &line))?;
    }
    Ok(())
}

/// Plays a replay, and gives its timeline, in which the decision is marked. `observer` sees what
/// happens too.
pub(crate) fn played(
    replay: &Replay,
    scenario: &Scenario,
    decision: Option<&Decision>,
    observer: Option<&mut dyn Observer>,
) -> Result<(Timeline, Replayed), ReplayError> {
    let timeline = RefCell::new(Timeline::new(scenario));
    let mut eyes = Eyes(&timeline, observer);
    let replayed = replay.play_by_turns(scenario, Some(&mut eyes), &mut |turn| {
        if let Some(decision) = decision.filter(|decision| decision.turn == turn) {
            let (instead, chosen) = (&decision.instead, &decision.chosen);
            timeline.borrow_mut().decides(&format!(
                "this decides it: `{instead}` in place of `{chosen}` lets it pass"
            ));
        }
    })?;
    Ok((timeline.into_inner(), replayed))
}

/// Sees for a timeline and somebody else.
struct Eyes<'e, 'o>(&'e RefCell<Timeline>, Option<&'o mut dyn Observer>);

impl Observer for Eyes<'_, '_> {
    fn observe(&mut self, record: &Record<'_>) {
        self.0.borrow_mut().observe(record);
        if let Some(other) = &mut self.1 {
            other.observe(record);
        }
    }
}

/// A failure of client libraries.
pub(crate) fn client_story(
    failure: &ClientFailure,
    policy: &BTreeMap<String, String>,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    client_problem(failure, width, out)?;
    for (knob, value) in policy {
        writeln!(out, "  under the policy {knob} = {value}")?;
    }
    writeln!(out)?;
    write!(out, "{}", harmless(&failure.timeline))?;
    writeln!(out)?;
    if !failure.is_repeatable {
        writeln!(
            out,
            "  The code depends on something that mapisim does not decide: this may not replay it."
        )?;
    }
    Ok(())
}

/// What went wrong in client libraries, and the rule.
pub(crate) fn client_problem(
    failure: &ClientFailure,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let what = brief(&failure.problem.to_string(), 400);
    writeln!(
        out,
        "{} {}",
        styled(style::BAD, "✗"),
        styled(style::STRONG, &what)
    )?;
    if let Problem::Finding { rule, .. } = &failure.problem
        && let Some(rule) = RULES.iter().find(|known| known.id == *rule)
    {
        quiet(&format!("{}: {}", rule.id, rule.text), width, out)?;
    }
    Ok(())
}
