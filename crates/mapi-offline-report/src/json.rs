//! Results for programs: one JSON object.

use std::io::{self, Write};

use mapi_offline_driver::FoundPlace;
use mapi_offline_driver::coverage::CoverageTable;
use mapi_offline_scenario::Found;
use serde::Serialize;

use super::problems::ErrorJson;
use super::{Broken, Ran, Tally};

/// Gathers the results.
#[derive(Debug, Default, Serialize)]
pub struct RunJson {
    scenarios: Vec<ScenarioJson>,
    errors: Vec<ErrorJson>,
    passed: u64,
    failed: u64,
    broken: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageTable>,
}

#[derive(Debug, Serialize)]
struct ScenarioJson {
    file: String,
    title: String,
    ok: bool,
    failures: Vec<UnmetJson>,
    /// The kinds of findings that fail it, because they are denied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    denied: Vec<&'static str>,
    findings: Vec<FindingJson>,
    /// How many more there were, of kinds and clients that `findings` has.
    findings_left_out: u64,
    notifications: u64,
    transitions: u64,
    end_us: u64,
}

#[derive(Debug, Serialize)]
struct UnmetJson {
    line: usize,
    what: String,
    expected: String,
    got: String,
}

#[derive(Debug, Serialize)]
pub(super) struct FindingJson {
    id: &'static str,
    severity: String,
    client: Option<String>,
    rule: &'static str,
    t_us: u64,
    detail: String,
    /// Which thing it is about, and which calls it goes back to.
    #[serde(rename = "where", skip_serializing_if = "FoundPlace::is_empty")]
    place: FoundPlace,
}

impl FindingJson {
    pub(super) fn new(found: &Found) -> Self {
        Self {
            id: found.id.name(),
            severity: found.id.severity().to_string(),
            client: found.client.clone(),
            rule: found.rule,
            t_us: found.t_us,
            detail: found.detail.clone(),
            place: found.place.clone(),
        }
    }
}

impl RunJson {
    /// A scenario that was run.
    pub fn ran(&mut self, ran: &Ran<'_>) {
        let outcome = ran.outcome;
        let failures = outcome.failures.iter().map(|failure| UnmetJson {
            line: failure.line,
            what: failure.what.clone(),
            expected: failure.expected.clone(),
            got: failure.got.clone(),
        });
        let findings = outcome.findings.iter().map(FindingJson::new);
        let mut denied: Vec<&str> = ran.denied().map(|found| found.id.name()).collect();
        denied.sort_unstable();
        denied.dedup();
        self.scenarios.push(ScenarioJson {
            file: ran.file.to_owned(),
            title: ran.parsed.scenario.title.clone(),
            ok: ran.is_ok(),
            failures: failures.collect(),
            denied,
            findings: findings.collect(),
            findings_left_out: outcome.findings_left_out,
            notifications: outcome.notifications,
            transitions: outcome.transitions,
            end_us: outcome.end,
        });
    }

    /// A file that could not be run.
    pub fn broken(&mut self, broken: &Broken) {
        self.errors.extend(broken.errors());
    }

    /// What clients met, in all scenarios together.
    pub fn covered(&mut self, table: CoverageTable) {
        self.coverage = Some(table);
    }

    /// Writes all that was gathered.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn write(mut self, tally: Tally, out: &mut impl Write) -> io::Result<()> {
        (self.passed, self.failed, self.broken) = (tally.passed, tally.failed, tally.broken);
        write_json(&self, out)
    }
}

/// A value as readable JSON.
///
/// # Errors
/// `out` cannot be written.
pub fn write_json(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
