//! `--trace` and `--trace-format`

use std::io::{self, BufWriter};
use std::path::Path;

use mapi_offline_driver::{Observer, PartFile, Record, TraceFile};
use mapi_offline_page::Recording;

use crate::cli::TraceFormat;

/// A trace that is being written to a file.
pub(crate) enum TraceOutput {
    /// Line by line.
    Lines(TraceFile),
    /// When all has happened.
    Chrome(Box<Recording>, PartFile),
}

impl TraceOutput {
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn create(format: TraceFormat, path: &Path) -> io::Result<Self> {
        Ok(match format {
            TraceFormat::Jsonl => Self::Lines(TraceFile::create(path)?),
            TraceFormat::Chrome => Self::Chrome(Box::default(), PartFile::create(path)?),
        })
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Lines(file) => file.finish(),
            Self::Chrome(recording, file) => {
                let mut file = BufWriter::new(file);
                recording.write_chrome_trace(&mut file)?;
                file.into_inner()?.finish()
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_had_the_name_stays_until_a_trace_of_either_format_is_whole() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for format in [TraceFormat::Jsonl, TraceFormat::Chrome] {
            let path = folder.path().join("trace.json");
            fs::write(&path, "before").expect("written");
            let broken = TraceOutput::create(format, &path).expect("it can be made");
            drop(broken);
            assert_eq!(fs::read_to_string(&path).expect("there"), "before");
            let whole = TraceOutput::create(format, &path).expect("it can be made");
            whole.finish().expect("written");
            assert_ne!(fs::read_to_string(&path).expect("there"), "before");
        }
    }
}
