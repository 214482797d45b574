//! One logon of one profile: a session of the core behind a lock, and what is due in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use mapi_offline_com::{CallbackRef, Doors, NotifyMemory};
use mapi_offline_core::{
    ClientId, Delivery, Effect, Effects, Finding, FindingId, ObjectId, RoundId, Session, State,
    Thread, Token, WaitId,
};
use mapi_offline_driver::{Errands, Livelock};
use mapi_offline_sys::HRESULT;
use smallvec::SmallVec;

use super::beliefs::ThreadedBeliefs;
use super::mail::{Letter, Waiting};
use super::running::{LogonProgress, RunningNotifies};
use super::shared::SharedBy;
use super::worker::HasWork;
use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::sync::{Condvar, Instant, Mutex, MutexGuard};

/// What all logons of an Outlook share.
pub(super) type Shared = SharedBy<Logon>;

/// One logon of one profile. What every call looks at comes first, so that it lies together: a
/// call on one of a million profiles finds none of it in a cache.
#[repr(C)]
pub(super) struct Logon {
    pub(super) shared: Arc<Shared>,
    pub(super) doors: Doors<Self>,
    /// Whether the profile has logged off. Written under the lock.
    pub(super) is_over: AtomicBool,
    pub(super) inner: Mutex<Inner>,
    /// How many registrations have gone: what a sweep looks at before each `Notify`. Written
    /// under the lock, and far from it in memory: whoever takes the lock does not disturb a sweep.
    pub(super) removals: AtomicU64,
    /// Something that somebody waits for has happened.
    pub(super) changed: Condvar,
    /// The profile's name when it logged on, for reports.
    pub(super) name: String,
    pub(super) this: Weak<Self>,
}

/// What is behind the lock. No client's code runs while it is held. In the order of [`Logon`].
#[repr(C)]
pub(super) struct Inner {
    pub(super) livelock: Livelock,
    /// What [`Logon::removals`] says.
    told_removals: u64,
    /// The effects of the call at hand; kept for its memory.
    pub(super) effects: Effects<CallbackRef>,
    /// The rounds that are to open, in the order in which they became due.
    pub(super) due: SmallVec<[Due; 2]>,
    pub(super) session: Session<CallbackRef>,
    /// The waits that are over, until whoever waits takes note.
    pub(super) over: SmallVec<[(WaitId, HRESULT); 2]>,
    /// How many BLOCK calls wait for what is due.
    pub(super) blocked: usize,
    /// How many threads deliver here.
    pub(super) players: usize,
    /// How many rounds have been played.
    pub(super) played: u64,
    /// A worker has been asked to come, and has not come yet.
    pub(super) is_queued: bool,
    /// When the clock will have a worker come, at the earliest.
    alarm: Option<Instant>,
    pub(super) memory: NotifyMemory,
    pub(super) beliefs: ThreadedBeliefs,
    /// The threads that registrations were made on (NOTE-5, `thread = registering`).
    pub(super) homes: BTreeMap<(u32, Token), u64>,
    /// The `Notify` calls that run, for the watchdog.
    pub(super) running: RunningNotifies,
    /// Where it stood when the watchdog struck.
    pub(super) stuck: Option<LogonProgress>,
}

/// A round that is to open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) round: RoundId,
    pub(super) when: When,
}

/// When a round is to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Now,
    At(Instant),
    /// When somebody asks for it: the number orders all that wait so.
    Asked(u64),
}

pub(super) type Locked<'a> = MutexGuard<'a, Inner>;

impl Logon {
    pub(super) fn new(
        shared: &Arc<Shared>,
        name: &str,
        session: Session<CallbackRef>,
    ) -> Arc<Self> {
        let global = session.global();
        let logon = Arc::new_cyclic(|this| Self {
            shared: Arc::clone(shared),
            name: name.to_owned(),
            this: Weak::clone(this),
            inner: Mutex::new(Inner {
                told_removals: 0,
                session,
                effects: Effects::new(),
                due: SmallVec::new(),
                over: SmallVec::new(),
                blocked: 0,
                players: 0,
                played: 0,
                is_queued: false,
                alarm: None,
                memory: NotifyMemory::default(),
                beliefs: ThreadedBeliefs::default(),
                livelock: Livelock::default(),
                homes: BTreeMap::new(),
                running: RunningNotifies::default(),
                stuck: None,
            }),
            removals: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            changed: Condvar::new(),
            doors: Doors::default(),
        });
        if let Some(global) = global {
            logon.doors.prepare(&logon, global);
        }
        logon
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Returns true when a client may call an object of it, however wrongly (LIFE-5).
    pub(super) fn has_given_pointers(&self) -> bool {
        self.doors.is_any_given()
    }

    /// The client whose registration a sink of the object is.
    pub(super) fn client_of(
        &self,
        object: ObjectId,
        sink: &mapi_offline_core::Sink<CallbackRef>,
    ) -> ClientId {
        let inner = self.inner.lock();
        inner.session.client_of(object, sink).unwrap_or(ClientId(0))
    }

    /// Unlocks, and does what a call has left to be done.
    #[inline]
    pub(super) fn finish(&self, mut inner: Locked<'_>) {
        let todo = self.sort(&mut inner);
        self.hand_over(&mut inner);
        drop(inner);
        if let Some(todo) = todo {
            self.carry_out(todo);
        }
    }

    /// Takes in the effects that are about time or about who waits. The rest is to be carried out
    /// while nothing is locked; `None`: there is none.
    #[inline]
    pub(super) fn sort(&self, inner: &mut Inner) -> Option<Errands<CallbackRef>> {
        // Also without any effect: a Release may wait for a Notify.
        let removals = inner.session.removals();
        if removals != inner.told_removals {
            inner.told_removals = removals;
            self.removals.store(removals, Ordering::Release);
            if self.shared.uses_mail {
                self.withdraw_mail(inner);
            }
        }
        if inner.effects.is_empty() {
            return None;
        }
        self.sort_effects(inner)
    }

    /// How an object is called in traces and reports.
    pub(super) fn name_of(&self, object: ObjectId) -> String {
        let is_global = self.inner.lock().session.global() == Some(object);
        if is_global {
            self.name.clone()
        } else {
            format!("{}/object-{}", self.name, object.index)
        }
    }

    /// Has a worker come, if something is due and nobody is here to play it.
    #[inline]
    pub(super) fn hand_over(&self, inner: &mut Inner) {
        if !inner.due.is_empty() {
            self.hand_over_due(inner);
        }
    }

    fn hand_over_due(&self, inner: &mut Inner) {
        if inner.is_queued || inner.is_stopped() {
            return;
        }
        if inner.players > 0 {
            // Whoever delivers here does it next, or as soon as it waits.
            self.changed.notify_all();
            return;
        }
        let Some(first) = inner.first_due() else {
            return;
        };
        match first {
            When::Now => {
                if let Some(this) = self.this.upgrade() {
                    inner.is_queued = true;
                    self.shared.workers.hand_over(this);
                }
            }
            When::At(time) if inner.alarm.is_none_or(|alarm| time < alarm) => {
                inner.alarm = Some(time);
                let this = Weak::clone(&self.this);
                self.shared.workers.hand_over_at(time, this);
            }
            When::At(_) | When::Asked(_) => {}
        }
    }

    /// The number of the round that has waited longest, of those that wait to be asked for.
    pub(super) fn first_asked(&self) -> Option<u64> {
        let inner = self.inner.lock();
        let asked = inner.due.iter().filter_map(|due| match due.when {
            When::Asked(number) => Some(number),
            _ => None,
        });
        asked.min()
    }

    /// The round of that number need not wait any longer.
    pub(super) fn ask(&self, number: u64) {
        let mut inner = self.inner.lock();
        let mut due = inner.due.iter_mut();
        if let Some(due) = due.find(|due| due.when == When::Asked(number)) {
            due.when = When::Now;
        }
        self.hand_over(&mut inner);
    }

    /// Nothing is due, nobody delivers, and no delivery waits for this thread.
    pub(super) fn is_idle(&self, inner: &Inner) -> bool {
        inner.players == 0
            && !inner.is_queued
            && (inner.first_due().is_none() || inner.is_stopped())
            && !(self.shared.uses_mail && self.shared.mail.is_any_of(self))
    }

    /// Leaves a delivery to the thread of that number.
    ///
    /// # Errors
    /// The thread has ended, and never makes it.
    pub(super) fn post(
        &self,
        thread: u64,
        delivery: Delivery<CallbackRef>,
    ) -> Result<(), Delivery<CallbackRef>> {
        match self.this.upgrade() {
            Some(this) => self.shared.mail.post(thread, this, delivery),
            None => Err(delivery),
        }
    }

    /// This thread waits in this logon, as long as the answer is there, and whoever has something for it
    /// wakes it here. `None`: nobody ever has.
    pub(super) fn waits_here(&self) -> Option<Waiting<'_, Self>> {
        if !self.shared.uses_mail {
            return None;
        }
        Some(self.shared.mail.waits_in(self.this.upgrade()?))
    }

    /// A delivery of any logon that waits for this thread.
    pub(super) fn take_mail(&self) -> Option<Letter<Self>> {
        self.shared.uses_mail.then(|| self.shared.mail.take())?
    }

    /// Makes a delivery that waited for this thread, of this logon or of another.
    pub(super) fn perform_elsewhere<'a>(
        &'a self,
        mut inner: Locked<'a>,
        letter: Letter<Self>,
    ) -> Locked<'a> {
        MutexGuard::unlocked(&mut inner, || letter.perform());
        inner
    }

    /// Something has happened that a thread may wait for which waits here.
    pub(super) fn wake(&self) {
        // Whoever has looked before this has begun to wait when the lock can be had.
        drop(self.inner.lock());
        self.changed.notify_all();
    }

    /// Deliveries wait that are never made: whoever waits here passes them over, or a worker that comes.
    fn has_lost_mail(&self, inner: &mut Inner) {
        self.changed.notify_all();
        if !inner.is_queued
            && let Some(this) = self.this.upgrade()
        {
            inner.is_queued = true;
            self.shared.workers.hand_over(this);
        }
    }

    /// A thread has ended for which deliveries wait.
    pub(super) fn thread_ended(&self) {
        self.has_lost_mail(&mut self.inner.lock());
    }

    /// Registrations have gone: what waits to be delivered to them keeps neither the transition nor their
    /// callbacks waiting (UNADV-2).
    #[cold]
    fn withdraw_mail(&self, inner: &mut Inner) {
        let is_due = |delivery: &Delivery<CallbackRef>| inner.session.is_still_due(delivery);
        if self.shared.mail.is_any_undue(self, is_due) {
            self.has_lost_mail(inner);
        }
    }

    /// Delivers what waits for this thread. Says whether there was anything.
    pub(super) fn pump(&self) -> bool {
        let mut pumped = false;
        while let Some(letter) = self.shared.mail.take_of(self) {
            letter.perform();
            pumped = true;
        }
        pumped
    }

    /// A client says what it takes the state of the global object for.
    pub(super) fn believes(&self, client: ClientId, state: State) {
        let mut inner = self.inner.lock();
        if let Some(global) = inner.session.global() {
            inner.beliefs.reads(client, global.index, state);
        }
    }

    /// The findings about clients that believe something else than is.
    pub(super) fn stale(&self) -> Vec<Finding> {
        let inner = self.inner.lock();
        inner.beliefs.stale(&inner.session, &self.name)
    }

    /// Returns true when the client holds a reference on an object.
    pub(super) fn is_held_by(&self, client: ClientId) -> bool {
        self.inner.lock().session.is_held_by(client)
    }

    /// The state of the global object.
    pub(super) fn state(&self) -> Option<State> {
        let inner = self.inner.lock();
        inner.session.state(inner.session.global()?)
    }
}

impl HasWork for Logon {
    fn work(&self) {
        let mut inner = self.inner.lock();
        inner.is_queued = false;
        self.play(inner);
    }

    fn time_has_come(self: Arc<Self>) {
        let mut inner = self.inner.lock();
        inner.alarm = None;
        if !inner.is_queued {
            inner.is_queued = true;
            drop(inner);
            let workers = &self.shared.workers;
            workers.hand_over(Arc::clone(&self));
        }
    }
}

impl Letter<Logon> {
    /// Makes the delivery on this thread, and goes on with its round.
    pub(super) fn perform(self) {
        self.logon.perform(&self.delivery);
    }
}

impl Inner {
    /// A delivery is not made, because the thread that it waits for does not pump. It is as if its `Notify`
    /// had returned, so that nobody waits for it.
    /// `why`: what is wrong with the thread.
    pub(super) fn passes_over(&mut self, delivery: &Delivery<CallbackRef>, why: &str) {
        if self.session.is_still_due(delivery) {
            let token = delivery.token;
            let detail =
                format!("a notification for advise token {token} never came: its thread {why}");
            let client = Some(delivery.client);
            let finding = Finding::new(FindingId::NobodyPumps, client, "NOTE-5", detail);
            let finding = finding.of_registration(delivery.object, token);
            self.effects.push(Effect::found(finding));
        }
        self.session.delivered(delivery.id, &mut self.effects);
    }

    /// The thread that a delivery has to be made on, if not any (NOTE-5).
    pub(super) fn home(&self, shared: &Shared, delivery: &Delivery<CallbackRef>) -> Option<u64> {
        match shared.config.policy.thread {
            Thread::Worker | Thread::Caller => None,
            Thread::Initializing => shared.initializing.lock().thread,
            Thread::Registering => self
                .homes
                .get(&(delivery.object.index, delivery.token))
                .copied(),
        }
    }
}
