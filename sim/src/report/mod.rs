//! What came of a run, for people and for programs.

mod explored; //  what an exploration covered
mod failure; //   an expectation that did not hold, with its lines of the file
mod findings; //  findings, summarized
mod human; //     for people
mod json; //      for programs
mod lanes; //     how a timeline is laid out
mod problems; //  what is wrong with a file
mod replayed; //  what came of a replay
mod story; //     a failure of an exploration
mod style; //     colours
mod timeline; //  what happened, row by row
mod wording; //   events in words

pub(crate) use explored::{Covered, dependence, head, verdict};
pub(crate) use human::{Lines, Tally, single};
pub(crate) use json::Json;
pub(crate) use problems::{Broken, Plain, write_broken, write_diagnostic};
pub(crate) use replayed::{Played, PlayedOf};
pub(crate) use story::{played, story};
pub(crate) use timeline::Timeline;

use mapi_offline::script::Outcome;

use crate::scenario::Parsed;

/// A scenario that was run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ran<'a> {
    /// The path, as it was given.
    pub(crate) file: &'a str,
    pub(crate) parsed: &'a Parsed,
    pub(crate) outcome: &'a Outcome,
}

impl Ran<'_> {
    /// Did everything hold?
    pub(crate) fn is_ok(&self) -> bool {
        self.outcome.failures.is_empty()
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
