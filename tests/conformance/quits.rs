//! A host that quits

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
