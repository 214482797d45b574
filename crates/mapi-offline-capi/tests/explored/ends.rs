//! Clients that end their process, that do not come back, or that behave differently on the same schedule.

use std::time::Duration;

use libtest_mimic::Failed;
use mapi_offline_compiled::EXCEPTIONS_REACH_THE_LIBRARY;
use mapi_offline_explore::replay_clients;

use super::{compile, expect, explore, names, options_of_child};

/// What is found of a faulty client; `says`: parts of what is said. Its replay shows the same.
fn ends(fault: &str, finding: &str, says: &[&str]) -> Result<(), Failed> {
    ends_under(fault, &[], finding, says)
}

fn ends_under(
    fault: &str,
    policy: &[(&str, &str)],
    finding: &str,
    says: &[&str],
) -> Result<(), Failed> {
    let faulty = compile(&format!("faulty/{fault}"))?;
    let mut options = options_of_child(&[&faulty])?;
    let knobs = policy.iter();
    options.policy = knobs
        .map(|(knob, value)| ((*knob).to_owned(), (*value).to_owned()))
        .collect();
    if finding == "stuck" {
        options.timeout = Duration::from_millis(500);
    }
    let report = explore(&options, 2_000)?;
    expect(names(&report), vec![finding])?;
    let failure = &report.failures[0];
    expect(failure.problem.client(), Some("faulty"))?;
    expect(failure.is_repeatable, true)?;
    for part in says {
        let said = failure.problem.to_string();
        if !said.contains(part) {
            return Err(format!("{fault}: {part:?} is not in {said:?}").into());
        }
    }
    // The story tells everything up to there, and leads there again.
    expect(failure.story.turns.is_empty(), false)?;
    let (again, fits) = replay_clients(&options, &failure.replay.schedule, None)?;
    expect((again.len(), fits), (1, true))?;
    expect(again[0].finding.as_str(), finding)?;
    expect(&again[0].timeline, &failure.timeline)
}

/// What is said of a client that uses memory which is not there.
const NO_MEMORY: &str = match cfg!(windows) {
    true => "EXCEPTION_ACCESS_VIOLATION (0xc0000005)",
    false => "SIGSEGV",
};

/// What is said of one that aborts.
pub const ABORTS: &str = match cfg!(windows) {
    true => "abort (0x00000003)",
    false => "SIGABRT",
};

/// What the assertion of `faulty.cpp` that does not hold prints of its place.
const ASSERTION: &str = match cfg!(windows) {
    true => "faulty.cpp, line ",
    false => "faulty.cpp:",
};

/// What is said of one whose stack is full. In 32 bits Wine says that it used memory which is not there; Rust's runtime
/// has said more before.
const STACK_IS_FULL: &str = match cfg!(all(windows, target_arch = "x86")) {
    true => "has overflowed its stack",
    false => "its stack is full",
};

/// What is said of an exception.
const THROWN: &str = match EXCEPTIONS_REACH_THE_LIBRARY {
    true => "a C++ exception left its code",
    false => "an exception that nobody caught",
};

const IN_START: &str = "; in its Notify (START ONLINE→OFFLINE), in turn ";

pub fn freed_memory_that_a_late_notification_finds_is_a_crash() -> Result<(), Failed> {
    ends_under(
        "FREED",
        &[("late", "queued")],
        "crashed",
        &[NO_MEMORY, "; in its Notify (START "],
    )
}

pub fn an_assertion_that_does_not_hold_is_told_with_its_line() -> Result<(), Failed> {
    ends("ASSERTS", "crashed", &[ABORTS, IN_START, ASSERTION])
}

pub fn whatever_ends_the_process_is_a_crash() -> Result<(), Failed> {
    ends("ABORTS", "crashed", &[ABORTS, IN_START])?;
    ends("EXITS", "crashed", &["exit(7)", IN_START])?;
    ends("OVERFLOWS", "crashed", &[STACK_IS_FULL, IN_START])?;
    ends(
        "CONNECT",
        "crashed",
        &["in turn 1 (`faulty calls mapisim_client_connect`)"],
    )?;
    ends(
        "DISCONNECT",
        "crashed",
        &["(`faulty calls mapisim_client_disconnect`)"],
    )
}

pub fn the_story_of_a_crash_says_that_its_client_is_disconnected() -> Result<(), Failed> {
    let faulty = compile("faulty/DISCONNECT")?;
    let report = explore(&options_of_child(&[&faulty])?, 200)?;
    let timeline = report.failures[0].timeline.trim_end();
    let last = timeline.lines().last().unwrap_or_default();
    expect(last, "  host         ■ disconnect faulty")
}

pub fn what_was_found_before_a_crash_is_told_too() -> Result<(), Failed> {
    let faulty = compile("faulty/TWICE")?;
    let options = options_of_child(&[&faulty])?;
    let report = explore(&options, 200)?;
    let mut found = names(&report);
    found.sort_unstable();
    expect(found, vec!["crashed", "over-release"])?;
    for failure in &report.failures {
        expect(failure.is_repeatable, true)?;
        expect(failure.problem.client(), Some("faulty"))?;
    }
    let (again, _) = replay_clients(&options, &report.failures[0].replay.schedule, None)?;
    expect(again.len(), 2)
}

pub fn an_exception_that_leaves_a_callback_is_a_crash_of_its_client() -> Result<(), Failed> {
    ends("THROWS", "crashed", &[THROWN, IN_START])?;
    let late = format!("{THROWN}; in its call of Unadvise, in turn ");
    ends("THROWS_LATE", "crashed", &[&late])
}

pub fn a_longjmp_out_of_a_callback_is_a_crash_of_its_client() -> Result<(), Failed> {
    ends("JUMPS", "crashed", &[IN_START])
}

pub fn one_that_does_not_come_back_is_stuck() -> Result<(), Failed> {
    let since = "it does not come back; in its Notify (START ONLINE→OFFLINE), since turn ";
    ends("DEAD_LOCK", "stuck", &[since, " (`deliver Work START`)"])?;
    let since = "after GetCurrentState, since turn 5 (`faulty calls GetCurrentState`)";
    ends("WAITS", "stuck", &[since])?;
    ends("SPINS", "stuck", &["GetCurrentState", "since turn "])
}

pub fn one_that_behaves_differently_is_not_deterministic() -> Result<(), Failed> {
    let faulty = compile("faulty/CLOCK")?;
    let report = explore(&options_of_child(&[&faulty])?, 100)?;
    let failures = report.failures.iter();
    let found: Vec<_> = failures
        .map(|it| (it.finding.as_str(), it.problem.client(), it.is_repeatable))
        .collect();
    expect(
        found,
        vec![
            ("leaked-registration", Some("faulty"), false),
            ("not-deterministic", Some("faulty"), false),
        ],
    )
}
