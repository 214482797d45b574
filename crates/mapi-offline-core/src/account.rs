//! What the host knows of a profile, and what it comes to want.

use crate::ids::SessionId;
use crate::state::{CAPABILITIES_ALL, State};

/// What happens to the host from outside (HOST-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostEvent {
    /// The user chooses Work Offline.
    WorkOffline,
    /// The user chooses to work online again.
    WorkOnline,
    /// The server cannot be reached any more.
    ServerLost,
    /// The server is back.
    ServerBack,
}

/// What the host is told of a profile before anybody calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileSettings {
    /// The state that its global object begins in: whether the user is online.
    pub state: State,
    /// What its global object notifies of.
    pub capabilities: u32,
    /// Whether it has a global object (OPEN-3).
    pub offline_object: bool,
    /// Whether MAPI_APP_PROFILE is set on it (PROF-8).
    pub app: bool,
}

impl Default for ProfileSettings {
    fn default() -> Self {
        Self {
            state: State::Online,
            capabilities: CAPABILITIES_ALL,
            offline_object: true,
            app: false,
        }
    }
}

/// What the host knows of a profile, logged on or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    /// As it was told.
    pub settings: ProfileSettings,
    /// The logon, if there is one.
    pub session: Option<SessionId>,
    /// How many registrations the sessions before have made (UNADV-5).
    pub registrations_made: u64,
    pub(crate) user_online: bool,
    pub(crate) server_up: bool,
}

impl Account {
    /// A profile that has never been logged on.
    #[must_use]
    pub fn new(settings: ProfileSettings) -> Self {
        Self {
            settings,
            session: None,
            registrations_made: 0,
            user_online: settings.state == State::Online,
            server_up: true,
        }
    }

    /// Something happens to the host (HOST-1).
    pub const fn happens(&mut self, event: HostEvent) {
        match event {
            HostEvent::WorkOffline => self.user_online = false,
            HostEvent::WorkOnline => self.user_online = true,
            HostEvent::ServerLost => self.server_up = false,
            HostEvent::ServerBack => self.server_up = true,
        }
    }

    /// A client has chosen a state for the user (HOST-1, `user-switch = follows`). `None`: it has not.
    pub fn client_chooses(&mut self, state: Option<State>) {
        if let Some(state) = state {
            self.user_online = state == State::Online;
        }
    }

    /// What the host wants: ONLINE when the user is online and the server is up (HOST-1).
    #[must_use]
    pub const fn wants(&self) -> State {
        State::online_if(self.user_online && self.server_up)
    }
}
