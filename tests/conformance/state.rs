//! IMAPIOffline::GetCapabilities and GetCurrentState

use mapi_offline_tests::prelude::*;

pub const ONLY_OFFLINE: ProfileSettings = ProfileSettings {
    state: Online,
    capabilities: MAPIOFFLINE_CAPABILITY_OFFLINE,
    offline_object: true,
    app: false,
};

pub fn cap_1_capabilities_are_the_objects_own<A: Arm>() {
    for capabilities in 0..=CAPABILITIES_ALL {
        let settings = ProfileSettings {
            capabilities,
            ..ProfileSettings::default()
        };
        let arm = A::new(&Setup::default().work(settings));
        let work = arm.opened("client");
        assert_eq!(arm.get_capabilities(work, true), Ok(capabilities));
        let child = arm.child_capable_of(work, capabilities ^ CAPABILITIES_ALL);
        let own = arm.get_capabilities(child, true);
        assert_eq!(own, Ok(capabilities ^ CAPABILITIES_ALL));
    }
}

pub fn cap_1_a_null_pointer_is_refused_and_reported<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    assert_eq!(arm.get_capabilities(work, false), Err(E_INVALIDARG));
    assert_eq!(arm.findings_about(work.client), [BadArgument]);
}

pub fn cap_1_other_bits_can_be_set<A: Arm>() {
    let noisy = Setup::default().knob("noise", "capability-bits");
    let arm = A::new(&noisy.work(ONLY_OFFLINE));
    let work = arm.opened("client");
    let word = arm.get_capabilities(work, true).expect("capabilities");
    assert_eq!(word & CAPABILITIES_ALL, MAPIOFFLINE_CAPABILITY_OFFLINE);
    assert_eq!(word & !CAPABILITIES_ALL, 0x003f_037c, "CAP-3");
    let state = arm.get_current_state(work, true);
    assert_eq!(state, Ok(MAPIOFFLINE_STATE_ONLINE), "these bits alone");
}

pub fn cap_2_a_direction_that_lacks_its_bit_is_not_told_but_taken<A: Arm>() {
    for (capabilities, told) in [
        (0, vec![]),
        (MAPIOFFLINE_CAPABILITY_OFFLINE, whole(Online, Offline)),
        (MAPIOFFLINE_CAPABILITY_ONLINE, whole(Offline, Online)),
    ] {
        let arm = A::plain();
        let work = arm.opened("client");
        let child = arm.child_capable_of(work, capabilities);
        arm.register(child, 1);
        for state in [Offline, Online] {
            arm.change(work, state);
            assert_eq!(arm.state(child), state);
        }
        assert_eq!(arm.heard_by(1), told, "{capabilities}");
    }
}

pub fn cap_2_a_silent_transition_still_takes_its_time<A: Arm>() {
    let arm = A::new(&Setup::default().work(ONLY_OFFLINE));
    let work = arm.opened("client");
    arm.change(work, Offline);
    arm.register(work, 1);
    arm.host("Work", WorkOnline);
    assert_eq!(arm.set(work, Offline), E_PENDING);
    arm.run();
    assert_eq!(arm.state(work), Online);
    assert_eq!(arm.heard_by(1), []);
}

pub fn state_1_the_state_is_exactly_one_of_two_words<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    assert_eq!(
        arm.get_current_state(work, true),
        Ok(MAPIOFFLINE_STATE_ONLINE)
    );
    arm.change(work, Offline);
    assert_eq!(
        arm.get_current_state(work, true),
        Ok(MAPIOFFLINE_STATE_OFFLINE)
    );
}

pub fn state_1_a_null_pointer_is_refused_and_reported<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    assert_eq!(arm.get_current_state(work, false), Err(E_INVALIDARG));
    assert_eq!(arm.findings_about(work.client), [BadArgument]);
}

pub fn state_1_other_bits_of_the_state_can_be_set<A: Arm>() {
    let arm = A::with("noise", "state-bits");
    let work = arm.opened("client");
    for state in [Online, Offline] {
        arm.change(work, state);
        let word = arm.get_current_state(work, true).expect("GetCurrentState");
        assert_eq!(word & MAPIOFFLINE_STATE_OFFLINE_MASK, state.bits());
        assert_eq!(
            word & !MAPIOFFLINE_STATE_OFFLINE_MASK,
            0x003f_037c,
            "STATE-3"
        );
    }
    let capabilities = arm.get_capabilities(work, true);
    assert_eq!(capabilities, Ok(CAPABILITIES_ALL), "these bits alone");
}

fn states_seen<A: Arm>(arm: &A) -> Vec<State> {
    let work = arm.opened("client");
    let seen = arm.react_always(work, 1, |now| now.arm.state(now.on));
    arm.change(work, Offline);
    assert_eq!(arm.state(work), Offline);
    seen.answers()
}

pub fn state_2_the_new_state_shows_from_the_first_statechange_on<A: Arm>() {
    assert_eq!(states_seen(&A::plain()), [Online, Offline, Offline]);
}

pub fn state_2_the_new_state_can_show_at_the_first_done<A: Arm>() {
    assert_eq!(
        states_seen(&A::with("visible", "done")),
        [Online, Online, Offline]
    );
}

pub fn state_2_the_old_state_shows_until_all_starts_are_delivered<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    arm.register(work, 2);
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(arm.state(work), Online);
    for n in 1..=2 {
        arm.run_until(Start, n);
        assert_eq!(arm.state(work), Online);
    }
    arm.run_until(StateChange, 1);
    assert_eq!(arm.state(work), Offline);
}

pub fn state_2_all_objects_of_a_transition_show_it_at_once<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let seen = arm.react_always(work, 1, move |now| now.arm.state(child));
    arm.register(child, 2);
    arm.change(work, Offline);
    assert_eq!(seen.answers(), [Online, Offline, Offline]);
}
