//! What happens to the host, by its name in scenario files and traces.

use mapi_offline_core::HostEvent;

/// Something that happens to the host (HOST-1, HOST-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostAction {
    /// The user's toggle or the server.
    Event(HostEvent),
    /// `logon`
    LogOn,
    /// `logoff`
    LogOff,
    /// `quit`
    Quit,
}

impl HostAction {
    /// The name in scenario files and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event(HostEvent::WorkOffline) => "work-offline",
            Self::Event(HostEvent::WorkOnline) => "work-online",
            Self::Event(HostEvent::ServerLost) => "server-lost",
            Self::Event(HostEvent::ServerBack) => "server-back",
            Self::LogOn => "logon",
            Self::LogOff => "logoff",
            Self::Quit => "quit",
        }
    }
}
