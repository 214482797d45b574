//! What only some arms can do. A rule that needs one of these says so in its bounds, and the list
//! of rules says of every other arm that it cannot show it, and why.

use mapi_offline_core::{AdviseArgs, ClientId, HostEvent, OpenArgs, ProviderKind, ShutdownMethod};
use mapi_offline_sys::{HRESULT, MAPIOFFLINE_NOTIFY};

use crate::arm::{Arm, Callback, HeldBy, Interface, Reaction, Sink};
use crate::calls::CreateCall;

/// An arm whose host waits for what its events cause (HOST-4).
pub trait Waits: Arm {
    /// As [`Arm::host`], and waits until the transition that this causes is over: `S_OK`, or
    /// `E_FAIL` if the profile logs off first.
    fn host_and_wait(&self, profile: &str, event: HostEvent) -> HRESULT;
}

/// An arm in which each client owns its references, and nobody else may use them (LIFE-6).
pub trait OwnReferences: Arm {}

/// What a provider's `IMAPIProviderShutdown` does when MAPI calls one of its methods.
pub type Shutdown = Box<dyn Fn(ShutdownMethod) -> HRESULT + Send>;

/// An arm whose host quits (HOST-2).
pub trait Quits: Arm {
    /// What the client does when it disconnects.
    fn on_disconnect(&self, client: ClientId, does: impl FnOnce(&Self) + Send + 'static);

    /// The client is asked when the host quits fast, too.
    fn require_shutdown_notification(&self, client: ClientId);

    /// The client is a provider. `shutdown`: what its `IMAPIProviderShutdown` does; `None`: it has none (HOST-5).
    fn add_provider(&self, client: ClientId, kind: ProviderKind, shutdown: Option<Shutdown>);

    /// The client is connected, and does this then (HOST-6).
    fn connect(&self, client: ClientId, does: impl FnOnce(&Self));

    /// The client is told that startup is complete, and does this then (HOST-6).
    fn started(&self, client: ClientId, does: impl FnOnce(&Self));

    /// The user disconnects the client.
    fn disconnect(&self, client: ClientId);

    /// The host quits.
    fn quit(&self);
}

/// An arm with callbacks made by our Rust adapters, which contain panics (NOTE-7).
pub trait Adapters: Arm {
    /// As [`Arm::callback`], made by an adapter. It has no number, and is registered at once,
    /// with this client token. Gives the advise token.
    fn advise_adapter(
        &self,
        on: HeldBy<Self>,
        client_token: u32,
        reaction: Reaction<Self>,
    ) -> Result<u32, HRESULT>;
}

/// An arm with COM objects behind real pointers. Between its clients references belong to the
/// process: a pointer may be handed on (LIFE-6).
pub trait Pointers: Arm {
    /// [`Arm::open`] with an out pointer to something that is not null: what it says after.
    fn open_over(&self, client: ClientId, args: &OpenArgs<'_>) -> (HRESULT, usize);

    /// [`Arm::create`] with an out pointer to something that is not null: what it says after.
    fn create_over(
        &self,
        client: ClientId,
        call: &CreateCall<'_, Self::Object>,
    ) -> (HRESULT, usize);

    /// [`Arm::advise`] with a token pointer to something that is not 0: what it says after.
    fn advise_over(&self, on: HeldBy<Self>, args: &AdviseArgs, sink: Sink) -> (HRESULT, u32);

    /// `QueryInterface` with an out pointer to something that is not null: what it says after.
    /// The reference that it may give is released.
    fn query_over(&self, on: HeldBy<Self>, interface: Interface) -> (HRESULT, usize);

    /// The references on a callback.
    fn references_on(&self, callback: Callback) -> u32;

    /// The structures that a callback was handed, as they were during the call.
    fn handed(&self, callback: Callback) -> Vec<MAPIOFFLINE_NOTIFY>;

    /// The bytes that are now where the structure was that the callback was handed last.
    fn kept(&self, callback: Callback) -> [u8; size_of::<MAPIOFFLINE_NOTIFY>()];

    /// The end: the host quits, and what leaked is reported.
    fn shut_down(&self);
}
