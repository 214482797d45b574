//! What a round knows of a registration: what it has heard, and whether it may hear anything more.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use mapi_offline::sys::S_OK;
use mapi_offline::{Phase, StateChange};
use mapi_offline_core::{Join, Late, State, Visible};

use crate::objects::{Begins, Wrong};
use crate::players::{Kind, Opened};
use crate::round::{Place, Round, locked};

/// A registration that the test follows.
pub(crate) struct TrackedRegistration {
    place: Place,
    kind: Kind,
    /// What it gave to Advise: no other registration of the round has it.
    pub(crate) client_token: u32,
    /// 0 until Advise has returned, and the client has given up its own reference on the callback.
    token: AtomicU32,
    made_at: AtomicU64,
    capabilities: u32,
    object: Option<Arc<crate::objects::TrackedObject>>,
    /// Through which pointer it is unregistered; `None`: whoever does it opens the profile.
    through: Mutex<Option<Opened>>,
    is_taken: AtomicBool,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    changes: Vec<StateChange>,
    running: u32,
    /// Its Unadvise has returned. So many notifications of its object had begun by then.
    gone: Option<u64>,
    /// How many notifications have begun since.
    late: u32,
}

impl TrackedRegistration {
    /// One that is about to be made. `keeps`: the registration is unregistered through the pointer that it was
    /// made through, and not through one that is opened for that.
    pub(crate) fn new(round: &Round, opened: &Opened, capabilities: u32, keeps: bool) -> Arc<Self> {
        let registration = Arc::new(Self {
            place: opened.place,
            kind: opened.kind,
            client_token: round.next_client_token(),
            token: AtomicU32::new(0),
            made_at: AtomicU64::new(0),
            capabilities,
            object: opened.object.clone(),
            through: Mutex::new(keeps.then(|| opened.clone())),
            is_taken: AtomicBool::new(false),
            heard: Mutex::default(),
        });
        locked(&round.all).push(Arc::clone(&registration));
        registration
    }

    /// The Outlook that it is made in.
    pub(crate) fn outlook(&self) -> usize {
        self.place.outlook
    }

    /// Advise has returned.
    pub(crate) fn is_made(&self, round: &Round) {
        self.made_at.store(round.now(), SeqCst);
    }

    /// From now on anybody may unregister it.
    pub(crate) fn publish(&self, token: u32) {
        self.token.store(token, SeqCst);
    }

    /// Gives up the pointer.
    pub(crate) fn forget(&self) {
        let through = locked(&self.through).take();
        drop(through);
    }

    /// Unregisters it, if nobody has before; or though somebody has.
    pub(crate) fn unadvise(&self, round: &Round) {
        let token = self.token.load(SeqCst);
        if token == 0 {
            return; // Advise has not returned.
        }
        let is_first = !self.is_taken.swap(true, SeqCst);
        if !is_first && !round.configuration.unadvises_twice {
            return;
        }
        let through = locked(&self.through).clone();
        let Some(through) = through.or_else(|| round.open(self.place)) else {
            return; // The profile has logged off.
        };
        let hr = through.manager.unadvise(token);
        if hr != S_OK {
            round.is_wrong(
                self.place,
                Wrong::always(format!("UNADV-1: Unadvise gives {hr:?}")),
            );
        }
        let begun = self.object.as_ref().map_or(0, |object| object.begun());
        locked(&self.heard).gone.get_or_insert(begun);
        self.forget();
    }

    /// A notification begins on it.
    pub(crate) fn begins(&self, round: &Round, change: StateChange) {
        let policy = round.policy(self.place);
        let mut all_wrong = Vec::new();
        let on = Begins {
            token: self.token.load(SeqCst),
            made_at: self.made_at.load(SeqCst),
            at: round.now(),
        };
        let before = self.object.as_ref().map(|object| {
            let sets_children = round.configuration.sets_children;
            let (before, wrong) = object.begins(change, &on, policy, sets_children);
            all_wrong.extend(wrong);
            before
        });
        let mut heard = locked(&self.heard);
        heard.running += 1;
        if heard.running > 1 {
            all_wrong.push(Wrong::always(format!(
                "NOTE-1: {change} begins while another runs"
            )));
        }
        if let Some(gone) = heard.gone {
            heard.late += 1;
            // One may have started when Unadvise returned, or be queued: it is the next of its object.
            let is_next = before.is_none_or(|before| before <= gone);
            if heard.late > 1 || (!is_next && policy.late == Late::Never) {
                all_wrong.push(Wrong::always(format!("UNADV-3: {change} after Unadvise")));
            }
        }
        heard.changes.push(change);
        drop(heard);
        for mut wrong in all_wrong {
            wrong.text = format!("{} ({})", wrong.text, self.describe());
            round.is_wrong(self.place, wrong);
        }
    }

    /// The notification has ended.
    pub(crate) fn ends(&self, round: &Round, change: StateChange) {
        locked(&self.heard).running -= 1;
        if let Some(object) = &self.object {
            object.ends(change, round.configuration.sets_children);
        }
    }

    /// In a notification the object is in the state that its phase says (STATE-2).
    pub(crate) fn check_state(&self, round: &Round, change: StateChange) {
        let through = locked(&self.through).clone();
        let word = through.and_then(|through| through.manager.current_state().ok());
        let Some(state) = word.and_then(State::masked) else {
            return; // The profile has logged off, or nothing is left to ask through.
        };
        let first = match round.policy(self.place).visible {
            Visible::StateChange => Phase::StateChange,
            Visible::Done => Phase::Done,
        };
        let expected = if change.phase >= first {
            change.new
        } else {
            change.old
        };
        if state != expected {
            let text = format!(
                "STATE-2: in {change} the state is {state} ({})",
                self.describe()
            );
            round.is_wrong(self.place, Wrong::always(text));
        }
    }

    /// Checks the order of all that it has heard (NOTE-1, NOTE-8). `strictly`: nothing was passed over.
    pub(crate) fn check_order(&self, round: &Round, strictly: bool) {
        let starts_anywhere =
            round.policy(self.place).join == Join::NextPhase || self.kind == Kind::Child;
        let sets_children = round.configuration.sets_children;
        let heard = locked(&self.heard);
        let changes = &heard.changes;
        let mut previous = None;
        for &change in changes {
            let is_right = match previous {
                None => starts_anywhere || change.phase == Phase::Start,
                Some(previous) => self.follows(previous, change, sets_children),
            };
            if !is_right && strictly {
                let history: Vec<String> = changes.iter().map(ToString::to_string).collect();
                let history = history.join(", ");
                let text = format!(
                    "NOTE-1, NOTE-8: {change} out of order ({}): {history}",
                    self.describe()
                );
                return round.is_wrong(self.place, Wrong::always(text));
            }
            previous = Some(change);
        }
    }

    fn follows(&self, previous: StateChange, next: StateChange, sets_children: bool) -> bool {
        let Some(phase) = previous.phase.next() else {
            let notifies_of_all = self.capabilities == 3;
            // A child that goes elsewhere at once is covered by the transition under which it was made, from
            // the next phase on (CREATE-11).
            let joins = sets_children && self.kind == Kind::Child;
            return (next.phase == Phase::Start || joins)
                && (!notifies_of_all || next.old == previous.new);
        };
        (next.phase, next.old, next.new) == (phase, previous.old, previous.new)
    }

    fn describe(&self) -> String {
        format!(
            "{:?}, client token {}, token {}, {:?}, capabilities {}",
            self.place,
            self.client_token,
            self.token.load(SeqCst),
            self.kind,
            self.capabilities
        )
    }
}
