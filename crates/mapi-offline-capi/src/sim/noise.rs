//! Does a program react to noise (finding `reacts-to-noise`)?

use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline::sys::{E_INVALIDARG, E_UNEXPECTED, HRESULT, S_OK};
use mapi_offline::{FindingId, Found, Noise, Policy};

use super::shutdown::mapisim_shut_down;
use super::watch::Calls;
use super::{Findings, Settings};
use crate::process::{self, ProcessState};

/// All the noise there is.
const ALL: Noise = Noise {
    state_bits: true,
    capability_bits: true,
    notifications: true,
};

/// Runs `program` twice on the emulation that is described, without noise and with it, and
/// compares what its clients call.
///
/// # Safety
/// `context` is what `program` expects; `count` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_check_noise(
    program: Option<extern "C-unwind" fn(context: *mut c_void)>,
    context: *mut c_void,
    count: *mut u32,
) -> HRESULT {
    process::control(|| {
        let Some(program) = program else {
            return E_INVALIDARG;
        };
        let settings = process::look(|state| match state {
            ProcessState::Described(settings) => Some(settings.clone()),
            _ => None,
        });
        let Some(mut settings) = settings else {
            return E_UNEXPECTED;
        };
        let noise = match settings.policy.noise {
            noise if noise == Noise::default() => ALL,
            noise => noise,
        };
        let mut run = |noise| {
            // The page is of the run without noise, as the report is.
            if noise != Noise::default() {
                settings.report_file = None;
            }
            settings.policy = Policy {
                noise,
                ..settings.policy
            };
            once(&settings, program, context)
        };
        let quiet = match run(Noise::default()) {
            Ok(quiet) => quiet,
            Err(hr) => return hr,
        };
        let noisy = match run(noise) {
            Ok(noisy) => noisy,
            Err(hr) => return hr,
        };
        let mut found = quiet.found;
        found.extend(compare(&quiet.calls, &noisy.calls));
        let findings = Findings::default();
        findings.update(&found);
        if !count.is_null() {
            // SAFETY: as the caller says.
            unsafe { count.write(findings.len()) };
        }
        drop(process::replace(ProcessState::Reported(Rc::new(findings))));
        S_OK
    })
}

struct Run {
    calls: Calls,
    found: Vec<Found>,
}

/// Runs the program on an emulation of its own. It may shut it down itself; if not, it is done
/// here.
fn once(
    settings: &Settings,
    program: extern "C-unwind" fn(context: *mut c_void),
    context: *mut c_void,
) -> Result<Run, HRESULT> {
    let running = Rc::new(settings.start()?);
    running.watch.keep_calls();
    drop(process::replace(ProcessState::Running(Rc::clone(&running))));
    process::theirs("the program of mapisim_check_noise", || program(context));
    if process::running().is_some() {
        // SAFETY: null is allowed.
        unsafe { mapisim_shut_down(std::ptr::null_mut()) }
            .ok()
            .map_err(|error| error.code())?;
    }
    Ok(Run {
        calls: running.watch.take_calls(),
        found: running.reported.take(),
    })
}

/// For each client the first call that differs.
fn compare(quiet: &Calls, noisy: &Calls) -> Vec<Found> {
    let mut clients: Vec<&String> = quiet.keys().chain(noisy.keys()).collect();
    clients.sort_unstable();
    clients.dedup();
    let none = Vec::new();
    let differences = clients.into_iter().filter_map(|client| {
        let quiet = quiet.get(client).unwrap_or(&none);
        let noisy = noisy.get(client).unwrap_or(&none);
        let longest = quiet.len().max(noisy.len());
        let index = (0..longest).find(|&index| quiet.get(index) != noisy.get(index))?;
        let what = |calls: &[String]| calls.get(index).cloned().unwrap_or("nothing".to_owned());
        Some(Found {
            t_us: 0,
            id: FindingId::ReactsToNoise,
            client: Some(client.clone()),
            rule: "NOTE-6",
            detail: format!(
                "its call {} is {} without noise and {} with it",
                index + 1,
                what(quiet),
                what(noisy)
            ),
        })
    });
    differences.collect()
}
