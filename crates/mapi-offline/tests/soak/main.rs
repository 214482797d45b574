//! Random stress of the threaded driver, with checks of what must hold whatever comes.
//!
//! As a test it plays some rounds with fixed seeds. `just soak MINUTES` plays fresh ones for so long, and
//! `SOAK_SEED=…` plays the round of one seed again, a number of times: what each player does follows from the
//! seed, and how threads meet does not.

mod callbacks; //     callbacks that make calls too
mod calls; //         the calls that are made at random
#[path = "../common/mod.rs"]
mod common;
mod configuration; // what a round is made with
mod findings; //      which findings may be there
mod objects; //       what is known of an object
mod observers; //     observers that count, and may panic
mod players; //       who makes calls
mod randomness; //    choices that a seed decides
mod registrations; // what is known of a registration
mod round; //         one round
mod watchdog; //      ends the process when a round hangs

use std::env;
use std::panic::{set_hook, take_hook};
use std::time::{Duration, Instant, SystemTime};

use libtest_mimic::{Arguments, Failed, Trial};

use configuration::Configuration;
use observers::ObserverPanicked;
use randomness::mixed;
use round::Tally;

/// How many rounds the test plays.
const ROUNDS: u64 = if cfg!(miri) { 1 } else { 150 };

/// How often the round of one seed is played.
const TIMES: u64 = if cfg!(miri) { 1 } else { 200 };

/// How often a long run says how far it has come.
const INTERVAL: Duration = Duration::from_secs(30);

fn main() {
    let usual = take_hook();
    set_hook(Box::new(move |panic| {
        if !panic.payload().is::<ObserverPanicked>() {
            usual(panic);
        }
    }));
    let trial = Trial::test("whatever_threads_do_the_rules_hold", soak);
    let done = libtest_mimic::run(&Arguments::from_args(), vec![trial]);
    wait_for_threads();
    done.exit();
}

/// Waits until the delivery workers have ended, whose Outlooks are gone: what a thread still has when the
/// program ends would be a leak in the eyes of LeakSanitizer.
fn wait_for_threads() {
    let begun = Instant::now();
    let others = || std::fs::read_dir("/proc/self/task").map_or(0, |threads| threads.count() - 1);
    while others() > 0 && begun.elapsed() < INTERVAL {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Plays what the environment asks for.
fn soak() -> Result<(), Failed> {
    if let Ok(seed) = env::var("SOAK_SEED") {
        let seed = seed.parse()?;
        return several((0..TIMES).map(|_| seed));
    }
    match env::var("SOAK_MINUTES") {
        Ok(minutes) => long(Duration::try_from_secs_f64(60.0 * minutes.parse::<f64>()?)?),
        Err(_) => several(0..ROUNDS),
    }
}

fn several(seeds: impl Iterator<Item = u64>) -> Result<(), Failed> {
    let mut tally = Tally::default();
    seeds
        .into_iter()
        .try_for_each(|seed| round(seed, &mut tally))
}

/// Plays fresh seeds for so long.
fn long(time: Duration) -> Result<(), Failed> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let first = mixed(now.as_nanos() as u64) >> 24;
    println!("seeds from {first} on");
    let (begun, mut told) = (Instant::now(), Instant::now());
    let mut tally = Tally::default();
    for seed in first.. {
        round(seed, &mut tally)?;
        let is_over = begun.elapsed() >= time;
        if is_over || told.elapsed() >= INTERVAL {
            told = Instant::now();
            let Tally {
                rounds,
                calls,
                callbacks,
                notifications,
            } = tally;
            println!(
                "{:>5} s: {rounds} rounds, the last with seed {seed}: {calls} calls, {callbacks} callbacks, {notifications} notifications",
                begun.elapsed().as_secs()
            );
        }
        if is_over {
            break;
        }
    }
    Ok(())
}

/// Plays the round of one seed.
fn round(seed: u64, tally: &mut Tally) -> Result<(), Failed> {
    let configuration = Configuration::new(seed);
    let about = configuration.to_string();
    if env::var_os("SOAK_VERBOSE").is_some() {
        eprintln!("{about}");
    }
    let _alive = watchdog::watch(about.clone());
    match round::play(configuration) {
        Ok(played) => {
            tally.rounds += played.rounds;
            tally.calls += played.calls;
            tally.callbacks += played.callbacks;
            tally.notifications += played.notifications;
            Ok(())
        }
        Err(wrong) => {
            let more = wrong.len().saturating_sub(10);
            let shown = wrong
                .iter()
                .take(10)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n  ");
            let rounds = tally.rounds;
            Err(format!("after {rounds} rounds:\n{about}  {shown}\n  and {more} more").into())
        }
    }
}
