//! What the tests are written with.

use std::io::{Write, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use mapi_offline::sys::{HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT};
use mapi_offline::{
    Notification, OfflineNotify, Phase, State, ThreadedCallback, ThreadedManager, ThreadedOutlook,
    ThreadedOutlookBuilder, threaded_callback_fn,
};

use crate::common::create_alone;

/// No test takes as long as this.
const TOO_LONG: Duration = Duration::from_secs(if cfg!(miri) { 3_600 } else { 60 });

/// Ends the process if the test takes too long: a thread of it waits for ever.
#[must_use]
pub(crate) fn watched() -> Sender<()> {
    let (alive, gone) = channel::<()>();
    let test = thread::current().name().map(str::to_owned);
    thread::spawn(move || {
        let heard = gone.recv_timeout(TOO_LONG);
        if heard == Err(RecvTimeoutError::Timeout) {
            // What the test harness has caught would never be printed.
            let _ = writeln!(stderr(), "{test:?} hangs");
            std::process::abort();
        }
    });
    alive
}

/// How often a test does something that it usually does so many times: under Miri, which is slow and sees more in
/// one time, a few.
pub(crate) fn times(usual: u32) -> u32 {
    if cfg!(miri) {
        (usual / 500).clamp(2, 8)
    } else {
        usual
    }
}

/// What an Outlook is made with whose clients leave references and registrations behind.
pub(crate) fn builder() -> ThreadedOutlookBuilder {
    ThreadedOutlook::builder().verify_on_drop(false)
}

/// An Outlook with these profiles, for one policy.
pub(crate) fn outlook(profiles: &[&str], knobs: &[(&str, &str)]) -> ThreadedOutlook {
    let mut policy = mapi_offline::Policy::default();
    for (knob, value) in knobs {
        policy.set(knob, value).expect("a knob and its value");
    }
    let mut builder = builder().policy(policy);
    for profile in profiles {
        builder = builder.profile(profile);
    }
    builder.build().expect("an Outlook")
}

/// An Outlook in which each registration is notified on its own thread, and which does not wait for long for
/// one that does not pump (NOTE-5).
pub(crate) fn registering(profiles: &[&str]) -> ThreadedOutlook {
    let mut policy = mapi_offline::Policy::default();
    policy.set("thread", "registering").expect("a knob");
    let mut builder = builder().policy(policy);
    for profile in profiles {
        builder = builder.profile(profile);
    }
    let patience = Duration::from_millis(20);
    builder.patience(patience).build().expect("an Outlook")
}

/// Opens a profile and asks what it is capable of.
pub(crate) fn open(outlook: &ThreadedOutlook, profile: &str) -> ThreadedManager {
    let manager = outlook.open(profile).expect("it is logged on");
    manager.capabilities().expect("capabilities");
    manager
}

/// Makes an object in a profile: a child of `parent`, or one that stands alone.
pub(crate) fn create(
    outlook: &ThreadedOutlook,
    profile: &str,
    parent: Option<&ThreadedManager>,
) -> ThreadedManager {
    let created = try_create(outlook, profile, parent).expect("an object");
    created.capabilities().expect("capabilities");
    created
}

/// As [`create`], in a profile that may not be logged on.
pub(crate) fn try_create(
    outlook: &ThreadedOutlook,
    profile: &str,
    parent: Option<&ThreadedManager>,
) -> windows_core::Result<ThreadedManager> {
    if let Some(parent) = parent {
        return outlook.create_child(profile, parent, 3);
    }
    create_alone(outlook, profile, 3, None)
}

/// `SetCurrentState(DEFAULT)`
pub(crate) fn set(manager: &ThreadedManager, state: State) -> HRESULT {
    manager.set_current_state(MAPIOFFLINE_FLAG_DEFAULT, state.bits())
}

/// `SetCurrentState(BLOCK)`
pub(crate) fn block(manager: &ThreadedManager, state: State) -> HRESULT {
    manager.set_current_state(MAPIOFFLINE_FLAG_BLOCK, state.bits())
}

/// A callback for any thread.
pub(crate) fn callback(notify: impl Fn(&Notification) + Send + Sync + 'static) -> ThreadedCallback {
    threaded_callback_fn(notify)
}

/// Registers a callback that does something in each notification.
pub(crate) fn advise(
    manager: &ThreadedManager,
    notify: impl Fn(&Notification) + Send + Sync + 'static,
) -> u32 {
    manager.advise(&callback(notify), 0).expect("Advise")
}

/// Registers a callback that does something in the notifications of one phase.
pub(crate) fn advise_in(
    manager: &ThreadedManager,
    phase: Phase,
    notify: impl Fn() + Send + Sync + 'static,
) -> u32 {
    advise(manager, move |notification| {
        if phase_of(notification) == phase {
            notify();
        }
    })
}

/// The phase of a notification that is no noise.
pub(crate) fn phase_of(notification: &Notification) -> Phase {
    notification.state_change().expect("no noise").phase
}

/// A callback that runs `at_end` when it is destroyed.
pub(crate) struct EndsWith<N: Fn(&Notification), E: Fn()> {
    pub(crate) notify: N,
    pub(crate) at_end: E,
}

impl<N: Fn(&Notification), E: Fn()> OfflineNotify for EndsWith<N, E> {
    fn notify(&self, notification: &Notification) {
        (self.notify)(notification);
    }
}

impl<N: Fn(&Notification), E: Fn()> Drop for EndsWith<N, E> {
    fn drop(&mut self) {
        (self.at_end)();
    }
}
