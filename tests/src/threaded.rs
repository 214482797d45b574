//! The arms that are real COM objects and real threads.
//!
//! Delivery workers call the callbacks; the rule's thread makes the calls of the clients and of the
//! host. Rounds open when the rule asks for the next one, or when a BLOCK call waits, and the
//! rule goes on when all threads have come to rest. So what a rule sees is as orderly as in
//! virtual time, save what threads make possible: within a round nothing comes between two
//! notifications but what the callbacks do.

use std::cell::RefCell;
use std::ffi::c_void;
use std::io::{Write, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use mapi_offline::{Found, ThreadedOutlook};
use mapi_offline_core::{Function, HostEvent, ProviderKind};
use mapi_offline_sys::{GUID, HRESULT, MAPIOFFLINE_CREATEINFO};
use parking_lot::Mutex;

use crate::abilities::Shutdown;
use crate::arm::Setup;
use crate::calls::{Admin, Row};
use crate::com_arm::{ComArm, Host, RustHost, Seen, Watch};

/// The arm with real threads, without an observer: rounds are delivered in sweeps.
pub type Threaded = ComArm<Threads<false>>;

/// The arm with real threads and an observer, for which notifications are delivered one by one.
pub type ThreadedObserved = ComArm<Threads<true>>;

/// An emulated Outlook with real threads.
pub struct Threads<const OBSERVED: bool> {
    outlook: ThreadedOutlook,
    /// Who is told of the findings, and of how many it has been told. An observer needs nobody
    /// to tell it.
    told: Option<Mutex<(Watch, usize)>>,
    /// Ends the watch over this host.
    _alive: Sender<()>,
}

/// No rule takes as long as this.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Ends the process, if a host lives for too long: a thread of it waits for what never comes.
fn watch_over(watch: &Watch) -> Sender<()> {
    let (alive, gone) = channel();
    let seen = watch.seen();
    let rule = thread::current().name().map(str::to_owned);
    thread::spawn(move || {
        if gone.recv_timeout(TOO_LONG) == Err(RecvTimeoutError::Timeout) {
            // What the test harness has caught would never be printed.
            let _ = writeln!(stderr(), "{rule:?} hangs; so far:\n{seen}");
            std::process::abort();
        }
    });
    alive
}

impl Watch {
    /// Tells what was found since the last time, `count` findings ago.
    fn found_since(&self, count: &mut usize, all: &[Found]) {
        for found in &all[*count..] {
            self.found(found.id, found.client.as_deref(), &found.detail);
        }
        *count = all.len();
    }
}

impl<const OBSERVED: bool> RustHost for Threads<OBSERVED> {}

impl<const OBSERVED: bool> Host for Threads<OBSERVED> {
    fn begin(setup: &Setup, watch: Watch) -> Self {
        let builder = ThreadedOutlook::builder().policy(setup.policy);
        let builder = builder.fast_shutdown_behavior(setup.fast_shutdown_behavior);
        let mut builder = builder.seed(setup.seed).stepped().verify_on_drop(false);
        if OBSERVED {
            builder = builder.observer(watch.clone());
        }
        if !setup.is_outlook {
            builder = builder.in_another_process();
        }
        for profile in &setup.profiles {
            builder = builder.profile_with(profile.name, profile.settings);
        }
        Self {
            outlook: builder.build().expect("an Outlook"),
            _alive: watch_over(&watch),
            told: (!OBSERVED).then(|| Mutex::new((watch, 0))),
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
        unsafe {
            self.outlook
                .hr_open_offline_obj(reserved, name, guid, pointer, out)
        }
    }

    unsafe fn create(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        unsafe { self.outlook.hr_create_offline_obj(flags, info, out) }
    }

    fn as_client<T>(&self, name: &str, code: impl FnOnce() -> T) -> T {
        self.outlook.as_client(name, code)
    }

    fn event(&self, profile: &str, event: HostEvent) {
        self.outlook.host_event(Some(profile), event);
    }

    fn fail(&self, client: &str, function: Function, nth: u32, returns: HRESULT) {
        let asked = self.outlook.fail(client, function, nth, returns);
        asked.expect("a call that can fail so");
    }

    fn log_on(&self, profile: &str) {
        self.outlook.log_on(profile);
    }

    fn log_off(&self, profile: &str) {
        self.outlook.log_off(profile);
    }

    /// Has the workers deliver one round.
    fn step(&self, _: &Seen) -> bool {
        self.outlook.open_next_round()
    }

    fn settle(&self) {
        self.outlook.wait_until_idle();
    }

    fn catch_up(&self) {
        if let Some(told) = &self.told {
            let (watch, count) = &mut *told.lock();
            watch.found_since(count, &self.outlook.findings());
        }
    }

    fn administer(&self, call: Admin<'_>) -> HRESULT {
        self.outlook.administer(|table| call.on(table))
    }

    fn rows(&self, app_flag: bool) -> Vec<Row> {
        let rows = self.outlook.administer(|table| table.rows(app_flag));
        rows.iter().map(Row::from).collect()
    }

    fn on_disconnect(&self, client: &str, does: impl FnOnce() + 'static) {
        let place = AT_QUIT.with_borrow_mut(|all| {
            all.push(Some(Box::new(does)));
            all.len() - 1
        });
        self.outlook.on_disconnect(client, move || {
            let does = AT_QUIT.with_borrow_mut(|all| all[place].take());
            does.expect("the host quits once, on the thread of the rule")();
        });
    }

    fn require_shutdown_notification(&self, client: &str) {
        self.outlook.require_shutdown_notification(client);
    }

    fn add_provider(&self, client: &str, kind: ProviderKind, shutdown: Option<Shutdown>) {
        match shutdown {
            None => self.outlook.add_provider(client, kind),
            Some(shutdown) => self
                .outlook
                .add_provider_with_shutdown(client, kind, shutdown),
        }
    }

    fn connect(&self, client: &str, does: impl FnOnce()) {
        self.outlook.connect(client, does);
    }

    fn started(&self, client: &str, does: impl FnOnce()) {
        self.outlook.started(client, does);
    }

    fn disconnect(&self, client: &str) {
        self.outlook.disconnect(client);
    }

    fn quit(&self) {
        self.outlook.quit();
    }

    fn shut_down(self) {
        let all = self.outlook.shut_down();
        if let Some(told) = self.told {
            let (watch, mut count) = told.into_inner();
            watch.found_since(&mut count, &all);
        }
    }
}

/// What a client does when the host quits.
type AtQuit = Box<dyn FnOnce()>;

thread_local! {
    /// What clients do when a host quits, which it does on the thread of the rule.
    static AT_QUIT: RefCell<Vec<Option<AtQuit>>> = const { RefCell::new(Vec::new()) };
}
