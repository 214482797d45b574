//! Whose a reference is. LIFE-6

use mapi_offline_tests::prelude::*;

pub fn life_6_a_client_may_use_its_own_references_only<A: OwnReferences>() {
    let arm = A::plain();
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    arm.release(work);
    assert_eq!(arm.state(work), Online, "the object lives on");
    assert_eq!(arm.findings_about(work.client), [UseAfterRelease]);
    assert_eq!(arm.findings_about(other.client), []);
}

pub fn life_6_releasing_more_than_one_has_changes_nothing<A: OwnReferences>() {
    let arm = A::plain();
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    arm.release(work);
    arm.release(work);
    assert_eq!(arm.findings(), [OverRelease]);
    assert_eq!(arm.state(other), Online);
    arm.release(other);
    assert_eq!(arm.findings_about(other.client), []);
    arm.log_off("Work");
    assert_eq!(arm.findings(), [OverRelease], "nothing leaked");
}

pub fn life_6_a_reference_may_be_handed_on<A: Pointers>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let handed = Held {
        client: arm.client("other"),
        ..work
    };
    arm.get_capabilities(handed, true).expect("capabilities");
    let token = arm.register(handed, 1);
    arm.change(handed, Offline);
    arm.unregister(handed, token);
    arm.release(handed);
    arm.log_off("Work");
    assert_eq!(arm.findings(), []);
}
