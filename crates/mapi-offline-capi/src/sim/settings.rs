//! What the emulated Outlook is made with: `mapisim_begin` to `mapisim_start`.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use mapi_offline::sys::{
    E_INVALIDARG, E_UNEXPECTED, HRESULT, MAPI_E_NOT_FOUND, MAPIOFFLINE_STATE_OFFLINE,
    MAPIOFFLINE_STATE_ONLINE, RPC_E_WRONG_THREAD, S_OK,
};
use mapi_offline::{Outlook, ProfileSettings, State};

use super::description::Settings;
use super::finding_texts::Findings;
use super::scenario_report::forget_report;
use super::watch::{TakeNotifyTime, Watch, WatchLine, WatchTimes};
use crate::process::{self, ProcessState, Running};
use crate::text;

/// `flags` of [`mapisim_profile`]: it is the default profile.
pub const MAPISIM_PROFILE_DEFAULT: u32 = 0x1;
/// `flags` of [`mapisim_profile`]: it is an app profile (PROF-8).
pub const MAPISIM_PROFILE_APP: u32 = 0x2;
/// `flags` of [`mapisim_profile`]: it has no offline object (OPEN-3).
pub const MAPISIM_PROFILE_NO_OFFLINE_OBJECT: u32 = 0x4;

impl Settings {
    /// Starts an emulation as described.
    ///
    /// # Errors
    /// A profile that cannot be, or a trace file that cannot be made.
    pub(super) fn start(&self) -> Result<Running, HRESULT> {
        let watch = Watch::new(
            self.trace_file.as_deref(),
            self.trace_line,
            self.notify_times,
            self.recording,
        )?;
        let mut builder = Outlook::builder()
            .policy(self.policy)
            .seed(self.seed)
            .fast_shutdown_behavior(self.fast_shutdown_behavior)
            .zombies(!self.forget_the_dead)
            .verify_on_drop(false);
        for (name, settings) in &self.profiles {
            builder = builder.profile_with(name, *settings);
        }
        if let Some([start, change, done]) =
            self.durations.map(|all| all.map(Duration::from_micros))
        {
            builder = builder.durations(start, change, done);
        }
        if self.elsewhere {
            builder = builder.in_another_process();
        }
        if let Some(path) = &self.report_file {
            builder = builder.report_html_with_title(path, &title_of_program());
        }
        if let Some(stacks) = self.stacks {
            builder = builder.stacks(Rc::new(stacks));
        }
        if let Some(scenario) = &self.scenario {
            builder = builder.scenario(scenario.clone());
        }
        let outlook = builder
            .observer(watch.observer())
            .build()
            .map_err(|error| error.code())?;
        if let Some(default) = &self.default {
            outlook.administer(|profiles| profiles.set_default(Some(default)))?;
        }
        Ok(Running {
            outlook,
            watch,
            findings: Findings::default(),
            reported: RefCell::default(),
            buffers_before: mapi_offline::mapi::buffers_given(),
        })
    }
}

/// Changes the description; `E_UNEXPECTED` if nothing is being described.
pub(super) fn describe(change: impl FnOnce(&mut Settings) -> HRESULT) -> HRESULT {
    process::control(|| {
        process::with_state(|state| match state {
            ProcessState::Described(settings) => change(settings),
            _ => E_UNEXPECTED,
        })
    })
}

/// Begins the description of an emulated Outlook. What was found before is forgotten.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_begin() -> HRESULT {
    process::control(|| {
        if process::running().is_some() {
            return E_UNEXPECTED;
        }
        if !process::claim() {
            return RPC_E_WRONG_THREAD;
        }
        forget_report();
        drop(process::replace(ProcessState::Described(Box::default())));
        S_OK
    })
}

/// Adds a profile, logged on.
///
/// # Safety
/// `name` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_profile(
    name: *const c_char,
    state: u32,
    capabilities: u32,
    flags: u32,
) -> HRESULT {
    const KNOWN: u32 =
        MAPISIM_PROFILE_DEFAULT | MAPISIM_PROFILE_APP | MAPISIM_PROFILE_NO_OFFLINE_OBJECT;
    // SAFETY: as the caller says.
    let name = unsafe { text::read(name) };
    describe(|settings| {
        let state = match state {
            MAPIOFFLINE_STATE_ONLINE => State::Online,
            MAPIOFFLINE_STATE_OFFLINE => State::Offline,
            _ => return E_INVALIDARG,
        };
        let Some(name) = name else {
            return E_INVALIDARG;
        };
        if flags & !KNOWN != 0 {
            return E_INVALIDARG;
        }
        let profile = ProfileSettings {
            state,
            capabilities,
            offline_object: flags & MAPISIM_PROFILE_NO_OFFLINE_OBJECT == 0,
            app: flags & MAPISIM_PROFILE_APP != 0,
        };
        settings.profiles.push((name.to_owned(), profile));
        if flags & MAPISIM_PROFILE_DEFAULT != 0 {
            settings.default = Some(name.to_owned());
        }
        S_OK
    })
}

/// Sets a policy knob.
///
/// # Safety
/// Both strings are null or end with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_policy(knob: *const c_char, value: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let (knob, value) = unsafe { (text::read(knob), text::read(value)) };
    describe(|settings| match knob.zip(value) {
        None => E_INVALIDARG,
        Some((knob, value)) => match settings.policy.set(knob, value) {
            Ok(()) => S_OK,
            Err(_) => MAPI_E_NOT_FOUND,
        },
    })
}

/// Decides what goes first among what falls on one instant.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_seed(seed: u64) -> HRESULT {
    describe(|settings| {
        settings.seed = seed;
        S_OK
    })
}

/// Sets the virtual durations between the phases, in microseconds.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_durations(start_us: u64, change_us: u64, done_us: u64) -> HRESULT {
    describe(|settings| {
        settings.durations = Some([start_us, change_us, done_us]);
        S_OK
    })
}

/// The host process is not Outlook (OPEN-5).
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_not_outlook() -> HRESULT {
    describe(|settings| {
        settings.elsewhere = true;
        S_OK
    })
}

/// Whether fully released objects stay as zombies (LIFE-5).
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_zombies(keep: i32) -> HRESULT {
    describe(|settings| {
        settings.forget_the_dead = keep == 0;
        S_OK
    })
}

/// Writes the trace to a file.
///
/// # Safety
/// `path` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_trace_file(path: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let path = unsafe { text::read(path) };
    describe(|settings| {
        settings.trace_file = path.map(PathBuf::from);
        S_OK
    })
}

/// Writes a page for a browser to a file.
///
/// # Safety
/// `path` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_report_file(path: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let path = unsafe { text::read(path) };
    describe(|settings| {
        settings.report_file = path.map(PathBuf::from);
        S_OK
    })
}

/// Hands each line of the trace to a function.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_trace_lines(
    line: Option<extern "C-unwind" fn(context: *mut c_void, line: *const c_char)>,
    context: *mut c_void,
) -> HRESULT {
    describe(|settings| {
        settings.trace_line = line.map(|line| WatchLine { line, context });
        S_OK
    })
}

/// Times each `Notify`, and hands the times to a function.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_notify_times(
    timed: Option<TakeNotifyTime>,
    context: *mut c_void,
) -> HRESULT {
    describe(|settings| {
        settings.notify_times = timed.map(|timed| WatchTimes { timed, context });
        S_OK
    })
}

/// Starts the emulated Outlook that was described.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_start() -> HRESULT {
    process::control(|| {
        let settings = process::with_state(|state| match state {
            ProcessState::Described(settings) => Some(settings.clone()),
            _ => None,
        });
        let Some(settings) = settings else {
            return E_UNEXPECTED;
        };
        match settings.start() {
            Ok(running) => {
                drop(process::replace(ProcessState::Running(Rc::new(running))));
                S_OK
            }
            Err(hr) => hr,
        }
    })
}

/// The name of the program that plays, for a page of it.
fn title_of_program() -> String {
    let program = std::env::current_exe().ok();
    let name = program.as_deref().and_then(Path::file_stem);
    name.map_or_else(
        || "A test".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
