//! Results for people.

use std::io::{self, Write};

use mapi_offline_scenario::Outcome;
use mapi_offline_scenario::text::brief;

use super::style::{self, styled};
use super::{Ran, Timeline, failure, findings, lanes};
use crate::text::count;

/// The most failures of one scenario that are shown.
const SHOWN: usize = 50;

/// So many failures are listed once more at the end.
pub(super) const MANY: usize = 3;

/// How many scenarios came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Everything held.
    pub passed: u64,
    /// Something did not hold.
    pub failed: u64,
    /// Could not be run.
    pub broken: u64,
}

/// One scenario: what happened, what was found, what did not hold.
pub fn single(
    ran: &Ran<'_>,
    timeline: &Timeline,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let scenario = &ran.parsed.scenario;
    let seed = match scenario.seed {
        0 => String::new(),
        seed => format!(", seed {seed}"),
    };
    writeln!(
        out,
        "{}   {}",
        styled(style::STRONG, &brief(&scenario.title, 200)),
        styled(style::QUIET, &format!("{}{seed}", ran.file))
    )?;
    writeln!(out)?;
    lanes::write(timeline, scenario, width, out)?;
    writeln!(out)?;
    // A finding may be among the rows that were left out.
    let (_, left_out, _) = timeline.rows();
    if left_out > 0 && !ran.outcome.findings.is_empty() {
        findings::write(&ran.outcome.findings, out)?;
        writeln!(out)?;
    }
    failures(ran, out)?;
    let verdict = if ran.is_ok() {
        styled(style::GOOD, "✓ all held")
    } else {
        styled(style::BAD, &format!("✗ {}", what_failed(ran)))
    };
    writeln!(out, "{verdict}: {}", counts(ran.outcome))
}

/// `1 expectation failed`, `2 findings are denied`
fn what_failed(ran: &Ran<'_>) -> String {
    let failed = ran.outcome.failures.len() as u64;
    match ran.denied().count() as u64 {
        0 => format!("{} failed", count(failed, "expectation")),
        denied => {
            let denied = format!(
                "{} {} denied",
                count(denied, "finding"),
                if denied == 1 { "is" } else { "are" }
            );
            match failed {
                0 => denied,
                failed => format!("{} failed, {denied}", count(failed, "expectation")),
            }
        }
    }
}

fn failures(ran: &Ran<'_>, out: &mut impl Write) -> io::Result<()> {
    for failure in ran.outcome.failures.iter().take(SHOWN) {
        failure::write(failure, &ran.parsed.source, out)?;
        writeln!(out)?;
    }
    if let Some(more) = ran.outcome.failures.len().checked_sub(SHOWN + 1) {
        writeln!(out, "  … and {} more", more + 1)?;
    }
    Ok(())
}

/// `3 notifications, 1 transition, 0 findings, 26.000 ms`
pub(super) fn counts(outcome: &Outcome) -> String {
    format!(
        "{}, {}, {}, {}",
        count(outcome.notifications, "notification"),
        count(outcome.transitions, "transition"),
        findings::counts(&outcome.findings, outcome.findings_left_out),
        lanes::milliseconds(outcome.end)
    )
}

/// Several scenarios: a line each, and details of those that failed.
#[derive(Debug)]
pub struct Lines {
    options: String,
    /// The lines of those that failed or could not be run.
    bad: Vec<String>,
}

impl Lines {
    /// Nothing was run yet; `options`: those that the scenarios are run with, to be repeated.
    #[must_use]
    pub const fn new(options: String) -> Self {
        Self {
            options,
            bad: Vec::new(),
        }
    }

    /// A scenario that was run: its line, and what did not hold.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn ran(&mut self, ran: &Ran<'_>, out: &mut impl Write) -> io::Result<()> {
        let sign = if ran.is_ok() {
            styled(style::GOOD, "✓")
        } else {
            styled(style::BAD, "✗")
        };
        let title = brief(&ran.parsed.scenario.title, 100);
        let counts = format!("{}  {}", ran.file, counts(ran.outcome));
        writeln!(out, "{sign} {title}  {}", styled(style::QUIET, &counts))?;
        if ran.is_ok() {
            return Ok(());
        }
        let file = styled(style::QUIET, ran.file);
        self.bad.push(format!("{sign} {title}  {file}"));
        failures(ran, out)?;
        findings::write(&ran.outcome.findings, out)?;
        let (options, file) = (&self.options, ran.file);
        let hint = format!("  `mapisim run {options}{file}` shows what happened");
        writeln!(out, "{}\n", styled(style::QUIET, &hint))
    }

    /// A file that could not be run: its line.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn broken(&mut self, file: &str, out: &mut impl Write) -> io::Result<()> {
        let sign = styled(style::BAD, "!");
        let file = styled(style::QUIET, file);
        let line = format!("{sign} not a scenario that can be run  {file}");
        writeln!(out, "{line}")?;
        self.bad.push(line);
        Ok(())
    }

    /// The last lines: how many came to what; and after many failures those that failed, which stand far
    /// above by then.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn summary(&self, tally: Tally, out: &mut impl Write) -> io::Result<()> {
        let Tally {
            passed,
            failed,
            broken,
        } = tally;
        writeln!(out)?;
        if broken > 0 {
            let files = count(broken, "file");
            writeln!(
                out,
                "{}",
                styled(style::BAD, &format!("{files} could not be run"))
            )?;
        }
        let style = if failed + broken > 0 {
            style::BAD
        } else {
            style::GOOD
        };
        let summary = format!("{passed} passed, {failed} failed");
        writeln!(out, "{}", styled(style, &summary))?;
        if self.bad.len() >= MANY {
            self.bad
                .iter()
                .try_for_each(|line| writeln!(out, "  {line}"))?;
        }
        Ok(())
    }
}
