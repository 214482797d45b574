//! Clients that are being connected, and what they get of the host then (HOST-6, LOGON-4).

use super::World;
use crate::function::Function;
use crate::ids::ClientId;
use crate::profiles::ProfileId;
use mapi_offline_sys::HRESULT;

impl<C: Clone + Eq> World<C> {
    /// The host connects a client, as a provider's Logon or an add-in's OnConnection (HOST-6), or has connected it.
    /// One connecting may stand in another: each is to end.
    pub fn set_connecting(&mut self, client: ClientId, is_connecting: bool) {
        if is_connecting {
            self.connecting.begin(client);
        } else {
            self.connecting.end(client);
        }
    }

    /// Returns true when a client is being connected (HOST-6).
    #[must_use]
    pub const fn is_connecting_any(&self) -> bool {
        self.connecting.is_any()
    }

    /// Returns true when the client can open nothing, because it is being connected (HOST-6).
    pub(super) fn cannot_open(&self, client: ClientId) -> bool {
        self.connecting.cannot_open(&self.config.policy, client)
    }

    /// The profile whose session the host shares with whoever logs on to MAPI (LOGON-4): the default one, while it is
    /// logged on.
    #[must_use]
    pub fn shared_by_host(&self) -> Option<ProfileId> {
        let default = self.profiles.default_profile()?;
        self.session_of(default).and(Some(default))
    }

    /// `client` calls a function that is none of the rules'. Gives what the call returns if it is to fail on purpose
    /// (FAIL-1).
    pub fn fails_on_purpose(&mut self, client: ClientId, function: Function) -> Option<HRESULT> {
        self.failures.called(client, function)
    }
}
