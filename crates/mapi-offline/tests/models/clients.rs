//! Clients that check what holds whatever threads do.
//!
//! What they remember is in locks of the standard library, which no thread has while it waits: so that a program has
//! no more orders than the emulation makes.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use mapi_offline::sys::{HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, S_OK};
use mapi_offline::{
    FindingId, Found, Notification, OfflineNotify, Phase, Policy, State, StateChange,
    ThreadedManager, ThreadedOutlook, ThreadedOutlookBuilder, threaded_callback,
};

/// An Outlook with its clients.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) outlook: ThreadedOutlook,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    /// How many notifications have begun.
    begun: AtomicU64,
    /// How many callbacks have been made.
    made: AtomicUsize,
    /// How many have been destroyed.
    destroyed: AtomicUsize,
}

impl Office {
    /// With one profile, and these knobs.
    pub(crate) fn new(knobs: &[(&str, &str)]) -> Self {
        Self::with(&["Work"], knobs, |builder| builder)
    }

    /// With these profiles and knobs, and what `furnish` adds.
    pub(crate) fn with(
        profiles: &[&str],
        knobs: &[(&str, &str)],
        furnish: impl FnOnce(ThreadedOutlookBuilder) -> ThreadedOutlookBuilder,
    ) -> Self {
        let mut policy = Policy::default();
        for (knob, value) in knobs {
            policy.set(knob, value).expect("a knob and its value");
        }
        let builder = ThreadedOutlook::builder().verify_on_drop(false);
        let builder = profiles
            .iter()
            .fold(builder, |builder, name| builder.profile(name));
        let outlook = furnish(builder.workers(2).policy(policy)).build();
        Self {
            outlook: outlook.expect("good names"),
            counts: Arc::default(),
        }
    }

    /// Opens the first profile.
    pub(crate) fn open(&self) -> ThreadedManager {
        self.open_profile("Work").expect("it is logged on")
    }

    /// Opens a profile, if it is logged on.
    pub(crate) fn open_profile(&self, profile: &str) -> Option<ThreadedManager> {
        let manager = self.outlook.open(profile).ok()?;
        // A log-off may come between.
        let _ = manager.capabilities();
        Some(manager)
    }

    /// Registers a callback that only checks.
    pub(crate) fn advise(&self, manager: &ThreadedManager) -> Registration {
        self.advise_with(manager, |_, _| ())
    }

    /// Registers a callback that checks, and then does something.
    pub(crate) fn advise_with(
        &self,
        manager: &ThreadedManager,
        does: impl Fn(&Registration, StateChange) + Send + Sync + 'static,
    ) -> Registration {
        let registration = self.try_advise_with(manager, does);
        registration.expect("it is registered")
    }

    /// As [`Office::advise_with`], of a profile that may have logged off: `None`.
    pub(crate) fn try_advise_with(
        &self,
        manager: &ThreadedManager,
        does: impl Fn(&Registration, StateChange) + Send + Sync + 'static,
    ) -> Option<Registration> {
        self.counts.made.fetch_add(1, SeqCst);
        let registration = Registration(Arc::new(Heard {
            counts: Arc::clone(&self.counts),
            ..Heard::default()
        }));
        let callback = threaded_callback(Checking {
            registration: registration.clone(),
            does,
        });
        let token = manager.advise(&callback, 7).ok();
        drop(callback);
        *registration.0.token.lock().expect(CALM) = token;
        token.is_some().then_some(registration)
    }

    /// The Outlook shuts down with nothing to be found, and every callback is destroyed.
    pub(crate) fn ends_well(self) {
        let found = self.ends();
        assert!(found.is_empty(), "{found:?}");
    }

    /// The Outlook shuts down, and every callback is destroyed. Gives what was found.
    pub(crate) fn ends(self) -> Vec<Found> {
        self.ends_with(ThreadedOutlook::shut_down)
    }

    /// As [`Office::ends`], in the way of `shut_down`.
    pub(crate) fn ends_with(
        self,
        shut_down: impl FnOnce(&ThreadedOutlook) -> Vec<Found>,
    ) -> Vec<Found> {
        let found = shut_down(&self.outlook);
        let made = self.counts.made.load(SeqCst);
        let destroyed = self.counts.destroyed.load(SeqCst);
        assert_eq!(
            destroyed, made,
            "ADV-3, LIFE-3: callbacks destroyed, {found:?}"
        );
        found
    }
}

/// Why nobody has panicked with a lock.
const CALM: &str = "nobody panics while he has it";

/// A registration, as its client knows it.
#[derive(Clone)]
pub(crate) struct Registration(Arc<Heard>);

#[derive(Default)]
struct Heard {
    counts: Arc<Counts>,
    token: Mutex<Option<u32>>,
    changes: Mutex<Vec<StateChange>>,
    running: AtomicUsize,
    /// Its Unadvise has returned. So many notifications had begun by then.
    gone: Mutex<Option<u64>>,
    destroyed: AtomicUsize,
}

impl Registration {
    /// Unregisters it.
    pub(crate) fn unadvise(&self, manager: &ThreadedManager) {
        let token = *self.0.token.lock().expect(CALM);
        // In a Notify that begins before Advise has returned nobody knows the token.
        let Some(token) = token else { return };
        assert_eq!(manager.unadvise(token), S_OK, "UNADV-1");
        let begun = self.0.counts.begun.load(SeqCst);
        self.0.gone.lock().expect(CALM).get_or_insert(begun);
    }

    /// The phases of which it has heard.
    pub(crate) fn phases(&self) -> Vec<Phase> {
        let changes = self.0.changes.lock().expect(CALM);
        changes.iter().map(|change| change.phase).collect()
    }

    /// The state that it was last told.
    pub(crate) fn last(&self) -> Option<State> {
        let changes = self.0.changes.lock().expect(CALM);
        changes.last().map(|change| change.new)
    }

    /// Returns true when its callback has been destroyed.
    pub(crate) fn is_destroyed(&self) -> bool {
        self.0.destroyed.load(SeqCst) > 0
    }

    /// A notification begins. The notifications of one Outlook's only profile come one after the other.
    fn begins(&self, change: StateChange) {
        let before = self.0.counts.begun.fetch_add(1, SeqCst);
        assert_eq!(
            self.0.running.fetch_add(1, SeqCst),
            0,
            "NOTE-1: {change} while another runs"
        );
        assert!(
            !self.is_destroyed(),
            "ADV-3: {change} comes to a callback that is destroyed"
        );
        if let Some(gone) = *self.0.gone.lock().expect(CALM) {
            // The dispatcher may have found it alive before, and then it is the next that begins.
            assert!(before <= gone, "UNADV-3: {change} after Unadvise");
        }
        let mut changes = self.0.changes.lock().expect(CALM);
        let is_in_order = changes.last().is_none_or(|last| match last.phase.next() {
            Some(phase) => (phase, last.old, last.new) == (change.phase, change.old, change.new),
            None => change.phase == Phase::Start && change.old == last.new,
        });
        assert!(is_in_order, "NOTE-1: {change} after {changes:?}");
        changes.push(change);
    }

    fn ends(&self) {
        self.0.running.fetch_sub(1, SeqCst);
    }
}

/// The callback of a registration.
struct Checking<F> {
    registration: Registration,
    does: F,
}

impl<F: Fn(&Registration, StateChange)> OfflineNotify for Checking<F> {
    fn notify(&self, notification: &Notification) {
        let change = notification.state_change().expect("no noise");
        self.registration.begins(change);
        (self.does)(&self.registration, change);
        self.registration.ends();
    }
}

impl<F> Drop for Checking<F> {
    fn drop(&mut self) {
        let heard = &self.registration.0;
        assert_eq!(
            heard.destroyed.fetch_add(1, SeqCst),
            0,
            "ADV-3: destroyed twice"
        );
        assert_eq!(
            heard.running.load(SeqCst),
            0,
            "UNADV-2: destroyed in its Notify"
        );
        heard.counts.destroyed.fetch_add(1, SeqCst);
    }
}

/// `SetCurrentState(BLOCK)`
pub(crate) fn block(manager: &ThreadedManager, state: State) -> HRESULT {
    manager.set_current_state(MAPIOFFLINE_FLAG_BLOCK, state.bits())
}

/// `SetCurrentState(DEFAULT)`
pub(crate) fn set(manager: &ThreadedManager, state: State) -> HRESULT {
    manager.set_current_state(MAPIOFFLINE_FLAG_DEFAULT, state.bits())
}

/// The three phases of a transition.
pub(crate) const ALL_PHASES: [Phase; 3] = [Phase::Start, Phase::StateChange, Phase::Done];

/// Nothing else was found than what a client does wrong that a log-off surprises.
pub(crate) fn only(found: &[Found], known: &[FindingId]) {
    assert!(found.iter().all(|it| known.contains(&it.id)), "{found:?}");
}
