//! The recorder in our own library, through its C door alone.

use std::ffi::{CString, c_void};
use std::ptr::{null, null_mut};
use std::sync::Arc;

use mapi_offline_core::{KNOBS, Policy};
use mapi_offline_sys::{GUID, HRESULT, MAPIOFFLINE_CREATEINFO, S_OK};
use mapirecord_add_in::{
    LeftAtQuit, Mapi, RecordedTrace, Recorder, RecorderHost, after_log_off, before_log_off,
    before_quit, record,
};
use msmapi32::*;

/// The exports of the library.
struct Door;

impl Mapi for Door {
    fn initialize(&self) -> HRESULT {
        // SAFETY: null is allowed.
        unsafe { MAPIInitialize(null_mut()) }
    }

    fn uninitialize(&self) {
        MAPIUninitialize();
    }

    unsafe fn open(
        &self,
        reserved: u32,
        name: *const u16,
        guid: *const GUID,
        pointer: *const GUID,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        unsafe { HrOpenOfflineObj(reserved, name, guid, pointer, out) }
    }

    unsafe fn create(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        unsafe { HrCreateOfflineObj(flags, info, out) }
    }

    unsafe fn free(&self, block: *mut c_void) {
        // SAFETY: as the caller says.
        unsafe { MAPIFreeBuffer(block) };
    }

    unsafe fn admin_profiles(&self, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: as the caller says.
        unsafe { MAPIAdminProfiles(0, out) }
    }
}

/// The host in virtual time.
struct VirtualHost;

impl RecorderHost for VirtualHost {
    fn wait(&self) {
        let _ = mapisim_run_until_idle();
    }

    fn pause(&self) {}

    fn may(&self, _: &str) -> bool {
        true
    }

    fn user_works(&self, online: bool) {
        // SAFETY: null is every profile.
        let _ = unsafe {
            if online {
                mapisim_work_online(null())
            } else {
                mapisim_work_offline(null())
            }
        };
    }

    fn has_threads(&self) -> bool {
        false
    }

    fn connects(&self, mut code: &mut dyn FnMut()) {
        extern "C-unwind" fn connected(code: *mut c_void) {
            // SAFETY: it is what is given below, and lives until mapisim_connect has returned.
            let code = unsafe { &mut *code.cast::<&mut dyn FnMut()>() };
            code();
        }
        let context = (&raw mut code).cast();
        // SAFETY: the string ends with a zero, and the code lives during the call.
        ok(unsafe { mapisim_connect(c"client".as_ptr(), Some(connected), context) });
    }
}

fn log_off() -> HRESULT {
    // SAFETY: the string ends with a zero.
    unsafe { mapisim_log_off(c"Work".as_ptr()) }
}

/// The host logs on anew and quits.
fn quit(recorder: &Arc<Recorder>) {
    extern "C-unwind" fn disconnects(left: *mut c_void) {
        // SAFETY: it is what is left below, and lives until the host has quit.
        unsafe { &*left.cast::<LeftAtQuit>() }.disconnects();
    }
    recorder.host_event("logon");
    // SAFETY: the string ends with a zero.
    ok(unsafe { mapisim_log_on(c"Work".as_ptr()) });
    let left = before_quit(recorder);
    let context = (&raw const left).cast_mut().cast();
    // SAFETY: the string ends with a zero, and `left` lives until the host has quit.
    ok(unsafe { mapisim_on_disconnect(c"client".as_ptr(), Some(disconnects), context) });
    ok(mapisim_quit());
    left.after_quit();
}

fn ok(hr: HRESULT) {
    assert_eq!(hr, S_OK);
}

/// The values that a policy has, a knob each; for `noise` a set with commas.
fn settings(policy: &Policy) -> Vec<(&'static str, String)> {
    let values = KNOBS.iter().map(|knob| {
        let is = |value: &str| {
            let mut other = *policy;
            other.set(knob.name, value).is_ok() && other == *policy
        };
        let sets = (0..1u32 << knob.values.len()).map(|set| {
            let chosen = knob.values.iter().enumerate();
            let chosen = chosen.filter(|(place, _)| set >> place & 1 == 1);
            chosen
                .map(|(_, value)| *value)
                .collect::<Vec<_>>()
                .join(",")
        });
        let value = sets.into_iter().find(|set| is(set));
        (knob.name, value.expect("a value"))
    });
    values.collect()
}

/// The trace that the recorder makes of the emulation under a policy.
pub fn record_policy(policy: &Policy, seed: u64) -> String {
    let text = |words: &str| CString::new(words).expect("no zero");
    // SAFETY: the strings end with a zero.
    unsafe {
        ok(mapisim_begin());
        ok(mapisim_seed(seed));
        for (knob, value) in settings(policy) {
            ok(mapisim_policy(text(knob).as_ptr(), text(&value).as_ptr()));
        }
        ok(mapisim_profile(text("Work").as_ptr(), 2, 3, 1));
        ok(mapisim_start());
    }
    let trace = RecordedTrace::default();
    let recorder = Recorder::new(Box::new(Door), Box::new(VirtualHost), "Work", trace);
    record(&recorder).expect("the profile is there");
    before_log_off(&recorder);
    ok(log_off());
    after_log_off(&recorder);
    quit(&recorder);
    let text = recorder.trace();
    // SAFETY: null is allowed.
    ok(unsafe { mapisim_shut_down(null_mut()) });
    ok(mapisim_clear());
    text
}
