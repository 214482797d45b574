//! One execution: what is possible, and playing what is chosen.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use mapi_offline::{FindingId, Turn, TurnKind};

use super::keeper::{Pause, Progress, Work};
use super::{HostStep, Keeper, Noted, Pool, Problem, Stage};
use crate::strategy::{Actor, Choice};

/// How a client's own code ended, if not well.
pub(crate) type Ending = Option<Problem>;

/// A client: its name, and its own code.
type Client = (String, Box<dyn FnOnce() -> Ending>);

/// Who acts in an execution.
pub(crate) struct Actors {
    pub(crate) clients: Vec<Client>,
    pub(crate) host: VecDeque<HostStep>,
}

/// What an execution may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// So many steps, then it is taken to go on for ever.
    pub(crate) steps: u32,
}

/// So often a stack is resumed after the end, then it is taken to spin.
const LAST_RESUMES: u32 = 10_000;

/// A stack that is put aside.
struct Aside {
    work: Work,
    pause: Pause,
    /// Whose it is: a client's, or the emulation's.
    actor: Actor,
    /// The client's name, if it is a client's own code, and else empty.
    name: String,
}

/// What a choice stands for.
#[derive(Clone, Copy)]
enum Target {
    /// A stack goes on, by its place.
    Stack(usize),
    /// A turn is played, by its place.
    Turn(usize, Actor),
    /// A waiting call returns: the turn, and the stack.
    Return(usize, usize),
    /// The next step of the host.
    Host,
}

/// One execution.
pub(crate) struct Execution<'p> {
    stage: Rc<dyn Stage>,
    keeper: Rc<Keeper>,
    pool: &'p mut Pool,
    limits: Limits,
    names: Vec<String>,
    host: VecDeque<HostStep>,
    aside: Vec<Aside>,
    /// How clients ended, if not well.
    endings: Rc<RefCell<Vec<Problem>>>,
    choices: Vec<Choice>,
    targets: Vec<Target>,
}

impl<'p> Execution<'p> {
    pub(crate) fn new(
        stage: Rc<dyn Stage>,
        keeper: Rc<Keeper>,
        pool: &'p mut Pool,
        limits: Limits,
    ) -> Self {
        Self {
            stage,
            keeper,
            pool,
            limits,
            names: Vec::new(),
            host: VecDeque::new(),
            aside: Vec::new(),
            endings: Rc::default(),
            choices: Vec::new(),
            targets: Vec::new(),
        }
    }

    /// Plays it to its end, and says what went wrong. The second: is a stack left over that can
    /// never be used again?
    pub(crate) fn run(mut self, actors: Actors, strategy: &mut Noted<'_>) -> (Vec<Problem>, bool) {
        self.host = actors.host;
        self.names = actors.clients.iter().map(|it| it.0.clone()).collect();
        for (place, (name, code)) in actors.clients.into_iter().enumerate() {
            self.begin(place, name, code);
        }
        let mut problems = self.play(strategy);
        problems.append(&mut self.endings.borrow_mut());
        let has_stopped_early = !problems.is_empty() || !self.aside.is_empty();
        if !has_stopped_early {
            self.stage.quiet();
            problems = self.stage.broken();
        }
        self.stage.quit();
        let is_spoilt = self.end_stacks();
        let report = self.stage.report();
        // What is found of clients that were stopped in the middle says nothing.
        let leaks = [FindingId::LeakedRegistration, FindingId::LeakedReference];
        let late = [FindingId::LeakedCallback, FindingId::CallAfterLogoff];
        problems.extend(report.into_iter().filter(|problem| {
            let is_of_the_end = matches!(problem, Problem::Finding { id, .. }
                if leaks.contains(id) || late.contains(id));
            !(has_stopped_early && is_of_the_end)
        }));
        (problems, is_spoilt)
    }

    /// A client begins: its code runs up to its first call.
    fn begin(&mut self, place: usize, name: String, code: Box<dyn FnOnce() -> Ending>) {
        let stage = Rc::clone(&self.stage);
        let endings = Rc::clone(&self.endings);
        let client = name.clone();
        let work = self.keeper.work(self.pool.take(), true, move || {
            let mut code = Some(code);
            stage.as_client(&client, &mut || {
                let Some(code) = code.take() else {
                    return;
                };
                let ending = catch_unwind(AssertUnwindSafe(code)).unwrap_or_else(|panic| {
                    Some(Problem::Panicked {
                        client: client.clone(),
                        message: message(&*panic),
                    })
                });
                endings.borrow_mut().extend(ending);
            });
        });
        self.go_on(work, Actor::Client(place as u32), name);
    }

    /// Lets a piece of work go on until it pauses or is done.
    fn go_on(&mut self, mut work: Work, actor: Actor, name: String) {
        match self.keeper.resume(&mut work, true) {
            Progress::Paused(pause) => self.aside.push(Aside {
                work,
                pause,
                actor,
                name,
            }),
            Progress::Done => self.pool.put_back(work),
        }
    }

    /// Lets the stack at `place` go on; it keeps its place among the others.
    fn go_on_at(&mut self, place: usize, go_on: bool) {
        let aside = &mut self.aside[place];
        match self.keeper.resume(&mut aside.work, go_on) {
            Progress::Paused(pause) => aside.pause = pause,
            Progress::Done => {
                let aside = self.aside.remove(place);
                self.pool.put_back(aside.work);
            }
        }
    }

    /// Plays until nothing is possible any more, or something went wrong in a client.
    fn play(&mut self, strategy: &mut Noted<'_>) -> Vec<Problem> {
        for _ in 0..self.limits.steps {
            if !self.endings.borrow().is_empty() {
                return Vec::new();
            }
            self.list();
            if self.targets.is_empty() {
                return self.deadlock().into_iter().collect();
            }
            if self.is_quiet() {
                self.stage.quiet();
            }
            let target = self.targets[strategy.choose(&self.choices)];
            self.carry_out(target);
        }
        vec![Problem::Finding {
            id: FindingId::Livelock,
            client: None,
            rule: "SET-8".to_owned(),
            detail: format!("no end after {} steps", self.limits.steps),
        }]
    }

    /// Is everybody connected, and nothing left to do but to disconnect?
    fn is_quiet(&self) -> bool {
        let leaves = |aside: &Aside| matches!(aside.pause, Pause::Leave(_));
        self.targets.len() == self.aside.len() && self.aside.iter().all(leaves)
    }

    fn carry_out(&mut self, target: Target) {
        match target {
            Target::Stack(place) => self.go_on_at(place, true),
            Target::Return(turn, place) => {
                self.stage.play(turn);
                self.go_on_at(place, true);
            }
            Target::Turn(turn, actor) => {
                let stage = Rc::clone(&self.stage);
                let stack = self.pool.take();
                let work = self.keeper.work(stack, false, move || stage.play(turn));
                self.go_on(work, actor, String::new());
            }
            Target::Host => {
                if let Some(step) = self.host.pop_front() {
                    let stage = Rc::clone(&self.stage);
                    let stack = self.pool.take();
                    let work = self.keeper.work(stack, false, move || stage.host(&step));
                    self.go_on(work, Actor::Host, String::new());
                }
            }
        }
    }

    /// Lists what is possible: the clients' own code in its order, then what the emulation can
    /// do, then the host.
    fn list(&mut self) {
        self.choices.clear();
        self.targets.clear();
        for place in 0..self.aside.len() {
            let aside = &self.aside[place];
            let (actor, label) = match &aside.pause {
                Pause::Call(what) | Pause::Leave(what) => {
                    (aside.actor, format!("{} calls {what}", aside.name))
                }
                Pause::Until {
                    client,
                    what,
                    holds,
                } if holds() => (self.actor(client), format!("{client} sees: {what}")),
                Pause::Until { .. } | Pause::Wait { .. } => continue,
            };
            self.offer(actor, label, Target::Stack(place));
        }
        for (index, turn) in self.stage.turns().into_iter().enumerate() {
            self.offer_turn(index, turn);
        }
        if let Some(step) = self.host.front() {
            let label = step.label();
            self.offer(Actor::Host, label, Target::Host);
        }
    }

    fn offer_turn(&mut self, index: usize, turn: Turn) {
        match turn.kind {
            TurnKind::Open(session) | TurnKind::Deliver(session) => {
                let actor = Actor::Dispatcher(session);
                self.offer(actor, turn.label, Target::Turn(index, actor));
            }
            TurnKind::Return(number) => {
                let waits = |aside: &Aside| matches!(aside.pause, Pause::Wait { number: waits, .. } if waits == number);
                let Some(place) = self.aside.iter().position(waits) else {
                    return;
                };
                let Pause::Wait { client, .. } = &self.aside[place].pause else {
                    return;
                };
                let label = format!("return {client} SetCurrentState");
                self.offer(self.actor(client), label, Target::Return(index, place));
            }
        }
    }

    /// The client of that name. One that the world does not name has the last place.
    fn actor(&self, client: &str) -> Actor {
        let known = self.names.iter().position(|name| name == client);
        Actor::Client(known.unwrap_or(self.names.len()) as u32)
    }

    /// Adds a choice. If there is one of that name, it gets a number.
    fn offer(&mut self, actor: Actor, mut label: String, target: Target) {
        let is_there = |label: &str| self.choices.iter().any(|choice| choice.label == label);
        if is_there(&label) {
            let name = label;
            let numbered = (2..).map(|number| format!("{name} ({number})"));
            label = numbered
                .into_iter()
                .find(|label| !is_there(label))
                .unwrap_or_default();
        }
        self.choices.push(Choice { actor, label });
        self.targets.push(target);
    }

    /// Nothing is possible: does anybody wait?
    fn deadlock(&self) -> Option<Problem> {
        let first = self.aside.first()?;
        let waits = self.aside.iter().map(|aside| match &aside.pause {
            Pause::Wait { client, .. } => format!("{client} waits in SetCurrentState"),
            Pause::Until { client, what, .. } => format!("{client} waits until: {what}"),
            Pause::Call(what) | Pause::Leave(what) => format!("{} calls {what}", aside.name),
        });
        let waits: Vec<String> = waits.collect();
        Some(Problem::Finding {
            id: FindingId::Deadlock,
            client: match &first.pause {
                Pause::Wait { client, .. } | Pause::Until { client, .. } => Some(client.clone()),
                Pause::Call(_) | Pause::Leave(_) => None,
            },
            rule: "SET-3".to_owned(),
            detail: format!("nothing is left that could happen: {}", waits.join(", ")),
        })
    }

    /// The host has quit: whoever waits returns, and goes on to its end. Says whether a stack
    /// does not come to its end.
    fn end_stacks(&mut self) -> bool {
        self.keeper.give_up();
        // The innermost first: one that was put aside last may be what another waits for.
        while let Some(mut aside) = self.aside.pop() {
            for _ in 0..LAST_RESUMES {
                let go_on = !matches!(aside.pause, Pause::Until { .. });
                match self.keeper.resume(&mut aside.work, go_on) {
                    Progress::Paused(pause) => aside.pause = pause,
                    Progress::Done => break,
                }
            }
            let is_done = aside.work.done();
            self.pool.put_back(aside.work);
            if !is_done {
                for left in self.aside.drain(..) {
                    self.pool.put_back(left.work);
                }
                return true;
            }
        }
        false
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
