//! The threaded driver: real threads and real time, over the same rules.

mod addressee; // which Outlooks a thread delivers something for
mod beliefs; //  what clients last learned, as far as a sweep can tell
mod builder; //  what a threaded Outlook is made with
mod calls; //    calls, and on whose behalf this thread makes them
mod connect; // clients are connected, and told when startup is complete
mod context; //  what the code of a thread runs inside of
mod dispatch; // how the notifications of a round reach the clients
mod effects; //  what is taken in under a logon's lock, and done without it
mod initializing_thread; // the thread that MAPIInitialize makes that of notifications
mod logon; //    one logon of one profile
mod mail; //     deliveries that wait for a certain thread
mod mapi_initialize; // MAPIInitialize and MAPIUninitialize
mod object_owner; // a logon as the owner of the objects behind the doors
mod open; //     the calls that give objects
mod profiles; // the profile table, and who is logged on
mod providers; // MAPI calls the providers when the host quits fast
mod queue; //    what of a logon is to open, or may return
mod quit; //     the host quits, and clients disconnect
mod releases; // what Releases left on callbacks
mod running; //  the Notify calls that run
mod shared; //   what all logons share
mod verify; //  findings of which nobody knows
mod watchdog; // waiting until all is quiet, and clients that never come back
mod worker; //   the delivery workers

use std::sync::Arc;

use mapi_offline_com::ThreadedCallback;
use mapi_offline_core::{
    CallFailure, CallFailureError, FindingId, Function, HostEvent, ProfileTable, SessionEnd,
    ShutdownMethod, State, folded_name,
};
use mapi_offline_driver::{Event, Found, HostAction, Trace};
use mapi_offline_page::PageAtEnd;
use mapi_offline_sys::HRESULT;
use windows_core::Interface;

pub use builder::ThreadedOutlookBuilder;

use crate::disconnects::Disconnects;
use crate::providers::Providers;

pub(crate) use context::is_in_callback;
use logon::Shared;
use profiles::Profiles;

use crate::sync::Mutex;
use crate::sync::atomic::{AtomicBool, Ordering};

/// An emulated Outlook with real threads, in real time.
///
/// The rules are those of [`Outlook`](crate::Outlook), and so are the COM pointers, save that any
/// thread may use them. `SetCurrentState(DEFAULT)` and the host's events leave the notifications to
/// delivery workers and return; a BLOCK call waits for them, without spinning. Profiles go their
/// ways in parallel; what happens in one profile happens one thing after the other. A callback may
/// call anything, from any thread: nothing is locked while it runs.
///
/// Clones are the same Outlook.
///
/// # Reading the state while it changes
///
/// A client that advises first and then reads misses no change, but it can still keep the older word: it reads
/// ONLINE, a delivery worker tells it OFFLINE and it stores that, and then it stores what it has read. The finding
/// `stale-belief` goes by the calls, returns and notifications of a client, of which the last here is the notification. What
/// a client does between them is its own, and no driver sees that it stores them in another order. So let a notification
/// count, and let what was read give way if the count has changed meanwhile, under one lock; the example `provider` does so.
///
/// ```
/// use mapi_offline::{State, ThreadedOutlook, threaded_callback_fn};
/// use std::sync::{Arc, atomic::{AtomicU32, Ordering}};
///
/// let outlook = ThreadedOutlook::with_profile("Work");
/// let heard = Arc::new(AtomicU32::new(0));
///
/// let manager = outlook.open("Work")?;
/// manager.capabilities()?;
/// let count = Arc::clone(&heard);
/// let token = manager.advise(
///     &threaded_callback_fn(move |_| _ = count.fetch_add(1, Ordering::Relaxed)),
///     42,
/// )?;
///
/// outlook.work_offline();
/// outlook.wait_until_idle();
/// assert_eq!(outlook.state("Work"), Some(State::Offline));
/// assert_eq!(heard.load(Ordering::Relaxed), 3); // START, STATECHANGE, STATECHANGE_DONE
///
/// manager.unadvise(token).ok()?;
/// drop(manager);
/// assert!(outlook.shut_down().is_empty()); // no findings: nothing leaked
/// # Ok::<(), windows_core::Error>(())
/// ```
#[derive(Clone)]
pub struct ThreadedOutlook(Arc<ThreadedMachine>);

struct ThreadedMachine {
    shared: Arc<Shared>,
    profiles: Profiles,
    disconnects: Mutex<Disconnects<dyn FnOnce() + Send>>,
    providers: Mutex<Providers<dyn FnMut(ShutdownMethod) -> HRESULT + Send>>,
    has_quit: AtomicBool,
    /// Whether errors of which nobody knows fail the test when it is dropped.
    verifies: bool,
    /// What has happened, if it is remembered.
    trace: Option<Trace>,
    /// Written after it has quit.
    _page: PageAtEnd,
}

impl ThreadedOutlook {
    /// Makes a call of a client fail on purpose, as [`Outlook::fail`](crate::Outlook::fail) does (FAIL-1).
    ///
    /// # Errors
    /// [`CallFailureError`] when the function never fails, `nth` is 0, or `returns` is not one of
    /// [`Function::failures`].
    pub fn fail(
        &self,
        client: &str,
        function: Function,
        nth: u32,
        returns: HRESULT,
    ) -> Result<(), CallFailureError> {
        self.0.shared.fail(CallFailure {
            client: self.0.shared.client(client),
            function,
            nth,
            returns,
        })
    }

    /// Runs `code` on behalf of the client of that name: references, registrations and findings
    /// are counted as its own. Callbacks run on behalf of whoever registered them.
    pub fn as_client<T>(&self, name: &str, code: impl FnOnce() -> T) -> T {
        let client = self.0.shared.client(name);
        let answer = context::on_behalf_of(&self.0.shared, client, || {
            let answer = code();
            self.0.shared.find_own_panics();
            answer
        });
        self.0.shared.resume_observer_panic();
        answer
    }

    /// The client that calls now says what it has concluded, such as `("works online", "yes")`. It stands in
    /// the trace.
    pub fn observe(&self, name: &str, value: &str) {
        let client = context::current_client(&self.0.shared);
        let event = Event::Observed {
            client,
            name,
            value,
        };
        self.0.shared.tell(event, None);
        self.0.shared.resume_observer_panic();
    }

    /// Declares that the test itself holds `references` on `callback` on purpose, so that they
    /// are no `leaked-callback`.
    pub fn declare_held(&self, callback: &ThreadedCallback, references: u32) {
        let address = callback.as_com().as_raw().addr();
        self.0.shared.declare_held(address, references);
    }

    /// The user chooses Work Offline, in every profile that is logged on (HOST-1).
    pub fn work_offline(&self) {
        self.host_event(None, HostEvent::WorkOffline);
    }

    /// The user chooses to work online again, in every profile that is logged on (HOST-1).
    pub fn work_online(&self) {
        self.host_event(None, HostEvent::WorkOnline);
    }

    /// The server cannot be reached any more, in every profile that is logged on (HOST-1).
    pub fn server_lost(&self) {
        self.host_event(None, HostEvent::ServerLost);
    }

    /// The server is back, in every profile that is logged on (HOST-1).
    pub fn server_back(&self) {
        self.host_event(None, HostEvent::ServerBack);
    }

    /// Something happens to the host, in one profile, or in every one that is logged on (HOST-1,
    /// HOST-3). A profile that does not exist is passed over.
    pub fn host_event(&self, profile: Option<&str>, event: HostEvent) {
        self.tell_host(HostAction::Event(event));
        for id in self.0.profiles.ids(profile) {
            if let Some((logon, wants)) = self.0.profiles.host_event(id, event) {
                let from_callback = context::is_in_callback();
                logon.does(|session, _, effects| {
                    _ = session.host_wants(wants, false, from_callback, effects);
                });
            }
        }
        self.0.shared.resume_observer_panic();
    }

    fn tell_host(&self, action: HostAction) {
        self.0.shared.tell(Event::Host(action), None);
    }

    /// The host logs a profile on (HOST-2). Nothing happens if it is on, or does not exist.
    ///
    /// # Panics
    /// As [`ThreadedOutlook::administer`].
    pub fn log_on(&self, profile: &str) {
        self.tell_host(HostAction::LogOn);
        self.0.shared.has_ended.store(false, Ordering::Release);
        for id in self.0.profiles.ids(Some(profile)) {
            self.0.profiles.log_on(&self.0.shared, id);
        }
        self.0.has_quit.store(false, Ordering::Relaxed);
        self.0.shared.resume_observer_panic();
    }

    /// The host logs a profile off, without asking anybody (HOST-2, LIFE-3). What is being
    /// delivered on other threads ends by itself.
    ///
    /// # Panics
    /// As [`ThreadedOutlook::administer`].
    pub fn log_off(&self, profile: &str) {
        self.tell_host(HostAction::LogOff);
        for id in self.0.profiles.ids(Some(profile)) {
            let end = SessionEnd::LogOff { not_asked: &[] };
            self.0.profiles.end_session(id, end);
        }
        self.0.shared.resume_observer_panic();
    }

    /// Quits, waits until no callback runs any more, and gives the report: all findings, the
    /// leaks included.
    #[must_use]
    pub fn shut_down(&self) -> Vec<Found> {
        self.quit();
        self.0.find_leaked_callbacks();
        self.0.find_unbalanced_initialization();
        self.0.shared.find_own_panics();
        self.0.find_unreached();
        self.0.shared.resume_observer_panic();
        self.0.shared.take_findings()
    }

    /// Waits until nothing is left that happens by itself, and then looks for stale beliefs.
    /// Delivers what waits for this thread (NOTE-5); what waits for another is not waited for. From
    /// inside a callback of this Outlook it comes back at once. Clients that undo each other for ever are stopped,
    /// with the finding `livelock`; a client that does not come back within the
    /// [watchdog's](ThreadedOutlookBuilder::watchdog) time is not waited for any longer, and is the finding `stuck`.
    pub fn wait_until_idle(&self) {
        self.0.wait_until_idle();
        self.0.shared.resume_observer_panic();
    }

    /// The client that calls says what it now takes the state of a profile's global object for: it is what it believes
    /// from now on, whatever it has read or been told before.
    ///
    /// Between a read of the state and the store of what was read a notification may come on another thread, and the
    /// store then undoes it. The Outlook sees the read and the notification, but not the store. A provider that
    /// says what it stores, where it stores it, has such a loss found when all is quiet (finding `stale-belief`). A
    /// profile that is not logged on is passed over.
    ///
    /// ```
    /// use mapi_offline::{FindingId, State, ThreadedOutlook, threaded_callback_fn};
    ///
    /// let outlook = ThreadedOutlook::with_profile("Work");
    /// let work = outlook.open("Work").expect("it is logged on");
    /// let token = work.advise(&threaded_callback_fn(|_| ()), 0).expect("it is registered");
    /// let read = State::masked(work.current_state().expect("it answers")).expect("a state");
    /// outlook.work_offline();
    /// outlook.wait_until_idle(); // the notification comes here
    /// outlook.believes("Work", read); // and the store only now
    /// outlook.wait_until_idle();
    /// assert!(outlook.has_found(FindingId::StaleBelief));
    /// # assert!(work.unadvise(token).is_ok());
    /// ```
    pub fn believes(&self, profile: &str, state: State) {
        let client = context::current_client(&self.0.shared);
        let folded = folded_name(profile);
        self.0
            .profiles
            .with_logon(&folded, |logon| logon.believes(client, state));
    }

    /// Delivers what waits for this thread (NOTE-5: `thread = initializing` or `registering`), as a
    /// message loop does. Says whether there was anything.
    pub fn pump(&self) -> bool {
        let logons = self.0.profiles.logons();
        let pumped = logons.iter().filter(|logon| logon.pump()).count() > 0;
        self.0.shared.resume_observer_panic();
        pumped
    }

    /// Lets the round open that has been due for longest, in an Outlook that is
    /// [stepped](ThreadedOutlookBuilder::stepped). Says whether there was one.
    pub fn open_next_round(&self) -> bool {
        let logons = self.0.profiles.logons();
        let first = logons
            .iter()
            .filter_map(|logon| Some((logon.first_asked()?, logon)))
            .min_by_key(|(number, _)| *number);
        if let Some((number, logon)) = first {
            logon.ask(number);
        }
        first.is_some()
    }

    /// The state of a profile's global object, without asking as a client. `None`: the profile
    /// is not logged on, or has none.
    #[must_use]
    pub fn state(&self, profile: &str) -> Option<State> {
        let folded = folded_name(profile);
        self.0.profiles.with_logon(&folded, |logon| logon.state())?
    }

    /// What was found so far.
    #[must_use]
    pub fn findings(&self) -> Vec<Found> {
        self.0.shared.find_own_panics();
        self.0.shared.findings()
    }

    /// Returns true when such a thing was found so far.
    #[must_use]
    pub fn has_found(&self, id: FindingId) -> bool {
        self.0.shared.find_own_panics();
        self.0.shared.has_found(id)
    }

    /// Administers the profile table (PROF-2 to PROF-8). `code` works on a copy that then takes
    /// the table's place, so it may call anything that does not wait for another thread, as BLOCK does; what it
    /// changes by other ways is lost. As long as it runs, other threads that administer, log on or log off
    /// wait. Costs a walk over the profiles.
    ///
    /// # Panics
    /// If another thread administers for longer than the
    /// [patience](ThreadedOutlookBuilder::administration_patience); so does what logs on or off then. If `code` waits for
    /// such a thread, both would wait for ever.
    pub fn administer<T>(&self, code: impl FnOnce(&mut ProfileTable) -> T) -> T {
        let answer = self.0.profiles.administer(code);
        self.0.shared.resume_observer_panic();
        answer
    }
}
