//! Many executions of one closure.

use std::fmt;
use std::panic::Location;
use std::path::PathBuf;
use std::time::Duration;

use mapi_offline::{FindingId, Noise, Severity};
use mapi_offline_page::{TimelinePage, promise_page, title_of_thread};

use super::closures::Closures;
use super::noise::follow_noise;
use super::page::{page_of_check, page_of_schedule};
use super::panic_place::PanicPlace;
use super::panics;
use super::watch::{Watchdog, WatchedCheck};
use super::{Limits, Pool, Sim, explore, follow_schedule};
use crate::policies::{NOISE, noise_called};
use crate::report::{Failure, Report};
use crate::sample::{Searched, Way};
use crate::schedule::Schedule;
use crate::strategy::{Random, Strategy};
use crate::tolerance::{Judgement, Tolerance};

/// Explores the world that `build` builds: its clients are real code, and any of them may go next
/// at any time.
///
/// Its clients unadvise and release when the host quits ([`Outlook::on_disconnect`](mapi_offline::Outlook::on_disconnect)):
/// whether one believes what is (`stale-belief`, `never-learned`) is looked for when all is quiet, of who is registered
/// then.
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
///         manager.current_state()?; // after Advise: so nothing is missed
///         outlook.on_disconnect("provider", move || {
///             let _ = manager.unadvise(token);
///         });
///         Ok(())
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
            faults: 0,
            tolerance: Tolerance::default(),
            watched: Some(WatchedCheck::new(Location::caller().to_string())),
        },
        timeout: Duration::from_secs(10),
        stack_size: 1 << 20,
        page: None,
    }
}

/// The environment variable that replays a check without a change of its code: the place of the
/// check, `=`, and the schedule; or the schedule alone, for every check.
const REPLAY_VARIABLE: &str = "MAPISIM_REPLAY";

/// Stands between an order and the noise that it is compared with.
const NOISE_SIGN: char = '/';

/// The noise of these names.
///
/// # Panics
/// If there is no such noise.
fn noise_in(names: &str) -> Noise {
    noise_called(names).unwrap_or_else(|error| panic!("{error}"))
}

/// The schedule that is to be played of the check at `place`, if `asked` means that one.
fn asked_for(asked: &str, place: &Location<'_>) -> Option<String> {
    match asked.rsplit_once('=') {
        None => Some(asked.to_owned()),
        Some((named, schedule)) => (named == place.to_string()).then(|| schedule.to_owned()),
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
    page: Option<PathBuf>,
}

impl<F: Fn(&mut Sim)> Check<F> {
    /// How many executions, if no other strategy decides it. Default: 1000.
    ///
    /// # Panics
    /// If there is to be none: what passed would not have been tested.
    pub const fn schedules(mut self, schedules: u64) -> Self {
        assert!(schedules > 0, "a check of 0 schedules tests nothing");
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

    /// A finding that is no failure here, and not told.
    pub fn allow(mut self, finding: FindingId) -> Self {
        self.limits.tolerance.allowed.insert(finding);
        self
    }

    /// Findings of this severity are failures, and heavier ones. Default: errors.
    pub const fn deny(mut self, severity: Severity) -> Self {
        self.limits.tolerance.deny = severity;
        self
    }

    /// An execution that takes more steps is taken to go on for ever: `livelock`. Default:
    /// 10,000.
    pub const fn steps(mut self, steps: u32) -> Self {
        self.limits.steps = steps;
        self
    }

    /// Lets up to so many calls of clients fail in each execution, though nothing is wrong with them: which, and how, is
    /// decided as who goes next is (FAIL-1). A client must bear it: it may end with an error then, and has to leave
    /// nothing behind. Default: none.
    ///
    /// ```
    /// use mapi_offline::callback_fn;
    /// use mapi_offline_explore::check;
    ///
    /// let report = check(|sim| {
    ///     sim.profile("Work");
    ///     sim.client("provider", |outlook| {
    ///         // Whoever keeps the manager alive keeps its reference: what `?` drops is released.
    ///         let manager = outlook.open("Work")?;
    ///         let token = manager.advise(&callback_fn(|_| {}), 42)?;
    ///         manager.current_state().expect("it never fails"); // it may
    ///         outlook.on_disconnect("provider", move || {
    ///             let _ = manager.unadvise(token);
    ///         });
    ///         Ok(())
    ///     });
    /// })
    /// .faults(1)
    /// .report();
    /// assert!(report.failures[0].problem.to_string().contains("it never fails"));
    /// ```
    pub const fn faults(mut self, faults: u32) -> Self {
        self.limits.faults = faults;
        self
    }

    /// How large each stack is, in bytes: at least [`LEAST_STACK_SIZE`](crate::LEAST_STACK_SIZE). Default: 1 MiB.
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

    /// Writes a page for a browser to `path`: what fails, beside the nearest order that passes; where nothing fails, the
    /// first order. It is written before the check panics, and also where a client ends the process or does not come
    /// back. It is one file of HTML that needs no network. What the page shows is played once more for it, and some
    /// orders beside it.
    pub fn report_html(mut self, path: impl Into<PathBuf>) -> Self {
        let (path, place) = (path.into(), self.place.to_string());
        let watched = WatchedCheck::with_page(place, path.clone(), title_of_thread());
        self.limits.watched = Some(watched);
        self.page = Some(path);
        self
    }

    /// Explores until something fails. Warnings and notes are printed to stderr.
    ///
    /// With the environment variable `MAPISIM_REPLAY`, as a failure has printed it, plays that one
    /// execution instead, as [`Check::replay`] does.
    ///
    /// A panic that cannot leave the code it is in, as one in a Notify of `#[implement]` cannot, ends
    /// the process. What it says, where it is, and the line that replays it are written to standard
    /// error before (finding `crashed`).
    ///
    /// # Panics
    /// With the problem, the timeline, and the line that replays it, if something fails; if the
    /// strategy has no execution; if a profile cannot be made (PROF-3, PROF-4); and with a
    /// [`StackError`](crate::StackError) in words.
    pub fn run(mut self) {
        let asked = std::env::var(REPLAY_VARIABLE).ok();
        if let Some(asked) = asked {
            if let Some(schedule) = asked_for(&asked, self.place) {
                return self.replay(&schedule);
            }
            if asked.starts_with(&format!("{}:", self.place.file())) {
                eprintln!(
                    "{REPLAY_VARIABLE} names another check of this file than the one at {}, which explores: has it \
                     moved?",
                    self.place
                );
            }
        }
        let report = self.explore(true);
        assert!(
            report.schedules > 0,
            "the check at {} tested nothing: its strategy has no schedule",
            self.place
        );
        for remark in &report.remarks {
            let (severity, problem) = (remark.problem.severity(), &remark.problem);
            let which = remark.place.suffix();
            eprintln!(
                "{severity} in the check at {}: {problem}{which}",
                self.place
            );
        }
        let told = report.failures.first().map(|failure| self.tell(failure));
        self.write_page(|closures, title| page_of_check(closures, title, &report));
        if let Some(told) = told {
            panic!("{told}");
        }
    }

    /// Explores to the end.
    ///
    /// # Panics
    /// If a profile cannot be made (PROF-3, PROF-4); and with a [`StackError`](crate::StackError) in words.
    #[must_use]
    pub fn report(mut self) -> Report {
        let report = self.explore(false);
        self.write_page(|closures, title| page_of_check(closures, title, &report));
        report
    }

    /// Plays one execution as `schedule` says, which a failure has printed.
    ///
    /// # Panics
    /// As [`Check::run`]; and if it is no schedule, or one of another world.
    pub fn replay(self, schedule: &str) {
        // Behind the order without noise: the noise that it is compared with.
        let (order, noise) = match schedule.split_once(NOISE_SIGN) {
            Some((order, noise)) => (order, Some(noise_in(noise))),
            None => (schedule, None),
        };
        let order: Schedule = match order.parse() {
            Ok(order) => order,
            Err(error) => panic!("{schedule:?}: {error}"),
        };
        self.promise_page();
        let closures = self.closures();
        let watchdog = self.watchdog();
        let (failures, mismatch) = match noise {
            Some(noise) => follow_noise(&closures, noise, &order),
            None => follow_schedule(&closures, &order, None),
        };
        drop(watchdog);
        closures.finish();
        let Some(mismatch) = mismatch else {
            let told = failures.first().map(|failure| self.tell(failure));
            self.write_page(|closures, title| page_of_schedule(closures, title, &order, &failures));
            if let Some(told) = told {
                panic!("{told}");
            }
            return;
        };
        // What it would show now is another execution than the one that failed.
        panic!(
            "the schedule {schedule} does not fit this world any more: {mismatch}.\n\
             The clients or the world have changed since it was printed. Run the check at {} \
             without the replay: if it still fails, it prints a schedule that fits.",
            self.place
        );
    }

    fn explore(&mut self, stops: bool) -> Report {
        self.promise_page();
        let chosen = self.strategy.take();
        let random = || Box::new(Random::new(self.seed, self.schedules));
        let mut strategy = chosen.unwrap_or_else(|| random());
        let tolerance = self.limits.tolerance.clone();
        let fails = |way: &Way| tolerance.judge(&way.problem) == Judgement::Fails;
        let mut goes_on = |found: &Searched| !stops || !found.problems.iter().any(fails);
        let closures = self.closures();
        let watchdog = self.watchdog();
        let (report, _) = explore(&closures, &mut *strategy, &mut goes_on);
        drop(watchdog);
        closures.finish();
        report
    }

    /// Until the page is written its file says that none was. That it cannot be written is said later.
    fn promise_page(&self) {
        if let Some(path) = &self.page {
            let _ = promise_page(path);
        }
    }

    /// Writes the page, if one is wanted, that `page` makes of a title.
    fn write_page(&self, page: impl FnOnce(&Closures<'_, F>, &str) -> TimelinePage) {
        let Some(path) = &self.page else {
            return;
        };
        let closures = self.closures();
        let watchdog = self.watchdog();
        let page = page(&closures, &title_of_thread());
        drop(watchdog);
        closures.finish();
        page.save_for_test(path);
    }

    /// Watches as long as it lives.
    fn watchdog(&self) -> Option<Watchdog> {
        let watched = self.limits.watched.as_ref();
        watched.map(|watched| Watchdog::watch(watched, self.timeout))
    }

    fn closures(&self) -> Closures<'_, F> {
        let pool = Pool::new(self.stack_size).unwrap_or_else(|error| panic!("{error}"));
        Closures::new(&self.build, self.place, &self.limits, pool)
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
        let which = failure.place.suffix();
        let (seed, place) = (self.seed, self.place);
        let mut schedule = schedule.to_string();
        if failure.replay.against.is_some()
            && let Some(noise) = failure.replay.policy.get(NOISE)
        {
            schedule.push(NOISE_SIGN);
            schedule.push_str(noise);
        }
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
        let seen = match self.page {
            Some(_) => "",
            None => "to see it on a page, give the check .report_html(\"check.html\")\n",
        };
        format!(
            "{problem}{which}\n{panic}\n{timeline}\nexecution {found_after}, seed {seed}, check at {place}; \
             {again}\n    .replay(\"{schedule}\")\nor run it as it is with \
             {REPLAY_VARIABLE}=\"{place}={schedule}\"\n{seen}"
        )
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
