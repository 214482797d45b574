//! The MAPI providers among clients, and what MAPI asks them when the host quits fast (HOST-5).

use mapi_offline_core::{ClientId, FastShutdownBehavior, ProviderKind, Quit, ShutdownMethod};
use mapi_offline_sys::HRESULT;

/// What MAPI calls of one provider's `IMAPIProviderShutdown`. `F`: such code.
struct AskedProvider<F: ?Sized> {
    client: ClientId,
    kind: ProviderKind,
    /// `None`: it has no such interface, or is being called.
    shutdown: Option<Box<F>>,
    has_interface: bool,
}

/// The providers, in the order in which they were made known.
pub(crate) struct Providers<F: ?Sized> {
    behavior: FastShutdownBehavior,
    all: Vec<AskedProvider<F>>,
    /// Whether a fast quit is prevented, by the administrator or by a provider that was asked.
    is_prevented: bool,
}

impl<F: ?Sized> Default for Providers<F> {
    fn default() -> Self {
        Self {
            behavior: FastShutdownBehavior::default(),
            all: Vec::new(),
            is_prevented: false,
        }
    }
}

impl<F: ?Sized> Providers<F> {
    /// The administrator has set this.
    pub(crate) const fn administer(&mut self, behavior: FastShutdownBehavior) {
        self.behavior = behavior;
    }

    /// The client is a provider. `shutdown`: its `IMAPIProviderShutdown`, if it has one.
    pub(crate) fn add(&mut self, client: ClientId, kind: ProviderKind, shutdown: Option<Box<F>>) {
        self.all.push(AskedProvider {
            client,
            kind,
            has_interface: shutdown.is_some(),
            shutdown,
        });
    }

    /// Returns true when the client is a provider.
    pub(crate) fn has(&self, client: ClientId) -> bool {
        self.all.iter().any(|provider| provider.client == client)
    }

    /// The providers; each with whether it has `IMAPIProviderShutdown`.
    pub(crate) fn list(&self) -> Vec<(ClientId, ProviderKind, bool)> {
        let all = self.all.iter();
        all.map(|it| (it.client, it.kind, it.has_interface))
            .collect()
    }

    /// A quit begins, in the way that the policy says. Returns true when providers are asked.
    pub(crate) const fn begin(&mut self, quit: Quit) -> bool {
        self.is_prevented = !self.behavior.asks();
        matches!(quit, Quit::Fast) && self.behavior.asks()
    }

    /// The places of the providers, in the order in which MAPI calls them.
    pub(crate) fn in_order(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.all.len()).collect();
        places.sort_by_key(|&place| self.all[place].kind);
        places
    }

    /// What is to be called of the provider at `place`, which is given back with [`Providers::called`]. `None`: it has no
    /// `IMAPIProviderShutdown`.
    pub(crate) fn take(&mut self, place: usize) -> Option<(ClientId, Box<F>)> {
        let provider = &mut self.all[place];
        Some((provider.client, provider.shutdown.take()?))
    }

    /// The provider at `place` has been called.
    pub(crate) fn give_back(&mut self, place: usize, shutdown: Box<F>) {
        self.all[place].shutdown = Some(shutdown);
    }

    /// What a method of a provider gave; `None`: it has no `IMAPIProviderShutdown`.
    pub(crate) fn gave(&mut self, method: ShutdownMethod, gave: Option<HRESULT>) {
        self.is_prevented |= self.behavior.is_prevented_by(method, gave);
    }

    /// How the host quits, where the policy says `quit`, now that providers have been asked.
    pub(crate) const fn quits(&self, quit: Quit) -> Quit {
        quit.after_query(self.is_prevented)
    }
}
