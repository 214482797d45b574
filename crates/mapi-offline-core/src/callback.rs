//! Whose a registered callback is: a script's, or that of a client of another kind.

use std::convert::Infallible;
use std::fmt::Debug;

/// The callback of a scripted registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScriptCallback {
    /// Whose it is: the place among the scripted clients.
    pub client: usize,
    /// The place among the client's registrations.
    pub registration: usize,
}

/// A callback of a client that is no script: whoever brings the client knows what it is.
pub trait OutsideCallback: Copy + Eq + Debug {}

impl<C: Copy + Eq + Debug> OutsideCallback for C {}

/// The callback of a registration: of a script, or of a client from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnyCallback<C = Infallible> {
    /// The engine knows what it does.
    Scripted(ScriptCallback),
    /// It is called outside of the engine.
    Outside(C),
}
