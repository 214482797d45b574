//! HrCreateOfflineObj

use mapi_offline_tests::prelude::*;

const BARE: ProfileSettings = ProfileSettings {
    state: Online,
    capabilities: CAPABILITIES_ALL,
    offline_object: false,
    app: false,
};

fn info<'a, A: Arm>(
    call: &'a mut CreateCall<'static, A::Object>,
) -> &'a mut CreateCallInfo<'static, A::Object> {
    call.info.as_mut().expect("an info")
}

pub fn create_1_every_bad_argument_is_refused_and_reported<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    let aggregate = |size, ref_track_root| {
        Some(AggregateInfo {
            size,
            ref_track_root,
        })
    };
    type Fault<A> = fn(&mut CreateCall<'static, <A as Arm>::Object>);
    let faults: [(Fault<A>, FindingId); 9] = [
        (|call| call.flags = 1, BadArgument),
        (|call| call.info = None, BadArgument),
        (|call| call.out = false, BadArgument),
        (|call| info::<A>(call).create_flags = 1, BadArgument),
        (|call| info::<A>(call).name = None, BadArgument),
        (|call| info::<A>(call).connect_info = true, BadArgument),
        (|call| info::<A>(call).size += 1, WrongSize),
        (|call| info::<A>(call).size -= 8, WrongSize),
        (
            |call| {
                info::<A>(call).size = 0;
                call.flags = 1;
            },
            BadArgument,
        ),
    ];
    let good = CreateCall {
        flags: 0,
        info: Some(create_info::<A>("Work")),
        out: true,
    };
    let mut findings = Vec::new();
    for (fault, finding) in faults {
        let mut bad = good.clone();
        fault(&mut bad);
        assert_eq!(arm.create(client, &bad), Err(E_INVALIDARG), "{bad:?}");
        findings.push(finding);
    }
    let size = A::SIZES.aggregate_info;
    for (aggregate, finding) in [
        (aggregate(size - 4, false), WrongSize),
        (aggregate(size, true), BadArgument),
    ] {
        let mut bad = good.clone();
        info::<A>(&mut bad).aggregate = aggregate;
        assert_eq!(arm.create(client, &bad), Err(E_INVALIDARG), "{bad:?}");
        findings.push(finding);
    }
    assert_eq!(arm.findings_about(client), findings);
    assert!(arm.create(client, &good).is_ok());
}

pub fn create_2_the_global_object_is_what_open_gives_whatever_the_instance<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    for instance in [None, Some(INSTANCE), Some(STORE)] {
        let global = CreateCallInfo {
            guid: Some(GUID_GlobalState),
            instance,
            capabilities: 0,
            ..create_info::<A>("Work")
        };
        let made = arm.make(work.client, global).expect("the global object");
        assert!(arm.same_object(work, made), "{instance:?}");
        assert_eq!(arm.get_capabilities(made, true), Ok(CAPABILITIES_ALL));
    }
}

pub fn create_2_a_profile_without_a_global_object_gets_one<A: Arm>() {
    let arm = A::new(&Setup::default().profile("Bare", BARE));
    let client = arm.client("client");
    let global = CreateCallInfo {
        guid: Some(GUID_GlobalState),
        capabilities: MAPIOFFLINE_CAPABILITY_OFFLINE,
        ..create_info::<A>("Bare")
    };
    let made = arm.make(client, global).expect("a global object");
    assert_eq!(
        arm.get_capabilities(made, true),
        Ok(MAPIOFFLINE_CAPABILITY_OFFLINE)
    );
    let opened = arm.open(client, &open_args("Bare")).expect("Bare opens");
    assert!(arm.same_object(made, opened));
}

pub fn create_2_with_a_parent_it_is_not_the_global_object<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = CreateCallInfo {
        guid: Some(GUID_GlobalState),
        parent: Some(work),
        ..create_info::<A>("Work")
    };
    let child = arm.make(work.client, child).expect("a child");
    assert!(!arm.same_object(work, child));
}

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

pub fn create_4_one_guid_and_instance_is_one_object<A: Arm>() {
    let arm = A::new(&Setup::default().profile("Home", ProfileSettings::default()));
    let [one, other] = [arm.client("one"), arm.client("other")];
    let first = arm.make(one, create_info::<A>("Work")).expect("an object");
    let again = CreateCallInfo {
        capabilities: 0,
        ..create_info::<A>("work")
    };
    let again = arm.make(other, again).expect("the same");
    assert!(arm.same_object(first, again));
    assert_eq!(arm.get_capabilities(again, true), Ok(CAPABILITIES_ALL));
    for info in [
        create_info::<A>("Home"),
        CreateCallInfo {
            guid: Some(INSTANCE),
            ..create_info::<A>("Work")
        },
        CreateCallInfo {
            instance: Some(STORE),
            ..create_info::<A>("Work")
        },
    ] {
        let another = arm.make(one, info).expect("an object");
        assert!(!arm.same_object(first, another), "{info:?}");
    }
}

pub fn create_4_with_another_parent_it_is_refused<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let sibling = arm.child(work);
    let under = |parent| CreateCallInfo {
        parent,
        ..create_info::<A>("Work")
    };
    let child = arm.make(work.client, under(Some(work))).expect("a child");
    for parent in [None, Some(sibling)] {
        let answer = arm.make(work.client, under(parent));
        assert_eq!(answer, Err(E_INVALIDARG), "{parent:?}");
    }
    let again = arm.make(work.client, under(Some(work))).expect("the same");
    assert!(arm.same_object(child, again));
}

pub fn create_4_a_null_guid_or_instance_is_always_a_new_object<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    for (guid, instance) in [(None, Some(INSTANCE)), (Some(STORE), None), (None, None)] {
        let info = CreateCallInfo {
            guid,
            instance,
            ..create_info::<A>("Work")
        };
        let [one, other] = [(); 2].map(|()| arm.make(client, info).expect("an object"));
        assert!(!arm.same_object(one, other), "{guid:?} {instance:?}");
    }
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

pub fn create_8_a_cycle_cannot_be_made<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    let top = arm
        .make(client, create_info::<A>("Work"))
        .expect("an object");
    let below = arm.child(top);
    let info = CreateCallInfo {
        parent: Some(below),
        ..create_info::<A>("Work")
    };
    assert_eq!(arm.make(client, info), Err(E_INVALIDARG));
}

pub fn create_8_a_parent_of_another_profile_is_refused<A: Arm>() {
    let arm = A::new(&Setup::default().profile("Home", ProfileSettings::default()));
    let work = arm.opened("client");
    let info = CreateCallInfo {
        parent: Some(work),
        ..create_info::<A>("Home")
    };
    assert_eq!(arm.make(work.client, info), Err(E_INVALIDARG));
}

pub fn create_9_an_unknown_or_absent_profile_is_not_found<A: Arm>() {
    let arm = A::new(&Setup::default().profile("Bare", BARE).away("Away"));
    let client = arm.client("client");
    for name in ["Nobody", "Away"] {
        let answer = arm.make(client, create_info::<A>(name));
        assert_eq!(answer, Err(MAPI_E_NOT_FOUND), "{name}");
    }
    assert!(arm.make(client, create_info::<A>("Bare")).is_ok());
    assert_eq!(arm.findings(), []);
}

pub fn create_9_nothing_is_made_in_another_host_than_outlook<A: Arm>() {
    let arm = A::new(&Setup {
        is_outlook: false,
        ..Setup::default()
    });
    let client = arm.client("client");
    for guid in [STORE, GUID_GlobalState] {
        let info = CreateCallInfo {
            guid: Some(guid),
            ..create_info::<A>("Work")
        };
        assert_eq!(arm.make(client, info), Err(MAPI_E_NOT_FOUND));
    }
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
