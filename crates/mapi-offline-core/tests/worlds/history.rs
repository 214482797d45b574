//! A world and how it came about, one deed after the other.

use mapi_offline_core::{
    AdviseArgs, CAPABILITIES_ALL, Call, CallFailure, Caller, ClientId, CreateArgs, CreateInfo,
    Effect, Effects, Exact, Function, HostEvent, Method, NotifyId, ObjectId, OpenArgs, ProfileCall,
    ProfileId, ProfileSettings, Reply, RoundId, SetArgs, Sizes, State, Token, WaitId, World,
};
use mapi_offline_sys::{
    E_FAIL, GUID, GUID_GlobalState, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
};

use crate::common::config_with;

/// Ids that nothing depends on.
pub(crate) const NONE: Exact = Exact {
    tokens: false,
    profiles: false,
};
/// Every id that something can depend on.
pub(crate) const ALL: Exact = Exact {
    tokens: true,
    profiles: true,
};

/// A world, and what its deeds gave.
#[derive(Clone)]
pub(crate) struct WorldHistory {
    pub(crate) world: World<u32>,
    pub(crate) profiles: Vec<ProfileId>,
    pub(crate) objects: Vec<ObjectId>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) waits: Vec<WaitId>,
    /// The transitions, in the order in which they began.
    pub(crate) begun: Vec<RoundId>,
    /// What is due, in the order in which it became due.
    pub(crate) due: Vec<RoundId>,
    /// The `Notify` calls that run, the outermost first.
    pub(crate) inside: Vec<NotifyId>,
    pub(crate) client: ClientId,
}

impl WorldHistory {
    /// Two profiles, `Work` logged on, and its global object opened by client 0; with knobs of the policy.
    pub(crate) fn with(knobs: &[(&str, &str)]) -> Self {
        let mut world = World::new(config_with(knobs), true);
        let profiles = ["Work", "Home"].map(|name| {
            let settings = ProfileSettings::default();
            world.add_profile(name, settings).expect("a new name")
        });
        world.log_on(profiles[0]);
        let mut history = Self {
            world,
            profiles: profiles.to_vec(),
            objects: Vec::new(),
            tokens: Vec::new(),
            waits: Vec::new(),
            begun: Vec::new(),
            due: Vec::new(),
            inside: Vec::new(),
            client: ClientId(0),
        };
        history.open("Work");
        history
    }

    /// The words of its canonical form.
    pub(crate) fn words(&self, exact: Exact) -> Vec<u32> {
        let mut words = Vec::new();
        self.world
            .canonical(exact, |callback| *callback, &mut words);
        words
    }

    pub(crate) fn take_in(&mut self, effects: Effects<u32>) {
        for effect in effects {
            match effect {
                Effect::Due { round, .. } => self.due.push(round),
                Effect::Begun { round, .. } => self.begun.push(round),
                _ => {}
            }
        }
    }

    /// Makes a call, and gives what comes of it, too.
    pub(crate) fn effects_of(&mut self, call: Call<'_, u32>) -> (Reply, Effects<u32>) {
        let mut effects = Effects::new();
        let caller = Caller {
            client: self.client,
            inside: &self.inside,
        };
        let reply = self.world.call(caller, call, &mut effects);
        (reply, effects)
    }

    pub(crate) fn call(&mut self, call: Call<'_, u32>) -> Reply {
        let (reply, effects) = self.effects_of(call);
        self.take_in(effects);
        reply
    }

    pub(crate) fn method(&mut self, object: usize, method: Method<'_, u32>) -> Reply {
        self.call(Call::Method(self.objects[object], method))
    }

    /// Calls come from this client from now on.
    pub(crate) fn client(mut self, number: u32) -> Self {
        self.client = ClientId(number);
        self
    }

    pub(crate) fn open(&mut self, name: &str) {
        let reply = self.call(Call::HrOpenOfflineObj(OpenArgs {
            reserved: 0,
            name: Some(name),
            guid: Some(GUID_GlobalState),
            reserved_pointer: false,
            out: true,
        }));
        self.objects.push(reply.object().expect("it opens"));
    }

    pub(crate) fn opens(mut self, name: &str) -> Self {
        self.open(name);
        self
    }

    fn create(&mut self, change: impl FnOnce(&mut CreateInfo<'_>)) {
        let mut info = CreateInfo {
            size: Sizes::BITS_64.create_info,
            create_flags: 0,
            name: Some("Work"),
            capabilities: CAPABILITIES_ALL,
            guid: None,
            instance: None,
            parent: None,
            aggregate: None,
            connect_info: false,
        };
        change(&mut info);
        let reply = self.call(Call::HrCreateOfflineObj(CreateArgs {
            flags: 0,
            info: Some(info),
            out: true,
        }));
        self.objects.push(reply.object().expect("it is made"));
    }

    /// Makes an object; `parent` by its place among the objects.
    pub(crate) fn creates(mut self, parent: Option<usize>, guid: Option<u128>) -> Self {
        let parent = parent.map(|at| self.objects[at]);
        self.create(|info| {
            info.parent = parent;
            info.guid = guid.map(GUID::from_u128);
            info.instance = guid.map(|guid| GUID::from_u128(!guid));
        });
        self
    }

    /// Makes an object with these capabilities.
    pub(crate) fn creates_with(mut self, capabilities: u32) -> Self {
        self.create(|info| info.capabilities = capabilities);
        self
    }

    pub(crate) fn adds_reference(mut self, object: usize) -> Self {
        self.method(object, Method::AddRef);
        self
    }

    pub(crate) fn releases(mut self, object: usize) -> Self {
        self.method(object, Method::Release);
        self
    }

    pub(crate) fn asks(mut self, object: usize) -> Self {
        self.method(object, Method::GetCapabilities { out: true });
        self
    }

    pub(crate) fn advises(mut self, object: usize, callback: u32) -> Self {
        let method = Method::Advise {
            args: AdviseArgs::new(Sizes::BITS_64, 7),
            callback: Some(callback),
        };
        let reply = self.method(object, method);
        self.tokens.push(reply.token().expect("it is registered"));
        self
    }

    pub(crate) fn unadvises(mut self, object: usize, registration: usize) -> Self {
        let token = self.tokens[registration];
        self.method(object, Method::Unadvise { flags: 0, token });
        self
    }

    fn set(mut self, object: usize, flags: u32, state: State) -> Self {
        let reply = self.method(object, Method::SetCurrentState(SetArgs::new(flags, state)));
        if let Reply::Waits(wait) = reply {
            self.waits.push(wait);
        }
        self
    }

    pub(crate) fn sets(self, object: usize, state: State) -> Self {
        self.set(object, MAPIOFFLINE_FLAG_DEFAULT, state)
    }

    pub(crate) fn sets_and_waits(self, object: usize, state: State) -> Self {
        self.set(object, MAPIOFFLINE_FLAG_BLOCK, state)
    }

    fn happens_to(mut self, event: HostEvent, wait: bool, from_notify: bool) -> Self {
        let (profile, mut effects) = (self.profiles[0], Effects::new());
        let wait = self
            .world
            .host_event(profile, event, wait, from_notify, &mut effects);
        self.waits.extend(wait);
        self.take_in(effects);
        self
    }

    /// Something happens to the host, for `Work`.
    pub(crate) fn happens(self, event: HostEvent) -> Self {
        self.happens_to(event, false, false)
    }

    /// The same, and somebody waits for what comes of it.
    pub(crate) fn happens_and_waits(self, event: HostEvent) -> Self {
        self.happens_to(event, true, false)
    }

    /// The same, from inside a callback.
    pub(crate) fn happens_from_notify(self, event: HostEvent) -> Self {
        self.happens_to(event, false, true)
    }

    pub(crate) fn logs_on(mut self, profile: usize) -> Self {
        self.world.log_on(self.profiles[profile]);
        self
    }

    pub(crate) fn logs_off(mut self, profile: usize) -> Self {
        let mut effects = Effects::new();
        self.world.log_off(self.profiles[profile], &mut effects);
        self.take_in(effects);
        self
    }

    /// Opens what is due, at this place.
    pub(crate) fn opens_round(mut self, place: usize) -> Self {
        let (round, mut effects) = (self.due.remove(place), Effects::new());
        self.world.open_round(round, &mut effects);
        self.take_in(effects);
        self
    }

    /// Begins the next `Notify` of the round of a transition, by its place among those that have begun.
    pub(crate) fn notifies(self, transition: usize) -> Self {
        let round = self.begun[transition];
        self.notifies_in(round)
    }

    /// Begins the next `Notify` of a round.
    pub(crate) fn notifies_in(mut self, round: RoundId) -> Self {
        let mut effects = Effects::new();
        let delivery = self.world.next_delivery(round, &mut effects);
        self.inside.push(delivery.expect("somebody is left").id);
        self.take_in(effects);
        self
    }

    /// Lets a registration come next in the round of a transition.
    pub(crate) fn brings_forward(mut self, transition: usize, registration: usize) -> Self {
        let round = self.begun[transition];
        self.world.bring_forward(round, self.tokens[registration]);
        self
    }

    /// The innermost `Notify` returns.
    pub(crate) fn returns(mut self) -> Self {
        let id = self.inside.pop().expect("one runs");
        let mut effects = Effects::new();
        self.world.delivered(id, &mut effects);
        self.take_in(effects);
        self
    }

    /// Plays all that is due to its end.
    pub(crate) fn plays_out(mut self) -> Self {
        while !self.due.is_empty() {
            let round = self.due[0];
            self = self.opens_round(0);
            while self.world.is_open(round) {
                let mut effects = Effects::new();
                if let Some(delivery) = self.world.next_delivery(round, &mut effects) {
                    self.world.delivered(delivery.id, &mut effects);
                }
                self.take_in(effects);
            }
        }
        self
    }

    /// The nth Advise from now on is to fail.
    pub(crate) fn will_fail(mut self, nth: u32) -> Self {
        let failure = CallFailure {
            client: self.client,
            function: Function::Advise,
            nth,
            returns: E_FAIL,
        };
        self.world.fail(failure).expect("it can fail so");
        self
    }

    pub(crate) fn takes_failures_back(mut self) -> Self {
        self.world.clear_failures();
        self
    }

    /// The process ends.
    pub(crate) fn ends(mut self) -> Self {
        self.world.end_process();
        self
    }

    /// Administers the profiles.
    pub(crate) fn administers(mut self, call: ProfileCall<&str>) -> Self {
        let _ = self.call(Call::Profile(call));
        self
    }
}
