//! Sees everything that happens: the trace, and the acts that the noise check compares.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::path::Path;
use std::rc::Rc;

use mapi_offline::sys::{E_FAIL, HRESULT, MAPI_E_NO_ACCESS};
use mapi_offline::{ClientActs, Observer, Record, TraceFile};

use crate::{process, text};

/// A function of the test program that takes the lines of the trace.
#[derive(Clone, Copy)]
pub(crate) struct WatchLine {
    pub(crate) line: extern "C-unwind" fn(context: *mut c_void, line: *const c_char),
    pub(crate) context: *mut c_void,
}

#[derive(Default)]
struct Seen {
    file: Option<TraceFile>,
    line: Option<WatchLine>,
    acts: Option<ClientActs>,
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

    /// From now on what the clients do is kept.
    pub(crate) fn keep_acts(&self) {
        self.0.borrow_mut().acts = Some(ClientActs::default());
    }

    /// What the clients did since.
    pub(crate) fn take_acts(&self) -> ClientActs {
        self.0.borrow_mut().acts.take().unwrap_or_default()
    }

    /// Ends the trace file.
    ///
    /// # Errors
    /// `E_FAIL`: not everything could be written.
    pub(crate) fn finish(&self) -> Result<(), HRESULT> {
        let mut seen = self.0.borrow_mut();
        match seen.file.take().map(TraceFile::finish) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(_)) => Err(E_FAIL),
        }
    }
}

struct WatchObserver(Rc<RefCell<Seen>>);

impl Observer for WatchObserver {
    fn observe(&mut self, record: &Record<'_>) {
        let mut seen = self.0.borrow_mut();
        if let Some(acts) = &mut seen.acts {
            acts.observe(record);
        }
        if let Some(file) = &mut seen.file {
            file.observe(record);
        }
        if let Some(WatchLine { line, context }) = seen.line {
            drop(seen);
            let json = serde_json::to_string(record).unwrap_or_default();
            let json = text::write(&json);
            process::theirs("the function of mapisim_trace_lines", || {
                line(context, json.as_ptr());
            });
        }
    }
}
