//! What came of a run, for people and for programs.

mod failure; //   an expectation that did not hold, with its lines of the file
mod findings; //  findings, summarized
mod human; //     for people
mod json; //      for programs
mod lanes; //     how a timeline is laid out
mod problems; //  what is wrong with a file
mod style; //     colours
mod timeline; //  what happened, row by row
mod wording; //   events in words

pub(crate) use human::{Lines, Tally, single};
pub(crate) use json::Json;
pub(crate) use problems::{Broken, write_broken};
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
