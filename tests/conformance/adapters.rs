//! What callbacks made by our Rust adapters can show

use std::sync::Arc;

use mapi_offline_tests::prelude::*;

pub fn note_7_a_panic_is_contained_and_everyone_else_is_notified<A: Adapters>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    let panics = |_: &A, notification: &Notification| {
        let change = notification.state_change().expect("no noise");
        assert!(change.phase != StateChange, "on purpose");
    };
    arm.advise_adapter(work, 2, Arc::new(panics))
        .expect("Advise");
    arm.register(work, 3);
    assert_eq!(arm.block(work, Offline), S_OK);
    assert_eq!(arm.findings_about(work.client), [PanicInNotify]);
    for client_token in [1, 3] {
        assert_eq!(arm.heard_by(client_token), whole(Online, Offline));
    }
    assert_eq!(arm.state(work), Offline);
}

pub fn note_7_a_panic_in_a_nested_notify_stops_there<A: Adapters>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let orphan = arm
        .make(work.client, create_info::<A>("Work"))
        .expect("an object");
    arm.get_capabilities(orphan, true).expect("capabilities");
    let outer = arm.react(work, 1, Start, move |now| now.arm.block(orphan, Offline));
    let panics = |_: &A, _: &Notification| panic!("on purpose");
    arm.advise_adapter(orphan, 2, Arc::new(panics))
        .expect("Advise");
    arm.change(work, Offline);
    assert_eq!(outer.answer(), S_OK);
    assert_eq!(arm.findings(), [PanicInNotify; 3]);
}
