//! Random schedules of a program of three threads: advise, set the state, unadvise. Three ways to
//! play it: as a scenario, as Rust closures on stacks of their own, and under shuttle.

use std::ops::ControlFlow;
use std::time::Instant;

use mapi_offline::callback_fn;
use mapi_offline_explore::check;
use mapi_offline_explore::scripted::{Options, Policies, Search, explore};
use mapi_offline_sys::MAPIOFFLINE_FLAG_DEFAULT;

use crate::median;
use crate::program::{self, Machine};
use crate::scenario::{PROFILE, WISHES, advise_set_unadvise};

/// So many runs of each.
const ROUNDS: usize = 9;
/// So many schedules a run: enough that what a run begins with does not count.
const SCRIPTED: u64 = 50_000;
const STACKS: u64 = 5_000;
const SHUTTLE: usize = 2_000;

/// What is measured: its name, how many schedules it plays at once, how it plays so many, and its rates.
type Side = (&'static str, f64, Box<dyn FnMut(u64)>, Vec<f64>);

/// Prints schedules a second of all.
pub fn compare() {
    let mut runs: [Side; 3] = [
        ("scripted", SCRIPTED as f64, Box::new(scripted), Vec::new()),
        ("closures", STACKS as f64, Box::new(closures), Vec::new()),
        ("shuttle", SHUTTLE as f64, Box::new(shuttle), Vec::new()),
    ];
    for round in 0..ROUNDS {
        for turn in 0..runs.len() {
            let at = (round + turn) % runs.len();
            let (_, _, run, seconds) = &mut runs[at];
            let begin = Instant::now();
            run(round as u64);
            seconds.push(begin.elapsed().as_secs_f64());
        }
    }
    println!("Three threads that advise, set the state and unadvise: random schedules");
    let rates = runs.map(|(name, schedules, _, seconds)| (name, schedules / median(seconds)));
    let shuttle = rates[2].1;
    for (name, rate) in rates {
        println!(
            "  {name:<9} {rate:>9.0} schedules/s, {:.1} times shuttle",
            rate / shuttle
        );
    }
}

/// Clients of a scenario, judged at every turn.
fn scripted(seed: u64) {
    let options = Options {
        search: Search::Random {
            seed,
            schedules: SCRIPTED,
        },
        policies: Policies::Default,
        file: String::new(),
    };
    let explored = explore(&advise_set_unadvise(), &options, &mut |_| {
        ControlFlow::Continue(())
    });
    assert_eq!(explored.schedules, SCRIPTED);
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
    let machine = Machine::new();
    shuttle::check_random(move || program::run(&machine), SHUTTLE);
}
