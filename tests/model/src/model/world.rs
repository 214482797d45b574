//! One of the worlds that are possible.

use std::collections::{BTreeMap, BTreeSet};

use mapi_offline_core::{ClientId, HostEvent, OwnerRelease, Phase, State};

use super::call::{Pending, Progress};
use super::{Handle, NotifyName, Registration, Settings};

/// One of the worlds that are possible. Its numbers say in which order things came about in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct World {
    pub(super) user_online: bool,
    pub(super) server_up: bool,
    /// There while the profile is logged on (LIFE-2).
    pub(super) global: Option<u32>,
    pub(super) objects: BTreeMap<u32, Object>,
    /// Those whose callback is not released yet.
    pub(super) registrations: BTreeMap<Registration, Registered>,
    pub(super) transitions: BTreeMap<u32, Transition>,
    /// What the host wants as soon as it can be (HOST-1).
    pub(super) wish: Option<State>,
    /// The `Notify` calls that have begun and not returned.
    pub(super) running: Vec<Running>,
    /// The calls that have begun and not returned.
    pub(super) calls: BTreeMap<u32, Pending>,
    pub(super) handles: BTreeMap<Handle, (ClientId, u32)>,
    /// How many objects, transitions and registrations there ever were.
    pub(super) made: (u32, u32, u32),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    pub(super) parent: Option<u32>,
    pub(super) capabilities: u32,
    /// The visible state (STATE-2).
    pub(super) state: State,
    /// The transition that covers it.
    pub(super) busy: Option<u32>,
    /// No entry is 0.
    pub(super) references: BTreeMap<ClientId, u32>,
    /// The transitions that were running when it was made (CREATE-11).
    pub(super) newer_than: BTreeSet<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Registered {
    pub(super) object: u32,
    pub(super) client_token: u32,
    /// Its place among all registrations.
    pub(super) place: u32,
    pub(super) live: bool,
    /// The transition that covered the object when it was made (ADV-7).
    pub(super) joined: Option<u32>,
    /// It is not live any more, but this transition's open round has it in its queue (UNADV-3,
    /// `late = queued`).
    pub(super) late: Option<u32>,
    /// The same for a round of noise.
    pub(super) late_noise: bool,
    /// It is not live any more, but a Notify of this transition may have been on its way to it.
    pub(super) on_its_way: Option<u32>,
    /// The new state of the last transition it heard of (NOTE-8).
    pub(super) believes: Option<(u32, State)>,
}

/// A `Notify` that has begun and not returned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Running {
    pub(super) name: NotifyName,
    pub(super) object: u32,
    /// None: it is noise, or of a transition that a log-off has dropped.
    pub(super) transition: Option<u32>,
}

/// A running change of state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Transition {
    pub(super) root: u32,
    pub(super) target: State,
    /// The phase that is open, or will be opened next.
    pub(super) phase: Phase,
    pub(super) open: bool,
    /// Parents before children (NOTE-4).
    pub(super) covered: Vec<Covered>,
    /// What a callback asked for in STATECHANGE_DONE (SET-8).
    pub(super) request: Option<(u32, State)>,
    /// Whom the open phase is for.
    pub(super) due: BTreeSet<Registration>,
    /// Those of them whose Notify has begun.
    pub(super) heard: BTreeSet<Registration>,
}

/// An object that a transition changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Covered {
    pub(super) object: u32,
    pub(super) old: State,
}

impl Default for World {
    /// A profile before its first logon.
    fn default() -> Self {
        Self {
            user_online: true,
            server_up: true,
            global: None,
            objects: BTreeMap::new(),
            registrations: BTreeMap::new(),
            transitions: BTreeMap::new(),
            wish: None,
            running: Vec::new(),
            calls: BTreeMap::new(),
            handles: BTreeMap::new(),
            made: (0, 0, 0),
        }
    }
}

impl Registered {
    /// Returns true when its object has to live on for it (CREATE-10).
    pub(super) const fn holds(&self) -> bool {
        self.live || self.late.is_some() || self.late_noise
    }
}

impl Object {
    fn new(parent: Option<u32>, capabilities: u32, state: State) -> Self {
        Self {
            parent,
            capabilities,
            state,
            busy: None,
            references: BTreeMap::new(),
            newer_than: BTreeSet::new(),
        }
    }

    /// CAP-2
    pub(super) const fn notifies_of(&self, state: State) -> bool {
        self.capabilities & state.capability() != 0
    }

    pub(super) fn all_references(&self) -> u32 {
        self.references.values().sum()
    }
}

impl World {
    pub(super) const fn is_logged_on(&self) -> bool {
        self.global.is_some()
    }

    /// The object behind a handle, if it lives.
    pub(super) fn object_of(&self, on: Handle) -> Option<u32> {
        let (_, object) = self.handles.get(&on)?;
        self.objects.contains_key(object).then_some(*object)
    }

    pub(super) fn state_of(&self, on: Handle) -> Option<State> {
        Some(self.objects[&self.object_of(on)?].state)
    }

    /// The object and its descendants, parents before children.
    pub(super) fn family(&self, root: u32) -> Vec<u32> {
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

    /// Returns true when the object is in a transition, or a descendant that would change (SET-4, CREATE-7).
    pub(super) fn is_busy(&self, root: u32, target: State, except: Option<u32>) -> bool {
        self.family(root).into_iter().any(|id| {
            let object = &self.objects[&id];
            let changes = id == root || object.state != target;
            changes && object.busy.is_some() && object.busy != except
        })
    }

    /// A client has made an object (CREATE-6).
    pub(super) fn makes(
        &mut self,
        parent: Option<u32>,
        capabilities: u32,
        state: Option<State>,
    ) -> u32 {
        let above = parent.map(|parent| self.objects[&parent].state);
        let state = state.or(above).unwrap_or(State::Online);
        let mut object = Object::new(parent, capabilities, state);
        object.newer_than = self.transitions.keys().copied().collect();
        self.made.0 += 1;
        self.objects.insert(self.made.0, object);
        self.made.0
    }

    pub(super) fn refers(&mut self, client: ClientId, object: u32) {
        if let Some(object) = self.objects.get_mut(&object) {
            *object.references.entry(client).or_default() += 1;
        }
    }

    /// A client releases a reference, if there is one. Gives how many are left.
    pub(super) fn unrefers(&mut self, settings: &Settings, client: ClientId, id: u32) -> u32 {
        let Some(object) = self.objects.get_mut(&id) else {
            return 0;
        };
        let its = object.references.contains_key(&client).then_some(client);
        let anybodys = object.references.keys().next().copied();
        let whose = its.or(anybodys.filter(|_| !settings.own_references));
        let Some(whose) = whose else {
            return object.all_references();
        };
        let count = object.references.entry(whose).or_default();
        *count -= 1;
        if *count == 0 {
            object.references.remove(&whose);
        }
        let left = object.all_references();
        // ADV-8
        if left == 0 && settings.policy.owner_release == OwnerRelease::Drop {
            self.drop_registrations(settings, |registered| registered.object == id);
        }
        self.bury(id);
        left
    }

    /// Removes an object that nothing keeps alive, and then its parents likewise (CREATE-10).
    pub(super) fn bury(&mut self, id: u32) {
        let Some(object) = self.objects.get(&id) else {
            return;
        };
        let (parent, referred) = (object.parent, !object.references.is_empty());
        let has_children = self.objects.values().any(|o| o.parent == Some(id));
        let mut registrations = self.registrations.values();
        let registered = registrations.any(|r| r.object == id && r.holds());
        if referred || has_children || registered || self.global == Some(id) {
            return;
        }
        self.objects.remove(&id);
        if let Some(parent) = parent {
            self.bury(parent);
        }
    }

    /// What can be released is, though nobody sees it.
    pub(super) fn forget_released(&mut self) {
        self.registrations
            .retain(|_, registered| registered.holds());
    }

    pub(super) fn unadvises(&mut self, settings: &Settings, registration: Registration) {
        let late = self.queued(settings, registration);
        let on_its_way = self.on_its_way(settings, registration);
        let Some(gone) = self.registrations.get_mut(&registration) else {
            return;
        };
        gone.live = false;
        gone.late = late;
        gone.on_its_way = on_its_way;
        let object = gone.object;
        self.bury(object);
    }

    /// These registrations are gone at once; their callbacks are still to be released.
    fn drop_registrations(&mut self, settings: &Settings, which: impl Fn(&Registered) -> bool) {
        let gone = self.registrations.iter();
        let gone = gone.filter(|(_, registered)| registered.holds() && which(registered));
        let gone = gone.map(|(&registration, _)| {
            let on_its_way = self.on_its_way(settings, registration);
            (registration, on_its_way)
        });
        for (registration, on_its_way) in gone.collect::<Vec<_>>() {
            if let Some(gone) = self.registrations.get_mut(&registration) {
                gone.live = false;
                gone.late = None;
                gone.late_noise = false;
                gone.on_its_way = on_its_way;
            }
        }
    }

    fn wants(&self) -> State {
        State::online_if(self.user_online && self.server_up)
    }

    /// HOST-1
    pub(super) fn hosts(&mut self, event: HostEvent) {
        match event {
            HostEvent::WorkOffline => self.user_online = false,
            HostEvent::WorkOnline => self.user_online = true,
            HostEvent::ServerLost => self.server_up = false,
            HostEvent::ServerBack => self.server_up = true,
        }
        let Some(global) = self.global else { return };
        let wants = self.wants();
        if self.is_busy(global, wants, None) {
            self.wish = Some(wants);
        } else if self.objects[&global].state != wants {
            self.begin(global, wants);
        }
    }

    /// HOST-2, HOST-3
    pub(super) fn logs_on(&mut self, settings: &Settings) {
        if self.global.is_none() {
            let global = self.makes(None, settings.capabilities, Some(self.wants()));
            self.global = Some(global);
        }
    }

    /// LIFE-3
    pub(super) fn logs_off(&mut self, settings: &Settings) {
        self.drop_registrations(settings, |_| true);
        self.global = None;
        self.transitions.clear();
        self.wish = None;
        self.objects.clear();
        for call in self.calls.values_mut() {
            if matches!(call.progress, Progress::Waits(_)) {
                call.progress = Progress::let_go_by_log_off();
            }
        }
    }

    /// Returns true when no Notify is running that was not begun inside of a call.
    pub(super) fn is_still(&self) -> bool {
        self.running.is_empty() || !self.calls.is_empty()
    }

    /// All is quiet.
    pub(super) fn rests(&self) -> Result<(), &'static str> {
        if !self.transitions.is_empty() {
            return Err("a transition is not over");
        }
        if self.wish.is_some() {
            return Err("HOST-1: the host's wish is not granted");
        }
        if !self.running.is_empty() {
            return Err("a Notify has not returned");
        }
        if !self.calls.is_empty() {
            return Err("a call has not returned");
        }
        if self.registrations.values().any(|r| !r.live) {
            return Err("UNADV-2: a callback is not released");
        }
        Ok(())
    }
}
