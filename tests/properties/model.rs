//! The rules in their plainest form: slow, with everything written out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mapi_offline_core::{
    BlockReturns, ClientId, DefaultReturns, Delivery, Join, Late, NotifyId, ObjectId, Order,
    OwnerRelease, Phase, Policy, Redundant, RoundId, SetInDone, State, Visible,
};
use mapi_offline_sys::{E_FAIL, E_PENDING, HRESULT, MAPI_E_NO_SUPPORT, S_OK};
use mapi_offline_tests::{Callback, Trace};

#[derive(Clone, Debug)]
struct Object {
    parent: Option<ObjectId>,
    capabilities: u32,
    state: State,
    busy: Option<RoundId>,
    /// How many transitions had begun when it was made.
    made: usize,
    references: BTreeMap<ClientId, u32>,
}

#[derive(Clone, Debug)]
struct Registration {
    object: ObjectId,
    token: u32,
    callback: Callback,
    /// The place of its Advise among all events.
    made: usize,
    live: bool,
    /// The rounds that may notify it late (UNADV-3, `late = queued`).
    late: BTreeSet<RoundId>,
    /// The new state of the last transition it heard of (NOTE-8).
    believes: Option<(RoundId, State, State)>,
}

#[derive(Clone, Debug)]
struct Covered {
    object: ObjectId,
    old: State,
    since: usize,
}

#[derive(Clone, Debug)]
struct Transition {
    root: ObjectId,
    target: State,
    /// How many transitions had begun before it.
    number: usize,
    phase: Phase,
    covered: Vec<Covered>,
    request: Option<(ObjectId, State)>,
    /// In the open phase: whom it is for and who has heard, by their places in `registrations`.
    due: BTreeSet<usize>,
    heard: Vec<usize>,
    open: bool,
}

/// What a SetCurrentState will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Returns(HRESULT),
    /// It blocks until the transition that begins is over.
    Blocks,
}

pub struct Model {
    policy: Policy,
    global_capabilities: u32,
    user_online: bool,
    server_up: bool,
    global: Option<ObjectId>,
    objects: BTreeMap<ObjectId, Object>,
    registrations: Vec<Registration>,
    transitions: BTreeMap<RoundId, Transition>,
    begun: usize,
    wish: Option<State>,
    /// The transitions that have to begin now.
    to_begin: VecDeque<(ObjectId, State)>,
    running: BTreeMap<NotifyId, (RoundId, ObjectId, Callback)>,
    advised: BTreeMap<Callback, usize>,
    released: BTreeMap<Callback, usize>,
    /// How many events have been taken in.
    seen: usize,
}

impl Model {
    pub fn new(policy: Policy, global_capabilities: u32) -> Self {
        Self {
            policy,
            global_capabilities,
            user_online: true,
            server_up: true,
            global: None,
            objects: BTreeMap::new(),
            registrations: Vec::new(),
            transitions: BTreeMap::new(),
            begun: 0,
            wish: None,
            to_begin: VecDeque::new(),
            running: BTreeMap::new(),
            advised: BTreeMap::new(),
            released: BTreeMap::new(),
            seen: 0,
        }
    }

    fn wants(&self) -> State {
        State::online_if(self.user_online && self.server_up)
    }

    // ---- What the world says happened.

    /// Takes in what happened since the last time, and objects to what should not have.
    pub fn catch_up(&mut self, trace: &[Trace]) {
        let new = &trace[self.seen..];
        for event in new {
            self.seen += 1;
            self.take(event);
        }
        assert_eq!(self.to_begin, [], "transitions that did not begin");
        self.all_show();
    }

    fn take(&mut self, event: &Trace) {
        if !matches!(
            event,
            Trace::State(..) | Trace::Opened(..) | Trace::Release(_)
        ) {
            self.all_show();
        }
        match event {
            Trace::Begun(round) => self.begins(*round),
            Trace::Opened(round, phase) => {
                if let Some(phase) = phase {
                    self.opens(*round, *phase);
                }
            }
            Trace::State(object, old, new) => self.shows(*object, *old, *new),
            Trace::Notify(round, delivery) => self.notified(*round, delivery),
            Trace::Notified(id, callback) => {
                let running = self.running.remove(id).expect("it was running");
                assert_eq!(running.2, *callback);
            }
            Trace::Ended(round) => self.ends(*round),
            Trace::Release(callback) => {
                let its = |running: &(RoundId, ObjectId, Callback)| running.2 == *callback;
                let runs = self.running.values().any(its);
                assert!(
                    !runs,
                    "UNADV-2: {callback:?} is released while its Notify runs"
                );
                *self.released.entry(*callback).or_default() += 1;
            }
            Trace::Finding(_) => {}
        }
    }

    fn begins(&mut self, round: RoundId) {
        let begin = self.to_begin.pop_front();
        let (root, target) = begin.expect("no transition should begin");
        self.begun += 1;
        let transition = Transition {
            root,
            target,
            number: self.begun,
            phase: Phase::Start,
            covered: Vec::new(),
            request: None,
            due: BTreeSet::new(),
            heard: Vec::new(),
            open: false,
        };
        self.transitions.insert(round, transition);
        // CREATE-3
        for object in self.family(root) {
            self.cover(round, object);
        }
    }

    /// Takes an object into a transition, if that is to change it.
    fn cover(&mut self, round: RoundId, object: ObjectId) {
        let transition = self.transitions.get_mut(&round).expect("it runs");
        let covered = self.objects.get_mut(&object).expect("it lives");
        let changes = object == transition.root || covered.state != transition.target;
        if changes && covered.busy.is_none() {
            covered.busy = Some(round);
            transition.covered.push(Covered {
                object,
                old: covered.state,
                since: self.seen,
            });
        }
    }

    fn opens(&mut self, round: RoundId, phase: Phase) {
        let Some(transition) = self.transitions.get(&round) else {
            return; // a log-off has dropped it
        };
        let (root, number, target) = (transition.root, transition.number, transition.target);
        // CREATE-11
        for object in self.family(root) {
            if self.objects[&object].made >= number {
                self.cover(round, object);
            }
        }
        let transition = self.transitions.get_mut(&round).expect("it runs");
        let before = (transition.phase, phase);
        let follows = match before {
            (Phase::Start, Phase::Start) => transition.heard.is_empty(),
            (Phase::Start, Phase::StateChange) | (Phase::StateChange, Phase::Done) => true,
            _ => false,
        };
        assert!(follows && !transition.open, "NOTE-1: {before:?}");
        transition.phase = phase;
        transition.open = true;
        transition.heard.clear();
        // ADV-7, CAP-2
        let (covered, objects) = (&transition.covered, &self.objects);
        let join = self.policy.join;
        let is_due = |registration: &Registration| {
            covered.iter().any(|covered| {
                covered.object == registration.object
                    && objects[&covered.object].capabilities & target.capability() != 0
                    && (join == Join::NextPhase || registration.made < covered.since)
            })
        };
        let all = self.registrations.iter().enumerate();
        let due = all.filter(|(_, registration)| registration.live && is_due(registration));
        transition.due = due.map(|(place, _)| place).collect();
    }

    fn shows(&mut self, object: ObjectId, old: State, new: State) {
        let shown = self.objects.get_mut(&object).expect("it lives");
        let round = shown.busy.expect("STATE-2: it is in no transition");
        let transition = &self.transitions[&round];
        let phase = match self.policy.visible {
            Visible::StateChange => Phase::StateChange,
            Visible::Done => Phase::Done,
        };
        assert!(
            transition.open && transition.phase >= phase,
            "STATE-2: {transition:?}"
        );
        assert_eq!((shown.state, transition.target), (old, new));
        assert_ne!(old, new);
        shown.state = new;
    }

    /// All objects of a transition show its target from the same moment on (STATE-2).
    fn all_show(&self) {
        for transition in self.transitions.values() {
            let shows = match self.policy.visible {
                Visible::StateChange => transition.phase > Phase::Start,
                Visible::Done => transition.phase > Phase::StateChange,
            };
            for covered in &transition.covered {
                let Some(object) = self.objects.get(&covered.object) else {
                    continue;
                };
                let state = if shows {
                    transition.target
                } else {
                    covered.old
                };
                assert_eq!(
                    object.state, state,
                    "STATE-2: {covered:?} of {transition:?}"
                );
            }
        }
    }

    fn notified(&mut self, round: RoundId, delivery: &Delivery<Callback>) {
        let (object, token) = (delivery.object, delivery.token.0);
        let place = self
            .registrations
            .iter()
            .position(|r| r.object == object && r.token == token)
            .expect("a registration");
        let registration = &mut self.registrations[place];
        assert_eq!(registration.callback, delivery.callback);
        let notify = (round, object, delivery.callback);
        self.running.insert(delivery.id, notify);
        let Some(change) = delivery.notification.state_change() else {
            assert!(self.policy.noise.notifications, "NOTE-6");
            assert!(
                registration.live || registration.late.contains(&round),
                "UNADV-3"
            );
            return;
        };
        let transition = self.transitions.get_mut(&round).expect("it runs");
        assert!(transition.open);
        assert_eq!(change.phase, transition.phase, "NOTE-1");
        assert!(
            transition.due.contains(&place),
            "ADV-7, CAP-2: {registration:?}"
        );
        assert!(
            !transition.heard.contains(&place),
            "twice: {registration:?}"
        );
        assert!(
            registration.live || registration.late.contains(&round),
            "UNADV-3"
        );
        // NOTE-4
        if let Some(before) = transition
            .heard
            .last()
            .map(|&place| &self.registrations[place])
        {
            let rank = |object: ObjectId| {
                let covered = &transition.covered;
                covered.iter().position(|covered| covered.object == object)
            };
            match rank(before.object).cmp(&rank(object)) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Greater => panic!("NOTE-4: parents before children"),
                std::cmp::Ordering::Equal => match self.policy.order {
                    Order::Registration => assert!(before.token < token, "NOTE-4"),
                    Order::Reverse => assert!(before.token > token, "NOTE-4"),
                    Order::Shuffled => {}
                },
            }
        }
        transition.heard.push(place);
        // NOTE-2
        let covered = transition.covered.iter().find(|c| c.object == object);
        let old = covered.expect("it is covered").old;
        assert_eq!((change.old, change.new), (old, transition.target), "NOTE-2");
        let redundant = self.policy.redundant == Redundant::Notify;
        assert!(old != change.new || redundant, "NOTE-2");
        // NOTE-8
        let registration = &mut self.registrations[place];
        if self.objects[&object].capabilities & 3 == 3
            && let Some((before, _, new)) = registration.believes
            && before != round
        {
            assert_eq!(new, change.old, "NOTE-8: {registration:?}");
        }
        registration.believes = Some((round, change.old, change.new));
    }

    fn ends(&mut self, round: RoundId) {
        for registration in &mut self.registrations {
            registration.late.remove(&round);
        }
        let Some(transition) = self.transitions.get_mut(&round) else {
            return;
        };
        transition.open = false;
        for &place in &transition.due {
            let registration = &self.registrations[place];
            let heard = transition.heard.contains(&place);
            assert!(
                heard || !registration.live,
                "it was left out: {registration:?}"
            );
        }
        if transition.phase == Phase::Done {
            self.over(round);
        }
    }

    /// A transition is over. What follows it (HOST-1, SET-8, CREATE-12)?
    fn over(&mut self, round: RoundId) {
        let transition = self.transitions.remove(&round).expect("it ran");
        for object in self.objects.values_mut() {
            if object.busy == Some(round) {
                object.busy = None;
            }
        }
        if let Some((global, wish)) = self.global.zip(self.wish)
            && !self.is_busy(global, wish, None)
        {
            self.wish = None;
            if self.objects[&global].state != wish {
                self.to_begin.push_back((global, wish));
                return;
            }
        }
        if let Some((object, target)) = transition.request
            && self.objects.get(&object).is_some_and(|o| o.busy.is_none())
        {
            self.to_begin.push_back((object, target));
        }
    }

    // ---- The tree of objects.

    /// The object and its descendants, parents before children.
    fn family(&self, root: ObjectId) -> Vec<ObjectId> {
        let mut family = Vec::new();
        if self.objects.contains_key(&root) {
            family.push(root);
        }
        let children = self.objects.iter().filter(|(_, o)| o.parent == Some(root));
        for (&child, _) in children {
            family.extend(self.family(child));
        }
        family
    }

    /// Is the object in a transition, or a descendant that would change (SET-4, CREATE-7)?
    fn is_busy(&self, root: ObjectId, target: State, except: Option<RoundId>) -> bool {
        self.family(root).into_iter().any(|id| {
            let object = &self.objects[&id];
            let changes = id == root || object.state != target;
            changes && object.busy.is_some() && object.busy != except
        })
    }

    /// The objects that have died meanwhile are gone, with what they had.
    pub fn forget_the_dead(&mut self, living: &BTreeSet<ObjectId>) {
        self.objects.retain(|object, _| living.contains(object));
        let objects = &self.objects;
        for registration in &mut self.registrations {
            registration.live &= objects.contains_key(&registration.object);
        }
        assert_eq!(living.len(), objects.len(), "objects out of nowhere");
        for (id, object) in objects {
            let children = objects.values().any(|o| o.parent == Some(*id));
            let registered = self
                .registrations
                .iter()
                .any(|r| r.object == *id && (r.live || self.owes(r.callback)));
            let held = !object.references.is_empty() || children || registered;
            assert!(
                held || self.global == Some(*id),
                "CREATE-10: {id:?} lives on"
            );
        }
    }

    fn owes(&self, callback: Callback) -> bool {
        let count = |of: &BTreeMap<Callback, usize>| of.get(&callback).copied().unwrap_or(0);
        count(&self.advised) > count(&self.released)
    }

    // ---- What clients and host do.

    /// A profile has logged on, and this is its global object.
    pub fn logs_on(&mut self, global: ObjectId) {
        if self.global == Some(global) {
            return;
        }
        assert_eq!(self.global, None);
        self.global = Some(global);
        let object = Object {
            parent: None,
            capabilities: self.global_capabilities,
            state: self.wants(),
            busy: None,
            made: self.begun,
            references: BTreeMap::new(),
        };
        self.objects.insert(global, object);
    }

    /// The profile is about to log off.
    pub fn logs_off(&mut self) {
        self.global = None;
        self.transitions.clear();
        self.wish = None;
        self.objects.clear();
        for registration in &mut self.registrations {
            registration.live = false;
            registration.late.clear();
        }
    }

    pub fn is_logged_on(&self) -> bool {
        self.global.is_some()
    }

    pub fn lives(&self, object: ObjectId) -> bool {
        self.objects.contains_key(&object)
    }

    pub fn state(&self, object: ObjectId) -> State {
        self.objects[&object].state
    }

    pub fn capabilities(&self, object: ObjectId) -> u32 {
        self.objects[&object].capabilities
    }

    /// A client has made an object (CREATE-6).
    pub fn makes(&mut self, object: ObjectId, parent: Option<ObjectId>, capabilities: u32) {
        let state = parent.map_or(State::Online, |parent| self.objects[&parent].state);
        let made = Object {
            parent,
            capabilities,
            state,
            busy: None,
            made: self.begun,
            references: BTreeMap::new(),
        };
        let before = self.objects.insert(object, made);
        assert!(before.is_none(), "CREATE-4: a new object");
    }

    /// A client has got a reference.
    pub fn refers(&mut self, client: ClientId, object: ObjectId) {
        let object = self.objects.get_mut(&object).expect("it lives");
        *object.references.entry(client).or_default() += 1;
    }

    /// A client is about to release a reference, if it has one.
    pub fn releases(&mut self, client: ClientId, object: ObjectId) {
        let Some(released) = self.objects.get_mut(&object) else {
            return;
        };
        let Some(count) = released.references.get_mut(&client) else {
            return;
        };
        *count -= 1;
        if *count == 0 {
            released.references.remove(&client);
        }
        // ADV-8
        if released.references.is_empty() && self.policy.owner_release == OwnerRelease::Drop {
            let its = self.registrations.iter_mut().filter(|r| r.object == object);
            its.for_each(|registration| {
                registration.live = false;
                registration.late.clear();
            });
        }
    }

    /// Has the client a reference on it?
    pub fn has_reference(&self, client: ClientId, object: ObjectId) -> bool {
        let object = self.objects.get(&object);
        object.is_some_and(|object| object.references.contains_key(&client))
    }

    /// A callback has been registered (ADV-4, UNADV-5).
    pub fn advises(&mut self, object: ObjectId, token: u32, callback: Callback) {
        assert_ne!(token, 0, "ADV-4");
        let again = self.registrations.iter().any(|r| r.token == token);
        assert!(!again, "ADV-4: {token} was given before");
        *self.advised.entry(callback).or_default() += 1;
        self.registrations.push(Registration {
            object,
            token,
            callback,
            made: self.seen,
            live: true,
            late: BTreeSet::new(),
            believes: None,
        });
    }

    /// A client is about to unadvise. `open`: the rounds that are being delivered.
    pub fn unadvises(&mut self, object: ObjectId, token: u32, open: &[RoundId]) {
        let Some(place) = self
            .registrations
            .iter()
            .position(|r| r.live && r.object == object && r.token == token)
        else {
            return;
        };
        let queued = self.policy.late == Late::Queued;
        let by = self.transitions.iter().filter(|(_, transition)| {
            transition.open && transition.due.contains(&place) && !transition.heard.contains(&place)
        });
        // A round of noise that is under way may have it in its queue, too.
        let noise = open.iter().filter(|r| !self.transitions.contains_key(r));
        let by = by.map(|(round, _)| round).chain(noise).copied();
        let by: BTreeSet<RoundId> = by.filter(|_| queued).collect();
        let registration = &mut self.registrations[place];
        registration.live = false;
        registration.late = by;
    }

    /// The host's events (HOST-1).
    pub fn hosts(&mut self, user_online: Option<bool>, server_up: Option<bool>) {
        self.user_online = user_online.unwrap_or(self.user_online);
        self.server_up = server_up.unwrap_or(self.server_up);
        let Some(global) = self.global else { return };
        let wants = self.wants();
        if self.is_busy(global, wants, None) {
            self.wish = Some(wants);
        } else if self.objects[&global].state != wants {
            self.to_begin.push_back((global, wants));
        }
    }

    /// What a well-formed SetCurrentState will do (SET-0).
    pub fn sets(
        &mut self,
        inside: &[NotifyId],
        object: ObjectId,
        block: bool,
        target: State,
    ) -> Expected {
        let Some(called) = self.objects.get(&object) else {
            return Expected::Returns(E_FAIL);
        };
        let inside: Vec<_> = inside
            .iter()
            .filter_map(|id| self.running.get(id))
            .collect();
        // SET-7
        let family = self.family(object);
        let covers = |below: &ObjectId| {
            *below == object || (family.contains(below) && self.objects[below].state != target)
        };
        if block && inside.iter().any(|notify| covers(&notify.1)) {
            return Expected::Returns(E_PENDING);
        }
        // SET-8, SET-9
        let own = called
            .busy
            .filter(|busy| inside.iter().any(|notify| notify.0 == *busy));
        if let Some(own) = own {
            let transition = &self.transitions[&own];
            let accepts = transition.phase == Phase::Done
                && !block
                && transition.request.is_none()
                && self.policy.set_in_done == SetInDone::Accepted;
            if !accepts {
                return Expected::Returns(E_PENDING);
            }
        }
        // SET-4, CREATE-7
        if self.is_busy(object, target, own) {
            return Expected::Returns(E_PENDING);
        }
        // SET-6
        if called.capabilities & target.capability() == 0 {
            return Expected::Returns(MAPI_E_NO_SUPPORT);
        }
        // SET-5
        if called.state == target && self.policy.redundant == Redundant::Silent {
            return Expected::Returns(S_OK);
        }
        match own {
            Some(own) => {
                let transition = self.transitions.get_mut(&own).expect("it runs");
                transition.request = Some((object, target));
            }
            None => self.to_begin.push_back((object, target)),
        }
        if block {
            return Expected::Blocks;
        }
        Expected::Returns(match self.policy.default_returns {
            DefaultReturns::Ok => S_OK,
            DefaultReturns::Pending => E_PENDING,
        })
    }

    /// A BLOCK call has returned `S_OK`. `round`: the transition that it began (SET-3).
    pub fn block_returned(&self, round: RoundId) {
        match (self.policy.block_returns, self.transitions.get(&round)) {
            (_, None) => {}
            (BlockReturns::BeforeDone, Some(transition)) => {
                assert!(transition.phase > Phase::Start, "SET-3");
            }
            (BlockReturns::AfterDone, Some(_)) => panic!("SET-3: it is not complete"),
        }
    }

    /// All is over, and every profile logged off.
    pub fn rests(&self) {
        assert!(self.running.is_empty());
        assert_eq!(
            self.advised, self.released,
            "each registration is released once"
        );
    }
}
