//! Deliveries that have to be made on a certain thread (NOTE-5: `thread = initializing` or
//! `registering`), and wait until it pumps or waits itself.
//!
//! The mail of a thread is one for all logons of an Outlook: a thread that waits in one profile delivers
//! what waits for it in another, or two threads could wait for each other for ever.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};

use mapi_offline_com::{CallbackRef, thread_number};
use mapi_offline_core::{Delivery, NotifyId};

use super::logon::Logon;
use super::shared::Shared;
use crate::sync::Mutex;

/// A delivery that waits for a thread.
pub(super) struct Letter {
    /// The thread's number.
    thread: u64,
    pub(super) logon: Arc<Logon>,
    pub(super) delivery: Delivery<CallbackRef>,
}

/// The mail of all threads of one emulated Outlook. Nothing else is locked while it is.
#[derive(Default)]
pub(super) struct Mail(Mutex<Boxes>);

#[derive(Default)]
struct Boxes {
    /// In the order in which they were posted.
    letters: Vec<Letter>,
    /// The logons in which threads wait, by the thread's number; the innermost wait last.
    waiting: BTreeMap<u64, Vec<Arc<Logon>>>,
    /// The threads that have ended: what is for them never comes.
    ended: BTreeSet<u64>,
}

impl Mail {
    /// Leaves a delivery of `logon` to the thread of that number.
    ///
    /// # Errors
    /// The thread has ended.
    pub(super) fn post(
        &self,
        thread: u64,
        logon: Arc<Logon>,
        delivery: Delivery<CallbackRef>,
    ) -> Result<(), Delivery<CallbackRef>> {
        let mut boxes = self.0.lock();
        if boxes.ended.contains(&thread) {
            return Err(delivery);
        }
        boxes.letters.push(Letter {
            thread,
            logon,
            delivery,
        });
        Ok(())
    }

    /// The logon in which the thread of that number waits.
    pub(super) fn where_waits(&self, thread: u64) -> Option<Arc<Logon>> {
        self.0.lock().waiting.get(&thread)?.last().cloned()
    }

    /// This thread waits in `logon`, until the answer is dropped.
    pub(super) fn waits_in(&self, logon: Arc<Logon>) -> Waiting<'_> {
        let here = thread_number();
        let mut boxes = self.0.lock();
        boxes.waiting.entry(here).or_default().push(logon);
        Waiting { mail: self, here }
    }

    /// The first delivery that waits for this thread.
    pub(super) fn take(&self) -> Option<Letter> {
        self.take_where(|letter, here| letter.thread == here)
    }

    /// The first delivery of `logon` that waits for this thread.
    pub(super) fn take_of(&self, logon: &Logon) -> Option<Letter> {
        self.take_where(|letter, here| letter.thread == here && letter.is_of(logon))
    }

    fn take_where(&self, is_it: impl Fn(&Letter, u64) -> bool) -> Option<Letter> {
        let here = thread_number();
        let mut boxes = self.0.lock();
        let mut letters = boxes.letters.iter();
        let place = letters.position(|letter| is_it(letter, here))?;
        Some(boxes.letters.remove(place))
    }

    /// Returns true when some delivery of `logon` waits for this thread.
    pub(super) fn is_any_of(&self, logon: &Logon) -> bool {
        let here = thread_number();
        let boxes = self.0.lock();
        let mut letters = boxes.letters.iter();
        letters.any(|letter| letter.thread == here && letter.is_of(logon))
    }

    /// The first delivery of `logon` that waits for another thread.
    pub(super) fn first_elsewhere(&self, logon: &Logon) -> Option<NotifyId> {
        let here = thread_number();
        let boxes = self.0.lock();
        let mut letters = boxes.letters.iter();
        let first = letters.find(|letter| letter.thread != here && letter.is_of(logon));
        first.map(|letter| letter.delivery.id)
    }

    /// Takes out every delivery of `logon` that waits for another thread.
    pub(super) fn take_elsewhere(&self, logon: &Logon) -> Vec<Letter> {
        let here = thread_number();
        let letters = &mut self.0.lock().letters;
        let elsewhere = |letter: &mut Letter| letter.thread != here && letter.is_of(logon);
        letters.extract_if(.., elsewhere).collect()
    }

    /// Takes out every delivery of `logon`.
    pub(super) fn take_all_of(&self, logon: &Logon) -> Vec<Letter> {
        let letters = &mut self.0.lock().letters;
        letters
            .extract_if(.., |letter| letter.is_of(logon))
            .collect()
    }

    /// Takes out every delivery of `logon` that is never made: it waits for a thread that has ended, or it is not
    /// due any more.
    pub(super) fn take_lost_of(
        &self,
        logon: &Logon,
        is_due: impl Fn(&Delivery<CallbackRef>) -> bool,
    ) -> Vec<Letter> {
        let Boxes { letters, ended, .. } = &mut *self.0.lock();
        let is_lost = |letter: &Letter| ended.contains(&letter.thread) || !is_due(&letter.delivery);
        letters
            .extract_if(.., |letter| letter.is_of(logon) && is_lost(letter))
            .collect()
    }

    /// Returns true when some delivery of `logon` is not due any more.
    pub(super) fn is_any_undue(
        &self,
        logon: &Logon,
        is_due: impl Fn(&Delivery<CallbackRef>) -> bool,
    ) -> bool {
        let boxes = self.0.lock();
        let mut letters = boxes.letters.iter();
        letters.any(|letter| letter.is_of(logon) && !is_due(&letter.delivery))
    }

    /// This thread ends. Gives back the logons that have something for it.
    fn thread_ended(&self, thread: u64) -> Vec<Arc<Logon>> {
        let mut boxes = self.0.lock();
        boxes.ended.insert(thread);
        let letters = boxes.letters.iter();
        let ours = letters.filter(|letter| letter.thread == thread);
        ours.map(|letter| Arc::clone(&letter.logon)).collect()
    }
}

impl Letter {
    /// Makes the delivery on this thread, and goes on with its round.
    pub(super) fn perform(self) {
        let Self {
            logon, delivery, ..
        } = self;
        logon.perform(&delivery);
    }

    fn is_of(&self, logon: &Logon) -> bool {
        std::ptr::eq(&*self.logon, logon)
    }
}

/// A thread waits in a logon, as long as this is there.
pub(super) struct Waiting<'a> {
    mail: &'a Mail,
    here: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut boxes = self.mail.0.lock();
        if let Some(places) = boxes.waiting.get_mut(&self.here) {
            // What it keeps alive goes when nothing is locked.
            let place = places.pop();
            if places.is_empty() {
                boxes.waiting.remove(&self.here);
            }
            drop(boxes);
            drop(place);
        }
    }
}

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
