//! Those who make calls: threads, notifications and destructors.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use mapi_offline::{ThreadedManager, ThreadedOutlook};

use crate::calls::CALLS;
use crate::objects::TrackedObject;
use crate::randomness::{Randomness, mixed};
use crate::registrations::TrackedRegistration;
use crate::round::{Place, Round, locked};
use crate::watchdog::doing;

/// A reference on an object. A clone is another one.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    pub(crate) manager: ThreadedManager,
    pub(crate) object: Option<Arc<TrackedObject>>,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The global object of a profile.
    Global,
    /// An object with a parent.
    Child,
    /// Any other.
    Alone,
}

/// So many references at most are held by one player.
const HELD: usize = 6;

/// So deep at most are calls made in the notifications and destructors that other calls bring about.
const DEEPEST: u32 = 4;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// References that are released when the thread ends.
    static KEPT: RefCell<Vec<Opened>> = const { RefCell::new(Vec::new()) };
}

/// Who makes calls.
pub(crate) struct Player<'r> {
    pub(crate) round: &'r Arc<Round>,
    pub(crate) random: Randomness,
    pub(crate) held: Vec<Opened>,
    pub(crate) is_callback: bool,
}

impl<'r> Player<'r> {
    /// A thread.
    pub(crate) fn on_thread(round: &'r Arc<Round>, number: u32) -> Self {
        Self::new(round, u64::from(number) + 1, false)
    }

    /// A notification or a destructor.
    pub(crate) fn in_callback(round: &'r Arc<Round>, stream: u64) -> Self {
        Self::new(round, mixed(stream) | 1 << 63, true)
    }

    fn new(round: &'r Arc<Round>, stream: u64, is_callback: bool) -> Self {
        Self {
            round,
            random: Randomness::new(round.configuration.seed, stream),
            held: Vec::new(),
            is_callback,
        }
    }

    /// Makes all calls of a thread.
    pub(crate) fn plays(&mut self) {
        for _ in 0..self.round.configuration.calls {
            let round = self.round;
            round.calmly(|| self.acts());
        }
        self.held.clear();
    }

    pub(crate) fn acts_on_notification(&mut self, registration: &TrackedRegistration) {
        let times = self.round.configuration.notifications_a_call;
        if self.random.one_in(4 * times) {
            registration.unadvise(self.round);
        }
        if self.random.one_in(times) {
            self.acts();
        }
    }

    pub(crate) fn acts_in_destructor(&mut self) {
        if self.random.one_in(3) {
            self.acts();
        }
    }

    /// Makes one call, of any kind.
    pub(crate) fn acts(&mut self) {
        let depth = DEPTH.get();
        if depth >= DEEPEST || !self.round.takes_call(self.is_callback) {
            return;
        }
        DEPTH.set(depth + 1);
        let all: u32 = CALLS.iter().map(|(weight, ..)| weight).sum();
        let mut at = self.random.below(all);
        for (weight, name, call) in CALLS {
            if at < *weight {
                doing(name, || call(self));
                break;
            }
            at -= weight;
        }
        DEPTH.set(depth);
    }

    /// A place to make a call in: an Outlook, and one of its profiles.
    pub(crate) fn place(&mut self) -> Place {
        let outlooks = &self.round.configuration.outlooks;
        let outlook = self.random.below(outlooks.len() as u32) as usize;
        let profile = self.random.below(outlooks[outlook].profiles) as usize;
        Place { outlook, profile }
    }

    /// Any Outlook; `None`: the round is over.
    pub(crate) fn outlook(&mut self) -> Option<ThreadedOutlook> {
        let place = self.place();
        self.round.outlook(place)
    }

    /// A reference on any object, of this player or another, or a new one.
    pub(crate) fn any_object(&mut self) -> Option<Opened> {
        match self.random.below(4) {
            0 => {
                let shared = locked(&self.round.shared);
                let one = self.random.choose(&shared).cloned();
                drop(shared);
                one
            }
            1 => None,
            _ => self.random.choose(&self.held).cloned(),
        }
        .or_else(|| {
            let place = self.place();
            self.round.open(place)
        })
    }

    /// A reference on an object whose state may be set.
    pub(crate) fn any_settable(&mut self) -> Option<Opened> {
        let any = self.any_object()?;
        let may_be_set = self.round.configuration.sets_children || any.kind != Kind::Child;
        may_be_set.then_some(any)
    }

    /// Keeps a reference, and gives up another if there are too many.
    pub(crate) fn keeps(&mut self, opened: Opened) {
        match self.random.below(40) {
            0 if !self.is_callback => {
                // At the end of a thread there is nowhere to keep it any more.
                let _ = KEPT.try_with(|kept| kept.borrow_mut().push(opened));
                return;
            }
            1..8 => {
                let mut shared = locked(&self.round.shared);
                shared.push(opened);
                let place = self.random.below(shared.len() as u32) as usize;
                let too_many = shared.len() > HELD;
                let other = too_many.then(|| shared.swap_remove(place));
                drop(shared);
                drop(other);
                return;
            }
            _ => self.held.push(opened),
        }
        if self.held.len() > HELD {
            let place = self.random.below(HELD as u32) as usize;
            drop(self.held.swap_remove(place));
        }
    }
}

/// Releases what this thread has kept for its end.
pub(crate) fn release_kept() {
    let kept = KEPT.take();
    drop(kept);
}
