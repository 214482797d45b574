//! How a transition goes on, and whom its rounds notify.

use std::collections::BTreeSet;

use mapi_offline_core::{
    BlockReturns, CAPABILITIES_ALL, Join, Late, Notification, Order, Phase, Redundant, State,
    StateChange, Visible,
};

use super::call::Progress;
use super::world::{Registered, Running, World};
use super::{NotifyName, Registration, Settings};

/// A running change of state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Transition {
    root: u32,
    target: State,
    /// The phase that is open, or will be opened next.
    pub(super) phase: Phase,
    open: bool,
    /// Parents before children (NOTE-4).
    covered: Vec<Covered>,
    /// What a callback asked for in STATECHANGE_DONE (SET-8).
    pub(super) request: Option<(u32, State)>,
    /// Whom the open phase is for.
    due: BTreeSet<Registration>,
    /// Those of them whose Notify has begun.
    heard: BTreeSet<Registration>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Covered {
    object: u32,
    old: State,
}

impl World {
    /// A transition begins, of the object and what goes with it (CREATE-3). Gives its number.
    pub(super) fn begin(&mut self, root: u32, target: State) -> u32 {
        self.made.1 += 1;
        let number = self.made.1;
        let transition = Transition {
            root,
            target,
            phase: Phase::Start,
            open: false,
            covered: Vec::new(),
            request: None,
            due: BTreeSet::new(),
            heard: BTreeSet::new(),
        };
        self.transitions.insert(number, transition);
        for object in self.family(root) {
            self.cover(number, object);
        }
        number
    }

    /// Takes an object into a transition, if that is to change it.
    fn cover(&mut self, number: u32, id: u32) {
        let transition = self.transitions.get_mut(&number).expect("it runs");
        let object = self.objects.get_mut(&id).expect("it lives");
        let changes = id == transition.root || object.state != transition.target;
        if changes && object.busy.is_none() {
            object.busy = Some(number);
            transition.covered.push(Covered {
                object: id,
                old: object.state,
            });
        }
    }

    /// What can come about by itself: a round is opened or ended; and where there are threads, a call
    /// takes effect. `blind`: what is notified and released cannot be seen.
    pub(super) fn next(&self, settings: &Settings, blind: bool) -> Vec<Self> {
        let mut next = Vec::new();
        for (&number, transition) in &self.transitions {
            let mut world = self.clone();
            if !transition.open {
                world.open(settings, number);
                next.push(world);
            } else if blind || self.may_end(settings, number) {
                world.ended(settings, number);
                next.push(world);
            }
        }
        for (&registration, registered) in &self.registrations {
            if registered.late_noise {
                let mut world = self.clone();
                let gone = world.registrations.get_mut(&registration).expect("it is");
                gone.late_noise = false;
                world.bury(registered.object);
                next.push(world);
            }
        }
        if settings.threads {
            self.next_of_others(settings, &mut next);
        }
        if blind {
            next.iter_mut().for_each(Self::forget_released);
        }
        next
    }

    /// Is nobody left to be notified, and nobody being notified?
    fn may_end(&self, settings: &Settings, number: u32) -> bool {
        self.left(settings, number).is_empty() && !self.is_delivering(number)
    }

    fn next_of_others(&self, settings: &Settings, next: &mut Vec<Self>) {
        for (&id, call) in &self.calls {
            if call.progress == Progress::Asked {
                next.extend(self.clone().does(settings, id));
            }
        }
    }

    fn open(&mut self, settings: &Settings, number: u32) {
        let transition = &self.transitions[&number];
        let (root, target, phase) = (transition.root, transition.target, transition.phase);
        // CREATE-11
        for object in self.family(root) {
            if self.objects[&object].newer_than.contains(&number) {
                self.cover(number, object);
            }
        }
        // STATE-2
        let shows = match settings.policy.visible {
            Visible::StateChange => Phase::StateChange,
            Visible::Done => Phase::Done,
        };
        let covered = self.transitions[&number].covered.clone();
        if phase >= shows {
            for covered in &covered {
                if let Some(object) = self.objects.get_mut(&covered.object) {
                    object.state = target;
                }
            }
        }
        // CAP-2, ADV-7
        let joins = |joined| settings.policy.join == Join::NextPhase || joined != Some(number);
        let due = self.registrations.iter().filter(|(_, registered)| {
            let object = registered.object;
            registered.live
                && joins(registered.joined)
                && covered.iter().any(|covered| covered.object == object)
                && self.objects[&object].notifies_of(target)
        });
        let due = due.map(|(&registration, _)| registration).collect();
        let transition = self.transitions.get_mut(&number).expect("it runs");
        transition.due = due;
        transition.heard.clear();
        transition.open = true;
        if transition.due.is_empty() {
            self.ended(settings, number);
        }
    }

    /// Whom the open phase has still to notify, in the order in which it does (NOTE-4).
    fn left(&self, settings: &Settings, number: u32) -> Vec<Registration> {
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

    fn is_delivering(&self, number: u32) -> bool {
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

    /// Is the next Notify of this open round this registration's?
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

    /// Can a transition send this now? Gives its number; `None`: a log-off has dropped it.
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

    /// Does it say what it has to?
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
        // Where there are threads, it may have been late only because it was on its way.
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

    /// A round has ended: the next phase is to be opened, or the transition is over.
    fn ended(&mut self, settings: &Settings, number: u32) {
        let late = self.registrations.iter_mut();
        let late: Vec<u32> = late
            .filter(|(_, registered)| registered.late == Some(number))
            .map(|(_, registered)| {
                registered.late = None;
                registered.object
            })
            .collect();
        late.into_iter().for_each(|object| self.bury(object));
        let transition = self.transitions.get_mut(&number).expect("it runs");
        transition.open = false;
        transition.due.clear();
        transition.heard.clear();
        let before_done = settings.policy.block_returns == BlockReturns::BeforeDone;
        match transition.phase {
            Phase::Start => transition.phase = Phase::StateChange,
            Phase::StateChange => {
                transition.phase = Phase::Done;
                if before_done {
                    self.lets_go(number);
                }
            }
            Phase::Done => self.over(number),
        }
    }

    /// A transition is over. What follows it (HOST-1, SET-8, CREATE-12)?
    fn over(&mut self, number: u32) {
        let transition = self.transitions.remove(&number).expect("it ran");
        for object in self.objects.values_mut() {
            object.newer_than.remove(&number);
            if object.busy == Some(number) {
                object.busy = None;
            }
        }
        for registered in self.registrations.values_mut() {
            if registered.joined == Some(number) {
                registered.joined = None;
            }
        }
        self.lets_go(number);
        if let Some((global, wish)) = self.global.zip(self.wish)
            && !self.is_busy(global, wish, None)
        {
            self.wish = None;
            if self.objects[&global].state != wish {
                self.begin(global, wish);
                return;
            }
        }
        if let Some((object, target)) = transition.request
            && self.objects.get(&object).is_some_and(|o| o.busy.is_none())
        {
            self.begin(object, target);
        }
    }

    /// The BLOCK calls that wait for the transition may return (SET-3).
    fn lets_go(&mut self, number: u32) {
        for call in self.calls.values_mut() {
            if call.progress == Progress::Waits(number) {
                call.progress = Progress::let_go();
            }
        }
    }
}
