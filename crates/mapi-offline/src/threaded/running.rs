//! The `Notify` calls of a logon that run, for the watchdog.

use mapi_offline_com::CallbackRef;
use mapi_offline_core::{ClientId, Delivery, NotifyId, ObjectId, Session, Sink, Token};
use smallvec::SmallVec;

use crate::sync::atomic::{AtomicPtr, Ordering};

/// A `Notify` that runs, or a sweep that stands between two.
pub(super) enum WatchedNotify {
    Sweep {
        id: NotifyId,
        object: ObjectId,
        /// The sink that is being notified, in the frame of the thread that sweeps. It is there, and so are the
        /// sweep's sinks, until this is taken out under the logon's lock.
        at: *const AtomicPtr<Sink<CallbackRef>>,
    },
    Single {
        id: NotifyId,
        client: ClientId,
        object: ObjectId,
        token: Token,
    },
}

// SAFETY: what the pointer points to is atomic, and is looked at under the lock only, under which it is taken out before
// it goes.
unsafe impl Send for WatchedNotify {}

impl WatchedNotify {
    pub(super) const fn single(delivery: &Delivery<CallbackRef>) -> Self {
        Self::Single {
            id: delivery.id,
            client: delivery.client,
            object: delivery.object,
            token: delivery.token,
        }
    }

    const fn id(&self) -> NotifyId {
        match self {
            Self::Sweep { id, .. } | Self::Single { id, .. } => *id,
        }
    }

    /// The sink that a sweep notifies now.
    fn sink(&self) -> Option<Sink<CallbackRef>> {
        let Self::Sweep { at, .. } = self else {
            return None;
        };
        // SAFETY: the frame and the sinks are there as long as this is (the field `at` says so); and whoever has this
        // has the lock. The sinks do not change.
        unsafe { (**at).load(Ordering::Acquire).as_ref() }.copied()
    }
}

/// How far a logon is: it has moved if this is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogonProgress {
    played: u64,
    steps: u64,
    running: Vec<(NotifyId, Option<Token>)>,
}

/// The `Notify` calls of a logon that run.
#[derive(Default)]
pub(super) struct RunningNotifies {
    running: SmallVec<[WatchedNotify; 1]>,
    /// How many `Notify` calls and phases of sweeps have begun.
    steps: u64,
}

impl RunningNotifies {
    /// A `Notify` begins, or a sweep.
    pub(super) fn begin(&mut self, notify: WatchedNotify) {
        self.steps += 1;
        self.running.push(notify);
    }

    /// It has ended.
    pub(super) fn end(&mut self, id: NotifyId) {
        self.running.retain(|running| running.id() != id);
    }

    /// How far the logon is, of which so many rounds have been played.
    pub(super) fn progress(&self, played: u64) -> LogonProgress {
        let running = self.running.iter();
        let at = |notify: &WatchedNotify| (notify.id(), notify.sink().map(|sink| sink.token));
        LogonProgress {
            played,
            steps: self.steps,
            running: running.map(at).collect(),
        }
    }

    /// Whose they are, on which objects, and for which registrations.
    pub(super) fn whose(&self, session: &Session<CallbackRef>) -> Vec<(ClientId, ObjectId, Token)> {
        let whose = |notify: &WatchedNotify| match *notify {
            WatchedNotify::Single {
                client,
                object,
                token,
                ..
            } => Some((client, object, token)),
            WatchedNotify::Sweep { object, .. } => {
                let sink = notify.sink()?;
                let client = session.client_of(object, &sink)?;
                Some((client, object, sink.token))
            }
        };
        self.running.iter().filter_map(whose).collect()
    }
}
