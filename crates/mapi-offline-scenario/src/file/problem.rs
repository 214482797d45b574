//! What can be wrong with a scenario file, and how it is told.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use super::source::{Place, Source};
use super::suggest;
use crate::text::brief;

/// Where something stands in a file, in bytes.
pub(super) type Span = Range<usize>;

/// The most of a name that a message repeats, in columns.
const NAME_WIDTH: usize = 60;

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Fault {
    #[error("the file is not UTF-8: byte {0} does not belong there")]
    NotUtf8(usize),
    #[error("this is not TOML: {0}")]
    Syntax(String),
    #[error("{0}")]
    Shape(String),
    #[error("there is no key `{0}` here")]
    UnknownKey(String),
    #[error("`{key}` does not belong to {owner}")]
    MisplacedKey { key: String, owner: String },
    #[error("{owner} needs `{key}`")]
    MissingKey { key: &'static str, owner: String },
    #[error("{0}")]
    Conflict(String),
    #[error("`{word}` is not {what}")]
    UnknownWord { word: String, what: &'static str },
    #[error("there is no {what} `{name}`")]
    UnknownName { what: &'static str, name: String },
    #[error("`{number}` is out of range for {what}")]
    OutOfRange { what: &'static str, number: String },
    #[error("`{0}` is not a time")]
    NotATime(String),
    #[error("the {what} `{name}` is there twice")]
    Twice { what: &'static str, name: String },
    #[error("`{0}` is not a name that a profile can have (PROF-3)")]
    ProfileName(String),
    #[error("{0} cannot be empty")]
    Empty(&'static str),
    #[error("the object `{0}` can never be made: its parents go round in a circle (CREATE-8)")]
    Circle(String),
    #[error("this block expects nothing")]
    ExpectsNothing,
}

/// Something wrong at one place of a file.
#[derive(Debug, Error, Diagnostic)]
#[error("{fault}")]
pub struct Mistake {
    pub(crate) fault: Fault,
    /// What to do about it.
    #[help]
    pub help: Option<String>,
    #[label]
    mark: SourceSpan,
    #[source_code]
    source_code: Arc<Source>,
}

impl Mistake {
    /// The path of the file, as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        self.source_code.name()
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.source_code.place(self.mark.offset())
    }
}

/// Everything that is wrong with one file, until it is known where the file ends.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<(Span, Fault, Option<String>)>);

impl Problems {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn say(&mut self, at: &Span, fault: Fault, help: impl Into<Option<String>>) {
        self.0.push((at.clone(), fault, help.into()));
    }

    /// A word that is none of those that may stand there.
    pub(super) fn unknown_word<'a>(
        &mut self,
        at: &Span,
        word: &str,
        what: &'static str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let help = suggest::help(word, known);
        let word = brief(word, NAME_WIDTH);
        self.say(at, Fault::UnknownWord { word, what }, help);
    }

    /// A name of something that the file does not have.
    pub(super) fn unknown_name<'a>(
        &mut self,
        at: &Span,
        name: &str,
        what: &'static str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let help = suggest::help(name, known);
        let name = brief(name, NAME_WIDTH);
        self.say(at, Fault::UnknownName { what, name }, help);
    }

    pub(super) fn twice(&mut self, at: &Span, what: &'static str, name: &str, help: &str) {
        let name = brief(name, NAME_WIDTH);
        self.say(at, Fault::Twice { what, name }, help.to_owned());
    }

    /// In the order of the file, each with the file it is about.
    pub(super) fn within(mut self, source: &Arc<Source>) -> Vec<Mistake> {
        self.0.sort_by_key(|(span, ..)| span.start);
        self.0.dedup();
        let problems = self.0.into_iter().map(|(span, fault, help)| Mistake {
            fault,
            help,
            mark: source.mark(&span),
            source_code: Arc::clone(source),
        });
        problems.collect()
    }
}
