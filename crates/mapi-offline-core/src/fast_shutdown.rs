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
    /// Whether the provider agrees to a fast shutdown.
    QueryFastShutdown,
    /// A fast shutdown will be done.
    NotifyProcessShutdown,
    /// The process ends at once.
    DoFastShutdown,
}

impl ShutdownMethod {
    /// All three, in the order in which they are called.
    pub const ALL: [Self; 3] = [
        Self::QueryFastShutdown,
        Self::NotifyProcessShutdown,
        Self::DoFastShutdown,
    ];

    /// The method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

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

    /// Returns true when MAPI asks providers at all.
    #[must_use]
    pub const fn asks(self) -> bool {
        !matches!(self, Self::Never)
    }

    /// Returns true when a provider prevents the fast shutdown by what a method of it gave. QueryFastShutdown alone
    /// can. `None`: it has no `IMAPIProviderShutdown`.
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

#[cfg(test)]
mod tests {
    use mapi_offline_sys::{E_FAIL, MAPI_E_NO_SUPPORT};

    use super::*;

    const BEHAVIORS: [FastShutdownBehavior; 3] = [
        FastShutdownBehavior::UnlessRefused,
        FastShutdownBehavior::IfAllAgree,
        FastShutdownBehavior::Never,
    ];

    #[test]
    fn host_5_each_kind_of_provider_and_each_method_has_its_name() {
        let names = ProviderKind::ALL.map(ProviderKind::name);
        assert_eq!(names, ["transport", "address-book", "store"]);
        let kinds = names.map(ProviderKind::from_name);
        assert_eq!(kinds, ProviderKind::ALL.map(Some));
        assert_eq!(ProviderKind::from_name("Store"), None);
        let method = ShutdownMethod::NotifyProcessShutdown;
        assert_eq!(method.name(), "NotifyProcessShutdown");
    }

    #[test]
    fn host_5_the_registry_value_says_whether_providers_are_asked() {
        let numbers = [0, 1, 2].map(FastShutdownBehavior::from_number);
        assert_eq!(numbers, BEHAVIORS.map(Some));
        assert_eq!(FastShutdownBehavior::from_number(3), None);
        let asks = BEHAVIORS.map(FastShutdownBehavior::asks);
        assert_eq!(asks, [true, true, false]);
    }

    #[test]
    fn host_5_a_provider_prevents_a_fast_shutdown_unless_it_agrees() {
        let query = ShutdownMethod::QueryFastShutdown;
        let prevented = |answer| BEHAVIORS.map(|behavior| behavior.is_prevented_by(query, answer));
        assert_eq!(prevented(Some(S_OK)), [false, false, true]);
        assert_eq!(prevented(Some(E_FAIL)), [true; 3]);
        assert_eq!(prevented(Some(MAPI_E_NO_SUPPORT)), [true; 3]);
        // Who cannot be asked has neither agreed nor refused.
        assert_eq!(prevented(None), [false, true, true]);
    }

    #[test]
    fn host_5_what_a_provider_answers_later_prevents_nothing() {
        for behavior in BEHAVIORS {
            for method in [
                ShutdownMethod::NotifyProcessShutdown,
                ShutdownMethod::DoFastShutdown,
            ] {
                assert!(!behavior.is_prevented_by(method, Some(E_FAIL)));
                assert!(!behavior.is_prevented_by(method, None));
            }
        }
    }

    #[test]
    fn host_5_a_fast_quit_that_is_prevented_waits() {
        for quit in [Quit::Asks, Quit::Fast, Quit::Waits] {
            assert_eq!(quit.after_query(false), quit);
        }
        assert_eq!(Quit::Fast.after_query(true), Quit::Waits);
        assert_eq!(Quit::Asks.after_query(true), Quit::Asks);
    }
}
