//! What an exploration covered, and what came of it, for people.

use std::io::{self, Write};

use mapi_offline_core::{FindingId, Severity};
use mapi_offline_explore::{Dependence, Remark, Report};
use mapi_offline_scenario::text::brief;

use super::human::MANY;
use super::lanes::sign_of;
use super::style::{self, styled};
use super::wrapped;
use crate::text::{count, many, rate};

/// What was covered.
#[derive(Debug)]
pub struct Coverage<'a> {
    /// What came of it.
    pub report: &'a Report,
    /// Why it is not exhausted, if it is not.
    pub short: &'a str,
    /// Whether it came to the end that was asked for.
    pub is_finished: bool,
}

/// What is explored.
pub fn head(title: &str, file: &str, out: &mut impl Write) -> io::Result<()> {
    let title = styled(style::STRONG, &brief(title, 200));
    writeln!(out, "{title}   {}", styled(style::QUIET, file))
}

/// What came of it, in a line, and the policies, if there are several.
pub fn verdict(
    covered: &Coverage<'_>,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let report = covered.report;
    let verdict = match report.failures.len() {
        0 if !covered.is_finished => styled(style::DOUBTFUL, "● nothing found, but not finished"),
        0 => styled(style::GOOD, "✓ nothing fails"),
        number => {
            let failures = count(number as u64, "finding");
            styled(style::BAD, &format!("✗ {failures}"))
        }
    };
    let schedules = many(report.schedules, "schedule");
    let (number, what) = match report.states {
        0 => (schedules, "schedules"),
        states => (format!("{}, {schedules}", many(states, "state")), "states"),
    };
    let exhausted = if report.exhausted {
        "exhausted".to_owned()
    } else {
        format!("not exhausted: {}", covered.short)
    };
    let seconds = report.elapsed.as_secs_f64();
    let rate = rate(report.states.max(report.schedules), report.elapsed);
    let policies = match report.policies.as_slice() {
        [one] => format!("policy {one}"),
        several => format!("{} policies", several.len()),
    };
    writeln!(
        out,
        "{verdict}: {number}, {policies}, {exhausted}; {seconds:.2} s, {rate} {what} a second"
    )?;
    if report.policies.len() > 1 {
        let list = format!("policies: {}", report.policies.join("; "));
        for line in wrapped(&list, "  ", width) {
            writeln!(out, "{}", styled(style::QUIET, &line))?;
        }
    }
    Ok(())
}

/// A finding that fails nothing, in a line.
pub fn remark(remark: &Remark, out: &mut impl Write) -> io::Result<()> {
    let severity = remark.problem.severity();
    let sign = styled(style::of(severity), sign_of(severity));
    let what = brief(&remark.problem.to_string(), 400);
    let place = brief(&remark.place.suffix(), 400);
    writeln!(out, "{sign} {what}{place}")
}

/// A client whose final state depends on the order or the policy.
pub fn dependence(warning: &Dependence, out: &mut impl Write) -> io::Result<()> {
    let sign = styled(style::of(Severity::Warning), sign_of(Severity::Warning));
    writeln!(out, "{sign} {}", dependence_in_words(warning))
}

/// `order-dependent of provider: in one order it ends with OFFLINE, in another with ONLINE`
pub(super) fn dependence_in_words(warning: &Dependence) -> String {
    let id = FindingId::OrderDependent;
    let [one, other] = warning.states;
    let client = brief(&warning.client, 60);
    format!("{id} of {client}: in one order it ends with {one}, in another with {other}")
}

/// After many failures: what they are, a line each, with the command that replays it. Their stories stand far
/// above by then. `replay` says it by the number of the failure, from 1.
///
/// # Errors
/// `out` cannot be written.
pub fn list_of_failures(
    report: &Report,
    replay: &dyn Fn(usize) -> String,
    out: &mut impl Write,
) -> io::Result<()> {
    if report.failures.len() < MANY {
        return Ok(());
    }
    for (number, failure) in (1..).zip(&report.failures) {
        let sign = styled(style::BAD, "✗");
        let finding = brief(&failure.finding, 60);
        let replay = styled(style::QUIET, &replay(number));
        writeln!(out, "  {sign} {finding}  {replay}")?;
    }
    Ok(())
}
