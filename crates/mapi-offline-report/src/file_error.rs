//! What can be wrong with a file before it is looked into.

use std::io;
use std::path::Path;

use mapi_offline_scenario::text::{harmless, portable};
use miette::Diagnostic;
use thiserror::Error;

/// Why a file cannot be read.
#[derive(Debug, Error, Diagnostic)]
#[expect(
    missing_docs,
    reason = "`path` is the path as it is shown, and `why` is what the system says"
)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read {path}: {why}")]
    Unreadable { path: String, why: String },
    /// It cannot be written.
    #[error("cannot write {path}: {why}")]
    Unwritable { path: String, why: String },
    /// The trace and the scenario are one file.
    #[error("the trace would be written over the scenario {path}")]
    TraceIsScenario { path: String },
    /// What was found and what it was found in are one file.
    #[error("the failure would be written over {path}")]
    SavedOverInput { path: String },
    /// A scenario file is written by a person; this one is not.
    #[error("{path} is too large for a scenario: more than 16 MiB")]
    TooLarge { path: String },
    /// It is a folder without a scenario.
    #[error("there is no scenario in the folder {path}")]
    #[diagnostic(help("scenario files end in .toml"))]
    Empty { path: String },
}

impl FileError {
    /// The path, as it is shown.
    #[must_use]
    pub fn file(&self) -> &str {
        match self {
            Self::Unreadable { path, .. }
            | Self::Unwritable { path, .. }
            | Self::TraceIsScenario { path }
            | Self::SavedOverInput { path }
            | Self::TooLarge { path }
            | Self::Empty { path } => path,
        }
    }

    /// The system says `why` it cannot be written.
    #[must_use]
    pub fn unwritable(path: &Path, why: &io::Error) -> Self {
        Self::Unwritable {
            path: shown(path),
            why: why.to_string(),
        }
    }

    /// The system says `why` it cannot be read.
    #[must_use]
    pub fn unreadable(path: &Path, why: &io::Error) -> Self {
        Self::Unreadable {
            path: shown(path),
            why: why.to_string(),
        }
    }
}

/// A path as messages and reports show it.
pub fn shown(path: &Path) -> String {
    harmless(&portable(path))
}
