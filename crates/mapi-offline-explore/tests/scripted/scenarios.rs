//! Scenarios as values, in a few words.

use mapi_offline::sys::{
    GUID_GlobalState, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};
use mapi_offline::{FindingId, HostEvent, Phase, Policy, ProfileSettings, State};
use mapi_offline_core::{AdviseArgs, SetArgs, Sizes};
use mapi_offline_scenario::{
    Action, Call, ClientSpec, Condition, Environment, Expectation, HostAction, ProfileSpec,
    Reaction, Scenario, ScriptCall, Step, Trigger, WhichRegistration,
};

/// A scenario with the profile `Work` and nothing else.
pub fn scenario() -> Scenario {
    Scenario {
        title: "a test".to_owned(),
        seed: 0,
        environment: Environment::default(),
        policy: Policy::default(),
        profiles: vec![ProfileSpec {
            name: "Work".to_owned(),
            is_default: true,
            settings: ProfileSettings::default(),
        }],
        clients: Vec::new(),
        failures: Vec::new(),
        shutdown_notifications: Vec::new(),
        steps: Vec::new(),
        expect: Vec::new(),
        always: Vec::new(),
    }
}

/// Adds a client; gives its place.
pub fn client(scenario: &mut Scenario, name: &str) -> usize {
    scenario.clients.push(ClientSpec {
        name: name.to_owned(),
        profile: "Work".to_owned(),
        token: 0,
        on: Vec::new(),
    });
    scenario.clients.len() - 1
}

/// Adds steps of a client.
pub fn steps(scenario: &mut Scenario, client: usize, calls: impl IntoIterator<Item = Call>) {
    for call in calls {
        let call = call_of(call);
        step(scenario, Action::Client { client, call });
    }
}

/// Adds a step of the host.
pub fn host(scenario: &mut Scenario, event: HostEvent) {
    let event = HostAction::Event(event);
    step(
        scenario,
        Action::Host {
            event,
            profile: None,
            wait: false,
        },
    );
}

/// Adds a step.
pub fn step(scenario: &mut Scenario, action: Action) {
    let line = scenario.steps.len() + 1;
    scenario.steps.push(Step {
        at: None,
        after: None,
        parallel: false,
        action,
        line,
    });
}

/// A reaction to a notification.
pub fn on(phase: Phase, new: Option<State>, call: Call) -> Reaction {
    Reaction {
        trigger: Trigger::Notify {
            phase: Some(phase),
            new,
        },
        call: call_of(call),
    }
}

/// A reaction to the host's quitting.
pub fn on_disconnect(call: Call) -> Reaction {
    Reaction {
        trigger: Trigger::Disconnect,
        call: call_of(call),
    }
}

/// Lets every client unadvise and release when the host quits.
pub fn tidy(scenario: &mut Scenario) {
    for client in &mut scenario.clients {
        client.on.push(on_disconnect(unadvise()));
        client.on.push(on_disconnect(Call::Release));
    }
}

pub fn call_of(call: Call) -> ScriptCall {
    ScriptCall {
        call,
        object: None,
        condition: None,
        returns: None,
        line: 1,
    }
}

pub fn open() -> Call {
    Call::HrOpenOfflineObj {
        reserved: 0,
        name: Some("Work".to_owned()),
        guid: Some(GUID_GlobalState),
        reserved_pointer: false,
        out: true,
    }
}

pub fn capabilities() -> Call {
    Call::GetCapabilities {
        out: true,
        expected: None,
    }
}

pub fn get() -> Call {
    Call::GetCurrentState {
        out: true,
        expected: None,
    }
}

pub fn advise() -> Call {
    Call::Advise {
        args: AdviseArgs::new(Sizes::BITS_64, 0),
        has_interface: true,
        registration: None,
        keep: false,
    }
}

pub fn unadvise() -> Call {
    Call::Unadvise {
        flags: 0,
        registration: WhichRegistration::Latest,
    }
}

pub fn set(state: State) -> Call {
    set_with(state, MAPIOFFLINE_FLAG_DEFAULT)
}

pub fn block(state: State) -> Call {
    set_with(state, MAPIOFFLINE_FLAG_BLOCK)
}

fn set_with(state: State, flags: u32) -> Call {
    Call::SetCurrentState(SetArgs {
        flags,
        mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
        state: state.bits(),
        reserved: false,
    })
}

/// `[[always]] findings = […]`
pub fn allow(scenario: &mut Scenario, findings: &[FindingId]) {
    scenario.always.push(Expectation {
        findings: Some(findings.to_vec()),
        line: 99,
        ..Expectation::default()
    });
}

/// Three clients of four calls each, and two toggles of the host.
pub fn three_clients_and_two_toggles() -> Scenario {
    let mut scenario = scenario();
    for name in ["a", "b", "c"] {
        let client = client(&mut scenario, name);
        steps(
            &mut scenario,
            client,
            [open(), capabilities(), advise(), get()],
        );
    }
    host(&mut scenario, HostEvent::WorkOffline);
    host(&mut scenario, HostEvent::WorkOnline);
    tidy(&mut scenario);
    scenario
}

/// A provider that reads the state and then advises: it misses a transition in between. Its twin
/// (`right`) advises first.
pub fn reader(right: bool) -> Scenario {
    let mut scenario = scenario();
    let provider = client(&mut scenario, "provider");
    let calls = if right {
        [open(), capabilities(), advise(), get()]
    } else {
        [open(), capabilities(), get(), advise()]
    };
    steps(&mut scenario, provider, calls);
    let other = client(&mut scenario, "bystander");
    steps(&mut scenario, other, [open(), capabilities(), get()]);
    host(&mut scenario, HostEvent::WorkOffline);
    tidy(&mut scenario);
    scenario
}

/// Two add-ins that fight: the one reverts to ONLINE, the other to OFFLINE.
pub fn fight() -> Scenario {
    let mut scenario = scenario();
    for (name, wanted) in [("a", State::Online), ("b", State::Offline)] {
        let client = client(&mut scenario, name);
        steps(&mut scenario, client, [open(), capabilities(), advise()]);
        let unwanted = match wanted {
            State::Online => State::Offline,
            State::Offline => State::Online,
        };
        let reverts = on(Phase::Done, Some(unwanted), set(wanted));
        scenario.clients[client].on.push(reverts);
    }
    host(&mut scenario, HostEvent::WorkOffline);
    tidy(&mut scenario);
    scenario
}

/// The same fight, and the one of them registers anew every time.
pub fn fight_with_fresh_registrations() -> Scenario {
    let mut scenario = fight();
    scenario.clients[0].on.splice(
        0..0,
        [
            on(Phase::Done, Some(State::Offline), unadvise()),
            on(Phase::Done, Some(State::Offline), advise()),
        ],
    );
    scenario
}

/// Two clients that want different things once, and one that listens.
pub fn two_wishes() -> Scenario {
    let mut scenario = scenario();
    for (name, wanted) in [("a", State::Offline), ("b", State::Online)] {
        let client = client(&mut scenario, name);
        steps(&mut scenario, client, [open(), block(wanted)]);
    }
    let listener = client(&mut scenario, "listener");
    steps(
        &mut scenario,
        listener,
        [open(), capabilities(), advise(), get()],
    );
    for client in 0..3 {
        if client == listener {
            scenario.clients[client].on.push(on_disconnect(unadvise()));
        }
        scenario.clients[client]
            .on
            .push(on_disconnect(Call::Release));
    }
    scenario
}

/// A provider whose callback blocks.
pub fn blocks_in_notify() -> Scenario {
    let mut scenario = scenario();
    let provider = client(&mut scenario, "provider");
    steps(&mut scenario, provider, [open(), capabilities(), advise()]);
    let blocks = on(Phase::StateChange, None, block(State::Online));
    scenario.clients[provider].on.push(blocks);
    host(&mut scenario, HostEvent::WorkOffline);
    tidy(&mut scenario);
    scenario
}

/// A provider that goes on only if it is online: `careful`ly, or by the whole state word.
pub fn asks_whether_online(careful: bool) -> Scenario {
    let mut scenario = scenario();
    let provider = client(&mut scenario, "provider");
    steps(
        &mut scenario,
        provider,
        [open(), capabilities(), advise(), get()],
    );
    steps(&mut scenario, provider, [capabilities()]);
    if let Some(Step {
        action: Action::Client { call, .. },
        ..
    }) = scenario.steps.last_mut()
    {
        call.condition = Some(if careful {
            Condition::State(State::Online)
        } else {
            Condition::Raw(State::Online.bits())
        });
    }
    host(&mut scenario, HostEvent::WorkOffline);
    tidy(&mut scenario);
    scenario
}
