//! Sweeps: one object's part of a round, delivered by a driver in one go.
//!
//! A driver that delivers to thousands cannot ask the core for each. It takes all sinks of an
//! object at once, calls one after the other, and looks at one number before each: how many
//! registrations have gone ([`Session::removals`]). As long as that has not changed, every sink is
//! still due (UNADV-3). When it has, the driver asks again ([`Session::sweep_pauses`]).
//!
//! Sweeps do not tell which state became visible ([`Effect::State`](crate::Effect::State)): a driver
//! that is observed delivers one by one.

use super::Session;
use super::last_sinks::LastSinks;
use super::round::{InFlight, RoundTarget, RunningNotify, Standing};
use super::transition::{Covered, Transition};
use crate::args::{SetArgs, check_set};
use crate::effect::Effects;
use crate::ids::{ClientId, NotifyId, ObjectId, OpenRound, RoundId};
use crate::notification::Notification;
use crate::policy::Join;
use crate::registrations::Sink;

/// One object's part of a round. Its `Notify` calls have to be made in order, and then
/// [`Session::swept`] has to follow.
#[derive(Debug)]
pub struct Sweep<C> {
    /// Stands for every `Notify` of the sweep, in [`Caller::inside`](crate::Caller), also when it
    /// has become that of the next phase.
    pub id: NotifyId,
    /// The round that it is a part of.
    pub round: RoundId,
    /// The object that notifies.
    pub object: ObjectId,
    /// What to say, save the client token.
    pub notification: Notification,
    /// Whom to notify, in order.
    pub sinks: Vec<Sink<C>>,
    /// The registrations that take part are those below this number.
    pub end: u64,
    /// How many registrations had gone when its sinks were taken.
    removals: u64,
}

/// What comes after a sweep, if nothing stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Swept {
    /// The sweep of the transition's next phase.
    NextPhase,
    /// Nothing: the transition is over.
    Over,
    /// It has to be worked out.
    Unsettled,
}

/// So many sinks at most can be asked about at once.
pub(crate) const WINDOW: usize = 64;

impl<C: Clone> LastSinks<C> {
    /// Keeps the list of a sweep that has ended.
    fn put(&mut self, sweep: &mut Sweep<C>) {
        *self = Self {
            sinks: std::mem::take(&mut sweep.sinks),
            object: sweep.object.index,
            end: sweep.end,
            removals: sweep.removals,
        };
    }
}

impl<C: Clone + Eq> Session<C> {
    /// Returns true when rounds can be delivered by [`Session::next_sweep`]. The policies `order` and `late` may need
    /// [`Session::next_delivery`].
    #[must_use]
    pub fn can_sweep(&self) -> bool {
        self.config.policy.can_sweep()
    }

    /// How many registrations have gone so far.
    #[must_use]
    pub const fn removals(&self) -> u64 {
        self.removals.0
    }

    /// The next part of an open round, as [`Session::next_delivery`] for one object at a time.
    /// `None`: nobody is left, and the round has ended.
    pub fn next_sweep(&mut self, open: OpenRound, effects: &mut Effects<C>) -> Option<Sweep<C>> {
        let number = self.ready_number(open)?;
        let state = self.rounds.get_mut(&number)?;
        while let Some(target) = state.targets.pop() {
            let Some(object) = self.objects.get(&target.object) else {
                continue;
            };
            let sinks = self.last_sinks.0.take(
                target.object,
                &object.registrations,
                target.end,
                self.removals.0,
            );
            if sinks.is_empty() {
                continue;
            }
            state.running = true;
            return Some(self.begin_sweep(number, target, sinks));
        }
        self.round_ended(number, effects);
        None
    }

    /// `SetCurrentState(BLOCK)` from outside every `Notify`, where nothing else is going on and one
    /// object changes alone: begins the transition, opens its STARTs, and begins their only sweep.
    /// It is then as if [`Session::call`] and [`Session::open_sweep`] had been called
    /// with no time in between, save that nobody waits yet: when the sweep comes to its end, the
    /// driver asks [`Session::wait_for`]. `None`: that is not so, and nothing has changed.
    pub fn set_in_sweep(
        &mut self,
        client: ClientId,
        object: ObjectId,
        args: SetArgs,
    ) -> Option<Sweep<C>> {
        let index = object.index;
        let is_quiet = self.in_flight.is_empty()
            && self.transitions.is_empty()
            && self.rounds.is_empty()
            && self.wish.is_none();
        if !(is_quiet && self.sweeps_through && self.logged_on) {
            return None;
        }
        let called = self.objects.get_mut(&index)?;
        let (true, to) = check_set(args).ok()? else {
            return None;
        };
        let changes_alone = called.children.is_empty() && called.state != to;
        let tells = called.notifies_of(to) && called.registrations.live_count() > 0;
        let may_call = called.is_referenced_by(client, self.config.own_references);
        if !(changes_alone && tells && may_call) {
            return None;
        }
        let end = self.next_registration;
        let covered = Covered {
            object: index,
            old: called.state,
            end,
        };
        let number = self.next_round;
        self.next_round += 1;
        called.busy = Some(number);
        let removals = self.removals.0;
        let sinks = self
            .last_sinks
            .0
            .take(index, &called.registrations, end, removals);
        let mut transition = Transition::new(index, to, self.next_object);
        transition.covered.push(covered);
        let target = RoundTarget {
            object: index,
            end,
            notification: transition.notification(&covered),
        };
        self.transitions.insert(number, transition);
        self.chooses(index, to);
        Some(self.begin_sweep(number, target, sinks))
    }

    /// Opens a round whose time has come, and begins its only sweep: as [`Session::open_round`] and
    /// [`Session::next_sweep`], where one object changes alone and somebody is to be told. `None`:
    /// that is not so, and nothing has changed.
    pub fn open_sweep(&mut self, round: RoundId) -> Option<Sweep<C>> {
        let number = round.number;
        let transition = self.transitions.get(&number)?;
        let changes_alone = !transition.covers_more_than_one(self.next_object);
        if !changes_alone || self.config.policy.join != Join::NextPhase {
            return None;
        }
        let covered = transition.covered[0];
        let object = self.objects.get_mut(&covered.object)?;
        if !object.notifies_of(transition.target) || object.registrations.live_count() == 0 {
            return None;
        }
        let target = RoundTarget {
            object: covered.object,
            end: self.next_registration,
            notification: transition.notification(&covered),
        };
        let sinks = self.last_sinks.0.take(
            target.object,
            &object.registrations,
            target.end,
            self.removals.0,
        );
        if self.config.policy.visible.is_shown_in(transition.phase) {
            object.state = transition.target;
        }
        Some(self.begin_sweep(number, target, sinks))
    }

    fn begin_sweep(&mut self, round: u32, target: RoundTarget, sinks: Vec<Sink<C>>) -> Sweep<C> {
        let id = self.next_notify;
        self.next_notify += 1;
        self.in_flight.push(InFlight {
            id,
            round,
            object: target.object,
            running: RunningNotify::Sweep(Standing::Unknown),
        });
        Sweep {
            id: NotifyId {
                session: self.id,
                number: id,
            },
            round: self.round_id(round),
            object: ObjectId {
                session: self.id,
                index: target.object,
            },
            notification: target.notification,
            sinks,
            end: target.end,
            removals: self.removals.0,
        }
    }

    /// Says which of these sinks of the sweep are still due, now that registrations have gone. Bit `n` of the answer is
    /// about `sinks[n]`; at most 64 are looked at. No `Notify` of the sweep may be running: what was waiting for one is
    /// released (UNADV-2).
    pub fn sweep_pauses(
        &mut self,
        sweep: NotifyId,
        sinks: &[Sink<C>],
        effects: &mut Effects<C>,
    ) -> u64 {
        self.stand(sweep, Standing::Between);
        self.release_all_deferred(effects);
        self.stand(sweep, Standing::Unknown);
        let object = self.in_flight.iter().find(|one| one.id == sweep.number);
        let object = object.and_then(|one| self.objects.get(&one.object));
        let Some(object) = object else {
            return 0;
        };
        sinks
            .iter()
            .take(WINDOW)
            .enumerate()
            .filter(|(_, sink)| object.registrations.find(sink.token).is_some())
            .fold(0, |mask, (place, _)| mask | 1 << place)
    }

    /// The call that comes next is made from inside the sweep's `Notify` on this callback: until
    /// [`Session::sweep_goes_on`] a Release waits for that one alone (UNADV-2).
    pub fn sweep_stands(&mut self, sweep: NotifyId, at: C) {
        self.stand(sweep, Standing::At(at));
    }

    /// The call that was made from inside the sweep is over.
    pub fn sweep_goes_on(&mut self, sweep: NotifyId) {
        self.stand(sweep, Standing::Unknown);
    }

    fn stand(&mut self, sweep: NotifyId, standing: Standing<C>) {
        let mut all = self.in_flight.iter_mut();
        if let Some(one) = all.find(|one| one.id == sweep.number && sweep.session == self.id) {
            one.running = RunningNotify::Sweep(standing);
        }
    }

    /// The opening that a running `Notify` is of, if it is not dropped: a phase does not end while one of its
    /// `Notify` calls runs.
    #[must_use]
    pub fn round_of(&self, id: NotifyId) -> Option<OpenRound> {
        self.opened(self.round_id(self.running(id)?.round))
    }

    /// The clients that are registered on an object since before the registration of that number
    /// was made; each as often as it has such a registration.
    pub fn clients_registered_before(
        &self,
        object: u32,
        number: u64,
    ) -> impl Iterator<Item = ClientId> + '_ {
        let object = self.objects.get(&object).into_iter();
        let all = object.flat_map(|object| object.registrations.live());
        let before = all.take_while(move |registration| registration.number < number);
        before.map(|registration| registration.client)
    }

    /// Whose registration it is that a sweep of `object` notifies.
    #[must_use]
    pub fn client_of(&self, object: ObjectId, sink: &Sink<C>) -> Option<ClientId> {
        let known = self.objects.get(&object.index);
        let live = known.and_then(|object| object.registrations.client_of(sink.token));
        live.or_else(|| {
            let mut waiting = self.deferred.iter();
            let ours = waiting.find(|(callback, _)| *callback == sink.callback);
            ours.map(|(_, client)| *client)
        })
    }

    /// Every `Notify` of the sweep has returned. If nothing stands between, the transition goes on
    /// to its next phase, and the sweep is that one's; or it is over, and the sweep with it. It is
    /// then as if [`Session::swept`] had been called, and for a next phase [`Session::open_round`]
    /// and [`Session::next_sweep`], with no time in between. Otherwise nothing has changed, and
    /// [`Session::swept`] has to follow.
    ///
    /// Nothing stands between when one object changes alone, nobody has come or gone, and neither
    /// a Release nor a call nor the host waits for what comes after.
    pub fn sweep_on(&mut self, sweep: &mut Sweep<C>) -> Swept {
        let [in_flight] = &self.in_flight[..] else {
            return Swept::Unsettled;
        };
        let (number, index) = (in_flight.round, in_flight.object);
        let running = self.transitions.get_mut(&number);
        let Some((transition, object)) = running.zip(self.objects.get_mut(&index)) else {
            return Swept::Unsettled; // noise, or dropped by a log-off
        };
        if in_flight.id != sweep.id.number
            || !self.sweeps_through
            || transition.covers_more_than_one(self.next_object)
            || sweep.end != self.next_registration
            || sweep.removals != self.removals.0
            || !self.deferred.is_empty()
        {
            return Swept::Unsettled;
        }
        let Some(phase) = transition.phase.next() else {
            if transition.causes_anything() || self.wish.is_some() {
                return Swept::Unsettled;
            }
            object.busy = None;
            self.transitions.discard(&number);
            self.in_flight.clear();
            self.last_sinks.0.put(sweep);
            return Swept::Over;
        };
        transition.phase = phase;
        sweep.notification.notify_type = phase.notify_type();
        if self.config.policy.visible.is_shown_in(phase) {
            object.state = transition.target;
        }
        Swept::NextPhase
    }

    /// Every `Notify` of the sweep has returned. Its list of sinks is taken back.
    pub fn swept(&mut self, sweep: &mut Sweep<C>, effects: &mut Effects<C>) {
        self.last_sinks.0.put(sweep);
        self.delivered(sweep.id, effects);
    }
}
