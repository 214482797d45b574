//! A host that quits

use mapi_offline_tests::prelude::*;

pub fn host_2_quit_lets_each_client_disconnect_in_order_and_then_logs_off<A: Quits>() {
    let arm = A::plain();
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    let token = arm.register(work, 1);
    assert_eq!(arm.state(work), Online);
    let order = Kept::<&str>::default();
    for (held, name) in [(work, "client"), (other, "other")] {
        let order = order.clone();
        arm.on_disconnect(held.client, move |arm| {
            order.keep(name);
            assert_eq!(arm.state(held), Online, "it is logged on still");
            if name == "client" {
                arm.unregister(held, token);
            }
            arm.release(held);
        });
    }
    arm.quit();
    assert_eq!(order.all(), ["client", "other"]);
    assert_eq!(arm.released().len(), 1);
    assert_eq!(arm.findings(), []);
    assert_eq!(
        arm.open(work.client, &open_args("Work")),
        Err(MAPI_E_NOT_FOUND)
    );
}

pub fn host_2_who_does_not_disconnect_leaks<A: Quits>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.state(work), Online);
    arm.quit();
    assert_eq!(
        arm.findings_about(work.client),
        [LeakedRegistration, LeakedReference]
    );
}
