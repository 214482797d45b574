//! What only real pointers can show

use mapi_offline_tests::prelude::*;

pub fn open_2_every_failure_nulls_the_out_pointer<A: Pointers>() {
    let arm = A::plain();
    let client = arm.client("client");
    let good = open_args("Work");
    for bad in [
        OpenArgs {
            reserved: 1,
            ..good.clone()
        },
        OpenArgs {
            name: None,
            ..good.clone()
        },
        OpenArgs {
            guid: None,
            ..good.clone()
        },
        OpenArgs {
            guid: Some(STORE),
            ..good.clone()
        },
        open_args("Nobody"),
    ] {
        let (hr, out) = arm.open_over(client, &bad);
        assert!(hr.is_err() && out == 0, "{bad:?}: {hr:?}, {out:#x}");
    }
    let (hr, out) = arm.open_over(client, &good);
    assert!(hr == S_OK && out != 0);
}

pub fn create_1_every_failure_nulls_the_out_pointer<A: Pointers>() {
    let arm = A::plain();
    let client = arm.client("client");
    let with = |flags, info| CreateCall {
        flags,
        info,
        out: true,
    };
    for bad in [
        with(1, Some(create_info::<A>("Work"))),
        with(0, None),
        with(0, Some(create_info::<A>("Nobody"))),
    ] {
        let (hr, out) = arm.create_over(client, &bad);
        assert!(hr.is_err() && out == 0, "{bad:?}: {hr:?}, {out:#x}");
    }
}

pub fn life_1_every_interface_leads_to_every_other_and_unknown_is_one_pointer<A: Pointers>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let all = [
        Interface::Unknown,
        Interface::Offline,
        Interface::OfflineMgr,
    ];
    let (hr, unknown) = arm.query_over(work, Interface::Unknown);
    assert!(hr == S_OK && unknown != 0);
    for from in all {
        let held = arm.query_interface(work, from).expect("symmetric");
        for to in all {
            let (hr, pointer) = arm.query_over(held, to);
            assert!(hr == S_OK && pointer != 0, "{from:?} to {to:?}");
        }
        assert_eq!(
            arm.query_over(held, Interface::Unknown).1,
            unknown,
            "{from:?}"
        );
        for other in [
            Interface::Agile,
            Interface::Inspectable,
            Interface::OfflineNotify,
        ] {
            assert_eq!(
                arm.query_over(held, other),
                (E_NOINTERFACE, 0),
                "{from:?} {other:?}"
            );
        }
        arm.release(held);
    }
    let second = arm.opened("other");
    assert_eq!(
        arm.query_over(second, Interface::Unknown).1,
        unknown,
        "OPEN-7"
    );
    let child = arm.child(work);
    assert_ne!(arm.query_over(child, Interface::Unknown).1, unknown);
    for held in [work, second, child] {
        arm.release(held);
    }
    arm.log_off("Work");
    assert_eq!(arm.findings(), []);
}

pub fn adv_3_a_registration_holds_exactly_one_reference<A: Pointers>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let callback = arm.callback(std::sync::Arc::new(|_, _| ()));
    assert_eq!(arm.references_on(callback), 1, "its maker's");
    let tokens = [1, 2].map(|token| arm.advise_callback(work, token, callback).expect("Advise"));
    assert_eq!(arm.references_on(callback), 3);
    arm.change(work, Offline);
    assert_eq!(arm.references_on(callback), 3, "Notify needs none");
    arm.unregister(work, tokens[0]);
    assert_eq!(arm.references_on(callback), 2);
    arm.forget(callback);
    assert_eq!(arm.references_on(callback), 1);
    arm.log_off("Work");
    assert_eq!(arm.references_on(callback), 0);
}

pub fn adv_5_on_failure_the_token_is_0_and_no_reference_is_kept<A: Pointers>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let callback = arm.callback(std::sync::Arc::new(|_, _| ()));
    let good = AdviseArgs::new(A::SIZES, 1);
    let small = AdviseArgs {
        info: good.info.map(|info| AdviseInfo { size: 8, ..info }),
        ..good
    };
    for (args, sink, refusal) in [
        (
            AdviseArgs { flags: 1, ..good },
            Sink::Callback(callback),
            E_INVALIDARG,
        ),
        (
            AdviseArgs { info: None, ..good },
            Sink::Callback(callback),
            E_INVALIDARG,
        ),
        (small, Sink::Callback(callback), E_INVALIDARG),
        (good, Sink::NoInterface, E_NOINTERFACE),
    ] {
        assert_eq!(arm.advise_over(work, &args, sink), (refusal, 0), "{args:?}");
    }
    arm.log_off("Work");
    let after = arm.advise_over(work, &good, Sink::Callback(callback));
    assert_eq!(after, (E_FAIL, 0), "LIFE-4");
    assert_eq!(arm.references_on(callback), 1, "its maker's");
}

pub fn unadv_2_no_reference_goes_while_a_notify_runs<A: Pointers>() {
    for knob in ["never", "queued"] {
        let arm = A::with("late", knob);
        let work = arm.opened("client");
        let first = Kept::<Callback>::default();
        let own = arm.react(work, 1, Start, {
            let first = first.clone();
            move |now| {
                now.arm.unregister(now.on, now.token);
                now.arm.references_on(first.one())
            }
        });
        first.keep(own.callback);
        arm.change(work, Offline);
        assert_eq!(own.answer(), 1, "{knob}");
        assert_eq!(arm.references_on(own.callback), 0, "{knob}");
    }
}

pub fn note_2_the_size_is_24<A: Pointers>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let callback = arm.react_always(work, 1, |_| ()).callback;
    arm.change(work, Offline);
    let sizes: Vec<_> = arm
        .handed(callback)
        .iter()
        .map(|info| info.ulSize)
        .collect();
    assert_eq!(sizes, [24; 3]);
}

pub fn note_3_a_kept_structure_shows<A: Pointers>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let first = arm.react_always(work, 1, |_| ()).callback;
    let second = arm.react(work, 2, Start, move |now| now.arm.kept(first));
    assert_eq!(arm.set(work, Offline), S_OK);
    arm.run();
    assert_eq!(arm.kept(first), [0xdd; 24]);
    assert_eq!(arm.kept(second.callback), [0xdd; 24]);
}

pub fn note_3_a_nested_notify_leaves_the_outer_structure_alone<A: Pointers>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let orphan = arm
        .make(work.client, create_info::<A>("Work"))
        .expect("an object");
    arm.get_capabilities(orphan, true).expect("capabilities");
    let first = Kept::<Callback>::default();
    let outer = arm.react(work, 1, Start, {
        let first = first.clone();
        move |now| {
            let before = now.arm.kept(first.one());
            (
                now.arm.block(orphan, Offline),
                before == now.arm.kept(first.one()),
            )
        }
    });
    first.keep(outer.callback);
    let inner = arm.react_always(orphan, 2, |_| ()).callback;
    arm.change(work, Offline);
    assert_eq!(outer.answer(), (S_OK, true));
    assert_eq!(arm.handed(inner).len(), 3);
    assert_eq!(arm.kept(outer.callback), [0xdd; 24]);
}

pub fn leaked_callback_when_its_maker_keeps_a_reference<A: Pointers>() {
    let arm = A::plain();
    let work = arm.opened("client");
    let [good, bad] = [(); 2].map(|()| arm.callback(std::sync::Arc::new(|_, _| ())));
    let tokens = [good, bad].map(|callback| {
        let first = arm.advise_callback(work, 1, callback).expect("Advise");
        [
            first,
            arm.advise_callback(work, 2, callback).expect("Advise"),
        ]
    });
    arm.forget(good);
    for token in tokens.into_iter().flatten() {
        arm.unregister(work, token);
    }
    arm.release(work);
    arm.log_off("Work");
    assert_eq!(arm.findings(), [], "it is judged at the end");
    arm.shut_down();
    assert_eq!(arm.findings_about(work.client), [LeakedCallback]);
}
