//! Which Outlooks a thread delivers something for: what waits for it is lost when it ends.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use mapi_offline_com::thread_number;

use super::logon::Shared;

/// The Outlooks that have this thread deliver something. They are told when it ends.
struct Addressee(RefCell<Vec<Weak<Shared>>>);

impl Drop for Addressee {
    fn drop(&mut self) {
        for shared in self.0.get_mut().drain(..) {
            if let Some(shared) = shared.upgrade() {
                for logon in shared.mail.thread_ended(thread_number()) {
                    logon.thread_ended();
                }
            }
        }
    }
}

crate::sync::thread_local! {
    static ADDRESSEE: Addressee = const { Addressee(RefCell::new(Vec::new())) };
}

/// This thread may have to deliver something for that Outlook: when it ends, what waits for it is lost.
pub(super) fn has_mail_from(shared: &Arc<Shared>) {
    let known = ADDRESSEE.try_with(|Addressee(known)| {
        let mut known = known.borrow_mut();
        known.retain(|outlook| outlook.strong_count() > 0);
        let shared = Arc::downgrade(shared);
        if !known.iter().any(|outlook| outlook.ptr_eq(&shared)) {
            known.push(shared);
        }
    });
    if known.is_err() {
        // It is ending already.
        shared.mail.thread_ended(thread_number());
    }
}
