//! Every finding says which thing it is about, in which call it was found, and which calls it goes back to.

use mapi_offline::sys::{IMAPIOffline, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, S_OK};
use mapi_offline::{
    FindingId, Found, Observer, Outlook, Phase, Record, State, ThreadedOutlook, callback_fn,
    threaded_callback_fn,
};
use windows_core::Interface;

/// Sees everything, so that calls have numbers.
struct Sees;

impl Observer for Sees {
    fn observe(&mut self, _: &Record<'_>) {}
}

fn outlook() -> Outlook {
    Outlook::with_profile("Work")
}

/// Where the only finding of that kind has its place, in words.
fn place(found: &[Found], id: FindingId) -> String {
    let mut of_kind = found.iter().filter(|found| found.id == id);
    let place = of_kind.next().map(|found| found.place.to_string());
    assert!(of_kind.next().is_none(), "{id} once: {found:?}");
    place.unwrap_or_else(|| panic!("{id} is found: {found:?}"))
}

#[test]
fn a_leaked_reference_names_the_calls_that_took_it() {
    let outlook = outlook();
    let work = outlook.open("Work").expect("it opens"); // 0
    work.capabilities().expect("it answers"); // 2
    let offline: IMAPIOffline = work.cast().expect("it has it"); // 4
    let other = work.clone(); // 6
    drop(other); // 8
    std::mem::forget((work, offline));
    let found = outlook.shut_down();
    assert_eq!(
        place(&found, FindingId::LeakedReference),
        "IMAPIOfflineMgr of Work, from call 0 (HrOpenOfflineObj) and call 4 (QueryInterface, gave IMAPIOffline) \
         and call 6 (AddRef)"
    );
}

#[test]
fn what_a_client_takes_and_releases_again_and_again_is_not_remembered_for_ever() {
    let outlook = outlook();
    let work = outlook.open("Work").expect("it opens");
    for _ in 0..1_000 {
        drop(work.clone());
    }
    let last = work.clone();
    std::mem::forget((work, last));
    let found = outlook.shut_down();
    let leak = found
        .iter()
        .find(|found| found.id == FindingId::LeakedReference);
    let calls = &leak.expect("it is found").place.calls;
    assert_eq!(calls.first().map(|call| call.seq), Some(0));
    assert_eq!(calls.last().map(|call| call.seq), Some(4_002), "{calls:?}");
    assert!(calls.len() <= 16, "{calls:?}");
}

#[test]
fn registrations_and_tokens_name_their_advise_and_their_unadvise() {
    let outlook = outlook();
    let work = outlook.open("Work").expect("it opens"); // 0
    let first = work.advise(&callback_fn(|_| ()), 1).expect("Advise"); // 2, with a finding
    work.advise(&callback_fn(|_| ()), 2).expect("Advise"); // 5
    assert_eq!(work.unadvise(first), S_OK); // 7, with a release
    assert_eq!(work.unadvise(first), S_OK); // 10
    drop(work);
    let found = outlook.shut_down();
    assert_eq!(
        place(&found, FindingId::NoCapabilityCheck),
        "IMAPIOfflineMgr of Work, in call 2 (Advise)"
    );
    assert_eq!(
        place(&found, FindingId::StaleToken),
        "IMAPIOfflineMgr of Work, advise token 1, in call 10 (Unadvise), from call 2 (Advise) and call 7 (Unadvise)"
    );
    assert_eq!(
        place(&found, FindingId::LeakedRegistration),
        "IMAPIOfflineMgr of Work, advise token 2, from call 5 (Advise)"
    );
}

#[test]
fn a_callback_that_is_left_names_its_last_registration() {
    let outlook = outlook();
    let work = outlook.open("Work").expect("it opens"); // 0
    work.capabilities().expect("it answers"); // 2
    let callback = callback_fn(|_| ());
    let token = work.advise(&callback, 1).expect("Advise"); // 4
    assert_eq!(work.unadvise(token), S_OK); // 6
    std::mem::forget(callback);
    drop(work);
    let found = outlook.shut_down();
    assert_eq!(
        place(&found, FindingId::LeakedCallback),
        "IMAPIOfflineMgr of Work, advise token 1, from call 4 (Advise) and call 6 (Unadvise)"
    );
}

#[test]
fn a_call_on_what_is_gone_names_itself_and_the_last_release() {
    let outlook = outlook();
    let work = outlook.open("Work").expect("it opens"); // 0
    let raw = work.as_raw();
    drop(work); // 2
    // SAFETY: zombies stay (LIFE-5), so that the object is there.
    let again = unsafe { mapi_offline::sys::IMAPIOfflineMgr::from_raw_borrowed(&raw) };
    let again = again.expect("it is not null");
    drop(again.current_state()); // 4
    outlook.quit();
    drop(again.current_state());
    let found = outlook.shut_down();
    assert_eq!(
        place(&found, FindingId::UseAfterRelease),
        "IMAPIOfflineMgr of Work, in call 4 (GetCurrentState), from call 2 (Release)"
    );
    let after = place(&found, FindingId::CallAfterLogoff);
    assert!(after.contains("(GetCurrentState)"), "{after}");
    assert!(
        after.starts_with("IMAPIOfflineMgr of Work, in call "),
        "{after}"
    );
}

#[test]
fn what_is_found_in_a_notify_names_its_registration_or_the_call_in_it() {
    let outlook = outlook();
    let work = outlook.open("Work").expect("it opens"); // 0
    work.capabilities().expect("it answers"); // 2
    let inside = work.clone(); // 4
    let sets = callback_fn(move |notification| {
        if notification
            .state_change()
            .is_some_and(|it| it.phase == Phase::Start)
        {
            let hr = inside.set_current_state(MAPIOFFLINE_FLAG_BLOCK, State::Online.bits());
            assert_ne!(hr, S_OK);
            panic!("on purpose");
        }
    });
    let token = work.advise(&sets, 0).expect("Advise"); // 6
    outlook.work_offline(); // 8
    outlook.run_until_idle();
    assert_eq!(work.unadvise(token), S_OK);
    let found = outlook.findings();
    assert_eq!(
        place(&found, FindingId::BlockInNotify),
        "IMAPIOfflineMgr of Work, in call 10 (SetCurrentState)"
    );
    assert_eq!(
        place(&found, FindingId::PanicInNotify),
        "IMAPIOfflineMgr of Work, advise token 1, from call 6 (Advise)"
    );
}

#[test]
fn a_timeline_shows_the_number_of_a_call_that_a_finding_speaks_of() {
    let failed = std::panic::catch_unwind(|| {
        let outlook = outlook();
        let work = outlook.open("Work").expect("it opens");
        drop(work.current_state());
        std::mem::forget(work);
    });
    let said = failed.expect_err("the reference is leaked");
    let said = said.downcast_ref::<String>().expect("words");
    assert!(
        said.contains("HrOpenOfflineObj(profile=Work) [call 0]"),
        "{said}"
    );
    assert!(!said.contains("GetCurrentState() [call"), "{said}");
}

#[test]
fn without_an_observer_a_finding_still_names_object_token_and_interface() {
    let outlook = Outlook::builder().profile("Work").verify_on_drop(false);
    let outlook = outlook.build().expect("a good name");
    let work = outlook.open("Work").expect("it opens");
    work.advise(&callback_fn(|_| ()), 1).expect("Advise");
    std::mem::forget(work);
    let found = outlook.shut_down();
    assert_eq!(
        place(&found, FindingId::LeakedReference),
        "IMAPIOfflineMgr of Work"
    );
    assert_eq!(
        place(&found, FindingId::LeakedRegistration),
        "IMAPIOfflineMgr of Work, advise token 1"
    );
}

#[test]
fn on_threads_they_are_named_too_and_each_thread_has_its_own_calls() {
    let outlook = ThreadedOutlook::builder().profile("Work").observer(Sees);
    let outlook = outlook.verify_on_drop(false).build().expect("a good name");
    let work = outlook.open("Work").expect("it opens"); // 0
    work.capabilities().expect("it answers"); // 2
    let token = work
        .advise(&threaded_callback_fn(|_| ()), 1)
        .expect("Advise"); // 4
    let elsewhere = work.clone(); // 6
    let thread = std::thread::spawn(move || drop(elsewhere.current_state()));
    thread.join().expect("it does not panic");
    let callback = threaded_callback_fn(|_| ());
    let second = work.advise(&callback, 2).expect("Advise");
    assert_eq!(work.unadvise(second), S_OK);
    std::mem::forget((work, callback));
    let found = outlook.shut_down();
    assert_eq!(token, 1);
    let leak = place(&found, FindingId::LeakedReference);
    assert!(
        leak.starts_with("IMAPIOfflineMgr of Work, from call 0 (HrOpenOfflineObj)"),
        "{leak}"
    );
    assert_eq!(
        place(&found, FindingId::LeakedRegistration),
        "IMAPIOfflineMgr of Work, advise token 1, from call 4 (Advise)"
    );
    let callback = place(&found, FindingId::LeakedCallback);
    assert!(
        callback.contains("advise token 2, from call "),
        "{callback}"
    );
}

#[test]
fn clients_that_undo_each_other_are_named_by_their_last_requests() {
    let outlook = Outlook::builder().profile("Work").observer(Sees);
    let outlook = outlook.verify_on_drop(false).build().expect("a good name");
    for (client, state) in [("a", State::Online), ("b", State::Offline)] {
        outlook.as_client(client, || {
            let work = outlook.open("Work").expect("it opens");
            let inside = work.clone();
            let sets = callback_fn(move |notification| {
                let change = notification.state_change();
                if change.is_some_and(|it| it.phase == Phase::Done && it.new != state) {
                    let _ = inside.set_current_state(MAPIOFFLINE_FLAG_DEFAULT, state.bits());
                }
            });
            work.advise(&sets, 0).expect("Advise");
        });
    }
    outlook.work_offline();
    outlook.run_until_idle();
    let found = outlook.findings();
    let livelock = place(&found, FindingId::Livelock);
    let requests = livelock.matches("(SetCurrentState)").count();
    assert_eq!(requests, 2, "{livelock}");
}
