//! HrOpenOfflineObj

use mapi_offline_tests::prelude::*;

fn every_bad_argument_gives<A: Arm>(arm: &A, hr: HRESULT) {
    let client = arm.client("client");
    let good = open_args("Work");
    let faults: [fn(&mut OpenArgs<'_>); 5] = [
        |args| args.reserved = 1,
        |args| args.name = None,
        |args| args.guid = None,
        |args| args.reserved_pointer = true,
        |args| args.out = false,
    ];
    for fault in faults {
        let mut bad = good.clone();
        fault(&mut bad);
        assert_eq!(arm.open(client, &bad), Err(hr), "{bad:?}");
    }
    assert_eq!(arm.findings_about(client), [BadArgument; 5]);
}

pub fn open_1_every_bad_argument_is_refused_and_reported<A: Arm>() {
    every_bad_argument_gives(&A::plain(), E_INVALIDARG);
}

pub fn open_1_a_bad_argument_can_be_a_profile_not_found<A: Arm>() {
    let arm = A::with("open-bad-argument", "MAPI_E_NOT_FOUND");
    every_bad_argument_gives(&arm, MAPI_E_NOT_FOUND);
}

pub fn open_3_only_a_logged_on_profile_with_an_offline_object_opens<A: Arm>() {
    let bare = ProfileSettings {
        offline_object: false,
        ..ProfileSettings::default()
    };
    let arm = A::new(&Setup::default().profile("Bare", bare).away("Away"));
    let client = arm.client("client");
    for name in ["Nobody", "", "Bare", "Away"] {
        let answer = arm.open(client, &open_args(name));
        assert_eq!(answer, Err(MAPI_E_NOT_FOUND), "{name}");
    }
    assert!(arm.open(client, &open_args("work")).is_ok());
    assert_eq!(arm.findings_about(client), [UnknownProfile; 2]);
}

pub fn open_4_only_the_global_state_opens<A: Arm>() {
    let arm = A::plain();
    let other = OpenArgs {
        guid: Some(STORE),
        ..open_args("Work")
    };
    assert_eq!(
        arm.open(arm.client("client"), &other),
        Err(MAPI_E_NOT_FOUND)
    );
    assert_eq!(arm.findings(), []);
}

pub fn open_5_nothing_opens_in_another_host_than_outlook<A: Arm>() {
    let arm = A::new(&Setup {
        is_outlook: false,
        ..Setup::default()
    });
    for client in [arm.client("one"), arm.client("other")] {
        assert_eq!(arm.open(client, &open_args("Work")), Err(MAPI_E_NOT_FOUND));
    }
}

pub fn open_6_names_compare_without_case_and_keep_theirs<A: Arm>() {
    let arm = A::new(&Setup::default().profile("Büro 2", ProfileSettings::default()));
    let client = arm.client("client");
    let given = arm.open(client, &open_args("Büro 2")).expect("as given");
    for name in ["büro 2", "BÜRO 2"] {
        let same = arm.open(client, &open_args(name)).expect(name);
        assert!(arm.same_object(given, same), "{name}");
    }
    assert_eq!(
        arm.open(client, &open_args("Buro 2")),
        Err(MAPI_E_NOT_FOUND)
    );
    assert_eq!(arm.profile_names(), ["Work", "Büro 2"]);
}

pub fn open_7_every_open_gives_the_one_object_of_the_profile<A: Arm>() {
    let arm = A::new(&Setup::default().profile("Home", ProfileSettings::default()));
    let work = arm.opened("one");
    assert!(arm.same_object(work, arm.opened("other")));
    let home = arm
        .open(work.client, &open_args("Home"))
        .expect("Home opens");
    assert!(!arm.same_object(work, home));
}

pub fn open_7_every_open_gives_a_reference_of_its_own<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    let [first, second] = [(); 2].map(|()| arm.opened_by(client));
    arm.release(first);
    assert_eq!(arm.state(second), Online);
    arm.release(second);
    assert_eq!(arm.findings(), []);
    arm.log_off("Work");
    assert_eq!(arm.findings(), []);
}

pub fn open_9_a_created_profile_opens_when_the_host_has_logged_it_on<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    assert_eq!(arm.create_profile("New"), S_OK);
    assert_eq!(arm.open(client, &open_args("New")), Err(MAPI_E_NOT_FOUND));
    arm.log_on("New");
    let new = arm.open(client, &open_args("New")).expect("New opens");
    assert_eq!(arm.state(new), Online);
    assert_eq!(arm.get_capabilities(new, true), Ok(CAPABILITIES_ALL));
}
