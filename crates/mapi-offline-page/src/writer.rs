//! A page that is written when its test ends, however that ends.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process;
use std::sync::{Arc, Mutex, PoisonError};

use mapi_offline_core::Severity;
use mapi_offline_driver::{Observer, Record, harmless};

use crate::document::{PagePart, TimelinePage};
use crate::recording::Recording;

/// Observes, and writes a page of it. Copies of it are of the same page: an emulated Outlook holds one as its
/// observer, and one to write with.
#[derive(Clone, Debug)]
pub struct PageWriter(Arc<Mutex<PageFile>>);

#[derive(Debug)]
struct PageFile {
    path: PathBuf,
    title: String,
    recording: Recording,
    /// The process that made it. A child that is forked has a copy, and writes nothing.
    process: u32,
    /// Has something happened since it was written?
    is_stale: bool,
}

/// The name of this thread, which is that of the test in Rust's tests.
#[must_use]
pub fn title_of_thread() -> String {
    let thread = std::thread::current();
    let name = thread.name().filter(|name| *name != "main");
    name.unwrap_or("A test").to_owned()
}

impl PageWriter {
    /// A page of what `recording` sees from now on, that goes to `path`, with a title.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create((path, title): (PathBuf, String), recording: Recording) -> io::Result<Self> {
        // What cannot be written is said now, and not when the test is over.
        File::create(&path)?;
        Ok(Self(Arc::new(Mutex::new(PageFile {
            path,
            title: harmless(&title),
            recording,
            process: process::id(),
            is_stale: true,
        }))))
    }

    /// Writes the page, with what happened so far. That it cannot be written is said on stderr: it is no reason
    /// for a test to fail.
    pub fn write(&self) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if process::id() != file.process || !std::mem::take(&mut file.is_stale) {
            return;
        }
        if let Err(error) = file.write() {
            let path = harmless(&file.path.to_string_lossy());
            eprintln!("cannot write the page {path}: {error}");
        }
    }
}

/// Writes a page when it is dropped, if there is one.
#[derive(Debug)]
pub struct PageAtEnd(
    /// The page.
    pub Option<PageWriter>,
);

impl Drop for PageAtEnd {
    fn drop(&mut self) {
        if let Some(page) = &self.0 {
            page.write();
        }
    }
}

impl PageFile {
    fn write(&self) -> io::Result<()> {
        let recording = self.recording.page();
        let (findings, heaviest) = recording.weigh_findings();
        let is_ok = heaviest.is_none_or(|heaviest| heaviest < Severity::Error);
        let plural = if findings == 1 { "" } else { "s" };
        let page = TimelinePage {
            title: self.title.clone(),
            verdict: format!("{findings} finding{plural}"),
            is_ok,
            parts: vec![PagePart {
                name: self.title.clone(),
                is_ok,
                recording,
                ..PagePart::default()
            }],
            ..TimelinePage::default()
        };
        page.save(&self.path)
    }
}

impl Observer for PageWriter {
    fn observe(&mut self, record: &Record<'_>) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.is_stale = true;
        file.recording.observe(record);
    }

    fn sees_silent(&self) -> bool {
        true
    }
}
