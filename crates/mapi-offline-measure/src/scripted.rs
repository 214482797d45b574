//! Scripted clients on the virtual driver.

use mapi_offline::{HostEvent, Policy, ProfileSettings};
use mapi_offline_core::{AdviseArgs, Sizes};
use mapi_offline_scenario::{
    Action, CallSpec, ClientSpec, Environment, FastShutdown, HostAction, ProfileSpec, Reaction,
    Scenario, ScriptCall, Step, Trigger, WhichRegistration,
};
use mapi_offline_sys::{GUID_GlobalState, MAPIOFFLINE_UNADVISE_DEFAULT};

const PROFILE: &str = "Work";

/// A scenario of well-behaved clients, each with one registration, in which the user chooses and
/// leaves Work Offline so many times. It delivers three notifications to each client each time.
#[must_use]
pub fn scenario(clients: usize, toggles: usize) -> Scenario {
    let registered = (0..clients).flat_map(|client| registering(client, PROFILE, 1));
    let mut steps: Vec<Step> = registered.collect();
    let events = [HostEvent::WorkOffline, HostEvent::WorkOnline];
    for event in events.into_iter().cycle().take(toggles) {
        steps.push(step(Action::Host {
            event: HostAction::Event(event),
            profile: None,
            wait: true,
        }));
    }
    Scenario {
        title: format!("{clients} clients, {toggles} toggles"),
        seed: 0,
        environment: Environment::default(),
        policy: Policy::default(),
        profiles: vec![ProfileSpec {
            name: PROFILE.to_owned(),
            is_default: false,
            settings: ProfileSettings::default(),
        }],
        clients: (0..clients).map(client).collect(),
        failures: Vec::new(),
        shutdown_notifications: Vec::new(),
        fast_shutdown: FastShutdown::default(),
        steps,
        expect: Vec::new(),
        always: Vec::new(),
    }
}

/// The steps in which a client opens a profile's global object, asks what it is notified of, and registers so many
/// times.
#[must_use]
pub fn registering(client: usize, profile: &str, registrations: usize) -> Vec<Step> {
    let asks = CallSpec::GetCapabilities {
        out: true,
        expected: None,
    };
    let advises = std::iter::repeat_with(advise).take(registrations);
    let calls = [open(profile), asks].into_iter().chain(advises);
    calls
        .map(|call| {
            let call = scripted(call);
            step(Action::Client { client, call })
        })
        .collect()
}

fn client(number: usize) -> ClientSpec {
    let unadvise = CallSpec::Unadvise {
        flags: MAPIOFFLINE_UNADVISE_DEFAULT,
        registration: WhichRegistration::Latest,
    };
    let on_disconnect = |call| Reaction {
        trigger: Trigger::Disconnect,
        call: scripted(call),
    };
    ClientSpec {
        name: format!("c{number}"),
        profile: PROFILE.to_owned(),
        token: 0,
        on: [unadvise, CallSpec::Release].map(on_disconnect).into(),
    }
}

fn open(profile: &str) -> CallSpec {
    CallSpec::HrOpenOfflineObj {
        reserved: 0,
        name: Some(profile.to_owned()),
        guid: Some(GUID_GlobalState),
        reserved_pointer: false,
        out: true,
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

fn scripted(call: CallSpec) -> ScriptCall {
    ScriptCall {
        call,
        object: None,
        condition: None,
        returns: None,
        line: 0,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_is_notified_three_times_a_toggle_and_none_misbehaves() {
        let outcome = mapi_offline_scenario::run(&scenario(5, 4), None);
        assert_eq!(outcome.notifications, 5 * 4 * 3);
        assert_eq!(outcome.findings, []);
    }
}
