//! A logon as whom effects are carried out by: what is about time is taken in under its lock, and what
//! runs clients' code or tells of something is done when nothing is locked.

use mapi_offline_com::CallbackRef;
use mapi_offline_core::{
    ClientId, Delay, Effect, Finding, ObjectId, RoundId, SessionId, State, WaitId,
};
use mapi_offline_driver::{Errands, Event, Livelock, Messenger, Timekeeper, take_in};
use mapi_offline_sys::HRESULT;

use super::context;
use super::logon::{Due, Inner, Logon, When};
use super::shared::Pace;
use crate::sync::Instant;

impl Logon {
    /// Takes in the effects that are about time or about who waits; there are some.
    pub(super) fn sort_effects(&self, inner: &mut Inner) -> Option<Errands<CallbackRef>> {
        if let Some(release) = Errands::one_release(&mut inner.effects) {
            return Some(release);
        }
        let mut effects = std::mem::take(&mut inner.effects);
        let errands = take_in(&mut effects, &mut LogonTime { logon: self, inner });
        inner.effects = effects;
        errands
    }

    /// Does what is to be done while nothing is locked. Clients' code runs.
    #[inline]
    pub(super) fn carry_out(&self, errands: Errands<CallbackRef>) {
        match errands {
            Errands::Release(callback, client) => self.shared.release(callback, client),
            many @ Errands::Many(..) => self.carry_out_many(many),
        }
    }

    fn carry_out_many(&self, errands: Errands<CallbackRef>) {
        if let Some(round) = errands.carry_out(&mut &*self) {
            self.play_in_call(round);
        }
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
}

/// What a logon takes effects in with.
struct LogonTime<'a> {
    logon: &'a Logon,
    inner: &'a mut Inner,
}

impl Timekeeper<CallbackRef> for LogonTime<'_> {
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

    fn registrations(&self, _: SessionId) -> usize {
        self.inner.session.all_registrations()
    }

    fn is_in_callback(&self) -> bool {
        context::is_in_callback()
    }

    fn tells_of(&self, effect: &Effect<CallbackRef>) -> bool {
        self.logon.shared.is_observed
            && matches!(effect, Effect::State { .. } | Effect::Begun { .. })
    }
}

impl Messenger<CallbackRef> for &Logon {
    fn release(&mut self, callback: CallbackRef, client: ClientId) {
        self.shared.release(callback, client);
    }

    fn found(&mut self, finding: Finding) {
        let name = finding.place.object.map(|object| self.name_of(object));
        self.shared.found_on(finding, name.as_deref());
    }

    fn state_changed(&mut self, object: ObjectId, old: State, new: State) {
        let name = self.name_of(object);
        self.shared
            .tell(Event::State { object, old, new }, Some(&name));
    }

    fn begun(&mut self, round: RoundId) {
        self.shared.tell(Event::Begun { round }, None);
    }
}
