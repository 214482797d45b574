//! How a program is played in many orders.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use shuttle::scheduler::{PctScheduler, RandomScheduler, ReplayScheduler, Scheduler};
use shuttle::{Config, MaxSteps, Runner};

/// In how many orders of each kind a program is played by default.
const ORDERS: usize = 300;

/// How many threads have to meet in the wrong order for the faults that the second kind of orders is made for.
const DEPTH: usize = 3;

/// A program that makes so many steps never ends.
const STEPS: usize = 200_000;

/// How large the stack of a thread is, in bytes.
const STACK: usize = 1 << 20;

/// Plays a program in many orders: in some of them each step is any thread's, and in the others the thread of the
/// highest priority goes on, which changes rarely (PCT).
///
/// `MODEL_ORDERS=20000` plays so many of each kind, other ones in each run. A failing one is printed, and
/// `MODEL_REPLAY=…` plays it again; name the test then.
pub(crate) fn play(program: impl Fn() + Send + Sync + Clone + 'static) {
    if let Ok(order) = env::var("MODEL_REPLAY") {
        return run(ReplayScheduler::new_from_encoded(&order), program);
    }
    let (orders, seed) = match env::var("MODEL_ORDERS") {
        Ok(orders) => (orders.parse().expect("a number"), fresh_seed()),
        Err(_) => (ORDERS, 0),
    };
    run(
        RandomScheduler::new_from_seed(seed, orders),
        program.clone(),
    );
    run(PctScheduler::new_from_seed(seed, DEPTH, orders), program);
}

fn run(scheduler: impl Scheduler + 'static, program: impl Fn() + Send + Sync + 'static) {
    let mut config = Config::new();
    config.stack_size = STACK;
    config.max_steps = MaxSteps::FailAfter(STEPS);
    // It would say that atomics are sequentially consistent.
    config.silence_warnings = true;
    Runner::new(scheduler, config).run(program);
}

fn fresh_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("it is later than 1970").as_nanos() as u64
}
