//! A call, its answer, and how far it has come.

use mapi_offline::sys::{E_FAIL, HRESULT, hresult};
use mapi_offline_core::{ClientId, HostEvent, State};

use super::{Handle, NotifyName, Registration};

/// A call of a client's, or the host's doing. Its arguments are well-formed, save where it says
/// otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "`client` is who calls, `on` what it is called on, `handle` and `registration` what \
              a success is to be called from now on"
)]
pub enum ModelCall {
    /// `HrOpenOfflineObj` of the profile.
    Open { client: ClientId, handle: Handle },
    /// `HrCreateOfflineObj` without a pInstance: always a new object (CREATE-4).
    Create {
        client: ClientId,
        parent: Option<Handle>,
        capabilities: u32,
        handle: Handle,
    },
    /// `AddRef`; the answer is the count.
    AddRef { on: Handle },
    /// `QueryInterface` for one of the three interfaces (LIFE-1).
    Query { on: Handle },
    /// `Release`; the answer is the count.
    Release { on: Handle },
    /// `GetCapabilities`; the answer is the mask, without bits outside 0x3.
    GetCapabilities { on: Handle },
    /// `GetCurrentState`; the answer is the state word, without bits outside 0x3.
    GetCurrentState { on: Handle },
    /// `SetCurrentState`
    Set {
        on: Handle,
        block: bool,
        state: State,
    },
    /// `Advise` of a callback of its own.
    Advise {
        on: Handle,
        registration: Registration,
        client_token: u32,
    },
    /// `Unadvise` with the token that this registration got.
    Unadvise {
        on: Handle,
        registration: Registration,
    },
    /// A call of `HrOpenOfflineObj` that OPEN-1 refuses.
    MalformedOpen,
    /// A call of `HrCreateOfflineObj` that CREATE-1 refuses.
    MalformedCreate,
    /// A call of `SetCurrentState` that SET-1 refuses.
    MalformedSet { on: Handle },
    /// A call of `Advise` that ADV-1 refuses. `null_callback`: pCallback is null, and nothing
    /// else is wrong.
    MalformedAdvise { on: Handle, null_callback: bool },
    /// Something happens to the host (HOST-1). `waits`: the call waits for what it causes.
    Host { event: HostEvent, waits: bool },
    /// The host logs the profile off (LIFE-3).
    LogOff,
    /// The host logs the profile on (HOST-2).
    LogOn,
}

/// What a call gives: a number (0 if it has nothing to give but `S_OK`), or an error.
pub type Answer = Result<u32, HRESULT>;

/// An answer in words.
pub(super) fn told(answer: &Answer) -> String {
    match answer {
        Ok(value) => value.to_string(),
        Err(hr) => hresult::name(*hr).map_or_else(|| format!("{hr:?}"), str::to_owned),
    }
}

/// How far a call has come.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Progress {
    /// It has not taken effect.
    Asked,
    /// It waits until this transition is over (SET-3).
    Waits(u32),
    /// It gives this. None: whatever it likes.
    Gives(Option<Answer>),
}

impl Progress {
    /// A call that waited may return.
    pub(super) const fn let_go() -> Self {
        Self::Gives(Some(Ok(0)))
    }

    /// The profile has logged off before the call could return.
    pub(super) const fn let_go_by_log_off() -> Self {
        Self::Gives(Some(Err(E_FAIL)))
    }
}

/// A call that has begun and not returned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pending {
    pub(super) call: ModelCall,
    pub(super) inside: Vec<NotifyName>,
    pub(super) progress: Progress,
    /// The transition whose STARTs are delivered during the call (SET-11).
    pub(super) starts: Option<u32>,
}
