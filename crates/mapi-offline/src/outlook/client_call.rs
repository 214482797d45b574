//! A call of a client's code that has not returned.

use mapi_offline_core::{ClientId, ShutdownMethod};

use crate::client_code::Depth;
use crate::deep::StackPlace;

/// Which of a client's methods the emulation calls.
#[derive(Clone, Copy, Debug)]
pub(super) enum ClientMethod {
    /// `IMAPIOfflineNotify::Notify`, of the notification that the machine is inside of.
    Notify,
    /// `Release` of a callback.
    Release,
    /// Of a provider's `IMAPIProviderShutdown`.
    Provider(ShutdownMethod),
}

impl ClientMethod {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Notify => "Notify",
            Self::Release => "Release",
            Self::Provider(method) => method.name(),
        }
    }
}

/// A call of a client's code that has not returned.
#[derive(Debug)]
pub(super) struct ClientCall {
    pub(super) client: ClientId,
    pub(super) method: ClientMethod,
    /// From where on the stack it was made.
    pub(super) place: StackPlace,
    /// On whose behalf calls were made before it, and how many times effects were being carried out then.
    pub(super) before: (ClientId, u32),
    /// How deep the thread was in clients' code before it.
    pub(super) depth: Depth,
}
