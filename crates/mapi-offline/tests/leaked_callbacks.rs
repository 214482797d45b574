//! `leaked-callback` only of what is really left: the client's own Release may come after ours.

use mapi_offline::sys::{IMAPIOfflineNotify, IMAPIOfflineNotify_Impl, MAPIOFFLINE_NOTIFY};
use mapi_offline::{
    FindingId, Found, Outlook, ThreadedCallback, ThreadedOutlook, callback_fn, threaded_callback_fn,
};
use windows_core::implement;

/// A callback that is written as a COM object, as add-ins do.
#[implement(IMAPIOfflineNotify)]
struct Implemented;

impl IMAPIOfflineNotify_Impl for Implemented_Impl {
    unsafe fn Notify(&self, _: *const MAPIOFFLINE_NOTIFY) {}
}

fn ids(found: &[Found]) -> Vec<FindingId> {
    found.iter().map(|found| found.id).collect()
}

/// Registers a callback and ends that; then `rest` gets the client's own reference. Returns what is found.
fn found_with(
    callback: IMAPIOfflineNotify,
    rest: impl FnOnce(IMAPIOfflineNotify),
) -> Vec<FindingId> {
    let outlook = Outlook::builder().profile("Work").build().expect("valid");
    let work = outlook.open("Work").expect("it opens");
    work.capabilities().expect("it answers");
    let token = work.advise(&callback, 0).expect("Advise");
    assert_eq!(work.unadvise(token), mapi_offline::sys::S_OK);
    drop(work);
    rest(callback);
    ids(&outlook.shut_down())
}

fn found_on_threads(
    callback: ThreadedCallback,
    rest: impl FnOnce(ThreadedCallback),
) -> Vec<FindingId> {
    let outlook = ThreadedOutlook::builder()
        .profile("Work")
        .build()
        .expect("valid");
    let work = outlook.open("Work").expect("it opens");
    work.capabilities().expect("it answers");
    let token = work.advise(&callback, 0).expect("Advise");
    assert_eq!(work.unadvise(token), mapi_offline::sys::S_OK);
    drop(work);
    rest(callback);
    ids(&outlook.shut_down())
}

#[test]
fn a_callback_that_its_maker_drops_after_unadvise_is_no_leak() {
    assert_eq!(found_with(callback_fn(|_| ()), drop), []);
    assert_eq!(found_with(Implemented.into(), drop), []);
    assert_eq!(found_on_threads(threaded_callback_fn(|_| ()), drop), []);
    // SAFETY: it has no fields, so any thread may call and release it.
    let implemented = || unsafe { ThreadedCallback::from_com(Implemented.into()) };
    assert_eq!(found_on_threads(implemented(), drop), []);
}

#[test]
fn a_callback_that_its_maker_never_drops_is_a_leak() {
    let leaked = [FindingId::LeakedCallback];
    assert_eq!(found_with(callback_fn(|_| ()), std::mem::forget), leaked);
    assert_eq!(found_with(Implemented.into(), std::mem::forget), leaked);
    let callback = threaded_callback_fn(|_| ());
    assert_eq!(found_on_threads(callback, std::mem::forget), leaked);
    // SAFETY: it has no fields, so any thread may call and release it.
    let implemented = unsafe { ThreadedCallback::from_com(Implemented.into()) };
    assert_eq!(found_on_threads(implemented, std::mem::forget), leaked);
}
