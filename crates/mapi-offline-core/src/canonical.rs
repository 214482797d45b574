//! What a world is apart from its counters (see [`World::canonical`]).

use crate::ids::{NotifyId, ObjectId, RoundId, SessionId, Token, WaitId};
use crate::session::Exact;
use crate::world::World;

/// What stands for an id that names nothing any more.
const GONE: [u32; 2] = [u32::MAX; 2];

impl<C: Clone + Eq> World<C> {
    fn rank_of_session(&self, id: SessionId) -> Option<u32> {
        let place = self.sessions().position(|session| session.id() == id);
        place.map(|place| place as u32)
    }

    /// An object in canonical form.
    #[must_use]
    pub fn rank_of_object(&self, object: ObjectId) -> [u32; 2] {
        let session = self.session(object.session);
        let rank = session.map(|session| session.rank_of_object(object.index));
        self.rank_of_session(object.session)
            .zip(rank)
            .map_or(GONE, Into::into)
    }

    /// A round in canonical form.
    #[must_use]
    pub fn rank_of_round(&self, round: RoundId) -> [u32; 2] {
        let session = self.session(round.session);
        let rank = session.map(|session| session.rank_of_round(round.number));
        self.rank_of_session(round.session)
            .zip(rank)
            .map_or(GONE, Into::into)
    }

    /// A running `Notify` in canonical form.
    #[must_use]
    pub fn rank_of_notify(&self, id: NotifyId) -> [u32; 2] {
        let session = self.session(id.session);
        let rank = session.map(|session| session.rank_of_notify(id));
        self.rank_of_session(id.session)
            .zip(rank)
            .map_or(GONE, Into::into)
    }

    /// Somebody who waits, in canonical form.
    #[must_use]
    pub fn rank_of_wait(&self, wait: WaitId) -> [u32; 2] {
        let session = self.session(wait.session);
        let rank = session.map(|session| session.rank_of_wait(wait));
        self.rank_of_session(wait.session)
            .zip(rank)
            .map_or(GONE, Into::into)
    }

    /// A token in canonical form, where every token is of one profile's sessions: session, object
    /// and registration; or that it is stale, which it then stays (ADV-4).
    #[must_use]
    pub fn rank_of_token(&self, token: Token) -> [u32; 3] {
        let live = self.sessions().zip(0..).find_map(|(session, rank)| {
            let (object, registration) = session.rank_of_token(token)?;
            Some([rank, object, registration])
        });
        live.unwrap_or([u32::MAX; 3])
    }

    /// Shows every callback that is held or running.
    pub fn callbacks(&self, mut show: impl FnMut(&C)) {
        for session in self.sessions() {
            session.callbacks(&mut show);
        }
    }

    /// Adds the canonical form: ids by their rank among what lives, and no counters. Two worlds
    /// of the same [`crate::Config`] and the same profiles at the start whose words are the same
    /// behave alike from now on, if callers name things alike (`rank_of_…`). `callback` names a
    /// callback.
    pub fn canonical(
        &self,
        exact: Exact,
        mut callback: impl FnMut(&C) -> u32,
        words: &mut Vec<u32>,
    ) {
        self.canonical_accounts(exact, words);
        for session in self.sessions() {
            session.canonical(exact, &mut callback, words);
        }
    }
}
