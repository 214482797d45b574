//! What was found, for a C program to read.

use std::ffi::c_char;
use std::ptr::null;
use std::rc::Rc;

use mapi_offline::sys::{E_INVALIDARG, HRESULT, MAPI_E_NOT_FOUND, S_OK, hresult};

use super::finding_texts::{Findings, mapisim_finding};
use crate::process::{self, ProcessState};

/// Looks at what was found so far, in the running emulation or in the last one.
fn with_findings<T>(use_findings: impl FnOnce(&Findings) -> T) -> Option<T> {
    if let Some(running) = process::running() {
        running.findings.update(&running.outlook.findings());
        return Some(use_findings(&running.findings));
    }
    let reported = process::with_state(|state| match state {
        ProcessState::Reported(findings) => Some(Rc::clone(findings)),
        _ => None,
    });
    reported.map(|findings| use_findings(&findings))
}

/// How many findings there are so far, or in the report.
///
/// # Safety
/// `count` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_finding_count(count: *mut u32) -> HRESULT {
    process::control(|| {
        if count.is_null() {
            return E_INVALIDARG;
        }
        // SAFETY: it is not null, and so may be written.
        unsafe { count.write(with_findings(Findings::len).unwrap_or(0)) };
        S_OK
    })
}

/// One finding.
///
/// # Safety
/// `finding` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_finding_at(index: u32, finding: *mut mapisim_finding) -> HRESULT {
    process::control(|| {
        if finding.is_null() {
            return E_INVALIDARG;
        }
        match with_findings(|findings| findings.get(index)).flatten() {
            None => MAPI_E_NOT_FOUND,
            Some(found) => {
                // SAFETY: it is not null, and so may be written.
                unsafe { finding.write(found) };
                S_OK
            }
        }
    })
}

/// Which thing a finding is about, in which call it was found, and which calls it goes back to: an empty text where
/// nothing is known.
///
/// # Safety
/// `place` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_finding_where(index: u32, place: *mut *const c_char) -> HRESULT {
    process::control(|| {
        if place.is_null() {
            return E_INVALIDARG;
        }
        match with_findings(|findings| findings.place(index)).flatten() {
            None => MAPI_E_NOT_FOUND,
            Some(words) => {
                // SAFETY: it is not null, and so may be written.
                unsafe { place.write(words) };
                S_OK
            }
        }
    })
}

/// The longest name of an HRESULT, with its zero.
const NAME_MAX: usize = 32;

/// The names of HRESULTs as C strings.
static NAMES: [[u8; NAME_MAX]; hresult::NAMES.len()] = {
    let mut names = [[0; NAME_MAX]; hresult::NAMES.len()];
    let mut index = 0;
    while index < names.len() {
        let name = hresult::NAMES[index].0.as_bytes();
        assert!(name.len() < NAME_MAX);
        let mut at = 0;
        while at < name.len() {
            names[index][at] = name[at];
            at += 1;
        }
        index += 1;
    }
    names
};

/// The name of an HRESULT, or null for one that has none here.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_hresult_name(hr: HRESULT) -> *const c_char {
    let known = hresult::NAMES.iter().position(|(_, known)| *known == hr);
    known.map_or(null(), |index| NAMES[index].as_ptr().cast())
}
