//! Scenarios as values: what stateright and the explorer, or shuttle and the explorer, both play.

use mapi_offline::{HostEvent, Policy, ProfileSettings, State};
use mapi_offline_core::{AdviseArgs, SetArgs, Sizes};
use mapi_offline_scenario::{
    Action, CallSpec, ClientSpec, Environment, FastShutdown, HostAction, ProfileSpec, Reaction,
    Scenario, ScriptCall, Step, Trigger, WhichRegistration,
};
use mapi_offline_sys::{
    GUID_GlobalState, MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_OFFLINE_MASK,
    MAPIOFFLINE_UNADVISE_DEFAULT,
};

/// The profile of all clients.
pub const PROFILE: &str = "Work";
/// What each client of [`advise_set_unadvise`] wants.
pub const WISHES: [State; 3] = [State::Offline, State::Online, State::Offline];

/// Three clients of four calls each, that tidy up when the host quits, and two toggles of the
/// user.
pub fn three_clients_and_two_toggles() -> Scenario {
    let clients = [(); 3].map(|()| [open(), capabilities(), advise(), state()].into());
    let mut scenario = scenario(clients.into());
    for client in &mut scenario.clients {
        client.on = [unadvise(), CallSpec::Release]
            .map(|call| Reaction {
                trigger: Trigger::Disconnect,
                call: scripted(call),
            })
            .into();
    }
    for event in [HostEvent::WorkOffline, HostEvent::WorkOnline] {
        scenario.steps.push(step(Action::Host {
            event: HostAction::Event(event),
            profile: None,
            wait: false,
        }));
    }
    scenario
}

/// Three clients that open, advise, set the state, unadvise and release.
pub fn advise_set_unadvise() -> Scenario {
    let clients = WISHES.map(|wish| {
        let set = CallSpec::SetCurrentState(set_args(wish));
        [
            open(),
            capabilities(),
            advise(),
            set,
            unadvise(),
            CallSpec::Release,
        ]
        .into()
    });
    scenario(clients.into())
}

/// SetCurrentState without waiting.
pub fn set_args(state: State) -> SetArgs {
    SetArgs {
        flags: MAPIOFFLINE_FLAG_DEFAULT,
        mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
        state: state.bits(),
        reserved: false,
    }
}

/// A scenario in which each client makes these calls.
fn scenario(calls: Vec<Vec<CallSpec>>) -> Scenario {
    let names = ["a", "b", "c"].iter().take(calls.len());
    let clients = names.map(|name| ClientSpec {
        name: (*name).to_owned(),
        profile: PROFILE.to_owned(),
        token: 0,
        on: Vec::new(),
    });
    let steps = calls.into_iter().enumerate().flat_map(|(client, calls)| {
        let calls = calls.into_iter().map(scripted);
        calls.map(move |call| step(Action::Client { client, call }))
    });
    Scenario {
        title: String::new(),
        seed: 0,
        environment: Environment::default(),
        policy: Policy::default(),
        profiles: vec![ProfileSpec {
            name: PROFILE.to_owned(),
            is_default: true,
            settings: ProfileSettings::default(),
        }],
        clients: clients.collect(),
        failures: Vec::new(),
        shutdown_notifications: Vec::new(),
        fast_shutdown: FastShutdown::default(),
        steps: steps.collect(),
        expect: Vec::new(),
        always: Vec::new(),
    }
}

fn step(action: Action) -> Step {
    Step {
        at: None,
        after: None,
        parallel: false,
        action,
        line: 0,
    }
}

fn scripted(call: CallSpec) -> ScriptCall {
    ScriptCall {
        call,
        object: None,
        condition: None,
        returns: None,
        line: 0,
    }
}

fn open() -> CallSpec {
    CallSpec::HrOpenOfflineObj {
        reserved: 0,
        name: Some(PROFILE.to_owned()),
        guid: Some(GUID_GlobalState),
        reserved_pointer: false,
        out: true,
    }
}

fn capabilities() -> CallSpec {
    CallSpec::GetCapabilities {
        out: true,
        expected: None,
    }
}

fn state() -> CallSpec {
    CallSpec::GetCurrentState {
        out: true,
        expected: None,
    }
}

fn advise() -> CallSpec {
    CallSpec::Advise {
        args: AdviseArgs::new(Sizes::BITS_64, 0),
        has_interface: true,
        registration: None,
        keep: false,
    }
}

fn unadvise() -> CallSpec {
    CallSpec::Unadvise {
        flags: MAPIOFFLINE_UNADVISE_DEFAULT,
        registration: WhichRegistration::Latest,
    }
}
