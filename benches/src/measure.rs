//! The measurements of `mapisim bench`: those of the benchmarks, cut short.

use std::time::{Duration, Instant};

use crate::bare::Bare;
use crate::pairs::{Order, Pairs};
use crate::phase::{self, Phases};
use crate::profiles::{Map, Profiles};
use crate::report::{Advise, Fanout, Open, Parallel, Report, Transition};
use crate::stage::{PHASES, Stage, Thread};
use crate::stopwatch::{Contender, median_of, medians};
use crate::{latency, memory, parallel, scripted, sink};

/// The numbers of sinks that a phase is delivered to.
pub const FANOUTS: [usize; 6] = [1, 8, 64, 1_024, 65_536, 1_048_576];
/// The numbers of registrations among which others come and go.
pub const LIVES: [usize; 4] = [1, 1_024, 65_536, 1_048_576];
/// The numbers of sinks of a whole transition.
pub const TRANSITIONS: [usize; 3] = [1, 8, 1_024];
/// The numbers of profiles.
pub const PROFILES: [usize; 3] = [1, 1_000, 1_000_000];
/// The sinks of each of two profiles.
pub const PARALLEL_SINKS: usize = 64;

/// How much time it takes.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// For one number.
    point: Duration,
    /// For all numbers of one kind, setting up included. What would take longer is left out.
    group: Duration,
    /// How many registrations memory is counted with.
    registrations: usize,
}

impl Effort {
    /// Some dozens of seconds.
    pub const FULL: Self = Self {
        point: Duration::from_secs(1),
        group: Duration::from_secs(3600),
        registrations: 1 << 20,
    };

    /// Less than 10 seconds.
    pub const QUICK: Self = Self {
        point: Duration::from_millis(100),
        group: Duration::from_millis(2_000),
        registrations: 1 << 17,
    };

    /// Sets up and measures one size after the other, from the smallest, for as long as there is
    /// time. How long setting up will take is told from the sizes before, so the first two are
    /// always measured.
    fn each<S, T>(
        self,
        sizes: &[usize],
        set_up: impl Fn(usize) -> S,
        measure: impl Fn(usize, &mut S) -> T,
    ) -> Vec<T> {
        let began = Instant::now();
        let mut set_ups: Vec<Duration> = Vec::new();
        let mut results = Vec::new();
        for (place, &size) in sizes.iter().enumerate() {
            if let (2.., [first, .., last]) = (place, &set_ups[..]) {
                // What does not grow with the size is what the first took. Cleaning up takes about
                // as long as setting up.
                let growth = 2.0 * size as f64 / sizes[place - 1] as f64;
                let set_up = last.saturating_sub(*first).mul_f64(growth);
                if began.elapsed() + self.point + set_up > self.group {
                    break;
                }
            }
            let start = Instant::now();
            let mut subject = set_up(size);
            set_ups.push(start.elapsed());
            results.push(measure(size, &mut subject));
        }
        results
    }
}

/// Measures all of it. `step` is told what comes next.
#[must_use]
pub fn measure(effort: Effort, mut step: impl FnMut(&'static str)) -> Report {
    let point = effort.point;
    step("fan-out");
    let fanout = effort.each(
        &FANOUTS,
        |sinks| {
            let with_clock = phase::sinks(sinks);
            let ours = Phases::of_ours(&with_clock);
            let bare = Phases::of_bare(&with_clock);
            let stage = Stage::new(Thread::Caller, &sink::sinks(sinks));
            (ours, bare, stage)
        },
        |sinks, (ours, bare, stage)| fanout(sinks, ours, bare, stage, point),
    );
    step("Advise and Unadvise");
    let advise = effort.each(&LIVES, Pairs::new, |live, pairs| advise(live, pairs, point));
    step("transitions");
    let transition = effort.each(
        &TRANSITIONS,
        |sinks| {
            let sinks = sink::sinks(sinks);
            [Thread::Caller, Thread::Worker].map(|thread| Stage::new(thread, &sinks))
        },
        |sinks, stages| transition(sinks, stages, point),
    );
    step("HrOpenOfflineObj");
    let open = effort.each(
        &PROFILES,
        |profiles| (Profiles::new(profiles), Map::new(profiles)),
        |profiles, (ours, map)| open(profiles, ours, map, point),
    );
    step("two threads");
    let parallel = Parallel {
        threads: parallel::THREADS,
        speedup: parallel::speedup(PARALLEL_SINKS, point * 2),
        bare_speedup: parallel::bare_speedup(PARALLEL_SINKS, point * 2),
    };
    step("memory");
    let bytes_per_registration = memory::bytes_per_registration(effort.registrations);
    step("latency");
    let latency = latency::measure(point * 2).percentiles();
    step("scripted clients");
    let scripted = scripted(point);
    Report {
        fanout,
        advise,
        transition,
        open,
        parallel,
        bytes_per_registration,
        latency,
        scripted,
    }
}

fn fanout(
    sinks: usize,
    ours: &mut Phases<Stage>,
    bare: &mut Phases<Bare>,
    stage: &mut Stage,
    time: Duration,
) -> Fanout {
    let mut contenders = [
        Contender::timed(sinks, |phases| ours.run(phases)),
        Contender::timed(sinks, |phases| bare.run(phases)),
        Contender::new(PHASES * sinks, || stage.toggle()),
    ];
    let medians = medians(&mut contenders, time);
    Fanout {
        sinks,
        ns_per_notify: medians[0],
        bare_ns: medians[1],
        ratio: medians[0] / medians[1],
        with_call_ns: medians[2],
    }
}

fn advise(live: usize, pairs: &mut Pairs, time: Duration) -> Advise {
    let mut median = |order| {
        let pairs = Contender::timed(1, |calls| pairs.run(order, calls));
        median_of(pairs, time / 3)
    };
    let [ns_per_pair, oldest_ns, random_ns] = Order::ALL.map(&mut median);
    Advise {
        live,
        ns_per_pair,
        oldest_ns,
        random_ns,
    }
}

fn transition(sinks: usize, stages: &mut [Stage; 2], time: Duration) -> Transition {
    let [ns, worker_ns] = stages
        .each_mut()
        .map(|stage| median_of(Contender::new(1, || stage.toggle()), time / 2));
    Transition {
        sinks,
        ns,
        worker_ns,
    }
}

fn open(profiles: usize, ours: &mut Profiles, map: &mut Map, time: Duration) -> Open {
    let mut contenders = [
        Contender::timed(1, |calls| ours.open(calls)),
        Contender::timed(1, |calls| map.get(calls)),
    ];
    let medians = medians(&mut contenders, time);
    Open {
        profiles,
        ns: medians[0],
        dashmap_ns: medians[1],
    }
}

/// Notifications a second.
fn scripted(time: Duration) -> f64 {
    const CLIENTS: usize = 1_000;
    const TOGGLES: usize = 20;
    let scenario = scripted::scenario(CLIENTS, TOGGLES);
    let run = || {
        let outcome = mapi_offline_scenario::run(&scenario, None);
        assert!(outcome.findings.is_empty());
    };
    let ns = median_of(Contender::new(CLIENTS * TOGGLES * PHASES, run), time);
    1e9 / ns
}
