//! Whether a program reacts to noise (finding `reacts-to-noise`).

use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline::sys::{E_INVALIDARG, E_UNEXPECTED, HRESULT, S_OK};
use mapi_offline::{ActDifference, ClientActs, FindingId, Found, Noise, Policy};

use super::shutdown::mapisim_shut_down;
use super::{Findings, Settings};
use crate::process::{self, ProcessState};
use crate::theirs::theirs;

/// Runs `program` twice on the emulation that is described, without noise and with it, and compares what its clients
/// call and conclude. If that differs, and there are several kinds of noise, it is run with each alone, to see which
/// causes it.
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
        let settings = process::with_state(|state| match state {
            ProcessState::Described(settings) => Some(settings.clone()),
            _ => None,
        });
        let Some(mut settings) = settings else {
            return E_UNEXPECTED;
        };
        let noise = match settings.policy.noise {
            noise if noise.is_none() => Noise::ALL,
            noise => noise,
        };
        let mut run = |noise| {
            // The page is of the run without noise, as the report is.
            if !Noise::is_none(noise) {
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
        let mut differing = compare(&quiet.acts, &noisy.acts, noise);
        if noise.kinds().count() > 1 && !differing.is_empty() {
            // The trace stays that of the run with all of it.
            (settings.trace_file, settings.trace_line) = (None, None);
            settings.notify_times = None;
            for kind in noise.kinds() {
                settings.policy.noise = kind.alone;
                match once(&settings, program, context) {
                    Ok(with) => {
                        name_cause(&mut differing, compare(&quiet.acts, &with.acts, kind.alone))
                    }
                    Err(hr) => return hr,
                }
            }
        }
        let mut found = quiet.found;
        found.extend(differing);
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
    acts: ClientActs,
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
    running.watch.keep_acts();
    drop(process::replace(ProcessState::Running(Rc::clone(&running))));
    theirs("the program of mapisim_check_noise", || program(context));
    if process::running().is_some() {
        // SAFETY: null is allowed.
        unsafe { mapisim_shut_down(std::ptr::null_mut()) }
            .ok()
            .map_err(|error| error.code())?;
    }
    Ok(Run {
        acts: running.watch.take_acts(),
        found: running.reported.take(),
    })
}

/// For each client where what it does first differs.
fn compare(quiet: &ClientActs, noisy: &ClientActs, noise: Noise) -> Vec<Found> {
    let mut clients: Vec<&str> = quiet.clients().chain(noisy.clients()).collect();
    clients.sort_unstable();
    clients.dedup();
    let differences = clients
        .into_iter()
        .filter_map(|client| quiet.difference_of(noisy, client));
    let found = differences.map(|difference| Found {
        t_us: 0,
        id: FindingId::ReactsToNoise,
        rule: ActDifference::rule(noise),
        detail: difference.in_words(noise),
        place: difference.place(),
        client: Some(difference.client),
    });
    found.collect()
}

/// Puts what one kind of noise alone causes in the place of what all of it together does, client by client; the first
/// kind that does stays.
fn name_cause(differing: &mut [Found], caused: Vec<Found>) {
    let several = ActDifference::rule(Noise::ALL);
    for cause in caused {
        let mut open = differing.iter_mut();
        let open = open.find(|found| found.client == cause.client && found.rule == several);
        if let Some(open) = open {
            *open = cause;
        }
    }
}
