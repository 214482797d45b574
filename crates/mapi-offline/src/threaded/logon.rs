//! One logon of one profile: a session of the core behind a lock, and what is due in it.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use mapi_offline_com::{Behind, CallbackRef, Doors, NotifyMemory, SIZES, thread_number};
use mapi_offline_core::{
    AdviseArgs, Caller, ClientId, Delay, Delivery, Effect, Effects, Finding, FindingId, Late,
    NotifyId, ObjectId, RoundId, Session, SetArgs, SetReply, State, Thread, Token, WaitId,
};
use mapi_offline_driver::{Livelock, Shows};
use mapi_offline_sys::HRESULT;
use parking_lot::{Condvar, Mutex, MutexGuard};
use smallvec::SmallVec;

use super::beliefs::Beliefs;
use super::context;
use super::mail::{self, Letter};
use super::shared::{Pace, Shared, Told};

/// One logon of one profile. What every call looks at comes first, so that it lies together: a
/// call on one of a million profiles finds none of it in a cache.
#[repr(C)]
pub(super) struct Logon {
    shared: Arc<Shared>,
    doors: Doors<Self>,
    /// Has the profile logged off? Written under the lock.
    is_over: AtomicBool,
    pub(super) inner: Mutex<Inner>,
    /// How many registrations have gone: what a sweep looks at before each `Notify`. Written
    /// under the lock, and far from it in memory: whoever takes the lock does not disturb a sweep.
    pub(super) removals: AtomicU64,
    /// Something that somebody waits for has happened.
    pub(super) changed: Condvar,
    /// The profile's name when it logged on, for reports.
    pub(super) name: String,
    this: Weak<Self>,
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
    over: SmallVec<[(WaitId, HRESULT); 2]>,
    /// How many BLOCK calls wait for what is due.
    pub(super) blocked: usize,
    /// How many threads deliver here.
    pub(super) players: usize,
    /// How many rounds have been played.
    played: u64,
    /// A worker has been asked to come, and has not come yet.
    is_queued: bool,
    /// When the clock will have a worker come, at the earliest.
    alarm: Option<Instant>,
    pub(super) memory: NotifyMemory,
    pub(super) beliefs: Beliefs,
    /// The threads that registrations were made on (NOTE-5, `thread = registering`).
    homes: BTreeMap<(u32, Token), u64>,
}

/// A round that is to open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    round: RoundId,
    when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Now,
    At(Instant),
    /// When somebody asks for it: the number orders all that wait so.
    Asked(u64),
}

/// What a call has left to be done while nothing is locked.
pub(super) enum Todo {
    /// To release a callback, as after most calls of Unadvise.
    Release(CallbackRef, ClientId),
    /// All of this.
    Many {
        /// In order.
        effects: SmallVec<[Effect<CallbackRef>; 1]>,
        /// And then a round that is to be delivered before the call returns (SET-11).
        in_call: Option<RoundId>,
    },
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
                beliefs: Beliefs::default(),
                livelock: Livelock::default(),
                homes: BTreeMap::new(),
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

    /// May a client still call an object of it when the profile has logged off, however wrongly (LIFE-5)?
    pub(super) fn may_be_called(&self) -> bool {
        self.shared.keeps_zombies && self.doors.is_any_given()
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

    /// Makes one call of the session, and carries its effects out. A round that is to be delivered
    /// before the call returns has been delivered then (SET-11).
    pub(super) fn call<T>(
        &self,
        call: impl FnOnce(&mut Session<CallbackRef>, Caller<'_>, &mut Effects<CallbackRef>) -> T,
    ) -> T {
        let (inner, answer) = self.locked_call(call);
        self.finish(inner);
        answer
    }

    /// Makes one call of the session. Its effects have not been carried out yet.
    fn locked_call<T>(
        &self,
        call: impl FnOnce(&mut Session<CallbackRef>, Caller<'_>, &mut Effects<CallbackRef>) -> T,
    ) -> (Locked<'_>, T) {
        if context::is_outside() {
            let mut inner = self.inner.lock();
            inner.livelock.reset();
            let Inner {
                session, effects, ..
            } = &mut *inner;
            let answer = call(session, Caller::outside(ClientId(0)), effects);
            return (inner, answer);
        }
        let client = context::current_client(&self.shared);
        let notifies = context::notifies(&self.shared);
        let sweeps = context::sweeps(self);
        let mut inner = self.inner.lock();
        if !context::is_in_callback() {
            inner.livelock.reset();
        }
        let caller = Caller {
            client,
            inside: &notifies,
        };
        let Inner {
            session, effects, ..
        } = &mut *inner;
        let answer = while_they_stand(session, &sweeps, |session| call(session, caller, effects));
        (inner, answer)
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
    pub(super) fn sort(&self, inner: &mut Inner) -> Option<Todo> {
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

    fn sort_effects(&self, inner: &mut Inner) -> Option<Todo> {
        if let [Effect::Release { callback, client }] = inner.effects[..] {
            inner.effects.clear();
            return Some(Todo::Release(callback, client));
        }
        let (mut left, mut in_call) = (SmallVec::new(), None);
        let mut effects = std::mem::take(&mut inner.effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Due {
                    round,
                    delay: Delay::InCall,
                } => in_call = Some(round),
                Effect::Due { round, delay } => {
                    let when = self.when(delay);
                    inner.due.push(Due { round, when });
                }
                Effect::Wake { wait, hr } => {
                    // From now on nobody waits for what is due, though the call has yet to wake.
                    inner.blocked -= 1;
                    inner.over.push((wait, hr));
                    self.changed.notify_all();
                }
                Effect::Begun { from_notify, .. } => {
                    let from_callback = from_notify || context::is_in_callback();
                    if from_callback && let Some(finding) = inner.livelock.begun(false) {
                        left.push(Effect::Finding(finding));
                    }
                }
                Effect::State { .. } if !self.shared.is_observed => {}
                other => left.push(other),
            }
        }
        inner.effects = effects;
        let is_anything = in_call.is_some() || !left.is_empty();
        is_anything.then_some(Todo::Many {
            effects: left,
            in_call,
        })
    }

    fn when(&self, delay: Delay) -> When {
        let durations = match &self.shared.pace {
            Pace::Immediate => return When::Now,
            Pace::Timed(durations) => durations,
            Pace::Stepped => return When::Asked(self.shared.workers.next_number()),
        };
        let duration = match delay {
            Delay::InCall | Delay::None => return When::Now,
            Delay::Start => durations[0],
            Delay::Change => durations[1],
            Delay::Done => durations[2],
        };
        if duration.is_zero() {
            When::Now
        } else {
            When::At(Instant::now() + duration)
        }
    }

    /// Does what is to be done while nothing is locked. Clients' code runs.
    pub(super) fn carry_out(&self, todo: Todo) {
        let (effects, in_call) = match todo {
            Todo::Release(callback, client) => return self.shared.release(callback, client),
            Todo::Many { effects, in_call } => (effects, in_call),
        };
        for effect in effects {
            match effect {
                Effect::Release { callback, client } => self.shared.release(callback, client),
                Effect::Finding(finding) => self.shared.found(finding),
                Effect::State { object, old, new } => {
                    let name = self.name_of(object);
                    self.shared
                        .tell_with(|teller, now| teller.tell_state(now, &name, old, new));
                }
                Effect::Due { .. } | Effect::Wake { .. } | Effect::Begun { .. } => {}
            }
        }
        if let Some(round) = in_call {
            self.play_in_call(round);
        }
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

    /// The clock has struck: a worker comes.
    pub(super) fn time_has_come(self: Arc<Self>) {
        let mut inner = self.inner.lock();
        inner.alarm = None;
        if !inner.is_queued {
            inner.is_queued = true;
            drop(inner);
            let workers = &self.shared.workers;
            workers.hand_over(Arc::clone(&self));
        }
    }

    /// A worker has come.
    pub(super) fn work(&self) {
        let mut inner = self.inner.lock();
        inner.is_queued = false;
        self.play(inner);
    }

    /// Which of the rounds that wait to be asked for has waited longest?
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

    /// Waits until nothing is left that happens by itself, and says how many rounds have been
    /// played so far.
    pub(super) fn wait_until_idle(&self) -> u64 {
        let _waits_here = self.waits_here();
        let mut inner = self.inner.lock();
        loop {
            if let Some(letter) = self.take_mail() {
                inner = self.perform_elsewhere(inner, letter);
            } else if self.is_idle(&inner) {
                return inner.played;
            } else {
                self.changed.wait(&mut inner);
            }
        }
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
    pub(super) fn waits_here(&self) -> Option<mail::Waiting<'_>> {
        if !self.shared.uses_mail {
            return None;
        }
        Some(self.shared.mail.waits_in(self.this.upgrade()?))
    }

    /// A delivery of any logon that waits for this thread.
    pub(super) fn take_mail(&self) -> Option<Letter> {
        self.shared.uses_mail.then(|| self.shared.mail.take())?
    }

    /// Makes a delivery that waited for this thread, of this logon or of another.
    pub(super) fn perform_elsewhere<'a>(
        &'a self,
        mut inner: Locked<'a>,
        letter: Letter,
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

    /// Who believes something else than is?
    pub(super) fn stale(&self) -> Vec<Finding> {
        self.inner.lock().stale(&self.name)
    }

    /// The state of the global object.
    pub(super) fn state(&self) -> Option<State> {
        let inner = self.inner.lock();
        inner.session.state(inner.session.global()?)
    }

    /// Logs the profile off (LIFE-3), and says how many registrations it ever made.
    pub(super) fn log_off(&self) -> u64 {
        let (mut inner, ()) = self.locked_call(|session, _, effects| session.log_off(effects));
        self.is_over.store(true, Ordering::Relaxed);
        inner.due.clear();
        // What waited for a thread never begins; its callbacks need not wait for it.
        for letter in self.shared.mail.take_all_of(self) {
            inner.passes_over(
                &letter.delivery,
                "had not pumped when its profile logged off",
            );
        }
        inner.homes.clear();
        let made = inner.session.registrations_made();
        self.changed.notify_all();
        self.finish(inner);
        made
    }

    /// `SetCurrentState`; a BLOCK call comes back when the transition is over (SET-3).
    fn set(&self, object: ObjectId, args: SetArgs) -> HRESULT {
        if self.shared.sweeps_at_once
            && let Some(client) = context::client_outside(&self.shared)
        {
            let mut inner = self.inner.lock();
            inner.livelock.reset();
            if inner.due.is_empty()
                && let Some(sweep) = inner.session.set_in_sweep(client, object, args)
            {
                return self.set_in_sweep(inner, sweep);
            }
        }
        let (mut inner, reply) = self.locked_call(|session, caller, effects| {
            session.set_current_state(caller, object, args, effects)
        });
        match reply {
            SetReply::Return(hr) => {
                self.finish(inner);
                hr
            }
            SetReply::Wait(wait) => {
                // What else the call has left to be done is nothing that this need wait for.
                let plays =
                    self.shared.config.policy.thread == Thread::Caller || context::is_in_callback();
                inner.blocked += 1;
                self.wait(inner, wait, plays)
            }
        }
    }
}

/// Runs `call` while the session knows where the sweeps of this thread stand: a Release waits for
/// the `Notify` calls that are running, and for no other (UNADV-2).
pub(super) fn while_they_stand<T>(
    session: &mut Session<CallbackRef>,
    sweeps: &[(NotifyId, CallbackRef)],
    call: impl FnOnce(&mut Session<CallbackRef>) -> T,
) -> T {
    for &(sweep, callback) in sweeps {
        session.sweep_stands(sweep, callback);
    }
    let answer = call(session);
    for &(sweep, _) in sweeps {
        session.sweep_goes_on(sweep);
    }
    answer
}

impl Inner {
    /// Does nothing open any more, because clients undo each other for ever? A BLOCK call is not
    /// let down.
    fn is_stopped(&self) -> bool {
        self.livelock.is_reached() && self.blocked == 0
    }

    /// When the next round is to open. One that somebody waits for in a BLOCK call need not be
    /// asked for.
    fn first_due(&self) -> Option<When> {
        let mut first = None;
        for due in &self.due {
            match (self.when(due), first) {
                (When::Now, _) => return Some(When::Now),
                (When::At(time), Some(When::At(other))) if time >= other => {}
                (when @ When::At(_), _) => first = Some(when),
                (When::Asked(_), _) => {}
            }
        }
        first
    }

    fn when(&self, due: &Due) -> When {
        match due.when {
            When::Asked(_) if self.blocked > 0 => When::Now,
            when => when,
        }
    }

    /// Is nothing due, and no call to return?
    pub(super) fn is_nobodys_turn(&self) -> bool {
        self.due.is_empty() && self.over.is_empty()
    }

    /// Takes out the next round that is to open now.
    pub(super) fn take_due(&mut self) -> Option<RoundId> {
        if self.due.is_empty() || self.is_stopped() {
            return None;
        }
        let mut now = None;
        let mut first: Option<(usize, Option<Instant>)> = None;
        for (place, due) in self.due.iter().enumerate() {
            let at = match self.when(due) {
                When::Now => None,
                When::At(time) if time <= *now.get_or_insert_with(Instant::now) => Some(time),
                When::At(_) | When::Asked(_) => continue,
            };
            if first.is_none_or(|(_, other)| at < other) {
                first = Some((place, at));
            }
        }
        let (place, _) = first?;
        self.played += 1;
        Some(self.due.remove(place).round)
    }

    /// When the next round is to open, if that is later than now.
    pub(super) fn next_time(&self) -> Option<Instant> {
        match self.first_due() {
            Some(When::At(time)) => Some(time),
            _ => None,
        }
    }

    /// What the call that waits returns, if its wait is over.
    pub(super) fn take_over(&mut self, wait: WaitId) -> Option<HRESULT> {
        let place = self.over.iter().position(|(over, _)| *over == wait)?;
        Some(self.over.remove(place).1)
    }

    /// A delivery is not made, because the thread that it waits for does not pump. It is as if its `Notify`
    /// had returned, so that nobody waits for it.
    /// `why`: what is wrong with the thread.
    pub(super) fn passes_over(&mut self, delivery: &Delivery<CallbackRef>, why: &str) {
        if self.session.is_still_due(delivery) {
            self.effects.push(Effect::Finding(Finding {
                id: FindingId::NobodyPumps,
                client: Some(delivery.client),
                rule: "NOTE-5",
                detail: format!(
                    "a notification for advise token {} never came: its thread {why}",
                    delivery.token
                ),
            }));
        }
        self.session.delivered(delivery.id, &mut self.effects);
    }

    /// The thread that a delivery has to be made on, if not any (NOTE-5).
    pub(super) fn home(&self, shared: &Shared, delivery: &Delivery<CallbackRef>) -> Option<u64> {
        match shared.config.policy.thread {
            Thread::Worker | Thread::Caller => None,
            Thread::Initializing => Some(shared.initializing),
            Thread::Registering => self
                .homes
                .get(&(delivery.object.index, delivery.token))
                .copied(),
        }
    }
}

impl Behind for Logon {
    type Told = Told;
    type Kept = Arc<Self>;

    fn lives_on() -> u64 {
        0
    }

    fn this(&self) -> *const Self {
        self.this.as_ptr()
    }

    unsafe fn hold(this: *const Self) {
        // SAFETY: it is alive, and was made by `Arc`.
        unsafe { Arc::increment_strong_count(this) };
    }

    unsafe fn let_go(this: *const Self) {
        // SAFETY: it is held, and was made by `Arc`.
        unsafe { Arc::decrement_strong_count(this) };
    }

    unsafe fn keep(this: *const Self) -> Arc<Self> {
        // SAFETY: it is alive, and was made by `Arc`; the count taken here is given up when the `Arc` is
        // dropped.
        unsafe {
            Arc::increment_strong_count(this);
            Arc::from_raw(this)
        }
    }

    fn doors(&self) -> &Doors<Self> {
        &self.doors
    }

    fn keeps_zombies(&self) -> bool {
        self.shared.keeps_zombies
    }

    fn is_alive(&self, object: ObjectId) -> bool {
        self.inner.lock().session.state(object).is_some()
    }

    fn tell_call(
        &self,
        function: &'static str,
        args: impl FnOnce() -> Shows,
    ) -> Option<Self::Told> {
        self.shared.tell_call(function, args)
    }

    fn tell_return(&self, told: Option<Self::Told>, hr: HRESULT, out: impl FnOnce() -> Shows) {
        self.shared.tell_return(told, hr, out);
    }

    fn query_interface(&self, object: ObjectId, known: bool) -> HRESULT {
        self.call(|session, caller, effects| {
            session.query_interface(caller, object, known, effects)
        })
    }

    fn add_ref(&self, object: ObjectId) -> u32 {
        self.call(|session, caller, effects| session.add_ref(caller, object, effects))
    }

    fn release(&self, object: ObjectId) -> u32 {
        self.call(|session, caller, effects| session.release(caller, object, effects))
    }

    fn set_current_state(&self, object: ObjectId, args: SetArgs) -> HRESULT {
        self.set(object, args)
    }

    fn get_capabilities(&self, object: ObjectId, out: bool) -> (HRESULT, Option<u32>) {
        self.call(|session, caller, effects| session.get_capabilities(caller, object, out, effects))
    }

    fn get_current_state(&self, object: ObjectId, out: bool) -> (HRESULT, Option<u32>) {
        let mut reader = ClientId(0);
        let (mut inner, answer) = self.locked_call(|session, caller, effects| {
            reader = caller.client;
            session.get_current_state(caller, object, out, effects)
        });
        if let Some(state) = answer.1.and_then(State::masked) {
            inner.beliefs.reads(reader, object.index, state);
        }
        self.finish(inner);
        answer
    }

    fn placeholder(&self, object: ObjectId, slot: u32) -> HRESULT {
        self.call(|session, caller, effects| session.placeholder(caller, object, slot, effects))
    }

    unsafe fn advise(
        &self,
        object: ObjectId,
        args: &AdviseArgs,
        callback: *mut c_void,
    ) -> Result<Token, HRESULT> {
        if !args.are_supported(SIZES) || self.is_over.load(Ordering::Relaxed) {
            // A callback that is not null is a COM object only in a structure that is as it
            // should be; and it is asked nothing by what has ended (LIFE-4).
            return self
                .call(|session, caller, effects| {
                    session.check_advise(caller, object, args, effects)
                })
                .map(|()| Token(0));
        }
        // The client's QueryInterface runs while nothing is locked.
        // SAFETY: as the caller says.
        let callback = unsafe { CallbackRef::query(callback) };
        let (mut inner, advised) = self.locked_call(|session, caller, effects| {
            session.advise_supported(caller, object, args, callback, effects)
        });
        if let Ok(token) = advised
            && self.shared.config.policy.thread == Thread::Registering
        {
            mail::has_mail_from(&self.shared);
            inner.homes.insert((object.index, token), thread_number());
        }
        self.finish(inner);
        if let (Err(_), Some(callback)) = (advised, callback) {
            // SAFETY: the registration was not made: the reference is ours to give up.
            unsafe { callback.release() };
        }
        advised
    }

    fn unadvise(&self, object: ObjectId, token: Token) -> HRESULT {
        let (mut inner, hr) = self.locked_call(|session, caller, effects| {
            session.unadvise(caller, object, token, effects)
        });
        // Who may still be notified has a thread for it until the log-off.
        if self.shared.config.policy.late == Late::Never && !inner.homes.is_empty() {
            inner.homes.remove(&(object.index, token));
        }
        self.finish(inner);
        hr
    }
}
