//! Plays the host of the emulation, through the control API that its library exports.

use std::ffi::{CString, c_char, c_void};
use std::path::Path;
use std::sync::Arc;

use libloading::Library;
use mapi_offline_sys::{HRESULT, S_OK};
use mapirecord_add_in::{LeftAtQuit, RecorderHost};

/// The profile that the emulation has.
pub const PROFILE: &str = "Work";
const PROFILE_TEXT: &std::ffi::CStr = c"Work";

type PlainHost = unsafe extern "C" fn() -> HRESULT;
type OfProfile = unsafe extern "C" fn(*const c_char) -> HRESULT;

/// The emulation, which runs in virtual time.
#[derive(Clone)]
pub struct EmulatedHost(Arc<Library>);

impl EmulatedHost {
    /// Begins the emulation of a library that is loaded already.
    ///
    /// # Errors
    /// The library is not the emulation's, or a knob or a value does not exist.
    pub fn begin(library: &Path, policy: &[(String, String)]) -> Result<Self, String> {
        // SAFETY: it has been loaded before.
        let loaded = unsafe { Library::new(library) }.map_err(|error| error.to_string())?;
        let emulation = Self(Arc::new(loaded));
        emulation.call("mapisim_begin")?;
        for (knob, value) in policy {
            let text = |text: &str| CString::new(text).unwrap_or_default();
            let (name, given) = (text(knob), text(value));
            type Set = unsafe extern "C" fn(*const c_char, *const c_char) -> HRESULT;
            // SAFETY: the type is that of mapisim.h; the strings live during the call.
            let hr = unsafe {
                let set = emulation.0.get::<Set>("mapisim_policy");
                set.map_err(|error| error.to_string())?(name.as_ptr(), given.as_ptr())
            };
            if hr != S_OK {
                return Err(format!(
                    "there is no knob {knob}, or it has no value {value}"
                ));
            }
        }
        type Add = unsafe extern "C" fn(*const c_char, u32, u32, u32) -> HRESULT;
        // SAFETY: the library has the function with this signature, and the name ends with a zero.
        let hr = unsafe {
            let add = emulation.0.get::<Add>("mapisim_profile");
            add.map_err(|error| error.to_string())?(PROFILE_TEXT.as_ptr(), 2, 3, 1)
        };
        if hr != S_OK {
            return Err(format!("mapisim_profile: {:#010x}", hr.0));
        }
        emulation.call("mapisim_start")?;
        Ok(emulation)
    }

    fn call(&self, name: &str) -> Result<(), String> {
        // SAFETY: the type is that of mapisim.h.
        let hr = unsafe {
            let function = self.0.get::<PlainHost>(name);
            function.map_err(|_| "the library is not that of the emulation".to_owned())?()
        };
        if hr == S_OK {
            Ok(())
        } else {
            Err(format!("{name}: {:#010x}", hr.0))
        }
    }

    fn of_profile(&self, name: &str) {
        // SAFETY: the type is that of mapisim.h.
        if let Ok(function) = unsafe { self.0.get::<OfProfile>(name) } {
            // SAFETY: the string ends with a zero.
            let _ = unsafe { function(PROFILE_TEXT.as_ptr()) };
        }
    }

    /// The profile logs off.
    pub fn log_off(&self) {
        self.of_profile("mapisim_log_off");
    }

    /// The profile logs on.
    pub fn log_on(&self) {
        self.of_profile("mapisim_log_on");
    }

    /// The host quits. If it asks the recorder to disconnect, `left` does.
    pub fn quit(&self, left: &LeftAtQuit) {
        type Code = extern "C-unwind" fn(*mut c_void);
        type OnDisconnect = unsafe extern "C" fn(*const c_char, Code, *mut c_void) -> HRESULT;
        extern "C-unwind" fn disconnects(left: *mut c_void) {
            // SAFETY: it is what is given below, and lives until the host has quit.
            unsafe { &*left.cast::<LeftAtQuit>() }.disconnects();
        }
        // SAFETY: the type is that of mapisim.h.
        if let Ok(on_disconnect) = unsafe { self.0.get::<OnDisconnect>("mapisim_on_disconnect") } {
            let context = std::ptr::from_ref(left).cast_mut().cast();
            // SAFETY: the name ends with a zero, and `left` lives until the host has quit.
            let _ = unsafe { on_disconnect(c"client".as_ptr(), disconnects, context) };
        }
        let _ = self.call("mapisim_quit");
    }

    /// The end.
    pub fn end(&self) {
        type End = unsafe extern "C" fn(*mut u32) -> HRESULT;
        // SAFETY: the type is that of mapisim.h.
        if let Ok(end) = unsafe { self.0.get::<End>("mapisim_shut_down") } {
            // SAFETY: null is allowed.
            let _ = unsafe { end(std::ptr::null_mut()) };
        }
    }
}

impl RecorderHost for EmulatedHost {
    fn wait(&self) {
        let _ = self.call("mapisim_run_until_idle");
    }

    fn pause(&self) {}

    fn may(&self, _: &str) -> bool {
        true
    }

    fn user_works(&self, online: bool) {
        self.of_profile(if online {
            "mapisim_work_online"
        } else {
            "mapisim_work_offline"
        });
    }

    fn has_threads(&self) -> bool {
        false
    }

    fn connects(&self, mut code: &mut dyn FnMut()) {
        type Code = extern "C-unwind" fn(*mut c_void);
        type Connect = unsafe extern "C" fn(*const c_char, Code, *mut c_void) -> HRESULT;
        extern "C-unwind" fn connected(code: *mut c_void) {
            // SAFETY: it is what is given below, and lives until mapisim_connect has returned.
            let code = unsafe { &mut *code.cast::<&mut dyn FnMut()>() };
            code();
        }
        // SAFETY: the type is that of mapisim.h.
        if let Ok(connect) = unsafe { self.0.get::<Connect>("mapisim_connect") } {
            let context = (&raw mut code).cast();
            // SAFETY: the name ends with a zero, and the code lives during the call.
            let _ = unsafe { connect(c"client".as_ptr(), connected, context) };
        }
    }
}
