//! The trace: JSON Lines, each written as soon as it happens, so that nothing is lost if the process ends.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::thread::{self, ThreadId};
use std::time::Instant;

use mapi_offline_driver::Words;
use parking_lot::Mutex;
use serde::Serialize;

use crate::note::Note;
use crate::summary::Summary;

/// A trace that is being recorded. Any thread may write to it.
pub struct RecordedTrace {
    began: Instant,
    lines: Mutex<RecordLines>,
}

struct RecordLines {
    text: String,
    summary: Summary,
    next: u64,
    threads: Vec<ThreadId>,
    file: Option<File>,
}

#[derive(Serialize)]
struct RecordLine<'a, T> {
    seq: u64,
    t_us: u64,
    thread: &'a str,
    #[serde(flatten)]
    what: T,
}

impl Default for RecordedTrace {
    fn default() -> Self {
        Self::to(None)
    }
}

impl RecordedTrace {
    fn to(file: Option<File>) -> Self {
        Self {
            began: Instant::now(),
            lines: Mutex::new(RecordLines {
                text: String::new(),
                summary: Summary::new(),
                next: 0,
                threads: Vec::new(),
                file,
            }),
        }
    }

    /// A trace that is written to a file too.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self::to(Some(File::create(path)?)))
    }

    pub(crate) fn words(&self, words: &Words<'_>) {
        self.line(words, |summary| summary.words(words));
    }

    pub(crate) fn note(&self, note: &Note<'_>) {
        self.line(note, |summary| summary.note(note));
    }

    fn line(&self, what: &impl Serialize, summarize: impl FnOnce(&mut Summary)) {
        let mut lines = self.lines.lock();
        summarize(&mut lines.summary);
        let id = thread::current().id();
        let known = lines.threads.iter().position(|known| *known == id);
        let place = known.unwrap_or_else(|| {
            lines.threads.push(id);
            lines.threads.len() - 1
        });
        let thread = if place == 0 {
            "main".to_owned()
        } else {
            format!("thread-{place}")
        };
        let line = RecordLine {
            seq: lines.next,
            t_us: self.began.elapsed().as_micros() as u64,
            thread: &thread,
            what,
        };
        let Ok(text) = serde_json::to_string(&line) else {
            return;
        };
        lines.next += 1;
        if let Some(file) = &mut lines.file {
            // What cannot be written now will not be written later either; the summary goes on.
            let _ = writeln!(file, "{text}");
        }
        lines.text.push_str(&text);
        lines.text.push('\n');
    }

    /// What was recorded so far, in words for a person.
    pub(crate) fn summary(&self) -> String {
        self.lines.lock().summary.text().to_owned()
    }

    /// What was recorded so far.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.lock().text.clone()
    }
}
