//! What a round knows of an offline object: which of its notifications are running.

use std::sync::{Arc, Mutex};

use mapi_offline::{StateChange, ThreadedManager};
use mapi_offline_core::{Join, Order, Policy};

use crate::round::locked;

/// An offline object that the test recognizes.
pub(crate) struct TrackedObject {
    /// As long as it is here, no other object has its address.
    manager: Mutex<Option<ThreadedManager>>,
    /// The object at the top of its family; `None`: it is that itself.
    root: Option<Arc<TrackedObject>>,
    own: Mutex<Running>,
    /// Of the whole family, if it is the root.
    family: Mutex<Running>,
}

/// The notifications that are running, noise not counted.
#[derive(Default)]
struct Running {
    now: Vec<StateChange>,
    /// How many have begun.
    begun: u64,
    last: Option<Last>,
}

/// The notification that began last.
struct Last {
    change: StateChange,
    token: u32,
    at: u64,
}

/// The registration that a notification begins on.
pub(crate) struct Begins {
    /// Its advise token; 0 if Advise has not returned yet.
    pub(crate) token: u32,
    /// When Advise had returned.
    pub(crate) made_at: u64,
    /// Now.
    pub(crate) at: u64,
}

impl TrackedObject {
    pub(crate) fn new(manager: ThreadedManager, parent: Option<&Arc<Self>>) -> Self {
        let root = parent.map(|parent| parent.root.as_ref().unwrap_or(parent));
        Self {
            manager: Mutex::new(Some(manager)),
            root: root.cloned(),
            own: Mutex::default(),
            family: Mutex::default(),
        }
    }

    pub(crate) fn is(&self, manager: &ThreadedManager) -> bool {
        locked(&self.manager).as_ref() == Some(manager)
    }

    /// The test gives up its reference.
    pub(crate) fn forget(&self) {
        let manager = locked(&self.manager).take();
        drop(manager);
    }

    /// How many notifications have begun.
    pub(crate) fn begun(&self) -> u64 {
        locked(&self.own).begun
    }

    /// A notification begins. Gives back how many had begun before.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn begins(
        &self,
        change: StateChange,
        on: &Begins,
        policy: &Policy,
        sets_children: bool,
    ) -> (u64, Vec<Wrong>) {
        let mut wrong = Vec::new();
        let mut own = locked(&self.own);
        if let Some(other) = own.now.first() {
            wrong.push(Wrong::always(format!(
                "NOTE-1: {change} begins while {other} runs on the same object"
            )));
        }
        wrong.extend(
            own.last
                .as_ref()
                .and_then(|last| last.precedes(change, on, policy)),
        );
        own.now.push(change);
        let before = own.begun;
        own.begun += 1;
        if on.token != 0 {
            own.last = Some(Last {
                change,
                token: on.token,
                at: on.at,
            });
        }
        drop(own);
        if !sets_children {
            let family = &self.root.as_deref().unwrap_or(self).family;
            let now = &mut locked(family).now;
            if let Some(other) = now.first() {
                wrong.push(Wrong::always(format!(
                    "NOTE-1: {change} begins while {other} runs in the same transition"
                )));
            }
            now.push(change);
        }
        (before, wrong)
    }

    /// The notification has ended.
    pub(crate) fn ends(&self, change: StateChange, sets_children: bool) {
        let end = |running: &Mutex<Running>| {
            let now = &mut locked(running).now;
            if let Some(place) = now.iter().position(|running| *running == change) {
                now.swap_remove(place);
            }
        };
        if !sets_children {
            end(&self.root.as_deref().unwrap_or(self).family);
        }
        end(&self.own);
    }
}

impl Last {
    /// What is wrong with this one having come before `next`, if anything (NOTE-4).
    fn precedes(&self, change: StateChange, next: &Begins, policy: &Policy) -> Option<Wrong> {
        if self.change != change || next.token == 0 {
            return None;
        }
        let is_wrong = match policy.order {
            Order::Registration => next.token <= self.token,
            // It was there before, and so its turn was earlier. One that takes part from the next transition
            // on may have been left out of the one before, of which nobody heard the rest.
            Order::Reverse => {
                next.token >= self.token && next.made_at < self.at && policy.join == Join::NextPhase
            }
            Order::Shuffled => false,
        };
        is_wrong.then(|| {
            Wrong::unless_passed_over(format!(
                "NOTE-4: {change} for token {} after that for token {}",
                next.token, self.token
            ))
        })
    }
}

/// Something that is against the rules.
pub(crate) struct Wrong {
    pub(crate) text: String,
    /// It may be so if notifications were passed over, because a thread did not pump (NOTE-5).
    pub(crate) may_be_passed_over: bool,
}

impl Wrong {
    pub(crate) fn always(text: String) -> Self {
        Self {
            text,
            may_be_passed_over: false,
        }
    }

    pub(crate) fn unless_passed_over(text: String) -> Self {
        Self {
            text,
            may_be_passed_over: true,
        }
    }
}
