//! Timeline pages of what was explored or replayed: each failure, beside the nearest order that passes.

use mapi_offline_core::FindingId;
use mapi_offline_page::{PageMark, PageOrder, PagePart, PageRecording, TimelinePage};
use mapi_offline_scenario::text::{brief, count, harmless, many};

use crate::policies::NOISE;
use crate::problem::Problem;
use crate::replay::{Replay, Replayable};
use crate::report::Decision;
use crate::report::{Failure, Report};
use crate::schedule::{NotPossible, Schedule};

/// So many events of the turn from which a client does not come back are shown: one that calls for ever makes events
/// without an end.
pub(crate) const EVENTS_OF_STUCK_TURN: usize = 20;

/// So many events of an execution are kept before that is known.
pub(crate) const KEPT_EVENTS: usize = 100_000;

/// What came of a replay that was played for a page.
#[derive(Clone, Debug, Default)]
pub struct RecordedPlay {
    /// What happened.
    pub recording: PageRecording,
    /// What fails.
    pub problems: Vec<Problem>,
    /// What of the schedule was not possible, if it could not be followed to its end.
    pub mismatch: Option<NotPossible>,
}

/// Plays replays once more, for a page: whoever explores does not record every execution.
pub trait ReplayRecorder {
    /// Plays a replay and records it, with the decision that matters, if one is given. `None`: it cannot be played.
    fn record(&self, replay: &Replay, decision: Option<&Decision>) -> Option<RecordedPlay>;

    /// The decision that matters in a failure. `None`: it goes wrong in every order, or nobody knows.
    fn find_decision(&self, failure: &Failure) -> Option<Decision> {
        failure.story.decision.clone()
    }
}

/// A failure as a page shows it: what happens, with the nearest order that passes. What is not recorded, because nothing
/// can be played any more or a client has ended its process, stands in the notes.
pub fn part_of_failure(recorder: &dyn ReplayRecorder, failure: &Failure) -> PagePart {
    let story = &failure.story;
    let mut notes = vec![story.what.clone()];
    notes.extend(story.rule.map(|(id, text)| format!("{id}: {text}")));
    let policy = story.policy.iter();
    notes.extend(policy.map(|(knob, value)| format!("under the policy {knob} = {value}")));
    let can_be_played = failure.can_be_played();
    let decision = can_be_played.then(|| recorder.find_decision(failure));
    let decision = decision.flatten();
    let played = can_be_played.then(|| recorder.record(&failure.replay, decision.as_ref()));
    let mut played = played.flatten().unwrap_or_default();
    notes.extend(what_is_missing(failure, &played));
    let shows = failure.is_repeatable || failure.finding == FindingId::NotDeterministic.name();
    if shows {
        add_findings(&mut played.recording, [&failure.problem]);
    }
    let other = nearest(&failure.replay, decision.as_ref()).filter(|_| can_be_played);
    let other = other.and_then(|(about, replay)| {
        let other = recorder.record(&replay, None)?;
        let mut problems = other.problems.iter();
        let passes = !problems.any(|problem| problem.is_like(&failure.problem));
        (passes && other.mismatch.is_none()).then_some(PageOrder {
            about,
            recording: other.recording,
        })
    });
    PagePart {
        name: brief(&story.what, 120),
        notes,
        marks: marks([&failure.problem]),
        recording: played.recording,
        other,
        ..PagePart::default()
    }
}

/// The part of a page that shows a replay, in which these problems were found.
pub fn part_of_replay(
    recorder: &dyn ReplayRecorder,
    replay: &Replay,
    problems: &[Problem],
) -> Option<PagePart> {
    let mut played = recorder.record(replay, None)?;
    add_findings(&mut played.recording, problems);
    let name = match brief(&replay.finding, 200).as_str() {
        "" => "The order of the replay".to_owned(),
        finding => finding.to_owned(),
    };
    Some(PagePart {
        name,
        is_ok: problems.is_empty(),
        notes: problems.iter().map(ToString::to_string).collect(),
        marks: marks(problems),
        recording: played.recording,
        ..PagePart::default()
    })
}

/// The page of an exploration. `parts`: what it shows.
#[must_use]
pub fn page_of_report(title: &str, report: &Report, parts: Vec<PagePart>) -> TimelinePage {
    let schedules = many(report.schedules, "schedule");
    let failed = match report.failures.len() {
        0 => "nothing fails".to_owned(),
        number => count(number as u64, "finding"),
    };
    let exhausted = if report.exhausted { "" } else { "not " };
    let verdict = format!("{failed} in {schedules}, {exhausted}exhausted");
    page_of_play(title, verdict, &report.failures, parts)
}

/// `this decides it: …`
#[must_use]
pub fn decision_in_words(decision: &Decision) -> String {
    let (instead, chosen) = (&decision.instead, &decision.chosen);
    format!("this decides it: `{instead}` in place of `{chosen}` lets it pass")
}

/// The order of clients in which always the first goes of what is possible, if nothing fails in it.
pub(crate) fn part_of_first_order(recorder: &dyn ReplayRecorder, of: Replayable) -> PagePart {
    let replay = Replay {
        of,
        finding: String::new(),
        schedule: Schedule::Labels(Vec::new()),
        policy: std::collections::BTreeMap::new(),
        against: None,
    };
    let played = recorder.record(&replay, None).unwrap_or_default();
    PagePart {
        name: "The first order".to_owned(),
        is_ok: true,
        notes: vec!["In it the first goes of what is possible, at each turn.".to_owned()],
        recording: played.recording,
        ..PagePart::default()
    }
}

/// The page of an execution that is about to end its process, of whoever plays it, or that does not come back. `again`:
/// how it is played again.
pub(crate) fn page_of_cut_off(
    title: &str,
    problem: &Problem,
    mut recording: PageRecording,
    again: &str,
) -> TimelinePage {
    let mut notes = vec![problem.to_string()];
    notes.extend(how_it_is_cut_off(problem).map(str::to_owned));
    notes.extend(again.lines().map(str::to_owned));
    add_findings(&mut recording, [problem]);
    TimelinePage {
        title: brief(title, 200),
        verdict: problem.name().into_owned(),
        is_ok: false,
        parts: vec![PagePart {
            name: brief(&notes[0], 120),
            notes,
            recording,
            ..PagePart::default()
        }],
        ..TimelinePage::default()
    }
}

/// Why a recording does not come to the end of its execution, if it does not.
fn how_it_is_cut_off(problem: &Problem) -> Option<&'static str> {
    match problem {
        Problem::Finding { id, .. } => match id {
            FindingId::Crashed => Some("The client ends its process. The recording ends there."),
            FindingId::Stuck => Some(
                "The client does not come back. The recording ends there: of a turn without an end it has the first \
                 events.",
            ),
            _ => None,
        },
        _ => None,
    }
}

/// The page of a play in which these failures showed. `parts`: what it shows.
pub(crate) fn page_of_play(
    title: &str,
    verdict: String,
    failures: &[Failure],
    parts: Vec<PagePart>,
) -> TimelinePage {
    TimelinePage {
        title: brief(title, 200),
        verdict,
        is_ok: failures.is_empty(),
        parts,
        ..TimelinePage::default()
    }
}

/// What a page does not show of a failure, and why.
fn what_is_missing(failure: &Failure, played: &RecordedPlay) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(how_it_is_cut_off(&failure.problem).map(str::to_owned));
    if !failure.is_repeatable {
        let why = "The code depends on something that mapisim does not decide: played again, this order may show \
                   something else.";
        notes.push(why.to_owned());
    }
    if let Some(mismatch) = &played.mismatch {
        notes.push(format!(
            "The order could not be followed to its end: {mismatch}."
        ));
    }
    if played.recording.is_empty() {
        notes.push("What happened was not recorded.".to_owned());
        notes.extend(harmless(&failure.timeline).lines().map(str::to_owned));
    }
    notes
}

/// Adds the findings that the emulation does not make, and so has not told the recording of.
fn add_findings<'p>(
    recording: &mut PageRecording,
    problems: impl IntoIterator<Item = &'p Problem>,
) {
    for problem in problems {
        if problem.is_of_the_process() {
            recording.cut_off();
        }
        if let Problem::Finding {
            id,
            client,
            rule,
            detail,
        } = problem
            && !recording.has_found(*id)
        {
            recording.add_finding(*id, client.as_deref(), rule, detail);
        }
    }
}

/// What goes wrong that is no finding.
fn marks<'p>(problems: impl IntoIterator<Item = &'p Problem>) -> Vec<PageMark> {
    let is_no_finding = |problem: &&Problem| !matches!(problem, Problem::Finding { .. });
    let problems = problems.into_iter().filter(is_no_finding);
    let marks = problems.map(|problem| PageMark {
        line: match problem {
            Problem::Always { line, .. } => *line,
            _ => 0,
        },
        text: problem.to_string(),
        client: problem.client().map(str::to_owned),
    });
    marks.collect()
}

/// The nearest order that passes, in words and as a replay: up to the decision that matters the same, then what lets it
/// pass, and then what comes by itself. Of what is compared with a play without noise: that play.
fn nearest(replay: &Replay, decision: Option<&Decision>) -> Option<(String, Replay)> {
    let mut other = replay.clone();
    if let Some(against) = other.against.take() {
        other.schedule = Schedule::Labels(against.schedule);
        other.policy = against.policy;
        other.policy.entry(NOISE.to_owned()).or_default();
        return Some((
            "The other order is the same play without the noise.".to_owned(),
            other,
        ));
    }
    let decision = decision?;
    other.schedule = Schedule::Labels(decision.passing.clone());
    let then = match &replay.of {
        Replayable::Scenario { .. } => "goes on in the order of the file",
        Replayable::Clients { .. } | Replayable::Check { .. } => {
            "goes on with as few switches as can be"
        }
    };
    let about = format!(
        "Both orders are the same up to turn {}. There comes `{}` in the one, and `{}` in the other, which then {then}.",
        decision.turn, decision.chosen, decision.instead
    );
    Some((about, other))
}
