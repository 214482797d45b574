//! The host's events

use mapi_offline_tests::prelude::*;

use crate::state::ONLY_OFFLINE;

pub fn host_1_it_wants_online_when_the_user_is_and_the_server_is_up<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    for (event, state, transitions) in [
        (ServerBack, Online, 0),
        (WorkOnline, Online, 0),
        (WorkOffline, Offline, 1),
        (WorkOffline, Offline, 1),
        (ServerLost, Offline, 1),
        (WorkOnline, Offline, 1),
        (ServerBack, Online, 2),
        (ServerLost, Offline, 3),
        (WorkOffline, Offline, 3),
        (ServerBack, Offline, 3),
        (WorkOnline, Online, 4),
    ] {
        arm.host("Work", event);
        arm.run();
        assert_eq!(arm.state(work), state, "{event:?}");
        assert_eq!(arm.heard_by(1).len(), 3 * transitions, "{event:?}");
    }
}

pub fn host_1_an_event_starts_a_transition_like_any_other<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    arm.host("Work", WorkOffline);
    assert_eq!(arm.heard(), []);
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
}

pub fn host_1_an_event_undoes_what_a_client_set<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.change(work, Offline);
    arm.host("Work", WorkOnline);
    arm.run();
    assert_eq!(arm.state(work), Online);
}

/// For each value of the knob: the state in which what a client has taken OFFLINE ends.
const USER_SWITCH: [(&str, State); 2] = [("follows", Offline), ("apart", Online)];

pub fn host_1_a_server_that_was_not_lost_undoes_what_a_client_set_or_not<A: Arm>() {
    for (value, ends) in USER_SWITCH {
        let arm = A::with("user-switch", value);
        let work = arm.opened("client");
        arm.change(work, Offline);
        arm.host("Work", ServerBack);
        arm.run();
        assert_eq!(arm.state(work), ends, "{value}");
    }
}

pub fn host_1_a_client_chooses_also_where_nothing_changes<A: Arm>() {
    for (value, ends) in USER_SWITCH {
        let arm = A::with("user-switch", value);
        let work = arm.opened("client");
        arm.host("Work", ServerLost);
        arm.run();
        assert_eq!(arm.set(work, Offline), S_OK, "it is OFFLINE already");
        arm.host("Work", ServerBack);
        arm.run();
        assert_eq!(arm.state(work), ends, "{value}");
    }
}

pub fn host_3_what_a_client_chose_survives_a_log_off_or_not<A: Arm>() {
    for (value, begins) in USER_SWITCH {
        let arm = A::with("user-switch", value);
        let work = arm.opened("client");
        arm.change(work, Offline);
        arm.release(work);
        arm.log_off("Work");
        arm.log_on("Work");
        let work = arm.opened_by(work.client);
        assert_eq!(arm.state(work), begins, "{value}");
    }
}

pub fn host_1_what_a_client_sets_on_another_object_is_no_choice_of_the_user<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.change(child, Offline);
    arm.host("Work", ServerBack);
    arm.run();
    assert_eq!([work, child].map(|it| arm.state(it)), [Online, Offline]);
}

pub fn host_1_an_event_is_for_one_profile<A: Arm>() {
    let arm = A::new(&Setup::default().profile("Home", ProfileSettings::default()));
    let work = arm.opened("client");
    let home = arm
        .open(work.client, &open_args("Home"))
        .expect("Home opens");
    arm.host("Home", WorkOffline);
    arm.run();
    assert_eq!(
        [work, home].map(|object| arm.state(object)),
        [Online, Offline]
    );
}

pub fn host_1_the_host_goes_where_the_object_is_not_capable_of<A: Arm>() {
    let arm = A::new(&Setup::default().work(ONLY_OFFLINE));
    let work = arm.opened("client");
    arm.register(work, 1);
    for (event, state) in [(ServerLost, Offline), (ServerBack, Online)] {
        arm.host("Work", event);
        arm.run();
        assert_eq!(arm.state(work), state);
    }
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
}

pub fn host_1_a_profile_begins_in_the_state_of_its_settings<A: Arm>() {
    let offline = ProfileSettings {
        state: Offline,
        ..ProfileSettings::default()
    };
    let arm = A::new(&Setup::default().work(offline));
    let work = arm.opened("client");
    assert_eq!(arm.state(work), Offline);
    arm.host("Work", ServerLost);
    arm.host("Work", ServerBack);
    arm.run();
    assert_eq!(arm.state(work), Offline, "the user is offline still");
    arm.host("Work", WorkOnline);
    arm.run();
    assert_eq!(arm.state(work), Online);
}

pub fn host_1_during_a_transition_the_latest_wish_waits_for_its_dones<A: Arm>() {
    for phase in Phase::ALL {
        let arm = A::plain();
        let work = arm.opened("client");
        arm.react(work, 1, phase, |now| {
            if now.arm.state(now.on) == Offline || now.notification.new == Offline.bits() {
                for event in [WorkOffline, WorkOnline] {
                    now.arm.host("Work", event);
                }
            }
        });
        arm.register(work, 2);
        assert_eq!(arm.set(work, Offline), S_OK);
        arm.run();
        let both = [whole(Online, Offline), whole(Offline, Online)].concat();
        assert_eq!(arm.heard_by(2), both, "{phase}");
        assert_eq!(
            arm.heard()[4..8],
            [(1, Done), (2, Done), (1, Start), (2, Start)]
        );
    }
}

pub fn host_1_a_wish_that_comes_true_anyway_starts_nothing<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.set(work, Offline), S_OK);
    for event in [WorkOffline, WorkOnline, WorkOffline] {
        arm.host("Work", event);
        arm.step();
    }
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
}

pub fn host_1_the_wish_goes_before_a_request_made_in_done<A: Arm>() {
    let arm = A::with("user-switch", "apart");
    let work = arm.opened("client");
    let child = arm.child(work);
    let request = arm.react(work, 1, Done, move |now| {
        let answer = now.arm.set(child, Online);
        if now.notification.new == Offline.bits() {
            now.arm.host("Work", ServerBack);
        }
        answer
    });
    arm.register(child, 2);
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run();
    assert_eq!(request.answers()[0], S_OK);
    let both = [whole(Online, Offline), whole(Offline, Online)].concat();
    assert_eq!(arm.heard_by(1), both);
    assert_eq!(
        arm.heard_by(2),
        both,
        "of the host's transition, the request was dropped"
    );
}

pub fn host_1_a_dropped_request_is_not_made_up_for<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.change(work, Offline);
    let done = arm.react(work, 1, Done, move |now| {
        if now.notification.new == Online.bits() {
            let answer = now.arm.set(child, Offline);
            now.arm.host("Work", ServerLost);
            Some(answer)
        } else {
            None
        }
    });
    arm.register(child, 2);
    arm.change(work, Online);
    assert_eq!(done.answers(), [Some(S_OK), None]);
    let both = [whole(Offline, Online), whole(Online, Offline)].concat();
    assert_eq!(arm.heard_by(1), both);
    assert_eq!(arm.heard_by(2), both);
    arm.change(child, Online);
    assert_eq!(arm.state(child), Online, "nothing came after");
}

pub fn host_1_a_request_is_dropped_also_where_the_wish_changes_nothing<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let request = arm.react(child, 1, Done, |now| now.arm.set(now.on, Online));
    assert_eq!(arm.set(child, Offline), S_OK);
    arm.host("Work", WorkOffline);
    arm.run();
    assert_eq!(request.answer(), S_OK);
    assert_eq!([work, child].map(|object| arm.state(object)), [Offline; 2]);
}

pub fn host_1_a_childs_own_transition_is_waited_for<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.register(work, 1);
    arm.register(child, 2);
    assert_eq!(arm.set(child, Offline), S_OK);
    arm.run_until(Start, 1);
    arm.host("Work", WorkOffline);
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
    assert_eq!(
        arm.heard_by(2),
        whole(Online, Offline),
        "its own, and it was there already"
    );
    assert_eq!(arm.heard()[2..4], [(2, Done), (1, Start)]);
}

pub fn host_2_log_on_makes_openable_and_log_off_ends_it<A: Arm>() {
    let arm = A::new(&Setup::default().away("Away"));
    let client = arm.client("client");
    let opens = |name| arm.open(client, &open_args(name)).map(drop);
    assert_eq!(
        [opens("Work"), opens("Away")],
        [Ok(()), Err(MAPI_E_NOT_FOUND)]
    );
    arm.log_on("Away");
    arm.log_off("Work");
    assert_eq!(
        [opens("Work"), opens("Away")],
        [Err(MAPI_E_NOT_FOUND), Ok(())]
    );
}

pub fn host_2_a_second_log_on_changes_nothing<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    arm.log_on("Work");
    assert!(arm.same_object(work, arm.opened("other")));
    arm.log_off("Work");
    arm.log_off("Work");
    assert_eq!(arm.released().len(), 1);
}

pub fn host_3_the_hosts_state_is_remembered_across_log_off<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    arm.host("Work", WorkOffline);
    arm.log_off("Work");
    arm.log_on("Work");
    assert_eq!(arm.state(arm.opened_by(client)), Offline);
    arm.log_off("Work");
    arm.host("Work", WorkOnline);
    arm.log_on("Work");
    assert_eq!(
        arm.state(arm.opened_by(client)),
        Online,
        "what happened meanwhile counts"
    );
}
