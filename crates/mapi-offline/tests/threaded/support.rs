//! What the tests are written with.

use std::io::{Write, stderr};
use std::ops::Deref;
use std::ptr::null_mut;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use mapi_offline::sys::{
    GUID, HRESULT, IMAPIOfflineMgr, IMAPIOfflineNotify, MAPIOFFLINE_CREATEINFO,
    MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, S_OK,
};
use mapi_offline::{Notification, Phase, State, ThreadedOutlook, callback_fn};
use windows_core::Interface;

/// What any thread may use: the threaded Outlook's pointers, and callbacks that are made for it.
#[derive(Clone)]
pub(crate) struct AnyThread<T>(pub(crate) T);

// SAFETY: the threaded Outlook's objects may be used by any thread, and tests make only such
// callbacks for it.
unsafe impl<T> Send for AnyThread<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for AnyThread<T> {}

impl<T> Deref for AnyThread<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Ends the process if the test takes more than a minute: a thread of it waits for ever.
#[must_use]
pub(crate) fn watched() -> Sender<()> {
    let (alive, gone) = channel::<()>();
    let test = thread::current().name().map(str::to_owned);
    thread::spawn(move || {
        let heard = gone.recv_timeout(Duration::from_secs(60));
        if heard == Err(RecvTimeoutError::Timeout) {
            // What the test harness has caught would never be printed.
            let _ = writeln!(stderr(), "{test:?} hangs");
            std::process::abort();
        }
    });
    alive
}

/// An Outlook with these profiles, for one policy.
pub(crate) fn outlook(profiles: &[&str], knobs: &[(&str, &str)]) -> ThreadedOutlook {
    let mut policy = mapi_offline::Policy::default();
    for (knob, value) in knobs {
        policy.set(knob, value).expect("a knob and its value");
    }
    let mut builder = ThreadedOutlook::builder().policy(policy);
    for profile in profiles {
        builder = builder.profile(profile);
    }
    builder.build().expect("an Outlook")
}

/// Opens a profile and asks what it is capable of.
pub(crate) fn open(outlook: &ThreadedOutlook, profile: &str) -> AnyThread<IMAPIOfflineMgr> {
    let manager = outlook.open(profile).expect("it is logged on");
    manager.capabilities().expect("capabilities");
    AnyThread(manager)
}

/// Makes an object in a profile: a child of `parent`, or one that stands alone.
pub(crate) fn create(
    outlook: &ThreadedOutlook,
    profile: &str,
    parent: Option<&IMAPIOfflineMgr>,
) -> AnyThread<IMAPIOfflineMgr> {
    let created = try_create(outlook, profile, parent).expect("an object");
    created.capabilities().expect("capabilities");
    created
}

/// As [`create`], in a profile that may not be logged on.
pub(crate) fn try_create(
    outlook: &ThreadedOutlook,
    profile: &str,
    parent: Option<&IMAPIOfflineMgr>,
) -> Result<AnyThread<IMAPIOfflineMgr>, HRESULT> {
    let name: Vec<u16> = profile.encode_utf16().chain([0]).collect();
    let guid = GUID::from_u128(0x5d0e_0000_0000_4000_8000_0000_0000_0001);
    let mut info = MAPIOFFLINE_CREATEINFO {
        pwszProfileName: name.as_ptr(),
        ulCapabilities: 3,
        pGUID: &raw const guid,
        pParent: parent.map_or(null_mut(), Interface::as_raw),
        ..Default::default()
    };
    info.ulSize = size_of_val(&info) as u32;
    let mut out = null_mut();
    // SAFETY: every pointer is null or to something that lives during the call; what is written
    // to `out` carries a reference.
    unsafe {
        match outlook.hr_create_offline_obj(0, &raw mut info, &raw mut out) {
            S_OK => Ok(AnyThread(IMAPIOfflineMgr::from_raw(out))),
            hr => Err(hr),
        }
    }
}

/// `SetCurrentState(DEFAULT)`
pub(crate) fn set(manager: &IMAPIOfflineMgr, state: State) -> HRESULT {
    manager.set_current_state(MAPIOFFLINE_FLAG_DEFAULT, state.bits())
}

/// `SetCurrentState(BLOCK)`
pub(crate) fn block(manager: &IMAPIOfflineMgr, state: State) -> HRESULT {
    manager.set_current_state(MAPIOFFLINE_FLAG_BLOCK, state.bits())
}

/// A callback for any thread.
pub(crate) fn callback(
    notify: impl Fn(&Notification) + Send + Sync + 'static,
) -> IMAPIOfflineNotify {
    callback_fn(notify)
}

/// Registers a callback that does something in each notification.
pub(crate) fn advise(
    manager: &IMAPIOfflineMgr,
    notify: impl Fn(&Notification) + Send + Sync + 'static,
) -> u32 {
    manager.advise(&callback(notify), 0).expect("Advise")
}

/// Registers a callback that does something in the notifications of one phase.
pub(crate) fn advise_in(
    manager: &IMAPIOfflineMgr,
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
