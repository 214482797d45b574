//! What asked for each transition. Events are named by one more than their number; 0 is none.

use std::collections::{BTreeMap, HashMap};

use mapi_offline_core::{RoundId, SessionId, State};

/// A transition, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct TransitionSeen {
    /// 1, 2 … in the order in which they were first seen.
    pub(crate) number: u32,
    /// What it changes.
    pub(crate) object: Option<String>,
    /// What asked for it.
    pub(crate) asked_by: u32,
}

/// What asks for transitions, and which.
#[derive(Clone, Debug, Default)]
pub(crate) struct Causes {
    seen: BTreeMap<RoundId, TransitionSeen>,
    /// What asked for which state, of which no transition has come yet.
    waiting: Vec<(u32, State)>,
    /// Of each thread: the call or the host's action whose effects come now.
    acting: HashMap<u32, u32>,
    /// What asked for each transition that has begun; 0: something that had to wait for it.
    begun: HashMap<RoundId, u32>,
    /// What asked for the last transition of each session.
    last: HashMap<SessionId, u32>,
}

impl Causes {
    /// An event asks for a state; its effects come next on its thread.
    pub(crate) fn asks(&mut self, event: u32, thread: u32, state: State) {
        self.waiting.push((event, state));
        self.acting.insert(thread, event);
    }

    /// What comes next on a thread is no effect of what asked before.
    pub(crate) fn goes_on(&mut self, thread: u32) {
        self.acting.remove(&thread);
    }

    /// What an event asked for was refused.
    pub(crate) fn refused(&mut self, event: u32) {
        self.waiting.retain(|(waiting, _)| *waiting != event);
    }

    /// A transition has begun: what acts on this thread asked for it, or something before.
    pub(crate) fn begun(&mut self, round: RoundId, thread: u32) {
        let asked_by = self.acting.remove(&thread).unwrap_or(0);
        self.refused(asked_by);
        self.begun.insert(round, asked_by);
        self.last.insert(round.session, asked_by);
    }

    /// What asked for the last transition of a session.
    pub(crate) fn of_session(&self, session: SessionId) -> u32 {
        self.last.get(&session).copied().unwrap_or(0)
    }

    /// The transition of a notification to the state `new` of `object`.
    pub(crate) fn transition(
        &mut self,
        round: RoundId,
        new: Option<State>,
        object: Option<String>,
    ) -> TransitionSeen {
        let number = self.seen.len() as u32 + 1;
        let asked_by = match self.seen.get(&round) {
            Some(seen) => seen.asked_by,
            None => self.what_asked(round, new),
        };
        let seen = self.seen.entry(round).or_insert(TransitionSeen {
            number,
            object,
            asked_by,
        });
        seen.clone()
    }

    /// What asked for a transition to this state: that under which it began, or else the first that was left
    /// waiting for it. Nothing asked for noise.
    fn what_asked(&mut self, round: RoundId, state: Option<State>) -> u32 {
        let (asked_by, state) = match (self.begun.get(&round), state) {
            (Some(&0), Some(state)) => (0, state),
            (Some(&asked_by), _) => return asked_by,
            (None, _) => return 0,
        };
        let mut waiting = self.waiting.iter();
        let Some(place) = waiting.position(|(_, wanted)| *wanted == state) else {
            return asked_by;
        };
        let (asked_by, _) = self.waiting.remove(place);
        self.last.insert(round.session, asked_by);
        asked_by
    }
}
