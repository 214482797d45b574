//! The emulated machine behind every interface pointer: it carries out the effects, calls the
//! clients, and is never borrowed while it does.

use std::cell::{Cell, Ref, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use mapi_offline_com::mapi::{LiveObjects, SharedSession};
use mapi_offline_com::{Asking, ClientCallback, Doors, NotifyMemory};
use mapi_offline_core::{
    Call, Caller, ClientId, Effects, Finding, Function, NotifyId, ObjectId, Reply, SessionEnd,
    ShutdownMethod, State, WaitId, World,
};
use mapi_offline_driver::{
    Beliefs, Event, Livelock, Micros, Move, ObjectNames, Observer, ObserverPanic, PendingRequests,
    Reporter, Stacks, VirtualDriver,
};
use mapi_offline_sys::{E_FAIL, HRESULT};

use super::callbacks::Callbacks;
use super::client_call::ClientCall;
use super::initialization::Initialization;
use super::machine_names::MachineNames;
use super::scenario_under_way::ScenarioUnderWay;
use crate::client_code::{self, Depth};
use crate::disconnects::Disconnects;
use crate::providers::Providers;

/// The emulated machine. Every field is borrowed for moments only.
pub(crate) struct Machine {
    pub(super) this: Weak<Self>,
    pub(super) driver: RefCell<VirtualDriver<ClientCallback>>,
    pub(super) reporter: RefCell<Reporter<'static>>,
    observer_panic: ObserverPanic,
    pub(super) names: RefCell<ObjectNames>,
    /// The clients' names, by id.
    pub(super) clients: RefCell<Vec<String>>,
    /// Who calls when nobody else is named.
    nobody: Cell<ClientId>,
    /// On whose behalf calls are made now.
    pub(super) current: Cell<ClientId>,
    /// The `Notify` calls that the calls made now are inside of.
    pub(super) inside: RefCell<Vec<NotifyId>>,
    /// What `inside` was before each `Notify` that has not returned.
    pub(super) outside: RefCell<Vec<Vec<NotifyId>>>,
    /// The calls of clients' code that have not returned.
    pub(super) calls: RefCell<Vec<ClientCall>>,
    doors: Doors<Self>,
    pub(super) keeps_zombies: bool,
    pub(super) memory: RefCell<NotifyMemory>,
    pub(super) beliefs: RefCell<Beliefs>,
    /// The requests that got E_PENDING.
    pub(super) requests: RefCell<PendingRequests>,
    pub(super) livelock: RefCell<Livelock>,
    /// The waits that are over, until somebody asks.
    pub(super) over: RefCell<BTreeMap<WaitId, HRESULT>>,
    pub(super) callbacks: RefCell<Callbacks>,
    /// The interfaces of MAPI itself that are alive.
    pub(crate) live: LiveObjects,
    /// How often MAPI was initialised.
    pub(super) initialization: Initialization,
    /// The MAPI session that logons share.
    pub(crate) shared: SharedSession,
    /// The scenario that is being played.
    pub(super) played: RefCell<Option<ScenarioUnderWay>>,
    /// What clients do when they disconnect.
    pub(super) disconnects: RefCell<Disconnects<dyn FnOnce()>>,
    /// The MAPI providers among them.
    pub(super) providers: RefCell<Providers<dyn FnMut(ShutdownMethod) -> HRESULT>>,
    /// Who puts the clients' stacks aside, under exploration.
    pub(super) stacks: Option<Rc<dyn Stacks>>,
    /// How many times effects are being carried out, one inside the other: what clients call
    /// then belongs to the call that caused it.
    pub(super) carrying: Cell<u32>,
}

/// What belongs to one stack: on whose behalf it calls, and what it is inside of.
pub(super) struct Stack {
    current: ClientId,
    inside: Vec<NotifyId>,
    outside: Vec<Vec<NotifyId>>,
    calls: Vec<ClientCall>,
    carrying: u32,
    asking: Asking,
    depth: Depth,
}

impl Machine {
    pub(super) fn new(
        driver: VirtualDriver<ClientCallback>,
        observer: Option<Box<dyn Observer>>,
        keeps_zombies: bool,
        stacks: Option<Rc<dyn Stacks>>,
    ) -> Rc<Self> {
        let observer_panic = ObserverPanic::default();
        let contain = |observer| Box::new(observer_panic.contain(observer)) as Box<_>;
        let reporter = RefCell::new(Reporter::new(observer.map(contain)));
        Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            driver: RefCell::new(driver),
            reporter,
            observer_panic,
            names: RefCell::default(),
            clients: RefCell::new(vec!["client".to_owned()]),
            nobody: Cell::new(ClientId(0)),
            current: Cell::new(ClientId(0)),
            inside: RefCell::default(),
            outside: RefCell::default(),
            calls: RefCell::default(),
            doors: Doors::default(),
            keeps_zombies,
            memory: RefCell::default(),
            beliefs: RefCell::default(),
            requests: RefCell::default(),
            livelock: RefCell::default(),
            over: RefCell::default(),
            callbacks: RefCell::default(),
            live: LiveObjects::default(),
            initialization: Initialization::default(),
            shared: SharedSession::default(),
            played: RefCell::default(),
            disconnects: RefCell::default(),
            providers: RefCell::default(),
            stacks,
            carrying: Cell::new(0),
        })
    }

    pub(crate) const fn doors(&self) -> &Doors<Self> {
        &self.doors
    }

    pub(super) fn world(&self) -> Ref<'_, World<ClientCallback>> {
        Ref::map(self.driver.borrow(), |driver| &driver.world)
    }

    pub(super) fn now(&self) -> Micros {
        self.driver.borrow().now()
    }

    /// The client of that name; it is made if there is none.
    pub(super) fn client(&self, name: &str) -> ClientId {
        let mut clients = self.clients.borrow_mut();
        let known = clients.iter().position(|client| client == name);
        let index = known.unwrap_or_else(|| {
            clients.push(name.to_owned());
            clients.len() - 1
        });
        ClientId(index as u32)
    }

    /// On whose behalf calls are made now.
    pub(crate) const fn current_client(&self) -> ClientId {
        self.current.get()
    }

    /// Goes on with the panic of an observer in the test, which calls or waits; a callback, of this Outlook
    /// or of another, is not the test.
    pub(super) fn resume_observer_panic(&self) {
        if !self.is_in_a_call() && !client_code::is_running() {
            self.observer_panic.resume();
        }
    }

    /// From now on who calls, and is not named, is this client.
    pub(super) fn set_nobody(&self, client: ClientId) {
        self.nobody.set(client);
        self.current.set(client);
    }

    /// Who calls when nobody else is named.
    pub(super) const fn nobody(&self) -> ClientId {
        self.nobody.get()
    }

    /// Returns true when a `Notify` is running.
    pub(super) fn is_notifying(&self) -> bool {
        !self.inside.borrow().is_empty()
    }

    /// From now on calls are made on behalf of `client`. Gives back the name of the one before.
    pub(super) fn switch_client(&self, client: ClientId) -> String {
        let before = self.current.replace(client);
        self.name_of(before)
    }

    /// Runs `code` on behalf of `client`.
    pub(super) fn on_behalf_of<T>(&self, client: ClientId, code: impl FnOnce() -> T) -> T {
        /// Puts back who it was, also when `code` panics.
        struct Back<'a>(&'a Cell<ClientId>, ClientId);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                self.0.set(self.1);
            }
        }
        let _back = Back(&self.current, self.current.replace(client));
        code()
    }

    /// Makes a call with `make`, which says whether it waited, and tells of it. `call`: what is told.
    /// Under exploration others may go first.
    pub(crate) fn make_and_tell<'c>(
        &self,
        function: Function,
        call: impl FnOnce() -> Call<'c>,
        make: impl FnOnce() -> (Reply, bool),
    ) -> Reply {
        self.ask_explorer(function, true);
        self.find_refused_calls();
        if !self.is_observed() {
            return make().0;
        }
        let (client, call) = (self.current.get(), call());
        self.tell(Event::Call {
            client,
            call: &call,
        });
        let (reply, waited) = make();
        self.tell(Event::Return {
            client,
            function,
            reply,
            waited,
        });
        reply
    }

    /// Tells the observer, if there is one.
    pub(super) fn tell(&self, event: Event<'_>) {
        if self.is_observed() {
            let mut reporter = self.reporter.borrow_mut();
            reporter.tell(self.now(), event, &self.machine_names());
        }
    }

    fn machine_names(&self) -> MachineNames<'_> {
        MachineNames {
            clients: self.clients.borrow(),
            objects: self.names.borrow(),
        }
    }

    /// Makes one call of the world and carries its effects out. A round that is to be delivered
    /// before the call returns has been delivered then (SET-11).
    pub(crate) fn call<T>(
        &self,
        call: impl FnOnce(&mut World<ClientCallback>, Caller<'_>, &mut Effects<ClientCallback>) -> T,
    ) -> T {
        let mut effects = Effects::new();
        let answer = {
            if !self.is_in_a_call() {
                self.livelock.borrow_mut().reset();
            }
            let inside = self.inside.borrow();
            let caller = Caller {
                client: self.current.get(),
                inside: &inside,
            };
            call(&mut self.driver.borrow_mut().world, caller, &mut effects)
        };
        self.carry_out(effects);
        answer
    }

    /// Makes one call of the API.
    #[inline]
    pub(crate) fn make(&self, call: Call<'_, ClientCallback>) -> Reply {
        self.call(|world, caller, effects| world.call(caller, call, effects))
    }

    /// Returns true when this stack is in the middle of a call or of a `Notify`.
    pub(super) fn is_in_a_call(&self) -> bool {
        self.carrying.get() > 0 || self.is_notifying()
    }

    /// This stack is put aside: what comes now is on nobody's behalf and inside of nothing.
    pub(super) fn leave_stack(&self) -> Stack {
        Stack {
            current: self.current.replace(self.nobody.get()),
            inside: self.inside.take(),
            outside: self.outside.take(),
            calls: self.calls.take(),
            carrying: self.carrying.replace(0),
            asking: Asking::take(),
            depth: Depth::take(),
        }
    }

    /// The stack that was put aside goes on.
    pub(super) fn go_on_with(&self, stack: Stack) {
        self.current.set(stack.current);
        self.inside.replace(stack.inside);
        self.outside.replace(stack.outside);
        self.calls.replace(stack.calls);
        self.carrying.set(stack.carrying);
        stack.asking.put();
        stack.depth.put();
    }

    /// Runs `code`, which carries effects out. It gets whether a client's code made them.
    pub(super) fn while_carrying_out(&self, code: impl FnOnce(bool)) {
        /// Counts down, also when a client's code panics.
        struct Carried<'a>(&'a Cell<u32>);
        impl Drop for Carried<'_> {
            fn drop(&mut self) {
                self.0.set(self.0.get().saturating_sub(1));
            }
        }
        let outer = self.carrying.get();
        self.carrying.set(outer + 1);
        let _carried = Carried(&self.carrying);
        code(outer > 0);
    }

    /// Returns true when there is an observer.
    pub(super) fn is_observed(&self) -> bool {
        self.reporter.borrow().is_observed()
    }

    pub(crate) fn found(&self, finding: Finding) {
        let mut reporter = self.reporter.borrow_mut();
        reporter.found(self.now(), finding, &self.machine_names());
    }

    /// Reports, when all is quiet, the clients that believe something else than is.
    pub(super) fn find_stale_beliefs(&self) {
        let stale = {
            let names = self.names.borrow();
            let beliefs = self.beliefs.borrow();
            beliefs.stale(&self.world(), &names)
        };
        self.found_unless_known(stale);
    }

    /// Reports the clients that believe something else than is, those that know nothing, and those whose request is
    /// lost, when all is quiet and no client has anything left to do but to disconnect.
    pub(super) fn find_what_was_missed(&self) {
        self.find_stale_beliefs();
        let missed = {
            let (world, names) = (self.world(), self.names.borrow());
            let mut missed = self.beliefs.borrow().never_learned(&world, &names);
            missed.extend(self.requests.borrow().lost(&world, &names));
            missed
        };
        self.found_unless_known(missed);
    }

    /// Tells of findings, each once for a client.
    fn found_unless_known(&self, findings: Vec<Finding>) {
        for finding in findings {
            let client = finding.client.map(|client| self.name_of(client));
            let is_known = self.reporter.borrow().findings().iter().any(|known| {
                (known.id, &known.client, &known.detail) == (finding.id, &client, &finding.detail)
            });
            if !is_known {
                self.found(finding);
            }
        }
    }

    /// Who calls now has learned that `object` is in `state`.
    pub(super) fn learns(&self, object: ObjectId, state: State) {
        let client = self.current.get();
        self.beliefs.borrow_mut().learn(client, object, state);
    }

    /// Lets the machine go on until the wait is over.
    pub(super) fn wait_for(&self, wait: WaitId) -> HRESULT {
        loop {
            let over = self.over.borrow_mut().remove(&wait);
            if let Some(hr) = over {
                return hr;
            }
            if self.wait_aside(wait) {
                continue;
            }
            if !self.turn(None) {
                return E_FAIL;
            }
        }
    }

    /// Lets the machine go on until nothing is left that could happen.
    pub(super) fn run_until_idle(&self) {
        while !self.livelock.borrow().is_reached() && self.turn(None) {}
        self.find_own_panics();
        self.find_stale_beliefs();
    }

    /// Lets the machine go on until `time`.
    pub(super) fn run_until(&self, time: Micros) {
        while !self.livelock.borrow().is_reached() && self.turn(Some(time)) {}
        self.driver.borrow_mut().pass_to(time);
    }

    /// Plays one move, if there is one that is due by `time`.
    pub(super) fn turn(&self, time: Option<Micros>) -> bool {
        if self.plays_scenario() {
            return self.scenario_turn(time);
        }
        let next = {
            let mut driver = self.driver.borrow_mut();
            let Some(next) = driver.next_time() else {
                return false;
            };
            if time.is_some_and(|time| next > time) {
                return false;
            }
            driver.pass_to(next);
            driver.pick_move()
        };
        next.is_some_and(|next| {
            self.play(next);
            true
        })
    }

    /// Plays a move that is possible.
    pub(super) fn play(&self, next: Move) {
        match next {
            Move::Return { wait, hr } => {
                self.driver.borrow_mut().returned(wait);
                self.over.borrow_mut().insert(wait, hr);
            }
            Move::Open(round) => self.open(round),
            Move::Deliver(round) => {
                self.deliver(round, &[]);
            }
        }
    }

    /// The client's name.
    pub(super) fn name_of(&self, client: ClientId) -> String {
        self.clients.borrow()[client.0 as usize].clone()
    }

    /// Logs a profile on (HOST-2), and remembers how its global object is called.
    pub(super) fn log_on(&self, profile: mapi_offline_core::ProfileId) {
        self.driver.borrow_mut().world.log_on(profile);
        self.names.borrow_mut().log_on(&self.world(), profile);
    }

    /// Ends the session of a profile (LIFE-3).
    pub(super) fn end_session(&self, profile: mapi_offline_core::ProfileId, end: SessionEnd<'_>) {
        let mut effects = Effects::new();
        {
            let mut driver = self.driver.borrow_mut();
            driver.world.end_session(profile, end, &mut effects);
            driver.close_sessions();
        }
        self.carry_out(effects);
    }
}
