//! Callbacks as COM objects, laid out by hand so that every reference shows.

use std::sync::atomic::{AtomicU32, Ordering};

use mapi_offline_core::Notification;
use mapi_offline_sys::{GUID, IMAPIOfflineNotify, MAPIOFFLINE_NOTIFY};
use parking_lot::Mutex;
use windows_core::Interface;

use crate::com_object::{ComBehaviour, ComObject};

/// What its owner does with what happens to a callback.
pub(crate) trait Owner {
    /// It is notified.
    fn notified(&self, notification: Notification);

    /// Somebody has released a reference on it that QueryInterface gave: one that is taken and given back, to learn how
    /// many there are, is none of a registration.
    fn released(&self);
}

/// A callback, which any thread may call.
pub(crate) type ComSink<O> = ComObject<Recorder<O>>;

/// What a callback keeps of the calls on it.
pub(crate) struct Recorder<O> {
    /// Whether it gives IMAPIOfflineNotify (ADV-2).
    notifies: bool,
    /// The structures it was handed: where they were, and what they said then.
    handed: Mutex<Vec<(*const MAPIOFFLINE_NOTIFY, MAPIOFFLINE_NOTIFY)>>,
    /// The references that AddRef took and no Release has given back.
    taken: AtomicU32,
    owner: O,
}

impl<O: Owner + 'static> ComSink<O> {
    /// A callback with one reference.
    pub(crate) const fn recording(notifies: bool, owner: O) -> Self {
        let handed = Mutex::new(Vec::new());
        let recorder = Recorder {
            notifies,
            handed,
            taken: AtomicU32::new(0),
            owner,
        };
        Self::new(1, recorder)
    }

    /// Its maker drops its own reference.
    pub(crate) fn forget(&self) {
        assert_ne!(self.count_down(), u32::MAX, "a reference too many");
    }

    /// The structures it was handed, as they were during the calls.
    pub(crate) fn handed(&self) -> Vec<MAPIOFFLINE_NOTIFY> {
        let handed = self.behaviour.handed.lock();
        handed.iter().map(|handed| handed.1).collect()
    }

    /// Where the structure was that it was handed last.
    pub(crate) fn last(&self) -> Option<*const MAPIOFFLINE_NOTIFY> {
        self.behaviour.handed.lock().last().map(|handed| handed.0)
    }
}

impl<O: Owner + 'static> ComBehaviour for Recorder<O> {
    fn answers(&self, iid: &GUID) -> bool {
        *iid == IMAPIOfflineNotify::IID && self.notifies
    }

    fn referenced(&self) {
        self.taken.fetch_add(1, Ordering::SeqCst);
    }

    fn released(&self, left: u32) {
        assert_ne!(left, u32::MAX, "a Release too many");
        let order = Ordering::SeqCst;
        let given_back = |taken: u32| taken.checked_sub(1);
        if self.taken.fetch_update(order, order, given_back).is_err() {
            self.owner.released();
        }
    }

    fn notified(sink: &ComSink<O>, info: *const MAPIOFFLINE_NOTIFY) {
        // SAFETY: the emulation passes a structure that is valid during the call.
        let told = unsafe { info.read() };
        let recorder = &sink.behaviour;
        recorder.handed.lock().push((info, told));
        let change = told.state_change();
        recorder.owner.notified(Notification {
            notify_type: told.NotifyType,
            client_token: told.ulClientToken,
            mask: change.ulMask,
            old: change.ulStateOld,
            new: change.ulStateNew,
        });
    }
}
