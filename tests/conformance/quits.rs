//! A host that quits

use ShutdownMethod::{DoFastShutdown, NotifyProcessShutdown, QueryFastShutdown};
use mapi_offline_tests::prelude::*;

pub fn host_2_quit_lets_each_client_disconnect_in_order_and_then_logs_off<A: Quits>() {
    let arm = A::plain();
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    let token = arm.register(work, 1);
    assert_eq!(arm.state(work), Online);
    let order = Kept::<&str>::default();
    for (held, name) in [(work, "client"), (other, "other")] {
        let order = order.clone();
        arm.on_disconnect(held.client, move |arm| {
            order.keep(name);
            assert_eq!(arm.state(held), Online, "it is logged on still");
            if name == "client" {
                arm.unregister(held, token);
            }
            arm.release(held);
        });
    }
    arm.quit();
    assert_eq!(order.all(), ["client", "other"]);
    assert_eq!(arm.released().len(), 1);
    assert_eq!(arm.findings(), []);
    assert_eq!(
        arm.open(work.client, &open_args("Work")),
        Err(MAPI_E_NOT_FOUND)
    );
}

pub fn host_2_who_does_not_disconnect_leaks<A: Quits>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.state(work), Online);
    arm.quit();
    assert_eq!(
        arm.findings_about(work.client),
        [LeakedRegistration, LeakedReference]
    );
}

pub fn host_2_a_fast_quit_asks_those_alone_that_require_it<A: Quits>() {
    let arm = A::with("quit", "fast");
    let order = Kept::<&str>::default();
    for name in ["first", "second", "third"] {
        let held = arm.opened(name);
        arm.register(held, 1);
        assert_eq!(arm.state(held), Online);
        if name != "second" {
            arm.require_shutdown_notification(held.client);
        }
        let order = order.clone();
        arm.on_disconnect(held.client, move |arm| {
            order.keep(name);
            assert_eq!(arm.state(held), Online, "the fast quit has not begun");
        });
    }
    arm.quit();
    assert_eq!(order.all(), ["first", "third"]);
    assert_eq!(arm.findings(), []);
}

pub fn host_2_what_a_fast_quit_leaves_over_is_no_mistake<A: Quits>() {
    let arm = A::with("quit", "fast");
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.state(work), Online);
    arm.quit();
    assert_eq!(arm.released(), [], "no callback is released");
    arm.release(work);
    assert_eq!(arm.findings(), [], "giving up a reference is allowed");
}

pub fn host_2_after_a_fast_quit_every_call_fails_and_is_reported<A: Quits>() {
    let arm = A::with("quit", "fast");
    let work = arm.opened("client");
    let token = arm.register(work, 1);
    assert_eq!(arm.state(work), Online);
    arm.quit();
    assert_eq!(arm.get_current_state(work, true), Err(E_FAIL));
    assert_eq!(arm.set(work, Offline), E_FAIL);
    assert_eq!(arm.unadvise(work, 0, token), S_OK, "as after a log-off");
    let opened = arm.open(work.client, &open_args("Work"));
    assert_eq!(opened.map(drop), Err(E_FAIL));
    assert_eq!(arm.findings_about(work.client), [CallAfterLogoff; 4]);
}

pub fn host_2_a_host_that_waits_asks_who_holds_no_reference<A: Quits>() {
    let arm = A::with("quit", "waits");
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    arm.register(work, 1);
    assert_eq!((arm.state(work), arm.state(other)), (Online, Online));
    let order = Kept::<&str>::default();
    for (client, name) in [(work.client, "client"), (other.client, "other")] {
        let order = order.clone();
        arm.on_disconnect(client, move |_| order.keep(name));
    }
    arm.release(other);
    arm.quit();
    assert_eq!(order.all(), ["other"]);
    assert_eq!(arm.findings_about(work.client), [KeepsHostAlive]);
    assert_eq!(arm.findings_about(other.client), []);
    assert_eq!(arm.released().len(), 1, "the run ends with a log-off");
}

pub fn host_2_the_user_disconnects_a_client_whatever_the_host_does_later<A: Quits>() {
    for quit in ["asks", "fast", "waits"] {
        let arm = A::with("quit", quit);
        let work = arm.opened("client");
        let token = arm.register(work, 1);
        let times = Kept::<&str>::default();
        let count = times.clone();
        arm.on_disconnect(work.client, move |arm| {
            count.keep("once");
            arm.unregister(work, token);
            arm.release(work);
        });
        arm.disconnect(work.client);
        assert_eq!(times.all(), ["once"], "{quit}");
        assert_eq!(arm.released().len(), 1, "{quit}");
        arm.quit();
        assert_eq!(times.all(), ["once"], "{quit}");
        assert_eq!(arm.findings_about(work.client), [], "{quit}");
    }
}

/// What providers are called, in order.
type Calls = Kept<(&'static str, ShutdownMethod)>;

/// A provider of that name, which gives `answer` to QueryFastShutdown.
fn provider<A: Quits>(
    arm: &A,
    calls: &Calls,
    name: &'static str,
    kind: ProviderKind,
    answer: HRESULT,
) -> HeldBy<A> {
    let (held, calls) = (arm.opened(name), calls.clone());
    let shutdown = move |method| {
        calls.keep((name, method));
        match method {
            QueryFastShutdown => answer,
            NotifyProcessShutdown | DoFastShutdown => S_OK,
        }
    };
    arm.add_provider(held.client, kind, Some(Box::new(shutdown)));
    held
}

pub fn host_5_providers_are_called_by_their_kinds_before_and_after_who_is_asked<A: Quits>() {
    let arm = A::with("quit", "fast");
    let calls = Calls::default();
    provider(&arm, &calls, "store", ProviderKind::Store, S_OK);
    provider(&arm, &calls, "transport", ProviderKind::Transport, S_OK);
    let held = provider(&arm, &calls, "book", ProviderKind::AddressBook, S_OK);
    arm.add_provider(held.client, ProviderKind::Transport, None);
    arm.require_shutdown_notification(held.client);
    let kept = calls.clone();
    arm.on_disconnect(held.client, move |_| {
        assert_eq!(
            kept.all().len(),
            3,
            "all have been queried, and nothing else"
        );
    });
    arm.quit();
    let in_order = ["transport", "book", "store"];
    let methods = [QueryFastShutdown, NotifyProcessShutdown, DoFastShutdown];
    let expected = methods.map(|method| in_order.map(|name| (name, method)));
    assert_eq!(calls.all(), expected.concat());
    assert_eq!(
        arm.findings(),
        [],
        "what a fast quit leaves over is no finding"
    );
}

pub fn host_5_a_provider_that_refuses_has_the_host_wait<A: Quits>() {
    let arm = A::with("quit", "fast");
    let calls = Calls::default();
    let held = provider(
        &arm,
        &calls,
        "transport",
        ProviderKind::Transport,
        MAPI_E_NO_SUPPORT,
    );
    provider(&arm, &calls, "store", ProviderKind::Store, S_OK);
    arm.release(held);
    let disconnected = Kept::<&str>::default();
    let keep = disconnected.clone();
    arm.on_disconnect(held.client, move |_| keep.keep("transport"));
    arm.quit();
    let queried = [
        ("transport", QueryFastShutdown),
        ("store", QueryFastShutdown),
    ];
    assert_eq!(
        calls.all(),
        queried,
        "neither of the other methods is called"
    );
    assert_eq!(disconnected.all(), ["transport"], "it holds no reference");
    assert_eq!(arm.findings(), [KeepsHostAlive], "the store does");
}

pub fn host_5_what_a_provider_without_the_interface_prevents_is_the_administrators_choice<
    A: Quits,
>() {
    let behaviors = [
        (FastShutdownBehavior::UnlessRefused, vec![]),
        (FastShutdownBehavior::IfAllAgree, vec![KeepsHostAlive]),
    ];
    for (behavior, findings) in behaviors {
        let arm = A::new(&Setup {
            fast_shutdown_behavior: behavior,
            ..Setup::default().knob("quit", "fast")
        });
        let calls = Calls::default();
        provider(&arm, &calls, "store", ProviderKind::Store, S_OK);
        arm.add_provider(arm.client("other"), ProviderKind::Transport, None);
        arm.quit();
        assert_eq!(arm.findings(), findings, "{behavior:?}");
    }
}

pub fn host_5_an_administrator_can_prevent_every_fast_quit<A: Quits>() {
    let arm = A::new(&Setup {
        fast_shutdown_behavior: FastShutdownBehavior::Never,
        ..Setup::default().knob("quit", "fast")
    });
    let calls = Calls::default();
    provider(&arm, &calls, "store", ProviderKind::Store, S_OK);
    arm.quit();
    assert_eq!(calls.all(), []);
    assert_eq!(arm.findings(), [KeepsHostAlive]);
}

pub fn host_5_providers_are_asked_nothing_when_the_host_does_not_quit_fast<A: Quits>() {
    for quit in ["asks", "waits"] {
        let arm = A::with("quit", quit);
        let calls = Calls::default();
        let held = provider(&arm, &calls, "store", ProviderKind::Store, S_OK);
        arm.release(held);
        arm.quit();
        assert_eq!(calls.all(), [], "{quit}");
        assert_eq!(arm.findings(), [], "{quit}");
    }
}

pub fn host_6_whether_a_client_that_is_connected_can_open_is_not_documented<A: Quits>() {
    for (value, expected) in [("found", Ok(())), ("not-found", Err(MAPI_E_NOT_FOUND))] {
        let arm = A::with("open-during-logon", value);
        let client = arm.client("add-in");
        let answer = Kept::<Result<(), HRESULT>>::default();
        let keep = answer.clone();
        arm.connect(client, |arm| {
            let opened = arm.open(client, &open_args("Work"));
            keep.keep(opened.map(|work| {
                arm.release(work);
            }));
        });
        assert_eq!(answer.all(), [expected], "{value}");
        arm.quit();
        assert_eq!(arm.findings(), [], "{value}");
    }
}

pub fn host_6_others_and_later_calls_open_all_the_same<A: Quits>() {
    let arm = A::with("open-during-logon", "not-found");
    let (client, other) = (arm.client("add-in"), arm.client("other"));
    arm.connect(client, |arm| {
        assert!(arm.open(client, &open_args("Work")).is_err());
        let work = arm
            .open(other, &open_args("Work"))
            .expect("it is not being connected");
        arm.release(work);
    });
    arm.started(client, |arm| {
        let work = arm
            .open(client, &open_args("Work"))
            .expect("startup is complete");
        arm.release(work);
    });
    arm.quit();
    assert_eq!(arm.findings(), []);
}

pub fn host_6_a_client_is_being_connected_until_each_connecting_of_it_has_ended<A: Quits>() {
    let arm = A::with("open-during-logon", "not-found");
    let client = arm.client("add-in");
    arm.connect(client, |arm| {
        arm.connect(client, |_| {});
        let opened = arm.open(client, &open_args("Work"));
        assert_eq!(opened.map(drop), Err(MAPI_E_NOT_FOUND));
    });
    let work = arm.open(client, &open_args("Work"));
    arm.release(work.expect("it is connected"));
    arm.quit();
    assert_eq!(arm.findings(), []);
}
