//! The fast shutdown of MAPI: which providers are asked, in which order, and what comes of their answers (HOST-5).

use mapi_offline_sys::{HRESULT, S_OK};

use crate::policy::Quit;

/// What kind of MAPI provider a client is. The order is that in which MAPI calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProviderKind {
    /// A transport provider (`IXPProvider`).
    Transport,
    /// An address book provider (`IABProvider`).
    AddressBook,
    /// A store provider (`IMSProvider`).
    Store,
}

impl ProviderKind {
    /// All of them, in the order in which MAPI calls them.
    pub const ALL: [Self; 3] = [Self::Transport, Self::AddressBook, Self::Store];

    /// Its name in scenario files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::AddressBook => "address-book",
            Self::Store => "store",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A method of `IMAPIProviderShutdown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShutdownMethod {
    /// Does the provider agree to a fast shutdown?
    QueryFastShutdown,
    /// A fast shutdown will be done.
    NotifyProcessShutdown,
    /// The process ends at once.
    DoFastShutdown,
}

impl ShutdownMethod {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueryFastShutdown => "QueryFastShutdown",
            Self::NotifyProcessShutdown => "NotifyProcessShutdown",
            Self::DoFastShutdown => "DoFastShutdown",
        }
    }
}

/// What the administrator has set for fast shutdown: the registry value `FastShutdownBehavior`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FastShutdownBehavior {
    /// 0: it is done unless a provider refuses.
    #[default]
    UnlessRefused,
    /// 1: it is done only if every provider agrees.
    IfAllAgree,
    /// 2: it is never done, and no provider is asked.
    Never,
}

impl FastShutdownBehavior {
    /// The behavior that the registry value means.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::UnlessRefused),
            1 => Some(Self::IfAllAgree),
            2 => Some(Self::Never),
            _ => None,
        }
    }

    /// Does MAPI ask providers at all?
    #[must_use]
    pub const fn asks(self) -> bool {
        !matches!(self, Self::Never)
    }

    /// Does a provider prevent the fast shutdown with what a method of it gave? QueryFastShutdown alone can. `None`: it has
    /// no `IMAPIProviderShutdown`.
    #[must_use]
    pub fn is_prevented_by(self, method: ShutdownMethod, answer: Option<HRESULT>) -> bool {
        if method != ShutdownMethod::QueryFastShutdown {
            return false;
        }
        match (self, answer) {
            (Self::UnlessRefused, None) => false,
            (Self::IfAllAgree, None) | (Self::Never, _) => true,
            (_, Some(hr)) => hr != S_OK,
        }
    }
}

impl Quit {
    /// How the host quits after providers were asked. `is_prevented`: one of them prevents a fast quit, or the
    /// administrator does.
    #[must_use]
    pub const fn after_query(self, is_prevented: bool) -> Self {
        match self {
            Self::Fast if is_prevented => Self::Waits,
            other => other,
        }
    }
}
