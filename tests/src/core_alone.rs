//! The arm that is nothing but the core: its effects are carried out here, at once and in their
//! order; what is due later waits in a queue of virtual time.

use std::cell::RefCell;
use std::collections::BTreeMap;

use mapi_offline_core::{
    AdviseArgs, Call, CallFailure, Caller, ClientId, Config, CreateArgs, CreateInfo, Delay,
    Delivery, Effect, Effects, Finding, Function, HostEvent, InterfaceId, Method, NotifyId,
    ObjectId, OpenArgs, Phase, ProfileId, ProfileRow, Reply, RoundId, SetArgs, Sizes, State, Token,
    WaitId, World,
};
use mapi_offline_driver::{Livelock, Messenger, Timekeeper, take_in};
use mapi_offline_sys::{HRESULT, S_OK};

use crate::abilities::{OwnReferences, Waits};
use crate::arm::{Arm, Callback, Event, Held, HeldBy, Interface, Reaction, Setup, Sink};
use crate::calls::{Admin, CreateCall, Row};

/// What happened, in the core's own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trace {
    /// A transition began.
    Begun(RoundId),
    /// A round was opened. `None`: it was one of noise.
    Opened(RoundId, Option<Phase>),
    /// A `Notify` begins.
    Notify(RoundId, Delivery<Callback>),
    /// It has returned.
    Notified(NotifyId, Callback),
    /// A round has ended.
    Ended(RoundId),
    /// An object's visible state changed.
    State(ObjectId, State, State),
    /// A registration's reference was released.
    Release(Callback),
    /// A finding.
    Finding(Finding),
}

/// The arm that is nothing but the core.
pub struct CoreAlone {
    inner: RefCell<Inner>,
}

struct Inner {
    world: World<Callback>,
    clients: u32,
    reactions: Vec<Reaction<CoreAlone>>,
    /// Virtual microseconds since the start.
    now: u64,
    /// What opens when; the second number keeps the order in which it became due.
    due: BTreeMap<(u64, u64), RoundId>,
    dues: u64,
    /// The rounds that are open, in the order in which they opened.
    open: Vec<RoundId>,
    /// The phase that a transition's round is in, or will open next.
    phases: BTreeMap<RoundId, Phase>,
    /// The `Notify` calls that are running, the outermost first.
    inside: Vec<NotifyId>,
    woken: BTreeMap<WaitId, HRESULT>,
    trace: Vec<Trace>,
}

/// Virtual microseconds.
const fn duration(delay: Delay) -> u64 {
    match delay {
        Delay::InCall | Delay::None => 0,
        Delay::Start => 1_000,
        Delay::Change => 20_000,
        Delay::Done => 5_000,
    }
}

impl CoreAlone {
    /// Looks at the world.
    pub fn world<T>(&self, look: impl FnOnce(&World<Callback>) -> T) -> T {
        look(&self.inner.borrow().world)
    }

    /// All that happened, in its order.
    #[must_use]
    pub fn trace(&self) -> Vec<Trace> {
        self.inner.borrow().trace.clone()
    }

    /// The `Notify` calls that are running, the outermost first.
    #[must_use]
    pub fn inside(&self) -> Vec<NotifyId> {
        self.inner.borrow().inside.clone()
    }

    /// Returns true when nothing is left to do.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let inner = self.inner.borrow();
        inner.due.is_empty() && inner.open.is_empty()
    }

    fn profile(&self, name: &str) -> Option<ProfileId> {
        self.world(|world| world.profiles().find(name))
    }

    /// Has the core do something, and carries out what comes of it.
    fn host_does<T>(
        &self,
        call: impl FnOnce(&mut World<Callback>, &mut Effects<Callback>) -> T,
    ) -> T {
        let mut effects = Effects::new();
        let answer = call(&mut self.inner.borrow_mut().world, &mut effects);
        self.carry_out(effects);
        self.forget_closed();
        answer
    }

    /// The same, for a call of a client's, from wherever it is made.
    fn makes(&self, client: ClientId, call: Call<'_, Callback>) -> Reply {
        let inside = self.inside();
        let caller = Caller {
            client,
            inside: &inside,
        };
        self.host_does(|world, effects| world.call(caller, call, effects))
    }

    /// The same, for a method.
    fn on(&self, on: HeldBy<Self>, method: Method<'_, Callback>) -> Reply {
        self.makes(on.client, Call::Method(on.object, method))
    }

    fn carry_out(&self, mut effects: Effects<Callback>) {
        let errands = take_in(&mut effects, &mut &*self);
        let in_call = errands.and_then(|errands| errands.carry_out(&mut &*self));
        if let Some(round) = in_call {
            self.inner.borrow_mut().phases.insert(round, Phase::Start);
            self.deliver_all(round);
        }
    }

    fn tell(&self, event: Trace) {
        self.inner.borrow_mut().trace.push(event);
    }

    fn deliver_all(&self, round: RoundId) {
        self.open(round);
        while self.world(|world| world.is_ready(round)) {
            self.deliver(round);
        }
    }

    fn open(&self, round: RoundId) {
        let mut inner = self.inner.borrow_mut();
        let phase = inner.phases.get(&round).copied();
        inner.trace.push(Trace::Opened(round, phase));
        inner.open.push(round);
        drop(inner);
        self.host_does(|world, effects| world.open_round(round, effects));
    }

    /// Delivers one notification of an open round.
    fn deliver(&self, round: RoundId) {
        let delivery = self.host_does(|world, effects| world.next_delivery(round, effects));
        let Some(delivery) = delivery else { return };
        let (id, callback, notification) = (delivery.id, delivery.callback, delivery.notification);
        let mut inner = self.inner.borrow_mut();
        inner.trace.push(Trace::Notify(round, delivery));
        inner.inside.push(id);
        let reaction = inner.reactions[callback.0 as usize].clone();
        drop(inner);
        reaction(self, &notification);
        let mut inner = self.inner.borrow_mut();
        inner.inside.pop();
        inner.trace.push(Trace::Notified(id, callback));
        drop(inner);
        self.host_does(|world, effects| world.delivered(id, effects));
    }

    fn forget_closed(&self) {
        let inner = &mut *self.inner.borrow_mut();
        let (world, trace) = (&inner.world, &mut inner.trace);
        inner.open.retain(|&round| {
            let is_open = world.is_open(round);
            if !is_open {
                trace.push(Trace::Ended(round));
            }
            is_open
        });
    }

    /// Goes on until the waiting call is woken.
    fn wait(&self, wait: WaitId) -> HRESULT {
        loop {
            if let Some(hr) = self.inner.borrow_mut().woken.remove(&wait) {
                return hr;
            }
            assert!(self.step(), "deadlock: a call waits, and nothing is left");
        }
    }
}

impl Inner {
    fn becomes_due(&mut self, round: RoundId, delay: Delay) {
        let phase = match delay {
            Delay::None => None,
            Delay::InCall | Delay::Start => Some(Phase::Start),
            Delay::Change => Some(Phase::StateChange),
            Delay::Done => Some(Phase::Done),
        };
        if let Some(phase) = phase {
            self.phases.insert(round, phase);
        }
        self.due
            .insert((self.now + duration(delay), self.dues), round);
        self.dues += 1;
    }
}

impl Timekeeper<Callback> for &CoreAlone {
    fn due(&mut self, round: RoundId, delay: Delay) {
        self.inner.borrow_mut().becomes_due(round, delay);
    }

    fn wake(&mut self, wait: WaitId, hr: HRESULT) {
        self.inner.borrow_mut().woken.insert(wait, hr);
    }

    fn livelock(&mut self) -> Option<&mut Livelock> {
        None
    }

    fn is_in_callback(&self) -> bool {
        false
    }

    fn tells_of(&self, _: &Effect<Callback>) -> bool {
        true
    }
}

impl Messenger<Callback> for &CoreAlone {
    fn release(&mut self, callback: Callback, _: ClientId) {
        self.tell(Trace::Release(callback));
    }

    fn found(&mut self, finding: Finding) {
        self.tell(Trace::Finding(finding));
    }

    fn state_changed(&mut self, object: ObjectId, old: State, new: State) {
        self.tell(Trace::State(object, old, new));
    }

    fn begun(&mut self, round: RoundId) {
        // What ended made way for what begins.
        self.forget_closed();
        self.tell(Trace::Begun(round));
    }
}

impl Arm for CoreAlone {
    type Object = ObjectId;
    type Table = Vec<ProfileRow>;
    const SIZES: Sizes = Sizes::BITS_64;

    fn new(setup: &Setup) -> Self {
        let config = Config {
            policy: setup.policy,
            seed: setup.seed,
            ..Config::default()
        };
        let mut world = World::new(config, setup.is_outlook);
        for profile in &setup.profiles {
            let id = world
                .add_profile(profile.name, profile.settings)
                .expect("a new profile");
            if profile.logged_on {
                world.log_on(id);
            }
        }
        Self {
            inner: RefCell::new(Inner {
                world,
                clients: 0,
                reactions: Vec::new(),
                now: 0,
                due: BTreeMap::new(),
                dues: 0,
                open: Vec::new(),
                phases: BTreeMap::new(),
                inside: Vec::new(),
                woken: BTreeMap::new(),
                trace: Vec::new(),
            }),
        }
    }

    fn client(&self, _name: &str) -> ClientId {
        let mut inner = self.inner.borrow_mut();
        inner.clients += 1;
        ClientId(inner.clients - 1)
    }

    fn callback(&self, reaction: Reaction<Self>) -> Callback {
        let reactions = &mut self.inner.borrow_mut().reactions;
        reactions.push(reaction);
        Callback(reactions.len() as u32 - 1)
    }

    fn forget(&self, _callback: Callback) {}

    fn open(&self, client: ClientId, args: &OpenArgs<'_>) -> Result<HeldBy<Self>, HRESULT> {
        let opened = self.makes(client, Call::HrOpenOfflineObj(args.clone()));
        let object = opened.object()?;
        Ok(Held { client, object })
    }

    fn create(
        &self,
        client: ClientId,
        call: &CreateCall<'_, ObjectId>,
    ) -> Result<HeldBy<Self>, HRESULT> {
        let args = CreateArgs {
            flags: call.flags,
            info: call.info.map(|info| CreateInfo {
                size: info.size,
                create_flags: info.create_flags,
                name: info.name,
                capabilities: info.capabilities,
                guid: info.guid,
                instance: info.instance,
                parent: info.parent.map(|parent| parent.object),
                aggregate: info.aggregate,
                connect_info: info.connect_info,
            }),
            out: call.out,
        };
        let object = self
            .makes(client, Call::HrCreateOfflineObj(args))
            .object()?;
        Ok(Held { client, object })
    }

    fn same_object(&self, one: HeldBy<Self>, other: HeldBy<Self>) -> bool {
        one.object == other.object
    }

    fn get_capabilities(&self, on: HeldBy<Self>, out: bool) -> Result<u32, HRESULT> {
        self.on(on, Method::GetCapabilities { out }).word()
    }

    fn get_current_state(&self, on: HeldBy<Self>, out: bool) -> Result<u32, HRESULT> {
        self.on(on, Method::GetCurrentState { out }).word()
    }

    fn set_current_state(&self, on: HeldBy<Self>, args: SetArgs) -> HRESULT {
        match self.on(on, Method::SetCurrentState(args)) {
            Reply::Waits(wait) => self.wait(wait),
            reply => reply.hresult(),
        }
    }

    fn advise(&self, on: HeldBy<Self>, args: &AdviseArgs, sink: Sink) -> Result<u32, HRESULT> {
        let callback = match sink {
            Sink::Callback(callback) => Some(callback),
            Sink::NoInterface => None,
        };
        let args = *args;
        let advised = self.on(on, Method::Advise { args, callback });
        advised.token().map(|token| token.0)
    }

    fn unadvise(&self, on: HeldBy<Self>, flags: u32, token: u32) -> HRESULT {
        let token = Token(token);
        self.on(on, Method::Unadvise { flags, token }).hresult()
    }

    fn placeholder(&self, on: HeldBy<Self>, slot: u32) -> HRESULT {
        self.on(on, Method::Placeholder { slot }).hresult()
    }

    fn query_interface(
        &self,
        on: HeldBy<Self>,
        interface: Interface,
    ) -> Result<HeldBy<Self>, HRESULT> {
        let interface = InterfaceId::from_iid(interface.iid());
        let hr = self.on(on, Method::QueryInterface(interface)).hresult();
        if hr.is_ok() { Ok(on) } else { Err(hr) }
    }

    fn add_ref(&self, on: HeldBy<Self>) -> u32 {
        self.on(on, Method::AddRef).count()
    }

    fn release(&self, on: HeldBy<Self>) -> u32 {
        self.on(on, Method::Release).count()
    }

    fn fail(&self, client: ClientId, function: Function, nth: u32, returns: HRESULT) {
        let failure = CallFailure {
            client,
            function,
            nth,
            returns,
        };
        let asked = self.inner.borrow_mut().world.fail(failure);
        asked.expect("a call that can fail so");
    }

    fn host(&self, profile: &str, event: HostEvent) {
        if let Some(profile) = self.profile(profile) {
            self.host_does(|world, effects| {
                world.host_event(profile, event, false, false, effects)
            });
        }
    }

    fn log_on(&self, profile: &str) {
        if let Some(profile) = self.profile(profile) {
            self.inner.borrow_mut().world.log_on(profile);
        }
    }

    fn log_off(&self, profile: &str) {
        if let Some(profile) = self.profile(profile) {
            self.host_does(|world, effects| world.log_off(profile, effects));
        }
    }

    fn administer(&self, call: Admin<'_>) -> HRESULT {
        call.on(self.inner.borrow_mut().world.profiles_mut())
    }

    fn profile_table(&self, app_flag: bool) -> Vec<ProfileRow> {
        self.world(|world| world.profiles().rows(app_flag))
    }

    fn rows(&self, table: &Vec<ProfileRow>) -> Vec<Row> {
        table.iter().map(Row::from).collect()
    }

    fn step(&self) -> bool {
        let inner = self.inner.borrow();
        let ready = inner
            .open
            .iter()
            .find(|&&round| inner.world.is_ready(round));
        let ready = ready.copied();
        drop(inner);
        if let Some(round) = ready {
            self.deliver(round);
            return true;
        }
        let mut inner = self.inner.borrow_mut();
        let Some(((time, _), round)) = inner.due.pop_first() else {
            return false;
        };
        inner.now = time;
        drop(inner);
        self.open(round);
        true
    }

    fn log(&self) -> Vec<Event> {
        let inner = self.inner.borrow();
        let seen = inner.trace.iter().filter_map(|event| match event {
            Trace::Notify(_, delivery) => {
                Some(Event::Notify(delivery.callback, delivery.notification))
            }
            Trace::Notified(_, callback) => Some(Event::Notified(*callback)),
            Trace::Release(callback) => Some(Event::Release(*callback)),
            Trace::Finding(finding) => Some(Event::Finding {
                id: finding.id,
                client: finding.client,
                detail: finding.detail.clone(),
            }),
            Trace::Begun(_) | Trace::Opened(..) | Trace::Ended(_) | Trace::State(..) => None,
        });
        seen.collect()
    }
}

impl Waits for CoreAlone {
    fn host_and_wait(&self, profile: &str, event: HostEvent) -> HRESULT {
        let caused = self.profile(profile).and_then(|profile| {
            self.host_does(|world, effects| world.host_event(profile, event, true, false, effects))
        });
        caused.map_or(S_OK, |wait| self.wait(wait))
    }
}

impl OwnReferences for CoreAlone {}
