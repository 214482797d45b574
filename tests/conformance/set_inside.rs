//! IMAPIOffline::SetCurrentState from inside a Notify, and what is kept of it for the end of the round

use mapi_offline_tests::prelude::*;

use crate::state::ONLY_OFFLINE;

pub fn set_7_block_from_inside_a_notify_never_hangs<A: Arm>() {
    for phase in Phase::ALL {
        let arm = A::plain();
        let work = arm.opened("client");
        let inside = arm.react(work, 1, phase, |now| now.arm.block(now.on, Online));
        arm.change(work, Offline);
        assert_eq!(inside.answer(), E_PENDING, "{phase}");
        assert_eq!(arm.findings_about(work.client), [BlockInNotify], "{phase}");
        assert_eq!(arm.phases_of(1), Phase::ALL);
        assert_eq!(arm.state(work), Offline);
    }
}

pub fn set_7_so_it_is_when_a_block_waits_outside<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let inside = arm.react_always(work, 1, |now| now.arm.block(now.on, Online));
    assert_eq!(arm.block(work, Offline), S_OK);
    assert_eq!(inside.answers(), [E_PENDING; 3]);
    assert_eq!(arm.findings(), [BlockInNotify; 3]);
}

pub fn set_7_so_it_is_on_the_parent_of_the_one_that_notifies<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let inside = arm.react(child, 1, Start, move |now| now.arm.block(work, Offline));
    arm.change(child, Offline);
    assert_eq!(inside.answer(), E_PENDING);
    assert_eq!(arm.findings(), [BlockInNotify]);
    assert_eq!(arm.state(work), Online);
}

pub fn set_7_it_never_hangs_deep_inside_either<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let orphan = arm
        .make(work.client, create_info::<A>("Work"))
        .expect("an object");
    arm.get_capabilities(orphan, true).expect("capabilities");
    arm.react(work, 1, Start, move |now| now.arm.block(orphan, Offline));
    let deep = arm.react(orphan, 2, Start, move |now| now.arm.block(work, Online));
    arm.change(work, Offline);
    assert_eq!(deep.answer(), E_PENDING, "it runs still, further out");
    for client_token in [1, 2] {
        assert_eq!(arm.heard_by(client_token), whole(Online, Offline));
    }
}

pub fn set_7_a_child_that_the_transition_covers_is_pending<A: Arm>() {
    for (phase, to) in Phase::ALL
        .into_iter()
        .flat_map(|phase| [(phase, Offline), (phase, Online)])
    {
        let arm = A::plain();
        let work = arm.opened("client");
        let child = arm.child(work);
        let inside = arm.react(work, 1, phase, move |now| now.arm.block(child, to));
        arm.change(work, Offline);
        assert_eq!(inside.answer(), E_PENDING, "{phase}, {to}");
        assert_eq!(arm.state(child), Offline, "{phase}, {to}");
    }
}

pub fn set_7_block_on_an_unrelated_object_returns_when_that_one_is_done<A: Arm>() {
    for phase in Phase::ALL {
        let arm = A::plain();
        let work = arm.opened("client");
        let orphan = arm
            .make(work.client, create_info::<A>("Work"))
            .expect("an object");
        arm.get_capabilities(orphan, true).expect("capabilities");
        let inside = arm.react(work, 1, phase, move |now| {
            let answer = now.arm.block(orphan, Offline);
            (
                answer,
                now.arm.phases_of(2),
                now.arm.phases_of(1).last().copied(),
            )
        });
        arm.register(orphan, 2);
        arm.change(work, Offline);
        let its_own = Phase::ALL.to_vec();
        assert_eq!(inside.answer(), (S_OK, its_own, Some(phase)), "{phase}");
        assert_eq!(arm.phases_of(1), Phase::ALL);
        assert_eq!(arm.findings(), []);
    }
}

pub fn set_8_default_in_done_is_accepted_and_starts_after_the_round<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let revert = arm.react(work, 1, Done, |now| now.arm.set(now.on, Online));
    arm.register(work, 2);
    arm.host("Work", WorkOffline);
    arm.run();
    assert_eq!(
        revert.answers(),
        [S_OK; 2],
        "the second is of the state it is in"
    );
    let both = [whole(Online, Offline), whole(Offline, Online)].concat();
    assert_eq!(arm.heard_by(1), both);
    assert_eq!(arm.heard_by(2), both);
    let order: Vec<_> = arm.heard()[4..8].to_vec();
    assert_eq!(order, [(1, Done), (2, Done), (1, Start), (2, Start)]);
    assert_eq!(arm.state(work), Online);
}

pub fn set_8_one_request_a_round_is_accepted<A: Arm>() {
    let arm = A::plain();
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    let twice = arm.react(work, 1, Done, |now| {
        [(); 2].map(|()| now.arm.set(now.on, Online))
    });
    let late = arm.react(other, 2, Done, |now| now.arm.set(now.on, Online));
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run_until(Done, 2);
    assert_eq!(twice.answer(), [S_OK, E_PENDING]);
    assert_eq!(late.answer(), E_PENDING);
    arm.run();
    assert_eq!(arm.state(work), Online);
}

pub fn set_8_from_then_on_the_object_is_in_transition<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.react(work, 1, Done, |now| {
        (now.arm.state(now.on) == Offline).then(|| now.arm.set(now.on, Online))
    });
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run_until(Done, 1);
    while arm.who_heard(Done).len() < 2 {
        assert_eq!(arm.set(work, Offline), E_PENDING);
        assert!(arm.step());
    }
    arm.run();
    assert_eq!(
        arm.heard_by(1),
        [whole(Online, Offline), whole(Offline, Online)].concat()
    );
}

pub fn set_8_default_in_done_can_be_pending<A: Arm>() {
    let arm = A::with("set-in-done", "pending");
    let work = arm.opened("client");
    let revert = arm.react(work, 1, Done, |now| now.arm.set(now.on, Online));
    arm.change(work, Offline);
    assert_eq!(revert.answer(), E_PENDING);
    assert_eq!(arm.state(work), Offline);
}

pub fn set_8_a_request_may_be_for_a_child<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let request = arm.react(work, 1, Done, move |now| now.arm.set(child, Online));
    arm.register(child, 2);
    arm.change(work, Offline);
    assert_eq!(request.answer(), S_OK);
    assert_eq!(
        [work, child].map(|object| arm.state(object)),
        [Offline, Online]
    );
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
    assert_eq!(
        arm.heard_by(2),
        [whole(Online, Offline), whole(Offline, Online)].concat()
    );
}

pub fn set_9_default_in_start_and_statechange_is_pending<A: Arm>() {
    for phase in [Start, StateChange] {
        let arm = A::plain();
        let work = arm.opened("client");
        let inside = arm.react(work, 1, phase, |now| {
            [Online, Offline].map(|state| now.arm.set(now.on, state))
        });
        arm.change(work, Offline);
        assert_eq!(inside.answer(), [E_PENDING; 2], "{phase}");
        assert_eq!(arm.heard_by(1), whole(Online, Offline));
        assert_eq!(arm.findings(), []);
    }
}

pub fn set_9_default_on_an_unrelated_object_is_accepted<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let orphan = arm
        .make(work.client, create_info::<A>("Work"))
        .expect("an object");
    let inside = arm.react(work, 1, Start, move |now| now.arm.set(orphan, Offline));
    arm.change(work, Offline);
    assert_eq!(inside.answer(), S_OK);
    assert_eq!(arm.state(orphan), Offline);
}

pub fn set_10_an_accepted_request_returns_what_a_default_call_returns<A: Arm>() {
    let arm = A::with("default-returns", "E_PENDING");
    let work = arm.opened("client");
    let revert = arm.react(work, 1, Done, |now| now.arm.set(now.on, Online));
    assert_eq!(arm.set(work, Offline), E_PENDING);
    arm.run();
    assert_eq!(
        revert.answers(),
        [E_PENDING, S_OK],
        "accepted, and the state it is in"
    );
    assert_eq!(arm.state(work), Online);
}

pub fn set_10_a_request_in_done_needs_the_capability<A: Arm>() {
    let arm = A::new(&Setup::default().work(ONLY_OFFLINE));
    let work = arm.opened("client");
    let revert = arm.react(work, 1, Done, |now| now.arm.set(now.on, Online));
    arm.change(work, Offline);
    assert_eq!(revert.answer(), MAPI_E_NO_SUPPORT);
    assert_eq!(arm.state(work), Offline);
}

pub fn set_10_a_request_in_done_for_the_state_it_is_in_is_silent<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let again = arm.react(work, 1, Done, |now| now.arm.set(now.on, Offline));
    arm.change(work, Offline);
    assert_eq!(again.answer(), S_OK);
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
}

pub fn set_11_the_starts_can_arrive_during_the_call<A: Arm>() {
    let arm = A::with("first-notify", "during-call");
    let work = arm.opened("client");
    let child = arm.child(work);
    let seen = arm.react(work, 1, Start, |now| {
        (now.arm.state(now.on), now.arm.set(now.on, Online))
    });
    arm.register(work, 2);
    arm.register(child, 3);
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(arm.heard(), [(1, Start), (2, Start), (3, Start)]);
    assert_eq!(seen.answer(), (Online, E_PENDING));
    assert_eq!(arm.state(work), Online);
    arm.run();
    for client_token in 1..=3 {
        assert_eq!(arm.heard_by(client_token), whole(Online, Offline));
    }
}

pub fn set_11_it_is_meant_for_default_calls_and_not_for_the_host<A: Arm>() {
    let arm = A::with("first-notify", "during-call");
    let work = arm.opened("client");
    arm.register(work, 1);
    arm.host("Work", WorkOffline);
    assert_eq!(arm.heard(), []);
    arm.run();
    assert_eq!(arm.block(work, Online), S_OK);
    assert_eq!(
        arm.heard_by(1),
        [whole(Online, Offline), whole(Offline, Online)].concat()
    );
}
