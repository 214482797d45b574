//! What an explorer decides between, and what it has to do for that.
//!
//! Without it a BLOCK call of a COM client lets the machine go on from inside the call. An
//! explorer gives each client, and each delivery, a stack of its own: then a call that waits puts
//! only its own stack aside, and any number of them can wait at once.

use mapi_offline_core::Function;
use mapi_offline_sys::HRESULT;

/// Something that the emulation can do next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Turn {
    /// What it is.
    pub kind: TurnKind,
    /// In words, the same in every run: `open Work START`, `deliver Work START`. Empty for a
    /// call that returns.
    pub label: String,
    /// Whether it lets a notification of noise come (NOTE-6).
    pub is_noise: bool,
}

/// What kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TurnKind {
    /// The call that waits for this may return; see [`Stacks::wait`].
    Return(u64),
    /// A round of the session of that number opens.
    Open(u32),
    /// A round of the session of that number delivers its next notification. A client runs.
    Deliver(u32),
}

/// A call that a client is about to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallAhead<'a> {
    /// Whose call it is.
    pub client: &'a str,
    /// What is called.
    pub function: Function,
    /// Whether others may go first. Not before what is called inside a `Notify` or inside another call, and not before
    /// a function that no rule of the API is about.
    pub others_may_go_first: bool,
}

/// Keeps the stacks on which clients run. The emulation calls it on the stack of the client.
pub trait Stacks {
    /// A client is about to call a function. Comes back when the call is to be made, with what it is then to return if
    /// it is to fail on purpose (FAIL-1): one of [`Function::failures`].
    fn before_call(&self, ahead: CallAhead<'_>) -> Option<HRESULT>;

    /// Returns true when calls may be made to fail. If not, what nobody may go before is not asked about.
    fn lets_calls_fail(&self) -> bool;

    /// A call of `client` waits. Comes back with `true` when the [`TurnKind::Return`] of that
    /// number has been played; with `false`, at once, if this stack cannot be put aside. The
    /// call then lets the machine go on itself.
    fn wait(&self, client: &str, number: u64) -> bool;
}
