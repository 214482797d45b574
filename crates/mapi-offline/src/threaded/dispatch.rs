//! The dispatch path: how the notifications of a round reach the clients.
//!
//! What is touched for one notification: the sink's 16 bytes in a list that lies in the order of
//! registration, the count of removals, the client token in the notification, and the callback.
//! No lock is taken, and nothing is counted or allocated.

use std::ptr::{from_ref, null_mut};

use mapi_offline_core::{Delivery, NotifyId, OpenRound, RoundId, Sink, Sweep, Swept, WaitId};
use mapi_offline_sys::{E_FAIL, HRESULT, MAPIOFFLINE_NOTIFY, S_OK};

use super::context::{self, Frame, Inside};
use super::logon::{Inner, Locked, Logon};
use super::mail::Letter;
use super::running::WatchedNotify;
use super::shared::Pace;
use crate::sync::atomic::Ordering;
use crate::sync::{Instant, MutexGuard};
use mapi_offline_com::{CallbackRef, call_client, thread_number};
use mapi_offline_driver::{Event, RegistrationId};

/// So many sinks at most are asked about at once when registrations have gone during their sweep.
const WINDOW: usize = 64;
/// And so many at least.
const SMALLEST_WINDOW: usize = 4;

/// Why a notification never came.
const THREAD_HAD_ENDED: &str = "had ended";

impl Logon {
    /// Plays what is due, until nothing is.
    pub(super) fn play<'a>(&'a self, mut inner: Locked<'a>) {
        inner.players += 1;
        if let Some(lost) = self.take_lost(&inner) {
            inner = self.pass_over(inner, lost, THREAD_HAD_ENDED);
        }
        while let Some(round) = inner.take_due() {
            inner = self.open(inner, round);
        }
        self.leave_off(&mut inner);
    }

    /// This thread delivers no more: what is due is another's turn.
    fn leave_off(&self, inner: &mut Inner) {
        inner.players -= 1;
        self.hand_over(inner);
        self.changed.notify_all();
    }

    /// Plays the round that is to be delivered before the call at hand returns (SET-11).
    pub(super) fn play_in_call(&self, round: RoundId) {
        let mut inner = self.inner.lock();
        inner.players += 1;
        inner = self.open(inner, round);
        self.leave_off(&mut inner);
    }

    /// Waits until a BLOCK call may return. `plays`: this thread delivers what is due itself.
    pub(super) fn wait<'a>(&'a self, mut inner: Locked<'a>, wait: WaitId, plays: bool) -> HRESULT {
        inner = self.carry_out_unlocked(inner);
        if plays {
            inner.players += 1;
        } else {
            self.hand_over(&mut inner);
        }
        let _waits_here = self.waits_here();
        let mut patience = None;
        let hr = loop {
            if let Some(hr) = inner.take_over(wait) {
                break hr;
            }
            if let Some(letter) = self.take_mail() {
                inner = self.perform_elsewhere(inner, letter);
            } else if let Some(lost) = self.take_lost(&inner) {
                inner = self.pass_over(inner, lost, THREAD_HAD_ENDED);
            } else if plays && let Some(round) = inner.take_due() {
                inner = self.open(inner, round);
            } else {
                let due = if plays { inner.next_time() } else { None };
                inner = self.wait_for_change(inner, due, &mut patience);
            }
        };
        if plays {
            self.leave_off(&mut inner);
        }
        hr
    }

    /// Waits until something has happened, or until a time at which something will. A delivery that waits
    /// for another thread for too long is passed over; `patience` says since when which one has been
    /// waited for.
    fn wait_for_change<'a>(
        &'a self,
        mut inner: Locked<'a>,
        due: Option<Instant>,
        patience: &mut Option<(NotifyId, Instant)>,
    ) -> Locked<'a> {
        let shared = self.shared();
        let elsewhere = shared.uses_mail.then(|| shared.mail.first_elsewhere(self));
        let mut until = due;
        if let Some(id) = elsewhere.flatten() {
            let known = patience.filter(|(known, _)| *known == id);
            let (_, since) = *patience.insert(known.unwrap_or_else(|| (id, Instant::now())));
            let end = since + shared.patience;
            if end <= Instant::now() {
                let letters = shared.mail.take_elsewhere(self);
                let how_long = format!("did not pump for {:?}", shared.patience);
                return self.pass_over(inner, letters, &how_long);
            }
            until = Some(due.map_or(end, |due| due.min(end)));
        }
        match until {
            Some(time) => _ = self.changed.wait_until(&mut inner, time),
            None => self.changed.wait(&mut inner),
        }
        inner
    }

    /// What waits to be delivered here, and never is: its thread has ended, or it is not due any more.
    fn take_lost(&self, inner: &Inner) -> Option<Vec<Letter<Self>>> {
        let shared = self.shared();
        let is_due = |delivery: &Delivery<CallbackRef>| inner.session.is_still_due(delivery);
        let lost = shared
            .uses_mail
            .then(|| shared.mail.take_lost_of(self, is_due));
        lost.filter(|lost| !lost.is_empty())
    }

    /// Goes on with the rounds of deliveries that are not made. `why`: what is wrong with their thread.
    fn pass_over<'a>(
        &'a self,
        mut inner: Locked<'a>,
        letters: Vec<Letter<Self>>,
        why: &str,
    ) -> Locked<'a> {
        inner.players += 1;
        for Letter { delivery, .. } in letters {
            let open = inner.session.round_of(delivery.id);
            inner.passes_over(&delivery, why);
            inner = self.carry_out_unlocked(inner);
            if let Some(open) = open {
                inner = self.deliver_one_by_one(inner, open);
            }
        }
        self.leave_off(&mut inner);
        inner
    }

    /// Delivers the transition that a BLOCK call has begun, as long as nothing comes between its
    /// phases; and then what is left of it, as any BLOCK call does that waits (SET-3).
    pub(super) fn set_in_sweep<'a>(
        &'a self,
        mut inner: Locked<'a>,
        mut sweep: Sweep<CallbackRef>,
    ) -> HRESULT {
        inner.blocked += 1;
        inner.players += 1;
        inner = self.deliver_sweep(inner, &mut sweep);
        inner.players -= 1;
        if let Some(wait) = inner.session.wait_for(sweep.round) {
            return self.wait(inner, wait, true);
        }
        inner.blocked -= 1;
        let is_over = !inner.session.is_logged_on();
        self.changed.notify_all();
        self.finish(inner);
        // LIFE-3: what was left of it has been dropped.
        if is_over { E_FAIL } else { S_OK }
    }

    /// Opens a round whose time has come, and delivers it.
    fn open<'a>(&'a self, mut inner: Locked<'a>, round: RoundId) -> Locked<'a> {
        let one_by_one = self.delivers_one_by_one(&inner);
        let Inner {
            session, effects, ..
        } = &mut *inner;
        if !one_by_one && let Some(mut sweep) = session.open_sweep(round) {
            inner = self.deliver_sweep(inner, &mut sweep);
            return self.carry_out_unlocked(inner);
        }
        session.open_round(round, effects);
        let Some(open) = session.opened(round) else {
            return self.carry_out_unlocked(inner);
        };
        if one_by_one {
            return self.deliver_one_by_one(inner, open);
        }
        loop {
            let Inner {
                session, effects, ..
            } = &mut *inner;
            let Some(mut sweep) = session.next_sweep(open, effects) else {
                return self.carry_out_unlocked(inner);
            };
            inner = self.deliver_sweep(inner, &mut sweep);
        }
    }

    /// Makes a sweep, and those of the phases that follow with nothing between them.
    fn deliver_sweep<'a>(
        &'a self,
        mut inner: Locked<'a>,
        sweep: &mut Sweep<CallbackRef>,
    ) -> Locked<'a> {
        let (place, info) = inner.memory.enter(&sweep.notification);
        let seen = inner.session.removals();
        inner = self.carry_out_unlocked(inner);
        let is_over;
        (inner, is_over) = self.sweep_phases(inner, sweep, info, seen);
        inner.memory.leave(place);
        inner.beliefs.swept(sweep);
        if is_over {
            return inner;
        }
        let Inner {
            session, effects, ..
        } = &mut *inner;
        if context::is_outside() {
            session.swept(sweep, effects);
        } else {
            // The sweep is none of them any more.
            let outer = context::sweeps(self);
            context::while_they_stand(session, &outer, |session| session.swept(sweep, effects));
        }
        inner
    }

    /// Calls the sinks of a sweep, phase by phase, and says whether the transition is over with it.
    /// `seen`: how many registrations had gone when its sinks were taken.
    fn sweep_phases<'a>(
        &'a self,
        mut inner: Locked<'a>,
        sweep: &mut Sweep<CallbackRef>,
        info: *mut MAPIOFFLINE_NOTIFY,
        mut seen: u64,
    ) -> (Locked<'a>, bool) {
        let inside = Inside::Sweep {
            logon: self,
            id: sweep.id,
            object: sweep.object,
        };
        context::within(inside, |frame| {
            loop {
                inner.running.begin(WatchedNotify::Sweep {
                    id: sweep.id,
                    object: sweep.object,
                    at: &raw const frame.at,
                });
                drop(inner);
                call_client(
                    || self.shared().threw("Notify"),
                    || self.sweep(sweep, info, frame, seen),
                );
                inner = self.inner.lock();
                inner.running.end(sweep.id);
                let is_next = inner.is_nobodys_turn() && self.shared().pace == Pace::Immediate;
                if !is_next {
                    return (inner, false);
                }
                match inner.session.sweep_on(sweep) {
                    Swept::NextPhase => {}
                    end => return (inner, end == Swept::Over),
                }
                // Nobody has gone while it was locked.
                seen = inner.session.removals();
                // SAFETY: no Notify of the sweep is running.
                unsafe { (*info).NotifyType = sweep.notification.notify_type };
            }
        })
    }

    /// Carries out what has been left to be done, and locks again if that was anything.
    #[inline]
    fn carry_out_unlocked<'a>(&'a self, mut inner: Locked<'a>) -> Locked<'a> {
        if let Some(todo) = self.sort(&mut inner) {
            // A client's destructor may run, and wait for what is due: who delivers here too need not wait for it.
            if inner.players > 1 && !inner.due.is_empty() {
                self.changed.notify_all();
            }
            MutexGuard::unlocked(&mut inner, || self.carry_out(todo));
        }
        inner
    }

    /// Calls the sinks of a sweep, one after the other.
    fn sweep(
        &self,
        sweep: &Sweep<CallbackRef>,
        info: *mut MAPIOFFLINE_NOTIFY,
        frame: &Frame<'_>,
        seen: u64,
    ) {
        let mut sinks = sweep.sinks.iter();
        while let Some(sink) = sinks.as_slice().first() {
            // As long as no registration has gone, every sink of the list is due (UNADV-3).
            if self.removals.load(Ordering::Acquire) != seen {
                return self.sweep_carefully(sweep.id, sinks.as_slice(), info, frame);
            }
            // SAFETY: the sweep is in flight, so no registration of it is released.
            unsafe { notify(frame, sink, info) };
            sinks.next();
        }
    }

    /// The rest of a sweep during which registrations have gone: asks about each sink, a window
    /// of them at a time. The more of them go, the smaller it is: what was answered about the rest
    /// of a window when another one goes was asked in vain.
    #[cold]
    fn sweep_carefully(
        &self,
        sweep: NotifyId,
        mut rest: &[Sink<CallbackRef>],
        info: *mut MAPIOFFLINE_NOTIFY,
        frame: &Frame<'_>,
    ) {
        let mut size = SMALLEST_WINDOW;
        while !rest.is_empty() {
            let window = &rest[..rest.len().min(size)];
            let (due, seen) = self.ask_about(sweep, window, frame);
            let mut done = 0;
            for (place, sink) in window.iter().enumerate() {
                if due >> place & 1 == 1 {
                    if self.removals.load(Ordering::Acquire) != seen {
                        break;
                    }
                    // SAFETY: the sweep is in flight, so no registration of it is released.
                    unsafe { notify(frame, sink, info) };
                }
                done = place + 1;
            }
            size = match done == window.len() {
                true => (size * 2).min(WINDOW),
                false => (size / 2).max(SMALLEST_WINDOW),
            };
            rest = &rest[done..];
        }
        // What waited for the last Notify goes now (UNADV-2).
        self.ask_about(sweep, &[], frame);
    }

    /// Which of these sinks are still due, and the count of removals which that is true of.
    fn ask_about(
        &self,
        sweep: NotifyId,
        sinks: &[Sink<CallbackRef>],
        frame: &Frame<'_>,
    ) -> (u64, u64) {
        // What runs until the next Notify begins runs in no Notify of this sweep.
        frame.at.store(null_mut(), Ordering::Release);
        let outer = context::sweeps(self);
        let mut inner = self.inner.lock();
        let Inner {
            session, effects, ..
        } = &mut *inner;
        let due = context::while_they_stand(session, &outer, |session| {
            session.sweep_pauses(sweep, sinks, effects)
        });
        let seen = session.removals();
        let todo = self.sort(&mut inner);
        drop(inner);
        if let Some(todo) = todo {
            self.carry_out(todo);
        }
        (due, seen)
    }

    /// Returns true when the policy or an observer asks for each notification by itself.
    fn delivers_one_by_one(&self, inner: &Inner) -> bool {
        use mapi_offline_core::Thread;
        let thread = self.shared().config.policy.thread;
        self.shared().is_observed
            || !inner.session.can_sweep()
            || matches!(thread, Thread::Initializing | Thread::Registering)
    }

    fn deliver_one_by_one<'a>(&'a self, mut inner: Locked<'a>, open: OpenRound) -> Locked<'a> {
        loop {
            let Inner {
                session, effects, ..
            } = &mut *inner;
            let Some(delivery) = session.next_delivery(open, effects) else {
                return self.carry_out_unlocked(inner);
            };
            let here = thread_number();
            let home = inner.home(self.shared(), &delivery);
            let Some(home) = home.filter(|home| *home != here) else {
                inner = self.perform_one(inner, &delivery);
                continue;
            };
            match self.post(home, delivery) {
                Ok(()) => {
                    self.changed.notify_all();
                    inner = self.carry_out_unlocked(inner);
                    MutexGuard::unlocked(&mut inner, || {
                        if let Some(place) = self.shared().mail.where_waits(home) {
                            place.wake();
                        }
                    });
                    return inner;
                }
                Err(delivery) => {
                    inner.passes_over(&delivery, THREAD_HAD_ENDED);
                    inner = self.carry_out_unlocked(inner);
                }
            }
        }
    }

    /// Makes a delivery that waited for this thread, and goes on with its round.
    pub(super) fn perform(&self, delivery: &Delivery<CallbackRef>) {
        let mut inner = self.inner.lock();
        inner.players += 1;
        let open = inner.session.round_of(delivery.id);
        if open.is_some() && inner.session.is_still_due(delivery) {
            inner = self.perform_one(inner, delivery);
        } else {
            let Inner {
                session, effects, ..
            } = &mut *inner;
            session.delivered(delivery.id, effects);
            inner = self.carry_out_unlocked(inner);
        }
        if let Some(open) = open {
            inner = self.deliver_one_by_one(inner, open);
        }
        self.leave_off(&mut inner);
    }

    /// Makes one delivery.
    fn perform_one<'a>(
        &'a self,
        mut inner: Locked<'a>,
        delivery: &Delivery<CallbackRef>,
    ) -> Locked<'a> {
        let (place, info) = inner.memory.enter(&delivery.notification);
        inner.beliefs.delivery_begins(delivery);
        inner.running.begin(WatchedNotify::single(delivery));
        let todo = self.sort(&mut inner);
        drop(inner);
        if let Some(todo) = todo {
            self.carry_out(todo);
        }
        let shared = self.shared();
        let (client, id) = (delivery.client, delivery.id);
        let registration = RegistrationId {
            object: delivery.object,
            token: delivery.token,
        };
        let event = Event::Notify {
            client,
            registration,
            id,
            round: delivery.round,
            notification: delivery.notification,
        };
        shared.tell(event, None);
        let inside = Inside::Notify {
            logon: self,
            id: delivery.id,
            client: delivery.client,
        };
        // SAFETY: the registration's reference is released only when the core knows that this
        // call has returned (UNADV-2), and the structure is left after it.
        let notify = || unsafe { delivery.callback.notify(info) };
        context::within(inside, |_| call_client(|| shared.threw("Notify"), notify));
        let event = Event::Notified {
            client,
            registration,
            id,
        };
        shared.tell(event, None);
        let mut inner = self.inner.lock();
        inner.running.end(delivery.id);
        inner.memory.leave(place);
        let Inner {
            session, effects, ..
        } = &mut *inner;
        session.delivered(delivery.id, effects);
        self.carry_out_unlocked(inner)
    }
}

/// One notification: the limit that everything else is measured against.
///
/// # Safety
/// The sink's registration is not released, and `info` may be written.
#[inline(always)]
unsafe fn notify(frame: &Frame<'_>, sink: &Sink<CallbackRef>, info: *mut MAPIOFFLINE_NOTIFY) {
    frame.at.store(from_ref(sink).cast_mut(), Ordering::Release);
    // SAFETY: as the caller says.
    unsafe {
        (*info).ulClientToken = sink.client_token;
        sink.callback.notify(info);
    }
}
