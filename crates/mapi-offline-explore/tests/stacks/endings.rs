//! What ends the process of a check, or would never end it, is told before. Each of these tests starts
//! this program once more, as what ends there.

use std::process::{Command, Output};
use std::sync::mpsc::channel;
use std::time::Duration;

use mapi_offline::sys::{IMAPIOfflineNotify, IMAPIOfflineNotify_Impl, MAPIOFFLINE_NOTIFY};
use mapi_offline::{HostEvent, Outlook, callback_fn};
use mapi_offline_explore::{Sim, check};
use windows_core::{Result, implement};

/// In the program that ends, the name of its test.
const ENDS: &str = "MAPI_OFFLINE_TEST_ENDS";

/// Runs the test of that name in a program of its own, and gives what that has printed to standard
/// error. Nothing: this is that program. `before`: what is done first.
pub(crate) fn of_own_program(test: &str, before: impl FnOnce()) -> Option<String> {
    if std::env::var(ENDS).is_ok_and(|named| named == test) {
        return None;
    }
    before();
    let program = std::env::current_exe().expect("a test program has a path");
    let ran = Command::new(program)
        .args([test, "--exact", "--test-threads=1", "--nocapture"])
        .env(ENDS, test)
        .env("RUST_BACKTRACE", "0")
        .output();
    let Output { status, stderr, .. } = ran.expect("it can be started");
    assert!(!status.success());
    Some(String::from_utf8_lossy(&stderr).into_owned())
}

/// The line of code that replays it.
fn replay_in(said: &str) -> &str {
    let (_, after) = said.split_once(".replay(\"").expect("a replay");
    after.split_once('"').expect("its end").0
}

#[implement(IMAPIOfflineNotify)]
pub(crate) struct Panics;

impl IMAPIOfflineNotify_Impl for Panics_Impl {
    unsafe fn Notify(&self, _: *const MAPIOFFLINE_NOTIFY) {
        panic!("the provider is not ready");
    }
}

pub(crate) fn with_provider(sim: &mut Sim, code: impl FnOnce(&Outlook) -> Result<()> + 'static) {
    sim.profile("Work");
    sim.client("provider", code);
    sim.host([HostEvent::WorkOffline]);
}

#[test]
fn a_panic_that_cannot_leave_a_foreign_function_is_told_before_it_ends_the_process() {
    let build = |sim: &mut Sim| {
        with_provider(sim, |outlook| {
            let manager = outlook.open("Work")?;
            let token = manager.advise(&Panics.into(), 42)?;
            manager.current_state()?;
            manager.unadvise(token).ok()
        });
    };
    let test =
        "endings::a_panic_that_cannot_leave_a_foreign_function_is_told_before_it_ends_the_process";
    let Some(said) = of_own_program(test, || {}) else {
        check(build).run();
        return;
    };
    let found = "crashed of provider: it panicked at ";
    for part in [
        found,
        "endings.rs:",
        ": the provider is not ready; in its Notify (START ONLINE→OFFLINE), in turn ",
        " (`deliver Work START`); the panic cannot leave that code, and ends the process",
        "to replay it, end that check with",
    ] {
        assert!(said.contains(part), "{part} in\n{said}");
    }
    replay_in(&said);
}

#[test]
fn a_panic_of_an_implemented_callback_ends_the_process_also_outside_of_a_check() {
    let test =
        "endings::a_panic_of_an_implemented_callback_ends_the_process_also_outside_of_a_check";
    let Some(said) = of_own_program(test, || {}) else {
        let outlook = Outlook::with_profile("Work");
        let manager = outlook.open("Work").expect("it opens");
        let token = manager.advise(&Panics.into(), 42);
        token.expect("it is registered");
        outlook.work_offline();
        outlook.run_until_idle();
        return;
    };
    for part in [
        "endings.rs:",
        "the provider is not ready",
        "panic in a function that cannot unwind",
    ] {
        assert!(said.contains(part), "{part} in\n{said}");
    }
}

#[test]
fn a_client_that_waits_for_what_nobody_does_is_stuck() {
    let build = |sim: &mut Sim| {
        with_provider(sim, |outlook| {
            let manager = outlook.open("Work")?;
            let (give, take) = channel();
            let callback = callback_fn(move |_| give.send(()).expect("somebody takes it"));
            let token = manager.advise(&callback, 42)?;
            manager.current_state()?;
            take.recv().expect("a notification");
            manager.unadvise(token).ok()
        });
    };
    let test = "endings::a_client_that_waits_for_what_nobody_does_is_stuck";
    let Some(said) = of_own_program(test, || {}) else {
        let check = check(build).timeout(Duration::from_millis(500));
        match std::env::var("MAPI_OFFLINE_TEST_REPLAY") {
            Ok(schedule) => check.replay(&schedule),
            Err(_) => check.run(),
        }
        return;
    };
    for part in [
        "stuck of provider: it does not come back; after GetCurrentState, since turn ",
        " (`provider calls GetCurrentState`)",
        "check at ",
    ] {
        assert!(said.contains(part), "{part} in\n{said}");
    }
    // The replay is stuck there, too.
    let program = std::env::current_exe().expect("a test program has a path");
    let again = Command::new(program)
        .args([test, "--exact"])
        .env(ENDS, test)
        .env("MAPI_OFFLINE_TEST_REPLAY", replay_in(&said))
        .output();
    let again = again.expect("it can be started").stderr;
    let again = String::from_utf8_lossy(&again);
    assert!(again.contains(said.trim()), "{again}");
}

#[test]
fn a_panic_that_is_caught_keeps_its_place() {
    let panicked = std::panic::catch_unwind(|| {
        check(|sim| {
            with_provider(sim, |outlook| {
                outlook.open("Work")?;
                panic!("out of ideas");
            });
        })
        .run();
    });
    let panicked = panicked.expect_err("it panics");
    let said = panicked.downcast_ref::<String>().expect("words");
    assert!(said.contains("provider panicked: out of ideas\n"), "{said}");
    let place = format!("it panicked at {}:", file!().replace('\\', "/"));
    let said = said.replace('\\', "/");
    assert!(said.contains(&place), "{place} in\n{said}");
}
