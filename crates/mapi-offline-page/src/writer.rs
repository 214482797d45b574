//! A page that is written when its test ends, however that ends.

use std::io;
use std::path::{Path, PathBuf};
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

/// What is in the file until the page is written.
const NOT_WRITTEN: &str = "<!doctype html>
<meta charset=\"utf-8\">
<title>No page was written</title>
<p>No page was written: the process ended before its emulated Outlook or its check did. It crashed, or it left the test
without <code>mapisim_shut_down</code> (C and C++), or before the Outlook was dropped (Rust). A trace has what happened until
then: <code>mapisim_trace_file</code>, or a <code>TraceWriter</code> as the observer.</p>
";

#[derive(Debug)]
struct PageFile {
    path: PathBuf,
    title: String,
    recording: Recording,
    /// The process that made it. A child that is forked has a copy, and writes nothing.
    process: u32,
    /// Whether something has happened since it was written.
    is_stale: bool,
}

/// The name of this thread, which is that of the test in Rust's tests.
#[must_use]
pub fn title_of_thread() -> String {
    let thread = std::thread::current();
    let name = thread.name().filter(|name| *name != "main");
    name.unwrap_or("A test").to_owned()
}

/// Until a page is written to this file it says that none was: for who looks at it after the process has crashed.
///
/// # Errors
/// The file cannot be made.
pub fn promise_page(path: &Path) -> io::Result<()> {
    std::fs::write(path, NOT_WRITTEN)
}

impl TimelinePage {
    /// Writes the page of a test to a file. That it cannot be written is said on stderr: it is no reason for a test to
    /// fail.
    pub fn save_for_test(&self, path: &Path) {
        if let Err(error) = self.save(path) {
            unwritable(path, &error);
        }
    }
}

fn unwritable(path: &Path, error: &io::Error) {
    let path = harmless(&path.to_string_lossy());
    eprintln!("cannot write the page {path}: {error}");
}

impl PageWriter {
    /// A page of what `recording` sees from now on, that goes to `path`, with a title.
    ///
    /// # Errors
    /// The file cannot be made. Who asks may have no words for it, so it is said on stderr too.
    pub fn create((path, title): (PathBuf, String), recording: Recording) -> io::Result<Self> {
        // What cannot be written is said now, and not when the test is over. A process that ends before its
        // emulation leaves this.
        promise_page(&path).inspect_err(|error| unwritable(&path, error))?;
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
        file.page().save_for_test(&file.path);
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
    fn page(&self) -> TimelinePage {
        let recording = self.recording.page();
        let (findings, heaviest) = recording.weigh_findings();
        let is_ok = heaviest.is_none_or(|heaviest| heaviest < Severity::Error);
        let plural = if findings == 1 { "" } else { "s" };
        TimelinePage {
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
        }
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
