//! Whom a round notifies, what it says, and what is released afterwards.

use mapi_offline_core::{CAPABILITIES_ALL, Late, Notification, Order, Redundant, StateChange};

use super::world::{Registered, Running, World};
use super::{NotifyName, Registration, Settings};

impl World {
    /// Whom the open phase has still to notify, in the order in which it does (NOTE-4).
    pub(super) fn left(&self, settings: &Settings, number: u32) -> Vec<Registration> {
        let transition = &self.transitions[&number];
        let rank = |object: u32| {
            let mut covered = transition.covered.iter();
            covered.position(|covered| covered.object == object)
        };
        let due = transition.due.difference(&transition.heard);
        let left = due.filter_map(|&registration| {
            let its = self.registrations.get(&registration)?;
            let is_left = its.live || its.late == Some(number);
            is_left.then(|| (rank(its.object), its.place, registration))
        });
        let mut left: Vec<_> = left.collect();
        left.sort_unstable_by_key(|&(rank, place, _)| match settings.policy.order {
            Order::Registration | Order::Shuffled => (rank, i64::from(place)),
            Order::Reverse => (rank, -i64::from(place)),
        });
        left.into_iter()
            .map(|(.., registration)| registration)
            .collect()
    }

    pub(super) fn is_delivering(&self, number: u32) -> bool {
        let mut running = self.running.iter();
        running.any(|running| running.transition == Some(number))
    }

    /// The late notification that a registration would still get if it went now (UNADV-3).
    pub(super) fn queued(&self, settings: &Settings, registration: Registration) -> Option<u32> {
        if settings.policy.late != Late::Queued {
            return None;
        }
        let mut transitions = self.transitions.iter();
        let queued = transitions.find(|(_, transition)| {
            transition.open
                && transition.due.contains(&registration)
                && !transition.heard.contains(&registration)
        });
        queued.map(|(&number, _)| number)
    }

    /// Returns true when the next Notify of this open round is this registration's.
    fn is_next(&self, settings: &Settings, number: u32, registration: Registration) -> bool {
        let left = self.left(settings, number);
        match settings.policy.order {
            Order::Registration | Order::Reverse => left.first() == Some(&registration),
            Order::Shuffled => left.first().is_some_and(|first| {
                let object = |of| self.registrations[of].object;
                left.contains(&registration) && object(first) == object(&registration)
            }),
        }
    }

    /// The round in which a Notify of this registration may be on its way, if there are threads:
    /// the dispatcher may have found it alive, and the client does not know yet (UNADV-3).
    pub(super) fn on_its_way(
        &self,
        settings: &Settings,
        registration: Registration,
    ) -> Option<u32> {
        let object = self.registrations[&registration].object;
        let number = self.objects.get(&object)?.busy?;
        let may = settings.threads
            && self.transitions[&number].open
            && !self.is_delivering(number)
            && self.is_next(settings, number, registration);
        may.then_some(number)
    }

    /// A Notify reaches its client.
    pub(super) fn notified(
        &mut self,
        settings: &Settings,
        name: NotifyName,
        notification: &Notification,
    ) -> Result<(), &'static str> {
        let registration = name.0;
        let Some(registered) = self.registrations.get(&registration) else {
            return Err("UNADV-3: it is not registered");
        };
        if notification.client_token != registered.client_token {
            return Err("NOTE-2: the client token is another's");
        }
        let object = registered.object;
        let number = match notification.state_change() {
            None => self.noise(settings, registered)?,
            Some(change) => self.sends(settings, registration, change)?,
        };
        self.running.push(Running {
            name,
            object,
            transition: number,
        });
        Ok(())
    }

    /// NOTE-6, NOTE-9
    fn noise(
        &self,
        settings: &Settings,
        registered: &Registered,
    ) -> Result<Option<u32>, &'static str> {
        if !settings.policy.noise.notifications {
            return Err("NOTE-6: there is no noise");
        }
        // Where there are threads, it may have been on its way.
        if !settings.threads && !registered.holds() {
            return Err("UNADV-3: it is not registered any more");
        }
        Ok(None)
    }

    /// Checks that a transition can send this now. Gives its number; `None`: a log-off has dropped it.
    fn sends(
        &mut self,
        settings: &Settings,
        registration: Registration,
        change: StateChange,
    ) -> Result<Option<u32>, &'static str> {
        let registered = &self.registrations[&registration];
        let was_on_its_way = !registered.holds() && registered.on_its_way.is_some();
        let number = if was_on_its_way {
            registered.on_its_way
        } else {
            let object = self.objects.get(&registered.object);
            object.and_then(|object| object.busy)
        };
        let Some(number) = number else {
            return Err("NOTE-1: its object is in no transition");
        };
        let Some(transition) = self.transitions.get(&number) else {
            return Ok(None);
        };
        if !transition.open || transition.phase != change.phase {
            return Err("NOTE-1: it is another phase");
        }
        if !transition.due.contains(&registration) {
            return Err("ADV-7, CAP-2: it does not take part");
        }
        if transition.heard.contains(&registration) {
            return Err("NOTE-1: it has heard of it before");
        }
        if self.is_delivering(number) {
            return Err("NOTE-1: another Notify of the round is running");
        }
        if !was_on_its_way {
            if !registered.live && registered.late != Some(number) {
                return Err("UNADV-3: it is not registered any more");
            }
            if !self.is_next(settings, number, registration) {
                return Err("NOTE-4: it is not its turn");
            }
        }
        self.says(settings, number, registration, change)?;
        // Nothing else of the round was on its way.
        for registered in self.registrations.values_mut() {
            if registered.on_its_way == Some(number) {
                registered.on_its_way = None;
            }
        }
        let transition = self.transitions.get_mut(&number).expect("it runs");
        transition.heard.insert(registration);
        Ok(Some(number))
    }

    /// Checks that it says what it has to.
    fn says(
        &mut self,
        settings: &Settings,
        number: u32,
        registration: Registration,
        change: StateChange,
    ) -> Result<(), &'static str> {
        let transition = &self.transitions[&number];
        let registered = self.registrations.get_mut(&registration);
        let registered = registered.expect("it is registered");
        let mut covered = transition.covered.iter();
        let covered = covered.find(|covered| covered.object == registered.object);
        let old = covered.expect("it is covered").old;
        if (change.old, change.new) != (old, transition.target) {
            return Err("NOTE-2: it goes from and to other states");
        }
        if change.old == change.new && settings.policy.redundant != Redundant::Notify {
            return Err("NOTE-2: the states do not differ");
        }
        // NOTE-8
        let object = self.objects.get(&registered.object);
        let both = object.is_some_and(|object| object.capabilities & 3 == CAPABILITIES_ALL);
        if both
            && let Some((before, believed)) = registered.believes
            && before != number
            && believed != change.old
        {
            return Err("NOTE-8: it does not begin where the one before ended");
        }
        registered.believes = Some((number, change.new));
        Ok(())
    }

    /// A client returns from its Notify: from the latest, if it is inside of several.
    pub(super) fn returned(
        &mut self,
        settings: &Settings,
        registration: Registration,
    ) -> Result<(), &'static str> {
        let ours = |running: &Running| running.name.0 == registration;
        let Some(place) = self.running.iter().rposition(ours) else {
            return Err("no Notify of it is running");
        };
        let returned = self.running.remove(place);
        // Where there are threads, the round ends when the emulation knows.
        if !settings.threads
            && let Some(number) = returned.transition
            && self.transitions.contains_key(&number)
            && self.left(settings, number).is_empty()
        {
            self.ended(settings, number);
        }
        Ok(())
    }

    /// The callback of a registration is released (UNADV-2, LIFE-3).
    pub(super) fn released(
        &mut self,
        settings: &Settings,
        registration: Registration,
    ) -> Result<(), &'static str> {
        let Some(registered) = self.registrations.get(&registration) else {
            // An Advise that fails gives back what it asked the callback for (ADV-5).
            let gives_back = self.is_refused(registration);
            return gives_back
                .then_some(())
                .ok_or("ADV-3: it holds no reference");
        };
        // Where there are threads, it may have been late only because it was on its way; then it
        // waits for that Notify, and not for the round (UNADV-2).
        let has_been_late = registered.late.is_some_and(|number| {
            let transition = self.transitions.get(&number);
            transition.is_some_and(|transition| transition.heard.contains(&registration))
        });
        if registered.holds() && !(settings.threads && has_been_late) {
            return Err("ADV-3: it is still registered");
        }
        let object = registered.object;
        let mut running = self.running.iter();
        if running.any(|running| running.name.0 == registration) {
            return Err("UNADV-2: a Notify on the callback is running");
        }
        self.registrations.remove(&registration);
        self.bury(object);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mapi_offline_core::{ClientId, Phase, Policy, State};

    use super::super::{Handle, Model, ModelCall, Seen};
    use super::*;

    const ON: Handle = Handle(0);
    const ONE: Registration = Registration(0);

    /// One registration, whose object has been told to go offline, on threads; and time passes.
    fn under_way(late: Late) -> Model {
        let policy = Policy {
            late,
            ..Policy::default()
        };
        let mut model = Model::new(Settings {
            policy,
            threads: true,
            ..Settings::default()
        });
        model.call(ModelCall::LogOn);
        model.call(ModelCall::Open {
            client: ClientId(0),
            handle: ON,
        });
        model.call(ModelCall::Advise {
            on: ON,
            registration: ONE,
            client_token: 0,
        });
        model.call(ModelCall::Set {
            on: ON,
            block: false,
            state: State::Offline,
        });
        model.time_passes();
        model
    }

    fn unadvise(model: &mut Model) {
        let call = ModelCall::Unadvise {
            on: ON,
            registration: ONE,
        };
        let id = model.begins(call, &[]);
        model.returns(id, Some(Ok(0))).expect("UNADV-1");
    }

    fn start() -> Seen {
        let notification = Notification {
            notify_type: Phase::Start.notify_type(),
            client_token: 0,
            mask: CAPABILITIES_ALL,
            old: State::Online.bits(),
            new: State::Offline.bits(),
        };
        Seen::Notify(ONE, notification)
    }

    #[test]
    fn unadv_2_a_late_one_is_released_after_its_notify_and_not_while_it_runs() {
        let mut model = under_way(Late::Queued);
        unadvise(&mut model);
        model.sees(&start()).expect("it was queued");
        let mut running = model.clone();
        let objection = running.sees(&Seen::Release(ONE)).expect_err("it runs");
        assert!(objection.to_string().contains("UNADV-2"), "{objection}");
        model.sees(&Seen::Notified(ONE)).expect("it returns");
        model.sees(&Seen::Release(ONE)).expect("nothing is queued");
        let after = model.sees(&start()).expect_err("nothing comes any more");
        assert!(after.to_string().contains("UNADV-3"), "{after}");
    }

    #[test]
    fn adv_3_nobody_is_released_who_is_registered() {
        for late in [Late::Never, Late::Queued] {
            let mut model = under_way(late);
            model.sees(&start()).expect("it is registered");
            model.sees(&Seen::Notified(ONE)).expect("it returns");
            let objection = model.sees(&Seen::Release(ONE)).expect_err("it is live");
            assert!(objection.to_string().contains("ADV-3"), "{objection}");
        }
    }
}
