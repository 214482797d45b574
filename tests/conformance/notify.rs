//! IMAPIOfflineNotify: what arrives, and in which order

use mapi_offline_tests::prelude::*;

/// Two objects, parent and child, with two registrations each, made in turns.
fn four<A: Arm>(arm: &A) -> HeldBy<A> {
    let work = arm.opened("client");
    let child = arm.child(work);
    for (on, client_token) in [(child, 3), (work, 1), (child, 4), (work, 2)] {
        arm.register(on, client_token);
    }
    work
}

pub fn note_1_three_phases_and_none_begins_before_the_last_has_ended<A: Arm>() {
    let arm = A::plain();
    let work = four(&arm);
    arm.change(work, Offline);
    let phases: Vec<_> = arm.heard().into_iter().map(|heard| heard.1).collect();
    assert_eq!(phases, [[Start; 4], [StateChange; 4], [Done; 4]].concat());
    for client_token in 1..=4 {
        assert_eq!(arm.phases_of(client_token), Phase::ALL);
    }
}

pub fn note_1_a_phase_begins_when_the_notifies_of_the_last_have_returned<A: Arm>() {
    let arm = A::plain();
    let work = four(&arm);
    arm.change(work, Offline);
    let mut running = 0;
    for event in arm.log() {
        match event {
            Event::Notify(..) => running += 1,
            Event::Notified(_) => running -= 1,
            _ => {}
        }
        assert!((0..=1).contains(&running));
    }
}

/// CREATE-3: what a transition covers is settled by what differs when it begins.
pub fn note_1_a_child_that_changes_itself_meanwhile_gets_no_phase_without_its_start<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.change(child, Offline);
    arm.react(work, 1, Start, move |now| now.arm.block(child, Online));
    arm.register(child, 2);
    arm.change(work, Offline);
    assert_eq!(arm.phases_of(2).len() % 3, 0, "{:?}", arm.heard_by(2));
}

pub fn note_2_a_notification_says_exactly_what_changes<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 0);
    arm.register(work, 0xdead_beef);
    arm.change(work, Offline);
    arm.change(work, Online);
    let mut expected = Vec::new();
    for (old, new) in [(Online, Offline), (Offline, Online)] {
        for phase in Phase::ALL {
            for client_token in [0, 0xdead_beef] {
                expected.push(Notification {
                    notify_type: phase.notify_type(),
                    client_token,
                    mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
                    old: old.bits(),
                    new: new.bits(),
                });
            }
        }
    }
    assert_eq!(arm.notifications(), expected);
}

pub fn note_4_parents_before_children_then_order_of_registration<A: Arm>() {
    let arm = A::plain();
    let work = four(&arm);
    arm.change(work, Offline);
    for phase in Phase::ALL {
        assert_eq!(arm.who_heard(phase), [1, 2, 3, 4], "{phase}");
    }
}

pub fn note_4_a_grandchild_comes_after_its_parent<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let [first, second] = [arm.child(work), arm.child(work)];
    let below_first = arm.child(first);
    for (on, client_token) in [(below_first, 3), (second, 4), (first, 2), (work, 1)] {
        arm.register(on, client_token);
    }
    arm.change(work, Offline);
    let order = arm.who_heard(Start);
    let place = |client_token| order.iter().position(|&heard| heard == client_token);
    assert!(
        place(1) < place(2) && place(2) < place(3) && place(1) < place(4),
        "{order:?}"
    );
}

pub fn note_10_the_order_can_be_the_opposite_within_each_object<A: Arm>() {
    let arm = A::with("order", "reverse");
    let work = four(&arm);
    arm.change(work, Offline);
    for phase in Phase::ALL {
        assert_eq!(arm.who_heard(phase), [2, 1, 4, 3], "{phase}");
    }
}

fn shuffled<A: Arm>(seed: u64) -> Vec<u32> {
    let setup = Setup {
        seed,
        ..Setup::default().knob("order", "shuffled")
    };
    let arm = A::new(&setup);
    let work = arm.opened("client");
    let child = arm.child(work);
    for client_token in 0..8 {
        arm.register(work, client_token);
    }
    arm.register(child, 8);
    arm.change(work, Offline);
    for phase in Phase::ALL {
        let mut all = arm.who_heard(phase);
        assert_eq!(all.pop(), Some(8), "parents before children");
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5, 6, 7], "each once");
    }
    let heard = arm.heard().into_iter();
    heard.map(|heard| heard.0).collect()
}

pub fn note_4_the_order_can_be_any_and_the_seed_decides<A: Arm>() {
    let orders: Vec<_> = (0..5).map(shuffled::<A>).collect();
    assert_eq!(shuffled::<A>(3), orders[3], "the same seed, the same order");
    assert!(orders.iter().any(|order| *order != orders[0]));
}

pub fn note_4_in_any_order_unadvise_holds<A: Arm>() {
    for order in ["registration", "reverse", "shuffled"] {
        let arm = A::with("order", order);
        let work = arm.opened("client");
        let tokens = Kept::<Vec<u32>>::default();
        let mut registered = Vec::new();
        for client_token in 0..6 {
            let others = tokens.clone();
            let one = arm.react(work, client_token, Start, move |now| {
                for token in others.one() {
                    if token != now.token {
                        now.arm.unregister(now.on, token);
                    }
                }
            });
            registered.push(one.token);
        }
        tokens.keep(registered);
        arm.change(work, Offline);
        assert_eq!(
            arm.heard().len(),
            3,
            "the first has sent all others away: {order}"
        );
        assert_eq!(arm.released().len(), 5, "{order}");
    }
}

pub fn note_5_notifications_arrive_whatever_the_thread<A: Arm>() {
    for thread in ["worker", "initializing", "registering", "caller"] {
        for first in ["after-return", "during-call"] {
            let setup = Setup::default().knob("thread", thread);
            let arm = A::new(&setup.knob("first-notify", first));
            let work = arm.opened("client");
            arm.register(work, 1);
            arm.change(work, Offline);
            assert_eq!(arm.block(work, Online), S_OK);
            assert_eq!(arm.heard_by(1).len(), 6, "{thread}, {first}");
        }
    }
}

pub fn note_6_noise_arrives_before_and_after_and_changes_nothing<A: Arm>() {
    let arm = A::with("noise", "notifications");
    let work = arm.opened("client");
    arm.register(work, 1);
    arm.change(work, Offline);
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
    assert_eq!(arm.state(work), Offline);
    assert_eq!(
        arm.get_current_state(work, true),
        Ok(MAPIOFFLINE_STATE_OFFLINE)
    );
    assert!(arm.notifications().len() > 3, "there was noise");
}

pub fn note_9_a_foreign_mask_at_the_beginning_an_unknown_type_after_the_dones<A: Arm>() {
    let arm = A::with("noise", "notifications");
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.register(work, 1);
    arm.register(child, 2);
    arm.change(work, Offline);
    for client_token in [1, 2] {
        let all = arm.notifications().into_iter();
        let its: Vec<_> = all.filter(|n| n.client_token == client_token).collect();
        let [foreign, .., unknown] = &its[..] else {
            panic!("no noise: {its:?}");
        };
        assert_eq!(its.len(), 5);
        assert!(Phase::from_notify_type(foreign.notify_type).is_some());
        assert_eq!(foreign.mask & MAPIOFFLINE_STATE_OFFLINE_MASK, 0);
        assert_ne!(foreign.mask & MAPIOFFLINE_STATE_ALL, 0);
        assert_eq!(Phase::from_notify_type(unknown.notify_type), None);
    }
}

pub fn note_9_calls_from_inside_noise_are_calls_like_others<A: Arm>() {
    let arm = A::with("noise", "notifications");
    let work = arm.opened("client");
    let inside = arm.react_always(work, 1, |now| {
        let is_noise = now.notification.state_change().is_none();
        is_noise.then(|| {
            let blocked = now.arm.block(now.on, Online);
            (blocked, now.arm.set(now.on, Online))
        })
    });
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run();
    let answers: Vec<_> = inside.answers().into_iter().flatten().collect();
    assert_eq!(answers[0], (E_PENDING, E_PENDING), "the transition runs");
    assert_eq!(
        answers[1],
        (E_PENDING, S_OK),
        "it is over; BLOCK could never return"
    );
    assert_eq!(arm.state(work), Online);
    assert!(
        arm.findings()
            .iter()
            .all(|&finding| finding == BlockInNotify)
    );
}

pub fn note_9_unadvise_from_inside_noise<A: Arm>() {
    let arm = A::with("noise", "notifications");
    let work = arm.opened("client");
    let one = arm.react_always(work, 1, |now| {
        now.arm.unregister(now.on, now.token);
        now.arm.released()
    });
    arm.change(work, Offline);
    assert_eq!(one.answers(), [[]]);
    assert_eq!(arm.released(), [one.callback]);
}

pub fn note_8_notifications_of_a_registration_form_a_chain<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let child = arm.child(work);
    arm.register(work, 1);
    arm.register(child, 2);
    arm.react(work, 3, Done, |now| now.arm.set(now.on, Online));
    arm.react(work, 4, Start, |now| now.arm.host("Work", ServerBack));
    arm.change(child, Offline);
    arm.change(work, Offline);
    for event in [WorkOffline, ServerLost, WorkOnline, ServerBack] {
        arm.host("Work", event);
        arm.step();
    }
    arm.run();
    for client_token in 1..=4 {
        let changes = arm.heard_by(client_token);
        assert!(changes.len() > 3, "{client_token}");
        assert!(changes.iter().all(|change| change.old != change.new));
        for (before, after) in changes.chunks(3).zip(changes.chunks(3).skip(1)) {
            assert_eq!(before[2].new, after[0].old, "{client_token}: {changes:?}");
        }
        let last = changes[changes.len() - 1].new;
        let on = if client_token == 2 { child } else { work };
        assert_eq!(arm.state(on), last);
    }
}
