//! What a world and its sessions say to whoever drives them, and is no client.

use mapi_offline_core::{
    CAPABILITIES_ALL, Call, Caller, ClientId, CreateArgs, Delay, Effect, Effects, FindingId,
    Function, InterfaceId, Method, OpenArgs, Phase, Policy, ProfileCall, Reply, SessionEnd,
    SetArgs, State, World,
};
use mapi_offline_sys::{
    E_FAIL, GUID_GlobalState, MAPI_E_NOT_FOUND, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_ALL, MAPIOFFLINE_STATE_OFFLINE_MASK, S_OK,
};

use crate::history::WorldHistory;

const OFFLINE: State = State::Offline;
const ONLINE: State = State::Online;
const CLIENTS: [ClientId; 3] = [ClientId(0), ClientId(1), ClientId(2)];

fn begin() -> WorldHistory {
    WorldHistory::with(&[])
}

/// Opens a profile's object as the client at hand does.
fn open(history: &mut WorldHistory, name: &str) -> Reply {
    history.call(Call::HrOpenOfflineObj(OpenArgs {
        reserved: 0,
        name: Some(name),
        guid: Some(GUID_GlobalState),
        reserved_pointer: false,
        out: true,
    }))
}

#[test]
fn who_holds_an_object_is_said_also_after_its_profile_has_logged_off() {
    let history = begin().adds_reference(0).client(1).opens("Work");
    let object = history.objects[0];
    let holds = |history: &WorldHistory| CLIENTS.map(|client| history.world.is_held_by(client));
    let session = history.world.session_of(history.profiles[0]);
    let session = session.expect("it is logged on");
    let references = CLIENTS.map(|client| session.references(object, client));
    assert_eq!(references, [2, 1, 0]);
    assert_eq!(session.all_references(object), 3);
    assert_eq!(holds(&history), [true, true, false]);
    let history = history.logs_off(0);
    assert_eq!(holds(&history), [true, true, false]);
    assert!(history.world.session_of(history.profiles[0]).is_none());
    let history = history.releases(0);
    assert_eq!(holds(&history), [true, false, false]);
}

#[test]
fn an_object_lives_until_it_is_given_up_or_its_profile_logs_off() {
    let lives = |history: &WorldHistory| {
        let lives = history
            .objects
            .iter()
            .map(|&object| history.world.is_live(object));
        lives.collect::<Vec<_>>()
    };
    let history = begin().creates(None, None).creates(None, None);
    assert_eq!(lives(&history), [true, true, true]);
    let history = history.releases(1);
    assert_eq!(lives(&history), [true, false, true]);
    let history = history.logs_off(0);
    assert_eq!(
        lives(&history),
        [false, false, false],
        "though two are held"
    );
    let history = history.releases(0).releases(2);
    assert_eq!(lives(&history), [false, false, false]);
}

#[test]
fn the_state_of_an_object_is_that_which_its_clients_see() {
    let history = begin().creates(None, None).sets(1, OFFLINE).plays_out();
    let states = |history: &WorldHistory| [0, 1].map(|at| history.world.state(history.objects[at]));
    assert_eq!(states(&history), [Some(ONLINE), Some(OFFLINE)]);
    let history = history.releases(1);
    assert_eq!(states(&history), [Some(ONLINE), None]);
}

#[test]
fn registrations_are_counted_and_named_object_by_object() {
    let history = begin().creates(None, None).advises(0, 5).advises(0, 6);
    let history = history.client(1).adds_reference(0).advises(0, 7);
    let history = history.client(0).advises(1, 8).unadvises(0, 1);
    let session = history.world.session(history.objects[0].session);
    let session = session.expect("it is logged on");
    let [one, other] = [0, 1].map(|at| history.objects[at]);
    assert_eq!(
        [one, other].map(|object| session.registrations(object)),
        [2, 1]
    );
    assert_eq!(session.all_registrations(), 3);
    let clients = |object| session.registered_clients(object).collect::<Vec<_>>();
    assert_eq!(clients(one), [CLIENTS[0], CLIENTS[1]]);
    assert_eq!(clients(other), [CLIENTS[0]]);
    assert_eq!(session.objects().collect::<Vec<_>>(), [one, other]);
    let told = CLIENTS.map(|client| session.is_told_of(client, one, OFFLINE));
    assert_eq!(told, [true, true, false]);
    let held = [5, 6, 7, 8].map(|callback| session.has_registered(&callback));
    assert_eq!(held, [true, false, true, true]);
}

#[test]
fn a_round_is_about_an_object_and_a_phase_or_is_noise() {
    let history = WorldHistory::with(&[("noise", "notifications")]);
    let history = history.creates(None, None).advises(1, 5).sets(1, OFFLINE);
    let object = history.objects[1];
    let session = history.world.session(object.session);
    let session = session.expect("it is logged on");
    assert!(session.is_changing());
    let subjects = history.due.iter().map(|&round| session.subject(round));
    let subjects: Vec<_> = subjects.collect();
    let transition = Some((object, Some(Phase::Start)));
    assert_eq!(subjects, [Some((object, None)), transition]);
    let [noise, begun] = history.due[..] else {
        panic!("two rounds are due");
    };
    assert_eq!(session.transition(begun), Some((object, Phase::Start)));
    assert_eq!(session.transition(noise), None);
    let history = history.plays_out();
    let session = history.world.session(object.session);
    let session = session.expect("it is logged on");
    assert!(!session.is_changing());
    assert_eq!(session.subject(begun), None);
}

#[test]
fn life_4_a_method_on_what_is_gone_counts_no_reference() {
    let mut history = begin().releases(0).logs_off(0);
    let object = history.objects[0];
    assert!(
        history.world.session(object.session).is_none(),
        "it is forgotten"
    );
    assert_eq!(history.method(0, Method::AddRef), Reply::Count(0));
    assert_eq!(history.method(0, Method::Release), Reply::Count(0));
    let read = Method::GetCurrentState { out: true };
    assert_eq!(history.method(0, read), Reply::Returns(E_FAIL));
}

#[test]
fn the_profile_of_a_call_and_the_count_of_a_reply_are_said() {
    let mut history = begin();
    let args = OpenArgs {
        reserved: 0,
        name: Some("Work"),
        guid: Some(GUID_GlobalState),
        reserved_pointer: false,
        out: true,
    };
    assert_eq!(Call::<u32>::HrOpenOfflineObj(args).profile(), Some("Work"));
    let (flags, info, out) = (0, None, true);
    let create = CreateArgs { flags, info, out };
    assert_eq!(Call::<u32>::HrCreateOfflineObj(create).profile(), None);
    let delete = ProfileCall::Delete {
        name: "Work",
        app: false,
    };
    assert_eq!(Call::<u32>::Profile(delete).profile(), None);
    let added = history.method(0, Method::AddRef);
    assert_eq!(added.count(), 2);
    assert_eq!(Reply::Returns(E_FAIL).count(), 0);
}

#[test]
fn host_6_who_is_being_connected_opens_nothing_where_the_host_does_not_let_it() {
    let mut history = WorldHistory::with(&[("open-during-logon", "not-found")]);
    assert!(!history.world.is_connecting_any());
    history.world.set_connecting(CLIENTS[0], true);
    history.world.set_connecting(CLIENTS[1], true);
    history.world.set_connecting(CLIENTS[1], false);
    assert!(history.world.is_connecting_any());
    assert_eq!(open(&mut history, "Work"), Reply::Returns(MAPI_E_NOT_FOUND));
    let mut history = history.client(1);
    assert!(open(&mut history, "Work").object().is_ok());
    history.world.set_connecting(CLIENTS[0], true);
    history.world.set_connecting(CLIENTS[0], false);
    let mut history = history.client(0);
    let still = open(&mut history, "Work");
    assert_eq!(still, Reply::Returns(MAPI_E_NOT_FOUND), "one in another");
    history.world.set_connecting(CLIENTS[0], false);
    assert!(!history.world.is_connecting_any());
    let mut history = history.client(0);
    assert!(open(&mut history, "Work").object().is_ok());
    let mut found = begin();
    found.world.set_connecting(CLIENTS[0], true);
    assert!(open(&mut found, "Work").object().is_ok(), "the default");
}

#[test]
fn logon_4_the_host_shares_the_default_profile_while_it_is_logged_on() {
    let history = begin();
    assert_eq!(history.world.shared_by_host(), None, "none is the default");
    let [work, home] = ["Work", "Home"].map(|name| ProfileCall::SetDefault { name: Some(name) });
    let history = history.administers(home);
    assert_eq!(history.world.shared_by_host(), None, "it is not logged on");
    let history = history.administers(work);
    assert_eq!(history.world.shared_by_host(), Some(history.profiles[0]));
    let history = history.logs_off(0);
    assert_eq!(history.world.shared_by_host(), None);
}

#[test]
fn fail_1_a_call_that_is_none_of_the_rules_fails_on_purpose_too() {
    let mut history = begin().will_fail(2);
    let client = history.client;
    let mut called = |function| history.world.fails_on_purpose(client, function);
    assert_eq!(called(Function::Advise), None);
    assert_eq!(called(Function::Unadvise), None);
    assert_eq!(called(Function::Advise), Some(E_FAIL));
}

#[test]
fn host_2_after_the_end_of_the_process_a_call_fails_until_a_profile_logs_on() {
    let mut history = begin();
    assert!(!history.world.has_ended());
    history.world.end_process();
    assert!(history.world.has_ended());
    let mut effects = Effects::new();
    let call = Call::Profile(ProfileCall::SetDefault { name: None });
    let caller = Caller::outside(CLIENTS[0]);
    let reply = history.world.call(caller, call, &mut effects);
    assert_eq!(reply, Reply::Returns(E_FAIL));
    let [Effect::Finding(finding)] = &effects[..] else {
        panic!("one finding");
    };
    assert_eq!(finding.id, FindingId::CallAfterLogoff);
    let history = history.logs_on(1);
    assert!(!history.world.has_ended());
}

#[test]
fn a_session_that_ends_with_its_process_releases_no_callback() {
    for (end, released) in [
        (SessionEnd::WithProcess, 0),
        (SessionEnd::LogOff { not_asked: &[] }, 2),
    ] {
        let mut history = begin().advises(0, 5).advises(0, 6);
        let (profile, mut effects) = (history.profiles[0], Effects::new());
        history.world.end_session(profile, end, &mut effects);
        let releases = effects
            .iter()
            .filter(|it| matches!(it, Effect::Release { .. }));
        assert_eq!(releases.count(), released, "{end:?}");
        let session = history.world.session(history.objects[0].session);
        let session = session.expect("its object is held");
        assert_eq!(session.all_registrations(), 0);
        assert_eq!(session.removals(), 2);
    }
}

#[test]
fn a_world_that_is_given_another_policy_goes_by_it() {
    let mut another = Policy::default();
    for (knob, value) in [("redundant", "notify"), ("profile-names", "registry")] {
        another.set(knob, value).expect("a knob and its value");
    }
    let mut history = begin();
    history.world.set_policy(another);
    assert_eq!(history.world.config().policy, another);
    let create = ProfileCall::Create {
        name: "Büro (alt)",
        password: None,
        app: false,
    };
    let created = history.call(Call::Profile(create));
    assert_eq!(created, Reply::Returns(S_OK));
    let history = history.sets(0, ONLINE);
    assert_eq!(history.begun.len(), 1, "it is in that state");
    // Given back, before it has made a difference, the policy leaves no trace.
    let before: World<u32> = begin().world;
    let mut world = before.clone();
    world.set_policy(another);
    assert_ne!(world, before);
    world.set_policy(Policy::default());
    assert_eq!(world, before);
}

#[test]
fn set_2_the_starts_come_during_a_call_that_does_not_wait_where_the_policy_says_so() {
    for (knob, flags, expected) in [
        ("after-return", MAPIOFFLINE_FLAG_DEFAULT, Delay::Start),
        ("during-call", MAPIOFFLINE_FLAG_DEFAULT, Delay::InCall),
        ("after-return", MAPIOFFLINE_FLAG_BLOCK, Delay::Start),
        ("during-call", MAPIOFFLINE_FLAG_BLOCK, Delay::Start),
    ] {
        let mut history = WorldHistory::with(&[("first-notify", knob)]);
        let method = Method::SetCurrentState(SetArgs::new(flags, OFFLINE));
        let call = Call::Method(history.objects[0], method);
        let (_, effects) = history.effects_of(call);
        let delays = effects.iter().filter_map(|effect| match effect {
            Effect::Due { delay, .. } => Some(*delay),
            _ => None,
        });
        assert_eq!(delays.collect::<Vec<_>>(), [expected], "{knob} {flags}");
    }
}

#[test]
fn a_transition_begun_from_inside_a_callback_is_told_as_such() {
    let begun = |history: &mut WorldHistory, object: usize| {
        let args = SetArgs::new(MAPIOFFLINE_FLAG_DEFAULT, OFFLINE);
        let call = Call::Method(history.objects[object], Method::SetCurrentState(args));
        let (_, effects) = history.effects_of(call);
        let begun = effects.into_iter().find_map(|effect| match effect {
            Effect::Begun { round, from_notify } => Some((round, from_notify)),
            _ => None,
        });
        begun.expect("it begins")
    };
    let mut history = begin().creates(None, None).advises(0, 5);
    let (_, from_notify) = begun(&mut history.clone(), 0);
    assert!(!from_notify);
    history = history.sets(0, OFFLINE).opens_round(0).notifies(0);
    let (_, from_notify) = begun(&mut history, 1);
    assert!(from_notify);
}

#[test]
fn cap_1_noise_leaves_the_bits_that_an_object_was_created_with() {
    let capabilities = |knobs: &[(&str, &str)]| {
        let mut history = WorldHistory::with(knobs).creates_with(CAPABILITIES_ALL | 0x100);
        let called = history.method(1, Method::GetCapabilities { out: true });
        called.word().expect("it has capabilities")
    };
    assert_eq!(capabilities(&[]), 0x103);
    assert_eq!(capabilities(&[("noise", "capability-bits")]) & 0x103, 0x103);
}

#[test]
fn host_1_the_session_keeps_what_a_client_has_chosen_for_the_user() {
    for (knob, choice) in [("apart", None), ("follows", Some(OFFLINE))] {
        let history = WorldHistory::with(&[("user-switch", knob)]).sets(0, OFFLINE);
        let session = history.world.session_of(history.profiles[0]);
        assert_eq!(session.expect("it is there").choice(), choice, "{knob}");
    }
}

#[test]
fn state_1_noise_adds_bits_to_a_state_that_are_not_online_or_offline() {
    let mut history = WorldHistory::with(&[("noise", "state-bits")]);
    for state in [ONLINE, OFFLINE] {
        history = history.sets(0, state).plays_out();
        let read = history.method(0, Method::GetCurrentState { out: true });
        let word = read.word().expect("it has a state");
        assert_eq!(word & MAPIOFFLINE_STATE_OFFLINE_MASK, state.bits());
        assert_ne!(word, state.bits());
        assert_eq!(word & !MAPIOFFLINE_STATE_ALL, 0);
    }
}

#[test]
fn life_1_an_interface_that_every_offline_object_has_is_known_by_its_name() {
    for name in ["IUnknown", "IMAPIOffline", "IMAPIOfflineMgr"] {
        let interface = InterfaceId::from_name(name);
        assert!(interface.is_known());
        assert_eq!(interface.name(), Some(name));
    }
    let other = InterfaceId::from_name("IStream");
    assert!(!other.is_known());
    assert_eq!(other.name(), None);
}
