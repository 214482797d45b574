//! The arm that is the engine of scenarios: its turns and deliveries, with clients that are no scripts.

use std::ffi::c_void;

use mapi_offline::Outlook;
use mapi_offline::scenario::{Environment, FastShutdown, ProfileSpec, Scenario};
use mapi_offline_core::{Function, HostEvent, ProviderKind};
use mapi_offline_sys::{GUID, HRESULT, MAPIOFFLINE_CREATEINFO};

use crate::abilities::Shutdown;
use crate::arm::Setup;
use crate::calls::{Admin, Row};
use crate::com_arm::{ComArm, Host, RustHost, Seen, Watch};

/// The arm that is the engine of scenarios, with COM clients. The scenario has profiles, and nothing else
/// in it happens by itself.
pub type PlayedScenario = ComArm<ScenarioHost>;

/// An Outlook that plays a scenario.
pub struct ScenarioHost(Outlook);

impl RustHost for ScenarioHost {}

impl Host for ScenarioHost {
    fn begin(setup: &Setup, watch: Watch) -> Self {
        let profiles = setup.profiles.iter().map(|profile| ProfileSpec {
            name: profile.name.to_owned(),
            is_default: false,
            settings: profile.settings,
        });
        let scenario = Scenario {
            title: "what a rule says".to_owned(),
            seed: setup.seed,
            environment: Environment {
                is_outlook: setup.is_outlook,
                ..Environment::default()
            },
            policy: setup.policy,
            profiles: profiles.collect(),
            clients: Vec::new(),
            failures: Vec::new(),
            shutdown_notifications: Vec::new(),
            fast_shutdown: FastShutdown {
                behavior: setup.fast_shutdown_behavior,
                providers: Vec::new(),
            },
            steps: Vec::new(),
            expect: Vec::new(),
            always: Vec::new(),
        };
        let builder = Outlook::builder().observer(watch).verify_on_drop(false);
        let builder = builder.scenario(scenario);
        Self(builder.build().expect("an Outlook"))
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
        unsafe { Host::open(&self.0, reserved, name, guid, pointer, out) }
    }

    unsafe fn create(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        unsafe { Host::create(&self.0, flags, info, out) }
    }

    fn as_client<T>(&self, name: &str, code: impl FnOnce() -> T) -> T {
        self.0.as_client(name, code)
    }

    fn event(&self, profile: &str, event: HostEvent) {
        Host::event(&self.0, profile, event);
    }

    fn fail(&self, client: &str, function: Function, nth: u32, returns: HRESULT) {
        let asked = self.0.fail(client, function, nth, returns);
        asked.expect("a call that can fail so");
    }

    fn log_on(&self, profile: &str) {
        self.0.log_on(profile);
    }

    fn log_off(&self, profile: &str) {
        self.0.log_off(profile);
    }

    fn step(&self, seen: &Seen) -> bool {
        Host::step(&self.0, seen)
    }

    fn administer(&self, call: Admin<'_>) -> HRESULT {
        Host::administer(&self.0, call)
    }

    fn rows(&self, app_flag: bool) -> Vec<Row> {
        Host::rows(&self.0, app_flag)
    }

    fn on_disconnect(&self, client: &str, does: impl FnOnce() + 'static) {
        self.0.on_disconnect(client, does);
    }

    fn require_shutdown_notification(&self, client: &str) {
        self.0.require_shutdown_notification(client);
    }

    fn add_provider(&self, client: &str, kind: ProviderKind, shutdown: Option<Shutdown>) {
        match shutdown {
            None => self.0.add_provider(client, kind),
            Some(shutdown) => self.0.add_provider_with_shutdown(client, kind, shutdown),
        }
    }

    fn connect(&self, client: &str, does: impl FnOnce()) {
        self.0.connect(client, does);
    }

    fn started(&self, client: &str, does: impl FnOnce()) {
        self.0.started(client, does);
    }

    fn disconnect(&self, client: &str) {
        self.0.disconnect(client);
    }

    /// At its end the scenario has the host quit.
    fn quit(&self) {
        drop(self.0.run_scenario());
    }

    fn shut_down(self) {
        Host::shut_down(self.0);
    }
}
