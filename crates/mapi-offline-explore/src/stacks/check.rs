//! Many executions of one closure.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

use mapi_offline::{FindingId, Severity};

use super::execution::Ending;
use super::keeper::Waiting;
use super::outlook::OutlookStage;
use super::{
    Actors, Execution, Follow, Keeper, Limits, Noted, Pool, Problem, Schedule, Sim, Story,
};
use crate::strategy::{Random, Strategy};

/// Explores the world that `build` builds: its clients are real code, and any of them may go next
/// at any time.
///
/// ```
/// use mapi_offline::{HostEvent, callback_fn};
/// use mapi_offline_explore::check;
///
/// check(|sim| {
///     sim.profile("Work");
///     sim.client("provider", |outlook| {
///         let manager = outlook.open("Work")?;
///         manager.capabilities()?;
///         let token = manager.advise(&callback_fn(|_| {}), 42)?;
///         manager.current_state()?;
///         manager.unadvise(token).ok()
///     });
///     sim.host([HostEvent::WorkOffline, HostEvent::WorkOnline]);
/// })
/// .schedules(100)
/// .run();
/// ```
#[track_caller]
pub fn check<F: Fn(&mut Sim)>(build: F) -> Check<F> {
    Check {
        build,
        place: Location::caller(),
        schedules: 1_000,
        seed: 1,
        strategy: None,
        allowed: BTreeSet::new(),
        limits: Limits { steps: 10_000 },
        stack_size: 1 << 20,
    }
}

/// How a closure is explored. Made by [`check`].
#[must_use = "nothing is explored until it runs"]
pub struct Check<F> {
    build: F,
    place: &'static Location<'static>,
    schedules: u64,
    seed: u64,
    strategy: Option<Box<dyn Strategy>>,
    allowed: BTreeSet<FindingId>,
    limits: Limits,
    stack_size: usize,
}

/// A problem, and how to come to it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub problem: Problem,
    /// Who went when: of all executions in which it went wrong, the one with the fewest choices.
    pub schedule: Schedule,
    /// In which execution that was, from 1.
    pub execution: u64,
    /// What happened in it, line by line.
    pub timeline: String,
    /// Its trace: JSON Lines.
    pub trace: String,
    /// Following the schedule again gave the same problem. If not, the client's code depends on
    /// something that the explorer does not decide: a clock, an address, a static variable.
    pub is_repeatable: bool,
}

/// What an exploration found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many executions were played.
    pub schedules: u64,
    /// One failure for each kind of problem of each client, in the order in which they were
    /// found.
    pub failures: Vec<Failure>,
}

impl<F: Fn(&mut Sim)> Check<F> {
    /// How many executions, if no other strategy decides it. Default: 1000.
    pub const fn schedules(mut self, schedules: u64) -> Self {
        self.schedules = schedules;
        self
    }

    /// The seed of the random walk. Default: 1.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Who goes next, in place of the random walk.
    pub fn strategy(mut self, strategy: impl Strategy + 'static) -> Self {
        self.strategy = Some(Box::new(strategy));
        self
    }

    /// An error finding that is no failure here.
    pub fn allow(mut self, finding: FindingId) -> Self {
        self.allowed.insert(finding);
        self
    }

    /// An execution that takes more steps is taken to go on for ever: `livelock`. Default:
    /// 10,000.
    pub const fn steps(mut self, steps: u32) -> Self {
        self.limits.steps = steps;
        self
    }

    /// How large each stack is, in bytes. Default: 1 MiB.
    pub const fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = bytes;
        self
    }

    /// Explores until something fails.
    ///
    /// # Panics
    /// With the problem, the timeline, and the line that replays it, if something fails; and if
    /// a profile cannot be made (PROF-3, PROF-4).
    pub fn run(mut self) {
        let report = self.explore(true);
        if let Some(failure) = report.failures.first() {
            panic!("{}", self.tell(failure));
        }
    }

    /// Explores to the end.
    ///
    /// # Panics
    /// If a profile cannot be made (PROF-3, PROF-4).
    #[must_use]
    pub fn report(mut self) -> Report {
        self.explore(false)
    }

    /// Plays one execution as `schedule` says, which a failure has printed.
    ///
    /// # Panics
    /// As [`Check::run`]; and if it is no schedule, or one of another world.
    pub fn replay(self, schedule: &str) {
        let schedule: Schedule = match schedule.parse() {
            Ok(schedule) => schedule,
            Err(error) => panic!("{schedule:?}: {error}"),
        };
        let mut pool = Pool::new(self.stack_size);
        let (failures, fits) = self.follow(&schedule, &mut pool);
        if let Some(failure) = failures.first() {
            panic!("{}", self.tell(failure));
        }
        assert!(fits, "the schedule {schedule} does not fit this world");
    }

    fn explore(&mut self, stops: bool) -> Report {
        let chosen = self.strategy.take();
        let random = || Box::new(Random::new(self.seed, self.schedules));
        let mut strategy = chosen.unwrap_or_else(|| random());
        let mut pool = Pool::new(self.stack_size);
        let mut report = Report {
            schedules: 0,
            failures: Vec::new(),
        };
        while strategy.begin() {
            report.schedules += 1;
            let mut noted = Noted::new(&mut *strategy);
            let (problems, is_spoilt) = self.execute(&mut noted, &mut pool, None);
            let schedule = noted.into_schedule();
            for problem in problems {
                report.add(problem, &schedule);
            }
            if is_spoilt || (stops && !report.failures.is_empty()) {
                break;
            }
        }
        for failure in &mut report.failures {
            let (again, _) = self.follow(&failure.schedule, &mut pool);
            if let Some(again) = again
                .into_iter()
                .find(|again| again.problem == failure.problem)
            {
                failure.timeline = again.timeline;
                failure.trace = again.trace;
                failure.is_repeatable = true;
            }
        }
        report
    }

    /// Plays a schedule, and tells what happens. Does it fit?
    fn follow(&self, schedule: &Schedule, pool: &mut Pool) -> (Vec<Failure>, bool) {
        let mut follow = Follow::new(schedule.clone());
        follow.begin();
        let story = Story::new();
        let mut noted = Noted::new(&mut follow);
        let (problems, _) = self.execute(&mut noted, pool, Some(story.clone()));
        let (timeline, trace) = story.finish();
        let failures = problems.into_iter().map(|problem| Failure {
            problem,
            schedule: schedule.clone(),
            execution: 1,
            timeline: timeline.clone(),
            trace: trace.clone(),
            is_repeatable: true,
        });
        (failures.collect(), follow.fits())
    }

    /// Plays one execution. What went wrong, and is a stack left over that spins?
    fn execute(
        &self,
        strategy: &mut Noted<'_>,
        pool: &mut Pool,
        story: Option<Story>,
    ) -> (Vec<Problem>, bool) {
        let mut sim = Sim::new();
        (self.build)(&mut sim);
        let keeper = Keeper::new();
        let mut builder = sim.builder.stacks(Rc::clone(&keeper) as _);
        if let Some(story) = story {
            builder = builder.observer(story);
        }
        let outlook = match builder.build() {
            Ok(outlook) => Rc::new(outlook),
            Err(error) => panic!("a profile cannot be made: {error}"),
        };
        let waiting = Waiting::begin(&keeper, &outlook);
        let clients = sim.clients.into_iter().map(|(name, code)| {
            let outlook = Rc::clone(&outlook);
            let client = name.clone();
            let code: Box<dyn FnOnce() -> Ending> = Box::new(move || {
                let error = code(&outlook).err()?;
                Some(Problem::Failed {
                    client,
                    error: error.to_string(),
                })
            });
            (name, code)
        });
        let actors = Actors {
            clients: clients.collect(),
            host: sim.host.into(),
        };
        let stage = OutlookStage {
            outlook,
            assertions: RefCell::new(sim.assertions),
        };
        let execution = Execution::new(Rc::new(stage), keeper, pool, self.limits);
        let (mut problems, is_spoilt) = execution.run(actors, strategy);
        drop(waiting);
        problems.retain(|problem| self.is_failure(problem));
        (problems, is_spoilt)
    }

    fn is_failure(&self, problem: &Problem) -> bool {
        match problem {
            Problem::Finding { id, .. } => {
                id.severity() == Severity::Error && !self.allowed.contains(id)
            }
            _ => true,
        }
    }

    /// A failure, for the panic of a test.
    fn tell(&self, failure: &Failure) -> String {
        let Failure {
            problem,
            schedule,
            execution,
            timeline,
            ..
        } = failure;
        let (seed, place) = (self.seed, self.place);
        let again = if failure.is_repeatable {
            "to replay it, end that check with"
        } else {
            "the clients' code is not deterministic, so this may not replay it:"
        };
        format!(
            "{problem}\n\n{timeline}\nexecution {execution}, seed {seed}, check at {place}; \
             {again}\n    .replay(\"{schedule}\")\n"
        )
    }
}

impl Report {
    fn add(&mut self, problem: Problem, schedule: &Schedule) {
        let failure = Failure {
            problem,
            schedule: schedule.clone(),
            execution: self.schedules,
            timeline: String::new(),
            trace: String::new(),
            is_repeatable: false,
        };
        let is_known = |known: &&mut Failure| known.problem.is_like(&failure.problem);
        match self.failures.iter_mut().find(is_known) {
            None => self.failures.push(failure),
            Some(known) if known.schedule.len() > schedule.len() => *known = failure,
            Some(_) => {}
        }
    }

    /// The failure of that name (`stale-belief`, `panic` …), if there is one.
    #[must_use]
    pub fn failure(&self, name: &str) -> Option<&Failure> {
        let mut failures = self.failures.iter();
        failures.find(|failure| failure.problem.name() == name)
    }
}

impl<F> fmt::Debug for Check<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("place", &self.place)
            .field("schedules", &self.schedules)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
