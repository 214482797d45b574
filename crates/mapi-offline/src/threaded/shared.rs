//! What all logons of one emulated Outlook share.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use mapi_offline_com::SIZES;
use mapi_offline_core::{
    CallFailure, CallFailureError, CallFailures, ClientId, Config, ConnectingClients, Finding,
    FindingId, Function, ObjectId, Reply, Severity, Sizes, Thread,
};
use mapi_offline_driver::{
    Event, Found, Names, Observer, ObserverPanic, RegistrationId, ReporterTo, names,
};

use super::initializing_thread::InitializingThread;
use super::mail::Mail;
use super::releases::Releases;
use super::worker::Workers;
use crate::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use crate::sync::{Instant, Mutex};

/// A [`Reporter`](mapi_offline_driver::Reporter) that any thread may use.
type SharedTeller = ReporterTo<dyn Observer + Send>;

/// What all logons share. `L`: a logon.
pub(super) struct SharedBy<L> {
    pub(super) config: Config,
    pub(super) is_outlook: bool,
    pub(super) keeps_zombies: bool,
    pub(super) pace: Pace,
    pub(super) workers: Workers<L>,
    /// The deliveries that wait for a certain thread.
    pub(super) mail: Mail<L>,
    /// Whether the policy lets deliveries wait for a certain thread.
    pub(super) uses_mail: bool,
    pub(super) observer_panic: ObserverPanic,
    /// How long a BLOCK call lets a thread be that does not pump.
    pub(super) patience: Duration,
    /// How long nothing moves before whoever waits until all is quiet takes a client for stuck.
    pub(super) watchdog: Duration,
    /// Whether a BLOCK call delivers its transition itself, at once, and not one by one.
    pub(super) sweeps_at_once: bool,
    /// Whether some call is to fail on purpose.
    has_failures: AtomicBool,
    failures: Mutex<CallFailures>,
    /// Whether there is an observer.
    pub(super) is_observed: bool,
    /// Where notifications arrive with `thread = initializing` (NOTE-5).
    pub(super) initializing: Mutex<InitializingThread>,
    /// Whether the process has ended, without a log-off (HOST-2, `quit = fast`).
    pub(super) has_ended: AtomicBool,
    next_session: AtomicU32,
    began: Instant,
    reporter: Mutex<SharedTeller>,
    /// The clients' names, by id. 0 is who calls when nobody else is named.
    clients: Mutex<Vec<String>>,
    pub(super) releases: Releases,
    /// The clients that are being connected (HOST-6); once for each time.
    pub(super) connecting: Mutex<ConnectingClients>,
    /// The last registration of each callback, by its address; for an observer alone.
    registered: Mutex<HashMap<usize, RegistrationId>>,
    /// What a test holds on purpose, by the callback's address.
    declared: Mutex<HashMap<usize, u32>>,
}

/// What things are called: with what the object is called that an event is about.
struct ThreadedNames<'a> {
    clients: &'a Mutex<Vec<String>>,
    object: Option<&'a str>,
}

impl Names for ThreadedNames<'_> {
    fn sizes(&self) -> Sizes {
        SIZES
    }

    fn thread(&self) -> u64 {
        mapi_offline_com::thread_number()
    }

    fn client(&self, client: ClientId) -> Cow<'_, str> {
        Cow::Owned(name_of(self.clients, client))
    }

    fn object(&self, _: ObjectId) -> Option<Cow<'_, str>> {
        self.object.map(Cow::Borrowed)
    }

    fn parent(&self, _: ObjectId) -> Cow<'_, str> {
        Cow::Borrowed("non-null")
    }
}

/// What a client is called.
fn name_of(clients: &Mutex<Vec<String>>, client: ClientId) -> String {
    clients.lock()[client.0 as usize].clone()
}

/// How long rounds wait before they open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// A round opens as soon as the one before has ended.
    Immediate,
    /// From the call to the STARTs, from there to the STATECHANGEs, from there to the DONEs.
    Timed([std::time::Duration; 3]),
    /// A round waits until somebody asks for it.
    Stepped,
}

impl<L> SharedBy<L> {
    pub(super) fn new(
        config: Config,
        is_outlook: bool,
        keeps_zombies: bool,
        pace: Pace,
        [patience, watchdog]: [Duration; 2],
        workers: Workers<L>,
        observer: Option<Box<dyn Observer + Send>>,
    ) -> Self {
        let observer_panic = ObserverPanic::default();
        let is_observed = observer.is_some();
        let contain = |observer| Box::new(observer_panic.contain(observer)) as Box<_>;
        let reporter = Mutex::new(ReporterTo::new(observer.map(contain)));
        Self {
            config,
            is_outlook,
            keeps_zombies,
            sweeps_at_once: config.policy.thread == Thread::Caller
                && pace == Pace::Immediate
                && !is_observed,
            pace,
            patience,
            watchdog,
            workers,
            has_failures: AtomicBool::new(false),
            failures: Mutex::default(),
            mail: Mail::default(),
            uses_mail: matches!(
                config.policy.thread,
                Thread::Initializing | Thread::Registering
            ),
            observer_panic,
            is_observed,
            initializing: Mutex::new(InitializingThread::here(config.policy.initialized)),
            has_ended: AtomicBool::new(false),
            next_session: AtomicU32::new(0),
            began: Instant::now(),
            reporter,
            clients: Mutex::new(vec!["client".to_owned()]),
            releases: Releases::default(),
            connecting: Mutex::default(),
            registered: Mutex::default(),
            declared: Mutex::default(),
        }
    }

    pub(super) fn next_session(&self) -> mapi_offline_core::SessionId {
        mapi_offline_core::SessionId(self.next_session.fetch_add(1, Ordering::Relaxed))
    }

    /// The client of that name; it is made if there is none.
    pub(super) fn client(&self, name: &str) -> ClientId {
        let mut clients = self.clients.lock();
        let known = clients.iter().position(|client| client == name);
        let index = known.unwrap_or_else(|| {
            clients.push(name.to_owned());
            clients.len() - 1
        });
        ClientId(index as u32)
    }

    /// How many clients there are.
    pub(super) fn clients(&self) -> usize {
        self.clients.lock().len()
    }

    pub(super) fn name_of(&self, client: ClientId) -> String {
        name_of(&self.clients, client)
    }

    /// Microseconds since the start.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Tells the observer, if there is one. `object`: what the object is called that the event is about.
    #[inline]
    pub(super) fn tell(&self, event: Event<'_>, object: Option<&str>) {
        if self.is_observed {
            self.tell_observer(event, object);
        }
    }

    #[cold]
    fn tell_observer(&self, event: Event<'_>, object: Option<&str>) {
        // Taken before the clock is read, so that what is told has its time in order.
        let mut reporter = self.reporter.lock();
        let names = ThreadedNames {
            clients: &self.clients,
            object,
        };
        reporter.tell(self.now(), event, &names);
    }

    /// From now on a call is to fail on purpose (FAIL-1).
    pub(super) fn fail(&self, failure: CallFailure) -> Result<(), CallFailureError> {
        let mut failures = self.failures.lock();
        failures.add(failure)?;
        self.has_failures.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Returns true when some call is to fail on purpose.
    #[inline(always)] // there is none as a rule
    pub(super) fn has_failures(&self) -> bool {
        self.has_failures.load(Ordering::Relaxed)
    }

    /// What a call of `function` that `client` makes now answers, if it is to fail on purpose.
    pub(super) fn next_failure(&self, client: ClientId, function: Function) -> Option<Reply> {
        let mut failures = self.failures.lock();
        let returns = failures.called(client, function);
        self.has_failures
            .store(!failures.is_empty(), Ordering::Relaxed);
        returns.map(Reply::FailsOnPurpose)
    }

    pub(super) fn found(&self, finding: Finding) {
        self.found_on(finding, None);
    }

    /// As [`SharedBy::found`]. `object`: what the object is called that the finding is about.
    pub(super) fn found_on(&self, finding: Finding, object: Option<&str>) {
        let mut reporter = self.reporter.lock();
        let names = ThreadedNames {
            clients: &self.clients,
            object,
        };
        reporter.found(self.now(), finding, &names);
    }

    /// As [`SharedBy::found_on`], but only once in the same words.
    pub(super) fn found_once(&self, finding: Finding, object: Option<&str>) {
        let is_same = |found: &Found| found.id == finding.id && found.detail == finding.detail;
        let is_known = self.reporter.lock().findings().iter().any(is_same);
        if !is_known {
            self.found_on(finding, object);
        }
    }

    /// Reports, at the very end, the clients that have reached nothing, so that nothing of them was tested. Without an
    /// observer nobody knows. `may_be_idle`: whether that client need not call anything.
    pub(super) fn find_unreached(
        &self,
        may_be_idle: impl Fn(ClientId) -> bool,
        profiles: &[String],
    ) {
        if !self.is_observed {
            return;
        }
        let clients = self.clients();
        let may_be_idle = |client| client == ClientId(0) || may_be_idle(client);
        let unreached = {
            self.reporter
                .lock()
                .unreached(clients, may_be_idle, profiles)
        };
        for finding in unreached {
            self.found(finding);
        }
    }

    pub(super) fn findings(&self) -> Vec<Found> {
        self.reporter.lock().read_findings()
    }

    pub(super) fn take_findings(&self) -> Vec<Found> {
        self.reporter.lock().take_findings()
    }

    pub(super) fn has_found(&self, id: FindingId) -> bool {
        self.reporter.lock().has_found(id)
    }

    /// What was found so far that weighs at least so much, and of which nobody knows.
    pub(super) fn unread(&self, severity: Severity) -> Vec<Found> {
        self.reporter.lock().unread(severity).cloned().collect()
    }

    /// A test declares that it holds `count` references on the callback on purpose.
    pub(super) fn declare_held(&self, address: usize, count: u32) {
        self.declared.lock().insert(address, count);
    }

    /// A registration of the callback at this address has been made.
    #[cold]
    pub(super) fn registered(&self, address: usize, registration: RegistrationId) {
        self.registered.lock().insert(address, registration);
    }

    /// Reports, at the very end, the callbacks that still have references. `is_reported`: whether what a client has
    /// left over is reported.
    pub(super) fn find_leaked_callbacks(&self, is_reported: impl Fn(ClientId) -> bool) {
        let declared = std::mem::take(&mut *self.declared.lock());
        // By client and count: addresses may not decide the order of what is told.
        let registered = std::mem::take(&mut *self.registered.lock());
        let mut leaked: Vec<(ClientId, u32, Option<RegistrationId>)> = self
            .releases
            .take_left()
            .into_iter()
            .map(|(address, client, references)| {
                let held = declared.get(&address).copied().unwrap_or(0);
                let left = references.saturating_sub(held);
                (client, left, registered.get(&address).copied())
            })
            .filter(|&(client, references, _)| references > 0 && is_reported(client))
            .collect();
        leaked.sort_unstable();
        for (client, references, registered) in leaked {
            self.found(names::leaked_callback(Some(client), references, registered));
        }
    }
}
