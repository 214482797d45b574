//! What came of a replay, for people and for programs.

use std::io::{self, Write};

use mapi_offline_core::FindingId;
use mapi_offline_explore::Failure as ClientFailure;
use mapi_offline_explore::scripted::{Problem, Replay, Replayed};
use mapi_offline_scenario::Scenario;
use mapi_offline_scenario::text::{brief, harmless};
use serde::Serialize;

use super::human::counts;
use super::story::{self, Shown};
use super::style::{self, styled};
use super::{head, json};

/// A replay of a scenario that was played.
#[derive(Debug)]
pub struct Played<'a> {
    /// The replay's path.
    pub file: &'a str,
    /// The scenario's path.
    pub scenario_file: &'a str,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What was replayed.
    pub replay: &'a Replay,
    /// What came of it.
    pub replayed: &'a Replayed,
    /// The play as a person sees it.
    pub shown: &'a Shown,
}

/// A replay of client libraries that was played.
#[derive(Debug)]
pub struct ClientPlayed<'a> {
    /// The replay's path.
    pub file: &'a str,
    /// The client libraries, as the replay names them.
    pub clients: &'a [String],
    /// What the replay was saved for.
    pub finding: &'a str,
    /// What went wrong; all in one play.
    pub failures: &'a [ClientFailure],
}

/// The result as machines read it.
#[derive(Serialize)]
pub struct Json<'a> {
    file: &'a str,
    /// The scenario, or the client libraries.
    of: Vec<String>,
    /// What the replay was saved for.
    finding: &'a str,
    shows: bool,
    /// All that fails, by name.
    failures: Vec<String>,
    /// All that was found in the play of a scenario.
    findings: Vec<json::Finding>,
}

impl Played<'_> {
    /// The result as machines read it.
    #[must_use]
    pub fn json(&self) -> Json<'_> {
        let problems = self.replayed.problems.iter();
        let findings = self.replayed.outcome.findings.iter();
        Json {
            file: self.file,
            of: vec![self.scenario_file.to_owned()],
            finding: &self.replay.finding,
            shows: self.replayed.shows_finding,
            failures: problems.map(Problem::name).collect(),
            findings: findings.map(json::Finding::new).collect(),
        }
    }

    /// The result as people read it, `width` columns wide.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn write(&self, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
        let file = format!("{}, as {} says", self.scenario_file, self.file);
        head(&self.scenario.title, &file, out)?;
        for (knob, value) in &self.replay.policy {
            writeln!(
                out,
                "under the policy {} = {}",
                brief(knob, 60),
                brief(value, 200)
            )?;
        }
        writeln!(out)?;
        self.shown.write(width, out)?;
        writeln!(out)?;
        for problem in &self.replayed.problems {
            if let Problem::Always {
                what,
                expected,
                got,
                ..
            } = problem
            {
                let (expected, got) = (brief(expected, 2_000), brief(got, 2_000));
                writeln!(
                    out,
                    "  {} [[always]] {}",
                    styled(style::BAD, "✗"),
                    brief(what, 200)
                )?;
                writeln!(out, "    expected  {}", styled(style::GOOD, &expected))?;
                writeln!(out, "         got  {}\n", styled(style::BAD, &got))?;
            }
            if let Problem::Invariant { rule, detail } = problem {
                let sign = styled(style::BAD, "✗");
                writeln!(out, "  {sign} the emulation broke {rule}: {detail}\n")?;
            }
        }
        let names: Vec<String> = self.replayed.problems.iter().map(Problem::name).collect();
        let verdict = verdict(&self.replay.finding, self.replayed.shows_finding, &names);
        writeln!(out, "{verdict}: {}", counts(&self.replayed.outcome))
    }
}

impl ClientPlayed<'_> {
    fn names(&self) -> Vec<String> {
        let failures = self.failures.iter();
        failures
            .map(|failure| failure.problem.name().to_owned())
            .collect()
    }

    fn shows(&self) -> bool {
        self.names().iter().any(|name| name == self.finding)
    }

    /// The result as machines read it.
    #[must_use]
    pub fn json(&self) -> Json<'_> {
        Json {
            file: self.file,
            of: self.clients.to_vec(),
            finding: self.finding,
            shows: self.shows(),
            failures: self.names(),
            findings: Vec::new(),
        }
    }

    /// The result as people read it, `width` columns wide.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn write(&self, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
        let clients = harmless(&self.clients.join(", "));
        head(
            "Client libraries",
            &format!("{clients}, as {} says", self.file),
            out,
        )?;
        writeln!(out)?;
        for failure in self.failures {
            story::client_problem(failure, width, out)?;
        }
        // They are all of one play.
        if let Some(failure) = self.failures.first() {
            writeln!(out, "\n{}", harmless(&failure.timeline))?;
        }
        let names = self.names();
        writeln!(out, "{}", verdict(self.finding, self.shows(), &names))
    }
}

/// Does what the replay was saved for show?
fn verdict(finding: &str, shows: bool, names: &[String]) -> String {
    let finding = brief(finding, 200);
    let others: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| *name != finding)
        .collect();
    match (shows, others.as_slice()) {
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
