//! A scenario, played in an order that somebody chooses.

use mapi_offline_core::Severity;
use mapi_offline_driver::{Found, TraceWriter};
use mapi_offline_page::{PageMark, PagePart, Recording, TimelinePage};
use mapi_offline_scenario::{Play, Scenario, Setting, Unmet, calls_that_fail};

use crate::request::{PlayAnswer, PlayRequest, TURNS_MAX, TurnPlayed, policy, read};
use crate::run::text_of;

/// Plays the schedule of a request, and then goes on with the first of what is possible.
pub(crate) fn play(request: &PlayRequest) -> Result<PlayAnswer, String> {
    let scenario = read(request)?;
    let policy = policy(request, &scenario)?;
    let trace = request.trace.then(|| TraceWriter::new(Vec::new()));
    let mut views = (Recording::new(), trace);
    let setting = Setting {
        kept: request.kept.as_deref(),
        faults: calls_that_fail(&request.schedule),
        ..Setting::new(&scenario, policy)
    };
    let mut play = Play::with_observer(setting, (), Some(&mut views));
    let (turns, is_over) = follow(&mut play, &request.schedule)?;
    let broken = if is_over {
        play.broken_always()
    } else {
        Vec::new()
    };
    let outcome = play.finish();
    let finding = what_goes_wrong(&scenario, &broken, &outcome.findings);
    let (recording, trace) = views;
    let part = PagePart {
        is_ok: finding.is_empty(),
        notes: notes(&turns, is_over, &finding),
        marks: broken.iter().map(mark).collect(),
        recording: recording.page(),
        ..PagePart::default()
    };
    let page = TimelinePage {
        parts: vec![part],
        ..TimelinePage::default()
    };
    Ok(PlayAnswer {
        error: None,
        page: page.data(),
        turns,
        is_over,
        finding,
        trace: trace.map(text_of),
    })
}

/// The play of a request.
type Chosen<'s, 'o> = Play<'s, mapi_offline_scenario::ObserverAndWatcher<'o, ()>>;

/// Plays to the end, or for [`TURNS_MAX`] turns. Gives the turns, and whether it came to the end.
fn follow(
    play: &mut Chosen<'_, '_>,
    schedule: &[String],
) -> Result<(Vec<TurnPlayed>, bool), String> {
    let (mut turns, mut choices) = (Vec::new(), Vec::new());
    loop {
        play.choices(&mut choices);
        let wanted = schedule.get(turns.len());
        if choices.is_empty() {
            return match wanted {
                None => Ok((turns, true)),
                Some(label) => Err(not_possible(turns.len(), label)),
            };
        }
        if turns.len() == TURNS_MAX {
            return Ok((turns, false));
        }
        let possible = play.labels(&choices);
        let chosen = match wanted {
            None => 0,
            Some(label) => {
                let place = possible.iter().position(|other| other == label);
                place.ok_or_else(|| not_possible(turns.len(), label))?
            }
        };
        turns.push(TurnPlayed { possible, chosen });
        play.play(choices[chosen]);
    }
}

fn not_possible(before: usize, label: &str) -> String {
    format!("turn {} cannot be `{label}`", before + 1)
}

/// The name of what goes wrong, as a replay has it: an `[[always]]` block that does not hold, or the first error that
/// the scenario does not allow.
fn what_goes_wrong(scenario: &Scenario, broken: &[Unmet], findings: &[Found]) -> String {
    if let Some(unmet) = broken.first() {
        return format!("always: {}", unmet.what);
    }
    let is_allowed = |found: &Found| {
        let mut allowed = scenario
            .always
            .iter()
            .flat_map(|block| block.findings.iter().flatten());
        allowed.any(|id| *id == found.id)
    };
    let mut errors = findings
        .iter()
        .filter(|found| found.id.severity() == Severity::Error);
    let first = errors.find(|found| !is_allowed(found));
    first.map_or_else(String::new, |found| found.id.name().to_owned())
}

fn mark(unmet: &Unmet) -> PageMark {
    PageMark {
        line: unmet.line,
        text: unmet.in_words(),
        client: None,
    }
}

/// What is to be said of the play, line by line.
fn notes(turns: &[TurnPlayed], is_over: bool, finding: &str) -> Vec<String> {
    let wrong = match finding {
        "" => "Nothing goes wrong in this order.".to_owned(),
        finding => format!("In this order there is {finding}."),
    };
    let length = match is_over {
        true => format!("It has {} turns, and ends.", turns.len()),
        false => format!("It goes on after {} turns, and was given up.", turns.len()),
    };
    vec![wrong, length]
}
