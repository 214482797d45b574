//! Runs a scenario: plays the moves of the virtual driver and the steps of the file.

use mapi_offline_core::{
    CAPABILITIES_ALL, Caller, ClientId, ObjectId, OutsideCallback, Reply, RoundId, State, WaitId,
};
use mapi_offline_driver::{Micros, Move};
use mapi_offline_sys::{HRESULT, S_OK};
use smallvec::SmallVec;

use super::audience::Audience;
use super::calls::Made;
use super::outcome::Outcome;
use super::state::{Engine, Next, Order, Strand, StrandFrame, WaitingStrand, Waits};
use crate::model::{Action, Condition, ScriptCall};

impl<'s, A: Audience, C: OutsideCallback> Engine<'s, A, C> {
    /// Runs to the end.
    pub(super) fn run(mut self) -> Outcome {
        self.start();
        self.play();
        if !self.has_quit {
            self.quit();
            self.play();
        }
        self.find_unreached();
        self.conclude_all()
    }

    /// Clients that have reached nothing, so that nothing of them was tested.
    fn find_unreached(&mut self) {
        for finding in self.audience.unreached(self.scenario) {
            self.found(finding);
        }
    }

    /// What came of it, now that it is over.
    pub(super) fn conclude_all(mut self) -> Outcome {
        self.conclude_run()
    }

    /// As [`Engine::conclude_all`], for a run that somebody else still looks at.
    pub(super) fn conclude_run(&mut self) -> Outcome {
        self.check_reached();
        self.report_leaked_callbacks();
        (self.outcome.findings, self.outcome.findings_left_out) = self.audience.take_findings();
        self.check_blocks();
        self.outcome.failures.sort_by_key(|failure| failure.line);
        self.outcome.end = self.driver.now();
        std::mem::take(&mut self.outcome)
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
        while let Some(choice) = self.choose(None) {
            match choice {
                Next::Move(Move::Deliver(round)) if self.driver.goes_on_with(round) => {
                    self.deliver_on(round);
                }
                choice => self.take(choice),
            }
        }
    }

    /// Plays what goes next, if it is due by `until`. `false`: nothing is left.
    pub(super) fn turn(&mut self, until: Option<Micros>) -> bool {
        let choice = self.choose(until);
        choice.map(|choice| self.take(choice)).is_some()
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

    /// Returns true when the run has been given up for a livelock.
    pub(super) const fn is_given_up(&self) -> bool {
        self.livelock.is_reached() && !self.has_quit
    }

    /// Returns true when the host has quit.
    pub(super) const fn has_quit(&self) -> bool {
        self.has_quit
    }

    /// Returns true when the order is free and something is possible.
    pub(super) fn is_possible(&self) -> bool {
        let Order::Free(steps) = &self.steps else {
            return false;
        };
        let is_any_ready = steps.is_any_ready() && !self.is_starting;
        !self.is_given_up() && (is_any_ready || self.driver.first_move().is_some())
    }

    /// What goes next; `None`: nothing is left.
    /// Nothing that is due after `until` goes next.
    fn choose(&mut self, until: Option<Micros>) -> Option<Next> {
        if self.is_given_up() {
            return None;
        }
        let now = self.driver.now();
        let next_move = self.driver.next_time();
        let steps = match &self.steps {
            Order::File(steps) if !self.livelock.is_reached() && !self.is_starting => steps.ready(),
            _ => &[],
        };
        let next_step = steps.iter().map(|&(time, _)| time.max(now)).min();
        let time = match (next_move, next_step) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b)?,
        };
        if until.is_some_and(|until| time > until) {
            return None;
        }
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
            // It is a call from outside.
            if let Some(outside) = &mut self.outside {
                outside.over.push((wait, hr));
            }
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
    pub(super) fn go_on(&mut self, mut strand: Strand<'s>, hr: HRESULT) {
        while !self.is_put_aside(&mut strand)
            && let Some(frame) = strand.frames.pop()
        {
            let waits = self.go_on_with(&mut strand, frame, hr);
            if !waits.is_empty() {
                self.waiting.push(WaitingStrand { waits, hr, strand });
                return;
            }
        }
    }

    /// Returns true when the strand is to go on only when something has been done outside of the engine.
    fn is_put_aside(&mut self, strand: &mut Strand<'s>) -> bool {
        match &mut self.outside {
            Some(outside) if outside.asked.is_some() => {
                outside.aside = std::mem::take(strand);
                true
            }
            _ => false,
        }
    }

    /// Goes on with a frame that has been taken off a strand. Gives what the strand waits for now.
    fn go_on_with(
        &mut self,
        strand: &mut Strand<'s>,
        frame: StrandFrame<'s>,
        hr: HRESULT,
    ) -> Waits {
        match frame {
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
                    self.deliver(strand, round);
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
            } => self.react(strand, callback, id, change, next),
            StrandFrame::OutsideCall { call, round } => {
                if self.driver.world.is_ready(round) {
                    strand.frames.push(frame);
                    self.deliver(strand, round);
                } else if let Some(outside) = &mut self.outside {
                    outside.done.push(call);
                }
                Waits::new()
            }
            StrandFrame::OutsideNotify {
                client,
                registration,
                id,
            } => {
                strand.inside.pop();
                self.notified(client, registration, id);
                Waits::new()
            }
            frame => self.go_on_with_host(strand, frame),
        }
    }

    /// The same of what the host is in the middle of.
    fn go_on_with_host(&mut self, strand: &mut Strand<'s>, frame: StrandFrame<'s>) -> Waits {
        match frame {
            StrandFrame::Moments {
                trigger,
                clients,
                place,
            } => {
                self.moments(strand, trigger, clients, place);
                Waits::new()
            }
            StrandFrame::Moment {
                trigger,
                client,
                next,
            } => self.moment(strand, trigger, client, next),
            StrandFrame::Disconnect { client, next } => self.disconnect(strand, client, next),
            StrandFrame::Providers { method, next } => {
                self.call_providers(strand, method, next);
                Waits::new()
            }
            StrandFrame::Quit { client, again } => {
                self.quit_on(strand, client, again);
                Waits::new()
            }
            _ => Waits::new(),
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

    /// Makes a call. The strand waits if it has to.
    pub(super) fn call(
        &mut self,
        strand: &mut Strand<'s>,
        client: usize,
        call: &'s ScriptCall,
    ) -> Waits {
        let (word, capabilities) = {
            let client = &self.clients[client];
            (client.word, client.capabilities)
        };
        let happens = match call.condition {
            None => true,
            Some(Condition::Capabilities(mask)) => {
                capabilities.map(|all| all & CAPABILITIES_ALL) == Some(mask)
            }
            Some(Condition::RawCapabilities(raw)) => capabilities == Some(raw),
            Some(Condition::State(state)) => word.and_then(State::masked) == Some(state),
            Some(Condition::Raw(raw)) => word == Some(raw),
            Some(Condition::Returned(hr)) => {
                let mut returned = self.clients[client].returned.iter();
                returned.any(|last| {
                    call.call
                        .function()
                        .is_some_and(|function| *last == (function, hr))
                })
            }
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

    /// Before a SetCurrentState: whether the object is alive, and which rounds of its session are open or due.
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
}
