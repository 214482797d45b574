//! `--trace` and `--trace-format`

use std::io::{self, Write};

use mapi_offline_driver::{Observer, Record, TraceWriter};
use mapi_offline_page::Recording;

use crate::cli::TraceFormat;

/// A trace that is being written.
pub(crate) enum TraceOutput<W> {
    /// Line by line.
    Lines(TraceWriter<W>),
    /// When all has happened.
    Chrome(Box<Recording>, W),
}

impl<W: Write> TraceOutput<W> {
    pub(crate) fn new(format: TraceFormat, out: W) -> Self {
        match format {
            TraceFormat::Jsonl => Self::Lines(TraceWriter::new(out)),
            TraceFormat::Chrome => Self::Chrome(Box::default(), out),
        }
    }

    /// Writes what is left, and gives back what it was written to.
    pub(crate) fn finish(self) -> io::Result<W> {
        match self {
            Self::Lines(lines) => lines.finish(),
            Self::Chrome(recording, mut out) => {
                recording.write_chrome_trace(&mut out)?;
                out.flush()?;
                Ok(out)
            }
        }
    }
}

impl<W: Write> Observer for TraceOutput<W> {
    fn observe(&mut self, record: &Record<'_>) {
        match self {
            Self::Lines(lines) => record.tell(lines),
            Self::Chrome(recording, _) => recording.observe(record),
        }
    }

    fn sees_silent(&self) -> bool {
        matches!(self, Self::Chrome(..))
    }
}
