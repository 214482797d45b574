//! The arm that is real COM objects in virtual time.

use std::ffi::c_void;
use std::time::Duration;

use mapi_offline::Outlook;
use mapi_offline_core::{Function, HostEvent, ProviderKind};
use mapi_offline_sys::{GUID, HRESULT, MAPIOFFLINE_CREATEINFO};

use crate::abilities::Shutdown;
use crate::arm::Setup;
use crate::calls::{Admin, Row};
use crate::com_arm::{ComArm, Host, RustHost, Seen, Watch};

/// The arm that is real COM objects in virtual time.
pub type VirtualDriver = ComArm<Outlook>;

/// Lets so much time pass that something happens; more than one thing, if they fall on one
/// instant.
pub(crate) fn step_in_virtual_time(seen: &Seen, run_for: impl Fn(Duration)) -> bool {
    let before = seen.records();
    // Ten times as long as the longest phase takes.
    (0..200).any(|_| {
        run_for(Duration::from_millis(1));
        seen.records() != before
    })
}

impl RustHost for Outlook {}

impl Host for Outlook {
    fn begin(setup: &Setup, watch: Watch) -> Self {
        let builder = Outlook::builder().policy(setup.policy).seed(setup.seed);
        let builder = builder.fast_shutdown_behavior(setup.fast_shutdown_behavior);
        let mut builder = builder.observer(watch).verify_on_drop(false);
        if !setup.is_outlook {
            builder = builder.in_another_process();
        }
        for profile in &setup.profiles {
            builder = builder.profile_with(profile.name, profile.settings);
        }
        builder.build().expect("an Outlook")
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
        unsafe { self.hr_open_offline_obj(reserved, name, guid, pointer, out) }
    }

    unsafe fn create(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        unsafe { self.hr_create_offline_obj(flags, info, out) }
    }

    fn as_client<T>(&self, name: &str, code: impl FnOnce() -> T) -> T {
        self.as_client(name, code)
    }

    fn event(&self, profile: &str, event: HostEvent) {
        self.host_event(Some(profile), event);
    }

    fn fail(&self, client: &str, function: Function, nth: u32, returns: HRESULT) {
        let asked = self.fail(client, function, nth, returns);
        asked.expect("a call that can fail so");
    }

    fn log_on(&self, profile: &str) {
        self.log_on(profile);
    }

    fn log_off(&self, profile: &str) {
        self.log_off(profile);
    }

    fn step(&self, seen: &Seen) -> bool {
        step_in_virtual_time(seen, |time| self.run_for(time))
    }

    fn administer(&self, call: Admin<'_>) -> HRESULT {
        self.administer(|table| call.on(table))
    }

    fn rows(&self, app_flag: bool) -> Vec<Row> {
        self.administer(|table| table.rows(app_flag).iter().map(Row::from).collect())
    }

    fn on_disconnect(&self, client: &str, does: impl FnOnce() + 'static) {
        self.on_disconnect(client, does);
    }

    fn require_shutdown_notification(&self, client: &str) {
        self.require_shutdown_notification(client);
    }

    fn add_provider(&self, client: &str, kind: ProviderKind, shutdown: Option<Shutdown>) {
        match shutdown {
            None => self.add_provider(client, kind),
            Some(shutdown) => self.add_provider_with_shutdown(client, kind, shutdown),
        }
    }

    fn connect(&self, client: &str, does: impl FnOnce()) {
        self.connect(client, does);
    }

    fn started(&self, client: &str, does: impl FnOnce()) {
        self.started(client, does);
    }

    fn disconnect(&self, client: &str) {
        self.disconnect(client);
    }

    fn quit(&self) {
        self.quit();
    }

    fn shut_down(self) {
        // The observer has been told of the findings.
        drop(self.shut_down());
    }
}
