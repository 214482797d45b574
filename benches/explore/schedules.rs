//! Random schedules of a program of three threads: advise, set the state, unadvise. Three ways to
//! play it: as a scenario, as Rust closures on stacks of their own, and under shuttle.

use std::ops::ControlFlow;
use std::time::Instant;

use mapi_offline::callback_fn;
use mapi_offline_explore::check;
use mapi_offline_explore::scripted::{Options, Policies, Search, explore};
use mapi_offline_sys::MAPIOFFLINE_FLAG_DEFAULT;

use crate::median::median;
use crate::program::{self, SharedWorld};
use crate::scenario::{PROFILE, WISHES, advise_set_unadvise};

/// So many runs of each.
const ROUNDS: usize = 9;
/// So many schedules a run: enough that what a run begins with does not count.
const SCRIPTED: [u64; 2] = [10_000, 100_000];
const STACKS: u64 = 5_000;
const SHUTTLE: usize = 2_000;

/// Prints schedules a second of all.
pub fn compare() {
    let [few, many] = SCRIPTED;
    let mut runs: [TimedRun; 4] = [
        TimedRun::new("shuttle", SHUTTLE as u64, shuttle),
        TimedRun::new("closures", STACKS, closures),
        TimedRun::new("scripted", few, move |seed| scripted(seed, few)),
        TimedRun::new("scripted", many, move |seed| scripted(seed, many)),
    ];
    for round in 0..ROUNDS {
        for turn in 0..runs.len() {
            let at = (round + turn) % runs.len();
            let begin = Instant::now();
            (runs[at].run)(round as u64);
            runs[at].seconds.push(begin.elapsed().as_secs_f64());
        }
    }
    println!("Three threads that advise, set the state and unadvise: random schedules");
    let mut shuttle = None;
    for run in runs {
        let rate = run.schedules as f64 / median(run.seconds);
        println!(
            "  {:<9} {:>7} schedules a run: {rate:>9.0} schedules/s, {:.1} times shuttle",
            run.name,
            run.schedules,
            rate / *shuttle.get_or_insert(rate)
        );
    }
}

/// One way to play so many schedules.
struct TimedRun {
    name: &'static str,
    schedules: u64,
    run: Box<dyn FnMut(u64)>,
    seconds: Vec<f64>,
}

impl TimedRun {
    fn new(name: &'static str, schedules: u64, run: impl FnMut(u64) + 'static) -> Self {
        Self {
            name,
            schedules,
            run: Box::new(run),
            seconds: Vec::new(),
        }
    }
}

/// Clients of a scenario, judged at every turn.
fn scripted(seed: u64, schedules: u64) {
    let options = Options {
        search: Search::Random { seed, schedules },
        policies: Policies::Default,
        ..Options::default()
    };
    let explored = explore(&advise_set_unadvise(), &options, &mut |_| {
        ControlFlow::Continue(())
    });
    assert_eq!(explored.schedules, schedules);
    assert!(explored.failures.is_empty());
}

/// Clients in Rust over COM, on stacks of their own.
fn closures(seed: u64) {
    let report = check(|sim| {
        sim.profile(PROFILE);
        for (name, wish) in ["a", "b", "c"].into_iter().zip(WISHES) {
            sim.client(name, move |outlook| {
                let manager = outlook.open(PROFILE)?;
                manager.capabilities()?;
                let token = manager.advise(&callback_fn(|_| {}), 0)?;
                // S_OK or E_PENDING, as others come before (SET-4).
                let _ = manager.set_current_state(MAPIOFFLINE_FLAG_DEFAULT, wish.bits());
                manager.unadvise(token).ok()
            });
        }
    })
    .schedules(STACKS)
    .seed(seed)
    .report();
    assert!(report.failures.is_empty());
}

/// Threads of shuttle, around the same core.
fn shuttle(_: u64) {
    let world = SharedWorld::new();
    shuttle::check_random(move || program::run(&world), SHUTTLE);
}
