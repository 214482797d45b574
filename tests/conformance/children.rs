//! Objects below others: what a child takes over, how it changes, how long it lives

use mapi_offline_tests::prelude::*;

pub fn create_3_a_child_follows_its_parent_and_tells_so<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let grandchild = arm.child(child);
    arm.register(child, 1);
    arm.register(grandchild, 2);
    arm.change(work, Offline);
    for (object, client_token) in [(child, 1), (grandchild, 2)] {
        assert_eq!(arm.state(object), Offline);
        assert_eq!(arm.heard_by(client_token), whole(Online, Offline));
    }
}

pub fn create_3_a_child_in_the_state_already_is_left_alone<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.change(child, Offline);
    let grandchild = arm.child(child);
    arm.change(grandchild, Online);
    arm.register(child, 1);
    arm.register(grandchild, 2);
    arm.change(work, Offline);
    assert_eq!(arm.heard_by(1), []);
    assert_eq!(arm.heard_by(2), whole(Online, Offline));
    assert_eq!(arm.state(grandchild), Offline);
}

pub fn create_6_the_state_begins_as_the_parents_or_online<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.change(work, Offline);
    assert_eq!(arm.state(arm.child(work)), Offline);
    let orphan = arm.make(work.client, create_info::<A>("Work"));
    assert_eq!(arm.state(orphan.expect("an object")), Online);
}

pub fn create_7_a_child_changes_itself_and_its_descendants_only<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let [child, sibling] = [arm.child(work), arm.child(work)];
    let grandchild = arm.child(child);
    for (client_token, object) in [(1, work), (2, child), (3, grandchild), (4, sibling)] {
        arm.register(object, client_token);
    }
    arm.change(child, Offline);
    assert_eq!([work, sibling].map(|object| arm.state(object)), [Online; 2]);
    assert_eq!(
        [child, grandchild].map(|object| arm.state(object)),
        [Offline; 2]
    );
    assert_eq!(arm.who_heard(Start), [2, 3]);
    assert_eq!(arm.heard_by(2), whole(Online, Offline));
}

pub fn create_7_it_is_pending_while_one_it_would_change_is_in_a_transition<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let grandchild = arm.child(child);
    assert_eq!(arm.set(grandchild, Offline), S_OK);
    assert_eq!(arm.set(child, Offline), E_PENDING);
    assert_eq!(arm.set(work, Offline), E_PENDING);
    arm.run();
    assert_eq!([work, child].map(|object| arm.state(object)), [Online; 2]);
    assert_eq!(arm.set(child, Offline), S_OK, "now it is not");
}

pub fn create_7_it_is_pending_while_its_parent_changes_it<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.register(child, 1);
    assert_eq!(arm.set(work, Offline), S_OK);
    while arm.phases_of(1) != Phase::ALL {
        assert_eq!(
            [Online, Offline].map(|state| arm.set(child, state)),
            [E_PENDING; 2]
        );
        assert!(arm.step());
    }
    arm.run();
    arm.change(child, Online);
    assert_eq!(
        [work, child].map(|object| arm.state(object)),
        [Offline, Online]
    );
}

pub fn create_7_a_child_that_would_not_change_is_no_hindrance<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.register(child, 1);
    arm.register(work, 2);
    assert_eq!(arm.set(child, Offline), S_OK);
    arm.run_until(StateChange, 1);
    assert_eq!(
        arm.set(work, Offline),
        S_OK,
        "the child is in transition, but there already"
    );
    arm.run();
    for client_token in [1, 2] {
        assert_eq!(arm.heard_by(client_token), whole(Online, Offline));
    }
}

pub fn create_7_a_sibling_in_transition_is_no_hindrance<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let [child, sibling] = [arm.child(work), arm.child(work)];
    assert_eq!(arm.set(sibling, Offline), S_OK);
    assert_eq!(arm.set(child, Offline), S_OK);
    arm.run();
    assert_eq!(
        [child, sibling].map(|object| arm.state(object)),
        [Offline; 2]
    );
}

/// An object that lives keeps its state; one that is made anew begins as its parent.
fn lives_on<A: Arm>(arm: &A, parent: HeldBy<A>) -> bool {
    let info = CreateCallInfo {
        parent: Some(parent),
        ..create_info::<A>("Work")
    };
    let again = arm.make(parent.client, info).expect("a child");
    let lives = arm.state(again) != arm.state(parent);
    arm.release(again);
    lives
}

pub fn create_10_a_child_lives_while_anything_of_it_does<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let info = CreateCallInfo {
        parent: Some(work),
        ..create_info::<A>("Work")
    };
    let child = arm.make(work.client, info).expect("a child");
    arm.get_capabilities(child, true).expect("capabilities");
    arm.change(child, Offline);
    let token = arm.register(child, 1);
    let grandchild = arm.child(child);
    assert!(lives_on(&arm, work), "a reference keeps it");
    arm.unregister(child, token);
    arm.release(child);
    assert!(lives_on(&arm, work), "a child keeps it");
    let child = arm.make(work.client, info).expect("the same");
    let token = arm.register(child, 1);
    arm.release(grandchild);
    let extra = arm.queried(child);
    arm.release(child);
    arm.unregister(extra, token);
    assert!(lives_on(&arm, work), "another reference keeps it");
    arm.release(extra);
    assert!(!lives_on(&arm, work), "nothing keeps it");
}

pub fn create_10_a_registration_keeps_a_child_and_is_told<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.register(child, 1);
    arm.release(child);
    arm.change(work, Offline);
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
}

pub fn create_10_a_childs_reference_on_its_parent_is_no_clients<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    let parent = arm
        .make(client, create_info::<A>("Work"))
        .expect("an object");
    let child = arm.child(parent);
    assert_eq!(arm.release(parent), 0);
    let again = arm
        .make(client, create_info::<A>("Work"))
        .expect("an object");
    arm.change(again, Offline);
    assert_eq!(arm.state(child), Offline, "it is the parent still");
    arm.release(again);
    arm.log_off("Work");
    assert_eq!(arm.findings(), [LeakedReference], "the child's alone");
}

pub fn create_10_a_parent_goes_with_its_last_child<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    let make = || {
        arm.make(client, create_info::<A>("Work"))
            .expect("an object")
    };
    let parent = make();
    arm.change(parent, Offline);
    let child = arm.child(parent);
    let grandchild = arm.child(child);
    for held in [parent, child, grandchild] {
        arm.release(held);
    }
    assert_eq!(arm.state(make()), Online, "it is made anew");
}

pub fn create_11_a_child_made_in_start_hears_the_phases_that_follow<A: Arm>() {
    for join in ["next-phase", "next-transition"] {
        let arm = A::with("join", join);
        let work = arm.opened("client");
        let made = arm.react(work, 1, Start, |now| {
            let child = now.arm.child(now.on);
            now.arm.register(child, 2);
            (child, now.arm.state(child))
        });
        arm.change(work, Offline);
        let (child, began) = made.answer();
        assert_eq!(began, Online);
        assert_eq!(arm.heard_by(2), whole(Online, Offline)[1..]);
        assert_eq!(arm.state(child), Offline);
    }
}

pub fn create_11_a_child_made_before_the_starts_hears_them_all<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    assert_eq!(arm.set(work, Offline), S_OK);
    let child = arm.child(work);
    arm.register(child, 1);
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
}

pub fn create_11_a_child_made_in_the_new_state_hears_nothing<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let made = arm.react(work, 1, StateChange, |now| {
        let child = now.arm.child(now.on);
        now.arm.register(child, 2);
        now.arm.state(child)
    });
    arm.change(work, Offline);
    assert_eq!(made.answer(), Offline);
    assert_eq!(arm.heard_by(2), []);
}

pub fn create_11_a_child_made_before_the_state_shows_hears_done_alone<A: Arm>() {
    let arm = A::with("visible", "done");
    let work = arm.opened("client");
    let made = arm.react(work, 1, StateChange, |now| {
        let child = now.arm.child(now.on);
        now.arm.register(child, 2);
        child
    });
    arm.change(work, Offline);
    assert_eq!(arm.phases_of(2), [Done]);
    assert_eq!(arm.state(made.answer()), Offline);
}

pub fn create_12_a_wish_waits_for_every_object_that_it_would_change<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let [one, other] = [arm.child(work), arm.child(work)];
    arm.register(work, 1);
    assert_eq!(arm.set(one, Offline), S_OK);
    arm.host("Work", WorkOffline);
    while arm.state(one) == Online {
        arm.step();
    }
    assert_eq!(
        arm.set(other, Offline),
        S_OK,
        "nothing of the host's has begun"
    );
    arm.register(other, 2);
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
    assert_eq!(arm.heard_by(2), whole(Online, Offline), "its own");
    let place = |heard| arm.heard().iter().position(|&all| all == heard);
    assert!(place((2, Done)) < place((1, Start)));
}

pub fn create_12_an_accepted_request_leaves_out_a_child_in_a_transition_of_its_own<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let own = arm.react(work, 1, Done, |now| {
        (now.arm.state(now.on) == Offline).then(|| {
            let request = now.arm.set(now.on, Online);
            let child = now.arm.child(now.on);
            now.arm.register(child, 2);
            (request, now.arm.set(child, Online))
        })
    });
    arm.change(work, Offline);
    assert_eq!(own.answers()[0], Some((S_OK, S_OK)));
    assert_eq!(arm.state(work), Online);
    assert_eq!(
        arm.heard_by(2),
        whole(Offline, Online),
        "of its own transition"
    );
}

pub fn create_11_a_child_that_is_covered_at_done_changes_as_it_is_told<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let made = arm.react(work, 1, StateChange, |now| {
        let child = now.arm.child(now.on);
        now.arm.register(child, 2);
        (child, now.arm.block(child, Online))
    });
    arm.change(work, Offline);
    let (child, answer) = made.answer();
    assert_eq!(answer, S_OK);
    let heard = arm.heard_by(2);
    assert_eq!(heard[..3], whole(Offline, Online), "of its own");
    assert_eq!(heard[3..], whole(Online, Offline)[2..], "it differs then");
    assert_eq!(arm.state(child), Offline);
}
