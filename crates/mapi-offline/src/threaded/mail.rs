//! Deliveries that have to be made on a certain thread (NOTE-5: `thread = initializing` or
//! `registering`), and wait until it pumps or waits itself.
//!
//! The mail of a thread is one for all logons of an Outlook: a thread that waits in one profile delivers
//! what waits for it in another, or two threads could wait for each other for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mapi_offline_com::{CallbackRef, thread_number};
use mapi_offline_core::{Delivery, NotifyId};

use crate::sync::Mutex;

/// A delivery that waits for a thread. `L`: a logon.
pub(super) struct Letter<L> {
    /// The thread's number.
    thread: u64,
    pub(super) logon: Arc<L>,
    pub(super) delivery: Delivery<CallbackRef>,
}

/// The mail of all threads of one emulated Outlook, for its logons. Nothing else is locked while it is.
pub(super) struct Mail<L>(Mutex<Boxes<L>>);

struct Boxes<L> {
    /// In the order in which they were posted.
    letters: Vec<Letter<L>>,
    /// The logons in which threads wait, by the thread's number; the innermost wait last.
    waiting: BTreeMap<u64, Vec<Arc<L>>>,
    /// The threads that have ended: what is for them never comes.
    ended: BTreeSet<u64>,
}

impl<L> Default for Mail<L> {
    fn default() -> Self {
        Self(Mutex::new(Boxes {
            letters: Vec::new(),
            waiting: BTreeMap::new(),
            ended: BTreeSet::new(),
        }))
    }
}

impl<L> Mail<L> {
    /// Leaves a delivery of `logon` to the thread of that number.
    ///
    /// # Errors
    /// The thread has ended.
    pub(super) fn post(
        &self,
        thread: u64,
        logon: Arc<L>,
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
    pub(super) fn where_waits(&self, thread: u64) -> Option<Arc<L>> {
        self.0.lock().waiting.get(&thread)?.last().cloned()
    }

    /// This thread waits in `logon`, until the answer is dropped.
    pub(super) fn waits_in(&self, logon: Arc<L>) -> Waiting<'_, L> {
        let here = thread_number();
        let mut boxes = self.0.lock();
        boxes.waiting.entry(here).or_default().push(logon);
        Waiting { mail: self, here }
    }

    /// The first delivery that waits for this thread.
    pub(super) fn take(&self) -> Option<Letter<L>> {
        self.take_where(|letter, here| letter.thread == here)
    }

    /// The first delivery of `logon` that waits for this thread.
    pub(super) fn take_of(&self, logon: &L) -> Option<Letter<L>> {
        self.take_where(|letter, here| letter.thread == here && letter.is_of(logon))
    }

    fn take_where(&self, is_it: impl Fn(&Letter<L>, u64) -> bool) -> Option<Letter<L>> {
        let here = thread_number();
        let mut boxes = self.0.lock();
        let mut letters = boxes.letters.iter();
        let place = letters.position(|letter| is_it(letter, here))?;
        Some(boxes.letters.remove(place))
    }

    /// Returns true when some delivery of `logon` waits for this thread.
    pub(super) fn is_any_of(&self, logon: &L) -> bool {
        let here = thread_number();
        let boxes = self.0.lock();
        let mut letters = boxes.letters.iter();
        letters.any(|letter| letter.thread == here && letter.is_of(logon))
    }

    /// The first delivery of `logon` that waits for another thread.
    pub(super) fn first_elsewhere(&self, logon: &L) -> Option<NotifyId> {
        let here = thread_number();
        let boxes = self.0.lock();
        let mut letters = boxes.letters.iter();
        let first = letters.find(|letter| letter.thread != here && letter.is_of(logon));
        first.map(|letter| letter.delivery.id)
    }

    /// Takes out every delivery of `logon` that waits for another thread.
    pub(super) fn take_elsewhere(&self, logon: &L) -> Vec<Letter<L>> {
        let here = thread_number();
        let letters = &mut self.0.lock().letters;
        let elsewhere = |letter: &mut Letter<L>| letter.thread != here && letter.is_of(logon);
        letters.extract_if(.., elsewhere).collect()
    }

    /// Takes out every delivery of `logon`.
    pub(super) fn take_all_of(&self, logon: &L) -> Vec<Letter<L>> {
        let letters = &mut self.0.lock().letters;
        letters
            .extract_if(.., |letter| letter.is_of(logon))
            .collect()
    }

    /// Takes out every delivery of `logon` that is never made: it waits for a thread that has ended, or it is not
    /// due any more.
    pub(super) fn take_lost_of(
        &self,
        logon: &L,
        is_due: impl Fn(&Delivery<CallbackRef>) -> bool,
    ) -> Vec<Letter<L>> {
        let Boxes { letters, ended, .. } = &mut *self.0.lock();
        let is_lost =
            |letter: &Letter<L>| ended.contains(&letter.thread) || !is_due(&letter.delivery);
        letters
            .extract_if(.., |letter| letter.is_of(logon) && is_lost(letter))
            .collect()
    }

    /// Returns true when some delivery of `logon` is not due any more.
    pub(super) fn is_any_undue(
        &self,
        logon: &L,
        is_due: impl Fn(&Delivery<CallbackRef>) -> bool,
    ) -> bool {
        let boxes = self.0.lock();
        let mut letters = boxes.letters.iter();
        letters.any(|letter| letter.is_of(logon) && !is_due(&letter.delivery))
    }

    /// This thread ends. Gives back the logons that have something for it.
    pub(super) fn thread_ended(&self, thread: u64) -> Vec<Arc<L>> {
        let mut boxes = self.0.lock();
        boxes.ended.insert(thread);
        let letters = boxes.letters.iter();
        let ours = letters.filter(|letter| letter.thread == thread);
        ours.map(|letter| Arc::clone(&letter.logon)).collect()
    }
}

impl<L> Letter<L> {
    fn is_of(&self, logon: &L) -> bool {
        std::ptr::eq(&*self.logon, logon)
    }
}

/// A thread waits in a logon, as long as this is there.
pub(super) struct Waiting<'a, L> {
    mail: &'a Mail<L>,
    here: u64,
}

impl<L> Drop for Waiting<'_, L> {
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
