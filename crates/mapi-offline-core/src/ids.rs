//! The names by which the core and its drivers speak of things. None of them is an address.

use std::fmt;

use crate::phase::Phase;

/// A client: who made a call, who owns a reference or a registration. The driver gives them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u32);

/// One logon of one profile. A profile that logs on again gets a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u32);

/// An offline object of a session. 0 is the first that was made, as a rule the global object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// The session it belongs to.
    pub session: SessionId,
    /// Its number within the session, never given twice.
    pub index: u32,
}

/// A transition, and at the same time the round of notifications of the phase it is in; or a
/// round of noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoundId {
    /// The session it belongs to.
    pub session: SessionId,
    /// Its number within the session, never given twice.
    pub number: u32,
}

/// One opening of a round: a phase of a transition, or a piece of noise, from the moment it opens
/// until it has ended.
///
/// The number of a round names its transition, and so all three phases of it. A driver that gives a lock
/// back between two deliveries keeps this, so that it never goes on in a phase that somebody else
/// has opened meanwhile. [`Session::opened`](crate::Session::opened) makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OpenRound {
    round: RoundId,
    /// None is noise, which opens once.
    phase: Option<Phase>,
}

impl OpenRound {
    pub(crate) const fn new(round: RoundId, phase: Option<Phase>) -> Self {
        Self { round, phase }
    }

    /// The round that is open.
    #[must_use]
    pub const fn round(self) -> RoundId {
        self.round
    }
}

/// One running `Notify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotifyId {
    /// The session it belongs to.
    pub session: SessionId,
    /// Its number within the session, never given twice.
    pub number: u64,
}

/// Somebody who waits: a BLOCK call, or a host event with `wait`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaitId {
    /// The session it waits in.
    pub session: SessionId,
    /// Its number within the session, never given twice.
    pub number: u32,
}

/// What `Advise` gives and `Unadvise` takes. Never 0 (ADV-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u32);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who calls, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The client on whose behalf the call is made.
    pub client: ClientId,
    /// The `Notify` calls that the calling thread is inside of, the outermost first.
    pub inside: &'a [NotifyId],
}

impl Caller<'static> {
    /// A call from outside any `Notify`.
    #[must_use]
    pub const fn outside(client: ClientId) -> Self {
        Self {
            client,
            inside: &[],
        }
    }
}
