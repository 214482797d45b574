//! The arm that is the C door: exports and vtables only, and `mapisim.h` for the host.
//!
//! There is one emulated Outlook a process, so that rules take turns here.

use std::ffi::{CString, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mapi_offline_core::{
    FindingId, Function, HostEvent, KNOBS, Policy, ProviderKind, ShutdownMethod,
};
use mapi_offline_sys::session::{
    IMAPIProviderShutdown, IMAPIProviderShutdown_Impl, IMAPITable, IProfAdmin, SRow, SRowSet,
};
use mapi_offline_sys::{
    GUID, HRESULT, MAPI_APP_PROFILE, MAPI_E_NO_SUPPORT, MAPIOFFLINE_CREATEINFO, S_OK,
};
use msmapi32::*;
use windows_core::{Interface, implement};

use crate::abilities::Shutdown;
use crate::arm::Setup;
use crate::calls::{Admin, Row};
use crate::com_arm::{ComArm, Host, Seen, Watch};
use crate::virtual_driver::step_in_virtual_time;

/// The arm that is the C door.
pub type CDoor = ComArm<Library>;

/// The library, as long as one rule has it.
pub struct Library {
    /// Told of each line of the trace, until the library has shut down.
    _watch: Box<Watch>,
    _turn: MutexGuard<'static, ()>,
}

static TURN: Mutex<()> = Mutex::new(());

fn text(words: &str) -> CString {
    CString::new(words).expect("a name without a zero")
}

/// What is true of every string that the arm passes: it ends with a zero.
fn ok(hr: HRESULT) {
    assert_eq!(hr, S_OK);
}

/// The value that the policy has for a knob.
fn value_of(policy: &Policy, knob: &str, values: &[&str]) -> String {
    let is = |value: &&String| {
        let mut other = *policy;
        other.set(knob, value).is_ok() && other == *policy
    };
    let sets = (0..1 << values.len()).map(|set| {
        let chosen = values.iter().enumerate();
        let chosen = chosen.filter(|(index, _)| set >> index & 1 == 1);
        let chosen: Vec<&str> = chosen.map(|(_, value)| *value).collect();
        chosen.join(",")
    });
    let sets: Vec<String> = sets.collect();
    sets.iter().find(is).expect("a value").clone()
}

extern "C-unwind" fn line(context: *mut c_void, line: *const c_char) {
    // SAFETY: the context is the watch, which the library's owner keeps, and the line ends with
    // a zero.
    let (watch, line) = unsafe {
        let watch = &*context.cast::<Watch>();
        (watch, std::ffi::CStr::from_ptr(line))
    };
    watch.told();
    let record: serde_json::Value =
        serde_json::from_slice(line.to_bytes()).expect("a line of JSON");
    if record["kind"] == "finding" {
        let id = record["id"].as_str().and_then(FindingId::from_name);
        let id = id.expect("an id");
        let detail = record["detail"].as_str().expect("a detail");
        watch.found(id, record["client"].as_str(), detail);
    }
}

/// Has `call` run a closure, by the function and the context that it is given.
fn once<F: FnOnce()>(
    does: F,
    call: impl FnOnce(extern "C-unwind" fn(*mut c_void), *mut c_void) -> HRESULT,
) {
    extern "C-unwind" fn run<F: FnOnce()>(context: *mut c_void) {
        // SAFETY: the context is the closure below, which lives until the call has returned.
        let does = unsafe { &mut *context.cast::<Option<F>>() };
        does.take().expect("it runs once")();
    }
    let mut does = Some(does);
    ok(call(run::<F>, (&raw mut does).cast()));
}

/// Runs a closure that a `context` stands for, once.
extern "C-unwind" fn disconnect(context: *mut c_void) {
    // SAFETY: it came from `Box::into_raw`, and the library calls it once.
    let does = unsafe { Box::from_raw(context.cast::<Box<dyn FnOnce()>>()) };
    does();
}

/// A provider object.
#[implement(IMAPIProviderShutdown)]
struct Provider(Shutdown);

impl IMAPIProviderShutdown_Impl for Provider_Impl {
    unsafe fn QueryFastShutdown(&self) -> HRESULT {
        (self.0)(ShutdownMethod::QueryFastShutdown)
    }

    unsafe fn NotifyProcessShutdown(&self) -> HRESULT {
        (self.0)(ShutdownMethod::NotifyProcessShutdown)
    }

    unsafe fn DoFastShutdown(&self) -> HRESULT {
        (self.0)(ShutdownMethod::DoFastShutdown)
    }
}

impl Library {
    fn admin(&self) -> IProfAdmin {
        let mut out = null_mut();
        // SAFETY: the out pointer is to a local; what is written there carries a reference.
        unsafe {
            ok(MAPIAdminProfiles(0, &mut out));
            IProfAdmin::from_raw(out)
        }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        MAPIUninitialize();
        // It may have been shut down already.
        // SAFETY: null is allowed.
        let _ = unsafe { mapisim_shut_down(null_mut()) };
        ok(mapisim_clear());
    }
}

impl Host for Library {
    fn begin(setup: &Setup, watch: Watch) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let watch = Box::new(watch);
        let context: *const Watch = &raw const *watch;
        // SAFETY: the strings end with a zero; the context lives until the library has shut down.
        unsafe {
            ok(mapisim_begin());
            ok(mapisim_seed(setup.seed));
            ok(mapisim_fast_shutdown_behavior(
                setup.fast_shutdown_behavior as u32,
            ));
            for knob in KNOBS {
                let value = value_of(&setup.policy, knob.name, knob.values);
                ok(mapisim_policy(
                    text(knob.name).as_ptr(),
                    text(&value).as_ptr(),
                ));
            }
            for profile in &setup.profiles {
                let settings = profile.settings;
                let object = [MAPISIM_PROFILE_NO_OFFLINE_OBJECT, 0];
                let app = [0, MAPISIM_PROFILE_APP];
                ok(mapisim_profile(
                    text(profile.name).as_ptr(),
                    settings.state.bits(),
                    settings.capabilities,
                    object[usize::from(settings.offline_object)] | app[usize::from(settings.app)],
                ));
            }
            if !setup.is_outlook {
                ok(mapisim_not_outlook());
            }
            ok(mapisim_trace_lines(Some(line), context.cast_mut().cast()));
            ok(mapisim_start());
            ok(MAPIInitialize(null_mut()));
        }
        Self {
            _watch: watch,
            _turn: turn,
        }
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

    fn as_client<T>(&self, name: &str, code: impl FnOnce() -> T) -> T {
        // SAFETY: the name ends with a zero.
        ok(unsafe { mapisim_enter_client(text(name).as_ptr()) });
        let answer = code();
        ok(mapisim_leave_client());
        answer
    }

    fn event(&self, profile: &str, event: HostEvent) {
        let name = text(profile);
        // A profile that is not there is passed over.
        // SAFETY: the name ends with a zero.
        let _ = unsafe {
            match event {
                HostEvent::WorkOffline => mapisim_work_offline(name.as_ptr()),
                HostEvent::WorkOnline => mapisim_work_online(name.as_ptr()),
                HostEvent::ServerLost => mapisim_server_lost(name.as_ptr()),
                HostEvent::ServerBack => mapisim_server_back(name.as_ptr()),
            }
        };
    }

    fn fail(&self, client: &str, function: Function, nth: u32, returns: HRESULT) {
        let (client, call) = (text(client), text(function.name()));
        // SAFETY: both names end with a zero.
        ok(unsafe { mapisim_fail(client.as_ptr(), call.as_ptr(), nth, returns) });
    }

    fn log_on(&self, profile: &str) {
        // SAFETY: the name ends with a zero.
        let _ = unsafe { mapisim_log_on(text(profile).as_ptr()) };
    }

    fn log_off(&self, profile: &str) {
        // SAFETY: the name ends with a zero.
        let _ = unsafe { mapisim_log_off(text(profile).as_ptr()) };
    }

    fn step(&self, seen: &Seen) -> bool {
        step_in_virtual_time(seen, |time| {
            ok(mapisim_run_for(
                u64::try_from(time.as_micros()).expect("a short time"),
            ));
        })
    }

    fn administer(&self, call: Admin<'_>) -> HRESULT {
        let app = |app| if app { MAPI_APP_PROFILE } else { 0 };
        let password = |words: Option<&str>| words.map(text);
        let raw = |words: &Option<CString>| words.as_ref().map_or(null(), |words| words.as_ptr());
        let admin = self.admin();
        // SAFETY: the strings are null or end with a zero.
        unsafe {
            match call {
                Admin::Create {
                    name,
                    password: word,
                    app: flag,
                } => {
                    let (name, word) = (text(name), password(word));
                    admin.CreateProfile(name.as_ptr().cast(), raw(&word).cast(), 0, app(flag))
                }
                Admin::Delete { name, app: flag } => {
                    admin.DeleteProfile(text(name).as_ptr().cast(), app(flag))
                }
                Admin::ChangePassword { name, old, new } => {
                    let (name, old, new) = (text(name), password(old), password(new));
                    let (old, new) = (raw(&old).cast(), raw(&new).cast());
                    admin.ChangeProfilePassword(name.as_ptr().cast(), old, new, 0)
                }
                Admin::Copy {
                    from,
                    password: word,
                    to,
                    app: flag,
                } => {
                    let (from, word, to) = (text(from), password(word), text(to));
                    let (from, to) = (from.as_ptr().cast(), to.as_ptr().cast());
                    admin.CopyProfile(from, raw(&word).cast(), to, 0, app(flag))
                }
                Admin::Rename {
                    from,
                    password: word,
                    to,
                    app: flag,
                } => {
                    let (from, word, to) = (text(from), password(word), text(to));
                    let (from, to) = (from.as_ptr().cast(), to.as_ptr().cast());
                    admin.RenameProfile(from, raw(&word).cast(), to, 0, app(flag))
                }
                Admin::SetDefault { name } => {
                    let name = password(name);
                    admin.SetDefaultProfile(raw(&name).cast(), 0)
                }
                Admin::Services {
                    name,
                    password: word,
                } => {
                    let (name, word) = (text(name), password(word));
                    let (name, mut out) = (name.as_ptr().cast(), null_mut());
                    match admin.AdminServices(name, raw(&word).cast(), 0, 0, &mut out) {
                        // It could be administered, if there were services (PROF-14).
                        MAPI_E_NO_SUPPORT => S_OK,
                        hr => hr,
                    }
                }
            }
        }
    }

    fn rows(&self, app_flag: bool) -> Vec<Row> {
        let flags = if app_flag { MAPI_APP_PROFILE } else { 0 };
        let mut out = null_mut();
        let mut set: *mut SRowSet = null_mut();
        // SAFETY: the out pointers are to locals; the set has as many rows as it says, and each
        // has the two columns of PROF-2.
        unsafe {
            ok(self.admin().GetProfileTable(flags, &mut out));
            let table = IMAPITable::from_raw(out);
            ok(table.QueryRows(i32::MAX, 0, &mut set));
            let places = (&raw const (*set).aRow).cast::<SRow>();
            let rows = (0..(*set).cRows as usize).map(|index| {
                let properties = (*places.add(index)).lpProps;
                let name = std::ffi::CStr::from_ptr((*properties).Value.lpszA.cast());
                let row = Row {
                    name: name.to_str().expect("UTF-8").to_owned(),
                    is_default: (*properties.add(1)).Value.b != 0,
                };
                assert_eq!(MAPIFreeBuffer(properties.cast()), 0);
                row
            });
            let rows = rows.collect();
            assert_eq!(MAPIFreeBuffer(set.cast()), 0);
            rows
        }
    }

    fn on_disconnect(&self, client: &str, does: impl FnOnce() + 'static) {
        let does: Box<dyn FnOnce()> = Box::new(does);
        let context = Box::into_raw(Box::new(does)).cast();
        // SAFETY: the name ends with a zero, and the context is what `disconnect` expects.
        ok(unsafe { mapisim_on_disconnect(text(client).as_ptr(), Some(disconnect), context) });
    }

    fn require_shutdown_notification(&self, client: &str) {
        // SAFETY: the name ends with a zero.
        ok(unsafe { mapisim_require_shutdown_notification(text(client).as_ptr()) });
    }

    fn add_provider(&self, client: &str, kind: ProviderKind, shutdown: Option<Shutdown>) {
        let kind = match kind {
            ProviderKind::Transport => MAPISIM_PROVIDER_TRANSPORT,
            ProviderKind::AddressBook => MAPISIM_PROVIDER_ADDRESS_BOOK,
            ProviderKind::Store => MAPISIM_PROVIDER_STORE,
        };
        let provider = shutdown.map(|does| IMAPIProviderShutdown::from(Provider(does)));
        let object = provider.as_ref().map_or(null_mut(), Interface::as_raw);
        // SAFETY: the name ends with a zero, and the object is null or lives during the call.
        ok(unsafe { mapisim_add_provider(text(client).as_ptr(), kind, object) });
    }

    fn connect(&self, client: &str, does: impl FnOnce()) {
        // SAFETY: the name ends with a zero, and the context is what the code expects.
        once(does, |code, context| unsafe {
            mapisim_connect(text(client).as_ptr(), Some(code), context)
        });
    }

    fn started(&self, client: &str, does: impl FnOnce()) {
        // SAFETY: as in `connect`.
        once(does, |code, context| unsafe {
            mapisim_started(text(client).as_ptr(), Some(code), context)
        });
    }

    fn disconnect(&self, client: &str) {
        // SAFETY: the name ends with a zero.
        ok(unsafe { mapisim_disconnect(text(client).as_ptr()) });
    }

    fn quit(&self) {
        ok(mapisim_quit());
    }

    fn shut_down(self) {
        // SAFETY: null is allowed.
        ok(unsafe { mapisim_shut_down(null_mut()) });
    }
}
