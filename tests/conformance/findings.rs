//! Findings that one run can show, and that no rule beside has shown already

use mapi_offline_tests::prelude::*;

pub fn a_careful_client_gives_no_findings<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let inside = arm.react(work, 1, Done, |now| {
        now.arm.unregister(now.on, now.token);
        now.arm.state(now.on)
    });
    let token = arm.register(child, 2);
    arm.change(work, Offline);
    assert_eq!(inside.answer(), Offline);
    arm.unregister(child, token);
    arm.release(child);
    arm.release(work);
    arm.log_off("Work");
    assert_eq!(arm.findings(), []);
    assert_eq!(arm.released().len(), 2);
}

pub fn leaked_registration_for_each_that_lives_at_log_off<A: Arm>() {
    let arm = A::plain();
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    let child = arm.child(work);
    arm.register(work, 1);
    arm.register(child, 2);
    arm.register(other, 3);
    let token = arm.register(other, 4);
    arm.unregister(other, token);
    for held in [work, child, other] {
        arm.release(held);
    }
    assert_eq!(arm.findings(), []);
    arm.log_off("Work");
    assert_eq!(arm.findings_about(work.client), [LeakedRegistration; 2]);
    assert_eq!(arm.findings_about(other.client), [LeakedRegistration]);
}

pub fn leaked_reference_for_each_holder_at_log_off<A: Arm>() {
    let arm = A::plain();
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    let careful = arm.opened("careful");
    arm.queried(work);
    arm.add_ref(work);
    arm.child(other);
    arm.release(careful);
    arm.log_off("Work");
    assert_eq!(arm.findings_about(work.client), [LeakedReference]);
    assert_eq!(arm.findings_about(other.client), [LeakedReference; 2]);
    assert_eq!(arm.findings_about(careful.client), []);
    let three = arm.log().into_iter().any(|event| match event {
        Event::Finding { detail, .. } => detail.contains('3'),
        _ => false,
    });
    assert!(three, "with the number");
}

pub fn placeholder_called_on_each_of_the_eight<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    for slot in [6, 9, 10, 11, 12, 13, 14, 15] {
        assert_eq!(arm.placeholder(work, slot), E_NOTIMPL, "{slot}");
    }
    assert_eq!(arm.findings_about(work.client), [PlaceholderCalled; 8]);
}

pub fn no_capability_check_once_for_a_client_and_an_object<A: Arm>() {
    let arm = A::plain();
    let careful = arm.opened("careful");
    let child = arm.child_capable_of(careful, CAPABILITIES_ALL);
    let hasty = arm.client("hasty");
    let hasty = arm.open(hasty, &open_args("Work")).expect("Work opens");
    arm.register(careful, 1);
    assert_eq!(arm.findings(), []);
    arm.register(hasty, 2);
    arm.register(hasty, 3);
    assert_eq!(arm.findings_about(hasty.client), [NoCapabilityCheck]);
    let info = CreateCallInfo {
        instance: None,
        parent: Some(careful),
        ..create_info::<A>("Work")
    };
    let unasked = arm.make(careful.client, info).expect("a child");
    arm.register(child, 4);
    assert_eq!(arm.findings_about(careful.client), []);
    arm.register(unasked, 5);
    assert_eq!(arm.findings_about(careful.client), [NoCapabilityCheck]);
}

pub fn no_capability_check_although_advise_is_refused_it_is_not_reported<A: Arm>() {
    let arm = A::plain();
    let hasty = arm.client("hasty");
    let hasty = arm.open(hasty, &open_args("Work")).expect("Work opens");
    assert_eq!(arm.get_capabilities(hasty, false), Err(E_INVALIDARG));
    let token = arm.register(hasty, 1);
    assert_ne!(token, 0);
    assert_eq!(
        arm.findings(),
        [BadArgument, NoCapabilityCheck],
        "that was no asking"
    );
}
