//! What was found, for a C program to read.

use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::rc::Rc;

use mapi_offline::sys::{E_INVALIDARG, HRESULT, MAPI_E_NOT_FOUND, S_OK, hresult};
use mapi_offline::{Found, Severity};

use crate::process::{self, ProcessState};
use crate::text;

/// A finding. Its strings stay until the next `mapisim_begin` or `mapisim_clear`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct mapisim_finding {
    /// When, in virtual microseconds since the start.
    pub time_us: u64,
    /// What kind: `leaked-reference` …
    pub id: *const c_char,
    /// The client that it is about, or null.
    pub client: *const c_char,
    /// The rule it rests on: `LIFE-4` …
    pub rule: *const c_char,
    /// What happened, in words.
    pub detail: *const c_char,
    /// 0 note, 1 warning, 2 error.
    pub severity: u32,
}

struct Text {
    time_us: u64,
    id: CString,
    client: Option<CString>,
    rule: CString,
    detail: CString,
    place: CString,
    severity: u32,
}

impl From<&Found> for Text {
    fn from(found: &Found) -> Self {
        Self {
            time_us: found.t_us,
            id: text::write(found.id.name()),
            client: found.client.as_deref().map(text::write),
            rule: text::write(found.rule),
            detail: text::write(&found.detail),
            place: text::write(&found.place.to_string()),
            severity: match found.id.severity() {
                Severity::Note => 0,
                Severity::Warning => 1,
                Severity::Error => 2,
            },
        }
    }
}

/// The findings in words. They are only ever added to, so that their strings stay.
#[derive(Default)]
pub(crate) struct Findings(RefCell<Vec<Rc<Text>>>);

impl Findings {
    /// Takes in those of `found` that are new. The first ones are always the same.
    pub(super) fn update(&self, found: &[Found]) {
        let mut texts = self.0.borrow_mut();
        let known = texts.len();
        texts.extend(found.iter().skip(known).map(|found| Rc::new(found.into())));
    }

    /// The same findings, in a place of their own.
    pub(super) fn share(&self) -> Self {
        Self(self.0.clone())
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.0.borrow().len()).unwrap_or(u32::MAX)
    }

    /// Which thing a finding is about, and which calls it goes back to, in words.
    fn place(&self, index: u32) -> Option<*const c_char> {
        let texts = self.0.borrow();
        let text = texts.get(usize::try_from(index).ok()?)?;
        Some(text.place.as_ptr())
    }

    fn get(&self, index: u32) -> Option<mapisim_finding> {
        let texts = self.0.borrow();
        let text = texts.get(usize::try_from(index).ok()?)?;
        Some(mapisim_finding {
            time_us: text.time_us,
            id: text.id.as_ptr(),
            client: text
                .client
                .as_ref()
                .map_or(null(), |client| client.as_ptr()),
            rule: text.rule.as_ptr(),
            detail: text.detail.as_ptr(),
            severity: text.severity,
        })
    }
}

/// Looks at what was found so far, in the running emulation or in the last one.
fn look<T>(look: impl FnOnce(&Findings) -> T) -> Option<T> {
    if let Some(running) = process::running() {
        running.findings.update(&running.outlook.findings());
        return Some(look(&running.findings));
    }
    let reported = process::look(|state| match state {
        ProcessState::Reported(findings) => Some(Rc::clone(findings)),
        _ => None,
    });
    reported.map(|findings| look(&findings))
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
        unsafe { count.write(look(Findings::len).unwrap_or(0)) };
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
        match look(|findings| findings.get(index)).flatten() {
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
        match look(|findings| findings.place(index)).flatten() {
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
