//! A host that waits for what its events cause

use mapi_offline_tests::prelude::*;

pub fn host_1_a_wait_ends_with_the_dones<A: Waits>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let revert = arm.react(work, 1, Done, |now| now.arm.set(now.on, Online));
    assert_eq!(
        arm.host_and_wait("Work", WorkOnline),
        S_OK,
        "it causes nothing"
    );
    assert_eq!(arm.heard(), []);
    assert_eq!(arm.host_and_wait("Work", WorkOffline), S_OK);
    assert_eq!(revert.answers(), [S_OK]);
    assert_eq!(
        arm.heard_by(1),
        whole(Online, Offline),
        "the request is not waited for"
    );
}

pub fn host_1_a_wait_for_a_kept_wish_ends_with_its_own_dones<A: Waits>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(arm.host_and_wait("Work", WorkOnline), S_OK);
    assert_eq!(
        arm.heard_by(1),
        [whole(Online, Offline), whole(Offline, Online)].concat()
    );
    assert!(!arm.step());
}

pub fn host_1_a_wait_for_what_is_coming_anyway_ends_at_once<A: Waits>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(arm.host_and_wait("Work", WorkOffline), S_OK);
    assert_eq!(arm.heard(), [], "it causes nothing");
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
}

pub fn host_1_a_log_off_ends_the_wait<A: Waits>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.react(work, 1, StateChange, |now| now.arm.log_off("Work"));
    assert_eq!(arm.host_and_wait("Work", WorkOffline), E_FAIL);
}

pub fn host_4_a_wait_that_is_overtaken_ends_at_once<A: Waits>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.react(work, 1, Start, |now| now.arm.host("Work", WorkOffline));
    arm.register(work, 2);
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(arm.host_and_wait("Work", WorkOnline), S_OK);
    let phases: Vec<_> = arm.heard().into_iter().map(|heard| heard.1).collect();
    assert!(
        !phases.contains(&StateChange),
        "it did not wait for what follows"
    );
    arm.run();
    assert_eq!(arm.heard_by(2), whole(Online, Offline));
}

pub fn host_4_a_wait_for_the_same_wish_again_goes_on<A: Waits>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.react(work, 1, Start, |now| now.arm.host("Work", ServerBack));
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(arm.host_and_wait("Work", WorkOnline), S_OK);
    assert_eq!(
        arm.heard_by(1),
        [whole(Online, Offline), whole(Offline, Online)].concat()
    );
}
