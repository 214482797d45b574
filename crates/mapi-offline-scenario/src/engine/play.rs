//! A scenario under way, driven turn by turn by somebody else: an explorer.
//!
//! The order is *free*: each client's steps keep their order and so do the host's; between
//! different actors everything is free, and `at`, `after`, `wait` and `parallel` do not bind. One
//! turn is a call (a BLOCK: until it waits), the return of a waiting call with what its thread
//! does then, the opening of a round, or the delivery to one registration with what its callback
//! calls. When nothing is possible any more the host quits (HOST-2), as at the end of a file; if
//! a DISCONNECT rule waits, its turns follow. `returns`, expected values and `[[expect]]` are
//! left aside.

use std::fmt;

use mapi_offline_core::{ClientId, Finding, FindingId, ObjectId, RoundId, State};
use mapi_offline_driver::{Move, Observer, Reporter};

use super::audience::{Audience, ObserverAndWatcher, Quiet, Watched};
use super::chosen_failures::ChosenFailure;
use super::free_order::Setting;
use super::outcome::{Outcome, Unmet};
use super::state::{Engine, Next, Order, Strand, StrandFrame};
use crate::model::{Action, Scenario, Trigger};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// The user and the host.
    Host,
    /// A client, by its place: its next step, or the return of its BLOCK call.
    Client(u32),
    /// The emulation, delivering the rounds of one session.
    Dispatcher(u32),
}

impl Actor {
    /// Whose turn it is when a call is made to fail on purpose (FAIL-1): the emulation's, and no round's. A strategy that
    /// has the same actor go on as long as it can would never choose it otherwise.
    pub const LETS_FAIL: Self = Self::Dispatcher(u32::MAX);
}

/// One of the things that are possible now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayTurn {
    /// Whose turn it would be.
    pub actor: Actor,
    pub(super) choice: Next,
    /// A call in it fails on purpose.
    pub(super) fault: Option<ChosenFailure>,
}

impl PlayTurn {
    /// The step that would begin: its place in [`Scenario::steps`].
    #[must_use]
    pub const fn step(&self) -> Option<usize> {
        match self.choice {
            Next::Step(index) => Some(index),
            Next::Move(_) => None,
        }
    }
}

/// A scenario under way in free order. A quiet one can be cloned: then there are two worlds.
#[derive(Clone)]
pub struct Play<'s, A = Quiet<()>> {
    pub(super) engine: Engine<'s, A>,
}

impl<A> fmt::Debug for Play<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Play").finish_non_exhaustive()
    }
}

impl<'s, W: Observer> Play<'s, Quiet<W>> {
    /// Begins, unobserved.
    #[must_use]
    pub fn new(setting: Setting<'s>, watch: W) -> Self {
        Self::begin(setting, Quiet::new(watch))
    }

    /// Who watches.
    #[must_use]
    pub const fn watch(&self) -> &W {
        &self.engine.audience.watch
    }
}

impl<'s, 'o, W: Observer> Play<'s, ObserverAndWatcher<'o, W>> {
    /// Begins, and tells `observer`; what is found is kept in words.
    #[must_use]
    pub fn with_observer(
        setting: Setting<'s>,
        watch: W,
        observer: Option<&'o mut dyn Observer>,
    ) -> Self {
        let observer = observer.map(|observer| Box::new(observer) as Box<dyn Observer>);
        Self::begin(setting, (Reporter::new(observer), Quiet::new(watch)))
    }

    /// What came of it, as far as it was played.
    #[must_use]
    pub fn finish(self) -> Outcome {
        self.engine.conclude_all()
    }
}

impl<A: Watched> Play<'_, A> {
    /// Who watches.
    pub fn watch_mut(&mut self) -> &mut A::Watch {
        &mut self.engine.audience.watcher().watch
    }

    /// The kinds of findings since the last time, and whom each is about: the client's place.
    pub fn take_findings(&mut self, mut take: impl FnMut(FindingId, Option<ClientId>)) {
        for (id, client) in self.engine.audience.watcher().fresh.drain(..) {
            take(id, client);
        }
    }

    /// Says that something was found by looking at the whole play, or by comparing it with
    /// others.
    pub fn found(&mut self, finding: Finding) {
        self.engine.found(finding);
    }
}

impl<'s, A: Audience> Play<'s, A> {
    fn begin(setting: Setting<'s>, audience: A) -> Self {
        let mut play = Self {
            engine: Engine::free(setting, audience),
        };
        play.engine.start();
        play.quit_if_quiet();
        play
    }

    /// Puts what is possible now into `turns`, in place of what is there: first what is under
    /// way, and then the steps, in the order of the file. The first is what a run in file order
    /// would do, if no step had to wait for others' steps.
    pub fn choices(&self, turns: &mut Vec<PlayTurn>) {
        turns.clear();
        let engine = &self.engine;
        if engine.is_given_up() {
            return;
        }
        engine.driver.moves().for_each(|choice| {
            turns.push(PlayTurn {
                actor: self.mover(choice),
                choice: Next::Move(choice),
                fault: None,
            });
        });
        let Order::Free(steps) = &engine.steps else {
            return;
        };
        let ready = if engine.is_starting {
            &[]
        } else {
            steps.ready()
        };
        turns.extend(ready.iter().map(|&(index, actor)| PlayTurn {
            actor: match actor {
                0 => Actor::Host,
                client => Actor::Client(client - 1),
            },
            choice: Next::Step(index as usize),
            fault: None,
        }));
        engine.faults.extend(engine.scenario, turns);
    }

    fn mover(&self, choice: Move) -> Actor {
        match choice {
            Move::Deliver(round) | Move::Open(round) => Actor::Dispatcher(round.session.0),
            Move::Return { wait, .. } => {
                let mut waiting = self.engine.waiting.iter();
                let waiting = waiting.find(|waiting| waiting.waits.contains(&wait));
                match waiting.and_then(|waiting| waiting.strand.frames.last()) {
                    Some(StrandFrame::Blocked { client, .. }) => Actor::Client(*client as u32),
                    _ => Actor::Host,
                }
            }
        }
    }

    /// Plays one of what [`Play::choices`] gave, since when nothing was played. The clock counts
    /// turns: a microsecond each.
    pub fn play(&mut self, turn: PlayTurn) {
        let now = self.engine.driver.now();
        self.engine.driver.pass_to(now + 1);
        self.engine.arm(turn.fault);
        self.engine.take(turn.choice);
        self.engine.disarm();
        self.quit_if_quiet();
    }

    /// When nothing is possible any more, the host quits.
    fn quit_if_quiet(&mut self) {
        if !self.engine.is_possible() && !self.engine.has_quit() {
            self.engine.find_deadlocks();
            self.engine.quit();
        }
    }

    /// Returns true when nothing is possible any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !self.engine.is_possible()
    }

    /// How many transitions have begun.
    #[must_use]
    pub const fn transitions(&self) -> u64 {
        self.engine.outcome.transitions
    }

    /// Returns true when no step is possible, so that only what is under way goes on.
    #[must_use]
    pub fn has_no_step(&self) -> bool {
        match &self.engine.steps {
            Order::Free(steps) => !steps.is_any_ready() || self.engine.is_starting,
            Order::File(_) => false,
        }
    }

    /// It is over: the `[[always]]` blocks that do not hold, save what they say of findings.
    pub fn broken_always(&mut self) -> Vec<Unmet> {
        self.engine.check_always();
        std::mem::take(&mut self.engine.outcome.failures)
    }

    /// What each client had last learned of the state of its profile's global object when the
    /// host quit. Nothing if it has not.
    #[must_use]
    pub fn final_states(&self) -> &[Option<State>] {
        &self.engine.finals
    }

    /// Returns true when the host has quit.
    #[must_use]
    pub const fn has_quit(&self) -> bool {
        self.engine.has_quit()
    }

    /// What to call each of `turns`, which [`Play::choices`] gave: the same words in every run
    /// for the same thing, and different words for different things.
    #[must_use]
    pub fn labels(&self, turns: &[PlayTurn]) -> Vec<String> {
        let mut labels: Vec<String> = Vec::with_capacity(turns.len());
        for turn in turns {
            let mut label = self.label(turn);
            if let Some(fault) = turn.fault {
                label += &fault.label(turn.step().is_some());
            }
            let same = labels.iter().filter(|other| {
                let rest = other.strip_prefix(label.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
            });
            let label = match same.count() {
                0 => label,
                before => format!("{label} ({})", before + 1),
            };
            labels.push(label);
        }
        labels
    }

    /// Returns true when the turn lets a notification of noise come (NOTE-6).
    #[must_use]
    pub fn is_noise(&self, turn: &PlayTurn) -> bool {
        let (Next::Move(Move::Open(round)) | Next::Move(Move::Deliver(round))) = turn.choice else {
            return false;
        };
        let session = self.engine.driver.world.session(round.session);
        session.is_none_or(|session| session.transition(round).is_none())
    }

    fn label(&self, turn: &PlayTurn) -> String {
        let scenario = self.engine.scenario;
        match turn.choice {
            Next::Step(index) => step_label(scenario, index),
            Next::Move(Move::Open(round)) => format!("{} begins", self.round_label(round)),
            Next::Move(Move::Deliver(round)) => format!("{} goes on", self.round_label(round)),
            Next::Move(Move::Return { wait, .. }) => {
                let mut waiting = self.engine.waiting.iter();
                let waiting = waiting.find(|waiting| waiting.waits.contains(&wait));
                let strand = waiting.map(|waiting| &waiting.strand);
                let what = strand.map_or_else(String::new, |strand| self.strand_label(strand));
                format!("{what} returns")
            }
        }
    }

    /// `Work STATECHANGE`
    fn round_label(&self, round: RoundId) -> String {
        let session = self.engine.driver.world.session(round.session);
        match session.and_then(|session| session.transition(round)) {
            Some((object, phase)) => format!("{} {phase}", self.object_label(object)),
            None => match session.and_then(|session| session.global()) {
                Some(global) => format!("{} noise", self.object_label(global)),
                None => "noise".to_owned(),
            },
        }
    }

    /// `Work`, or `Work/store`: as a client calls it.
    fn object_label(&self, object: ObjectId) -> String {
        let world = &self.engine.driver.world;
        let mut profiles = world.logged_on();
        let profile = profiles.find(|&profile| {
            let session = world.session_of(profile);
            session.is_some_and(|session| session.id() == object.session)
        });
        let name = profile.and_then(|profile| world.profiles().name(profile));
        let name = name.unwrap_or("?");
        let global = world
            .session(object.session)
            .and_then(|session| session.global());
        if global == Some(object) {
            return name.to_owned();
        }
        let clients = self.engine.clients.iter();
        let mut held = clients.flat_map(|client| client.objects.iter());
        match held.find_map(|&(own, held)| own.filter(|_| held == object)) {
            Some(own) => format!("{name}/{own}"),
            None => format!("{name}/object-{}", object.index),
        }
    }

    /// What waits: a step, or a call of a callback.
    fn strand_label(&self, strand: &Strand<'s>) -> String {
        let scenario = self.engine.scenario;
        let function = match strand.frames.last() {
            Some(StrandFrame::Blocked { call, .. }) => call.call.name(),
            _ => "",
        };
        match strand.frames.first() {
            Some(StrandFrame::Step { index }) => step_label(scenario, *index),
            Some(StrandFrame::Notify { callback, .. }) => {
                let client = &self.engine.clients[callback.client];
                format!(
                    "{}'s {function} in Notify of {}",
                    scenario.clients[callback.client].name,
                    client.registrations[callback.registration].label()
                )
            }
            Some(StrandFrame::Moments { trigger, .. }) if *trigger == Trigger::Connect => {
                format!("{function} on CONNECT")
            }
            Some(StrandFrame::Moments { .. }) => format!("{function} on STARTED"),
            _ => format!("{function} on DISCONNECT"),
        }
    }
}

/// `provider 2 Advise`: the actor, which of its steps, and what it is.
fn step_label(scenario: &Scenario, index: usize) -> String {
    let own = |action: &Action| match (action, &scenario.steps[index].action) {
        (Action::Host { .. }, Action::Host { .. }) => true,
        (Action::Client { client, .. }, Action::Client { client: other, .. }) => client == other,
        _ => false,
    };
    let before = scenario.steps[..=index].iter();
    let ordinal = before.filter(|step| own(&step.action)).count();
    match &scenario.steps[index].action {
        Action::Host { event, .. } => format!("host {ordinal} {}", event.name()),
        Action::Client { client, call } => format!(
            "{} {ordinal} {}",
            scenario.clients[*client].name,
            call.call.name()
        ),
    }
}
