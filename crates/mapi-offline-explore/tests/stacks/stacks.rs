//! Stacks that cannot be had, panics of clients' code outside their own stacks, errors: a test fails with words.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mapi_offline::callback_fn;
use mapi_offline_explore::{
    ClientError, ClientOptions, LEAST_STACK_SIZE, Random, Sim, StackError, check, explore_clients,
    wait_until,
};

use super::open;

/// What a panic says; the test fails if `code` does not panic.
fn panic_of(code: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(code)).expect_err("it panics");
    let text: &(dyn Any + Send) = &*panic;
    text.downcast_ref::<String>()
        .cloned()
        .or_else(|| text.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .expect("a panic with words")
}

/// A client whose callback panics: formatting that needs the most of a stack.
fn panics_in_a_callback(sim: &mut Sim) {
    sim.profile("Work");
    sim.client("provider", |outlook| {
        let manager = open(outlook, "Work")?;
        let token = manager.advise(&callback_fn(|_| panic!("{:?}", vec![1.5; 20])), 0)?;
        assert_eq!(
            super::go_offline_and_wait(&manager),
            mapi_offline::sys::S_OK
        );
        manager.unadvise(token).ok()
    });
}

#[test]
fn a_stack_that_is_too_small_is_refused_with_the_least() {
    for size in [0, 4096, LEAST_STACK_SIZE - 1] {
        let refusals = [
            panic_of(|| check(panics_in_a_callback).stack_size(size).run()),
            panic_of(|| _ = check(panics_in_a_callback).stack_size(size).report()),
            panic_of(|| check(panics_in_a_callback).stack_size(size).replay("0")),
        ];
        for refusal in refusals {
            assert!(
                refusal.contains(&format!("a stack of {size} bytes")),
                "{refusal}"
            );
            assert!(refusal.contains(&LEAST_STACK_SIZE.to_string()), "{refusal}");
        }
    }
}

#[test]
fn the_least_stack_suffices() {
    let report = check(panics_in_a_callback)
        .schedules(20)
        .stack_size(LEAST_STACK_SIZE)
        .report();
    assert!(report.failure("panic-in-notify").is_some(), "{report:?}");
}

#[test]
fn memory_that_cannot_be_had_is_said() {
    // Half a gigabyte can be had, where that is a quarter of the largest size.
    let quarter = cfg!(target_pointer_width = "64").then_some(isize::MAX as usize / 4);
    for size in [usize::MAX, isize::MAX as usize].into_iter().chain(quarter) {
        let refusal = panic_of(|| check(panics_in_a_callback).stack_size(size).run());
        assert!(refusal.contains("no memory for a stack"), "{refusal}");
    }
}

#[test]
fn client_libraries_get_the_same_refusals() {
    let mut options = ClientOptions::new([]);
    for (size, is_too_small) in [(0, true), (4096, true), (usize::MAX, false)] {
        options.stack_size = size;
        let refused = explore_clients(&options, &mut Random::new(1, 1), &mut |_| {});
        let Err(ClientError::Stack(error)) = refused else {
            panic!("a refusal, not {refused:?}");
        };
        let refused_as_too_small = matches!(error, StackError::TooSmall { .. });
        assert_eq!(refused_as_too_small, is_too_small, "{error}");
    }
}

#[test]
fn a_condition_that_panics_is_its_clients_panic() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.client("provider", |outlook| {
            let _manager = open(outlook, "Work")?;
            let asked = std::cell::Cell::new(0);
            wait_until("it is offline", move || {
                asked.set(asked.get() + 1);
                assert!(asked.get() < 2, "asked too often");
                false
            });
            Ok(())
        });
    })
    .schedules(2)
    .report();
    let [failure] = &report.failures[..] else {
        panic!("one failure, not {report:?}");
    };
    assert_eq!(failure.problem.name(), "panic");
    assert_eq!(failure.problem.client(), Some("provider"));
    let text = failure.problem.to_string();
    assert!(
        text.contains("it is offline") && text.contains("asked too often"),
        "{text}"
    );
    assert!(failure.is_repeatable);
}

#[test]
fn a_client_that_there_is_not_cannot_be_disconnected() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.client("provider", |outlook| {
            outlook.on_disconnect("provder", || ());
            open(outlook, "Work").map(drop)
        });
    })
    .schedules(1)
    .report();
    let text = report.failures[0].problem.to_string();
    let expected = "there is no client \"provder\"; there are: provider";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn one_that_panics_when_the_host_quits_is_a_problem() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.client("provider", |outlook| {
            outlook.on_disconnect("provider", || panic!("nothing to disconnect"));
            open(outlook, "Work").map(drop)
        });
    })
    .schedules(2)
    .report();
    let failure = report.failure("panic").expect("a failure");
    let text = failure.problem.to_string();
    assert!(text.contains("nothing to disconnect"), "{text}");
}

#[test]
fn errors_have_their_names() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.client("provider", |outlook| open(outlook, "Nowhere").map(drop));
    })
    .schedules(1)
    .report();
    let failure = report.failure("client-failed").expect("a failure");
    let text = failure.problem.to_string();
    assert!(text.contains("MAPI_E_NOT_FOUND"), "{text}");
    let refusal = panic_of(|| check(|sim| sim.profile("a\\b")).run());
    assert!(refusal.contains("E_INVALIDARG"), "{refusal}");
}
