//! IMAPIOffline::SetCurrentState

use mapi_offline_tests::prelude::*;

use crate::state::ONLY_OFFLINE;

const DEFAULT: u32 = MAPIOFFLINE_FLAG_DEFAULT;
const BLOCK: u32 = MAPIOFFLINE_FLAG_BLOCK;

pub fn set_0_a_logged_off_object_goes_before_bad_arguments<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.log_off("Work");
    let before = arm.findings().len();
    assert_eq!(arm.set_current_state(work, SetArgs::new(7, Online)), E_FAIL);
    assert_eq!(arm.findings()[before..], [CallAfterLogoff]);
}

pub fn set_0_bad_arguments_go_before_block_in_notify<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let inside = arm.react(work, 1, Start, |now| {
        let bad = SetArgs {
            mask: 0,
            ..SetArgs::new(BLOCK, Online)
        };
        now.arm.set_current_state(now.on, bad)
    });
    arm.change(work, Offline);
    assert_eq!(inside.answer(), E_INVALIDARG);
    assert_eq!(arm.findings(), [BadArgument]);
}

pub fn set_0_block_in_notify_goes_before_all_that_follow<A: Arm>() {
    let arm = A::new(&Setup::default().work(ONLY_OFFLINE));
    let work = arm.opened("client");
    let inside = arm.react_always(work, 1, |now| {
        [Online, Offline].map(|state| now.arm.block(now.on, state))
    });
    arm.change(work, Offline);
    assert_eq!(inside.answers(), [[E_PENDING; 2]; 3]);
    assert_eq!(arm.findings(), [BlockInNotify; 6]);
    assert_eq!(
        arm.phases_of(1),
        Phase::ALL,
        "none of them counts as a request"
    );
}

pub fn set_0_pending_goes_before_no_support<A: Arm>() {
    let arm = A::new(&Setup::default().work(ONLY_OFFLINE));
    let work = arm.opened("client");
    let inside = arm.react(work, 1, Start, |now| now.arm.set(now.on, Online));
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(arm.set(work, Online), E_PENDING);
    arm.run();
    assert_eq!(inside.answer(), E_PENDING);
    assert_eq!(arm.set(work, Online), MAPI_E_NO_SUPPORT);
}

pub fn set_0_pending_goes_before_the_state_it_is_in<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let inside = arm.react(work, 1, Start, |now| now.arm.set(now.on, Online));
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(
        [Online, Offline].map(|state| arm.set(work, state)),
        [E_PENDING; 2]
    );
    arm.run();
    assert_eq!(inside.answer(), E_PENDING);
}

pub fn set_0_no_support_goes_before_the_state_it_is_in<A: Arm>() {
    let arm = A::new(&Setup::default().work(ONLY_OFFLINE));
    let work = arm.opened("client");
    assert_eq!(arm.state(work), Online);
    assert_eq!(arm.set(work, Online), MAPI_E_NO_SUPPORT);
}

pub fn set_1_every_bad_argument_is_refused_and_reported<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    let good = SetArgs::new(DEFAULT, Offline);
    let flags = [1, 0x1000, BLOCK | 1, 0xffff_ffff].map(|flags| SetArgs { flags, ..good });
    let masks = [0, 1, 2, 0x103, MAPIOFFLINE_STATE_ALL].map(|mask| SetArgs { mask, ..good });
    let states = [0, 3, 0x101, 0x102].map(|state| SetArgs { state, ..good });
    let reserved = [SetArgs {
        reserved: true,
        ..good
    }];
    let bad: Vec<_> = [&flags[..], &masks, &states, &reserved].concat();
    for &args in &bad {
        assert_eq!(arm.set_current_state(work, args), E_INVALIDARG, "{args:?}");
    }
    arm.run();
    assert_eq!(arm.findings(), vec![BadArgument; bad.len()]);
    assert_eq!(arm.heard(), []);
    assert_eq!(arm.set_current_state(work, good), S_OK);
}

pub fn set_2_default_returns_at_once_and_tells_later<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(arm.heard(), []);
    assert_eq!(arm.state(work), Online);
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
    assert_eq!(arm.state(work), Offline);
}

pub fn set_2_default_can_return_pending_and_change_all_the_same<A: Arm>() {
    let arm = A::with("default-returns", "E_PENDING");
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.set(work, Offline), E_PENDING);
    arm.run();
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
    assert_eq!(arm.block(work, Online), S_OK, "BLOCK is not meant");
    assert_eq!(arm.set(work, Online), S_OK, "nothing is changing");
}

pub fn set_3_block_returns_when_the_last_done_has_been_delivered<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    arm.register(work, 2);
    assert_eq!(arm.block(work, Offline), S_OK);
    assert_eq!(arm.who_heard(Done), [1, 2]);
    assert_eq!(arm.set(work, Online), S_OK, "the transition is over");
}

pub fn set_3_block_can_return_before_the_dones<A: Arm>() {
    let arm = A::with("block-returns", "before-done");
    let work = arm.opened("client");
    arm.register(work, 1);
    arm.register(work, 2);
    assert_eq!(arm.block(work, Offline), S_OK);
    assert_eq!(arm.who_heard(StateChange), [1, 2]);
    assert_eq!(arm.heard().len(), 4, "no DONE yet");
    assert_eq!(
        arm.set(work, Online),
        E_PENDING,
        "the transition still runs"
    );
    arm.run();
    assert_eq!(arm.who_heard(Done), [1, 2]);
}

pub fn set_3_block_without_any_registration_returns_in_the_new_state<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    assert_eq!(arm.block(work, Offline), S_OK);
    assert_eq!(arm.state(work), Offline);
    assert!(!arm.step(), "nothing is left");
}

pub fn set_3_block_does_not_wait_for_a_request_made_in_done<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let revert = arm.react(work, 1, Done, |now| now.arm.set(now.on, Online));
    assert_eq!(arm.block(work, Offline), S_OK);
    assert_eq!(revert.answers(), [S_OK]);
    assert_eq!(arm.heard_by(1), whole(Online, Offline));
    assert_eq!(arm.state(work), Offline);
    arm.run();
    assert_eq!(arm.state(work), Online);
}

pub fn set_3_a_log_off_ends_the_wait<A: Arm>() {
    for phase in Phase::ALL {
        let arm = A::plain();
        let work = arm.opened("client");
        arm.react(work, 1, phase, |now| now.arm.log_off("Work"));
        assert_eq!(arm.block(work, Offline), E_FAIL, "{phase}");
    }
}

pub fn set_4_everyone_is_pending_until_the_transition_is_over<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let other = arm.opened("other");
    arm.register(work, 1);
    assert_eq!(arm.set(work, Offline), S_OK);
    while arm.phases_of(1) != Phase::ALL {
        for flags in [DEFAULT, BLOCK] {
            for state in [Online, Offline] {
                for on in [work, other] {
                    let answer = arm.set_current_state(on, SetArgs::new(flags, state));
                    assert_eq!(answer, E_PENDING);
                }
            }
        }
        assert!(arm.step());
    }
    arm.run();
    assert_eq!(
        arm.heard_by(1),
        whole(Online, Offline),
        "and nothing changed"
    );
    assert_eq!(arm.findings(), []);
    assert_eq!(arm.set(other, Online), S_OK);
}

pub fn set_4_so_it_is_when_the_host_began_it<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.host("Work", ServerLost);
    assert_eq!(arm.set(work, Offline), E_PENDING);
    assert_eq!(arm.block(work, Online), E_PENDING);
}

pub fn set_4_so_it_is_when_a_block_began_it<A: Arm>() {
    let arm = A::plain();
    let (work, other) = (arm.opened("client"), arm.opened("other"));
    let inside = arm.react(other, 1, Start, |now| now.arm.set(now.on, Online));
    assert_eq!(arm.block(work, Offline), S_OK);
    assert_eq!(inside.answer(), E_PENDING);
    assert_eq!(arm.state(work), Offline);
}

pub fn set_4_another_object_is_no_hindrance<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let orphan = arm
        .make(work.client, create_info::<A>("Work"))
        .expect("an object");
    assert_eq!(arm.set(work, Offline), S_OK);
    assert_eq!(arm.set(orphan, Offline), S_OK);
    arm.run();
    assert_eq!([work, orphan].map(|object| arm.state(object)), [Offline; 2]);
}

pub fn set_5_the_state_it_is_in_is_ok_and_silent<A: Arm>() {
    let arm = A::plain();
    let work = arm.opened("client");
    arm.register(work, 1);
    assert_eq!(arm.set(work, Online), S_OK);
    assert_eq!(arm.block(work, Online), S_OK);
    assert!(!arm.step(), "nothing happens");
    assert_eq!(arm.heard(), []);
}

pub fn set_5_the_state_it_is_in_can_be_told_all_the_same<A: Arm>() {
    let arm = A::with("redundant", "notify");
    let work = arm.opened("client");
    arm.register(work, 1);
    arm.change(work, Online);
    assert_eq!(arm.block(work, Online), S_OK);
    assert_eq!(
        arm.heard_by(1),
        [whole(Online, Online), whole(Online, Online)].concat()
    );
    assert_eq!(arm.state(work), Online);
}

pub fn set_6_a_direction_that_lacks_its_bit_is_not_supported<A: Arm>() {
    let arm = A::new(&Setup::default().work(ONLY_OFFLINE));
    let work = arm.opened("client");
    arm.change(work, Offline);
    assert_eq!(arm.set(work, Online), MAPI_E_NO_SUPPORT);
    assert_eq!(arm.block(work, Online), MAPI_E_NO_SUPPORT);
    arm.run();
    assert_eq!(arm.state(work), Offline);
    arm.host("Work", WorkOnline);
    arm.run();
    assert_eq!(arm.state(work), Online, "the host may go there");
}
