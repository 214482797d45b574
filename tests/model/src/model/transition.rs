//! How a transition goes on.

use std::collections::BTreeSet;

use mapi_offline_core::{BlockReturns, Join, Phase, State, UserSwitch, Visible};

use super::Settings;
use super::call::Progress;
use super::world::{Covered, Transition, World};

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

    /// Returns true when nobody is left to be notified, and nobody is being notified.
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

    /// A round has ended: the next phase is to be opened, or the transition is over.
    pub(super) fn ended(&mut self, settings: &Settings, number: u32) {
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
            Phase::Done => self.over(settings, number),
        }
    }

    /// A transition is over: begins what follows it (HOST-1, SET-8, CREATE-12).
    fn over(&mut self, settings: &Settings, number: u32) {
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
            self.chooses(settings, object, target);
        }
    }

    /// HOST-1: a client's accepted call is the user's choice
    pub(super) fn chooses(&mut self, settings: &Settings, object: u32, target: State) {
        if settings.policy.user_switch == UserSwitch::Follows && self.global == Some(object) {
            self.user_online = target == State::Online;
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
