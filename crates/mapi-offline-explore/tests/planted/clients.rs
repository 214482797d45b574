//! A dozen faulty clients.

use mapi_offline::{FindingId, HostEvent, Phase, Policy, State, StateChange};
use mapi_offline_core::CAPABILITIES_ALL;
use mapi_offline_scenario::{
    Action, Call, CreateSpec, Expectation, HostAction, Parent, Scenario, ScriptCall,
    WhichRegistration,
};

use crate::make;

/// A faulty client, and what is found of it.
pub struct Faulty {
    pub about: &'static str,
    pub finding: &'static str,
    /// The answer of a knob under which it shows, if it does not under the default.
    pub under: Option<(&'static str, &'static str)>,
    pub scenario: Scenario,
}

fn faulty(about: &'static str, finding: &'static str, scenario: Scenario) -> Faulty {
    Faulty {
        about,
        finding,
        under: None,
        scenario,
    }
}

fn under(knob: &'static str, value: &'static str, mut faulty: Faulty) -> Faulty {
    let mut policy = Policy::default();
    policy.set(knob, value).expect("a value of the knob");
    faulty.scenario.policy = policy;
    faulty.under = Some((knob, value));
    faulty
}

/// All of them.
pub fn all() -> Vec<Faulty> {
    vec![
        faulty(
            "reads the state, and then advises",
            "stale-belief",
            make::reader(false),
        ),
        faulty(
            "reverts what another add-in reverts",
            "livelock",
            make::fight(),
        ),
        faulty(
            "blocks in a Notify of its helper object",
            "block-in-notify",
            blocks_through_helper(),
        ),
        faulty(
            "unadvises another's registration in its callback",
            "always: notifications of sync.main",
            unadvises_another(),
        ),
        under(
            "late",
            "queued",
            faulty(
                "uses its object in a notification after Unadvise",
                "use-after-release",
                relies_on_silence(),
            ),
        ),
        under(
            "noise",
            "state-bits",
            faulty(
                "compares the state without a mask",
                "reacts-to-noise",
                make::asks_whether_online(false),
            ),
        ),
        faulty(
            "shuts down while its other thread registers",
            "leaked-registration",
            shuts_down_too_early(),
        ),
        faulty(
            "registers while its profile logs off",
            "leaked-registration",
            registers_during_log_off(),
        ),
        faulty(
            "releases its object while it is registered",
            "use-after-release",
            releases_while_registered(),
        ),
        faulty(
            "releases in its callback, and again when it is disconnected",
            "over-release",
            releases_twice(),
        ),
        faulty(
            "registers anew at every change, and unadvises once",
            "leaked-registration",
            on_done(make::advise()),
        ),
        faulty(
            "takes a reference at every change",
            "leaked-reference",
            on_done(Call::AddRef),
        ),
    ]
}

fn named_advise(name: &str) -> Call {
    match make::advise() {
        Call::Advise {
            args,
            has_interface,
            keep,
            ..
        } => Call::Advise {
            args,
            has_interface,
            keep,
            registration: Some(name.to_owned()),
        },
        other => other,
    }
}

fn unadvise_named(client: usize, name: &str) -> Call {
    Call::Unadvise {
        flags: 0,
        registration: WhichRegistration::Named {
            client,
            name: name.to_owned(),
        },
    }
}

/// On another object than the global one.
fn on_helper(call: Call) -> ScriptCall {
    ScriptCall {
        object: Some("helper".to_owned()),
        ..make::call_of(call)
    }
}

/// One provider that advises, and calls this on every DONE; and the user's switch.
fn on_done(call: Call) -> Scenario {
    let mut scenario = make::scenario();
    let provider = make::client(&mut scenario, "provider");
    let calls = [make::open(), make::capabilities(), make::advise()];
    make::steps(&mut scenario, provider, calls);
    make::host(&mut scenario, HostEvent::WorkOffline);
    let reaction = make::on(Phase::Done, None, call);
    scenario.clients[provider].on.push(reaction);
    make::tidy(&mut scenario);
    scenario
}

/// What it does with an object that it has released is found, too, and is not the point.
fn releases_twice() -> Scenario {
    let mut scenario = on_done(Call::Release);
    make::allow(&mut scenario, &[FindingId::UseAfterRelease]);
    scenario
}

fn blocks_through_helper() -> Scenario {
    let mut scenario = make::scenario();
    let store = make::client(&mut scenario, "store");
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
    make::steps(&mut scenario, store, [make::open()]);
    for call in [create, make::capabilities(), make::advise()] {
        let call = on_helper(call);
        let client = store;
        make::step(&mut scenario, Action::Client { client, call });
    }
    make::host(&mut scenario, HostEvent::WorkOffline);
    let reverts = make::block(State::Online);
    let reverts = make::on(Phase::Done, Some(State::Offline), reverts);
    let unadvise = make::on_disconnect(make::unadvise());
    let mut release_helper = make::on_disconnect(Call::Release);
    release_helper.call = on_helper(Call::Release);
    let release = make::on_disconnect(Call::Release);
    let rules = [reverts, unadvise, release_helper, release];
    scenario.clients[store].on.extend(rules);
    scenario
}

fn unadvises_another() -> Scenario {
    let mut scenario = make::scenario();
    let sync = make::client(&mut scenario, "sync");
    let meddler = make::client(&mut scenario, "clean-up");
    let calls = [
        make::open(),
        make::capabilities(),
        named_advise("main"),
        make::set(State::Offline),
    ];
    make::steps(&mut scenario, sync, calls);
    let calls = [make::open(), make::capabilities(), make::advise()];
    make::steps(&mut scenario, meddler, calls);
    let meddles = make::on(Phase::Done, None, unadvise_named(sync, "main"));
    scenario.clients[meddler].on.push(meddles);
    make::tidy(&mut scenario);
    scenario.always.push(Expectation {
        client: Some(sync),
        registration: Some("main".to_owned()),
        notifications: Some(
            Phase::ALL
                .map(|phase| StateChange {
                    phase,
                    old: State::Online,
                    new: State::Offline,
                })
                .to_vec(),
        ),
        line: 1,
        ..Expectation::default()
    });
    scenario
}

fn relies_on_silence() -> Scenario {
    let mut scenario = make::scenario();
    let provider = make::client(&mut scenario, "provider");
    let calls = [
        make::open(),
        make::capabilities(),
        make::advise(),
        make::unadvise(),
        Call::Release,
    ];
    make::steps(&mut scenario, provider, calls);
    make::host(&mut scenario, HostEvent::WorkOffline);
    let asks = Phase::ALL.map(|phase| make::on(phase, None, make::get()));
    scenario.clients[provider].on.extend(asks);
    scenario
}

fn shuts_down_too_early() -> Scenario {
    let mut scenario = make::scenario();
    let connecting = make::client(&mut scenario, "connecting");
    let shutdown = make::client(&mut scenario, "shutdown");
    let calls = [make::open(), make::capabilities(), named_advise("main")];
    make::steps(&mut scenario, connecting, calls);
    let calls = [make::open(), unadvise_named(connecting, "main")];
    make::steps(&mut scenario, shutdown, calls);
    for client in [connecting, shutdown] {
        let release = make::on_disconnect(Call::Release);
        scenario.clients[client].on.push(release);
    }
    scenario
}

fn registers_during_log_off() -> Scenario {
    let mut scenario = make::scenario();
    let provider = make::client(&mut scenario, "provider");
    let calls = [make::open(), make::capabilities(), make::advise()];
    make::steps(&mut scenario, provider, calls);
    for event in [HostAction::LogOff, HostAction::LogOn] {
        let step = Action::Host {
            event,
            profile: None,
            wait: false,
        };
        make::step(&mut scenario, step);
    }
    make::tidy(&mut scenario);
    let unavoidable = [FindingId::CallAfterLogoff, FindingId::LeakedReference];
    make::allow(&mut scenario, &unavoidable);
    scenario
}

/// Another unadvises for it in the end.
fn releases_while_registered() -> Scenario {
    let mut scenario = make::scenario();
    let provider = make::client(&mut scenario, "provider");
    let other = make::client(&mut scenario, "bystander");
    let calls = [
        make::open(),
        make::capabilities(),
        named_advise("main"),
        Call::Release,
    ];
    make::steps(&mut scenario, provider, calls);
    make::steps(&mut scenario, other, [make::open()]);
    make::host(&mut scenario, HostEvent::WorkOffline);
    let asks = make::on(Phase::Done, None, make::get());
    scenario.clients[provider].on.push(asks);
    let unadvises = make::on_disconnect(unadvise_named(provider, "main"));
    scenario.clients[other].on.push(unadvises);
    let release = make::on_disconnect(Call::Release);
    scenario.clients[other].on.push(release);
    scenario
}
