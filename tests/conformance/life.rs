//! Lifetime: references, log-off, and what is left after

use mapi_offline_tests::prelude::*;

pub fn life_1_the_three_interfaces_and_no_other<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    for interface in [
        Interface::Unknown,
        Interface::Offline,
        Interface::OfflineMgr,
    ] {
        let queried = arm.query_interface(work, interface).expect("an interface");
        assert!(arm.same_object(work, queried), "{interface:?}");
        arm.release(queried);
    }
    let agile = arm.query_interface(work, Interface::Agile);
    assert_eq!(agile, Err(E_NOINTERFACE));
    arm.release(work);
    assert_eq!(arm.findings(), []);
    arm.log_off("Work");
    assert_eq!(
        arm.findings(),
        [],
        "each success gave one reference, the failure none"
    );
}

pub fn life_2_the_global_object_outlives_its_clients<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    let work = arm.opened_by(client);
    arm.change(work, Offline);
    arm.release(work);
    let again = arm.opened_by(client);
    assert_eq!(arm.state(again), Offline);
    assert!(arm.same_object(work, again));
}

pub fn life_2_its_transition_goes_on_without_clients<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    let work = arm.opened_by(client);
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.release(work);
    arm.run();
    assert_eq!(arm.state(arm.opened_by(client)), Offline);
}

pub fn life_3_log_off_drops_what_is_left_of_a_transition<A: Arm>() {
    for phase in Phase::ALL {
        let arm = A::plain();
        let work = arm.opened("client");
        arm.react(work, 1, phase, |now| now.arm.log_off("Work"));
        arm.register(work, 2);
        assert_eq!(arm.set(work, Offline), S_OK);
        arm.run();
        assert_eq!(arm.heard().last(), Some(&(1, phase)), "{phase}");
    }
}

pub fn life_3_log_off_between_the_phases<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run_until(StateChange, 1);
    arm.log_off("Work");
    arm.run();
    assert_eq!(arm.phases_of(1), [Start, StateChange]);
    assert_eq!(arm.released().len(), 1);
}

pub fn life_3_every_callback_is_released_once_the_running_one_after_its_notify<A: Arm>() {
    for late in ["never", "queued"] {
        let arm = A::with("late", late);
        let work = arm.opened("client");
        let child = arm.child(work);
        let two = Kept::<u32>::default();
        let first = arm.react_always(work, 0, |_| ());
        let one = arm.react(work, 1, Start, {
            let two = two.clone();
            move |now| {
                now.arm.unregister(now.on, two.one());
                now.arm.log_off("Work");
                now.arm.released()
            }
        });
        let other = arm.react_always(work, 2, |_| ());
        two.keep(other.token);
        let below = arm.react_always(child, 3, |_| ());
        assert_eq!(arm.set(work, Offline), S_OK);
        arm.run();
        let mut inside = one.answer();
        inside.sort_unstable();
        assert_eq!(
            inside,
            [first.callback, other.callback, below.callback],
            "{late}"
        );
        assert_eq!(arm.released().len(), 4, "{late}");
        assert_eq!(arm.released()[3], one.callback, "{late}");
    }
}

pub fn life_3_unadvise_then_log_off_inside_its_own_notify<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let one = arm.react(work, 1, Start, |now| {
        now.arm.unregister(now.on, now.token);
        now.arm.log_off("Work");
        now.arm.released()
    });
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run();
    assert_eq!(one.answer(), []);
    assert_eq!(arm.released(), [one.callback]);
    assert_eq!(arm.findings(), [LeakedReference]);
}

pub fn life_3_log_off_and_on_inside_a_notify<A: Arm>() {
    let arm = A::with("user-switch", "apart");
    let work = arm.opened("client");
    let anew = arm.react(work, 1, Start, |now| {
        now.arm.log_off("Work");
        now.arm.log_on("Work");
        let work = now.arm.opened_by(now.on.client);
        now.arm.register(work, 2);
        (work, now.arm.block(work, Offline))
    });
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run();
    let (anew, answer) = anew.answer();
    assert_eq!(answer, S_OK, "the Notify was of another object");
    assert_eq!(arm.heard_by(2), whole(Online, Offline));
    assert_eq!(arm.state(anew), Offline);
    assert_eq!(arm.phases_of(1), [Start]);
}

pub fn life_4_after_log_off_every_call_fails_and_is_reported<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let token = arm.register(work, 1);
    let callback = arm.callback(std::sync::Arc::new(|_, _| ()));
    arm.log_off("Work");
    let before = arm.findings().len();
    for on in [work, child] {
        assert_eq!(arm.get_capabilities(on, true), Err(E_FAIL));
        assert_eq!(arm.get_current_state(on, true), Err(E_FAIL));
        assert_eq!(arm.set(on, Offline), E_FAIL);
        assert_eq!(arm.block(on, Offline), E_FAIL);
        assert_eq!(arm.advise_callback(on, 2, callback), Err(E_FAIL));
        assert_eq!(arm.unadvise(on, 0, token), S_OK);
    }
    assert_eq!(arm.findings()[before..], [CallAfterLogoff; 12]);
    let reported = arm.findings().len();
    arm.release(work);
    arm.release(child);
    assert_eq!(arm.findings().len(), reported, "Release is allowed");
    assert_eq!(arm.released().len(), 1);
}

pub fn life_4_a_new_logon_does_not_revive_an_old_interface<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.log_off("Work");
    arm.log_on("Work");
    let anew = arm.opened_by(work.client);
    assert!(!arm.same_object(work, anew));
    assert_eq!(arm.set(work, Offline), E_FAIL);
    assert_eq!(arm.findings(), [LeakedReference, CallAfterLogoff]);
    assert_eq!(arm.set(anew, Offline), S_OK);
}

pub fn life_4_open_after_log_off_is_not_found_and_no_finding<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    arm.log_off("Work");
    assert_eq!(arm.open(client, &open_args("Work")), Err(MAPI_E_NOT_FOUND));
    let made = arm.make(client, create_info::<A>("Work"));
    assert_eq!(made, Err(MAPI_E_NOT_FOUND));
    assert_eq!(arm.findings(), []);
}

pub fn life_5_a_call_on_a_dead_object_fails_and_is_reported<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.release(child);
    assert_eq!(arm.get_capabilities(child, true), Err(E_FAIL));
    assert_eq!(arm.get_current_state(child, true), Err(E_FAIL));
    assert_eq!(arm.set(child, Offline), E_FAIL);
    assert_eq!(arm.unadvise(child, 0, 1), S_OK);
    assert_eq!(arm.findings_about(work.client), [UseAfterRelease; 4]);
    assert_eq!(arm.state(work), Online, "the others live");
}

pub fn life_5_a_release_too_many_is_reported<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.add_ref(child);
    for _ in 0..2 {
        arm.release(child);
    }
    assert_eq!(arm.findings(), []);
    arm.release(child);
    assert_eq!(arm.findings(), [OverRelease]);
}

pub fn life_5_a_release_too_many_of_the_global_object_is_reported<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.release(work);
    arm.release(work);
    assert_eq!(arm.findings(), [OverRelease]);
    assert_eq!(
        arm.state(arm.opened("other")),
        Online,
        "and does it no harm"
    );
}

pub fn life_5_the_last_release_inside_a_notify<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let inside = arm.react(child, 1, StateChange, |now| {
        now.arm.unregister(now.on, now.token);
        now.arm.release(now.on);
        now.arm.get_current_state(now.on, true)
    });
    arm.register(work, 2);
    arm.change(work, Offline);
    assert_eq!(inside.answer(), Err(E_FAIL));
    assert_eq!(arm.released(), [inside.callback]);
    assert_eq!(arm.phases_of(2), Phase::ALL, "the transition goes on");
}
