//! Many executions of one closure.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use mapi_offline::{FindingId, Observer, Record};

use super::execution::Ending;
use super::in_program::InProgram;
use super::panics::{self, PanicPlace};
use super::suspend::WaitingScope;
use super::watch::{Watchdog, Watched, WatchingObserver};
use super::{
    Actors, Execution, Limits, Pool, RealClients, Sim, Suspender, explore, follow_schedule,
};
use crate::problem::Problem;
use crate::replay::Replayable;
use crate::report::{Failure, Report};
use crate::sample::Searched;
use crate::schedule::Schedule;
use crate::strategy::{Random, Strategy};
use crate::timeline::Trace;

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
        limits: Limits {
            steps: 10_000,
            allowed: BTreeSet::new(),
            watched: Some(Watched::new(Location::caller().to_string())),
        },
        timeout: Duration::from_secs(10),
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
    limits: Limits,
    timeout: Duration,
    stack_size: usize,
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
        self.limits.allowed.insert(finding);
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

    /// How long a turn may take, in the time of the clock. Default: 10 s. A client that takes longer
    /// does not come back, and neither can this thread: what it was at and the line that replays it
    /// are written to standard error (finding `stuck`), and the process is aborted.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Explores until something fails.
    ///
    /// A panic that cannot leave the code it is in, as one in a Notify of `#[implement]` cannot, ends
    /// the process. What it says, where it is, and the line that replays it are written to standard
    /// error before (finding `crashed`).
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
        let _watchdog = self.watchdog();
        let (failures, fits) = follow_schedule(&self.closures(), &schedule);
        if let Some(failure) = failures.first() {
            panic!("{}", self.tell(failure));
        }
        assert!(fits, "the schedule {schedule} does not fit this world");
    }

    fn explore(&mut self, stops: bool) -> Report {
        let chosen = self.strategy.take();
        let random = || Box::new(Random::new(self.seed, self.schedules));
        let mut strategy = chosen.unwrap_or_else(|| random());
        let _watchdog = self.watchdog();
        let mut goes_on = |found: &Searched| !stops || found.problems.is_empty();
        explore(&self.closures(), &mut *strategy, &mut goes_on).0
    }

    /// Watches as long as it lives.
    fn watchdog(&self) -> Option<Watchdog> {
        let watched = self.limits.watched.as_ref();
        watched.map(|watched| Watchdog::watch(watched, self.timeout))
    }

    fn closures(&self) -> Closures<'_, F> {
        Closures {
            check: self,
            names: RefCell::default(),
            pool: RefCell::new(Pool::new(self.stack_size)),
        }
    }

    /// A failure, for the panic of a test.
    fn tell(&self, failure: &Failure) -> String {
        let Failure {
            problem,
            schedule,
            found_after,
            timeline,
            ..
        } = failure;
        let (seed, place) = (self.seed, self.place);
        let again = if failure.is_repeatable {
            "to replay it, end that check with"
        } else {
            "the clients' code is not deterministic, so this may not replay it:"
        };
        let panic = panics::last().filter(|panic| problem.to_string().contains(&panic.message));
        if let Some(backtrace) = panic.as_ref().and_then(PanicPlace::backtrace) {
            // With the output of the test, as that of any panic.
            eprintln!("{backtrace}");
        }
        let panic = panic.map(|panic| format!("it {panic}\n"));
        let panic = panic.unwrap_or_default();
        format!(
            "{problem}\n{panic}\n{timeline}\nexecution {found_after}, seed {seed}, check at {place}; \
             {again}\n    .replay(\"{schedule}\")\n"
        )
    }
}

/// Two that see everything.
struct BothObservers<A, B>(A, B);

impl<A: Observer, B: Observer> Observer for BothObservers<A, B> {
    fn observe(&mut self, record: &Record<'_>) {
        self.0.observe(record);
        self.1.observe(record);
    }
}

/// The clients of a closure's world.
struct Closures<'c, F> {
    check: &'c Check<F>,
    /// What the clients of the last execution that was told are called.
    names: RefCell<Vec<String>>,
    pool: RefCell<Pool>,
}

impl<F: Fn(&mut Sim)> RealClients for Closures<'_, F> {
    type Execution<'s>
        = Execution<'s>
    where
        Self: 's;

    fn begin(&self, traces: bool) -> Option<Execution<'_>> {
        let mut sim = Sim::new();
        (self.check.build)(&mut sim);
        let suspender = Suspender::new();
        let mut builder = sim.builder.stacks(Rc::clone(&suspender) as _);
        let trace = Trace::default();
        let watching = self.check.limits.watched.clone().map(WatchingObserver);
        builder = match (traces.then(|| trace.observer()), watching) {
            (Some(trace), Some(watching)) => builder.observer(BothObservers(trace, watching)),
            (Some(trace), None) => builder.observer(trace),
            (None, Some(watching)) => builder.observer(watching),
            (None, None) => builder,
        };
        let outlook = match builder.build() {
            Ok(outlook) => Rc::new(outlook),
            Err(error) => panic!("a profile cannot be made: {error}"),
        };
        if traces {
            let names = sim.clients.iter().map(|(name, _)| name.clone());
            self.names.replace(names.collect());
        }
        let waiting = WaitingScope::begin(&suspender, &outlook);
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
        let emulation = Rc::new(InProgram {
            outlook,
            assertions: RefCell::new(sim.assertions),
            trace,
        });
        let limits = &self.check.limits;
        let waiting = Some(waiting);
        let execution = Execution::new(emulation, suspender, &self.pool, limits, actors, waiting);
        Some(execution)
    }

    fn begins_afresh(&self) -> bool {
        true
    }

    fn replayable(&self) -> Replayable {
        Replayable::Check {
            place: self.check.place.to_string(),
        }
    }

    fn settings(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    fn client_name(&self, client: usize) -> String {
        self.names.borrow().get(client).cloned().unwrap_or_default()
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
