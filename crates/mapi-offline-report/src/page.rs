//! Timeline pages of runs, explorations and replays.

use std::cell::RefCell;

use mapi_offline_driver::coverage::CoverageTable;
use mapi_offline_driver::{Observer, Record};
use mapi_offline_explore::scripted::Replayed;
use mapi_offline_explore::{Decision, Failure, Replay, Report, Schedule};
use mapi_offline_page::{PageMark, PageOrder, PagePart, PageSource, Recording, TimelinePage};
use mapi_offline_scenario::text::brief;
use mapi_offline_scenario::{Scenario, Source};

use super::human::{self, counts};
use super::{Ran, checks, coverage, story};
use crate::text::{count, many};

/// Pages of what was run, scenario by scenario.
#[derive(Debug, Default)]
pub struct RunPage {
    page: TimelinePage,
    failed: usize,
}

impl RunPage {
    /// A scenario that was run, with what happened in it.
    pub fn ran(&mut self, ran: &Ran<'_>, recording: Recording) {
        let marks = ran.outcome.failures.iter().map(|unmet| PageMark {
            line: unmet.line,
            text: checks::unmet_in_words(unmet),
        });
        let source = self.page.sources.len();
        self.page.sources.push(source_of(&ran.parsed.source));
        self.failed += usize::from(!ran.is_ok());
        let title = brief(&ran.parsed.scenario.title, 200);
        self.page.parts.push(PagePart {
            name: title,
            is_ok: ran.is_ok(),
            notes: vec![counts(ran.outcome)],
            marks: marks.collect(),
            source: Some(source),
            recording,
            other: None,
        });
    }

    /// What clients met, in all scenarios together: it stands with the last.
    pub fn covered(&mut self, table: &CoverageTable) {
        if let Some(part) = self.page.parts.last_mut() {
            part.notes.extend(coverage::notes(table));
        }
    }

    /// The page. Of one scenario it has that one's title.
    #[must_use]
    pub fn finish(mut self) -> TimelinePage {
        let number = self.page.parts.len();
        let verdict = format!("{} passed, {} failed", number - self.failed, self.failed);
        (self.page.title, self.page.verdict) = match self.page.parts.as_slice() {
            [one] => (
                one.name.clone(),
                one.notes.first().cloned().unwrap_or_default(),
            ),
            _ => ("mapisim run".to_owned(), verdict),
        };
        self.page.is_ok = self.failed == 0;
        self.page
    }
}

/// The page of an exploration of a scenario: each failure, beside the nearest order that passes; of one without
/// failures the order of the file.
#[must_use]
pub fn page_of_exploration(
    title: &str,
    scenario: &Scenario,
    source: &Source,
    report: &Report,
) -> TimelinePage {
    let parts = report.failures.iter();
    let mut parts: Vec<PagePart> = parts
        .filter_map(|failure| of_failure(failure, scenario))
        .collect();
    if parts.is_empty() {
        let mut recording = Recording::new();
        let _ = mapi_offline_scenario::run(scenario, Some(&mut recording));
        parts.push(PagePart {
            name: "The order of the file".to_owned(),
            is_ok: true,
            source: Some(0),
            recording,
            ..PagePart::default()
        });
    }
    let schedules = many(report.schedules, "schedule");
    let failed = match report.failures.len() {
        0 => "nothing fails".to_owned(),
        number => count(number as u64, "finding"),
    };
    let exhausted = if report.exhausted { "" } else { "not " };
    let verdict = format!("{failed} in {schedules}, {exhausted}exhausted");
    TimelinePage {
        title: brief(title, 200),
        verdict,
        is_ok: report.failures.is_empty(),
        parts,
        sources: vec![source_of(source)],
    }
}

/// A failure, with the nearest order that passes.
fn of_failure(failure: &Failure, scenario: &Scenario) -> Option<PagePart> {
    let story = &failure.story;
    let (recording, _) = record(&failure.replay, scenario, story.decision.as_ref())?;
    let mut notes = vec![story.what.clone()];
    notes.extend(story.rule.map(|(id, text)| format!("{id}: {text}")));
    let policy = story.policy.iter();
    notes.extend(policy.map(|(knob, value)| format!("under the policy {knob} = {value}")));
    let other = nearest(&failure.replay, story.decision.as_ref()).and_then(|(about, replay)| {
        let (recording, replayed) = record(&replay, scenario, None)?;
        let passes = !replayed
            .problems
            .iter()
            .any(|problem| problem.is_like(&failure.problem));
        passes.then_some(PageOrder { about, recording })
    });
    Some(PagePart {
        name: brief(&story.what, 120),
        is_ok: false,
        notes,
        marks: Vec::new(),
        source: Some(0),
        recording,
        other,
    })
}

/// The nearest order that passes, in words and as a replay: up to the decision that matters the same, then what
/// lets it pass, and then the order of the file. Of what is compared with a play without noise: that play.
fn nearest(replay: &Replay, decision: Option<&Decision>) -> Option<(String, Replay)> {
    let mut other = replay.clone();
    if let Some(against) = other.against.take() {
        other.schedule = Schedule::Labels(against.schedule.clone());
        other.policy.clone_from(&against.policy);
        return Some((
            "The other order is the same play without the noise.".to_owned(),
            other,
        ));
    }
    let (decision, Schedule::Labels(labels)) = (decision?, &replay.schedule) else {
        return None;
    };
    let before = labels.get(..decision.turn.checked_sub(1)?)?;
    let labels = before.iter().cloned().chain([decision.instead.clone()]);
    other.schedule = Schedule::Labels(labels.collect());
    let about = format!(
        "Both orders are the same up to turn {}. There comes `{}` in the one, and `{}` in the other, which then goes \
         on in the order of the file.",
        decision.turn, decision.chosen, decision.instead
    );
    Some((about, other))
}

/// The page of a replay of a scenario.
#[must_use]
pub fn page_of_replay(
    replay: &Replay,
    scenario: &Scenario,
    source: &Source,
    replayed: &Replayed,
) -> Option<TimelinePage> {
    let (recording, _) = record(replay, scenario, None)?;
    let is_ok = replayed.problems.is_empty();
    let problems = replayed.problems.iter();
    let notes: Vec<String> = problems.map(ToString::to_string).collect();
    let shows = if replayed.shows_finding {
        "shows"
    } else {
        "does not show any more"
    };
    let finding = brief(&replay.finding, 200);
    Some(TimelinePage {
        title: brief(&scenario.title, 200),
        verdict: format!("{finding} {shows}; {}", human::counts(&replayed.outcome)),
        is_ok,
        parts: vec![PagePart {
            name: finding,
            is_ok,
            notes,
            marks: Vec::new(),
            source: Some(0),
            recording,
            other: None,
        }],
        sources: vec![source_of(source)],
    })
}

/// Plays a replay, and records it with the decision that matters.
fn record(
    replay: &Replay,
    scenario: &Scenario,
    decision: Option<&Decision>,
) -> Option<(Recording, Replayed)> {
    let active = story::active(replay, scenario).ok()?;
    let recording = RefCell::new(Recording::new());
    let mut observer = CastRecorder {
        recording: &recording,
        active: &active,
    };
    let replayed = replay.play_by_turns(scenario, Some(&mut observer), &mut |turn| {
        if let Some(decision) = decision.filter(|decision| decision.turn == turn) {
            recording.borrow_mut().decides(&decision_in_words(decision));
        }
    });
    Some((recording.take(), replayed.ok()?))
}

/// `this decides it: …`
pub(super) fn decision_in_words(decision: &Decision) -> String {
    let (instead, chosen) = (&decision.instead, &decision.chosen);
    format!("this decides it: `{instead}` in place of `{chosen}` lets it pass")
}

/// Records what the clients do that do something.
struct CastRecorder<'r> {
    recording: &'r RefCell<Recording>,
    active: &'r [bool],
}

impl Observer for CastRecorder<'_> {
    fn observe(&mut self, record: &Record<'_>) {
        if story::is_shown(record, self.active) {
            self.recording.borrow_mut().observe(record);
        }
    }

    fn sees_silent(&self) -> bool {
        true
    }
}

fn source_of(source: &Source) -> PageSource {
    let lines: Vec<&str> = (1..).map_while(|line| source.line(line)).collect();
    PageSource {
        name: source.name().to_owned(),
        text: lines.join("\n"),
    }
}
