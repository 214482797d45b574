//! A scenario of which nobody sees more than the outcome is run in larger strides.

use mapi_offline_core::{
    AdviseArgs, CAPABILITIES_ALL, HostEvent, KNOBS, Phase, Policy, ProfileSettings, SetArgs, Sizes,
    State,
};
use mapi_offline_driver::{Observer, Record};
use mapi_offline_scenario::{
    Action, Call, ClientSpec, CreateSpec, Environment, Expectation, HostAction, Parent,
    ProfileSpec, Reaction, Scenario, ScriptCall, Step, Trigger, WhichRegistration, run,
};
use mapi_offline_sys::{
    GUID_GlobalState, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};

/// How many clients; most of them do nothing when they are notified.
const CLIENTS: usize = 9;

/// Sees everything, and does nothing.
struct Nothing;

impl Observer for Nothing {
    fn observe(&mut self, _: &Record<'_>) {}
}

fn scripted(call: Call, object: Option<&str>) -> ScriptCall {
    ScriptCall {
        call,
        object: object.map(str::to_owned),
        condition: None,
        returns: None,
        line: 1,
    }
}

fn step(action: Action) -> Step {
    Step {
        at: None,
        after: None,
        parallel: false,
        action,
        line: 1,
    }
}

fn open() -> Call {
    Call::HrOpenOfflineObj {
        reserved: 0,
        name: Some("Work".to_owned()),
        guid: Some(GUID_GlobalState),
        reserved_pointer: false,
        out: true,
    }
}

fn advise(name: Option<&str>) -> Call {
    Call::Advise {
        args: AdviseArgs::new(Sizes::BITS_64, 0),
        has_interface: true,
        registration: name.map(str::to_owned),
        keep: false,
    }
}

fn unadvise(registration: WhichRegistration) -> Call {
    Call::Unadvise {
        flags: 0,
        registration,
    }
}

fn set(state: State, flags: u32) -> Call {
    Call::SetCurrentState(SetArgs {
        flags,
        mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
        state: state.bits(),
        reserved: false,
    })
}

/// A child of the global object.
fn create() -> Call {
    Call::HrCreateOfflineObj {
        flags: 0,
        info: Some(CreateSpec {
            size: Sizes::BITS_64.create_info,
            create_flags: 0,
            name: Some("Work".to_owned()),
            capabilities: CAPABILITIES_ALL,
            guid: None,
            instance: None,
            parent: Some(Parent::Global),
        }),
        out: true,
    }
}

fn on(phase: Phase, call: Call) -> Reaction {
    Reaction {
        trigger: Trigger::Notify {
            phase: Some(phase),
            new: None,
        },
        call: scripted(call, None),
    }
}

/// Clients that do nothing stand before, between and behind one that unadvises another and itself,
/// one that advises once more, one that blocks on another object and one that reverts; one has
/// registrations on a child as well.
fn scenario(policy: Policy) -> Scenario {
    let mut clients: Vec<ClientSpec> = (0..CLIENTS)
        .map(|client| ClientSpec {
            name: format!("c{client}"),
            profile: "Work".to_owned(),
            token: client as u32,
            on: Vec::new(),
        })
        .collect();
    let other = WhichRegistration::Named {
        client: 5,
        name: "main".to_owned(),
    };
    clients[1].on = vec![
        on(Phase::StateChange, unadvise(other)),
        on(Phase::Done, unadvise(WhichRegistration::Latest)),
    ];
    clients[3].on = vec![on(Phase::Start, advise(None))];
    let mut blocks = on(Phase::Start, set(State::Offline, MAPIOFFLINE_FLAG_BLOCK));
    blocks.call.object = Some("aside".to_owned());
    clients[4].on = vec![blocks];
    let mut reverts = on(Phase::Done, set(State::Online, MAPIOFFLINE_FLAG_DEFAULT));
    reverts.trigger = Trigger::Notify {
        phase: Some(Phase::Done),
        new: Some(State::Offline),
    };
    clients[7].on = vec![reverts];
    let mut steps = Vec::new();
    for client in 0..CLIENTS {
        let mut act = |call, object| {
            let call = scripted(call, object);
            steps.push(step(Action::Client { client, call }));
        };
        act(open(), None);
        if client == 4 {
            act(create(), Some("aside"));
        }
        if client == 6 {
            act(create(), Some("child"));
            act(advise(None), Some("child"));
            act(advise(None), Some("child"));
        }
        act(advise(Some("main")), None);
    }
    for event in [
        HostEvent::WorkOffline,
        HostEvent::WorkOnline,
        HostEvent::ServerLost,
    ] {
        steps.push(step(Action::Host {
            event: HostAction::Event(event),
            profile: None,
            wait: true,
        }));
    }
    let heard = (0..CLIENTS).map(|client| Expectation {
        client: Some(client),
        notifications: Some(Vec::new()),
        line: client + 1,
        ..Expectation::default()
    });
    Scenario {
        title: String::new(),
        seed: 0,
        environment: Environment::default(),
        policy,
        profiles: vec![ProfileSpec {
            name: "Work".to_owned(),
            is_default: true,
            settings: ProfileSettings::default(),
        }],
        clients,
        steps,
        // They fail, and say in their order what each client heard.
        expect: heard.collect(),
        always: Vec::new(),
    }
}

#[test]
fn a_run_comes_to_the_same_whether_anybody_looks_on_or_not() {
    for knob in KNOBS {
        for value in knob.values {
            let mut policy = Policy::default();
            policy.set(knob.name, value).expect("the knob's own value");
            for seed in [0, 7] {
                let mut scenario = scenario(policy);
                scenario.seed = seed;
                let unobserved = run(&scenario, None);
                let observed = run(&scenario, Some(&mut Nothing));
                assert_eq!(unobserved, observed, "{} = {value}", knob.name);
                assert!(unobserved.notifications > 50, "{unobserved:?}");
                assert!(unobserved.failures.len() >= CLIENTS - 1);
            }
        }
    }
}
