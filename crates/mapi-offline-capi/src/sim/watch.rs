//! Sees everything that happens: the trace, the recording that an explorer wants, and the acts that the noise check
//! compares.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::path::Path;
use std::rc::Rc;

use mapi_offline::interface::{PageRecording, Recording};
use mapi_offline::sys::{E_FAIL, HRESULT, MAPI_E_NO_ACCESS};
use mapi_offline::{ClientActs, Event, NotifyTimes, Observer, Record, TimedNotify, TraceFile};

use crate::text;
use crate::theirs::theirs;

/// A function of the test program that takes the lines of the trace.
#[derive(Clone, Copy)]
pub(crate) struct WatchLine {
    pub(crate) line: extern "C-unwind" fn(context: *mut c_void, line: *const c_char),
    pub(crate) context: *mut c_void,
}

/// Takes the client, the `NotifyType` and the nanoseconds of a `Notify` that has returned.
pub(crate) type TakeNotifyTime =
    extern "C-unwind" fn(context: *mut c_void, client: *const c_char, notify_type: u32, nanos: u64);

/// A function of the test program that takes the times of notifications.
#[derive(Clone, Copy)]
pub(crate) struct WatchTimes {
    pub(crate) timed: TakeNotifyTime,
    pub(crate) context: *mut c_void,
}

impl WatchTimes {
    fn take(self, notify: &TimedNotify<'_>) {
        let client = text::write(&notify.names.client(notify.client));
        let nanos = u64::try_from(notify.took.as_nanos()).unwrap_or(u64::MAX);
        theirs("the function of mapisim_notify_times", || {
            (self.timed)(self.context, client.as_ptr(), notify.notify_type, nanos);
        });
    }
}

/// A function of an explorer that takes the parts of the recording.
#[derive(Clone, Copy)]
pub(crate) struct WatchRecording {
    pub(crate) part: extern "C-unwind" fn(context: *mut c_void, part: *const c_char),
    pub(crate) context: *mut c_void,
}

impl WatchRecording {
    fn take(self, part: &PageRecording) {
        let json = serde_json::to_string(part).unwrap_or_default();
        let json = text::write(&json);
        theirs("the function of mapisim_explore_recording", || {
            (self.part)(self.context, json.as_ptr());
        });
    }
}

/// Hands each time of a `Notify` on.
type HandOn = Box<dyn FnMut(&TimedNotify<'_>)>;

#[derive(Default)]
struct Seen {
    file: Option<TraceFile>,
    line: Option<WatchLine>,
    acts: Option<ClientActs>,
    recording: Option<(Recording, WatchRecording)>,
}

impl Seen {
    /// What has come of the recording, and who takes it.
    fn new_part(&mut self) -> Option<(PageRecording, WatchRecording)> {
        let (recording, takes) = self.recording.as_mut()?;
        Some((recording.take_new()?, *takes))
    }
}

/// What watches one emulation; the emulation holds the other half.
pub(crate) struct Watch {
    seen: Rc<RefCell<Seen>>,
    times: Option<WatchTimes>,
}

impl Watch {
    /// # Errors
    /// `MAPI_E_NO_ACCESS`: the file cannot be made.
    pub(crate) fn new(
        file: Option<&Path>,
        line: Option<WatchLine>,
        times: Option<WatchTimes>,
        recording: Option<WatchRecording>,
    ) -> Result<Self, HRESULT> {
        let file = file.map(TraceFile::create).transpose();
        let file = file.map_err(|_| MAPI_E_NO_ACCESS)?;
        let seen = Seen {
            file,
            line,
            recording: recording.map(|takes| (Recording::new(), takes)),
            ..Seen::default()
        };
        Ok(Self {
            seen: Rc::new(RefCell::new(seen)),
            times,
        })
    }

    /// The half that the emulation holds.
    pub(crate) fn observer(&self) -> impl Observer + use<> {
        let hand_on = |times: WatchTimes| -> HandOn { Box::new(move |it| times.take(it)) };
        WatchObserver {
            seen: Rc::clone(&self.seen),
            times: self.times.map(|times| NotifyTimes::new(hand_on(times))),
        }
    }

    /// For the recording: what comes next is what somebody decided.
    pub(crate) fn decides(&self, words: &str) {
        let mut seen = self.seen.borrow_mut();
        if let Some((recording, _)) = &mut seen.recording {
            recording.decides(words);
        }
        let part = seen.new_part();
        drop(seen);
        if let Some((part, takes)) = part {
            takes.take(&part);
        }
    }

    /// From now on what the clients do is kept.
    pub(crate) fn keep_acts(&self) {
        self.seen.borrow_mut().acts = Some(ClientActs::default());
    }

    /// What the clients did since.
    pub(crate) fn take_acts(&self) -> ClientActs {
        self.seen.borrow_mut().acts.take().unwrap_or_default()
    }

    /// Ends the trace file.
    ///
    /// # Errors
    /// `E_FAIL`: not everything could be written.
    pub(crate) fn finish(&self) -> Result<(), HRESULT> {
        let mut seen = self.seen.borrow_mut();
        match seen.file.take().map(TraceFile::finish) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(_)) => Err(E_FAIL),
        }
    }
}

struct WatchObserver {
    seen: Rc<RefCell<Seen>>,
    times: Option<NotifyTimes<HandOn>>,
}

impl Observer for WatchObserver {
    fn observe(&mut self, record: &Record<'_>) {
        if let Some((recording, _)) = &mut self.seen.borrow_mut().recording {
            recording.observe(record);
        }
        if record.event.is_silent() {
            return;
        }
        // The clock runs while the client is in `Notify`, and not while others are told of it.
        let begins = matches!(record.event, Event::Notify { .. });
        if !begins {
            self.times.observe(record);
        }
        self.keep(record);
        if begins {
            self.times.observe(record);
        }
    }

    fn sees_silent(&self) -> bool {
        self.seen.borrow().recording.is_some()
    }
}

impl WatchObserver {
    fn keep(&self, record: &Record<'_>) {
        let mut seen = self.seen.borrow_mut();
        if let Some(acts) = &mut seen.acts {
            acts.observe(record);
        }
        if let Some(file) = &mut seen.file {
            file.observe(record);
        }
        let (watch, part) = (seen.line, seen.new_part());
        drop(seen);
        if let Some(WatchLine { line, context }) = watch {
            let json = serde_json::to_string(record).unwrap_or_default();
            let json = text::write(&json);
            theirs("the function of mapisim_trace_lines", || {
                line(context, json.as_ptr());
            });
        }
        if let Some((part, takes)) = part {
            takes.take(&part);
        }
    }
}
