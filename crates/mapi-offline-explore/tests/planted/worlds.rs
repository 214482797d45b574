//! Scenarios in which the planted bugs show.

use mapi_offline::{FindingId, HostEvent, Phase, State};
use mapi_offline_core::CAPABILITIES_ALL;
use mapi_offline_scenario::{Action, Call, CreateSpec, Parent, Scenario, ScriptCall};

use crate::make;

/// Two clients that make these calls, and two switches of the user.
fn two(calls: &[Call]) -> Scenario {
    let mut scenario = make::scenario();
    for name in ["a", "b"] {
        let client = make::client(&mut scenario, name);
        make::steps(&mut scenario, client, calls.iter().cloned());
    }
    make::host(&mut scenario, HostEvent::WorkOffline);
    make::host(&mut scenario, HostEvent::WorkOnline);
    scenario
}

fn registers() -> [Call; 3] {
    [make::open(), make::capabilities(), make::advise()]
}

/// Two clients that listen.
pub fn listeners() -> Scenario {
    let mut scenario = two(&registers());
    make::tidy(&mut scenario);
    scenario
}

/// Two clients that listen; the first asks for the state in START.
pub fn asks_in_start() -> Scenario {
    let mut scenario = two(&registers());
    let asks = make::on(Phase::Start, None, make::get());
    scenario.clients[0].on.push(asks);
    make::tidy(&mut scenario);
    scenario
}

/// Two clients that listen; the first goes back online.
pub fn reverts() -> Scenario {
    let mut scenario = two(&registers());
    let reverts = make::on(Phase::Done, Some(State::Offline), make::set(State::Online));
    scenario.clients[0].on.push(reverts);
    make::tidy(&mut scenario);
    scenario
}

/// Two clients that register and unadvise, and keep a reference of their own on the callback.
pub fn leavers() -> Scenario {
    let mut calls = registers().to_vec();
    if let Some(Call::Advise { keep, .. }) = calls.last_mut() {
        *keep = true;
    }
    calls.extend([make::unadvise(), Call::Release]);
    two(&calls)
}

/// Two clients that unadvise in STATECHANGE.
pub fn leaves_in_notify() -> Scenario {
    let mut scenario = two(&registers());
    for client in &mut scenario.clients {
        let leaves = make::on(Phase::StateChange, None, make::unadvise());
        client.on.push(leaves);
    }
    make::tidy(&mut scenario);
    scenario
}

/// Two clients that nobody disconnects.
pub fn stays() -> Scenario {
    let mut scenario = two(&registers());
    let left = [FindingId::LeakedRegistration, FindingId::LeakedReference];
    make::allow(&mut scenario, &left);
    scenario
}

/// A listener, and two clients that change the state: one waits, one does not.
pub fn setters() -> Scenario {
    let mut scenario = make::scenario();
    let listener = make::client(&mut scenario, "listener");
    make::steps(&mut scenario, listener, registers());
    make::tidy(&mut scenario);
    for (name, call) in [
        ("waits", make::block(State::Offline)),
        ("does-not-wait", make::set(State::Online)),
    ] {
        let setter = make::client(&mut scenario, name);
        make::steps(&mut scenario, setter, [make::open(), call]);
        let release = make::on_disconnect(Call::Release);
        scenario.clients[setter].on.push(release);
    }
    scenario
}

/// A client that listens to the global object and to a child of it.
pub fn family() -> Scenario {
    let mut scenario = make::scenario();
    let store = make::client(&mut scenario, "store");
    make::steps(&mut scenario, store, registers());
    let create = Call::HrCreateOfflineObj {
        flags: 0,
        info: Some(CreateSpec {
            size: 72,
            create_flags: 0,
            name: Some("Work".to_owned()),
            capabilities: CAPABILITIES_ALL,
            guid: None,
            instance: None,
            parent: Some(Parent::Global),
        }),
        out: true,
    };
    let on_child = |call| ScriptCall {
        object: Some("child".to_owned()),
        ..make::call_of(call)
    };
    for call in [create, make::capabilities(), make::advise()] {
        let (client, call) = (store, on_child(call));
        make::step(&mut scenario, Action::Client { client, call });
    }
    make::host(&mut scenario, HostEvent::WorkOffline);
    for call in [make::unadvise(), Call::Release] {
        let mut tidies = make::on_disconnect(call.clone());
        tidies.call = on_child(call);
        scenario.clients[store].on.push(tidies);
    }
    make::tidy(&mut scenario);
    scenario
}
