//! Calls that fail on purpose

use std::sync::Arc;

use mapi_offline_tests::prelude::*;

pub fn fail_1_the_nth_call_of_a_client_fails_and_nothing_else_happens<A: Arm>() {
    let arm = A::plain();
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    arm.fail(work.client, Function::Advise, 2, E_OUTOFMEMORY);
    let token = arm.register(work, 1);
    let refused = arm.callback(Arc::new(|_, _| ()));
    assert_eq!(arm.advise_callback(work, 2, refused), Err(E_OUTOFMEMORY));
    arm.forget(refused);
    arm.register(other, 3);
    arm.register(work, 4);
    arm.change(work, Offline);
    for (client_token, is_told) in [(1, true), (2, false), (3, true), (4, true)] {
        let told = if is_told {
            whole(Online, Offline)
        } else {
            vec![]
        };
        assert_eq!(arm.heard_by(client_token), told, "{client_token}");
    }
    arm.unregister(work, token);
    assert_eq!(arm.findings(), []);
}

pub fn fail_1_a_call_that_fails_changes_nothing<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let token = arm.register(work, 1);
    for (function, hr) in [
        (Function::SetCurrentState, E_PENDING),
        (Function::GetCurrentState, E_FAIL),
        (Function::GetCapabilities, E_OUTOFMEMORY),
        (Function::HrOpenOfflineObj, MAPI_E_NOT_FOUND),
        (Function::HrCreateOfflineObj, E_FAIL),
        (Function::QueryInterface, E_NOINTERFACE),
        (Function::Unadvise, E_FAIL),
    ] {
        arm.fail(work.client, function, 1, hr);
    }
    assert_eq!(arm.set(work, Offline), E_PENDING);
    arm.run();
    assert_eq!(arm.get_current_state(work, true), Err(E_FAIL));
    assert_eq!(arm.get_capabilities(work, true), Err(E_OUTOFMEMORY));
    let again = arm.open(work.client, &open_args("Work"));
    assert_eq!(again.map(|_| ()), Err(MAPI_E_NOT_FOUND));
    let created = arm.make(work.client, create_info::<A>("Work"));
    assert_eq!(created.map(|_| ()), Err(E_FAIL));
    let asked = arm.query_interface(work, Interface::Offline);
    assert_eq!(asked.map(|_| ()), Err(E_NOINTERFACE));
    assert_eq!(arm.unadvise(work, 0, token), E_FAIL);
    // What each of them would have done can still be done, and has not been.
    assert_eq!(arm.heard(), []);
    assert_eq!(arm.released(), []);
    assert_eq!(arm.state(work), Online);
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
    assert_eq!(arm.unadvise(work, 0, token), S_OK);
    assert_eq!(arm.findings(), []);
}
