//! Why a command that works on one thing cannot do its work.

use std::io::{self, Write};

use mapi_offline_report::{Broken, FileError, Plain, write_broken, write_diagnostic};

use crate::terminal::{self, Stream};
use crate::{Status, Stop};

/// Why there is nothing to report.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The program stops.
    Stop(Stop),
    /// A file is wrong.
    Broken(Broken),
    /// What it says cannot be done.
    Plain(Plain),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Stop(error.into())
    }
}

impl From<Stop> for Failed {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Broken> for Failed {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<FileError> for Failed {
    fn from(error: FileError) -> Self {
        Self::Broken(Broken::File(error))
    }
}

impl From<Plain> for Failed {
    fn from(plain: Plain) -> Self {
        Self::Plain(plain)
    }
}

/// Says on `err` why it failed, if it did.
pub(crate) fn told(
    done: Result<Status, Failed>,
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
        Failed::Stop(_) => Ok(()),
        Failed::Broken(broken) => write_broken(broken, width, err),
        Failed::Plain(plain) => write_diagnostic(plain, width, err),
    };
    match failed {
        Failed::Stop(stop) => Err(stop),
        Failed::Broken(_) | Failed::Plain(_) => Ok(Status::Wrong),
    }
}
