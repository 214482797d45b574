//! One execution of real clients: playing what is chosen of what is possible.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use corosensei::stack::DefaultStack;
use mapi_offline::{EventLog, FindingId};
use mapi_offline_core::Finding;
use mapi_offline_page::PageRecording;

use super::aside::{Aside, ChoiceTarget};
use super::panics::silenced;
use super::suspend::{GoOn, Pause, Resumed, WaitingScope, Work};
use super::watch::WatchedCheck;
use super::{Emulation, HostStep, Pool, Suspender};
use crate::problem::Problem;
use crate::strategy::{Actor, Choice};
use crate::system::System;
use crate::tolerance::{Judgement, Tolerance};

/// How a client's own code ended, if not well.
pub(crate) type Ending = Option<Problem>;

/// A client: its name, and its own code.
type NamedCode = (String, OwnCode);

/// A client's own code: it gets what runs a piece of it on the client's behalf. It may be put aside
/// in between, and there it is nobody's: so whoever goes on meanwhile is not taken for this client.
pub(crate) type OwnCode = Box<dyn FnOnce(&mut OnBehalf<'_>) -> Ending>;

/// Runs code on behalf of a client; see [`OwnCode`].
pub(crate) type OnBehalf<'a> = dyn FnMut(&mut dyn FnMut()) + 'a;

/// Who acts in an execution.
pub(crate) struct Actors {
    pub(crate) clients: Vec<NamedCode>,
    pub(crate) host: VecDeque<HostStep>,
}

/// What an execution may take, and what is no failure in it.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// So many steps, then it is taken to go on for ever.
    pub(crate) steps: u32,
    /// So many calls may be made to fail on purpose (FAIL-1).
    pub(crate) faults: u32,
    /// What fails, and what is passed over.
    pub(crate) tolerance: Tolerance,
    /// Who is told of each turn, if somebody watches.
    pub(crate) watched: Option<Arc<WatchedCheck>>,
}

/// So often a stack is resumed after the end, then it is taken to spin.
const LAST_RESUMES: u32 = 10_000;

/// One execution.
pub(crate) struct Execution<'p> {
    pub(super) emulation: Rc<dyn Emulation>,
    pub(super) suspender: Rc<Suspender>,
    pool: &'p RefCell<Pool>,
    limits: &'p Limits,
    pub(super) names: Vec<String>,
    pub(super) host: VecDeque<HostStep>,
    pub(super) aside: Vec<Aside>,
    /// How clients ended, if not well.
    pub(super) endings: Rc<RefCell<Vec<Problem>>>,
    pub(super) choices: Vec<Choice>,
    pub(super) targets: Vec<ChoiceTarget>,
    steps_left: u32,
    /// The turn at which something is decided, and the words for it.
    decides: Option<(usize, String)>,
    /// What went wrong.
    problems: Vec<Problem>,
    is_spoilt: bool,
    /// While it lives, clients' code can wait.
    _waiting: Option<WaitingScope>,
}

impl<'p> Execution<'p> {
    /// Its clients' code has run up to its first call.
    pub(crate) fn new(
        emulation: Rc<dyn Emulation>,
        suspender: Rc<Suspender>,
        pool: &'p RefCell<Pool>,
        limits: &'p Limits,
        actors: Actors,
        waiting: Option<WaitingScope>,
    ) -> Self {
        let mut execution = Self {
            emulation,
            suspender,
            pool,
            limits,
            names: actors.clients.iter().map(|it| it.0.clone()).collect(),
            host: actors.host,
            aside: Vec::new(),
            endings: Rc::default(),
            choices: Vec::new(),
            targets: Vec::new(),
            steps_left: limits.steps,
            decides: None,
            problems: Vec::new(),
            is_spoilt: false,
            _waiting: waiting,
        };
        if let Some(watched) = &limits.watched {
            watched.begin(&execution.names);
        }
        silenced(|| {
            for (place, (name, code)) in actors.clients.into_iter().enumerate() {
                execution.begin(place, name, code);
            }
        });
        execution
    }

    /// What happened in it, if its trace was asked for.
    pub(crate) fn log(&self) -> EventLog {
        self.emulation.log()
    }

    /// Its recording, if it was asked for.
    pub(crate) fn recording(&self) -> PageRecording {
        self.emulation.recording()
    }

    /// Before this turn, from 1, the recording is to have these words of what decides it.
    pub(crate) fn decides_at(&mut self, turn: usize, words: String) {
        self.decides = Some((turn, words));
    }

    /// For the recording: what comes next is what somebody decided.
    pub(crate) fn decides(&self, words: &str) {
        self.emulation.decides(words);
    }

    /// How many turns were played.
    const fn turns_played(&self) -> usize {
        (self.limits.steps - self.steps_left) as usize
    }

    /// A client begins: its code runs up to its first call.
    fn begin(&mut self, place: usize, name: String, code: OwnCode) {
        let emulation = Rc::clone(&self.emulation);
        let endings = Rc::clone(&self.endings);
        let suspender = Rc::clone(&self.suspender);
        let client = name.clone();
        let Some(stack) = self.take_stack() else {
            return;
        };
        let work = self.suspender.work(stack, true, move || {
            let mut panicked = None;
            let ending = code(&mut |code| {
                emulation.as_client(&client, &mut || {
                    // No panic goes through the emulation, which may be in a library.
                    let ran = catch_unwind(AssertUnwindSafe(&mut *code));
                    panicked = ran.err().map(|panic| Problem::Panicked {
                        client: client.clone(),
                        message: message(&*panic),
                    });
                });
            });
            // A client that ends because a call was made to fail does nothing wrong.
            let ending = ending.filter(|_| !suspender.has_failed(&client));
            endings.borrow_mut().extend(panicked.or(ending));
        });
        self.go_on(work, Actor::Client(place as u32), name);
    }

    fn take_stack(&self) -> Option<DefaultStack> {
        self.pool.borrow_mut().take()
    }

    /// Begins something that the emulation does, on a stack of its own.
    fn begin_turn(&mut self, actor: Actor, turn: impl FnOnce() + 'static) {
        if let Some(stack) = self.take_stack() {
            let work = self.suspender.work(stack, false, turn);
            self.go_on(work, actor, String::new());
        }
    }

    /// Lets a piece of work go on until it pauses or is done.
    fn go_on(&mut self, mut work: Work, actor: Actor, name: String) {
        match self.suspender.resume(&mut work, GoOn::Yes) {
            Resumed::Paused(pause) => self.aside.push(Aside {
                work,
                pause,
                actor,
                name,
            }),
            Resumed::Done => self.pool.borrow_mut().put_back(work),
        }
    }

    /// Lets the stack at `place` go on; it keeps its place among the others.
    fn go_on_at(&mut self, place: usize, go_on: GoOn) {
        let aside = &mut self.aside[place];
        match self.suspender.resume(&mut aside.work, go_on) {
            Resumed::Paused(pause) => aside.pause = pause,
            Resumed::Done => {
                let aside = self.aside.remove(place);
                self.pool.borrow_mut().put_back(aside.work);
            }
        }
    }

    /// Returns true when everybody is connected, and nothing is left to do but to disconnect.
    fn is_quiet(&self) -> bool {
        let leaves = |aside: &Aside| matches!(aside.pause, Pause::Leave(_));
        self.targets.len() == self.aside.len() && self.aside.iter().all(leaves)
    }

    fn carry_out(&mut self, target: ChoiceTarget) {
        match target {
            ChoiceTarget::Stack(place) => {
                let aside = &self.aside[place];
                if matches!(aside.pause, Pause::Leave(_)) {
                    self.emulation.disconnects(&aside.name);
                }
                self.go_on_at(place, GoOn::Yes);
            }
            ChoiceTarget::Failing(place, returns) => self.go_on_at(place, GoOn::Failing(returns)),
            ChoiceTarget::Return(turn, place) => {
                self.emulation.play(turn);
                self.go_on_at(place, GoOn::Yes);
            }
            ChoiceTarget::Turn(turn, actor) => {
                let emulation = Rc::clone(&self.emulation);
                self.begin_turn(actor, move || emulation.play(turn));
            }
            ChoiceTarget::Host => {
                if let Some(step) = self.host.pop_front() {
                    let emulation = Rc::clone(&self.emulation);
                    self.begin_turn(Actor::Host, move || emulation.host(&step));
                }
            }
        }
    }

    /// The host has quit: whoever waits returns, and goes on to its end. Says whether a stack
    /// does not come to its end.
    fn end_stacks(&mut self) -> bool {
        self.suspender.give_up();
        // The innermost first: one that was put aside last may be what another waits for.
        while let Some(mut aside) = self.aside.pop() {
            for _ in 0..LAST_RESUMES {
                let go_on = match aside.pause {
                    Pause::Until { .. } => GoOn::Never,
                    _ => GoOn::Yes,
                };
                match self.suspender.resume(&mut aside.work, go_on) {
                    Resumed::Paused(pause) => aside.pause = pause,
                    Resumed::Done => break,
                }
            }
            let is_done = aside.work.done();
            self.pool.borrow_mut().put_back(aside.work);
            if !is_done {
                for left in self.aside.drain(..) {
                    self.pool.borrow_mut().put_back(left.work);
                }
                return true;
            }
        }
        false
    }
}

impl System for Execution<'_> {
    /// The place of a choice.
    type Turn = usize;

    fn turns(&mut self, turns: &mut Vec<usize>) {
        turns.clear();
        if self.steps_left == 0 {
            let detail = format!("no end after {} steps", self.limits.steps);
            self.problems
                .push(Problem::of_nobody(Finding::livelock_by_bound(detail)));
            return;
        }
        // What cannot have a stack has no turn either.
        if !self.endings.borrow().is_empty() || self.pool.borrow().has_failed() {
            return;
        }
        silenced(|| {
            self.list();
            if !self.endings.borrow().is_empty() {
                self.targets.clear();
            } else if self.targets.is_empty() {
                self.problems.extend(self.deadlock());
            } else if self.is_quiet() {
                self.emulation.quiet();
            }
        });
        turns.extend(0..self.targets.len());
    }

    fn actor(&self, turn: usize) -> Actor {
        self.choices[turn].actor
    }

    fn is_noise(&self, turn: usize) -> bool {
        self.choices[turn].is_noise
    }

    fn labels(&self, _: &[usize]) -> Vec<String> {
        let labels = self.choices.iter().map(|choice| choice.label.clone());
        labels.collect()
    }

    fn choices<'c>(&'c self, _: &[usize], _: &'c mut Vec<Choice>) -> &'c [Choice] {
        &self.choices
    }

    fn play(&mut self, turn: usize) {
        self.steps_left = self.steps_left.saturating_sub(1);
        if let Some((turn, words)) = &self.decides
            && *turn == self.turns_played()
        {
            self.decides(words);
        }
        let target = self.targets[turn];
        if let Some(watched) = &self.limits.watched {
            watched.turn(&self.choices, turn);
        }
        silenced(|| self.carry_out(target));
    }

    fn end(&mut self, _: bool) {
        self.problems.append(&mut self.endings.borrow_mut());
        if let Some(watched) = &self.limits.watched {
            watched.ending();
        }
        let has_stopped_early = !self.problems.is_empty() || !self.aside.is_empty();
        let report = silenced(|| {
            if !has_stopped_early {
                self.emulation.quiet();
                self.problems = self.emulation.broken();
            }
            self.emulation.quit();
            self.is_spoilt = self.end_stacks();
            self.emulation.report()
        });
        // What is found of clients that were stopped in the middle says nothing.
        let leaks = [FindingId::LeakedRegistration, FindingId::LeakedReference];
        let late = [FindingId::LeakedCallback, FindingId::CallAfterLogoff];
        self.problems.extend(report.into_iter().filter(|problem| {
            let is_of_the_end = matches!(problem, Problem::Finding { id, .. }
                if leaks.contains(id) || late.contains(id));
            !(has_stopped_early && is_of_the_end)
        }));
        let tolerance = &self.limits.tolerance;
        let is_told = |problem: &Problem| tolerance.judge(problem) != Judgement::Allowed;
        self.problems.retain(is_told);
        if let Some(watched) = &self.limits.watched {
            watched.over();
        }
    }

    /// All of them come to light at the end.
    fn take_problems(&mut self, take: &mut dyn FnMut(Problem)) {
        self.problems.drain(..).for_each(take);
    }

    fn is_spoilt(&self) -> bool {
        self.is_spoilt
    }
}

/// What a panic says.
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
