//! What was checked in a file, one thing after the other, as reports for CI have it.

use std::collections::BTreeMap;
use std::io;

use mapi_offline_core::{FindingId, Severity};
use mapi_offline_driver::{Event, Observer, Record};
use mapi_offline_explore::{Failure, Problem, Report};
use mapi_offline_scenario::text::{brief, harmless};
use mapi_offline_scenario::{
    Action, CallSpec, Expectation, Line, Scenario, ScriptCall, Source, Unmet,
};

use super::findings::{self, FindingGroup, of_whom};
use super::{Broken, Ran, Timeline, failure, lanes, story, write_broken};
use crate::text::many;

/// A file, and what was checked in it.
#[derive(Clone, Debug, Default)]
pub struct CheckedFile {
    /// The path, as it was given; of client libraries: all of them.
    pub file: String,
    /// What the scenario shows.
    pub title: String,
    /// In the order of the file, and then as it was found. Never empty.
    pub checks: Vec<CheckedThing>,
}

/// One thing that was checked.
#[derive(Clone, Debug)]
pub struct CheckedThing {
    /// What it is, unlike all others of the file.
    pub name: String,
    /// Where the file says it, or what led to it.
    pub line: Option<Line>,
    /// Whether it holds.
    pub standing: CheckStanding,
    /// What is to be said of it, on one line. Empty if there is nothing to say.
    pub message: String,
    /// The whole of it, with the timeline: lines without colours. Empty if there is nothing to say.
    pub story: String,
}

/// How things stand with what was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStanding {
    /// It holds.
    Holds,
    /// It was found, and fails nothing.
    Remarked(Severity),
    /// It does not hold.
    Fails,
    /// The file could not be run.
    Broken,
}

impl CheckStanding {
    /// Returns true when it decides that the program ends with an error.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Fails | Self::Broken)
    }

    /// What matters most comes first.
    pub(super) const fn order(self) -> u8 {
        match self {
            Self::Broken => 0,
            Self::Fails => 1,
            Self::Remarked(Severity::Error) => 2,
            Self::Remarked(Severity::Warning) => 3,
            Self::Remarked(Severity::Note) => 4,
            Self::Holds => 5,
        }
    }
}

/// So many failures of one file carry its timeline; those behind them name the first.
const WITH_TIMELINE: usize = 10;

impl CheckedFile {
    /// A scenario that was run: one thing for each line that expects something, and one for each kind of
    /// finding of each client. `lines`: where the clients were when something was found.
    #[must_use]
    pub fn ran(ran: &Ran<'_>, timeline: &Timeline, lines: Option<&FindingLines>) -> Self {
        let scenario = &ran.parsed.scenario;
        let timeline = written(|out| lanes::write(timeline, scenario, None, out));
        let mut checks = expected(scenario);
        for unmet in &ran.outcome.failures {
            take_in(&mut checks, unmet, &ran.parsed.source);
        }
        let groups = findings::groups(&ran.outcome.findings);
        checks.extend(groups.iter().map(|group| finding(group, ran, lines)));
        let bad = checks.iter_mut().filter(|check| check.standing.is_bad());
        for (place, check) in bad.enumerate() {
            check.story.push_str(if place < WITH_TIMELINE {
                &timeline
            } else {
                "\nThe timeline stands with the first failures of this file.\n"
            });
        }
        if checks.is_empty() {
            checks.push(CheckedThing::holds("it runs to its end".to_owned(), None));
        }
        Self {
            file: ran.file.to_owned(),
            title: brief(&scenario.title, 200),
            checks,
        }
    }

    /// A file that could not be run: one thing for each mistake.
    #[must_use]
    pub fn broken(file: &str, broken: &Broken) -> Self {
        let story = written(|out| write_broken(broken, None, out));
        let checks = broken.errors().into_iter().map(|error| CheckedThing {
            name: match error.line {
                Some(line) => format!("it can be run (line {line})"),
                None => "it can be run".to_owned(),
            },
            line: error.line,
            standing: CheckStanding::Broken,
            message: brief(&error.message, 400),
            story: story.clone(),
        });
        Self {
            file: file.to_owned(),
            title: "not a scenario that can be run".to_owned(),
            checks: distinct(checks.collect()),
        }
    }

    /// What was explored: one thing for each `[[always]]` of the scenario, one for each failure and one for
    /// each finding that fails nothing. `scenario`: none of client libraries. `replays`: the commands that replay
    /// the failures.
    #[must_use]
    pub fn explored(
        (file, title): (&str, &str),
        scenario: Option<&Scenario>,
        report: &Report,
        replays: &[String],
    ) -> Self {
        let blocks = scenario.map_or(&[][..], |scenario| &scenario.always);
        let mut checks: Vec<CheckedThing> = blocks
            .iter()
            .map(|block| {
                CheckedThing::holds(block_name("always", block, scenario), Some(block.line))
            })
            .collect();
        for (place, failure) in report.failures.iter().enumerate() {
            let check = failed(failure, scenario, replays.get(place));
            let mut known = checks.iter_mut();
            match known
                .find(|known| known.standing == CheckStanding::Holds && known.line == check.line)
            {
                Some(known) if check.line.is_some() => {
                    known.standing = check.standing;
                    (known.message, known.story) = (check.message, check.story);
                }
                _ => checks.push(check),
            }
        }
        checks.extend(report.remarks.iter().map(|remark| {
            let (finding, whom) = (remark.problem.name(), of_whom(remark.problem.client()));
            CheckedThing {
                name: brief(&format!("{finding}{whom}"), 200),
                line: None,
                standing: CheckStanding::Remarked(remark.problem.severity()),
                message: brief(&format!("{}{}", remark.problem, remark.place.suffix()), 400),
                story: written(|out| super::explored::remark(remark, out)),
            }
        }));
        checks.extend(report.warnings.iter().map(|warning| {
            let words = super::explored::dependence_in_words(warning);
            CheckedThing {
                name: format!("{} of {}", FindingId::OrderDependent, warning.client),
                line: None,
                standing: CheckStanding::Remarked(Severity::Warning),
                message: words.clone(),
                story: words,
            }
        }));
        if report.failures.is_empty() {
            let schedules = many(report.schedules, "schedule");
            let nothing = format!("nothing fails in {schedules}");
            checks.push(CheckedThing::holds(nothing, None));
        }
        Self {
            file: harmless(file),
            title: brief(title, 200),
            checks: distinct(checks),
        }
    }

    /// Returns true when something does not hold.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.checks.iter().any(|check| check.standing.is_bad())
    }
}

impl CheckedThing {
    const fn holds(name: String, line: Option<Line>) -> Self {
        Self {
            name,
            line,
            standing: CheckStanding::Holds,
            message: String::new(),
            story: String::new(),
        }
    }
}

/// What a scenario expects in a run, line by line, as if it held.
fn expected(scenario: &Scenario) -> Vec<CheckedThing> {
    let mut checks = BTreeMap::new();
    let mut of_call = |client: usize, call: &ScriptCall| {
        if expects(call) {
            let name = &scenario.clients[client].name;
            let name = format!("{} of {name} (line {})", call.call.name(), call.line);
            checks.insert(call.line, name);
        }
    };
    for step in &scenario.steps {
        if let Action::Client { client, call } = &step.action {
            of_call(*client, call);
        }
    }
    for (client, spec) in scenario.clients.iter().enumerate() {
        spec.on.iter().for_each(|on| of_call(client, &on.call));
    }
    for (what, blocks) in [("expect", &scenario.expect), ("always", &scenario.always)] {
        let names = blocks.iter();
        let names = names.map(|block| (block.line, block_name(what, block, Some(scenario))));
        checks.extend(names);
    }
    let checks = checks.into_iter();
    let checks = checks.map(|(line, name)| CheckedThing::holds(brief(&name, 200), Some(line)));
    checks.collect()
}

/// Returns true when the file says what comes of a call.
const fn expects(call: &ScriptCall) -> bool {
    call.returns.is_some()
        || matches!(
            call.call,
            CallSpec::GetCapabilities {
                expected: Some(_),
                ..
            } | CallSpec::GetCurrentState {
                expected: Some(_),
                ..
            }
        )
}

/// `[[expect]] of provider (line 23)`
fn block_name(what: &str, block: &Expectation, scenario: Option<&Scenario>) -> String {
    let client = block.client.zip(scenario);
    let client = client.map(|(client, scenario)| scenario.clients[client].name.as_str());
    let whom = of_whom(client.or(block.profile.as_deref()));
    format!("[[{what}]]{whom} (line {})", block.line)
}

/// Puts what did not hold where its line is.
fn take_in(checks: &mut Vec<CheckedThing>, unmet: &Unmet, source: &Source) {
    let place = checks
        .iter()
        .position(|check| check.line == Some(unmet.line));
    let place = place.unwrap_or_else(|| {
        let name = format!("{} (line {})", brief(&unmet.what, 120), unmet.line);
        checks.push(CheckedThing::holds(name, Some(unmet.line)));
        checks.len() - 1
    });
    let check = &mut checks[place];
    check.standing = CheckStanding::Fails;
    if !check.message.is_empty() {
        check.message.push_str("; ");
    }
    check.message.push_str(&unmet.in_words());
    let story = written(|out| failure::write(unmet, source, out));
    check.story.push_str(&story);
    check.story.push('\n');
}

/// What was found of a client: it fails what denies it, and is no surprise if the file expects it.
fn finding(group: &FindingGroup<'_>, ran: &Ran<'_>, lines: Option<&FindingLines>) -> CheckedThing {
    let found = group.first;
    let is_denied = ran
        .denied()
        .any(|denied| denied.id == found.id && denied.client == found.client);
    let scenario = &ran.parsed.scenario;
    let expected = scenario.expect.iter();
    let mut expected = expected.filter_map(|block| block.findings.as_ref());
    let standing = match expected.any(|findings| findings.contains(&found.id)) {
        true => CheckStanding::Holds,
        false if is_denied => CheckStanding::Fails,
        false => CheckStanding::Remarked(found.id.severity()),
    };
    let line = written(|out| group.write(out));
    CheckedThing {
        name: group.name(),
        line: lines.and_then(|lines| lines.of(found.id, found.client.as_deref())),
        standing,
        message: brief(line.trim_start_matches([' ', '●']).trim_end(), 400),
        story: line,
    }
}

/// What failed in some order, with its story.
fn failed(failure: &Failure, scenario: Option<&Scenario>, replay: Option<&String>) -> CheckedThing {
    let problem = &failure.problem;
    let whom = of_whom(problem.client());
    let mut text = written(|out| story(failure, scenario, None, out));
    if let Some(replay) = replay {
        text.push_str(&format!("  to replay it:  {replay}\n"));
    }
    CheckedThing {
        name: brief(&format!("{}{whom}", failure.finding), 200),
        line: line_of(failure, scenario),
        standing: CheckStanding::Fails,
        message: brief(
            &format!("{}{}", failure.story.what, failure.place.suffix()),
            400,
        ),
        story: text,
    }
}

/// The line of the file that a failure is about: an `[[always]]` block, or what its client did last.
fn line_of(failure: &Failure, scenario: Option<&Scenario>) -> Option<Line> {
    match &failure.problem {
        Problem::Always { line, .. } => Some(*line),
        Problem::Finding { id, client, .. } => {
            let mut lines = FindingLines::default();
            failure.replay.play(scenario?, Some(&mut lines)).ok()?;
            lines.of(*id, client.as_deref())
        }
        _ => None,
    }
}

/// The same with a number behind each name that came before.
fn distinct(mut checks: Vec<CheckedThing>) -> Vec<CheckedThing> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for check in &mut checks {
        let times = times.entry(check.name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            check.name = format!("{} #{times}", check.name);
        }
    }
    checks
}

/// What `write` writes for people, without colours.
pub(super) fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    // Memory can be written to.
    let _ = write(&mut out);
    let text = anstream::adapter::strip_bytes(&out).into_vec();
    String::from_utf8_lossy(&text).into_owned()
}

/// The lines of the file that led to what was found: an observer of a run.
#[derive(Debug, Default)]
pub struct FindingLines {
    /// The last line of each client, and of the host (`None`).
    last: BTreeMap<Option<u32>, Line>,
    /// Of each kind of finding of each client: the line when it came first.
    found: BTreeMap<(FindingId, Option<String>), Line>,
}

impl FindingLines {
    /// The last line of the client that it is about, or else of the host, before it was found first.
    #[must_use]
    pub fn of(&self, id: FindingId, client: Option<&str>) -> Option<Line> {
        let key = (id, client.map(str::to_owned));
        self.found.get(&key).copied()
    }
}

impl Observer for FindingLines {
    fn observe(&mut self, record: &Record<'_>) {
        let actor = match record.event {
            Event::Call { client, .. } | Event::MapiCall { client, .. } => Some(client.0),
            Event::Host(_) => None,
            Event::Finding(finding) => {
                let whose = finding.client.map(|client| client.0);
                let name = finding.client.map(|client| record.names().client(client));
                let key = (finding.id, name.map(std::borrow::Cow::into_owned));
                if let Some(line) = self.last.get(&whose) {
                    self.found.entry(key).or_insert(*line);
                }
                return;
            }
            _ => return,
        };
        if let Some(line) = record.line() {
            self.last.insert(actor, line);
        }
    }
}

#[cfg(test)]
mod tests;
