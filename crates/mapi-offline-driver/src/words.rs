//! The words for what happens: one renderer for traces, timelines and stories.

use std::borrow::Cow;

use mapi_offline_core::{CalledFunction, Finding, FindingId, Notification, ShutdownMethod, State};
use mapi_offline_sys::HRESULT;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::fields::Fields;
use crate::found_place::FoundPlace;
use crate::host::HostActionKind;
use crate::names::Names;

mod arguments;
pub(crate) mod in_traces;
mod owned;

use arguments::{arguments, arguments_of_mapi, results, results_of_mapi};
pub use in_traces::{NotifyType, SkippedAction, StateWord};

/// An [`Event`] with names in the place of ids. Serialized it is in words, and its keys stand in the order of the trace
/// format; what a trace says is read back into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Words<'a> {
    /// A client calls.
    Call {
        /// The client.
        actor: Cow<'a, str>,
        /// The function or method.
        #[serde(rename = "fn", with = "in_traces")]
        function: CalledFunction,
        /// The arguments that matter.
        args: Fields<'a>,
    },
    /// The call returns.
    Return {
        /// The client.
        actor: Cow<'a, str>,
        /// The function or method.
        #[serde(rename = "fn", with = "in_traces")]
        function: CalledFunction,
        /// The HRESULT, told by its name. `S_OK` for AddRef and Release, whose count is in `out`.
        #[serde(with = "in_traces")]
        hr: HRESULT,
        /// The results.
        out: Fields<'a>,
    },
    /// A `Notify` begins.
    Notify {
        /// The client that is notified.
        client: Cow<'a, str>,
        /// The registration: its name in the scenario, else its advise token.
        registration: Cow<'a, str>,
        /// `ulClientToken`
        client_token: u32,
        /// `NotifyType`: `START`, `STATECHANGE`, `STATECHANGE_DONE`, or a number.
        #[serde(rename = "type", with = "in_traces")]
        notify_type: NotifyType,
        /// `ulMask`
        mask: u32,
        /// `ulStateOld`: `ONLINE`, `OFFLINE`, or a number.
        #[serde(with = "in_traces")]
        old: StateWord,
        /// `ulStateNew`: `ONLINE`, `OFFLINE`, or a number.
        #[serde(with = "in_traces")]
        new: StateWord,
    },
    /// The `Notify` has returned.
    Notified {
        /// The client that was notified.
        client: Cow<'a, str>,
        /// The registration.
        registration: Cow<'a, str>,
    },
    /// An object's visible state changed.
    State {
        /// The object: its profile's name, and `/` and its own name if it is not the global one.
        object: Cow<'a, str>,
        /// Before.
        #[serde(with = "in_traces")]
        old: State,
        /// From now on.
        #[serde(with = "in_traces")]
        new: State,
    },
    /// The emulation released a callback.
    Release {
        /// The client that had registered it.
        client: Cow<'a, str>,
        /// How many references are left on the callback.
        refs: u32,
    },
    /// The emulation found something to tell.
    Finding {
        /// What kind.
        #[serde(with = "in_traces")]
        id: FindingId,
        /// Whom it is about.
        client: Option<Cow<'a, str>>,
        /// The rule it rests on.
        rule: Cow<'static, str>,
        /// What happened.
        detail: Cow<'a, str>,
        /// Which thing it is about, and which calls it goes back to.
        #[serde(
            rename = "where",
            skip_serializing_if = "FoundPlace::is_empty",
            default
        )]
        place: FoundPlace,
    },
    /// A client says what it has concluded.
    Observe {
        /// The client.
        actor: Cow<'a, str>,
        /// What it has concluded something of.
        name: Cow<'a, str>,
        /// What it has concluded.
        value: Cow<'a, str>,
    },
    /// Something happened to the host.
    Host {
        /// What: `work-offline`, `logoff` …
        #[serde(with = "in_traces")]
        event: HostActionKind,
        /// The client that it is about, if it is about one.
        #[serde(skip_serializing_if = "Option::is_none")]
        client: Option<Cow<'a, str>>,
    },
    /// The host quits fast: MAPI has called a provider.
    Provider {
        /// The provider.
        client: Cow<'a, str>,
        /// The method of its `IMAPIProviderShutdown`.
        #[serde(rename = "fn", with = "in_traces")]
        function: ShutdownMethod,
        /// What it gave: told by the name of the HRESULT.
        #[serde(with = "in_traces")]
        hr: HRESULT,
    },
    /// A call was refused before any rule was asked.
    Refused {
        /// Who called; none where it was another thread, and nobody knows whose.
        #[serde(skip_serializing_if = "Option::is_none")]
        actor: Option<Cow<'a, str>>,
        /// The function or method.
        #[serde(rename = "fn", with = "in_traces")]
        function: CalledFunction,
        /// The object that it was called on, if it was an offline object.
        object: Option<Cow<'a, str>>,
        /// What it gave: told by the name of the HRESULT; `None`: the count `0`.
        #[serde(with = "in_traces")]
        gave: Option<HRESULT>,
    },
    /// A call was left out, because the client does not have what it needs.
    Skipped {
        /// The client, or the host.
        actor: Cow<'a, str>,
        /// The function or method, or what would have happened to the host.
        #[serde(rename = "fn", with = "in_traces")]
        function: SkippedAction,
    },
}

impl<'a> Words<'a> {
    /// The words for an event; `None`: it is silent.
    pub(crate) fn of(event: Event<'a>, names: &'a dyn Names) -> Option<Self> {
        Some(match event {
            Event::Notify {
                client,
                registration,
                notification,
                ..
            } => {
                let registration = names.registration(client, registration);
                Self::notify(names.client(client), registration, &notification)
            }
            Event::Notified {
                client,
                registration,
                ..
            } => Self::Notified {
                client: names.client(client),
                registration: names.registration(client, registration),
            },
            Event::State { object, old, new } => {
                let object = names.object(object).unwrap_or(Cow::Borrowed("?"));
                Self::State { object, old, new }
            }
            Event::Release {
                client, references, ..
            } => Self::Release {
                client: names.client(client),
                refs: references,
            },
            Event::Finding(finding) => Self::finding(finding, names),
            Event::Host(action) => {
                let (event, client) = (action.kind(), action.client());
                let client = client.map(|client| names.client(client));
                Self::Host { event, client }
            }
            Event::Provider {
                client,
                method,
                gave,
            } => Self::Provider {
                client: names.client(client),
                function: method,
                hr: gave,
            },
            of_a_client => return Self::of_call(of_a_client, names),
        })
    }

    /// The words for what a client does, or leaves; `None`: it is silent.
    fn of_call(event: Event<'a>, names: &'a dyn Names) -> Option<Self> {
        Some(match event {
            Event::Call { client, call } => Self::Call {
                actor: names.client(client),
                function: call.function().into(),
                args: arguments(call, names),
            },
            Event::MapiCall { client, call } => Self::Call {
                actor: names.client(client),
                function: call.function,
                args: arguments_of_mapi(call),
            },
            Event::MapiReturn {
                client,
                call,
                reply,
                ..
            } => Self::Return {
                actor: names.client(client),
                function: call.function,
                hr: reply.hresult(),
                out: results_of_mapi(reply),
            },
            Event::Return {
                client,
                function,
                reply,
                ..
            } => Self::Return {
                actor: names.client(client),
                function: function.into(),
                hr: reply.hresult(),
                out: results(function, reply, names),
            },
            Event::Refused {
                client,
                function,
                object,
                gave,
            } => Self::Refused {
                actor: client.map(|client| names.client(client)),
                function,
                object: object.and_then(|object| names.object(object)),
                gave,
            },
            Event::Observed {
                client,
                name,
                value,
            } => Self::Observe {
                actor: names.client(client),
                name: name.into(),
                value: value.into(),
            },
            Event::Skipped { client, function } => Self::Skipped {
                actor: names.client(client),
                function: SkippedAction::Call(function),
            },
            Event::HostSkipped(action) => Self::Skipped {
                actor: Cow::Borrowed("host"),
                function: SkippedAction::OfHost(action.kind()),
            },
            _ => return None,
        })
    }

    fn finding(finding: &'a Finding, names: &'a dyn Names) -> Self {
        Self::Finding {
            id: finding.id,
            client: finding.client.map(|client| names.client(client)),
            rule: finding.rule.into(),
            detail: finding.detail.as_str().into(),
            place: FoundPlace::new(&finding.place, names).without_lines(),
        }
    }

    fn notify(client: Cow<'a, str>, registration: Cow<'a, str>, of: &Notification) -> Self {
        Self::Notify {
            client,
            registration,
            client_token: of.client_token,
            notify_type: NotifyType(of.notify_type),
            mask: of.mask,
            old: StateWord(of.old),
            new: StateWord(of.new),
        }
    }
}

/// Why an object cannot be aggregated (CREATE-13).
pub const fn not_aggregated(outer_is_null: bool) -> &'static str {
    if outer_is_null {
        "pOuterObj is null"
    } else {
        "an object that exists already cannot be aggregated"
    }
}
