//! How sessions end: log-off, and the end of the process.

use super::World;
use crate::call::{Call, Reply};
use crate::effect::{Effect, Effects};
use crate::finding::Finding;
use crate::ids::{Caller, ClientId};
use crate::profiles::ProfileId;
use crate::quit::SessionEnd;
use crate::session::Session;
use mapi_offline_sys::E_FAIL;

impl<C: Clone + Eq> World<C> {
    /// The host logs a profile off (LIFE-3). Nothing happens if it is not logged on.
    pub fn log_off(&mut self, profile: ProfileId, effects: &mut Effects<C>) {
        self.end_session(profile, SessionEnd::LogOff { not_asked: &[] }, effects);
    }

    /// As [`World::log_off`], in the way that `end` says.
    pub fn end_session(
        &mut self,
        profile: ProfileId,
        end: SessionEnd<'_>,
        effects: &mut Effects<C>,
    ) {
        let Some(account) = self.accounts.get_mut(&profile) else {
            return;
        };
        let Some(id) = account.session.take() else {
            return;
        };
        if let Some(session) = self.sessions.get_mut(&id) {
            account.client_chooses(session.take_choice());
            session.end(end, effects);
            account.registrations_made = session.registrations_made();
        }
        self.sweep(id);
        self.profiles_mut().end_session(profile);
    }

    /// The process ends without a log-off (HOST-2, `quit = fast`): until a profile logs on again every call is
    /// reported as `call-after-logoff`. The sessions are ended one by one, with [`World::end_session`].
    pub const fn end_process(&mut self) {
        self.has_ended = true;
    }

    /// Returns true when the process has ended.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Returns true when `client` holds a reference on an offline object, of a profile that is logged on or was.
    #[must_use]
    pub fn is_held_by(&self, client: ClientId) -> bool {
        self.sessions()
            .any(|session: &Session<C>| session.is_held_by(client))
    }

    /// A call that is made although the process has ended, and is no method: it fails.
    pub(super) fn called_after_the_end(
        caller: Caller<'_>,
        call: &Call<'_, C>,
        effects: &mut Effects<C>,
    ) -> Reply {
        let found = Finding::called_after_the_end(caller.client, call.function().name());
        effects.push(Effect::found(found));
        Reply::Returns(E_FAIL)
    }
}
