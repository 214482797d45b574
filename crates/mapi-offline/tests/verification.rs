//! Findings that nobody reads fail the test when the Outlook is dropped.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mapi_offline::sys::{MAPIOFFLINE_FLAG_BLOCK, S_OK};
use mapi_offline::{
    FindingId, Found, Observer, Outlook, Record, State, ThreadedOutlook, callback_fn,
    threaded_callback_fn,
};

/// What the panic of `code` says; nothing if it does not panic.
fn panic_of(code: impl FnOnce()) -> String {
    let panicked = catch_unwind(AssertUnwindSafe(code)).err();
    let text = panicked.map(|panic| match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().expect("a panic with words")).to_owned(),
    });
    text.unwrap_or_default()
}

/// A client that unregisters itself or not.
fn registers(outlook: &Outlook, forgets: bool) {
    let work = outlook.open("Work").expect("it is logged on");
    work.capabilities().expect("it answers");
    let token = work.advise(&callback_fn(|_| ()), 42).expect("Advise");
    outlook.work_offline();
    outlook.run_until_idle();
    if !forgets {
        assert_eq!(work.unadvise(token), S_OK);
    }
}

fn registers_on_threads(outlook: &ThreadedOutlook, forgets: bool) {
    let work = outlook.open("Work").expect("it is logged on");
    work.capabilities().expect("it answers");
    let callback = threaded_callback_fn(|_| ());
    let token = work.advise(&callback, 42).expect("Advise");
    drop(callback);
    let hr = work.set_current_state(MAPIOFFLINE_FLAG_BLOCK, State::Offline.bits());
    assert_eq!(hr, S_OK);
    if !forgets {
        assert_eq!(work.unadvise(token), S_OK);
    }
}

#[test]
fn an_error_that_nobody_reads_fails_the_test_with_finding_and_timeline() {
    let said = panic_of(|| registers(&Outlook::with_profile("Work"), true));
    for part in [
        "error leaked-registration of client",
        "▸ HrOpenOfflineObj(",
        "◂ START ONLINE→OFFLINE",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn on_threads_it_fails_too_and_has_a_timeline_if_that_was_asked_for() {
    let outlook = || ThreadedOutlook::builder().profile("Work");
    let build = |builder: mapi_offline::ThreadedOutlookBuilder| builder.build().expect("a name");
    let said = panic_of(|| registers_on_threads(&build(outlook()), true));
    assert!(
        said.contains("error leaked-registration of client"),
        "{said}"
    );
    assert!(!said.contains("HrOpenOfflineObj"), "{said}");
    let said = panic_of(|| registers_on_threads(&build(outlook().timeline()), true));
    assert!(said.contains("◂ START ONLINE→OFFLINE"), "{said}");
}

#[test]
fn a_panic_in_a_callback_that_nobody_reads_fails_the_test() {
    let said = panic_of(|| {
        let outlook = Outlook::with_profile("Work");
        let work = outlook.open("Work").expect("it is logged on");
        let token = work.advise(&callback_fn(|_| panic!("on purpose")), 0);
        outlook.work_offline();
        outlook.run_until_idle();
        assert_eq!(work.unadvise(token.expect("Advise")), S_OK);
    });
    assert!(said.contains("error panic-in-notify of client"), "{said}");
    assert!(said.contains("on purpose"), "{said}");
}

#[test]
fn what_nobody_waited_for_is_delivered_before_the_test_ends() {
    let said = panic_of(|| {
        let outlook = Outlook::with_profile("Work");
        let work = outlook.open("Work").expect("it is logged on");
        let token = work.advise(&callback_fn(|_| panic!("on purpose")), 0);
        outlook.on_disconnect("client", move || {
            assert_eq!(work.unadvise(token.expect("Advise")), S_OK);
        });
        outlook.work_offline();
    });
    assert!(said.contains("error panic-in-notify of client"), "{said}");
    let said = panic_of(|| {
        let outlook = ThreadedOutlook::with_profile("Work");
        let work = outlook.open("Work").expect("it is logged on");
        let callback = threaded_callback_fn(|_| {
            std::thread::sleep(std::time::Duration::from_millis(30));
            panic!("on purpose");
        });
        let token = work.advise(&callback, 0);
        drop(callback);
        outlook.on_disconnect("client", move || {
            assert_eq!(work.unadvise(token.expect("Advise")), S_OK);
        });
        outlook.work_offline();
    });
    assert!(said.contains("error panic-in-notify of client"), "{said}");
    assert_eq!(said.matches("panic-in-notify").count(), 3, "{said}");
}

#[test]
fn an_outlook_that_cannot_be_made_says_which_profile_and_why() {
    let built = Outlook::builder().profile("Work").profile("work").build();
    let error = built.err().expect("there is one already");
    let words = "the profile \"work\" cannot be made: MAPI_E_NO_ACCESS";
    assert_eq!(
        (error.to_string().as_str(), format!("{error:?}").as_str()),
        (words, words)
    );
    let built = ThreadedOutlook::builder().profile("a\\b").build();
    let said = format!("{:?}", built.err().expect("no such name is allowed"));
    let words = "the profile \"a\\\\b\" cannot be made: E_INVALIDARG";
    assert_eq!(said, words);
}

#[test]
fn right_clients_and_known_findings_fail_nothing() {
    registers(&Outlook::with_profile("Work"), false);
    registers_on_threads(&ThreadedOutlook::with_profile("Work"), false);
    let outlook = Outlook::with_profile("Work");
    registers(&outlook, true);
    assert_eq!(outlook.shut_down().len(), 1);
    let outlook = Outlook::with_profile("Work");
    registers(&outlook, true);
    outlook.log_off("Work");
    assert!(outlook.has_found(FindingId::LeakedRegistration));
    drop(outlook);
    let outlook = ThreadedOutlook::with_profile("Work");
    registers_on_threads(&outlook, true);
    outlook.quit();
    assert_eq!(outlook.findings().len(), 1);
}

#[test]
fn one_that_is_told_so_verifies_nothing() {
    let builder = Outlook::builder().profile("Work").verify_on_drop(false);
    registers(&builder.build().expect("a name"), true);
    let builder = ThreadedOutlook::builder().profile("Work");
    let outlook = builder.verify_on_drop(false).build().expect("a name");
    registers_on_threads(&outlook, true);
}

#[test]
fn a_test_that_has_failed_already_fails_with_its_own_panic() {
    let said = panic_of(|| {
        let outlook = Outlook::with_profile("Work");
        registers(&outlook, true);
        panic!("the test's own");
    });
    assert_eq!(said, "the test's own");
    let said = panic_of(|| {
        let outlook = ThreadedOutlook::with_profile("Work");
        registers_on_threads(&outlook, true);
        panic!("the test's own");
    });
    assert_eq!(said, "the test's own");
}

#[test]
fn what_was_found_so_far_can_be_asserted() {
    let outlook = Outlook::with_profile("Work");
    registers(&outlook, false);
    outlook.assert_clean();
    // A token that is not live is a warning.
    let work = outlook.open("Work").expect("it is logged on");
    assert_eq!(work.unadvise(4711), S_OK);
    outlook.assert_no_errors();
    let said = panic_of(|| outlook.assert_clean());
    assert!(said.contains("warning stale-token"), "{said}");
    outlook.log_off("Work");
    let said = panic_of(|| outlook.assert_no_errors());
    assert!(said.contains("error leaked-reference"), "{said}");
    assert!(!said.contains("stale-token"), "{said}");
    let _ = outlook.findings();
    outlook.assert_clean();
    drop(work);
    let _ = outlook.findings();

    let outlook = ThreadedOutlook::with_profile("Work");
    let work = outlook.open("Work").expect("it is logged on");
    assert_eq!(work.unadvise(4711), S_OK);
    outlook.assert_no_errors();
    assert!(panic_of(|| outlook.assert_clean()).contains("warning stale-token"));
}

/// `never-reached` of the client in the report, in words.
fn unreached(found: &[Found]) -> Vec<(&str, &str)> {
    let unreached = found
        .iter()
        .filter(|found| found.id == FindingId::NeverReached);
    let unreached = unreached.map(|found| (found.client.as_deref(), found.detail.as_str()));
    unreached
        .map(|(client, detail)| (client.expect("it is about somebody"), detail))
        .collect()
}

#[test]
fn open_3_a_client_of_which_nothing_was_tested_has_a_note() {
    const OPENS: &str =
        "it opened an offline object, and never advised, read or set; so nothing of it was tested";
    let outlook = Outlook::with_profile("Work");
    drop(outlook.open("Work"));
    assert_eq!(unreached(&outlook.shut_down()), [("client", OPENS)]);
    let observed = ThreadedOutlook::builder().profile("Work").observer(Sees);
    let outlook = observed.build().expect("a name");
    drop(outlook.open("Work"));
    assert_eq!(unreached(&outlook.shut_down()), [("client", OPENS)]);

    let outlook = Outlook::with_profile("Work");
    outlook.as_client("lost", || assert!(outlook.open("W").is_err()));
    let refused = "it never got an offline object: HrOpenOfflineObj(\"W\") gave MAPI_E_NOT_FOUND; the profiles are \
        Work; so nothing of it was tested";
    assert_eq!(unreached(&outlook.shut_down()), [("lost", refused)]);
}

#[test]
fn open_3_who_reads_or_has_no_name_and_opens_nothing_has_none() {
    let outlook = Outlook::with_profile("Work");
    let work = outlook.as_client("reads", || outlook.open("Work").expect("it opens"));
    outlook.as_client("reads", || work.capabilities().expect("it answers"));
    outlook.as_client("reads", || work.current_state().expect("it answers"));
    // Whoever drops it is nobody in particular.
    drop(work);
    assert_eq!(unreached(&outlook.shut_down()), []);
    let outlook = Outlook::with_profile("Work");
    outlook.work_offline();
    assert_eq!(outlook.shut_down(), []);
    drop(Outlook::with_profile("Work").open("Work"));
}

/// Sees everything, so that it is known who calls what.
struct Sees;

impl Observer for Sees {
    fn observe(&mut self, _: &Record<'_>) {}
}

#[test]
fn nothing_unwinds_out_of_the_callback_in_which_the_last_of_an_outlook_goes() {
    let outer = Outlook::with_profile("Work");
    let work = outer.open("Work").expect("it is logged on");
    let inner = std::cell::Cell::new(Some(Outlook::with_profile("Work")));
    let goes = callback_fn(move |_| {
        if let Some(inner) = inner.take() {
            registers(&inner, true);
            drop(inner);
        }
    });
    let token = work.advise(&goes, 0).expect("Advise");
    drop(goes);
    outer.work_offline();
    outer.run_until_idle();
    assert!(!outer.has_found(FindingId::PanicInNotify));
    assert_eq!(work.unadvise(token), S_OK);
}
