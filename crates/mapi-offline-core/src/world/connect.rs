//! Clients that are being connected, and what they get of the host then (HOST-6, LOGON-4).

use super::World;
use crate::call::Function;
use crate::ids::ClientId;
use crate::policy::OpenDuringLogon;
use crate::profiles::ProfileId;
use mapi_offline_sys::HRESULT;

impl<C: Clone + Eq> World<C> {
    /// The host connects a client, as a provider's Logon or an add-in's OnConnection (HOST-6), or has connected it.
    pub fn set_connecting(&mut self, client: ClientId, is_connecting: bool) {
        self.connecting.retain(|&other| other != client);
        if is_connecting {
            self.connecting.push(client);
        }
    }

    /// Is any client being connected (HOST-6)?
    #[must_use]
    pub const fn is_connecting_any(&self) -> bool {
        !self.connecting.is_empty()
    }

    /// Can the client open nothing, because it is being connected (HOST-6)?
    pub(super) fn cannot_open(&self, client: ClientId) -> bool {
        self.config.policy.open_during_logon == OpenDuringLogon::NotFound
            && self.connecting.contains(&client)
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
