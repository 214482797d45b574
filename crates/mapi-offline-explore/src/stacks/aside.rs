//! Stacks that are put aside, and what a choice stands for.

use mapi_offline::sys::HRESULT;

use super::suspend::{Pause, PausedCall, Work};
use crate::strategy::Actor;

/// A stack that is put aside.
pub(super) struct Aside {
    pub(super) work: Work,
    pub(super) pause: Pause,
    /// Whose it is: a client's, or the emulation's.
    pub(super) actor: Actor,
    /// The client's name, if it is a client's own code, and else empty.
    pub(super) name: String,
}

impl Aside {
    /// Returns true when it is about to make a call that nobody may go before.
    pub(super) fn is_alone(&self) -> bool {
        matches!(&self.pause, Pause::Call(call) if call.alone.is_some())
    }

    /// What the client calls, in words.
    pub(super) fn call_label(&self) -> String {
        match &self.pause {
            Pause::Call(PausedCall {
                what,
                alone: Some(client),
                ..
            }) if self.name.is_empty() => format!("{client} calls {what} in a callback"),
            Pause::Call(PausedCall { what, .. }) | Pause::Leave(what) => {
                format!("{} calls {what}", self.name)
            }
            Pause::Wait { client, .. } | Pause::Until { client, .. } => client.clone(),
        }
    }
}

/// What a choice stands for.
#[derive(Clone, Copy)]
pub(super) enum ChoiceTarget {
    /// A stack goes on, by its place.
    Stack(usize),
    /// A stack goes on with a call that returns this, on purpose.
    Failing(usize, HRESULT),
    /// A turn is played, by its place.
    Turn(usize, Actor),
    /// A waiting call returns: the turn, and the stack.
    Return(usize, usize),
    /// The next step of the host.
    Host,
}
