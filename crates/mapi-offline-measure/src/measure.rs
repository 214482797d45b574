//! The measurements of `mapisim bench`: those of the benchmarks, cut short.

use std::time::{Duration, Instant};

use crate::bare::Bare;
use crate::pairs::{Pairs, UnadviseOrder};
use crate::phase::{self, Phases};
use crate::profiles::{ManyProfiles, Map};
use crate::registered::{PHASES, RegisteredSinks, Thread};
use crate::report::{AdviseTimes, FanoutTimes, Measurements, OpenTimes, Parallel, TransitionTimes};
use crate::sizes::{FANOUTS, LIVES, PARALLEL_SINKS, PROFILES, TRANSITIONS};
use crate::stopwatch::{Contender, median_of, medians};
use crate::{latency, memory, parallel, scripted, sink};

/// How much time it takes.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// For one number.
    point: Duration,
    /// For all numbers of one kind, setting up included. What would take longer is left out.
    group: Duration,
    /// How many registrations memory is measured with.
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
pub fn measure(effort: Effort, mut step: impl FnMut(&'static str)) -> Measurements {
    let point = effort.point;
    step("memory");
    // First, while the allocator holds no freed memory that registrations could go into.
    let bytes_per_registration = memory::resident_bytes_per_registration(effort.registrations);
    step("fan-out");
    let fanout = effort.each(
        &FANOUTS,
        |sinks| {
            let with_clock = phase::sinks(sinks);
            let ours = Phases::of_ours(&with_clock);
            let bare = Phases::of_bare(&with_clock);
            let registered = RegisteredSinks::new(Thread::Caller, &sink::sinks(sinks));
            (ours, bare, registered)
        },
        |sinks, (ours, bare, registered)| fanout(sinks, ours, bare, registered, point),
    );
    step("Advise and Unadvise");
    let advise = effort.each(&LIVES, Pairs::new, |live, pairs| advise(live, pairs, point));
    step("transitions");
    let transition = effort.each(
        &TRANSITIONS,
        |sinks| {
            let sinks = sink::sinks(sinks);
            [Thread::Caller, Thread::Worker].map(|thread| RegisteredSinks::new(thread, &sinks))
        },
        |sinks, both| transition(sinks, both, point),
    );
    step("HrOpenOfflineObj");
    let open = effort.each(
        &PROFILES,
        |profiles| (ManyProfiles::new(profiles), Map::new(profiles)),
        |profiles, (ours, map)| open(profiles, ours, map, point),
    );
    step("two threads");
    let parallel = Parallel {
        threads: parallel::THREADS,
        speedup: parallel::speedup(PARALLEL_SINKS, point * 2),
        bare_speedup: parallel::bare_speedup(PARALLEL_SINKS, point * 2),
    };
    step("latency");
    let latency = latency::measure(point * 2).percentiles();
    step("scripted clients");
    let scripted = scripted(point);
    Measurements {
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
    ours: &mut Phases<RegisteredSinks>,
    bare: &mut Phases<Bare>,
    registered: &mut RegisteredSinks,
    time: Duration,
) -> FanoutTimes {
    let mut contenders = [
        Contender::timed(sinks, |phases| ours.run(phases)),
        Contender::timed(sinks, |phases| bare.run(phases)),
        Contender::new(PHASES * sinks, || registered.toggle()),
    ];
    let medians = medians(&mut contenders, time);
    FanoutTimes {
        sinks,
        ns_per_notify: medians[0],
        bare_ns: medians[1],
        ratio: medians[0] / medians[1],
        with_call_ns: medians[2],
    }
}

fn advise(live: usize, pairs: &mut Pairs, time: Duration) -> AdviseTimes {
    let mut median = |order| {
        let pairs = Contender::timed(1, |calls| pairs.run(order, calls));
        median_of(pairs, time / 3)
    };
    let [ns_per_pair, oldest_ns, random_ns] = UnadviseOrder::ALL.map(&mut median);
    AdviseTimes {
        live,
        ns_per_pair,
        oldest_ns,
        random_ns,
    }
}

fn transition(sinks: usize, both: &mut [RegisteredSinks; 2], time: Duration) -> TransitionTimes {
    let [ns, worker_ns] = both
        .each_mut()
        .map(|registered| median_of(Contender::new(1, || registered.toggle()), time / 2));
    TransitionTimes {
        sinks,
        ns,
        worker_ns,
    }
}

fn open(profiles: usize, ours: &mut ManyProfiles, map: &mut Map, time: Duration) -> OpenTimes {
    let mut contenders = [
        Contender::timed(1, |calls| ours.open(calls)),
        Contender::timed(1, |calls| map.get(calls)),
    ];
    let medians = medians(&mut contenders, time);
    OpenTimes {
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
