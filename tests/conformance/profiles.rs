//! Profile administration, and the profile table

use mapi_offline_tests::prelude::*;

fn create<A: Arm>(arm: &A, name: &str, app: bool) -> HRESULT {
    arm.administer(Admin::Create {
        name,
        password: None,
        app,
    })
}

fn names<A: Arm>(arm: &A, app_flag: bool) -> Vec<String> {
    let rows = arm.rows(&arm.profile_table(app_flag)).into_iter();
    rows.map(|row| row.name).collect()
}

pub fn prof_2_the_table_has_a_row_a_profile<A: Arm>() {
    let none = A::new(&Setup {
        profiles: Vec::new(),
        ..Setup::default()
    });
    assert_eq!(none.rows(&none.profile_table(false)), []);
    assert_eq!(none.create_profile("First"), S_OK);
    assert_eq!(none.create_profile("Second"), S_OK);
    assert_eq!(none.profile_names(), ["First", "Second"]);
    assert_eq!(none.default_profiles(), [""; 0]);
}

pub fn prof_2_the_table_is_a_snapshot<A: Arm>() {
    let arm = A::plain();
    let before = arm.profile_table(false);
    assert_eq!(arm.create_profile("New"), S_OK);
    assert_eq!(arm.set_default_profile(Some("Work")), S_OK);
    let rows = arm.rows(&before);
    assert_eq!(rows.len(), 1);
    assert!(!rows[0].is_default);
    assert_eq!(arm.profile_names(), ["Work", "New"]);
}

pub fn prof_3_names_that_are_taken_and_names_that_are_not<A: Arm>() {
    let arm = A::plain();
    let longest = "x".repeat(64);
    let accents = "é".repeat(64);
    for name in [
        "a",
        "Ärger 2",
        "_",
        "7",
        "in ner",
        longest.as_str(),
        accents.as_str(),
    ] {
        assert_eq!(arm.create_profile(name), S_OK, "{name}");
    }
    let too_long = "x".repeat(65);
    for name in [
        "",
        " ",
        " a",
        "a ",
        "a-b",
        "a.b",
        "a\\b",
        "a\tb",
        "a/b",
        too_long.as_str(),
    ] {
        assert_eq!(
            arm.create_profile(name),
            MAPI_E_INVALID_PARAMETER,
            "{name:?}"
        );
        assert_eq!(
            arm.copy_profile("a", name),
            MAPI_E_INVALID_PARAMETER,
            "{name:?}"
        );
        assert_eq!(
            arm.rename_profile("a", name),
            MAPI_E_INVALID_PARAMETER,
            "{name:?}"
        );
    }
    assert_eq!(arm.profile_names().len(), 8);
}

pub fn prof_3_one_that_is_there_from_the_start_may_have_the_name_of_any_key<A: Arm>() {
    let arm = A::new(&Setup::default().profile("o365-Migration", ProfileSettings::default()));
    let client = arm.client("client");
    let opened = arm
        .open(client, &open_args("O365-MIGRATION"))
        .expect("it opens");
    assert_eq!(arm.get_current_state(opened, true), Ok(Online.bits()));
    assert_eq!(
        arm.create_profile("o365-Migration"),
        MAPI_E_INVALID_PARAMETER
    );
    assert_eq!(arm.set_default_profile(Some("o365-Migration")), S_OK);
    assert_eq!(arm.copy_profile("o365-Migration", "Copy"), S_OK);
}

pub fn prof_3_with_registry_new_ones_may_too_and_64_characters_count<A: Arm>() {
    let arm = A::with("profile-names", "registry");
    assert_eq!(arm.create_profile("a-b.c"), S_OK);
    for name in ["", "a\\b", "a\tb"] {
        assert_eq!(
            arm.create_profile(name),
            MAPI_E_INVALID_PARAMETER,
            "{name:?}"
        );
    }
    let long = ["x".repeat(64), "X".repeat(255), "x".repeat(256)];
    assert_eq!(arm.create_profile(&long[0]), S_OK);
    assert_eq!(arm.create_profile(&long[1]), MAPI_E_NO_ACCESS);
    assert_eq!(arm.create_profile(&long[2]), MAPI_E_INVALID_PARAMETER);
    assert_eq!(arm.rename_profile(&long[1], "short"), S_OK);
    assert_eq!(arm.create_profile(&long[1]), S_OK);
    assert_eq!(arm.copy_profile("short", &long[0]), MAPI_E_NO_ACCESS);
    arm.log_on(&long[0]);
    let client = arm.client("client");
    assert!(arm.open(client, &open_args(&long[1])).is_ok());
    assert_eq!(arm.profile_names(), ["Work", "a-b.c", "short", &long[1]]);
}

pub fn prof_4_existing_and_unknown_names<A: Arm>() {
    let arm = A::plain();
    assert_eq!(arm.create_profile("Home"), S_OK);
    let services = |name| {
        arm.administer(Admin::Services {
            name,
            password: None,
        })
    };
    assert_eq!(arm.create_profile("home"), MAPI_E_NO_ACCESS);
    assert_eq!(arm.delete_profile("Nobody"), MAPI_E_NOT_FOUND);
    assert_eq!(arm.copy_profile("Nobody", "New"), MAPI_E_NOT_FOUND);
    assert_eq!(arm.set_default_profile(Some("Nobody")), MAPI_E_NOT_FOUND);
    assert_eq!(arm.copy_profile("Home", "work"), MAPI_E_NO_ACCESS);
    assert_eq!(services("Nobody"), MAPI_E_LOGON_FAILED);
    assert_eq!(services("Home"), S_OK);
    assert_eq!(arm.rename_profile("Nobody", "New"), MAPI_E_NOT_FOUND);
    assert_eq!(arm.rename_profile("Home", "work"), MAPI_E_NO_ACCESS);
    assert_eq!(arm.profile_names(), ["Work", "Home"]);
}

pub fn prof_4_what_succeeds_does_what_it_says<A: Arm>() {
    let arm = A::plain();
    assert_eq!(arm.create_profile("Home"), S_OK);
    assert_eq!(arm.copy_profile("home", "Copy"), S_OK);
    assert_eq!(arm.rename_profile("HOME", "Away"), S_OK);
    assert_eq!(arm.profile_names(), ["Work", "Away", "Copy"]);
    assert_eq!(arm.create_profile("Home"), S_OK, "the name is free again");
    assert_eq!(arm.delete_profile("copy"), S_OK);
    assert_eq!(arm.profile_names(), ["Work", "Away", "Home"]);
    assert_eq!(arm.create_profile("Copy"), S_OK, "so is this one");
    assert_eq!(
        arm.rename_profile("Away", "AWAY"),
        S_OK,
        "another case is another name"
    );
    assert_eq!(arm.profile_names()[1], "AWAY");
}

pub fn prof_5_one_in_use_is_deleted_when_its_session_ends<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let before = arm.profile_table(false);
    assert_eq!(arm.delete_profile("Work"), S_OK);
    assert_eq!(arm.profile_names(), [""; 0], "gone from new tables");
    assert_eq!(arm.rows(&before).len(), 1);
    arm.change(work, Offline);
    assert_eq!(arm.state(work), Offline, "its session goes on");
    arm.log_off("Work");
    arm.log_on("Work");
    let answer = arm.open(work.client, &open_args("Work"));
    assert_eq!(answer, Err(MAPI_E_NOT_FOUND), "now it is deleted");
    assert_eq!(arm.create_profile("Work"), S_OK);
    arm.log_on("Work");
    assert_eq!(arm.state(arm.opened("other")), Online);
}

pub fn prof_5_one_in_use_is_renamed_when_its_session_ends<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.host("Work", WorkOffline);
    assert_eq!(arm.rename_profile("Work", "New"), S_OK);
    assert_eq!(arm.profile_names(), ["Work"], "not yet");
    let again = arm
        .open(work.client, &open_args("Work"))
        .expect("by its name still");
    assert!(arm.same_object(work, again));
    assert_eq!(
        arm.open(work.client, &open_args("New")),
        Err(MAPI_E_NOT_FOUND)
    );
    arm.log_off("Work");
    assert_eq!(arm.profile_names(), ["New"]);
    arm.log_on("New");
    let new = arm.open(work.client, &open_args("New")).expect("New opens");
    assert_eq!(arm.state(new), Offline, "it is the same profile");
}

pub fn prof_6_at_most_one_is_the_default<A: Arm>() {
    let arm = A::plain();
    assert_eq!(arm.create_profile("Home"), S_OK);
    assert_eq!(arm.default_profiles(), [""; 0]);
    for name in ["Work", "Home", "home"] {
        assert_eq!(arm.set_default_profile(Some(name)), S_OK);
        assert_eq!(arm.default_profiles().len(), 1);
    }
    assert_eq!(arm.default_profiles(), ["Home"]);
    assert_eq!(arm.set_default_profile(Some("Nobody")), MAPI_E_NOT_FOUND);
    assert_eq!(arm.default_profiles(), ["Home"]);
    assert_eq!(arm.rename_profile("Home", "Away"), S_OK);
    assert_eq!(arm.copy_profile("Away", "Copy"), S_OK);
    assert_eq!(arm.default_profiles(), ["Away"]);
    assert_eq!(arm.set_default_profile(None), S_OK);
    assert_eq!(arm.default_profiles(), [""; 0]);
}

pub fn prof_6_the_first_that_is_created_can_become_the_default<A: Arm>() {
    for (value, app, expected) in [
        ("plain", false, &[][..]),
        ("default", false, &["First"][..]),
        ("default", true, &[][..]),
    ] {
        let arm = A::new(&Setup {
            profiles: Vec::new(),
            ..Setup::default().knob("first-profile", value)
        });
        assert_eq!(create(&arm, "First", app), S_OK);
        assert_eq!(create(&arm, "Second", false), S_OK);
        assert_eq!(arm.default_profiles(), expected, "{value}");
    }
}

pub fn prof_6_a_deleted_profile_is_not_the_default<A: Arm>() {
    for in_use in [false, true] {
        let arm = A::plain();
        if !in_use {
            arm.log_off("Work");
        }
        assert_eq!(arm.set_default_profile(Some("Work")), S_OK);
        assert_eq!(arm.delete_profile("Work"), S_OK);
        assert_eq!(arm.default_profiles(), [""; 0]);
        arm.log_off("Work");
        assert_eq!(arm.create_profile("Work"), S_OK);
        assert_eq!(
            arm.default_profiles(),
            [""; 0],
            "a new one of that name is another"
        );
    }
}

pub fn prof_7_there_are_no_passwords<A: Arm>() {
    let arm = A::plain();
    assert_eq!(arm.create_profile("Home"), S_OK);
    let with = |password| {
        [
            Admin::Create {
                name: "New",
                password,
                app: false,
            },
            Admin::Copy {
                from: "Home",
                password,
                to: "Copy",
                app: false,
            },
            Admin::Rename {
                from: "Home",
                password,
                to: "Away",
                app: false,
            },
            Admin::Services {
                name: "Home",
                password,
            },
        ]
    };
    for call in with(Some("secret")) {
        assert_eq!(arm.administer(call), MAPI_E_LOGON_FAILED, "{call:?}");
    }
    assert_eq!(arm.profile_names(), ["Work", "Home"]);
    let [create, copy, rename, services] = with(Some(""));
    for call in [create, copy, services, rename] {
        assert_eq!(arm.administer(call), S_OK, "{call:?}");
    }
    let change = Admin::ChangePassword {
        name: "Work",
        old: None,
        new: Some("secret"),
    };
    assert_eq!(arm.administer(change), S_OK);
    assert_eq!(arm.copy_profile("Work", "Open"), S_OK, "it did nothing");
}

pub fn prof_8_an_app_profile_is_shown_and_touched_with_the_flag_only<A: Arm>() {
    let arm = A::plain();
    assert_eq!(create(&arm, "App", true), S_OK);
    assert_eq!(names(&arm, false), ["Work"]);
    assert_eq!(names(&arm, true), ["Work", "App"]);
    let touch = |app| {
        [
            Admin::Copy {
                from: "App",
                password: None,
                to: "Copy",
                app,
            },
            Admin::Rename {
                from: "App",
                password: None,
                to: "Other",
                app,
            },
        ]
    };
    for call in touch(false) {
        assert_eq!(arm.administer(call), MAPI_E_NO_ACCESS, "{call:?}");
    }
    assert_eq!(arm.delete_profile("App"), MAPI_E_NO_ACCESS);
    for call in touch(true) {
        assert_eq!(arm.administer(call), S_OK, "{call:?}");
    }
    assert_eq!(names(&arm, false), ["Work"], "a copy of one is one");
    assert_eq!(names(&arm, true), ["Work", "Other", "Copy"]);
    for name in ["Other", "Copy"] {
        assert_eq!(arm.administer(Admin::Delete { name, app: true }), S_OK);
    }
    assert_eq!(names(&arm, true), ["Work"]);
}

pub fn prof_8_an_app_profile_cannot_be_the_default<A: Arm>() {
    let arm = A::plain();
    assert_eq!(create(&arm, "App", true), S_OK);
    assert_eq!(arm.set_default_profile(Some("Work")), S_OK);
    assert_eq!(arm.set_default_profile(Some("App")), E_FAIL);
    assert_eq!(arm.default_profiles(), ["Work"]);
}

pub fn prof_8_a_copy_of_another_profile_is_none<A: Arm>() {
    let arm = A::plain();
    let copy = Admin::Copy {
        from: "Work",
        password: None,
        to: "Copy",
        app: true,
    };
    assert_eq!(arm.administer(copy), S_OK);
    assert_eq!(names(&arm, false), ["Work", "Copy"]);
}

pub fn prof_12_the_flag_of_app_profiles_can_be_unrecognized<A: Arm>() {
    let arm = A::with("app-profiles", "unrecognized");
    assert_eq!(create(&arm, "App", true), S_OK);
    assert_eq!(names(&arm, false), ["Work", "App"]);
    assert_eq!(arm.copy_profile("App", "Copy"), S_OK);
    assert_eq!(arm.set_default_profile(Some("App")), S_OK);
    assert_eq!(arm.rename_profile("App", "Other"), S_OK);
    assert_eq!(arm.delete_profile("Other"), S_OK);
    assert_eq!(names(&arm, true), ["Work", "Copy"]);
}

pub fn prof_11_a_profile_marked_for_deletion_is_unknown_and_its_name_not_free<A: Arm>() {
    let arm = A::plain();
    assert_eq!(arm.delete_profile("Work"), S_OK);
    assert_eq!(arm.delete_profile("Work"), MAPI_E_NOT_FOUND);
    assert_eq!(arm.copy_profile("Work", "Copy"), MAPI_E_NOT_FOUND);
    assert_eq!(arm.rename_profile("Work", "New"), MAPI_E_NOT_FOUND);
    assert_eq!(arm.set_default_profile(Some("Work")), MAPI_E_NOT_FOUND);
    assert_eq!(arm.create_profile("Work"), MAPI_E_NO_ACCESS);
    assert_eq!(arm.state(arm.opened("client")), Online, "it opens still");
    arm.log_off("Work");
    assert_eq!(arm.create_profile("Work"), S_OK);
}

pub fn prof_11_a_marked_rename_keeps_the_new_name_for_itself<A: Arm>() {
    let arm = A::plain();
    assert_eq!(arm.create_profile("Home"), S_OK);
    assert_eq!(arm.rename_profile("Work", "New"), S_OK);
    assert_eq!(arm.create_profile("new"), MAPI_E_NO_ACCESS);
    assert_eq!(arm.rename_profile("Home", "New"), MAPI_E_NO_ACCESS);
    assert_eq!(
        arm.create_profile("Work"),
        MAPI_E_NO_ACCESS,
        "it is called so still"
    );
    assert_eq!(
        arm.rename_profile("Work", "Newer"),
        S_OK,
        "the latest counts"
    );
    assert_eq!(
        arm.create_profile("New"),
        S_OK,
        "and the name before is free"
    );
    arm.log_off("Work");
    assert_eq!(arm.profile_names(), ["Newer", "Home", "New"]);
}

pub fn prof_13_a_character_without_one_upper_case_stands_for_itself<A: Arm>() {
    let arm = A::plain();
    assert_eq!(arm.create_profile("Straße"), S_OK);
    assert_eq!(arm.create_profile("STRAßE"), MAPI_E_NO_ACCESS);
    for other in ["STRASSE", "STRASE"] {
        assert_eq!(arm.create_profile(other), S_OK);
    }
    assert_eq!(arm.profile_names(), ["Work", "Straße", "STRASSE", "STRASE"]);
}
