//! Client libraries in a process of their own: the program decides, and outlives them.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use mapi_offline::{EventLog, FindingId, LoggedEvent, Noise};
use mapi_offline_page::PageRecording;

use super::ClientError;
use super::ending::ProcessEnding;
use super::libraries::Loaded;
use super::messages::{ChildOrder, ChildReply, ClientProblem, FoundWay};
use super::options::{ChildProgram, ClientOptions, noise_of};
use super::process::{ClientProcess, Heard};
use super::progress_file::PlayedSoFar;
use crate::page::{EVENTS_OF_STUCK_TURN, KEPT_EVENTS};
use crate::problem::Problem;
use crate::replay::Replayable;
use crate::sample::{Keep, Searched, Way, sample};
use crate::schedule_run::walk_by_label;
use crate::stacks::{Beginning, Keeps, RealClients, Traced};
use crate::strategy::{Actor, Choice, Strategy};
use crate::system::System;
use crate::tolerance::{Judgement, Tolerance};
use crate::whereabouts::{STUCK, Whereabouts};

/// Between two looks at whether the process still plays.
const A_LOOK: Duration = Duration::from_millis(100);

/// How long a client that once did not come back may take when it is played again, at most.
pub(super) const PATIENCE_AGAIN: Duration = Duration::from_secs(1);

/// So many events of the turn from which a client does not come back are shown: one that
/// calls for ever makes a trace without an end.
const EVENTS_OF_STUCK_TRACE: usize = 20;

/// So many bytes of a trace are kept before that is known.
const KEPT_TRACE: usize = 1 << 20;

/// Client libraries that another process has loaded.
pub(super) struct RemoteClients<'o> {
    options: &'o ClientOptions,
    program: &'o ChildProgram,
    /// The process, if there is one that nobody uses.
    idle: RefCell<Option<ClientProcess>>,
    names: RefCell<Vec<String>>,
    /// How long a turn may take.
    patience: Cell<Duration>,
    refused: RefCell<Option<ClientError>>,
    tolerance: Tolerance,
}

impl<'o> RemoteClients<'o> {
    /// Starts a process that loads them.
    pub(super) fn load(
        options: &'o ClientOptions,
        program: &'o ChildProgram,
    ) -> Result<Self, ClientError> {
        let process = ClientProcess::start(options, program)?;
        Ok(Self {
            options,
            program,
            names: RefCell::new(process.names.clone()),
            idle: RefCell::new(Some(process)),
            patience: Cell::new(options.timeout),
            refused: RefCell::default(),
            tolerance: options.tolerance(),
        })
    }

    /// A process that does nothing. Nothing: none can be started any more.
    fn process(&self) -> Option<ClientProcess> {
        if let Some(process) = self.idle.take() {
            return Some(process);
        }
        match ClientProcess::start(self.options, self.program) {
            Ok(process) => Some(process),
            Err(refused) => {
                self.refused.replace(Some(refused));
                None
            }
        }
    }

    /// A client did not come back once. When it is played again, it need not take so long to see it.
    fn lose_patience(&self) {
        let again = self.patience.get().min(PATIENCE_AGAIN);
        self.patience.set(again);
    }

    /// The execution that ended the process, played again turn by turn: then it is known who was
    /// where, and what was found before. `how` it ended; nothing: it did not come back.
    fn ways_to_the_end(&self, so_far: &PlayedSoFar, how: Option<ProcessEnding>) -> Vec<Way> {
        let id = match &how {
            Some(_) => FindingId::Crashed,
            None => FindingId::Stuck,
        };
        let mut path = so_far.path.iter();
        let labelled = self.begin(Keeps::TRACE).map(|mut execution| {
            walk_by_label(&mut execution, &mut |_| Some(*path.next()? as usize))
        });
        let walked = labelled.unwrap_or_default().walked;
        let problems = walked.problems.into_iter().map(|(_, problem)| problem);
        let mut problems: Vec<Problem> = problems.collect();
        if !problems.iter().any(|problem| problem.is_finding(id)) {
            problems.insert(
                0,
                Problem::Finding {
                    id,
                    client: None,
                    rule: String::new(),
                    detail: how.map_or_else(|| STUCK.to_owned(), |how| how.in_words("")),
                },
            );
        }
        let ways = problems.into_iter().map(|problem| Way {
            problem,
            path: so_far.path.clone(),
            length: walked.places.len(),
            places: walked.places.clone(),
            found_after: so_far.execution,
        });
        ways.collect()
    }

    /// The process has ended, or does not come back: what it was at is found.
    fn end_of(
        &self,
        process: ClientProcess,
        how: Option<ProcessEnding>,
        mut found: Searched,
        keep: &Keep<'_>,
    ) -> Searched {
        let so_far = process.played_so_far();
        drop(process);
        if how.is_none() {
            self.lose_patience();
        }
        found.schedules = found.schedules.max(so_far.execution);
        found.exhausted = false;
        for way in self.ways_to_the_end(&so_far, how) {
            let is_known = |known: &Way| (keep.is_same)(&known.problem, &way.problem);
            let is_allowed = self.tolerance.judge(&way.problem) == Judgement::Allowed;
            if !is_allowed && !found.problems.iter().any(is_known) {
                found.problems.push(way);
            }
        }
        found
    }

    /// Has the process play what `strategy` tries, and listens.
    fn listen(
        &self,
        mut process: ClientProcess,
        keep: &Keep<'_>,
        progress: &mut dyn FnMut(&Searched) -> bool,
    ) -> Searched {
        let mut found = Searched::default();
        let (mut seen, mut at) = (PlayedSoFar::default(), Instant::now());
        loop {
            match process.hear(A_LOOK) {
                Heard::ChildReply(ChildReply::Sampled {
                    schedules,
                    found: ways,
                }) => {
                    found.schedules = schedules;
                    if let Some(ways) = ways {
                        let ways = ways.into_iter().filter_map(FoundWay::read);
                        found.problems = ways.collect();
                    }
                    at = Instant::now();
                    if !progress(&found) {
                        return found;
                    }
                }
                Heard::ChildReply(ChildReply::Finished {
                    exhausted,
                    is_spoilt,
                }) => {
                    found.exhausted = exhausted;
                    if !is_spoilt {
                        self.idle.replace(Some(process));
                    }
                    return found;
                }
                Heard::ChildReply(ChildReply::Refused(refused)) => {
                    self.refused.replace(Some(refused));
                    return found;
                }
                Heard::ChildReply(_) => {}
                Heard::Died(how) => return self.end_of(process, Some(how), found, keep),
                Heard::Silent => {
                    let now = process.played_so_far();
                    if now != seen {
                        (seen, at) = (now, Instant::now());
                    } else if at.elapsed() > self.patience.get() {
                        return self.end_of(process, None, found, keep);
                    }
                    if !progress(&found) {
                        return found;
                    }
                }
            }
        }
    }
}

impl RealClients for RemoteClients<'_> {
    type Execution<'s>
        = RemoteExecution<'s>
    where
        Self: 's;

    fn begin_with(&self, beginning: Beginning) -> Option<RemoteExecution<'_>> {
        let mut execution = RemoteExecution {
            clients: self,
            process: Some(self.process()?),
            choices: Vec::new(),
            turn: None,
            turns: 0,
            log: EventLog::default(),
            traced: 0,
            recording: PageRecording::default(),
            decides: None,
            turn_begins: (0, 0),
            whereabouts: Whereabouts::default(),
            found: Vec::new(),
            problems: Vec::new(),
        };
        execution.order(&ChildOrder::Start {
            noise: beginning.noise.map(Noise::names),
            lets_fail: beginning.lets_fail,
            records: beginning.keeps.recording,
        });
        execution.hear_what_is_possible();
        match self.refused.borrow().is_none() {
            true => Some(execution),
            false => None,
        }
    }

    fn sample(
        &self,
        strategy: &mut dyn Strategy,
        keep: &Keep<'_>,
        progress: &mut dyn FnMut(&Searched) -> bool,
    ) -> Searched {
        let Some(value) = strategy.as_value() else {
            return sample(&mut || self.begin(Keeps::NOTHING), strategy, keep, progress);
        };
        let Some(mut process) = self.process() else {
            return Searched::default();
        };
        process.order(&ChildOrder::Sample(value));
        self.listen(process, keep, progress)
    }

    fn noise(&self) -> Noise {
        noise_of(&self.options.policy)
    }

    fn tolerance(&self) -> &Tolerance {
        &self.tolerance
    }

    /// A process that an execution has spoilt is never used again.
    fn begins_afresh(&self) -> bool {
        true
    }

    fn replayable(&self) -> Replayable {
        self.options.replayable()
    }

    fn settings(&self) -> Vec<(String, String)> {
        self.options.policy.clone()
    }

    fn profiles(&self) -> Vec<String> {
        vec![self.options.profile.clone()]
    }

    fn client_name(&self, client: usize) -> String {
        self.names.borrow().get(client).cloned().unwrap_or_default()
    }
}

impl Loaded for RemoteClients<'_> {
    fn take_refused(&self) -> Option<ClientError> {
        self.refused.take()
    }
}

/// One execution in the process.
pub(super) struct RemoteExecution<'c> {
    clients: &'c RemoteClients<'c>,
    /// Nothing once it has ended.
    process: Option<ClientProcess>,
    choices: Vec<Choice>,
    /// The turn that is played, or was last, and how many were.
    turn: Option<Choice>,
    turns: usize,
    log: EventLog,
    /// So many bytes of its trace have come.
    traced: usize,
    recording: PageRecording,
    /// The turn at which something is decided, and the words for it.
    decides: Option<(usize, String)>,
    /// How many events and how much of the recording came before the turn.
    turn_begins: (usize, usize),
    whereabouts: Whereabouts,
    /// What the emulation has found so far, each kind once for each client.
    found: Vec<Problem>,
    problems: Vec<Problem>,
}

impl RemoteExecution<'_> {
    fn order(&mut self, order: &ChildOrder) {
        self.choices.clear();
        self.whereabouts.begin_turn();
        self.turn_begins = (self.log.events().len(), self.recording.len());
        if let Some(process) = &mut self.process {
            process.order(order);
        }
    }

    /// Listens until the process says something that is no part of the trace or the recording. Nothing: it has
    /// ended, or does not come back, and that is among the problems.
    fn hear(&mut self) -> Option<ChildReply> {
        let deadline = Instant::now() + self.clients.patience.get();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.process.as_mut()?.hear(left) {
                // One that calls for ever does not come back either.
                Heard::ChildReply(ChildReply::Traced(_) | ChildReply::Recorded(_))
                    if left.is_zero() =>
                {
                    self.is_stuck();
                }
                Heard::ChildReply(ChildReply::Traced(line)) => self.note(&line),
                Heard::ChildReply(ChildReply::Recorded(part)) => self.keep(part),
                Heard::ChildReply(reply) => return Some(reply),
                Heard::Died(how) => self.is_over(FindingId::Crashed, |place| how.in_words(place)),
                Heard::Silent => self.is_stuck(),
            }
        }
    }

    fn note(&mut self, line: &str) {
        // Whoever reads it is of the same build as whoever writes it.
        let Some(event) = LoggedEvent::read(line) else {
            return;
        };
        self.whereabouts.note_words(&event.what);
        if let Some(found) = Problem::of_words(&event.what)
            && !self.found.iter().any(|known| known.is_like(&found))
        {
            self.found.push(found);
        }
        if self.traced < KEPT_TRACE {
            self.traced += line.len() + 1;
            self.log.push(event);
        }
    }

    fn keep(&mut self, part: PageRecording) {
        if self.recording.len() < KEPT_EVENTS {
            self.recording.append(part);
        }
    }

    fn is_stuck(&mut self) {
        self.clients.lose_patience();
        let (events, recording) = self.turn_begins;
        self.log.truncate(events + EVENTS_OF_STUCK_TRACE);
        self.recording.truncate(recording + EVENTS_OF_STUCK_TURN);
        self.is_over(FindingId::Stuck, |place| format!("{STUCK}; {place}"));
    }

    /// The process is over, with a problem of whoever it played. `say` puts it into words, with
    /// the place.
    fn is_over(&mut self, id: FindingId, say: impl FnOnce(&str) -> String) {
        self.process = None;
        let turn = self
            .turn
            .as_ref()
            .map(|turn| (self.turns, turn.label.as_str()));
        let place = self.whereabouts.in_turn(id, turn);
        let problem = Problem::Finding {
            id,
            client: self.whose_fault(),
            rule: String::new(),
            detail: say(&place),
        };
        // The process does not say itself any more what was found before. An exception that left its client's code, and
        // ended the process with that, is the crash itself.
        let last = self.log.events().last();
        let last = last.and_then(|event| Problem::of_words(&event.what));
        let is_it = |it: &Problem| it.is_finding(FindingId::PanicInNotify);
        let ends_it = last.filter(is_it);
        let found = std::mem::take(&mut self.found).into_iter();
        let found = found.filter(|it| !ends_it.as_ref().is_some_and(|ends| ends.is_like(it)));
        let problems = std::iter::once(problem).chain(found);
        let is_told = |it: &Problem| self.clients.tolerance.judge(it) != Judgement::Allowed;
        self.problems.extend(problems.filter(is_told));
    }

    /// The client that ran.
    fn whose_fault(&self) -> Option<String> {
        let names = self.clients.names.borrow();
        let actor = self.turn.as_ref().map(|turn| turn.actor);
        self.whereabouts.whose_fault(actor, &names)
    }

    fn hear_what_is_possible(&mut self) {
        match self.hear() {
            Some(ChildReply::Possible(turns)) => {
                self.choices = turns.into_iter().map(Choice::from).collect();
            }
            Some(ChildReply::Refused(refused)) => {
                self.process = None;
                self.clients.refused.replace(Some(refused));
            }
            Some(_) | None => {}
        }
    }
}

impl System for RemoteExecution<'_> {
    /// The place of a choice.
    type Turn = usize;

    fn turns(&mut self, turns: &mut Vec<usize>) {
        turns.clear();
        turns.extend(0..self.choices.len());
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
        self.turn = self.choices.get(turn).cloned();
        self.turns += 1;
        if let Some((_, words)) = self.decides.take_if(|(turn, _)| *turn == self.turns) {
            self.order(&ChildOrder::Decides(words));
        }
        self.order(&ChildOrder::Play(turn));
        self.hear_what_is_possible();
    }

    fn end(&mut self, is_over: bool) {
        self.order(&ChildOrder::End(is_over));
        if let Some(ChildReply::Ended {
            problems,
            is_spoilt,
        }) = self.hear()
        {
            let problems = problems.into_iter().filter_map(ClientProblem::read);
            self.problems.extend(problems);
            let process = self.process.take();
            if !is_spoilt {
                self.clients.idle.replace(process);
            }
        }
    }

    fn take_problems(&mut self, take: &mut dyn FnMut(Problem)) {
        self.problems.drain(..).for_each(take);
    }
}

impl Traced for RemoteExecution<'_> {
    fn log(&self) -> EventLog {
        self.log.clone()
    }

    fn recording(&self) -> PageRecording {
        self.recording.clone()
    }

    fn decides_at(&mut self, turn: usize, words: String) {
        self.decides = Some((turn, words));
    }
}
