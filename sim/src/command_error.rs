//! Why a command that works on one thing cannot do its work.

use std::io::{self, Write};

use mapi_offline_report::{Broken, FileError, Plain, write_broken, write_diagnostic};

use crate::status::{Status, Stop};
use crate::terminal::{self, Stream};

/// Why there is nothing to report.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// The program stops.
    Stop(Stop),
    /// A file is wrong.
    Broken(Broken),
    /// What it says cannot be done.
    Plain(Plain),
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::Stop(error.into())
    }
}

impl From<Stop> for CommandError {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Broken> for CommandError {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        Self::Broken(Broken::File(error))
    }
}

impl From<Plain> for CommandError {
    fn from(plain: Plain) -> Self {
        Self::Plain(plain)
    }
}

/// Says on `err` why it failed, if it did.
pub(crate) fn report_failure(
    done: Result<Status, CommandError>,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    let width = terminal::width(Stream::Err);
    let failed = match done {
        Ok(status) => return Ok(status),
        Err(failed) => failed,
    };
    out.flush()?;
    // Nobody may be reading the diagnostics.
    let _ = match &failed {
        CommandError::Stop(_) => Ok(()),
        CommandError::Broken(broken) => write_broken(broken, width, err),
        CommandError::Plain(plain) => write_diagnostic(plain, width, err),
    };
    match failed {
        CommandError::Stop(stop) => Err(stop),
        CommandError::Broken(_) | CommandError::Plain(_) => Ok(Status::Wrong),
    }
}
