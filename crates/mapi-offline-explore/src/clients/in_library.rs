//! The emulated Outlook of a loaded library.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::null;
use std::rc::Rc;

use mapi_offline::interface::{RawCallAhead, RawStacks, RawTurn};
use mapi_offline::sys::{
    HRESULT, MAPIOFFLINE_CAPABILITY_OFFLINE, MAPIOFFLINE_CAPABILITY_ONLINE,
    MAPIOFFLINE_STATE_ONLINE, S_OK, hresult,
};
use mapi_offline::{
    CallAhead, EventLog, FindingId, Function, HostEvent, LoggedEvent, Stacks, Turn,
};
use mapi_offline_page::PageRecording;
use mapi_offline_scenario::HostAction;

use super::exports::{Exports, RawFinding};
use super::{ClientError, ClientOptions};
use crate::problem::Problem;
use crate::stacks::{Emulation, HostStep, Suspender};

/// `MAPISIM_PROFILE_DEFAULT`
const DEFAULT_PROFILE: u32 = 0x1;

pub(super) struct InLibrary {
    exports: Rc<Exports>,
    /// The library calls it until the emulation has shut down. `None`: clients are not put aside.
    _suspender: Option<Rc<Suspender>>,
    kept: KeptOfLibrary,
}

/// Takes a line of a trace as soon as it comes.
pub(super) type TakeLine = Rc<dyn Fn(&str)>;

/// Takes a part of a recording as soon as it comes.
pub(super) type TakePart = Rc<dyn Fn(PageRecording)>;

/// What is kept of an execution in a library, if that was asked for.
#[derive(Default)]
pub(super) struct KeptOfLibrary {
    pub(super) trace: Option<Box<TraceLines>>,
    pub(super) recording: Option<Box<RecordedParts>>,
}

/// The recording of an execution.
pub(super) struct RecordedParts {
    whole: RefCell<PageRecording>,
    takes_part: Option<TakePart>,
}

impl RecordedParts {
    /// Gathers parts, unless `takes_part` gets them.
    pub(super) fn new(takes_part: Option<TakePart>) -> Box<Self> {
        Box::new(Self {
            whole: RefCell::default(),
            takes_part,
        })
    }

    fn add(&self, part: &str) {
        // Whoever reads it is of the same build as whoever writes it.
        let Ok(part) = serde_json::from_str(part) else {
            return;
        };
        match &self.takes_part {
            Some(take) => take(part),
            None => self.whole.borrow_mut().append(part),
        }
    }
}

/// The trace of an execution, which comes line by line.
pub(super) struct TraceLines {
    log: RefCell<EventLog>,
    takes_line: Option<TakeLine>,
}

impl TraceLines {
    /// Gathers what the lines say, or gives each to `takes_line`.
    pub(super) fn new(takes_line: Option<TakeLine>) -> Box<Self> {
        Box::new(Self {
            log: RefCell::default(),
            takes_line,
        })
    }

    fn add(&self, line: &str) {
        match &self.takes_line {
            Some(take) => take(line),
            // Whoever reads it is of the same build as whoever writes it.
            None => LoggedEvent::read(line)
                .into_iter()
                .for_each(|event| self.log.borrow_mut().push(event)),
        }
    }
}

/// Text for the library. What stands behind a zero in it is left out.
pub(super) fn text(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

/// Text of the library; of null, none.
///
/// # Safety
/// `text` is null or ends with a zero.
pub(super) unsafe fn read(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as the caller says.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_string_lossy().into_owned())
}

extern "C" fn before_call(context: *mut c_void, ahead: *const RawCallAhead) -> i32 {
    // SAFETY: the context is the suspender, and the library passes a call and its strings.
    let (suspender, others, client, function) = unsafe {
        let ahead = &*ahead;
        (
            &*context.cast::<Suspender>(),
            ahead.others_may_go_first != 0,
            read(ahead.client),
            read(ahead.function),
        )
    };
    // The library is of the same build: it knows no other function.
    let function = function.and_then(|name| Function::from_name(&name));
    let returns = function.and_then(|function| {
        suspender.before_call(CallAhead {
            client: &client.unwrap_or_default(),
            function,
            others_may_go_first: others,
        })
    });
    returns.map_or(0, |returns| returns.0)
}

extern "C" fn wait(context: *mut c_void, client: *const c_char, number: u64) -> u32 {
    // SAFETY: the context is the suspender, and the library passes a string.
    let (suspender, client) = unsafe { (&*context.cast::<Suspender>(), read(client)) };
    suspender.wait(&client.unwrap_or_default(), number).into()
}

extern "C" fn trace_line(context: *mut c_void, line: *const c_char) {
    // SAFETY: the context is the emulation's trace, and the library passes a string.
    let (trace, line) = unsafe { (&*context.cast::<TraceLines>(), read(line)) };
    trace.add(&line.unwrap_or_default());
}

extern "C" fn recorded_part(context: *mut c_void, part: *const c_char) {
    // SAFETY: the context is the emulation's recording, and the library passes a string.
    let (recording, part) = unsafe { (&*context.cast::<RecordedParts>(), read(part)) };
    recording.add(&part.unwrap_or_default());
}

/// `Err` for an HRESULT that is not `S_OK`.
pub(super) fn accept(hr: HRESULT, what: impl FnOnce() -> String) -> Result<(), ClientError> {
    match hr {
        S_OK => Ok(()),
        hr => Err(ClientError::Refused {
            what: what(),
            hr: hresult::describe(hr),
        }),
    }
}

impl InLibrary {
    /// Describes and starts an emulated Outlook, with this policy in place of that of the options, and keeps something of
    /// it.
    pub(super) fn start(
        exports: &Rc<Exports>,
        (options, policy): (&ClientOptions, &[(String, String)]),
        suspender: &Rc<Suspender>,
        kept: KeptOfLibrary,
    ) -> Result<Self, ClientError> {
        let emulation = Self {
            exports: Rc::clone(exports),
            _suspender: Some(Rc::clone(suspender)),
            kept,
        };
        emulation.started((options, policy), Some(suspender), &mut || Ok(()))
    }

    /// As [`InLibrary::start`], in which clients run as they do in a test of their own, and of which nothing is kept.
    /// `describe`: says more of it before it starts.
    pub(super) fn start_plain(
        exports: &Rc<Exports>,
        options: &ClientOptions,
        describe: &mut dyn FnMut() -> Result<(), ClientError>,
    ) -> Result<Self, ClientError> {
        let emulation = Self {
            exports: Rc::clone(exports),
            _suspender: None,
            kept: KeptOfLibrary::default(),
        };
        emulation.started((options, &options.policy), None, describe)
    }

    fn started(
        self,
        described: (&ClientOptions, &[(String, String)]),
        suspender: Option<&Rc<Suspender>>,
        describe: &mut dyn FnMut() -> Result<(), ClientError>,
    ) -> Result<Self, ClientError> {
        let begun = self.begin(described, suspender, describe);
        if begun.is_err() {
            // SAFETY: it takes nothing.
            let _ = unsafe { (self.exports.mapisim_clear)() };
        }
        begun.map(|()| self)
    }

    fn begin(
        &self,
        (options, policy): (&ClientOptions, &[(String, String)]),
        suspender: Option<&Rc<Suspender>>,
        describe: &mut dyn FnMut() -> Result<(), ClientError>,
    ) -> Result<(), ClientError> {
        let both = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;
        let (exports, profile) = (&self.exports, text(&options.profile));
        let stacks = suspender.map(|suspender| RawStacks {
            context: Rc::as_ptr(suspender).cast_mut().cast(),
            before_call,
            lets_calls_fail: suspender.lets_calls_fail().into(),
            wait,
        });
        let named = || format!("profile {:?}", options.profile);
        // SAFETY: strings end with a zero; the suspender, the trace and the recording live as long as the emulation,
        // and so until the emulation has shut down.
        unsafe {
            accept((exports.mapisim_begin)(), || "the emulation".to_owned())?;
            let state = MAPIOFFLINE_STATE_ONLINE;
            accept(
                (exports.mapisim_profile)(profile.as_ptr(), state, both, DEFAULT_PROFILE),
                named,
            )?;
            for (knob, value) in policy {
                let hr = (exports.mapisim_policy)(text(knob).as_ptr(), text(value).as_ptr());
                accept(hr, || format!("policy {knob}={value}"))?;
            }
            let _ = (exports.mapisim_durations)(0, 0, 0);
            let stacks = stacks.as_ref().map_or(null(), std::ptr::from_ref);
            let _ = (exports.mapisim_explore_stacks)(stacks);
            if let Some(trace) = &self.kept.trace {
                let trace: *const TraceLines = &**trace;
                let _ = (exports.mapisim_trace_lines)(Some(trace_line), trace.cast_mut().cast());
            }
            if let Some(parts) = &self.kept.recording {
                let parts: *const RecordedParts = &**parts;
                let context = parts.cast_mut().cast();
                let _ = (exports.mapisim_explore_recording)(Some(recorded_part), context);
            }
            describe()?;
            accept((exports.mapisim_start)(), named)
        }
    }
}

impl Emulation for InLibrary {
    fn turns(&self) -> Vec<Turn> {
        let mut turns = Vec::new();
        let mut raw = RawTurn {
            number: 0,
            label: null(),
            kind: 0,
            session: 0,
            is_noise: 0,
        };
        // SAFETY: `raw` may be written.
        while unsafe { (self.exports.mapisim_explore_turn)(turns.len() as u32, &mut raw) } == S_OK {
            // SAFETY: the library passes a string.
            let label = unsafe { read(raw.label) }.unwrap_or_default();
            let Some(turn) = raw.read(label) else {
                break;
            };
            turns.push(turn);
        }
        turns
    }

    fn play(&self, turn: usize) {
        // SAFETY: any number is allowed.
        let _ = unsafe { (self.exports.mapisim_explore_play)(turn as u32) };
    }

    fn host(&self, step: &HostStep) {
        let exports = &self.exports;
        let profile = step.profile.as_deref().map(text);
        let function = match step.action {
            HostAction::Event(HostEvent::WorkOffline) => exports.mapisim_work_offline,
            HostAction::Event(HostEvent::WorkOnline) => exports.mapisim_work_online,
            HostAction::Event(HostEvent::ServerLost) => exports.mapisim_server_lost,
            HostAction::Event(HostEvent::ServerBack) => exports.mapisim_server_back,
            HostAction::LogOn => exports.mapisim_log_on,
            HostAction::LogOff => exports.mapisim_log_off,
            HostAction::Connect(_)
            | HostAction::Connected(_)
            | HostAction::Started(_)
            | HostAction::Disconnect(_)
            | HostAction::Quit => return,
        };
        // SAFETY: the string ends with a zero, or is null.
        let _ = unsafe { function(profile.as_ref().map_or(null(), |name| name.as_ptr())) };
    }

    fn as_client(&self, name: &str, code: &mut dyn FnMut()) {
        extern "C" fn call(context: *mut c_void) {
            // SAFETY: the context is the closure below.
            let code = unsafe { &mut *context.cast::<&mut dyn FnMut()>() };
            code();
        }
        let mut code = code;
        let context: *mut &mut dyn FnMut() = &mut code;
        // SAFETY: the name ends with a zero, and `call` gets what it expects.
        let _ = unsafe {
            (self.exports.mapisim_explore_client)(text(name).as_ptr(), Some(call), context.cast())
        };
    }

    fn disconnects(&self, client: &str) {
        // SAFETY: the string ends with a zero.
        let _ = unsafe { (self.exports.mapisim_explore_disconnects)(text(client).as_ptr()) };
    }

    fn quiet(&self) {
        // SAFETY: it takes nothing.
        let _ = unsafe { (self.exports.mapisim_explore_quiet)() };
    }

    fn quit(&self) {
        // SAFETY: it takes nothing.
        let _ = unsafe { (self.exports.mapisim_quit)() };
    }

    fn report(&self) -> Vec<Problem> {
        let exports = &self.exports;
        let mut count = 0;
        let mut problems = Vec::new();
        // SAFETY: `count` and `raw` may be written, and the strings stay until `mapisim_clear`.
        unsafe {
            let _ = (exports.mapisim_shut_down)(&mut count);
            for index in 0..count {
                let mut raw = RawFinding {
                    time_us: 0,
                    id: null(),
                    client: null(),
                    rule: null(),
                    detail: null(),
                    severity: 0,
                };
                if (exports.mapisim_finding_at)(index, &mut raw) != S_OK {
                    break;
                }
                let id = read(raw.id).and_then(|id| FindingId::from_name(&id));
                problems.extend(id.map(|id| Problem::Finding {
                    id,
                    client: read(raw.client),
                    rule: read(raw.rule).unwrap_or_default(),
                    detail: read(raw.detail).unwrap_or_default(),
                }));
            }
            let _ = (exports.mapisim_clear)();
        }
        problems
    }

    fn log(&self) -> EventLog {
        let trace = self.kept.trace.as_ref();
        trace.map(|trace| trace.log.take()).unwrap_or_default()
    }

    fn decides(&self, words: &str) {
        // SAFETY: the string ends with a zero.
        let _ = unsafe { (self.exports.mapisim_explore_decides)(text(words).as_ptr()) };
    }

    fn recording(&self) -> PageRecording {
        let recording = self.kept.recording.as_ref();
        recording.map(|it| it.whole.take()).unwrap_or_default()
    }
}
