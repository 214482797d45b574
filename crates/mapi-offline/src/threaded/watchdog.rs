//! Waiting until all is quiet, with a watchdog for clients that never come back (NOTE-12).

use mapi_offline_com::CallbackRef;
use mapi_offline_core::{ClientId, Delivery, Finding, FindingId, NotifyId, ObjectId, Sink, Token};

use super::logon::{Inner, Logon};
use crate::sync::Instant;
use crate::sync::atomic::{AtomicPtr, Ordering};

/// A client of this logon did not come back in time.
pub(super) struct IsStuck;

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

impl Inner {
    /// A `Notify` begins, or a sweep.
    pub(super) fn runs(&mut self, notify: WatchedNotify) {
        self.steps += 1;
        self.running.push(notify);
    }

    /// It has ended.
    pub(super) fn ran(&mut self, id: NotifyId) {
        self.running.retain(|running| running.id() != id);
    }

    fn progress(&self) -> LogonProgress {
        let running = self.running.iter();
        let at = |notify: &WatchedNotify| (notify.id(), notify.sink().map(|sink| sink.token));
        LogonProgress {
            played: self.played,
            steps: self.steps,
            running: running.map(at).collect(),
        }
    }

    /// Whose `Notify` calls run, on which objects, and for which registrations.
    fn whose_notifies(&self) -> Vec<(ClientId, ObjectId, Token)> {
        let whose = |notify: &WatchedNotify| match *notify {
            WatchedNotify::Single {
                client,
                object,
                token,
                ..
            } => Some((client, object, token)),
            WatchedNotify::Sweep { object, .. } => {
                let sink = notify.sink()?;
                let client = self.session.client_of(object, &sink)?;
                Some((client, object, sink.token))
            }
        };
        self.running.iter().filter_map(whose).collect()
    }
}

impl Logon {
    /// Waits until nothing is left that happens by itself, and says how many rounds have been
    /// played so far.
    ///
    /// # Errors
    /// Nothing moved for as long as the watchdog waits. It has been reported, and whoever waits next for the same
    /// is told at once.
    pub(super) fn wait_until_idle(&self) -> Result<u64, IsStuck> {
        let _waits_here = self.waits_here();
        let mut inner = self.inner.lock();
        let mut since = None;
        loop {
            if let Some(letter) = self.take_mail() {
                inner = self.perform_elsewhere(inner, letter);
                since = None;
            } else if self.is_idle(&inner) {
                return Ok(inner.played);
            } else {
                let (before, began) = since
                    .take()
                    .unwrap_or_else(|| (inner.progress(), Instant::now()));
                if inner.stuck.as_ref() == Some(&before) {
                    return Err(IsStuck);
                }
                let end = began + self.shared().watchdog;
                let is_over = self.changed.wait_until(&mut inner, end).timed_out();
                let waits_for_nobody = inner.players == 0 && !inner.is_queued;
                if inner.progress() != before || waits_for_nobody {
                    // A round that opens later, or that somebody asks for, is nobody's fault.
                    continue;
                }
                if !is_over {
                    since = Some((before, began));
                    continue;
                }
                inner.stuck = Some(before);
                let whose = inner.whose_notifies();
                drop(inner);
                self.found_stuck(&whose);
                return Err(IsStuck);
            }
        }
    }

    fn found_stuck(&self, whose: &[(ClientId, ObjectId, Token)]) {
        let found = |client, place: String| {
            let watchdog = self.shared().watchdog;
            let detail = format!("{place} did not come back for {watchdog:?}");
            Finding::new(FindingId::Stuck, client, "NOTE-12", detail)
        };
        for &(client, object, token) in whose {
            let place = format!("its Notify for advise token {token} on {}", self.name);
            let finding = found(Some(client), place).of_registration(object, token);
            let name = self.name_of(object);
            self.shared().found_on(finding, Some(&name));
        }
        if whose.is_empty() {
            let place = format!("code of a client of {}", self.name);
            self.shared().found(found(None, place));
        }
    }
}
