//! A scenario file that C clients take part in.

use std::ffi::{c_char, c_void};
use std::path::Path;
use std::rc::Rc;

use mapi_offline::scenario::{Mistake, Parsed, parse, text::harmless};
use mapi_offline::sys::{
    E_INVALIDARG, E_UNEXPECTED, HRESULT, MAPI_E_INVALID_PARAMETER, MAPI_E_NOT_FOUND, S_OK,
};

use super::description::Settings;
use super::scenario_report::report;
use super::shutdown::mapisim_shut_down;
use crate::process::{self, ProcessState};
use crate::text;
use crate::theirs::theirs;

/// Runs a scenario file to its end, with the C clients that `connect` brings.
///
/// # Safety
/// `path` is null or ends with a zero; `context` is what `connect` expects; `unmet` is null or may be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_run_scenario(
    path: *const c_char,
    connect: Option<extern "C-unwind" fn(context: *mut c_void)>,
    context: *mut c_void,
    unmet: *mut u32,
) -> HRESULT {
    // SAFETY: as the caller says.
    let path = unsafe { text::read(path) };
    process::control(|| {
        let settings = process::with_state(|state| match state {
            ProcessState::Described(settings) => Some(settings.clone()),
            _ => None,
        });
        let Some(settings) = settings else {
            return E_UNEXPECTED;
        };
        let Some(path) = path else {
            return E_INVALIDARG;
        };
        let connect = || {
            if let Some(connect) = connect {
                theirs("the connect of mapisim_run_scenario", || connect(context));
            }
        };
        let failed = match run(path, *settings, connect) {
            Ok(failed) => failed,
            Err(hr) => return hr,
        };
        if !unmet.is_null() {
            // SAFETY: as the caller says.
            unsafe { unmet.write(failed) };
        }
        S_OK
    })
}

/// Says how many expectations did not hold.
fn run(path: &str, settings: Settings, connect: impl FnOnce()) -> Result<u32, HRESULT> {
    let scenario = read(path)?.scenario;
    let running = Rc::new(settings.playing(scenario).start()?);
    drop(process::replace(ProcessState::Running(Rc::clone(&running))));
    connect();
    if process::running().is_none() {
        // `connect` has shut it down.
        return Err(E_UNEXPECTED);
    }
    let outcome = running.outlook.run_scenario();
    report(&outcome.report());
    running.findings.update(&outcome.findings);
    // SAFETY: null is allowed.
    unsafe { mapisim_shut_down(std::ptr::null_mut()) }
        .ok()
        .map_err(|error| error.code())?;
    Ok(u32::try_from(outcome.failures.len()).unwrap_or(u32::MAX))
}

fn read(path: &str) -> Result<Parsed, HRESULT> {
    let bytes = std::fs::read(Path::new(path)).map_err(|error| {
        report(&harmless(&format!("{path}: {error}\n")));
        MAPI_E_NOT_FOUND
    })?;
    parse(path, &bytes).map_err(|mistakes| {
        report(&mistakes.iter().map(line).collect::<String>());
        MAPI_E_INVALID_PARAMETER
    })
}

/// `file.toml:3:8: there is no key `x` here`
fn line(mistake: &Mistake) -> String {
    let place = mistake.place();
    harmless(&format!(
        "{}:{}:{}: {mistake}\n",
        mistake.file(),
        place.line,
        place.column
    ))
}
