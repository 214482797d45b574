//! What happens, as ids and values.

use mapi_offline_core::{
    Call, CalledFunction, ClientId, Finding, Function, MapiCall, MapiGiven, Notification, NotifyId,
    ObjectId, Reply, RoundId, SessionId, ShutdownMethod, State,
};
use mapi_offline_sys::HRESULT;

use crate::host::HostAction;
use crate::registration_id::RegistrationId;

/// One thing that happened. [`Record::words`](crate::Record::words) puts it into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A client calls.
    Call {
        /// The client.
        client: ClientId,
        /// What it calls, with which arguments.
        call: &'a Call<'a>,
    },
    /// The rules have answered a call; what it causes follows.
    Answered(Answered<'a>),
    /// The call returns.
    Return {
        /// The client.
        client: ClientId,
        /// What it called.
        function: Function,
        /// What comes back.
        reply: Reply,
        /// Whether the call waited (SET-3).
        waited: bool,
    },
    /// A client calls a function or a method of MAPI around the Offline State API.
    MapiCall {
        /// The client.
        client: ClientId,
        /// What it calls, with which arguments.
        call: &'a MapiCall<'a>,
    },
    /// That call returns.
    MapiReturn {
        /// The client.
        client: ClientId,
        /// What it called.
        call: &'a MapiCall<'a>,
        /// What comes back.
        reply: Reply,
        /// What it has given.
        gave: MapiGiven,
    },
    /// A `Notify` begins.
    Notify {
        /// The client that is notified.
        client: ClientId,
        /// The registration.
        registration: RegistrationId,
        /// The `Notify`.
        id: NotifyId,
        /// The round that it belongs to.
        round: RoundId,
        /// What it says.
        notification: Notification,
    },
    /// The `Notify` has returned.
    Notified {
        /// The client that was notified.
        client: ClientId,
        /// The registration.
        registration: RegistrationId,
        /// The `Notify`.
        id: NotifyId,
    },
    /// An object's visible state changed.
    State {
        /// The object.
        object: ObjectId,
        /// Before.
        old: State,
        /// From now on.
        new: State,
    },
    /// A transition has begun. An observer is told of it that [sees silent events](crate::Observer::sees_silent).
    Begun {
        /// Its rounds.
        round: RoundId,
    },
    /// The emulation released a callback.
    Release {
        /// The client that had registered it.
        client: ClientId,
        /// The registration, where a driver knows it.
        registration: Option<RegistrationId>,
        /// How many references are left on the callback.
        references: u32,
    },
    /// The emulation found something to tell.
    Finding(&'a Finding),
    /// A client says what it has concluded.
    Observed {
        /// The client.
        client: ClientId,
        /// What it has concluded something of.
        name: &'a str,
        /// What it has concluded.
        value: &'a str,
    },
    /// Something happened to the host.
    Host(HostAction),
    /// The host quits fast: MAPI has called a provider (HOST-5).
    Provider {
        /// The provider.
        client: ClientId,
        /// Which method of its `IMAPIProviderShutdown`.
        method: ShutdownMethod,
        /// What it gave.
        gave: HRESULT,
    },
    /// A profile is logging off: what is released follows.
    LogsOff {
        /// Its session.
        session: SessionId,
        /// The process ends with it: nothing is released (HOST-2, `quit = fast`).
        ends_process: bool,
    },
    /// A call was left out, because the client does not have what it needs.
    Skipped {
        /// The client.
        client: ClientId,
        /// What it would have called.
        function: Function,
    },
    /// A call was refused before any rule was asked: another thread made it than the Outlook's (LIFE-7), which is told
    /// when the Outlook's own thread goes on, or MAPI was not initialised (PROF-15).
    Refused {
        /// Who called. `None`: another thread, and nobody knows whose.
        client: Option<ClientId>,
        /// What was called.
        function: CalledFunction,
        /// The object that it was called on, if it was an offline object.
        object: Option<ObjectId>,
        /// What it gave; `None`: the count 0.
        gave: Option<HRESULT>,
    },
    /// Something did not happen to the host, because it is about a profile that there is not.
    HostSkipped(HostAction),
}

/// A call that the rules have answered, and how things stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered<'a> {
    /// The client.
    pub client: ClientId,
    /// What it called.
    pub call: &'a Call<'a>,
    /// The answer.
    pub reply: Reply,
    /// The `Notify` calls that it was made inside of.
    pub inside: &'a [NotifyId],
    /// Whether it began a transition.
    pub begins: bool,
    /// Whether the object of a SetCurrentState was alive, and its profile logged on.
    pub was_live: bool,
    /// The rounds of that object's session that were open or due when it was made.
    pub rounds: &'a [RoundId],
}

impl Event<'_> {
    /// Returns true when it is for those alone who check the rules. Traces and reports have no words for it.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        matches!(
            self,
            Self::Answered(_) | Self::Begun { .. } | Self::LogsOff { .. }
        )
    }
}
