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
    assert_eq!(arm.findings_about(client), [UnknownProfile]);
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
