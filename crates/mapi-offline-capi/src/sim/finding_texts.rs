//! Findings as a C program reads them.

use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::rc::Rc;

use mapi_offline::{Found, Severity};

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
    pub(super) fn place(&self, index: u32) -> Option<*const c_char> {
        let texts = self.0.borrow();
        let text = texts.get(usize::try_from(index).ok()?)?;
        Some(text.place.as_ptr())
    }

    pub(super) fn get(&self, index: u32) -> Option<mapisim_finding> {
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
