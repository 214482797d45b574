//! What a call or a move causes, carried out as every driver does it.

use mapi_offline_core::{
    ClientId, Delay, Effect, Effects, Finding, ObjectId, RoundId, State, WaitId,
};
use mapi_offline_driver::{Livelock, Messenger, Timekeeper, take_in};
use mapi_offline_sys::HRESULT;

use super::{DueRound, Situation};
use crate::index::{TraceCallback, TraceLine};

/// A situation that takes effects in.
struct Absorbing<'s> {
    situation: &'s mut Situation,
    /// The call that causes them, and whether it returns at once.
    cause: Option<(TraceLine, bool)>,
}

impl Situation {
    /// Takes in what a call (and whether it returns at once) or a move caused.
    pub(crate) fn absorb(
        &mut self,
        mut effects: Effects<TraceCallback>,
        cause: Option<(TraceLine, bool)>,
    ) {
        let mut absorbing = Absorbing {
            situation: self,
            cause,
        };
        let errands = take_in(&mut effects, &mut absorbing);
        let in_call = errands.and_then(|errands| errands.carry_out(&mut absorbing));
        if let Some(round) = in_call {
            self.due.push(DueRound {
                round,
                held_by: None,
                in_call: cause.map(|(line, _)| line),
            });
        }
        self.tidy();
    }
}

impl Timekeeper<TraceCallback> for Absorbing<'_> {
    fn due(&mut self, round: RoundId, _: Delay) {
        self.situation.due.push(DueRound {
            round,
            held_by: self
                .cause
                .and_then(|(line, returns_at_once)| returns_at_once.then_some(line)),
            in_call: None,
        });
    }

    fn wake(&mut self, wait: WaitId, hr: HRESULT) {
        self.situation.woken.push((wait, hr));
    }

    fn livelock(&mut self) -> Option<&mut Livelock> {
        None
    }

    fn is_in_callback(&self) -> bool {
        false
    }

    fn tells_of(&self, effect: &Effect<TraceCallback>) -> bool {
        matches!(effect, Effect::Begun { .. })
    }
}

impl Messenger<TraceCallback> for Absorbing<'_> {
    fn release(&mut self, callback: TraceCallback, _: ClientId) {
        let releases = &mut self.situation.releases;
        let place = releases.partition_point(|other| *other < callback);
        releases.insert(place, callback);
    }

    /// What the emulation alone knows is in no trace.
    fn found(&mut self, _: Finding) {}

    fn state_changed(&mut self, _: ObjectId, _: State, _: State) {}

    fn begun(&mut self, round: RoundId) {
        let cause = self.cause.map(|(line, _)| (round, line));
        self.situation.causes.extend(cause);
    }
}
