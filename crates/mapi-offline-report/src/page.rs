//! Timeline pages of runs, explorations and replays.

use std::cell::RefCell;
use std::path::Path;

use mapi_offline_driver::coverage::CoverageTable;
use mapi_offline_driver::{Observer, Record};
use mapi_offline_explore::scripted::Replayed;
use mapi_offline_explore::{
    Decision, RecordedPlay, Replay, ReplayRecorder, Report, Schedule, decision_in_words,
    page_of_report, part_of_failure, part_of_replay,
};
use mapi_offline_page::{PageMark, PagePart, PagePlay, PageSource, Recording, TimelinePage};
use mapi_offline_scenario::text::{brief, portable};
use mapi_offline_scenario::{Scenario, Source};

use super::human::{self, counts};
use super::{Ran, coverage, story};

/// What plays in a page: `just page-module` makes it of the crate `mapi-offline-play`.
const MODULE: &[u8] = include_bytes!("../play/module.wasm.gz");

/// Pages of what was run, scenario by scenario.
#[derive(Debug, Default)]
pub struct RunPage {
    page: TimelinePage,
    failed: usize,
}

impl RunPage {
    /// Nothing was run yet. `plays`: the reader of the page is to play.
    #[must_use]
    pub fn new(plays: bool) -> Self {
        let mut page = Self::default();
        page.page.module = plays.then_some(MODULE);
        page
    }

    /// A scenario that was run, with what happened in it.
    pub fn ran(&mut self, ran: &Ran<'_>, recording: Recording) {
        let marks = ran.outcome.failures.iter().map(|unmet| PageMark {
            line: unmet.line,
            text: unmet.in_words(),
            client: None,
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
            recording: recording.page(),
            other: None,
            play: self.page.module.and_then(|_| {
                let file = portable(Path::new(ran.file));
                play_of_run(&ran.parsed.scenario, &ran.parsed.source, file)
            }),
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
/// failures the order of the file. `file`: the path of the scenario, if the reader of the page is to play.
#[must_use]
pub fn page_of_exploration(
    title: &str,
    scenario: &Scenario,
    source: &Source,
    report: &Report,
    file: Option<&str>,
) -> TimelinePage {
    let recorder = ScenarioRecorder(scenario);
    let parts = report.failures.iter();
    let mut parts: Vec<PagePart> = parts
        .map(|failure| PagePart {
            source: Some(0),
            play: file.and_then(|_| play_of(&failure.replay, scenario, source)),
            ..part_of_failure(&recorder, failure)
        })
        .collect();
    if parts.is_empty() {
        let mut recording = Recording::new();
        let _ = mapi_offline_scenario::run(scenario, Some(&mut recording));
        parts.push(PagePart {
            name: "The order of the file".to_owned(),
            is_ok: true,
            source: Some(0),
            recording: recording.page(),
            play: file.and_then(|file| play_of_run(scenario, source, file.to_owned())),
            ..PagePart::default()
        });
    }
    TimelinePage {
        sources: vec![source_of(source)],
        module: file.map(|_| MODULE),
        ..page_of_report(title, report, parts)
    }
}

/// How a scenario is played in a page that shows a run of it. `file`: its path.
fn play_of_run(scenario: &Scenario, source: &Source, file: String) -> Option<PagePlay> {
    let replay = Replay::in_file_order(scenario, file);
    let play = play_of(&replay, scenario, source)?;
    Some(PagePlay {
        schedule: None,
        ..play
    })
}

/// How a replay of a scenario is played in a page, if its schedule has labels.
fn play_of(replay: &Replay, scenario: &Scenario, source: &Source) -> Option<PagePlay> {
    let Schedule::Labels(labels) = &replay.schedule else {
        return None;
    };
    let mut blank = replay.clone();
    blank.finding = String::new();
    blank.schedule = Schedule::Labels(Vec::new());
    blank.against = None;
    Some(PagePlay {
        text: source.text().to_owned(),
        policy: replay.policy.clone(),
        kept: replay.kept_steps(scenario).ok()?,
        schedule: Some(labels.clone()),
        replay: blank.to_toml(),
    })
}

/// The page of a replay of a scenario. `plays`: its reader is to play.
#[must_use]
pub fn page_of_replay(
    replay: &Replay,
    scenario: &Scenario,
    source: &Source,
    replayed: &Replayed,
    plays: bool,
) -> Option<TimelinePage> {
    let part = part_of_replay(&ScenarioRecorder(scenario), replay, &replayed.problems)?;
    let shows = if replayed.shows_finding {
        "shows"
    } else {
        "does not show any more"
    };
    let finding = brief(&replay.finding, 200);
    let counts = human::counts(&replayed.outcome);
    let verdict = match finding.as_str() {
        "" => counts,
        finding => format!("{finding} {shows}; {counts}"),
    };
    Some(TimelinePage {
        title: brief(&scenario.title, 200),
        verdict,
        is_ok: part.is_ok,
        parts: vec![PagePart {
            source: Some(0),
            play: plays.then(|| play_of(replay, scenario, source)).flatten(),
            ..part
        }],
        sources: vec![source_of(source)],
        module: plays.then_some(MODULE),
    })
}

/// Plays replays of a scenario.
struct ScenarioRecorder<'s>(&'s Scenario);

impl ReplayRecorder for ScenarioRecorder<'_> {
    fn record(&self, replay: &Replay, decision: Option<&Decision>) -> Option<RecordedPlay> {
        let active = story::active(replay, self.0).ok()?;
        let recording = RefCell::new(Recording::new());
        let mut observer = CastRecorder {
            recording: &recording,
            active: &active,
        };
        let replayed = replay.play_by_turns(self.0, Some(&mut observer), &mut |turn| {
            if let Some(decision) = decision.filter(|decision| decision.turn == turn) {
                recording.borrow_mut().decides(&decision_in_words(decision));
            }
        });
        Some(RecordedPlay {
            problems: replayed.ok()?.problems,
            recording: recording.take().page(),
            mismatch: None,
        })
    }
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
