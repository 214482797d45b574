//! Runs a scenario: plays the moves of the virtual driver and the steps of the file.

use mapi_offline_core::{
    Caller, ClientId, Config, Delay, Effect, Effects, Exact, Finding, FindingId, NotifyId,
    ObjectId, Phase, Policy, ProfileId, Reply, RoundId, Sizes, State, StateChange, WaitId, World,
};
use mapi_offline_driver::{
    Beliefs, Environment, Event, HostAction, Livelock, Messenger, Move, ObjectNames,
    RegistrationId, ShortList, TieBreaker, Timekeeper, VirtualDriver, take_in,
};
use mapi_offline_sys::{HRESULT, S_OK};
use smallvec::SmallVec;

use super::audience::Audience;
use super::calls::Made;
use super::canonical;
use super::free_order::{Free, Setting};
use super::names::ScriptNames;
use super::outcome::Outcome;
use super::state::{
    Callback, Engine, Next, Order, ScriptedClient, Strand, StrandFrame, WaitingStrand, Waits,
};
use super::steps::Steps;
use crate::model::{Action, Condition, Expectation, Line, Reaction, Scenario, ScriptCall, Trigger};

/// So many rounds of noise reach the clients of a play in free order. There each may come at any
/// time, so that two show what noise can do; and were there one at every transition, clients that
/// switch back and forth would come to ever new worlds.
const NOISE_MAX: u8 = 2;

impl<'s, A: Audience> Engine<'s, A> {
    /// A scenario that goes by the times in its file.
    pub(super) fn new(scenario: &'s Scenario, audience: A) -> Self {
        let steps = Order::File(Steps::new(scenario));
        Self::begin(scenario, scenario.policy, audience, steps)
    }

    /// One that goes as an explorer decides (see [`super::Play`]).
    pub(super) fn free(setting: Setting<'s>, audience: A) -> Self {
        let steps = Order::Free(Free::new(setting.scenario, setting.kept));
        Self::begin(setting.scenario, setting.policy, audience, steps)
    }

    fn begin(scenario: &'s Scenario, policy: Policy, audience: A, steps: Order<'s>) -> Self {
        let free = matches!(steps, Order::Free(_));
        let config = Config {
            policy,
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
        let mut clients = vec![ScriptedClient::default(); scenario.clients.len()];
        let expect: &[Expectation] = if free { &[] } else { &scenario.expect };
        for block in expect.iter().chain(&scenario.always) {
            if let (Some(client), Some(_)) = (block.client, &block.notifications) {
                clients[client].heard = Some(Vec::new());
            }
        }
        let mut blocks = expect.iter().chain(&scenario.always);
        let notes_states = blocks.any(|block| block.state.is_some());
        let (environment, seed) = if free {
            (Environment::instant(scenario.environment.is_outlook), 0)
        } else {
            (scenario.environment, scenario.seed)
        };
        let mut engine = Self {
            scenario,
            driver: VirtualDriver::new(world, TieBreaker::new(seed), environment),
            clients,
            object_names: ObjectNames::default(),
            steps,
            waiting: Vec::new(),
            audience,
            beliefs: Beliefs::default(),
            outcome: Outcome::default(),
            states: Vec::new(),
            notes_states,
            exact: if free {
                canonical::exactness(scenario)
            } else {
                Exact::default()
            },
            finals: ShortList::default(),
            noise_left: free.then_some(NOISE_MAX),
            livelock: if free {
                Livelock::explored()
            } else {
                Livelock::default()
            },
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
        self.conclude_all()
    }

    /// What came of it, now that it is over.
    pub(super) fn conclude_all(mut self) -> Outcome {
        self.check_reached();
        self.report_leaked_callbacks();
        (self.outcome.findings, self.outcome.findings_left_out) = self.audience.take_findings();
        self.check_blocks();
        self.outcome.failures.sort_by_key(|failure| failure.line);
        self.outcome.end = self.driver.now();
        self.outcome
    }

    /// A step that was not reached fails what is expected of it.
    fn check_reached(&mut self) {
        let Order::File(steps) = &self.steps else {
            return;
        };
        let unfinished: Vec<usize> = steps.unfinished().collect();
        if let Some(&first) = unfinished.first() {
            self.fail_from(self.scenario.steps[first].line);
        }
        for index in unfinished {
            let step = &self.scenario.steps[index];
            if let Action::Client { client, call } = &step.action {
                self.fail_unless_reached(*client, call, "the step was never reached");
            }
        }
    }

    /// Plays until nothing is left that could happen.
    fn play(&mut self) {
        while let Some(choice) = self.choose() {
            match choice {
                Next::Move(Move::Deliver(round)) if self.driver.goes_on_with(round) => {
                    self.deliver_on(round);
                }
                choice => self.take(choice),
            }
        }
    }

    /// A round goes on as long as nothing comes before it.
    fn deliver_on(&mut self, round: RoundId) {
        while self.driver.goes_on_with(round) && !self.is_given_up() {
            self.deliver_to_idle(round);
            if self.driver.goes_on_with(round) {
                self.take(Next::Move(Move::Deliver(round)));
            }
        }
    }

    /// Delivers to the next clients of the round that do nothing, in one go if nobody looks on.
    fn deliver_to_idle(&mut self, round: RoundId) {
        if self.audience.is_observed() {
            return;
        }
        let mut effects = std::mem::take(&mut self.effects);
        let (specs, outcome) = (&self.scenario.clients, &mut self.outcome);
        let (clients, beliefs) = (&mut self.clients, &mut self.beliefs);
        let world = &mut self.driver.world;
        world.deliver_while(round, &mut effects, |&callback, object, notification| {
            if let Some(change) = notification.state_change() {
                if specs[callback.client].reacts_to_notify() {
                    return false;
                }
                learn(beliefs, clients, callback, object, change);
            }
            outcome.notifications += 1;
            true
        });
        self.driver.close_rounds();
        self.carry_out(effects);
    }

    /// What goes next goes.
    pub(super) fn take(&mut self, choice: Next) {
        match choice {
            Next::Step(index) => self.begin_step(index),
            Next::Move(Move::Return { wait, hr }) => self.let_go(wait, hr),
            Next::Move(Move::Open(round)) => {
                let mut effects = std::mem::take(&mut self.effects);
                self.driver.open(round, &mut effects);
                self.carry_out(effects);
            }
            Next::Move(Move::Deliver(round)) => {
                let mut strand = Strand::default();
                self.deliver(&mut strand, round);
                if !strand.frames.is_empty() {
                    self.go_on(strand, S_OK);
                }
            }
        }
    }

    /// Has the run been given up for a livelock?
    pub(super) const fn is_given_up(&self) -> bool {
        self.livelock.is_reached() && !self.has_quit
    }

    /// Has the host quit?
    pub(super) const fn has_quit(&self) -> bool {
        self.has_quit
    }

    /// In free order: is anything possible?
    pub(super) fn is_possible(&self) -> bool {
        let Order::Free(steps) = &self.steps else {
            return false;
        };
        !self.is_given_up() && (steps.is_any_ready() || self.driver.first_move().is_some())
    }

    /// Nothing is possible: who waits, waits for ever (finding `deadlock`).
    pub(super) fn find_deadlocks(&mut self) {
        if self.is_given_up() {
            return;
        }
        let waiting: SmallVec<[Finding; 1]> = self
            .waiting
            .iter()
            .filter_map(|waiting| match waiting.strand.frames.last() {
                Some(StrandFrame::Blocked { client, call }) => Some(Finding {
                    id: FindingId::Deadlock,
                    client: Some(ClientId(*client as u32)),
                    rule: "SET-3",
                    detail: format!(
                        "its {} waits, and nothing is left that could happen",
                        call.call.function()
                    ),
                }),
                _ => None,
            })
            .collect();
        for finding in waiting {
            self.found(finding);
        }
    }

    /// What goes next; `None`: nothing is left.
    fn choose(&mut self) -> Option<Next> {
        if self.is_given_up() {
            return None;
        }
        let now = self.driver.now();
        let next_move = self.driver.next_time();
        let steps = match &self.steps {
            Order::File(steps) if !self.livelock.is_reached() => steps.ready(),
            _ => &[],
        };
        let next_step = steps.iter().map(|&(time, _)| time.max(now)).min();
        let time = match (next_move, next_step) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b)?,
        };
        self.driver.pass_to(time);
        let due = steps.iter().filter(|&&(start, _)| start <= time);
        let mut due = due.map(|&(_, index)| Next::Step(index));
        if self.driver.schedule.is_file_order() {
            return self
                .driver
                .first_move()
                .map(Next::Move)
                .or_else(|| due.next());
        }
        let mut choices: Vec<Next> = self.driver.moves().map(Next::Move).collect();
        choices.extend(due);
        let picked = self.driver.schedule.pick(choices.len());
        Some(choices.swap_remove(picked))
    }

    fn begin_step(&mut self, index: usize) {
        self.livelock.reset();
        match &mut self.steps {
            Order::File(steps) => steps.start(index),
            Order::Free(steps) => steps.start(self.scenario, index),
        }
        let mut strand = Strand::default();
        let waits = self.act(&mut strand, index);
        if waits.is_empty() && strand.frames.is_empty() {
            return self.finish_step(index);
        }
        strand.frames.insert(0, StrandFrame::Step { index });
        if waits.is_empty() {
            self.go_on(strand, S_OK);
        } else {
            let hr = S_OK;
            self.waiting.push(WaitingStrand { waits, hr, strand });
        }
    }

    /// One wait of a waiting strand is over.
    fn let_go(&mut self, wait: WaitId, hr: HRESULT) {
        self.driver.returned(wait);
        let Some(index) = self.waiting.iter().position(|w| w.waits.contains(&wait)) else {
            return;
        };
        let waiting = &mut self.waiting[index];
        waiting.waits.retain(|other| *other != wait);
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
                StrandFrame::Step { index } => {
                    self.finish_step(index);
                    Waits::new()
                }
                StrandFrame::Blocked { client, call } => {
                    self.conclude(client, call, Reply::Returns(hr), true);
                    Waits::new()
                }
                StrandFrame::InCall {
                    client,
                    call,
                    round,
                    hr,
                } => {
                    if self.driver.world.is_ready(round) {
                        strand.frames.push(frame);
                        self.deliver(&mut strand, round);
                    } else {
                        self.conclude(client, call, Reply::Returns(hr), false);
                    }
                    Waits::new()
                }
                StrandFrame::Notify {
                    callback,
                    id,
                    change,
                    next,
                } => self.react(&mut strand, callback, id, change, next),
                StrandFrame::Quit { client, next } => self.disconnect(&mut strand, client, next),
            };
            if !waits.is_empty() {
                self.waiting.push(WaitingStrand { waits, hr, strand });
                return;
            }
        }
    }

    /// What a step does has returned.
    fn finish_step(&mut self, index: usize) {
        match &mut self.steps {
            Order::File(steps) => steps.finish(self.scenario, index, self.driver.now()),
            Order::Free(steps) => steps.finish(self.scenario, index),
        }
    }

    /// Does what a step does.
    fn act(&mut self, strand: &mut Strand<'s>, index: usize) -> Waits {
        match &self.scenario.steps[index].action {
            Action::Client { client, call } => self.call(strand, *client, call),
            Action::Host {
                event,
                profile,
                wait,
            } => {
                let line = Some(self.scenario.steps[index].line);
                self.host(strand, (*event, line), profile.as_deref(), *wait)
            }
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
        strand.frames.push(StrandFrame::Notify {
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
                strand.frames.push(StrandFrame::Quit { client, next });
                self.call(strand, client, &reaction.call)
            }
            None => {
                let client = client + 1;
                strand.frames.push(StrandFrame::Quit { client, next: 0 });
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
        let registration = RegistrationId {
            object: delivery.object,
            token: delivery.token,
        };
        self.emit(Event::Notify {
            client: delivery.client,
            registration,
            id: delivery.id,
            round,
            notification: delivery.notification,
        });
        let change = delivery.notification.state_change();
        if let Some(change) = change {
            let (beliefs, clients) = (&mut self.beliefs, &mut self.clients);
            learn(beliefs, clients, callback, delivery.object, change);
        }
        match change {
            Some(change) if self.scenario.clients[callback.client].reacts_to_notify() => {
                strand.inside.push(delivery.id);
                strand.frames.push(StrandFrame::Notify {
                    callback,
                    id: delivery.id,
                    change,
                    next: 0,
                });
            }
            _ => self.notified(callback, delivery.id),
        }
    }

    fn notified(&mut self, callback: Callback, id: NotifyId) {
        let registration = self.clients[callback.client].registrations[callback.registration].id();
        self.emit(Event::Notified {
            client: ClientId(callback.client as u32),
            registration,
            id,
        });
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
        let caller = Caller {
            client: ClientId(client as u32),
            inside: &strand.inside,
        };
        match self.make(caller, client, call) {
            Made::Skipped | Made::Returned => Waits::new(),
            Made::Waits(wait) => {
                strand.frames.push(StrandFrame::Blocked { client, call });
                smallvec::smallvec![wait]
            }
            Made::InCall { round, hr } => {
                let mut effects = std::mem::take(&mut self.effects);
                self.driver.open(round, &mut effects);
                self.carry_out(effects);
                strand.frames.push(StrandFrame::InCall {
                    client,
                    call,
                    round,
                    hr,
                });
                Waits::new()
            }
        }
    }

    /// Before a SetCurrentState: is the object alive, and which rounds of its session are open or
    /// due?
    pub(super) fn before_set(&self, object: ObjectId) -> (bool, SmallVec<[RoundId; 4]>) {
        let alive = self.driver.world.is_live(object);
        let rounds = self.driver.rounds();
        (
            alive,
            rounds
                .filter(|round| round.session == object.session)
                .collect(),
        )
    }

    /// The profiles that a host event is for: the one named, or all that are logged on.
    fn profiles(&self, name: Option<&str>) -> SmallVec<[ProfileId; 2]> {
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

    /// Something happens to the host, as a line of the file says.
    fn host(
        &mut self,
        strand: &mut Strand<'s>,
        (action, line): (HostAction, Option<Line>),
        profile: Option<&str>,
        wait: bool,
    ) -> Waits {
        if profile.is_some_and(|name| self.profiles(Some(name)).is_empty()) {
            self.tell_at(line, None, Event::HostSkipped(action));
            return Waits::new();
        }
        self.tell_at(line, None, Event::Host(action));
        match action {
            HostAction::Event(event) => {
                // In free order a `wait` does not bind.
                let wait = wait && matches!(self.steps, Order::File(_));
                let mut waits = Waits::new();
                for profile in self.profiles(profile) {
                    let mut effects = std::mem::take(&mut self.effects);
                    let world = &mut self.driver.world;
                    waits.extend(world.host_event(profile, event, wait, false, &mut effects));
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
                strand.frames.push(StrandFrame::Quit { client: 0, next: 0 });
                Waits::new()
            }
        }
    }

    /// The end of the file: the host quits.
    pub(super) fn quit(&mut self) {
        let mut strand = Strand::default();
        self.host(&mut strand, (HostAction::Quit, None), None, false);
        self.go_on(strand, S_OK);
    }

    fn log_on(&mut self, profile: ProfileId) {
        self.has_quit = false;
        self.driver.world.log_on(profile);
        if A::NEEDS_NAMES {
            self.object_names.log_on(&self.driver.world, profile);
        }
    }

    fn log_off(&mut self, profile: ProfileId) {
        if let Some(session) = self.driver.world.session_of(profile) {
            let session = session.id();
            self.emit(Event::LogsOff { session });
        }
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
        if A::IS_WATCHED {
            self.finals = self.last_learned();
        }
    }

    /// What each client last learned of the state of its profile's global object.
    fn last_learned(&self) -> ShortList<Option<State>, 3> {
        let world = &self.driver.world;
        let global = |profile: &str| {
            let profile = world.profiles().find(profile)?;
            world.session_of(profile)?.global()
        };
        let clients = self.scenario.clients.iter().enumerate();
        let mut last: Option<(&str, Option<ObjectId>)> = None;
        let learned = clients.map(|(index, client)| {
            // Mostly all are of one profile.
            let (_, global) = *match &mut last {
                Some(last) if last.0 == client.profile => last,
                last => last.insert((client.profile.as_str(), global(&client.profile))),
            };
            self.beliefs.of(ClientId(index as u32), global?)
        });
        learned.collect()
    }

    /// If all is quiet: who believes something else than is?
    fn find_stale_beliefs(&mut self) {
        if self.driver.next_time().is_some() {
            return;
        }
        // In free order the host may quit before others have come to an end: they may yet learn.
        if let Order::Free(steps) = &self.steps
            && steps.any_client_left()
        {
            return;
        }
        let world = &self.driver.world;
        for stale in self.beliefs.stale(world, &self.object_names) {
            self.found(stale);
        }
    }

    fn note_state(&mut self, profile: ProfileId) {
        if !self.notes_states {
            return;
        }
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

    /// Carries effects out, and keeps their memory. Gives back the round that is to be delivered
    /// before the call returns, if there is one.
    pub(super) fn carry_out(&mut self, mut effects: Effects<Callback>) -> Option<RoundId> {
        let errands = take_in(&mut effects, self);
        self.effects = effects;
        errands?.carry_out(self)
    }

    /// Does another round of noise reach clients?
    const fn lets_noise_through(&mut self) -> bool {
        match &mut self.noise_left {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    /// Lets a round be over at once, with nobody told.
    fn pass_over(&mut self, round: RoundId) {
        let mut effects = std::mem::take(&mut self.effects);
        let world = &mut self.driver.world;
        world.open_round(round, &mut effects);
        world.deliver_while(round, &mut effects, |_, _, _| true);
        self.carry_out(effects);
    }

    pub(super) fn found(&mut self, finding: Finding) {
        let names = ScriptNames {
            specs: &self.scenario.clients,
            clients: &self.clients,
            objects: &self.object_names,
            call: None,
            line: None,
        };
        self.audience.found(self.driver.now(), finding, &names);
    }

    /// Tells of an event, if anybody is to be told.
    pub(super) fn emit(&mut self, event: Event<'_>) {
        self.tell_in(None, event);
    }
}

impl<A: Audience> Timekeeper<Callback> for Engine<'_, A> {
    fn due(&mut self, round: RoundId, delay: Delay) {
        // What is due without a delay is noise.
        if delay == Delay::None && !self.lets_noise_through() {
            self.pass_over(round);
        } else {
            self.driver.becomes_due(round, delay);
        }
    }

    fn wake(&mut self, wait: WaitId, hr: HRESULT) {
        self.driver.wake(wait, hr);
    }

    fn livelock(&mut self) -> Option<&mut Livelock> {
        Some(&mut self.livelock)
    }

    /// The destructor of a script's callback calls nothing.
    fn is_in_callback(&self) -> bool {
        false
    }

    fn is_step_waiting(&self) -> bool {
        match &self.steps {
            Order::File(steps) => steps.unfinished().next().is_some(),
            Order::Free(steps) => steps.is_any_ready(),
        }
    }

    fn tells_of(&self, effect: &Effect<Callback>) -> bool {
        A::NEEDS_NAMES || matches!(effect, Effect::Begun { .. })
    }
}

impl<A: Audience> Messenger<Callback> for Engine<'_, A> {
    fn release(&mut self, callback: Callback, _: ClientId) {
        let registration = &mut self.clients[callback.client].registrations[callback.registration];
        registration.references -= 1;
        let event = Event::Release {
            client: ClientId(callback.client as u32),
            registration: Some(registration.id()),
            references: registration.references,
        };
        self.emit(event);
    }

    fn found(&mut self, finding: Finding) {
        Engine::found(self, finding);
    }

    fn state_changed(&mut self, object: ObjectId, old: State, new: State) {
        self.emit(Event::State { object, old, new });
    }

    fn begun(&mut self, round: RoundId) {
        self.outcome.transitions += 1;
        self.emit(Event::Begun { round });
    }
}

/// What a client learns from a notification.
fn learn(
    beliefs: &mut Beliefs,
    clients: &mut [ScriptedClient<'_>],
    callback: Callback,
    object: ObjectId,
    change: StateChange,
) {
    if change.phase != Phase::Start {
        beliefs.learn(ClientId(callback.client as u32), object, change.new);
    }
    if let Some(heard) = &mut clients[callback.client].heard {
        heard.push((callback.registration, change));
    }
}
