//! What came of a replay, for people and for programs.

use std::io::{self, Write};

use mapi_offline_core::FindingId;
use mapi_offline_explore::scripted::Replayed;
use mapi_offline_explore::{Failure, Problem, Replay};
use mapi_offline_scenario::Scenario;
use mapi_offline_scenario::text::{brief, harmless};
use serde::Serialize;

use super::human::counts;
use super::story::{Shown, headline};
use super::style::{self, styled};
use super::{head, json};

/// A replay that was played.
#[derive(Debug)]
pub struct Played<'a> {
    /// The replay's path.
    pub file: &'a str,
    /// What was replayed.
    pub replay: &'a Replay,
    /// What it was of.
    pub of: PlayedOf<'a>,
}

/// What was played.
#[derive(Debug)]
pub enum PlayedOf<'a> {
    /// A scenario.
    Scenario {
        /// Its path.
        file: &'a str,
        /// The scenario.
        scenario: &'a Scenario,
        /// What came of it.
        replayed: &'a Replayed,
        /// The play as a person sees it.
        shown: &'a Shown,
    },
    /// Client libraries.
    Clients {
        /// As the replay names them.
        files: &'a [String],
        /// What went wrong; all in one play.
        failures: &'a [Failure],
    },
}

/// The result as machines read it.
#[derive(Serialize)]
pub struct ReplayJson<'a> {
    file: &'a str,
    /// The scenario, or the client libraries.
    of: Vec<String>,
    /// What the replay was saved for.
    finding: &'a str,
    shows: bool,
    /// All that fails, by name.
    failures: Vec<String>,
    /// All that was found in the play of a scenario.
    findings: Vec<json::FindingJson>,
}

impl Played<'_> {
    /// All that fails, by name.
    fn names(&self) -> Vec<String> {
        let name = |problem: &Problem| problem.name().into_owned();
        match &self.of {
            PlayedOf::Scenario { replayed, .. } => replayed.problems.iter().map(name).collect(),
            PlayedOf::Clients { failures, .. } => {
                let problems = failures.iter().map(|failure| &failure.problem);
                problems.map(name).collect()
            }
        }
    }

    /// Returns true when everything holds now.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.names().is_empty()
    }

    /// The result as machines read it.
    #[must_use]
    pub fn json(&self) -> ReplayJson<'_> {
        let failures = self.names();
        let (of, findings) = match &self.of {
            PlayedOf::Scenario { file, replayed, .. } => {
                let findings = replayed.outcome.findings.iter();
                let findings = findings.map(json::FindingJson::new);
                (vec![(*file).to_owned()], findings.collect())
            }
            PlayedOf::Clients { files, .. } => (files.to_vec(), Vec::new()),
        };
        ReplayJson {
            file: self.file,
            of,
            finding: &self.replay.finding,
            shows: failures.contains(&self.replay.finding),
            failures,
            findings,
        }
    }

    /// The result as people read it, `width` columns wide.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn write(&self, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
        let finding = &self.replay.finding;
        let names = self.names();
        let verdict = verdict(finding, names.contains(finding), &names);
        match &self.of {
            PlayedOf::Scenario {
                file,
                scenario,
                replayed,
                shown,
            } => {
                let file = format!("{file}, as {} says", self.file);
                head(&scenario.title, &file, out)?;
                for (knob, value) in &self.replay.policy {
                    let (knob, value) = (brief(knob, 60), brief(value, 200));
                    writeln!(out, "under the policy {knob} = {value}")?;
                }
                writeln!(out)?;
                shown.write(width, out)?;
                writeln!(out)?;
                replayed
                    .problems
                    .iter()
                    .try_for_each(|it| broken(it, out))?;
                writeln!(out, "{verdict}: {}", counts(&replayed.outcome))
            }
            PlayedOf::Clients { files, failures } => {
                let files = harmless(&files.join(", "));
                let file = format!("{files}, as {} says", self.file);
                head("Client libraries", &file, out)?;
                writeln!(out)?;
                for failure in *failures {
                    headline(failure, width, out)?;
                }
                // They are all of one play.
                if let Some(failure) = failures.first() {
                    writeln!(out, "\n{}", harmless(&failure.timeline))?;
                }
                writeln!(out, "{verdict}")
            }
        }
    }
}

/// What does not hold, and is no finding, which the timeline shows.
fn broken(problem: &Problem, out: &mut impl Write) -> io::Result<()> {
    let sign = styled(style::BAD, "✗");
    match problem {
        Problem::Always {
            what,
            expected,
            got,
            ..
        } => {
            let (expected, got) = (brief(expected, 2_000), brief(got, 2_000));
            writeln!(out, "  {sign} [[always]] {}", brief(what, 200))?;
            writeln!(out, "    expected  {}", styled(style::GOOD, &expected))?;
            writeln!(out, "         got  {}\n", styled(style::BAD, &got))
        }
        Problem::Invariant { rule, detail } => {
            writeln!(out, "  {sign} the emulation broke {rule}: {detail}\n")
        }
        _ => Ok(()),
    }
}

/// The line that says whether what the replay was saved for still shows.
fn verdict(finding: &str, shows: bool, names: &[String]) -> String {
    let finding = brief(finding, 200);
    let others: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| *name != finding)
        .collect();
    match (shows, others.as_slice()) {
        // The page saves an order in which nothing is wrong, too.
        (false, []) if finding.is_empty() => styled(style::GOOD, "✓ nothing fails"),
        (false, others) if finding.is_empty() => {
            styled(style::BAD, &format!("✗ {} shows", others.join(", ")))
        }
        (true, []) => styled(style::BAD, &format!("✗ {finding} shows")),
        (true, others) => {
            let others = others.join(", ");
            styled(style::BAD, &format!("✗ {finding} shows, and {others}"))
        }
        (false, []) if finding == FindingId::OrderDependent.name() => {
            let text = format!("✓ nothing fails: {finding} shows when two orders are compared");
            styled(style::GOOD, &text)
        }
        (false, []) => styled(style::GOOD, &format!("✓ {finding} does not show any more")),
        (false, others) => {
            let others = others.join(", ");
            let text = format!("✗ {finding} does not show any more, but {others} does");
            styled(style::BAD, &text)
        }
    }
}
