//! Runs a scenario: plays the moves of the virtual driver and the steps of the file.
//!
//! A scripted client is data, not a thread: what it is in the middle of is a [`Strand`], a stack
//! of frames. A call that waits leaves its strand aside until it is let go, so any number of
//! calls can wait at once, in callbacks too.

use std::collections::BTreeMap;

use mapi_offline_core::{
    Caller, ClientId, Config, Delivery, Effect, Effects, Finding, NotifyId, ObjectId, Phase,
    ProfileId, RoundId, Sizes, State, StateChange, Token, WaitId, World,
};
use mapi_offline_sys::{HRESULT, S_OK};

use super::calls::Made;
use super::model::{Action, Condition, HostAction, Reaction, Scenario, ScriptCall, Trigger};
use super::outcome::Outcome;
use super::steps::Steps;
use crate::beliefs::Beliefs;
use crate::event::{Event, Observer};
use crate::livelock::Livelock;
use crate::names::ObjectNames;
use crate::schedule::Schedule;
use crate::teller::Teller;
use crate::virtual_driver::{Move, VirtualDriver};

/// The callback of a scripted registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Callback {
    pub(super) client: usize,
    /// The place among the client's registrations.
    pub(super) registration: usize,
}

/// A registration as its client knows it.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    pub(super) name: Option<String>,
    /// In traces: its name, or else its advise token.
    pub(super) label: String,
    pub(super) token: Token,
    /// The variable of the object that it was made on.
    pub(super) variable: Option<String>,
    /// Has the client not unadvised it?
    pub(super) live: bool,
    /// The references on its callback.
    pub(super) references: u32,
}

/// A scripted client, as far as it has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    /// Its object variables; the nameless one is what HrOpenOfflineObj without a name set.
    pub(super) objects: BTreeMap<Option<String>, ObjectId>,
    pub(super) registrations: Vec<Registration>,
    /// The state word that it read last.
    pub(super) word: Option<u32>,
    /// The supported notifications it got, if an expectation asks.
    pub(super) heard: Option<Vec<(usize, StateChange)>>,
}

/// What a client or the host is in the middle of.
#[derive(Clone, Debug)]
enum Frame<'s> {
    /// A step: not begun, or until what it does has returned.
    Step { index: usize, begun: bool },
    /// A call that waits; the wake says what it returns.
    Blocked { client: usize, call: &'s ScriptCall },
    /// A round that is delivered before the call returns.
    InCall {
        client: usize,
        call: &'s ScriptCall,
        round: RoundId,
        hr: HRESULT,
    },
    /// A `Notify`: the client's reactions from `next` on.
    Notify {
        callback: Callback,
        id: NotifyId,
        change: StateChange,
        next: usize,
    },
    /// The host quits: the DISCONNECT reactions from `next` on, client by client.
    Quit { client: usize, next: usize },
}

/// A stack of frames: one thread of the emulated machine.
#[derive(Clone, Debug, Default)]
struct Strand<'s> {
    frames: Vec<Frame<'s>>,
    /// The `Notify` calls that it is inside of.
    inside: Vec<NotifyId>,
}

/// A strand that waits.
#[derive(Clone, Debug)]
struct Waiting<'s> {
    /// It goes on when all of them have been let go.
    waits: Waits,
    /// What the last wake said.
    hr: HRESULT,
    strand: Strand<'s>,
}

/// Whom a strand has to wait for before it goes on; mostly nobody.
type Waits = Vec<WaitId>;

/// What goes next.
enum Choice {
    Move(Move),
    Step(usize),
}

pub(super) struct Engine<'s, 'o> {
    pub(super) scenario: &'s Scenario,
    pub(super) driver: VirtualDriver<Callback>,
    pub(super) clients: Vec<Client>,
    pub(super) object_names: ObjectNames,
    steps: Steps,
    waiting: Vec<Waiting<'s>>,
    pub(super) teller: Teller<'o>,
    pub(super) beliefs: Beliefs,
    pub(super) outcome: Outcome,
    /// The state of each profile's global object when it was last looked at, for expectations.
    pub(super) states: Vec<(String, State)>,
    livelock: Livelock,
    /// The host has quit, and nothing has logged on since.
    has_quit: bool,
    /// The effects of the call at hand; kept for its memory.
    pub(super) effects: Effects<Callback>,
}

impl<'s, 'o> Engine<'s, 'o> {
    pub(super) fn new(scenario: &'s Scenario, observer: Option<&'o mut dyn Observer>) -> Self {
        let config = Config {
            policy: scenario.policy,
            seed: scenario.seed,
            sizes: Sizes::BITS_64,
            own_references: true,
        };
        let mut world = World::new(config, scenario.environment.is_outlook);
        for profile in &scenario.profiles {
            // The checked scenario has valid names, each once: nothing is refused.
            if let Ok(id) = world.add_profile(&profile.name, profile.settings)
                && profile.is_default
            {
                let name = world.profiles().name(id).map(str::to_owned);
                let _ = world.profiles_mut().set_default(name.as_deref());
            }
        }
        let mut clients = vec![Client::default(); scenario.clients.len()];
        for block in scenario.expect.iter().chain(&scenario.always) {
            if let (Some(client), Some(_)) = (block.client, &block.notifications) {
                clients[client].heard = Some(Vec::new());
            }
        }
        let mut engine = Self {
            scenario,
            driver: VirtualDriver::new(world, Schedule::new(scenario.seed), scenario.environment),
            clients,
            object_names: ObjectNames::default(),
            steps: Steps::new(scenario),
            waiting: Vec::new(),
            teller: Teller::new(observer.map(|observer| Box::new(observer) as Box<dyn Observer>)),
            beliefs: Beliefs::default(),
            outcome: Outcome::default(),
            states: Vec::new(),
            livelock: Livelock::default(),
            has_quit: false,
            effects: Vec::new(),
        };
        let profiles: Vec<ProfileId> = engine.driver.world.profiles().ids().collect();
        for profile in profiles {
            engine.log_on(profile);
        }
        engine
    }

    /// Runs to the end.
    pub(super) fn run(mut self) -> Outcome {
        self.play();
        if !self.has_quit {
            self.quit();
            self.play();
        }
        let unfinished: Vec<usize> = self.steps.unfinished().collect();
        if let Some(&first) = unfinished.first() {
            self.fail_from(self.scenario.steps[first].line);
        }
        for index in unfinished {
            let step = &self.scenario.steps[index];
            if let Action::Client { client, call } = &step.action {
                self.fail_unless_reached(*client, call, "the step was never reached");
            }
        }
        self.report_leaked_callbacks();
        self.outcome.findings_left_out = self.teller.left_out();
        self.outcome.findings = self.teller.take_findings();
        self.check_blocks();
        self.outcome.failures.sort_by_key(|failure| failure.line);
        self.outcome.end = self.driver.now();
        self.outcome
    }

    /// Plays until nothing is left that could happen.
    fn play(&mut self) {
        while let Some(choice) = self.choose() {
            match choice {
                Choice::Step(index) => self.begin_step(index),
                Choice::Move(Move::Return { wait, hr }) => self.let_go(wait, hr),
                Choice::Move(Move::Open(round)) => {
                    let mut effects = std::mem::take(&mut self.effects);
                    self.driver.open(round, &mut effects);
                    self.carry_out(effects);
                }
                Choice::Move(Move::Deliver(round)) => {
                    let mut strand = Strand::default();
                    self.deliver(&mut strand, round);
                    self.go_on(strand, S_OK);
                }
            }
        }
    }

    /// What goes next; `None`: nothing is left.
    fn choose(&mut self) -> Option<Choice> {
        if self.livelock.is_reached() && !self.has_quit {
            return None;
        }
        let now = self.driver.now();
        let next_move = self.driver.next_time();
        let steps = if self.livelock.is_reached() {
            &[]
        } else {
            self.steps.ready()
        };
        let next_step = steps.iter().map(|&(time, _)| time.max(now)).min();
        let time = match (next_move, next_step) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b)?,
        };
        self.driver.pass_to(time);
        let due = steps.iter().filter(|&&(start, _)| start <= time);
        let mut due = due.map(|&(_, index)| Choice::Step(index));
        if self.driver.schedule.is_file_order() {
            return self
                .driver
                .first_move()
                .map(Choice::Move)
                .or_else(|| due.next());
        }
        let mut choices: Vec<Choice> = self.driver.moves().map(Choice::Move).collect();
        choices.extend(due);
        let picked = self.driver.schedule.pick(choices.len());
        Some(choices.swap_remove(picked))
    }

    fn begin_step(&mut self, index: usize) {
        self.livelock.reset();
        self.steps.start(index);
        let step = Frame::Step {
            index,
            begun: false,
        };
        let strand = Strand {
            frames: vec![step],
            inside: Vec::new(),
        };
        self.go_on(strand, S_OK);
    }

    /// One wait of a waiting strand is over.
    fn let_go(&mut self, wait: WaitId, hr: HRESULT) {
        self.driver.returned(wait);
        let Some(index) = self.waiting.iter().position(|w| w.waits.contains(&wait)) else {
            return;
        };
        let waiting = &mut self.waiting[index];
        waiting.waits.retain(|&other| other != wait);
        waiting.hr = hr;
        if waiting.waits.is_empty() {
            let waiting = self.waiting.remove(index);
            self.go_on(waiting.strand, waiting.hr);
        }
    }

    /// Goes on with a strand until it has ended or waits. `hr`: what a waiting call returns.
    fn go_on(&mut self, mut strand: Strand<'s>, hr: HRESULT) {
        while let Some(frame) = strand.frames.pop() {
            let waits = match frame {
                Frame::Step { index, begun } => self.step(&mut strand, index, begun),
                Frame::Blocked { client, call } => {
                    self.returned(client, call, hr);
                    Waits::new()
                }
                Frame::InCall {
                    client,
                    call,
                    round,
                    hr,
                } => {
                    if self.driver.world.is_ready(round) {
                        strand.frames.push(frame);
                        self.deliver(&mut strand, round);
                    } else {
                        self.returned(client, call, hr);
                    }
                    Waits::new()
                }
                Frame::Notify {
                    callback,
                    id,
                    change,
                    next,
                } => self.react(&mut strand, callback, id, change, next),
                Frame::Quit { client, next } => self.disconnect(&mut strand, client, next),
            };
            if !waits.is_empty() {
                self.waiting.push(Waiting { waits, hr, strand });
                return;
            }
        }
    }

    fn step(&mut self, strand: &mut Strand<'s>, index: usize, begun: bool) -> Waits {
        if begun {
            self.steps.finish(self.scenario, index, self.driver.now());
            return Waits::new();
        }
        strand.frames.push(Frame::Step { index, begun: true });
        match &self.scenario.steps[index].action {
            Action::Client { client, call } => self.call(strand, *client, call),
            Action::Host {
                event,
                profile,
                wait,
            } => self.host(strand, *event, profile.as_deref(), *wait),
        }
    }

    /// The client's next reaction, from `next` on, to what `matches` accepts; and its place.
    fn reaction(
        &self,
        client: usize,
        next: usize,
        matches: impl Fn(Trigger) -> bool,
    ) -> Option<(usize, &'s Reaction)> {
        let reactions = self.scenario.clients[client].on.iter().enumerate();
        reactions
            .skip(next)
            .find(|(_, reaction)| matches(reaction.trigger))
    }

    /// One reaction of a callback, or the end of its `Notify`.
    fn react(
        &mut self,
        strand: &mut Strand<'s>,
        callback: Callback,
        id: NotifyId,
        change: StateChange,
        next: usize,
    ) -> Waits {
        let matches = |trigger| match trigger {
            Trigger::Notify { phase, new } => {
                phase.is_none_or(|phase| phase == change.phase)
                    && new.is_none_or(|new| new == change.new)
            }
            Trigger::Disconnect => false,
        };
        let Some((place, reaction)) = self.reaction(callback.client, next, matches) else {
            strand.inside.pop();
            self.notified(callback, id);
            return Waits::new();
        };
        strand.frames.push(Frame::Notify {
            callback,
            id,
            change,
            next: place + 1,
        });
        self.call(strand, callback.client, &reaction.call)
    }

    /// One DISCONNECT reaction, or the next client, or at last the log-off (HOST-2).
    fn disconnect(&mut self, strand: &mut Strand<'s>, client: usize, next: usize) -> Waits {
        if client == self.clients.len() {
            for profile in self.profiles(None) {
                self.log_off(profile);
            }
            return Waits::new();
        }
        let disconnects = |trigger| matches!(trigger, Trigger::Disconnect);
        match self.reaction(client, next, disconnects) {
            Some((place, reaction)) => {
                let next = place + 1;
                strand.frames.push(Frame::Quit { client, next });
                self.call(strand, client, &reaction.call)
            }
            None => {
                let client = client + 1;
                strand.frames.push(Frame::Quit { client, next: 0 });
                Waits::new()
            }
        }
    }

    /// Delivers the next notification of a round, if anybody is left.
    fn deliver(&mut self, strand: &mut Strand<'s>, round: RoundId) {
        let mut effects = std::mem::take(&mut self.effects);
        let delivery = self.driver.world.next_delivery(round, &mut effects);
        self.carry_out(effects);
        let Some(delivery) = delivery else {
            self.driver.close_rounds();
            return;
        };
        self.outcome.notifications += 1;
        let callback = delivery.callback;
        self.show_notify(&delivery);
        let change = delivery.notification.state_change();
        if let Some(change) = change {
            self.learn(callback, delivery.object, change);
        }
        match change {
            Some(change) if !self.scenario.clients[callback.client].on.is_empty() => {
                strand.inside.push(delivery.id);
                strand.frames.push(Frame::Notify {
                    callback,
                    id: delivery.id,
                    change,
                    next: 0,
                });
            }
            _ => self.notified(callback, delivery.id),
        }
    }

    /// What a client learns from a notification.
    fn learn(&mut self, callback: Callback, object: ObjectId, change: StateChange) {
        if change.phase != Phase::Start {
            let id = ClientId(callback.client as u32);
            self.beliefs.learn(id, object, change.new);
        }
        if let Some(heard) = &mut self.clients[callback.client].heard {
            heard.push((callback.registration, change));
        }
    }

    fn notified(&mut self, callback: Callback, id: NotifyId) {
        if self.teller.is_observed() {
            let client = &self.scenario.clients[callback.client].name;
            let registration = &self.clients[callback.client].registrations[callback.registration];
            let registration = &registration.label;
            let event = Event::Notified {
                client,
                registration,
            };
            self.teller.tell(self.driver.now(), event);
        }
        let mut effects = std::mem::take(&mut self.effects);
        self.driver.world.delivered(id, &mut effects);
        self.driver.close_rounds();
        self.carry_out(effects);
    }

    /// Makes a call. The strand waits if it has to.
    fn call(&mut self, strand: &mut Strand<'s>, client: usize, call: &'s ScriptCall) -> Waits {
        let word = self.clients[client].word;
        let happens = match call.condition {
            None => true,
            Some(Condition::State(state)) => word.and_then(State::masked) == Some(state),
            Some(Condition::Raw(raw)) => word == Some(raw),
        };
        if !happens {
            return Waits::new();
        }
        let inside = std::mem::take(&mut strand.inside);
        let caller = Caller {
            client: ClientId(client as u32),
            inside: &inside,
        };
        let made = self.make(caller, client, call);
        strand.inside = inside;
        match made {
            Made::Skipped | Made::Returned => Waits::new(),
            Made::Waits(wait) => {
                strand.frames.push(Frame::Blocked { client, call });
                vec![wait]
            }
            Made::InCall { round, hr } => {
                let mut effects = std::mem::take(&mut self.effects);
                self.driver.open(round, &mut effects);
                self.carry_out(effects);
                strand.frames.push(Frame::InCall {
                    client,
                    call,
                    round,
                    hr,
                });
                Waits::new()
            }
        }
    }

    /// A call that had to wait, or to deliver first, returns.
    fn returned(&mut self, client: usize, call: &'s ScriptCall, hr: HRESULT) {
        self.conclude(client, call, hr, &[]);
    }

    /// The profiles that a host event is for: the one named, or all that are logged on.
    fn profiles(&self, name: Option<&str>) -> Vec<ProfileId> {
        match name {
            Some(name) => self
                .driver
                .world
                .profiles()
                .find(name)
                .into_iter()
                .collect(),
            None => self.driver.world.logged_on().collect(),
        }
    }

    /// Something happens to the host.
    fn host(
        &mut self,
        strand: &mut Strand<'s>,
        action: HostAction,
        profile: Option<&str>,
        wait: bool,
    ) -> Waits {
        let name = action.name();
        if profile.is_some_and(|name| self.profiles(Some(name)).is_empty()) {
            self.emit(Event::Skipped {
                actor: "host",
                function: name,
            });
            return Waits::new();
        }
        self.emit(Event::Host { event: name });
        match action {
            HostAction::Event(event) => {
                let mut waits = Waits::new();
                for profile in self.profiles(profile) {
                    let mut effects = std::mem::take(&mut self.effects);
                    let world = &mut self.driver.world;
                    waits.extend(world.host_event(profile, event, wait, &mut effects));
                    self.carry_out(effects);
                }
                waits
            }
            HostAction::LogOn => {
                let profiles = match profile {
                    Some(_) => self.profiles(profile),
                    None => self.driver.world.profiles().ids().collect(),
                };
                for profile in profiles {
                    self.log_on(profile);
                }
                Waits::new()
            }
            HostAction::LogOff => {
                self.find_stale_beliefs();
                for profile in self.profiles(profile) {
                    self.note_state(profile);
                    self.log_off(profile);
                }
                Waits::new()
            }
            HostAction::Quit => {
                self.before_quit();
                strand.frames.push(Frame::Quit { client: 0, next: 0 });
                Waits::new()
            }
        }
    }

    /// The end of the file: the host quits.
    fn quit(&mut self) {
        let mut strand = Strand::default();
        self.host(&mut strand, HostAction::Quit, None, false);
        self.go_on(strand, S_OK);
    }

    fn log_on(&mut self, profile: ProfileId) {
        self.has_quit = false;
        self.driver.world.log_on(profile);
        self.object_names.log_on(&self.driver.world, profile);
    }

    fn log_off(&mut self, profile: ProfileId) {
        let mut effects = std::mem::take(&mut self.effects);
        self.driver.world.log_off(profile, &mut effects);
        self.driver.close_sessions();
        self.carry_out(effects);
    }

    /// What is to be known before everything logs off.
    fn before_quit(&mut self) {
        self.has_quit = true;
        for profile in self.profiles(None) {
            self.note_state(profile);
        }
        self.find_stale_beliefs();
    }

    /// If all is quiet: who believes something else than is?
    fn find_stale_beliefs(&mut self) {
        if self.driver.next_time().is_some() {
            return;
        }
        let world = &self.driver.world;
        for stale in self.beliefs.stale(world, &self.object_names) {
            self.found(stale);
        }
    }

    fn note_state(&mut self, profile: ProfileId) {
        let world = &self.driver.world;
        let state = world
            .session_of(profile)
            .and_then(|session| session.state(session.global()?));
        let (Some(state), Some(name)) = (state, world.profiles().name(profile)) else {
            return;
        };
        let name = name.to_owned();
        self.states.retain(|(other, _)| *other != name);
        self.states.push((name, state));
    }

    /// Carries out what concerns clients; the driver has the rest. Gives back the round that is
    /// to be delivered before the call returns, if there is one.
    pub(super) fn carry_out(&mut self, mut effects: Effects<Callback>) -> Option<RoundId> {
        let mut in_call = None;
        for effect in effects.drain(..) {
            match self.driver.take(effect) {
                None | Some(Effect::Wake { .. }) => {}
                Some(Effect::Due { round, .. }) => in_call = Some(round),
                Some(Effect::Begun { from_notify, .. }) => self.count_transition(from_notify),
                Some(Effect::State { object, old, new }) => {
                    let object = self.object_names.get(object);
                    self.teller.tell_state(self.driver.now(), object, old, new);
                }
                Some(Effect::Release { callback, .. }) => self.release_callback(callback),
                Some(Effect::Finding(finding)) => self.found(finding),
            }
        }
        self.effects = effects;
        in_call
    }

    fn count_transition(&mut self, from_notify: bool) {
        self.outcome.transitions += 1;
        let waiting = self.steps.unfinished().next().is_some();
        if from_notify && let Some(finding) = self.livelock.begun(waiting) {
            self.found(finding);
        }
    }

    fn release_callback(&mut self, callback: Callback) {
        let registration = &mut self.clients[callback.client].registrations[callback.registration];
        registration.references -= 1;
        let refs = registration.references;
        let client = &self.scenario.clients[callback.client].name;
        self.emit(Event::Release { client, refs });
    }

    pub(super) fn found(&mut self, finding: Finding) {
        let client = finding
            .client
            .map(|client| self.scenario.clients[client.0 as usize].name.as_str());
        self.teller.found(self.driver.now(), finding, client);
    }

    fn show_notify(&mut self, delivery: &Delivery<Callback>) {
        if self.teller.is_observed() {
            let Callback {
                client,
                registration,
            } = delivery.callback;
            self.teller.tell_notify(
                self.driver.now(),
                &self.scenario.clients[client].name,
                &self.clients[client].registrations[registration].label,
                &delivery.notification,
            );
        }
    }

    /// Shows an event to the observer, if there is one.
    pub(super) fn emit(&mut self, event: Event<'_>) {
        self.teller.tell(self.driver.now(), event);
    }
}
