//! `--trace` and `--trace-format`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mapi_offline_driver::{Observer, Record, TraceFile};
use mapi_offline_page::Recording;

use crate::cli::TraceFormat;

/// A trace that is being written to a file.
pub(crate) enum TraceOutput {
    /// Line by line.
    Lines(TraceFile),
    /// When all has happened.
    Chrome(Box<Recording>, PathBuf),
}

impl TraceOutput {
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn create(format: TraceFormat, path: &Path) -> io::Result<Self> {
        Ok(match format {
            TraceFormat::Jsonl => Self::Lines(TraceFile::create(path)?),
            TraceFormat::Chrome => Self::Chrome(Box::default(), path.to_owned()),
        })
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Lines(file) => file.finish(),
            Self::Chrome(recording, path) => {
                let mut trace = Vec::new();
                recording.write_chrome_trace(&mut trace)?;
                fs::write(path, trace)
            }
        }
    }
}

impl Observer for TraceOutput {
    fn observe(&mut self, record: &Record<'_>) {
        match self {
            Self::Lines(file) => record.tell(file),
            Self::Chrome(recording, _) => recording.observe(record),
        }
    }

    fn sees_silent(&self) -> bool {
        matches!(self, Self::Chrome(..))
    }
}
