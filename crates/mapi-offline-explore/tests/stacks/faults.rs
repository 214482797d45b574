//! Calls that fail on purpose (FAIL-1), in a check.

use mapi_offline::sys::IMAPIOfflineMgr;
use mapi_offline::{FindingId, HostEvent, Outlook, Severity, callback_fn};
use mapi_offline_explore::{Check, Problem, Report, Sim, check};
use windows_core::Result;

use crate::replays::panics;

/// What a client does, with the object that it has opened and advised on.
type Next = fn(&Outlook, &IMAPIOfflineMgr) -> Result<()>;

/// A provider that bears every failure up to `next`: what `?` drops is released.
fn provider(next: Next) -> impl Fn(&mut Sim) {
    move |sim| {
        sim.profile("Work");
        sim.client("provider", move |outlook| {
            let manager = outlook.open("Work")?;
            manager.capabilities()?;
            let token = manager.advise(&callback_fn(|_| {}), 7)?;
            let own = manager.clone();
            outlook.on_disconnect("provider", move || {
                // It may fail, and what stays registered is called.
                let _ = (0..4).any(|_| own.unadvise(token).is_ok());
            });
            next(outlook, &manager)
        });
        sim.host([HostEvent::WorkOffline, HostEvent::WorkOnline]);
    }
}

fn checked<F: Fn(&mut Sim)>(build: F, faults: u32) -> Check<F> {
    check(build)
        .schedules(500)
        .faults(faults)
        .deny(Severity::Warning)
}

fn names(report: &Report) -> Vec<&str> {
    let failures = report.failures.iter();
    failures.map(|failure| failure.finding.as_str()).collect()
}

fn reads(_: &Outlook, manager: &IMAPIOfflineMgr) -> Result<()> {
    manager.current_state().map(drop)
}

fn unwraps(_: &Outlook, manager: &IMAPIOfflineMgr) -> Result<()> {
    manager.current_state().expect("it can be read");
    Ok(())
}

#[test]
fn one_that_ends_with_the_error_and_leaves_nothing_behind_passes() {
    for faults in 0..=3 {
        let build = provider(|outlook, manager| match reads(outlook, manager) {
            Ok(()) => Ok(()),
            // It does not know the state: it does not stay.
            Err(error) => {
                outlook.disconnect("provider");
                Err(error)
            }
        });
        assert_eq!(names(&checked(build, faults).report()), [""; 0]);
    }
}

#[test]
fn one_that_expects_no_failure_is_found_and_replayed() {
    assert_eq!(names(&checked(provider(unwraps), 0).report()), [""; 0]);
    let report = checked(provider(unwraps), 1).report();
    let failure = report.failure("panic").expect("it panics");
    let said = failure.problem.to_string();
    assert!(said.contains("it can be read"), "{said}");
    let turns = failure.story.turns.iter();
    let fails: Vec<&str> = turns
        .map(|(_, label)| label.as_str())
        .filter(|label| label.contains(" fails with "))
        .collect();
    let wanted = "provider calls GetCurrentState, which fails with MAPI_E_NOT_ENOUGH_MEMORY";
    assert_eq!(fails, [wanted], "no other call fails in the shortest order");
    let schedule = failure.schedule.to_string();
    let again = panics(|| checked(provider(unwraps), 1).replay(&schedule));
    assert!(again.contains("it can be read"), "{again}");
}

#[test]
fn an_error_of_a_client_that_no_call_was_made_to_fail_of_is_a_failure() {
    let build = provider(|_, _| Err(mapi_offline::sys::E_FAIL.into()));
    let report = checked(build, 1).report();
    let failure = report.failures.iter();
    let mut failed = failure.map(|failure| &failure.problem);
    assert!(
        failed.any(|problem| matches!(problem, Problem::Failed { .. })),
        "{:?}",
        names(&report)
    );
}

#[test]
fn a_call_in_a_callback_fails_and_nobody_goes_before_it() {
    let build = |sim: &mut Sim| {
        sim.profile("Work");
        sim.client("provider", |outlook| {
            let manager = outlook.open("Work")?;
            manager.capabilities()?;
            let own = manager.clone();
            let callback = callback_fn(move |_| {
                own.current_state().expect("a callback can read it");
            });
            let token = manager.advise(&callback, 7)?;
            outlook.on_disconnect("provider", move || {
                let _ = manager.unadvise(token);
            });
            Ok(())
        });
        sim.host([HostEvent::WorkOffline]);
    };
    let checked = |faults| checked(build, faults).allow(FindingId::NeverLearned);
    assert_eq!(names(&checked(0).report()), [""; 0]);
    let report = checked(1).report();
    let panicked = FindingId::PanicInNotify.name();
    let failure = report.failure(panicked).expect("it panics in its Notify");
    let labels = failure.story.turns.iter().map(|(_, label)| label.as_str());
    let wanted = "provider calls GetCurrentState in a callback, which fails with \
                  MAPI_E_NOT_ENOUGH_MEMORY";
    assert!(labels.into_iter().any(|label| label == wanted));
}

#[test]
fn noise_is_compared_without_failures() {
    use mapi_offline::{Noise, Policy};
    let build = |sim: &mut Sim| {
        sim.policy(Policy {
            noise: Noise::ALL,
            ..Policy::default()
        });
        provider(reads)(sim);
    };
    let report = checked(build, 2).allow(FindingId::NeverLearned).report();
    assert_eq!(names(&report), [""; 0]);
    assert!(report.noise_orders > 0);
}
