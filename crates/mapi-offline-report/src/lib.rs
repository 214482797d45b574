//! What came of a run, an exploration or a replay, for people and for programs.

#![forbid(unsafe_code)]

mod checks; //    what was checked, one thing after the other
mod coverage; //  what of the API's behaviour clients met
mod explored; //  what an exploration covered
mod failure; //   an expectation that did not hold, with its lines of the file
mod file_error; // what is wrong with a file before it is looked into
mod findings; //  findings, summarized
mod github; //    for GitHub Actions
mod human; //     for people
mod json; //      for programs
mod junit; //     as JUnit XML
mod lanes; //     how a timeline is laid out
mod page; //      timeline pages
mod problems; //  what is wrong with a file
mod replayed; //  what came of a replay
mod story; //     a failure of an exploration
mod style; //     colours
pub mod text; //  numbers and columns
mod timeline; //  what happened, row by row

pub use checks::{CheckStanding, CheckedFile, CheckedThing, FindingLines};
pub use coverage::{coverage_checks, write_coverage};
pub use explored::{Coverage, dependence, head, list_of_failures, remark, verdict};
pub use file_error::{FileError, shown};
pub use github::{JOB_SUMMARY_MAX, job_summary, write_annotations};
pub use human::{Lines, Tally, single};
pub use json::{RunJson, write_json};
pub use junit::write_junit;
pub use page::{RunPage, page_of_exploration, page_of_replay};
pub use problems::{Broken, Plain, write_broken, write_diagnostic};
pub use replayed::{Played, PlayedOf};
pub use story::{played, story};
pub use timeline::Timeline;

use mapi_offline_core::Severity;
use mapi_offline_scenario::{Found, Outcome, Parsed};

/// A scenario that was run.
#[derive(Clone, Copy, Debug)]
pub struct Ran<'a> {
    /// The path, as it was given.
    pub file: &'a str,
    /// The file, read.
    pub parsed: &'a Parsed,
    /// What came of it.
    pub outcome: &'a Outcome,
    /// Findings of this severity fail it, and heavier ones. `None`: no finding fails it by itself.
    pub deny: Option<Severity>,
}

impl<'a> Ran<'a> {
    /// Returns true when everything held.
    pub fn is_ok(&self) -> bool {
        self.outcome.failures.is_empty() && self.denied().next().is_none()
    }

    /// The findings that fail it: no `[[expect]]` and no `[[always]]` names their kind.
    pub fn denied(&self) -> impl Iterator<Item = &'a Found> {
        let (scenario, deny) = (&self.parsed.scenario, self.deny);
        let blocks = move || scenario.expect.iter().chain(&scenario.always);
        let is_named = move |found: &Found| {
            let mut named = blocks().flat_map(|block| block.findings.iter().flatten());
            named.any(|id| *id == found.id)
        };
        let is_denied = move |found: &Found| deny.is_some_and(|deny| found.id.severity() >= deny);
        let findings = self.outcome.findings.iter();
        findings.filter(move |found| is_denied(found) && !is_named(found))
    }
}

/// A paragraph in lines, for a terminal of that width, or for none.
fn wrapped(text: &str, indent: &str, width: Option<usize>) -> Vec<String> {
    let options = textwrap::Options::new(width.unwrap_or(100).clamp(40, 100))
        .initial_indent(indent)
        .subsequent_indent(indent)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options).into_iter();
    lines.map(std::borrow::Cow::into_owned).collect()
}
