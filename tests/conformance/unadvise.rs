//! IMAPIOfflineMgr::Unadvise

use mapi_offline_tests::prelude::*;

pub fn unadv_1_an_unknown_token_is_ok_and_reported<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let token = arm.register(work, 1);
    for unknown in [0, token + 1, u32::MAX] {
        assert_eq!(arm.unadvise(work, 0, unknown), S_OK);
    }
    arm.unregister(work, token);
    assert_eq!(arm.findings(), [StaleToken; 3]);
    arm.unregister(work, token); // it is not live any more
    assert_eq!(arm.findings(), [StaleToken; 4]);
    assert_eq!(arm.released().len(), 1);
}

pub fn unadv_1_a_token_of_another_object_is_unknown<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    let token = arm.register(child, 1);
    arm.unregister(work, token);
    assert_eq!(arm.findings(), [StaleToken]);
    arm.change(work, Offline);
    assert_eq!(arm.phases_of(1), Phase::ALL);
}

pub fn unadv_1_flags_are_no_hindrance<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let token = arm.register(work, 1);
    assert_eq!(arm.unadvise(work, 7, token), S_OK);
    assert_eq!(arm.released().len(), 1);
}

pub fn unadv_2_the_callback_is_released_once_and_before_it_returns<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let one = arm.react_always(work, 1, |_| ());
    arm.register(work, 2);
    arm.unregister(work, one.token);
    assert_eq!(arm.released(), [one.callback]);
    arm.change(work, Offline);
    assert_eq!(arm.released(), [one.callback]);
    assert_eq!(arm.heard_by(1), []);
}

pub fn unadv_2_inside_its_own_notify_the_release_waits<A: Arm>() {
    for phase in Phase::ALL {
        let arm = A::plain();
        let work = arm.opened("client");
        let one = arm.react(work, 1, phase, |now| {
            now.arm.unregister(now.on, now.token);
            now.arm.released()
        });
        arm.change(work, Offline);
        assert_eq!(one.answer(), [], "{phase}");
        assert_eq!(arm.released(), [one.callback], "{phase}");
        let phases = Phase::ALL.into_iter().filter(|&p| p <= phase);
        assert_eq!(arm.phases_of(1), phases.collect::<Vec<_>>());
        assert_eq!(arm.findings(), []);
    }
}

pub fn unadv_2_the_release_comes_before_the_round_is_over<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let one = arm.react(work, 1, Start, |now| now.arm.unregister(now.on, now.token));
    let next = arm.react(work, 2, StateChange, |now| now.arm.released());
    arm.change(work, Offline);
    assert_eq!(next.answer(), [one.callback]);
}

pub fn unadv_2_inside_a_nested_notify_of_the_same_the_release_waits<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let orphan = arm
        .make(work.client, create_info::<A>("Work"))
        .expect("an object");
    arm.get_capabilities(orphan, true).expect("capabilities");
    let outer = arm.react(work, 1, Start, move |now| {
        assert_eq!(now.arm.block(orphan, Offline), S_OK);
        now.arm.released()
    });
    let token = outer.token;
    arm.react(orphan, 2, Start, move |now| now.arm.unregister(work, token));
    arm.change(work, Offline);
    assert_eq!(outer.answer(), [], "its Notify was running, further out");
    assert_eq!(arm.released(), [outer.callback]);
    assert_eq!(arm.phases_of(1), [Start]);
}

pub fn unadv_2_the_release_waits_for_every_running_notify_of_the_registration<A: Arm>() {
    let arm = A::with("noise", "notifications");
    let work = arm.opened("client");
    let orphan = arm
        .make(work.client, create_info::<A>("Work"))
        .expect("an object");
    arm.get_capabilities(orphan, true).expect("capabilities");
    let both = arm.react_always(work, 1, move |now| {
        let notification = now.notification;
        if Phase::from_notify_type(notification.notify_type).is_none() {
            now.arm.host("Work", WorkOnline);
            assert_eq!(now.arm.block(orphan, Offline), S_OK);
        } else if now.is(Start) && notification.new == Online.bits() {
            now.arm.unregister(now.on, now.token);
        } else {
            return None;
        }
        Some(now.arm.released())
    });
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run();
    let answers: Vec<_> = both.answers().into_iter().flatten().collect();
    assert_eq!(
        answers,
        [[]; 2],
        "the inner one has returned, the outer one not yet"
    );
    assert_eq!(arm.released(), [both.callback]);
}

/// 1 unadvises 2 in its START.
fn one_unadvises_two<A: Arm>(arm: &A) -> (HeldBy<A>, Callback, Vec<Callback>) {
    let work = arm.opened("client");
    let two = Kept::default();
    let one = arm.react(work, 1, Start, {
        let two: Kept<u32> = two.clone();
        move |now| {
            now.arm.unregister(now.on, two.one());
            now.arm.released()
        }
    });
    let other = arm.react_always(work, 2, |_| ());
    two.keep(other.token);
    arm.change(work, Offline);
    (work, other.callback, one.answer())
}

pub fn unadv_3_no_notify_starts_after_it_returned<A: Arm>() {
    let arm = A::plain();
    let (_, two, released_inside) = one_unadvises_two(&arm);
    assert_eq!(arm.heard_by(2), []);
    assert_eq!(released_inside, [two]);
    assert_eq!(arm.phases_of(1), Phase::ALL);
}

pub fn unadv_3_what_was_queued_can_still_arrive<A: Arm>() {
    let arm = A::with("late", "queued");
    let (work, two, released_inside) = one_unadvises_two(&arm);
    assert_eq!(arm.phases_of(2), [Start], "what was queued, and no more");
    assert_eq!(released_inside, [], "the callback is kept for it");
    assert_eq!(arm.released(), [two]);
    assert_eq!(arm.set(work, Online), S_OK);
    arm.run_until(Done, 2);
    assert_eq!(arm.phases_of(2), [Start]);
    assert_eq!(arm.released(), [two]);
}

pub fn unadv_3_who_has_heard_already_is_released_at_once<A: Arm>() {
    for late in ["never", "queued"] {
        for order in ["registration", "reverse", "shuffled"] {
            let arm = A::new(&Setup::default().knob("late", late).knob("order", order));
            let work = arm.opened("client");
            let heard = Kept::<u32>::default();
            let all = [1, 2, 3, 4].map(|client_token| {
                let heard = heard.clone();
                arm.react(work, client_token, Start, move |now| {
                    heard.keep(now.token);
                    let heard = heard.all();
                    (heard.len() == 4).then(|| {
                        now.arm.unregister(now.on, heard[0]);
                        now.arm.released()
                    })
                })
            });
            arm.change(work, Offline);
            let first = all.iter().find(|one| one.token == heard.all()[0]);
            let released: Vec<_> = all.iter().flat_map(|one| one.answers()).flatten().collect();
            assert_eq!(
                released,
                [[first.expect("the first").callback]],
                "{late}, {order}"
            );
            assert_eq!(arm.heard().len(), 4 + 3 + 3);
        }
    }
}

pub fn unadv_3_nothing_is_queued_between_two_phases<A: Arm>() {
    let arm = A::with("late", "queued");
    let work = arm.opened("client");
    let one = arm.react_always(work, 1, |_| ());
    arm.register(work, 2);
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run_until(Start, 2);
    arm.unregister(work, one.token);
    assert_eq!(arm.released(), [one.callback]);
    arm.run();
    assert_eq!(arm.phases_of(1), [Start]);
}

pub fn unadv_3_a_late_one_is_not_live<A: Arm>() {
    let arm = A::with("late", "queued");
    let work = arm.opened("client");
    let two = Kept::default();
    arm.react(work, 1, Start, {
        let two: Kept<u32> = two.clone();
        move |now| [(); 2].map(|()| now.arm.unregister(now.on, two.one()))
    });
    two.keep(arm.register(work, 2));
    arm.change(work, Offline);
    assert_eq!(arm.findings(), [StaleToken]);
    assert_eq!(arm.released().len(), 1);
}

pub fn unadv_4_it_is_allowed_for_any_registration_in_any_notify<A: Arm>() {
    for phase in Phase::ALL {
        let arm = A::plain();
        let (work, other) = (arm.opened("client"), arm.opened("other"));
        let child = arm.child(work);
        let tokens = Kept::<Vec<(HeldBy<A>, u32)>>::default();
        let first = arm.register(work, 1);
        let all = arm.react(work, 2, phase, {
            let tokens = tokens.clone();
            move |now| {
                for (on, token) in tokens.one() {
                    now.arm.unregister(on, token);
                }
            }
        });
        tokens.keep(vec![
            (work, first),
            (work, all.token),
            (other, arm.register(other, 3)),
            (child, arm.register(child, 4)),
        ]);
        arm.change(work, Offline);
        let reached = |client_token| arm.phases_of(client_token).last().copied();
        let before = Phase::ALL.into_iter().rfind(|&p| p < phase);
        assert_eq!([1, 2].map(reached), [Some(phase); 2]);
        assert_eq!([3, 4].map(reached), [before; 2]);
        assert_eq!(arm.released().len(), 4);
        assert_eq!(arm.findings(), []);
    }
}

pub fn unadv_4_advise_anew_inside_a_notify<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let again = arm.react(work, 1, StateChange, |now| {
        now.arm.unregister(now.on, now.token);
        now.arm.register(now.on, 2)
    });
    arm.change(work, Offline);
    assert_ne!(again.answer(), again.token);
    assert_eq!(arm.phases_of(1), [Start, StateChange]);
    assert_eq!(arm.phases_of(2), [Done]);
}

pub fn unadv_5_tokens_count_on_across_logons<A: Arm>() {
    let arm = A::plain();
    let client = arm.client("client");
    let work = arm.opened_by(client);
    let before = [1, 2].map(|client_token| arm.register(work, client_token));
    for token in before {
        arm.unregister(work, token);
    }
    arm.release(work);
    arm.log_off("Work");
    arm.log_on("Work");
    let work = arm.opened_by(client);
    let after = arm.register(work, 3);
    assert!(!before.contains(&after));
    for token in before {
        arm.unregister(work, token);
    }
    assert_eq!(
        arm.findings(),
        [StaleToken; 2],
        "an old token is not live by accident"
    );
}
