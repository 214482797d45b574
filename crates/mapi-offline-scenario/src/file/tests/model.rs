//! What a right file means.

use crate::{
    Action, CallSpec, ClientSpec, Condition, CreateSpec, Environment, Expectation, ExpectedState,
    FastShutdown, HostAction, Parent, ProfileSpec, Reaction, Scenario, ScriptCall,
    ScriptedProvider, Step, Trigger, WhichRegistration,
};
use mapi_offline_core::{
    AdviseArgs, ClientId, FastShutdownBehavior, FindingId, HostEvent, Phase, Policy, ProfileCall,
    ProfileSettings, ProviderKind, SetArgs, Sizes, State, StateChange,
};
use mapi_offline_sys::{E_FAIL, E_PENDING, GUID, GUID_GlobalState, HRESULT, S_OK};

use super::{EXAMPLE, START};
use crate::parse;

fn scenario(text: &str) -> Scenario {
    match parse("x.toml", text.as_bytes()) {
        Ok(parsed) => parsed.scenario,
        Err(problems) => panic!("{problems:#?}"),
    }
}

/// A call of the example's client, which has no names and no conditions.
fn call(line: usize, call: CallSpec) -> ScriptCall {
    ScriptCall {
        call,
        object: None,
        condition: None,
        returns: None,
        line,
    }
}

fn step(line: usize, made: CallSpec) -> Step {
    Step {
        at: None,
        after: None,
        parallel: false,
        action: Action::Client {
            client: 0,
            call: call(line, made),
        },
        line,
    }
}

#[test]
fn the_example_of_the_contract() {
    let open = CallSpec::HrOpenOfflineObj {
        reserved: 0,
        name: Some("Work".to_owned()),
        guid: Some(GUID_GlobalState),
        reserved_pointer: false,
        out: true,
    };
    let mut open = step(28, open);
    if let Action::Client { call, .. } = &mut open.action {
        call.returns = Some(S_OK);
    }
    let get_capabilities = CallSpec::GetCapabilities {
        out: true,
        expected: Some(3),
    };
    let advise = CallSpec::Advise {
        args: AdviseArgs::new(Sizes::BITS_64, 42),
        has_interface: true,
        registration: None,
        keep: false,
    };
    let work_offline = Step {
        at: Some(10_000),
        after: None,
        parallel: false,
        action: Action::Host {
            event: HostAction::Event(HostEvent::WorkOffline),
            profile: None,
            wait: true,
        },
        line: 42,
    };
    let get_current_state = CallSpec::GetCurrentState {
        out: true,
        expected: Some(ExpectedState::State(State::Offline)),
    };
    let set_current_state = CallSpec::SetCurrentState(SetArgs::new(0x2000, State::Online));
    let unadvise = CallSpec::Unadvise {
        flags: 0,
        registration: WhichRegistration::Latest,
    };
    let heard = |phase| StateChange {
        phase,
        old: State::Online,
        new: State::Offline,
    };
    let expected = Scenario {
        title: "A provider follows the user's Work Offline toggle".to_owned(),
        seed: 1,
        environment: Environment::default(),
        policy: Policy::default(),
        profiles: vec![ProfileSpec {
            name: "Work".to_owned(),
            is_default: true,
            settings: ProfileSettings::default(),
        }],
        clients: vec![ClientSpec {
            name: "provider".to_owned(),
            profile: "Work".to_owned(),
            token: 42,
            on: vec![Reaction {
                trigger: Trigger::Notify {
                    phase: Some(Phase::Done),
                    new: Some(State::Offline),
                },
                call: call(23, unadvise),
            }],
        }],
        failures: Vec::new(),
        shutdown_notifications: Vec::new(),
        fast_shutdown: FastShutdown::default(),
        steps: vec![
            open,
            step(33, get_capabilities),
            step(38, advise),
            work_offline,
            step(47, get_current_state),
            step(52, set_current_state),
            step(58, CallSpec::Release),
        ],
        expect: vec![
            Expectation {
                client: Some(0),
                notifications: Some(Phase::ALL.map(heard).to_vec()),
                line: 62,
                ..Expectation::default()
            },
            Expectation {
                profile: Some("Work".to_owned()),
                state: Some(State::Online),
                line: 70,
                ..Expectation::default()
            },
            Expectation {
                findings: Some(Vec::new()),
                line: 74,
                ..Expectation::default()
            },
        ],
        always: Vec::new(),
    };
    assert_eq!(scenario(EXAMPLE), expected);
}

#[test]
fn a_mark_of_byte_order_and_other_line_ends_change_nothing() {
    let other = format!("\u{feff}{}", EXAMPLE.replace('\n', "\r\n"));
    assert_eq!(scenario(&other), scenario(EXAMPLE));
}

/// The last step behind [`START`], as a call.
fn last_call(keys: &str) -> ScriptCall {
    let text = format!("{START}[[step]]\nclient = 'p'\n{keys}\n");
    match scenario(&text).steps.pop().map(|step| step.action) {
        Some(Action::Client { call, .. }) => call,
        other => panic!("{other:?}"),
    }
}

#[test]
fn arguments_have_defaults_names_and_raw_numbers() {
    let set = |keys: &str| match last_call(&format!("call = 'SetCurrentState'\n{keys}")).call {
        CallSpec::SetCurrentState(args) => args,
        other => panic!("{other:?}"),
    };
    assert_eq!(set("state = 'OFFLINE'"), SetArgs::new(0, State::Offline));
    let raw =
        set("state = 7\nflags = '0x10'\nmask = 'MAPIOFFLINE_STATE_ALL'\nreserved = 'non-null'");
    let expected = SetArgs {
        flags: 0x10,
        mask: 0x003f_037f,
        state: 7,
        reserved: true,
    };
    assert_eq!(raw, expected);
    assert_eq!(set("state = 'MAPIOFFLINE_STATE_ONLINE'").state, 2);
    assert_eq!(set("state = 4294967295").state, u32::MAX);
}

#[test]
fn the_profile_of_a_call_may_be_any_text_and_its_name_null() {
    let name = |keys: &str| match last_call(keys).call {
        CallSpec::HrOpenOfflineObj { name, .. } => name,
        CallSpec::Profile(ProfileCall::SetDefault { name }) => name,
        other => panic!("{other:?}"),
    };
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(name("call = 'HrOpenOfflineObj'"), some("Work"));
    assert_eq!(
        name("call = 'HrOpenOfflineObj'\nprofile = 'x/y'"),
        some("x/y")
    );
    assert_eq!(name("call = 'HrOpenOfflineObj'\nname = 'x/y'"), some("x/y"));
    assert_eq!(name("call = 'HrOpenOfflineObj'\nname = 'null'"), None);
    assert_eq!(
        name("call = 'HrOpenOfflineObj'\nprofile = 'null'"),
        some("null")
    );
    assert_eq!(name("call = 'SetDefaultProfile'\nname = 'null'"), None);
}

#[test]
fn bad_arguments_can_be_written_down() {
    let open = last_call("call = 'HrOpenOfflineObj'\nguid = 7\nreserved = 5\nout = 'null'").call;
    let expected = CallSpec::HrOpenOfflineObj {
        reserved: 5,
        name: Some("Work".to_owned()),
        guid: Some(GUID::from_values(7, 0, 0, [0; 8])),
        reserved_pointer: false,
        out: false,
    };
    assert_eq!(open, expected);
    let both =
        last_call("call = 'HrOpenOfflineObj'\nguid = 'null'\nflags = 1\nreserved = 'non-null'");
    let expected = CallSpec::HrOpenOfflineObj {
        reserved: 1,
        name: Some("Work".to_owned()),
        guid: None,
        reserved_pointer: true,
        out: true,
    };
    assert_eq!(both.call, expected);
    let advise = "call = 'Advise'\nsize = 24\ntoken = 9\ncallback = 'null'\ncallback_type = 1\n\
                  advise_types = '0x2'\nmask = 3\nflags = 4\nregistration = 'a'\nkeep = true";
    let mut args = AdviseArgs::new(Sizes::BITS_64, 9);
    args.flags = 4;
    if let Some(info) = &mut args.info {
        (info.size, info.callback_type, info.callback) = (24, 1, false);
        (info.advise_types, info.state_mask) = (2, 3);
    }
    let expected = CallSpec::Advise {
        args,
        has_interface: true,
        registration: Some("a".to_owned()),
        keep: true,
    };
    assert_eq!(last_call(advise).call, expected);
    let bare = last_call("call = 'Advise'\ninfo = 'null'\ncallback = 'no-interface'").call;
    let CallSpec::Advise {
        args,
        has_interface: false,
        ..
    } = bare
    else {
        panic!("{bare:?}");
    };
    assert_eq!(args.info, None);
}

#[test]
fn a_created_object_has_a_name_and_a_parent() {
    let created = last_call(
        "call = 'HrCreateOfflineObj'\nobject = 'store'\nparent = 'global'\ncreate_flags = 1\n\
         guid = '{0317BDE5-FC29-44CD-8DCD-36125A3BE9EC}'\ninstance = '0x5'\ncapabilities = ['ONLINE']",
    );
    assert_eq!(created.object.as_deref(), Some("store"));
    let info = CreateSpec {
        size: 72,
        create_flags: 1,
        name: Some("Work".to_owned()),
        capabilities: 2,
        guid: Some(mapi_offline_sys::IID_IMAPIOfflineNotify),
        instance: Some(GUID::from_values(5, 0, 0, [0; 8])),
        parent: Some(Parent::Global),
    };
    let expected = CallSpec::HrCreateOfflineObj {
        flags: 0,
        info: Some(info),
        out: true,
    };
    assert_eq!(created.call, expected);
}

#[test]
fn results_and_conditions() {
    let returns = |text: &str| last_call(&format!("call = 'AddRef'\nreturns = {text}")).returns;
    assert_eq!(returns("'E_PENDING'"), Some(E_PENDING));
    assert_eq!(returns("'MAPI_E_CALL_FAILED'"), Some(E_FAIL));
    assert_eq!(returns("0x80004005"), Some(E_FAIL));
    assert_eq!(returns("'0x80004005'"), Some(E_FAIL));
    assert_eq!(returns("-2147467259"), Some(E_FAIL));
    assert_eq!(returns("1"), Some(HRESULT(1)));
    let condition = |keys: &str| last_call(&format!("call = 'AddRef'\n{keys}")).condition;
    let state = Condition::State(State::Offline);
    assert_eq!(condition("if_state = 'OFFLINE'"), Some(state));
    assert_eq!(
        condition("if_raw_state = '0x101'"),
        Some(Condition::Raw(0x101))
    );
    let expected = |text: &str| match last_call(&format!("call = 'GetCurrentState'\n{text}")).call {
        CallSpec::GetCurrentState { expected, .. } => expected,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        expected("state = 'ONLINE'"),
        Some(ExpectedState::State(State::Online))
    );
    assert_eq!(expected("state = 2"), Some(ExpectedState::Raw(2)));
}

#[test]
fn an_unadvise_takes_a_name_another_clients_name_or_a_token() {
    let text = format!(
        "{START}[[step]]\nclient = 'p'\ncall = 'Advise'\nregistration = 'a'\n\
         [[client]]\nname = 'q.r'\nprofile = 'work'\n\
         [[step]]\nclient = 'q.r'\ncall = 'Advise'\nregistration = 's.t'\n"
    );
    for (keys, expected) in [
        ("", WhichRegistration::Latest),
        ("advise_token = 99", WhichRegistration::Token(99)),
        (
            "registration = 'a'",
            WhichRegistration::Named {
                client: 0,
                name: "a".to_owned(),
            },
        ),
        (
            "registration = 'q.r.s.t'",
            WhichRegistration::Named {
                client: 1,
                name: "s.t".to_owned(),
            },
        ),
    ] {
        let text = format!("{text}[[step]]\nclient = 'p'\ncall = 'Unadvise'\n{keys}\n");
        let step = scenario(&text).steps.pop().map(|step| step.action);
        let Some(Action::Client { call, .. }) = step else {
            panic!("{step:?}");
        };
        let CallSpec::Unadvise { registration, .. } = call.call else {
            panic!("{call:?}");
        };
        assert_eq!(registration, expected, "{keys}");
    }
}

#[test]
fn a_client_may_use_a_profile_that_a_call_makes() {
    for making in [
        "call = 'CreateProfile'\nprofile = 'New'",
        "call = 'CreateProfile'\nname = 'New'",
        "call = 'CopyProfile'\nto = 'New'",
        "call = 'RenameProfile'\nto = 'NEW'",
    ] {
        let text = format!(
            "{START}[[step]]\nclient = 'p'\n{making}\n[[client]]\nname = 'q'\nprofile = 'new'\n\
             [[expect]]\nprofile = 'New'\nstate = 'ONLINE'\n"
        );
        assert_eq!(scenario(&text).clients[1].profile, "new");
    }
}

#[test]
fn everything_else_of_a_file() {
    let text = format!(
        "seed = '0xffffffffffffffff'\n{START}
         [environment]\nstart = '0ms'\nchange = '20us'\ndone = '1.5s'\noutlook = false\nfast_shutdown_behavior = 2
         [policy]\norder = 'reverse'\nnoise = ['state-bits', 'notifications']
         [[profile]]\nname = 'P'\nstate = 'OFFLINE'\ncapabilities = ['ONLINE']\noffline_object = false\napp = true
         [[client]]\nname = 'q'\nprofile = 'P'\nprovider = ['store', 'transport']\nfast_shutdown = 'S_OK'
         [[client.on]]\ntype = 'DISCONNECT'\ncall = 'Release'
         [[client.on]]\ncall = 'GetCurrentState'
         [[step]]\nhost = 'logoff'\nprofile = 'any'\nat = '1ms'\nafter = '2ms'\nparallel = true
         [[always]]\nclient = 'q'\nbelief = 'current'\nfindings = ['stale-token', 'livelock']"
    );
    let scenario = scenario(&text);
    assert_eq!(scenario.seed, u64::MAX);
    let environment = Environment {
        start: 0,
        change: 20,
        done: 1_500_000,
        is_outlook: false,
    };
    assert_eq!(scenario.environment, environment);
    let mut policy = Policy::default();
    policy.set("order", "reverse").expect("a value");
    policy
        .set("noise", "state-bits,notifications")
        .expect("values");
    assert_eq!(scenario.policy, policy);
    let settings = ProfileSettings {
        state: State::Offline,
        capabilities: 2,
        offline_object: false,
        app: true,
    };
    assert_eq!(scenario.profiles[2].settings, settings);
    let provider = |kind| ScriptedProvider {
        client: ClientId(1),
        kind,
        answer: Some(S_OK),
    };
    let fast_shutdown = FastShutdown {
        behavior: FastShutdownBehavior::Never,
        providers: vec![
            provider(ProviderKind::Store),
            provider(ProviderKind::Transport),
        ],
    };
    assert_eq!(scenario.fast_shutdown, fast_shutdown);
    let triggers: Vec<Trigger> = scenario.clients[1].on.iter().map(|on| on.trigger).collect();
    let any = Trigger::Notify {
        phase: None,
        new: None,
    };
    assert_eq!(triggers, [Trigger::Disconnect, any]);
    let step = scenario.steps.last().expect("a step");
    assert_eq!(
        (step.at, step.after, step.parallel),
        (Some(1_000), Some(2_000), true)
    );
    let host = Action::Host {
        event: HostAction::LogOff,
        profile: Some("any".to_owned()),
        wait: false,
    };
    assert_eq!(step.action, host);
    let always = &scenario.always[0];
    assert!(always.belief_is_current && always.client == Some(1));
    let allowed = [FindingId::StaleToken, FindingId::Livelock];
    assert_eq!(always.findings.as_deref(), Some(&allowed[..]));
}
