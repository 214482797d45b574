//! What happens to the host, by its name in scenario files and traces.

use mapi_offline_core::{ClientId, HostEvent};

/// Something that happens to the host (HOST-1, HOST-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostAction {
    /// The user's toggle or the server.
    Event(HostEvent),
    /// `logon`
    LogOn,
    /// `logoff`
    LogOff,
    /// `connect`: a client is being connected (HOST-6).
    Connect(ClientId),
    /// `connected`: it has been.
    Connected(ClientId),
    /// `started`: a client is told that startup is complete (HOST-6).
    Started(ClientId),
    /// `disconnect`: the user disconnects one client.
    Disconnect(ClientId),
    /// `quit`
    Quit,
}

/// What happens to the host, without the client that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is described at `HostAction`")]
pub enum HostActionKind {
    Event(HostEvent),
    LogOn,
    LogOff,
    Connect,
    Connected,
    Started,
    Disconnect,
    Quit,
}

impl HostActionKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Event(HostEvent::WorkOffline),
        Self::Event(HostEvent::WorkOnline),
        Self::Event(HostEvent::ServerLost),
        Self::Event(HostEvent::ServerBack),
        Self::LogOn,
        Self::LogOff,
        Self::Connect,
        Self::Connected,
        Self::Started,
        Self::Disconnect,
        Self::Quit,
    ];

    /// The one of that [name](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

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
            Self::Connect => "connect",
            Self::Connected => "connected",
            Self::Started => "started",
            Self::Disconnect => "disconnect",
            Self::Quit => "quit",
        }
    }
}

impl HostAction {
    /// Those that are about no client.
    pub const WITHOUT_CLIENT: [Self; 7] = [
        Self::Event(HostEvent::WorkOffline),
        Self::Event(HostEvent::WorkOnline),
        Self::Event(HostEvent::ServerLost),
        Self::Event(HostEvent::ServerBack),
        Self::LogOn,
        Self::LogOff,
        Self::Quit,
    ];

    /// The one of that [name](Self::name) that is about no client.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::WITHOUT_CLIENT.into_iter();
        all.find(|action| action.name() == name)
    }

    /// The client that it is about, if it is about one.
    #[must_use]
    pub const fn client(self) -> Option<ClientId> {
        match self {
            Self::Connect(client)
            | Self::Connected(client)
            | Self::Started(client)
            | Self::Disconnect(client) => Some(client),
            Self::Event(_) | Self::LogOn | Self::LogOff | Self::Quit => None,
        }
    }

    /// The name in scenario files and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.kind().name()
    }

    /// The same without the client that it is about.
    #[must_use]
    pub const fn kind(self) -> HostActionKind {
        match self {
            Self::Event(event) => HostActionKind::Event(event),
            Self::LogOn => HostActionKind::LogOn,
            Self::LogOff => HostActionKind::LogOff,
            Self::Connect(_) => HostActionKind::Connect,
            Self::Connected(_) => HostActionKind::Connected,
            Self::Started(_) => HostActionKind::Started,
            Self::Disconnect(_) => HostActionKind::Disconnect,
            Self::Quit => HostActionKind::Quit,
        }
    }
}
