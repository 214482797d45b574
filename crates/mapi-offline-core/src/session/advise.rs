//! `Advise` and `Unadvise`.

use mapi_offline_sys::{E_FAIL, E_INVALIDARG, E_NOINTERFACE, HRESULT};

use super::Session;
use super::round::{RunningNotify, Standing};
use crate::args::{AdviseArgs, check_advise};
use crate::effect::{Effect, Effects, find};
use crate::finding::{Finding, FindingId};
use crate::function::Function;
use crate::ids::{Caller, ClientId, ObjectId, Token};
use crate::planted::PlantedBug;
use crate::policy::{Late, NullCallback};

impl<C: Clone + Eq> Session<C> {
    /// ADV-1 to ADV-8
    pub(super) fn advise(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        args: &AdviseArgs,
        callback: Option<C>,
        effects: &mut Effects<C>,
    ) -> Result<Token, HRESULT> {
        self.called(caller, object, Function::Advise, effects)?;
        let info = check_advise(args, self.config.sizes).map_err(|refusal| {
            let no_interface = refusal.only_null_callback
                && self.config.policy.null_callback == NullCallback::NoInterface;
            Self::refuse(caller, "ADV-1", refusal, effects);
            if no_interface {
                E_NOINTERFACE
            } else {
                E_INVALIDARG
            }
        })?;
        let callback = callback.ok_or(E_NOINTERFACE)?;
        let called = self.objects.get_mut(&object.index).ok_or(E_FAIL)?;
        if !called.asked.contains_key(&caller.client) {
            called.asked.insert(caller.client, ());
            find(
                effects,
                FindingId::NoCapabilityCheck,
                caller.client,
                "CAP-1",
                "Advise without having asked GetCapabilities",
            );
        }
        let next = &mut self.next_registration;
        let pushed = &mut called.registrations;
        let token = pushed.push(next, callback, info.client_token, caller.client);
        Ok(if self.is_planted(PlantedBug::SameToken) {
            Token(1)
        } else {
            token
        })
    }

    /// UNADV-1 to UNADV-4. Always `S_OK`, whatever the flags.
    pub(super) fn unadvise(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        token: Token,
        effects: &mut Effects<C>,
    ) -> Result<(), HRESULT> {
        let called = self.called(caller, object, Function::Unadvise, effects)?;
        let Some(number) = called.registrations.find(token) else {
            let detail = format!("advise token {token} is not live");
            let client = Some(caller.client);
            let finding = Finding::new(FindingId::StaleToken, client, "UNADV-1", detail);
            effects.push(Effect::found(finding.of_registration(object, token)));
            return Ok(());
        };
        let queued = if self.notifies_late() {
            self.rounds_ahead_of(object.index, number)
        } else {
            Vec::new()
        };
        if queued.is_empty() {
            self.remove_registration(object.index, number, effects);
            self.bury(object.index);
        } else if let Some(object) = self.objects.get_mut(&object.index) {
            object.registrations.set_leaving(number, queued);
        }
        Ok(())
    }

    /// Returns true when what was queued for a registration arrives after Unadvise (UNADV-3).
    pub(super) fn notifies_late(&self) -> bool {
        self.config.policy.late == Late::Queued || self.is_planted(PlantedBug::LateNotify)
    }

    /// Takes a registration out, and releases its callback now or when its `Notify` has returned
    /// (UNADV-2).
    pub(super) fn remove_registration(
        &mut self,
        index: u32,
        number: u64,
        effects: &mut Effects<C>,
    ) {
        let removed = self
            .objects
            .get_mut(&index)
            .and_then(|object| object.registrations.remove(number));
        if let Some((callback, client)) = removed {
            self.removals.0 += 1;
            self.release_callback(callback, client, effects);
        }
    }

    /// Takes all registrations out, those that are leaving included.
    pub(super) fn drop_registrations(&mut self, index: u32, effects: &mut Effects<C>) {
        let Some(object) = self.objects.get_mut(&index) else {
            return;
        };
        let drained: Vec<_> = object.registrations.drain().collect();
        self.removals.0 += drained.len() as u64;
        let forgotten = usize::from(self.is_planted(PlantedBug::ForgottenAtLogOff));
        for (callback, client) in drained.into_iter().skip(forgotten) {
            self.release_callback(callback, client, effects);
        }
    }

    /// Drops every registration of an object and releases no callback, those that wait for a `Notify` to
    /// return included: the process ends.
    pub(super) fn forget_registrations(&mut self, index: u32) {
        if let Some(object) = self.objects.get_mut(&index) {
            self.removals.0 += object.registrations.drain().count() as u64;
        }
        self.deferred.clear();
    }

    /// Releases the reference of a registration that is gone; if a `Notify` on the callback is
    /// running, when it has returned.
    fn release_callback(&mut self, callback: C, client: ClientId, effects: &mut Effects<C>) {
        if self.is_planted(PlantedBug::NeverReleased) {
            return;
        }
        if self.is_planted(PlantedBug::ReleasedTwice) {
            let callback = callback.clone();
            effects.push(Effect::Release { callback, client });
        }
        if self.is_running(&callback) && !self.is_planted(PlantedBug::ReleasedTooEarly) {
            self.deferred.push((callback, client));
        } else {
            effects.push(Effect::Release { callback, client });
        }
    }

    /// A `Notify` on the callback has returned: makes the Releases that waited for the last one.
    pub(super) fn release_deferred(&mut self, callback: &C, effects: &mut Effects<C>) {
        if self.deferred.is_empty() || self.is_running(callback) {
            return;
        }
        let ours = self
            .deferred
            .extract_if(.., |(deferred, _)| deferred == callback);
        effects.extend(ours.map(|(callback, client)| Effect::Release { callback, client }));
    }

    /// Makes every Release that need not wait any more.
    pub(super) fn release_all_deferred(&mut self, effects: &mut Effects<C>) {
        let mut at = 0;
        while let Some((callback, _)) = self.deferred.get(at) {
            if self.is_running(callback) {
                at += 1;
            } else {
                let (callback, client) = self.deferred.remove(at);
                effects.push(Effect::Release { callback, client });
            }
        }
    }

    /// Returns true when a `Notify` on the callback is running, as far as one can know.
    fn is_running(&self, callback: &C) -> bool {
        let mut running = self.in_flight.iter();
        running.any(|in_flight| match &in_flight.running {
            RunningNotify::One(running) | RunningNotify::Sweep(Standing::At(running)) => {
                running == callback
            }
            RunningNotify::Sweep(Standing::Between) => false,
            RunningNotify::Sweep(Standing::Unknown) => true,
        })
    }
}
