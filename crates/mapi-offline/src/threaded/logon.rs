//! One logon of one profile: a session of the core behind a lock, and what is due in it.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use mapi_offline_com::{CallbackRef, Doors, NotifyMemory, ObjectOwner, SIZES, thread_number};
use mapi_offline_core::{
    AdviseArgs, Call, Caller, ClientId, Delay, Delivery, Effect, Effects, Finding, FindingId,
    Function, Late, Method, NotifyId, ObjectId, Reply, RoundId, Session, SetArgs, State, Thread,
    Token, WaitId,
};
use mapi_offline_driver::{Errands, Event, Livelock, Messenger, Timekeeper, take_in};
use mapi_offline_sys::HRESULT;
use parking_lot::{Condvar, Mutex, MutexGuard};
use smallvec::SmallVec;

use super::beliefs::Beliefs;
use super::context;
use super::mail::{self, Letter};
use super::shared::{Pace, Shared};

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

    /// Has the session do something, and carries its effects out. A round that is to be delivered
    /// before the call returns has been delivered then (SET-11).
    pub(super) fn does<T>(
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
    pub(super) fn sort(&self, inner: &mut Inner) -> Option<Errands<CallbackRef>> {
        // Also without any effect: a Release may wait for a Notify.
        let removals = inner.session.removals();
        if removals != inner.told_removals {
            inner.told_removals = removals;
            self.removals.store(removals, Ordering::Release);
        }
        if inner.effects.is_empty() {
            return None;
        }
        self.sort_effects(inner)
    }

    fn sort_effects(&self, inner: &mut Inner) -> Option<Errands<CallbackRef>> {
        let mut effects = std::mem::take(&mut inner.effects);
        let errands = take_in(&mut effects, &mut Keeper { logon: self, inner });
        inner.effects = effects;
        errands
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
    pub(super) fn carry_out(&self, errands: Errands<CallbackRef>) {
        if let Some(round) = errands.carry_out(&mut &*self) {
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

    /// A thread has ended for which deliveries wait: a worker comes and passes them over.
    pub(super) fn has_lost_mail(self: Arc<Self>) {
        let mut inner = self.inner.lock();
        if !inner.is_queued {
            inner.is_queued = true;
            drop(inner);
            self.shared.workers.hand_over(Arc::clone(&self));
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

    /// Makes one call of a method, and says whether it waited. A BLOCK call comes back when the transition is
    /// over (SET-3).
    #[inline]
    fn make(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> (Reply, bool) {
        let reply = match method {
            Method::SetCurrentState(args) => return self.set(object, args),
            Method::GetCurrentState { .. } => self.read(object, method),
            Method::Advise { .. } => self.register(object, method),
            Method::Unadvise { token, .. } => {
                let (mut inner, reply) = self.locked_method(object, method);
                // Who may still be notified has a thread for it until the log-off.
                if self.shared.config.policy.late == Late::Never && !inner.homes.is_empty() {
                    inner.homes.remove(&(object.index, token));
                }
                self.finish(inner);
                reply
            }
            method => {
                let (inner, reply) = self.locked_method(object, method);
                self.finish(inner);
                reply
            }
        };
        (reply, false)
    }

    /// Makes one call of a method. Its effects have not been carried out yet.
    #[inline]
    fn locked_method(
        &self,
        object: ObjectId,
        method: Method<'_, CallbackRef>,
    ) -> (Locked<'_>, Reply) {
        self.locked_call(|session, caller, effects| session.call(caller, object, method, effects))
    }

    /// `SetCurrentState`
    fn set(&self, object: ObjectId, args: SetArgs) -> (Reply, bool) {
        if self.shared.sweeps_at_once
            && let Some(client) = context::client_outside(&self.shared)
        {
            let mut inner = self.inner.lock();
            inner.livelock.reset();
            if inner.due.is_empty()
                && let Some(sweep) = inner.session.set_in_sweep(client, object, args)
            {
                return (Reply::Returns(self.set_in_sweep(inner, sweep)), true);
            }
        }
        let (mut inner, reply) = self.locked_method(object, Method::SetCurrentState(args));
        match reply {
            Reply::Waits(wait) => {
                // What else the call has left to be done is nothing that this need wait for.
                let plays =
                    self.shared.config.policy.thread == Thread::Caller || context::is_in_callback();
                inner.blocked += 1;
                (Reply::Returns(self.wait(inner, wait, plays)), true)
            }
            reply => {
                self.finish(inner);
                (reply, false)
            }
        }
    }

    /// `GetCurrentState`: the client learns the state.
    fn read(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> Reply {
        let mut reader = ClientId(0);
        let (mut inner, reply) = self.locked_call(|session, caller, effects| {
            reader = caller.client;
            session.call(caller, object, method, effects)
        });
        if let Some(state) = reply.word().ok().and_then(State::masked) {
            inner.beliefs.reads(reader, object.index, state);
        }
        self.finish(inner);
        reply
    }

    /// `Advise`: the registration has this thread for its home (NOTE-5, `thread = registering`).
    #[inline]
    fn register(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> Reply {
        let (mut inner, reply) = self.locked_method(object, method);
        if let Reply::Token(token) = reply
            && self.shared.config.policy.thread == Thread::Registering
        {
            mail::has_mail_from(&self.shared);
            inner.homes.insert((object.index, token), thread_number());
        }
        self.finish(inner);
        reply
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

/// What a logon takes effects in with.
struct Keeper<'a> {
    logon: &'a Logon,
    inner: &'a mut Inner,
}

impl Timekeeper<CallbackRef> for Keeper<'_> {
    fn due(&mut self, round: RoundId, delay: Delay) {
        let when = self.logon.when(delay);
        self.inner.due.push(Due { round, when });
    }

    fn wake(&mut self, wait: WaitId, hr: HRESULT) {
        // From now on nobody waits for what is due, though the call has yet to wake.
        self.inner.blocked -= 1;
        self.inner.over.push((wait, hr));
        self.logon.changed.notify_all();
    }

    fn livelock(&mut self) -> Option<&mut Livelock> {
        Some(&mut self.inner.livelock)
    }

    fn is_in_callback(&self) -> bool {
        context::is_in_callback()
    }

    fn tells_of(&self, effect: &Effect<CallbackRef>) -> bool {
        self.logon.shared.is_observed && matches!(effect, Effect::State { .. })
    }
}

impl Messenger<CallbackRef> for &Logon {
    fn release(&mut self, callback: CallbackRef, client: ClientId) {
        self.shared.release(callback, client);
    }

    fn found(&mut self, finding: Finding) {
        self.shared.found(finding);
    }

    fn state_changed(&mut self, object: ObjectId, old: State, new: State) {
        let name = self.name_of(object);
        self.shared
            .tell(Event::State { object, old, new }, Some(&name));
    }

    fn begun(&mut self, _: RoundId) {}
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

impl ObjectOwner for Logon {
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

    #[inline]
    fn call(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> Reply {
        let told = method.told();
        let make = || self.make(object, method);
        match told {
            // It is not part of the API.
            Method::Placeholder { .. } => make().0,
            told => {
                let call = || Call::Method(object, told);
                self.shared.told(told.function(), call, None, make)
            }
        }
    }

    unsafe fn advise(&self, object: ObjectId, args: AdviseArgs, callback: *mut c_void) -> Reply {
        let told = Method::Advise {
            args,
            callback: Some(()),
        };
        let told = || Call::Method(object, told);
        self.shared.told(Function::Advise, told, None, || {
            // A callback that is not null is a COM object only in a structure that is as it should be;
            // and it is asked nothing by what has ended (LIFE-4). Its QueryInterface is the client's
            // code, and nothing is locked while it runs.
            let is_asked = args.are_supported(SIZES) && !self.is_over.load(Ordering::Relaxed);
            // SAFETY: as the caller says.
            let callback = is_asked
                .then(|| unsafe { CallbackRef::query(callback) })
                .flatten();
            let reply = self.register(object, Method::Advise { args, callback });
            if let (Reply::Returns(_), Some(callback)) = (reply, callback) {
                // SAFETY: the registration was not made: the reference is ours to give up.
                unsafe { callback.release() };
            }
            (reply, false)
        })
    }
}
