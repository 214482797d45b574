//! The machine as whom effects are carried out by.

use std::cell::RefMut;

use mapi_offline_com::ClientCallback;
use mapi_offline_core::{
    ClientId, Delay, Effect, Effects, Finding, ObjectId, RoundId, SessionId, State, WaitId,
};
use mapi_offline_driver::{Event, Livelock, Messenger, Timekeeper, VirtualDriver, take_in};
use mapi_offline_sys::HRESULT;

use super::Machine;

/// What a machine takes effects in with.
struct MachineTime<'a> {
    driver: RefMut<'a, VirtualDriver<ClientCallback>>,
    livelock: RefMut<'a, Livelock>,
    is_in_callback: bool,
    is_observed: bool,
}

impl Timekeeper<ClientCallback> for MachineTime<'_> {
    fn due(&mut self, round: RoundId, delay: Delay) {
        self.driver.becomes_due(round, delay);
    }

    fn wake(&mut self, wait: WaitId, hr: HRESULT) {
        self.driver.wake(wait, hr);
    }

    fn livelock(&mut self) -> Option<&mut Livelock> {
        Some(&mut self.livelock)
    }

    fn registrations(&self, session: SessionId) -> usize {
        let session = self.driver.world.session(session);
        session.map_or(0, |session| session.all_registrations())
    }

    fn is_in_callback(&self) -> bool {
        self.is_in_callback
    }

    fn tells_of(&self, effect: &Effect<ClientCallback>) -> bool {
        self.is_observed && matches!(effect, Effect::State { .. } | Effect::Begun { .. })
    }
}

impl Messenger<ClientCallback> for &Machine {
    fn release(&mut self, callback: ClientCallback, client: ClientId) {
        self.release_callback(callback, client);
    }

    fn found(&mut self, finding: Finding) {
        Machine::found(self, finding);
    }

    fn state_changed(&mut self, object: ObjectId, old: State, new: State) {
        self.tell(Event::State { object, old, new });
    }

    fn begun(&mut self, round: RoundId) {
        self.tell(Event::Begun { round });
    }
}

impl Machine {
    /// Carries effects out. A round that is to be delivered before the call returns has been
    /// delivered then (SET-11).
    pub(super) fn carry_out(&self, mut effects: Effects<ClientCallback>) {
        if effects.is_empty() {
            return;
        }
        self.while_carrying_out(|is_in_callback| {
            let mut keeper = MachineTime {
                driver: self.driver.borrow_mut(),
                livelock: self.livelock.borrow_mut(),
                is_in_callback,
                is_observed: self.is_observed(),
            };
            let errands = take_in(&mut effects, &mut keeper);
            drop(keeper);
            let in_call = errands.and_then(|errands| errands.carry_out(&mut &*self));
            if let Some(round) = in_call {
                self.deliver_all(round);
            }
        });
    }
}
