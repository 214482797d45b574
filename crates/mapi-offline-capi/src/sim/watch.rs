//! Sees everything that happens: the trace, and the calls that the noise check compares.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{c_char, c_void};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process;
use std::rc::Rc;

use mapi_offline::sys::{E_FAIL, HRESULT, MAPI_E_NO_ACCESS};
use mapi_offline::{Event, Observer, Record};

use crate::text;

/// A function of the test program that takes the lines of the trace.
#[derive(Clone, Copy)]
pub(crate) struct WatchLine {
    pub(crate) line: extern "C" fn(context: *mut c_void, line: *const c_char),
    pub(crate) context: *mut c_void,
}

/// The calls of each client, in words.
pub(crate) type Calls = BTreeMap<String, Vec<String>>;

/// The trace file, of the process that made it. A child that is forked has a copy of what is not written yet,
/// which is its parent's to write.
struct TraceFile {
    writer: BufWriter<File>,
    process: u32,
}

impl TraceFile {
    fn create(path: &Path) -> io::Result<Self> {
        Ok(Self {
            writer: BufWriter::new(File::create(path)?),
            process: process::id(),
        })
    }

    fn is_ours(&self) -> bool {
        self.process == process::id()
    }

    /// Ends it, and writes what is left.
    fn finish(mut self) -> io::Result<()> {
        if self.is_ours() {
            return self.writer.flush();
        }
        self.forget();
        Ok(())
    }

    /// Ends it, and writes nothing.
    fn forget(self) {
        let (file, _) = self.writer.into_parts();
        drop(file);
    }
}

#[derive(Default)]
struct Seen {
    file: Option<TraceFile>,
    file_failed: bool,
    line: Option<WatchLine>,
    calls: Option<Calls>,
}

/// What watches one emulation; the emulation holds the other half.
pub(crate) struct Watch(Rc<RefCell<Seen>>);

impl Watch {
    /// # Errors
    /// `MAPI_E_NO_ACCESS`: the file cannot be made.
    pub(crate) fn new(file: Option<&Path>, line: Option<WatchLine>) -> Result<Self, HRESULT> {
        let file = file.map(TraceFile::create).transpose();
        let file = file.map_err(|_| MAPI_E_NO_ACCESS)?;
        Ok(Self(Rc::new(RefCell::new(Seen {
            file,
            line,
            ..Seen::default()
        }))))
    }

    /// The half that the emulation holds.
    pub(crate) fn observer(&self) -> impl Observer + use<> {
        WatchObserver(Rc::clone(&self.0))
    }

    /// From now on the clients' calls are kept.
    pub(crate) fn keep_calls(&self) {
        self.0.borrow_mut().calls = Some(Calls::default());
    }

    /// The calls that were kept.
    pub(crate) fn take_calls(&self) -> Calls {
        self.0.borrow_mut().calls.take().unwrap_or_default()
    }

    /// Ends the trace file.
    ///
    /// # Errors
    /// `E_FAIL`: not everything could be written.
    pub(crate) fn finish(&self) -> Result<(), HRESULT> {
        let mut seen = self.0.borrow_mut();
        let flushed = seen.file.take().is_none_or(|file| file.finish().is_ok());
        match flushed && !seen.file_failed {
            true => Ok(()),
            false => Err(E_FAIL),
        }
    }
}

struct WatchObserver(Rc<RefCell<Seen>>);

impl Observer for WatchObserver {
    fn observe(&mut self, record: &Record<'_>) {
        let mut seen = self.0.borrow_mut();
        if let (Some(calls), Event::Call { client, .. }) = (&mut seen.calls, record.event) {
            let call = serde_json::to_string(&record.words()).unwrap_or_default();
            let client = record.names().client(client).into_owned();
            calls.entry(client).or_default().push(call);
        }
        if let Some(inherited) = seen.file.take_if(|file| !file.is_ours()) {
            inherited.forget();
        }
        if seen.file.is_none() && seen.line.is_none() {
            return;
        }
        let json = serde_json::to_string(record).unwrap_or_default();
        if let Some(file) = &mut seen.file {
            let written = writeln!(file.writer, "{json}");
            seen.file_failed |= written.is_err();
        }
        if let Some(WatchLine { line, context }) = seen.line {
            drop(seen);
            line(context, text::write(&json).as_ptr());
        }
    }
}
