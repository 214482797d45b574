//! What is wrong with a file, rendered.

use std::io::{self, Write};

use mapi_offline_scenario::Mistake;
use mapi_offline_scenario::text::harmless;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use serde::Serialize;
use thiserror::Error;

use super::file_error::FileError;

/// A file that could not be run.
#[derive(Debug)]
pub enum Broken {
    /// It cannot be read, or its trace cannot be written.
    File(FileError),
    /// It is not a scenario; the mistakes are in the order of the file.
    Scenario(Vec<Mistake>),
}

/// Why a replay cannot be played, or a client library not be explored; and what to do.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
pub struct Plain {
    message: String,
    #[help]
    help: Option<String>,
}

impl Plain {
    /// What is wrong, in words.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: harmless(&message.into()),
            help: None,
        }
    }

    /// And what to do about it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(harmless(&help.into())),
            ..self
        }
    }
}

/// Something wrong with a file; a file that cannot be read has no lines.
#[derive(Debug, Serialize)]
pub(super) struct ErrorJson {
    pub(super) file: String,
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Broken {
    pub(super) fn errors(&self) -> Vec<ErrorJson> {
        match self {
            Self::File(error) => vec![ErrorJson {
                file: error.file().to_owned(),
                line: None,
                column: None,
                message: error.to_string(),
                help: error.help().map(|help| help.to_string()),
            }],
            Self::Scenario(problems) => {
                let errors = problems.iter().map(|problem| {
                    let place = problem.place();
                    ErrorJson {
                        file: problem.file().to_owned(),
                        line: Some(place.line),
                        column: Some(place.column),
                        message: problem.to_string(),
                        help: problem.help.clone(),
                    }
                });
                errors.collect()
            }
        }
    }
}

/// Writes it for people, in colours that the stream may strip.
pub fn write_broken(broken: &Broken, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    match broken {
        Broken::File(error) => write_diagnostic(error, width, out),
        Broken::Scenario(problems) => problems
            .iter()
            .try_for_each(|problem| write_diagnostic(problem, width, out)),
    }
}

/// Writes anything that is wrong.
pub fn write_diagnostic(
    diagnostic: &dyn Diagnostic,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_width(width.unwrap_or(100))
        .with_wrap_lines(false)
        .with_links(false);
    let mut text = String::new();
    if handler.render_report(&mut text, diagnostic).is_err() {
        text = format!("{diagnostic}\n");
    }
    writeln!(out, "{text}")
}
