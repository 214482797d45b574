//! Two threads that deliver on two profiles, beside one that does it alone.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mapi_offline::ThreadedOutlook;

use crate::bare::Bare;
use crate::registered::{RegisteredSinks, Thread};
use crate::sink;
use crate::stopwatch::median;

/// How many threads take part.
pub const THREADS: usize = 2;
/// Long beside the time that a thread needs to wake up.
const BATCH: Duration = Duration::from_millis(3);
/// The profiles, one a thread.
pub const PROFILES: [&str; THREADS] = ["Home", "Work"];

/// One Outlook with a profile for each thread, whose BLOCKs deliver on the thread that calls.
///
/// # Panics
/// Never: the names are valid.
#[must_use]
pub fn outlook() -> ThreadedOutlook {
    let builder = ThreadedOutlook::builder().policy(Thread::Caller.policy());
    let builder = PROFILES
        .iter()
        .fold(builder, |builder, name| builder.profile(name));
    let builder = builder.verify_on_drop(false);
    builder.build().expect("valid profile names")
}

/// How long it takes `threads` threads, at most two, to deliver so many phases each, all at once,
/// and each on a profile of its own with so many sinks.
///
/// # Panics
/// If a thread does.
#[must_use]
pub fn time(outlook: &ThreadedOutlook, threads: usize, sinks: usize, phases: u64) -> Duration {
    let ready = Barrier::new(threads);
    let deliver = |profile: &'static str| {
        let mut registered = RegisteredSinks::of(outlook, profile, &sink::sinks(sinks));
        ready.wait();
        registered.phases(phases)
    };
    std::thread::scope(|scope| {
        let deliver = &deliver;
        let all: Vec<_> = PROFILES[..threads]
            .iter()
            .map(|profile| scope.spawn(move || deliver(profile)))
            .collect();
        let took = all.into_iter().map(|one| one.join().expect("no panic"));
        took.max().unwrap_or_default()
    })
}

/// How many times as much two threads deliver on two profiles of one Outlook as one thread alone,
/// each profile with so many sinks.
#[must_use]
pub fn speedup(sinks: usize, time: Duration) -> f64 {
    let outlook = outlook();
    measure(time, |thread| {
        let mut registered = RegisteredSinks::of(&outlook, PROFILES[thread], &sink::sinks(sinks));
        move || registered.toggle()
    })
}

/// The same for bare loops, which share nothing: what the machine gives.
#[must_use]
pub fn bare_speedup(sinks: usize, time: Duration) -> f64 {
    measure(time, |_| {
        let mut bare = Bare::new(&sink::sinks(sinks));
        move || bare.deliver()
    })
}

/// What `make` gives is run in batches: by the first thread alone, by both at once, by the second
/// alone, by both at once, and so on.
fn measure<W: FnMut()>(time: Duration, make: impl Fn(usize) -> W + Sync) -> f64 {
    let rounds = (time.as_nanos() / BATCH.as_nanos()).clamp(12, 2_000) as usize / 4 * 4;
    let calls = AtomicUsize::new(0);
    let ready = AtomicUsize::new(0);
    let barrier = Barrier::new(THREADS);
    let thread = |thread: usize| {
        let mut work = make(thread);
        if thread == 0 {
            calls.store(calibrate(&mut work), Ordering::Relaxed);
        }
        let mut batches = Vec::with_capacity(rounds);
        for round in 0..rounds {
            barrier.wait();
            let together = round % 2 == 1;
            if !together && round / 2 % THREADS != thread {
                batches.push(Duration::ZERO);
                continue;
            }
            if together {
                // The barrier lets them go one after the other; this, at once.
                let all = (round / 2 + 1) * THREADS;
                ready.fetch_add(1, Ordering::AcqRel);
                while ready.load(Ordering::Acquire) < all {
                    std::hint::spin_loop();
                }
            }
            let start = Instant::now();
            for _ in 0..calls.load(Ordering::Relaxed) {
                work();
            }
            batches.push(start.elapsed());
        }
        batches
    };
    let (first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(|| thread(1));
        let first = thread(0);
        (first, second.join().expect("it does not panic"))
    });
    // Alone, one of the two took no time; together, the slower one counts.
    let mut alone = Vec::new();
    let mut both = Vec::new();
    for (round, (first, second)) in first.into_iter().zip(second).enumerate() {
        let took = first.max(second).as_nanos() as f64;
        match round % 2 {
            0 => alone.push(took),
            _ => both.push(took),
        }
    }
    THREADS as f64 * median(&mut alone) / median(&mut both)
}

/// How many calls make a batch.
fn calibrate(work: &mut impl FnMut()) -> usize {
    let mut calls = 1;
    loop {
        let start = Instant::now();
        for _ in 0..calls {
            work();
        }
        if start.elapsed() >= BATCH {
            return calls;
        }
        calls *= 2;
    }
}
