//! A failure of an exploration, told: what goes wrong, the rule, what happens, what decides it.

use std::cell::RefCell;
use std::io::{self, Write};

use mapi_offline_driver::{Event, Observer, Record};
use mapi_offline_explore::scripted::Replayed;
use mapi_offline_explore::{Decision, Failure, Replay, ReplayError, decision_in_words};
use mapi_offline_scenario::text::{brief, harmless};
use mapi_offline_scenario::{Action, Scenario};

use super::style::{self, styled};
use super::{Timeline, lanes, wrapped};
use crate::text::count;

/// A failure: what goes wrong, the rule, what happens, what decides it.
pub fn story(
    failure: &Failure,
    scenario: Option<&Scenario>,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    headline(failure, width, out)?;
    for (knob, value) in &failure.story.policy {
        let value = if value.is_empty() { "none" } else { value };
        writeln!(out, "  under the policy {knob} = {value}")?;
    }
    writeln!(out)?;
    match scenario {
        Some(scenario) => of_scenario(failure, scenario, width, out),
        None => of_clients(failure, out),
    }
}

/// What goes wrong, and the rule that it rests on.
pub(super) fn headline(
    failure: &Failure,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let what = brief(&failure.story.what, 400);
    writeln!(
        out,
        "{} {}",
        styled(style::BAD, "✗"),
        styled(style::STRONG, &what)
    )?;
    if let Some((id, text)) = failure.story.rule {
        quiet(&format!("{id}: {text}"), width, out)?;
    }
    Ok(())
}

/// What happens in a scenario, and what decides it.
fn of_scenario(
    failure: &Failure,
    scenario: &Scenario,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let story = &failure.story;
    let decision = story.decision.as_ref();
    if let Ok((shown, _)) = played(&failure.replay, scenario, decision, None) {
        shown.write(width, out)?;
    }
    writeln!(out)?;
    if decision.is_none() {
        let why = if failure.replay.against.is_some() {
            "It shows against the same play without the noise, in which what it does is something else."
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
    )?;
    let file_order = failure.file_order.as_ref();
    let file_order = file_order.and_then(|replay| played(replay, scenario, None, None).ok());
    if let Some((shown, _)) = file_order {
        writeln!(out, "\n  It shows in the order of the file, too:\n")?;
        shown.write(width, out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// What happens in client libraries.
fn of_clients(failure: &Failure, out: &mut impl Write) -> io::Result<()> {
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

/// A quiet paragraph.
fn quiet(text: &str, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    for line in wrapped(text, "  ", width) {
        writeln!(out, "{}", styled(style::QUIET, &line))?;
    }
    Ok(())
}

/// A replay that was played, as it is shown.
#[derive(Debug)]
pub struct Shown {
    timeline: Timeline,
    /// With those clients alone that do something.
    scenario: Scenario,
}

impl Shown {
    pub fn write(&self, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
        lanes::write(&self.timeline, &self.scenario, width, out)
    }
}

/// Plays a replay. In what is shown the decision is marked, if there is one; `observer` sees all
/// that happens.
pub fn played(
    replay: &Replay,
    scenario: &Scenario,
    decision: Option<&Decision>,
    observer: Option<&mut dyn Observer>,
) -> Result<(Shown, Replayed), ReplayError> {
    let active = active(replay, scenario)?;
    let shown = cast(scenario, &active);
    let timeline = RefCell::new(Timeline::of_cast(&shown, &active));
    let mut cast_observer = CastObserver {
        timeline: &timeline,
        active: &active,
        other: observer,
    };
    let replayed = replay.play_by_turns(scenario, Some(&mut cast_observer), &mut |turn| {
        if let Some(decision) = decision.filter(|decision| decision.turn == turn) {
            timeline.borrow_mut().decides(&decision_in_words(decision));
        }
    })?;
    let shown = Shown {
        timeline: timeline.into_inner(),
        scenario: shown,
    };
    Ok((shown, replayed))
}

/// Which clients do something in a replay.
pub(super) fn active(replay: &Replay, scenario: &Scenario) -> Result<Vec<bool>, ReplayError> {
    let mut active = Active(vec![false; scenario.clients.len()]);
    replay.play(scenario, Some(&mut active))?;
    Ok(active.0)
}

/// Returns true when an event is shown, if these clients do something. What the others skip is not.
pub(super) fn is_shown(record: &Record<'_>, active: &[bool]) -> bool {
    match record.event {
        Event::Skipped { client, .. } => active[client.0 as usize],
        Event::HostSkipped(_) => false,
        _ => true,
    }
}

/// The scenario with some of its clients.
fn cast(scenario: &Scenario, active: &[bool]) -> Scenario {
    let mut cast = scenario.clone();
    let mut is_active = active.iter();
    cast.clients.retain(|_| is_active.next() == Some(&true));
    cast.steps.retain_mut(|step| match &mut step.action {
        Action::Host { .. } => true,
        Action::Client { client, .. } => {
            let stays = active[*client];
            *client = active[..*client].iter().filter(|active| **active).count();
            stays
        }
    });
    cast
}

/// Sees which clients do something.
struct Active(Vec<bool>);

impl Observer for Active {
    fn observe(&mut self, record: &Record<'_>) {
        if let Event::Call { client, .. }
        | Event::MapiCall { client, .. }
        | Event::Notify { client, .. } = record.event
        {
            self.0[client.0 as usize] = true;
        }
    }
}

/// Sees for a timeline of the clients that are active, and for somebody else.
struct CastObserver<'e, 'o> {
    timeline: &'e RefCell<Timeline>,
    active: &'e [bool],
    other: Option<&'o mut dyn Observer>,
}

impl Observer for CastObserver<'_, '_> {
    fn observe(&mut self, record: &Record<'_>) {
        if is_shown(record, self.active) && !record.event.is_silent() {
            self.timeline.borrow_mut().observe(record);
        }
        if let Some(other) = &mut self.other {
            record.tell(*other);
        }
    }

    fn sees_silent(&self) -> bool {
        let mut others = self.other.iter();
        others.any(|other| other.sees_silent())
    }
}
