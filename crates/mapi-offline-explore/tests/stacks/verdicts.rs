//! What a check refuses to pass, and how a failure is found again.

use std::process::Command;
use std::sync::atomic::AtomicPtr;

use mapi_offline::sys::IMAPIOfflineMgr;
use mapi_offline::{CalledFunction, Function, HostEvent, Noise, Policy, Severity, callback_fn};
use mapi_offline_explore::{Random, Sim, check};
use windows_core::Interface;

use crate::replays::panics;
use crate::{open, provider};

#[test]
fn two_clients_of_one_name_are_refused() {
    let said = panics(|| {
        check(|sim| {
            sim.profile("Work");
            for _ in 0..2 {
                sim.client("provider", |outlook| open(outlook, "Work").map(drop));
            }
        })
        .run();
    });
    assert!(said.contains("has a client \"provider\" already"), "{said}");
}

#[test]
fn a_check_of_no_schedule_is_refused() {
    let said = panics(|| check(|sim| provider(sim, true)).schedules(0).run());
    assert!(said.contains("0 schedules"), "{said}");
    let none = Random::new(1, 0);
    let said = panics(|| check(|sim| provider(sim, true)).strategy(none).run());
    assert!(said.contains("tested nothing"), "{said}");
}

/// A provider that says what it makes of the state word, with a mask or without, under all kinds of noise.
fn concludes(sim: &mut Sim, masks: bool) {
    sim.policy(Policy {
        noise: Noise::ALL,
        ..Policy::default()
    });
    sim.profile("Work");
    sim.client("provider", move |outlook| {
        let manager = open(outlook, "Work")?;
        let token = manager.advise(&callback_fn(|_| {}), 0)?;
        let mut word = 0;
        // SAFETY: the word may be written.
        unsafe { manager.GetCurrentState(&mut word) }.ok()?;
        if masks {
            word &= 0x3;
        }
        outlook.observe("works online", if word == 2 { "yes" } else { "no" });
        manager.unadvise(token).ok()
    });
    sim.host([HostEvent::WorkOffline]);
}

#[test]
fn what_a_client_concludes_is_compared_with_and_without_noise_and_replayed() {
    let careless = || check(|sim| concludes(sim, false)).schedules(10);
    let report = careless().report();
    let failure = report.failure("reacts-to-noise").expect("it is found");
    let said = failure.problem.to_string();
    let wanted = "it concludes that works online is yes without noise, and concludes that works online is no with \
                  state-bits (GetCurrentState sets other bits too) (STATE-1)";
    assert!(said.contains(wanted), "{said}");
    assert!(report.noise_orders > 0 && failure.replay.against.is_some());
    let said = panics(|| careless().run());
    let replay = said.split(".replay(\"").nth(1).expect("how to replay it");
    let replay = replay.split('"').next().expect("a schedule").to_owned();
    assert!(replay.ends_with("/state-bits"), "{replay}");
    let again = panics(|| careless().replay(&replay));
    assert!(again.contains(wanted), "{again}");
    check(|sim| concludes(sim, true)).schedules(10).run();
    check(|sim| concludes(sim, true)).replay(&replay);
}

/// A provider that draws its conclusion in its callback: from the type of a notification, or from any.
fn concludes_in_its_callback(sim: &mut Sim, checks: bool) {
    sim.policy(Policy {
        noise: Noise::ALL,
        ..Policy::default()
    });
    sim.profile("Work");
    sim.client("provider", move |outlook| {
        let manager = open(outlook, "Work")?;
        let conclusions = outlook.conclusions();
        let callback = callback_fn(move |notification| {
            if !checks || notification.state_change().is_some() {
                let new = notification.new;
                conclusions.observe("last state word", &format!("{new:#x}"));
            }
        });
        let token = manager.advise(&callback, 0)?;
        manager.current_state()?;
        manager.unadvise(token).ok()
    });
    sim.host([HostEvent::WorkOffline]);
}

#[test]
fn what_a_callback_concludes_is_compared_too() {
    let careless = check(|sim| concludes_in_its_callback(sim, false)).schedules(10);
    let report = careless.report();
    let failure = report.failure("reacts-to-noise").expect("it is found");
    let said = failure.problem.to_string();
    assert!(
        said.contains("of provider: ") && said.contains("(NOTE-6)"),
        "{said}"
    );
    assert!(said.contains("concludes that last state word is"), "{said}");
    assert_eq!(
        failure.place.call.as_ref().map(|call| call.function),
        Some(CalledFunction::Observe)
    );
    check(|sim| concludes_in_its_callback(sim, true))
        .schedules(10)
        .run();
}

/// A provider that reads the state on a thread of its own, or where it may.
fn reads_elsewhere(sim: &mut Sim, elsewhere: bool) {
    sim.profile("Work");
    sim.client("provider", move |outlook| {
        let manager = open(outlook, "Work")?;
        let token = manager.advise(&callback_fn(|_| {}), 0)?;
        let pointer = AtomicPtr::new(manager.as_raw());
        let reads = move || {
            let pointer = pointer.into_inner();
            // SAFETY: the manager is held until this has returned, and refuses calls of another thread (LIFE-7).
            let manager = unsafe { IMAPIOfflineMgr::from_raw_borrowed(&pointer) };
            manager.map(|manager| manager.current_state().is_ok())
        };
        let has_read = match elsewhere {
            true => std::thread::spawn(reads).join().expect("it does not panic"),
            false => reads(),
        };
        assert_eq!(has_read, Some(!elsewhere));
        manager.current_state()?;
        manager.unadvise(token).ok()
    });
}

#[test]
fn a_call_on_another_thread_is_told_with_its_number_and_fails_where_it_is_denied() {
    let report = check(|sim| reads_elsewhere(sim, true))
        .schedules(5)
        .report();
    assert!(report.failures.is_empty(), "{report:?}");
    let mut remarks = report.remarks.iter();
    let remark = remarks.find(|remark| remark.problem.name() == "wrong-thread");
    let remark = remark.expect("it is told");
    let said = remark.problem.to_string();
    assert!(said.contains("GetCurrentState on Work"), "{said}");
    let call = remark.place.call.as_ref().expect("it has a number");
    assert_eq!(
        (call.function, remark.place.object.as_deref()),
        (Function::GetCurrentState.into(), Some("Work"))
    );
    let denying = |elsewhere| {
        let check = check(move |sim| reads_elsewhere(sim, elsewhere)).schedules(5);
        check.deny(Severity::Warning).run();
    };
    let failed = panics(|| denying(true));
    assert!(
        failed.contains("◦ GetCurrentState on another thread"),
        "{failed}"
    );
    denying(false);
}

/// A provider that unadvises once more than it should (`stale-token`, a warning).
fn unadvises_twice(sim: &mut Sim) {
    sim.profile("Work");
    sim.client("provider", |outlook| {
        let manager = open(outlook, "Work")?;
        let token = manager.advise(&callback_fn(|_| {}), 0)?;
        manager.current_state()?;
        manager.unadvise(token).ok()?;
        manager.unadvise(token).ok()
    });
}

#[test]
fn warnings_are_told_and_fail_where_they_are_denied() {
    let report = check(unadvises_twice).schedules(10).report();
    assert!(report.failures.is_empty(), "{report:?}");
    let remarks: Vec<String> = report
        .remarks
        .iter()
        .map(|it| it.problem.to_string())
        .collect();
    assert!(
        remarks[0].starts_with("stale-token of provider: advise token 1"),
        "{remarks:?}"
    );
    let denying = || check(unadvises_twice).schedules(10).deny(Severity::Warning);
    assert!(panics(|| denying().run()).contains("stale-token"));
    denying().allow(mapi_offline::FindingId::StaleToken).run();
}

#[test]
fn a_livelock_shows_its_loop_once() {
    let said = panics(|| {
        check(|sim| {
            sim.profile("Work");
            sim.client("provider", |outlook| {
                let manager = open(outlook, "Work")?;
                while manager.current_state()? != 7 {}
                Ok(())
            });
        })
        .run();
    });
    assert!(said.contains("livelock"), "{said}");
    assert!(
        said.contains("(SET-12)"),
        "a bound ends it, and no world repeats: {said}"
    );
    assert!(
        said.contains("↻ from here the same again and again"),
        "{said}"
    );
    let lines = said
        .lines()
        .filter(|line| line.contains("GetCurrentState"))
        .count();
    assert!(lines < 5, "{lines} lines");
}

/// Fails in some schedules. It runs when another test asks for it.
#[test]
fn reads_first_if_asked_to() {
    if std::env::var_os("READS_FIRST").is_some() {
        check(|sim| {
            provider(sim, false);
            sim.host([HostEvent::WorkOnline]);
        })
        .run();
    }
}

#[test]
fn a_variable_of_the_environment_replays_a_check_as_it_stands() {
    let run = |replay: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().expect("a test program"));
        command.args([
            "--exact",
            "verdicts::reads_first_if_asked_to",
            "--nocapture",
        ]);
        command.env("READS_FIRST", "1").env_remove("MAPISIM_REPLAY");
        command.envs(replay.map(|replay| ("MAPISIM_REPLAY", replay)));
        let ran = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        (ran.status.success(), said)
    };
    let (passes, said) = run(None);
    assert!(!passes, "{said}");
    let (_, replay) = said.split_once("MAPISIM_REPLAY=\"").expect("it says how");
    let (replay, _) = replay.split_once('"').expect("it is quoted");
    let (passes, again) = run(Some(replay));
    assert!(!passes && again.contains("execution 1,"), "{again}");
    // A place that is another check's replays nothing.
    let (_, other) = run(Some("elsewhere.rs:1:1=zzz"));
    assert!(
        other.contains(replay) && !other.contains("execution 1,"),
        "{other}"
    );
    let (_, misfit) = run(Some("zzz"));
    assert!(
        misfit.contains("does not fit this world any more: turn"),
        "{misfit}"
    );
    assert!(misfit.contains("Run the check at"), "{misfit}");
}

#[test]
fn a_client_that_reaches_nothing_does_not_pass() {
    let opens_only = |sim: &mut Sim| {
        provider(sim, true);
        sim.client("idle", |outlook| open(outlook, "Work").map(drop));
    };
    let does_nothing = |sim: &mut Sim| {
        provider(sim, true);
        sim.client("idle", |_| Ok(()));
    };
    let said = panics(|| check(opens_only).schedules(20).run());
    assert!(
        said.contains("never-reached of idle: it opened an offline object"),
        "{said}"
    );
    let (_, replay) = said.split_once(".replay(\"").expect("it says how");
    let (schedule, _) = replay.split_once('"').expect("it is quoted");
    assert!(panics(|| check(opens_only).replay(schedule)).contains("never-reached"));
    let said = panics(|| check(does_nothing).schedules(20).run());
    assert!(
        said.contains("never-reached of idle: it never called"),
        "{said}"
    );
    let never = mapi_offline::FindingId::NeverReached;
    check(does_nothing).schedules(20).allow(never).run();
}

#[test]
fn a_profile_that_cannot_be_made_is_refused_by_name() {
    let said = panics(|| check(|sim| sim.profile("a\\b")).run());
    let expected = "the profile \"a\\\\b\" cannot be made: E_INVALIDARG";
    assert!(said.contains(expected), "{said}");
}
