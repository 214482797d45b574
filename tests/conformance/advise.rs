//! IMAPIOfflineMgr::Advise

use mapi_offline_tests::prelude::*;

fn nothing<A: Arm>(arm: &A) -> Callback {
    arm.callback(std::sync::Arc::new(|_, _| ()))
}

fn info(args: &mut AdviseArgs) -> &mut AdviseInfo {
    args.info.as_mut().expect("an info")
}

pub fn adv_1_every_bad_argument_is_refused_and_reported<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let callback = nothing(&arm);
    type Fault = fn(&mut AdviseArgs);
    let faults: [(Fault, FindingId); 13] = [
        (|args| args.flags = 1, BadArgument),
        (|args| args.info = None, BadArgument),
        (|args| args.out = false, BadArgument),
        (|args| info(args).size += 8, WrongSize),
        (|args| info(args).size = 0, WrongSize),
        (|args| info(args).callback_type = 1, BadArgument),
        (|args| info(args).advise_types = 0, BadArgument),
        (|args| info(args).advise_types = 3, BadArgument),
        (|args| info(args).state_mask = 0, BadArgument),
        (
            |args| info(args).state_mask = MAPIOFFLINE_STATE_OFFLINE_MASK,
            BadArgument,
        ),
        (|args| info(args).state_mask = 0xffff_ffff, BadArgument),
        (|args| info(args).callback = false, BadArgument),
        (
            |args| {
                info(args).size = 0;
                args.flags = 1;
            },
            BadArgument,
        ),
    ];
    let mut findings = Vec::new();
    for (fault, finding) in faults {
        let mut bad = AdviseArgs::new(A::SIZES, 1);
        fault(&mut bad);
        let answer = arm.advise(work, &bad, Sink::Callback(callback));
        assert_eq!(answer, Err(E_INVALIDARG), "{bad:?}");
        findings.push(finding);
    }
    assert_eq!(arm.findings_about(work.client), findings);
    arm.change(work, Offline);
    assert_eq!(arm.heard(), [], "nobody is registered");
}

pub fn adv_1_a_null_callback_can_be_one_without_the_interface<A: Arm>() {
    let arm = A::with("null-callback", "E_NOINTERFACE");
    let work = arm.opened("client");
    let mut null = AdviseArgs::new(A::SIZES, 1);
    info(&mut null).callback = false;
    let answer = arm.advise(work, &null, Sink::NoInterface);
    assert_eq!(answer, Err(E_NOINTERFACE));
    let mut other = AdviseArgs::new(A::SIZES, 1);
    other.flags = 1;
    let answer = arm.advise(work, &other, Sink::Callback(nothing(&arm)));
    assert_eq!(answer, Err(E_INVALIDARG), "that alone is meant");
    assert_eq!(arm.findings(), [BadArgument; 2]);
}

pub fn adv_2_a_callback_needs_the_interface<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let args = AdviseArgs::new(A::SIZES, 1);
    let answer = arm.advise(work, &args, Sink::NoInterface);
    assert_eq!(answer, Err(E_NOINTERFACE));
    arm.change(work, Offline);
    assert_eq!(arm.heard(), []);
}

pub fn adv_4_tokens_are_not_zero_and_not_given_twice<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let mut tokens = Vec::new();
    for client_token in 0..20 {
        let token = arm.register(work, client_token);
        assert_ne!(token, 0);
        assert!(!tokens.contains(&token), "{token}");
        tokens.push(token);
        if client_token % 3 != 0 {
            arm.unregister(work, token);
        }
    }
}

pub fn adv_6_one_callback_many_registrations<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let callback = nothing(&arm);
    let tokens = [1, 2, 2].map(|client_token| {
        arm.advise_callback(work, client_token, callback)
            .expect("Advise")
    });
    arm.forget(callback);
    assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2] && tokens[0] != tokens[2]);
    arm.change(work, Offline);
    assert_eq!(arm.who_heard(Start), [1, 2, 2]);
    arm.unregister(work, tokens[1]);
    assert_eq!(arm.released(), [callback]);
    arm.change(work, Online);
    assert_eq!(arm.who_heard(Start)[3..], [1, 2]);
}

fn joins<A: Arm>(arm: &A, phase: Phase) -> Vec<Phase> {
    let work = arm.opened("client");
    arm.react(work, 1, phase, |now| now.arm.register(now.on, 2));
    arm.change(work, Offline);
    arm.phases_of(2)
}

pub fn adv_7_a_registration_made_in_a_phase_joins_at_the_next<A: Arm>() {
    assert_eq!(joins(&A::plain(), Start), [StateChange, Done]);
    assert_eq!(joins(&A::plain(), StateChange), [Done]);
    assert_eq!(joins(&A::plain(), Done), []);
}

pub fn adv_7_it_can_join_at_the_next_transition_only<A: Arm>() {
    for phase in Phase::ALL {
        let arm = A::with("join", "next-transition");
        assert_eq!(joins(&arm, phase), [], "{phase}");
        let work = arm.opened("other");
        assert_eq!(arm.set(work, Online), S_OK);
        arm.run_until(Done, 3);
        assert_eq!(arm.phases_of(2), Phase::ALL, "{phase}");
    }
}

pub fn adv_7_the_next_phase_is_start_before_the_starts<A: Arm>() {
    for (join, phases) in [("next-phase", &Phase::ALL[..]), ("next-transition", &[])] {
        let arm = A::with("join", join);
        let work = arm.opened("client");
        assert_eq!(arm.set(work, Offline), S_OK);
        arm.register(work, 1);
        arm.run();
        assert_eq!(arm.phases_of(1), phases, "{join}");
    }
}

pub fn adv_7_a_registration_made_between_two_phases_joins_at_the_next<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run_until(Start, 1);
    arm.register(work, 2);
    arm.run_until(StateChange, 2);
    arm.register(work, 3);
    arm.run();
    assert_eq!(arm.phases_of(2), [StateChange, Done]);
    assert_eq!(arm.phases_of(3), [Done]);
}

pub fn adv_8_registrations_outlive_the_last_reference<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    arm.release(work);
    assert_eq!(arm.released(), []);
    arm.host("Work", WorkOffline);
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
}

pub fn adv_8_the_last_release_inside_a_notify_is_none_to_them<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.react(work, 1, Start, |now| now.arm.release(now.on));
    arm.register(work, 2);
    arm.change(work, Offline);
    assert_eq!([1, 2].map(|token| arm.phases_of(token)), [Phase::ALL; 2]);
}

pub fn adv_8_registrations_can_go_with_the_last_reference<A: Arm>() {
    let arm = A::with("owner-release", "drop");
    let work = arm.opened("client");
    let second = arm.queried(work);
    let gone = arm.react_always(work, 1, |_| ());
    arm.release(second);
    assert_eq!(arm.released(), [], "it was not the last");
    arm.release(work);
    assert_eq!(arm.released(), [gone.callback]);
    arm.host("Work", WorkOffline);
    arm.run();
    assert_eq!(arm.heard(), []);
    arm.log_off("Work");
    assert_eq!(arm.findings(), [], "none leaked");
}

pub fn adv_8_then_the_one_that_is_being_notified_goes_after_its_notify<A: Arm>() {
    let arm = A::with("owner-release", "drop");
    let work = arm.opened("client");
    let one = arm.react(work, 1, Start, |now| {
        now.arm.release(now.on);
        now.arm.released()
    });
    let other = arm.react_always(work, 2, |_| ());
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run();
    assert_eq!(arm.heard(), [(1, Start)]);
    assert_eq!(one.answer(), [other.callback]);
    assert_eq!(arm.released(), [other.callback, one.callback]);
}
