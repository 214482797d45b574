//! The words for what happens: one renderer for traces, timelines and stories.

use std::borrow::Cow;

use mapi_offline_core::{
    AdviseArgs, Call, CreateArgs, Finding, Function, InterfaceId, Method, Notification, OpenArgs,
    ProfileCall, Reply, SetArgs, Sizes, State,
};
use mapi_offline_sys::{
    GUID, GUID_GlobalState, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK, hresult,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::event::Event;
use crate::names::{self, Names};

/// A value among the arguments or results of a call.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Value<'a> {
    /// A number.
    Number(u64),
    /// A name or a text.
    Text(Cow<'a, str>),
    /// Several names.
    List(&'static [&'static str]),
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

/// Arguments or results, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields<'a>(pub Vec<(&'static str, Value<'a>)>);

impl<'a> Fields<'a> {
    fn add(&mut self, key: &'static str, value: impl Into<Value<'a>>) {
        self.0.push((key, value.into()));
    }

    /// Adds what is said only when it is unusual.
    fn unusual(&mut self, key: &'static str, is: bool, value: impl Into<Value<'a>>) {
        if is {
            self.add(key, value);
        }
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// An [`Event`] in words. Serialized, its keys stand in the order of the trace format.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Words<'a> {
    /// A client calls.
    Call {
        /// The client.
        actor: Cow<'a, str>,
        /// The function or method.
        #[serde(rename = "fn")]
        function: &'static str,
        /// The arguments that matter.
        args: Fields<'a>,
    },
    /// The call returns.
    Return {
        /// The client.
        actor: Cow<'a, str>,
        /// The function or method.
        #[serde(rename = "fn")]
        function: &'static str,
        /// The name of the HRESULT. `S_OK` for AddRef and Release, whose count is in `out`.
        hr: String,
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
        #[serde(rename = "type")]
        notify_type: String,
        /// `ulMask`
        mask: u32,
        /// `ulStateOld`: `ONLINE`, `OFFLINE`, or a number.
        old: String,
        /// `ulStateNew`: `ONLINE`, `OFFLINE`, or a number.
        new: String,
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
        old: &'static str,
        /// From now on.
        new: &'static str,
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
        id: &'static str,
        /// Whom it is about.
        client: Option<Cow<'a, str>>,
        /// The rule it rests on.
        rule: &'static str,
        /// What happened.
        detail: &'a str,
    },
    /// A client says what it has concluded.
    Observe {
        /// The client.
        actor: Cow<'a, str>,
        /// What it has concluded something of.
        name: &'a str,
        /// What it has concluded.
        value: &'a str,
    },
    /// Something happened to the host.
    Host {
        /// What: `work-offline`, `logoff` …
        event: &'static str,
        /// The client that it is about, if it is about one.
        #[serde(skip_serializing_if = "Option::is_none")]
        client: Option<Cow<'a, str>>,
    },
    /// A call was refused, because another thread made it than the Outlook's.
    Refused {
        /// The function or method.
        #[serde(rename = "fn")]
        function: &'a str,
        /// The object that it was called on, if it was an offline object.
        object: Option<Cow<'a, str>>,
        /// What it gave: the name of an HRESULT, or `0`.
        gave: &'a str,
    },
    /// A call was left out, because the client does not have what it needs.
    Skipped {
        /// The client.
        actor: Cow<'a, str>,
        /// The function or method.
        #[serde(rename = "fn")]
        function: &'static str,
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
                let (old, new) = (old.name(), new.name());
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
                let (event, client) = (action.name(), action.client());
                let client = client.map(|client| names.client(client));
                Self::Host { event, client }
            }
            of_a_client => return Self::of_call(of_a_client, names),
        })
    }

    /// The words for what a client does, or leaves; `None`: it is silent.
    fn of_call(event: Event<'a>, names: &'a dyn Names) -> Option<Self> {
        Some(match event {
            Event::Call { client, call } => Self::Call {
                actor: names.client(client),
                function: call.function().name(),
                args: arguments(call, names),
            },
            Event::Return {
                client,
                function,
                reply,
                ..
            } => Self::Return {
                actor: names.client(client),
                function: function.name(),
                hr: hresult::describe(reply.hresult()),
                out: results(function, reply, names),
            },
            Event::Refused {
                function,
                object,
                gave,
            } => {
                let object = object.and_then(|object| names.object(object));
                Self::Refused {
                    function,
                    object,
                    gave,
                }
            }
            Event::Observed {
                client,
                name,
                value,
            } => Self::Observe {
                actor: names.client(client),
                name,
                value,
            },
            Event::Skipped { client, function } => {
                Self::skipped(names.client(client), function.name())
            }
            Event::HostSkipped(action) => Self::skipped(Cow::Borrowed("host"), action.name()),
            _ => return None,
        })
    }

    const fn skipped(actor: Cow<'a, str>, function: &'static str) -> Self {
        Self::Skipped { actor, function }
    }

    fn finding(finding: &'a Finding, names: &'a dyn Names) -> Self {
        Self::Finding {
            id: finding.id.name(),
            client: finding.client.map(|client| names.client(client)),
            rule: finding.rule,
            detail: &finding.detail,
        }
    }

    fn notify(client: Cow<'a, str>, registration: Cow<'a, str>, of: &Notification) -> Self {
        Self::Notify {
            client,
            registration,
            client_token: of.client_token,
            notify_type: names::of_notify_type(of),
            mask: of.mask,
            old: State::describe(of.old),
            new: State::describe(of.new),
        }
    }
}

fn hex(number: u32) -> Value<'static> {
    format!("{number:#x}").into()
}

/// A mask of capabilities: their names, or the number if it has other bits.
fn mask(mask: u32) -> Value<'static> {
    names::of_capabilities(mask).map_or_else(|| hex(mask), Value::List)
}

fn guid(guid: Option<GUID>) -> Value<'static> {
    match guid {
        None => "null".into(),
        Some(guid) if guid == GUID_GlobalState => "GUID_GlobalState".into(),
        Some(guid) => format!("{guid:?}").to_lowercase().into(),
    }
}

/// What is said of the arguments of a call.
fn arguments<'a>(call: &'a Call<'a>, names: &'a dyn Names) -> Fields<'a> {
    let mut fields = Fields::default();
    if !matches!(call, Call::Profile(_))
        && let Some(object) = names.own_object()
    {
        fields.add("object", object);
    }
    match call {
        Call::HrOpenOfflineObj(args) => open(&mut fields, args),
        Call::HrCreateOfflineObj(args) => create(&mut fields, args, names),
        Call::Method(_, of) => method(&mut fields, of, names),
        Call::Profile(call) => profile(&mut fields, call),
    }
    fields
}

/// What is said of what comes back from a call.
fn results<'a>(function: Function, reply: Reply, names: &'a dyn Names) -> Fields<'a> {
    let mut fields = Fields::default();
    match reply {
        Reply::Returns(_) | Reply::Waits(_) => {}
        Reply::Object(object) => {
            let name = names.object(object);
            fields
                .0
                .extend(name.map(|name| ("object", Value::Text(name))));
        }
        Reply::Word(word) if function == Function::GetCapabilities => {
            fields.add("capabilities", mask(word));
        }
        Reply::Word(word) => fields.add("state", State::describe(word)),
        Reply::Token(token) => fields.add("advise_token", token.0),
        Reply::Count(count) => fields.add("refs", count),
        Reply::FailsOnPurpose(_) => fields.add("failure", "on-purpose"),
    }
    fields
}

fn open<'a>(fields: &mut Fields<'a>, args: &'a OpenArgs<'a>) {
    fields.add("profile", args.name.unwrap_or("null"));
    fields.unusual("flags", args.reserved != 0, hex(args.reserved));
    let is_global = args.guid == Some(GUID_GlobalState);
    fields.unusual("guid", !is_global, guid(args.guid));
    fields.unusual("reserved", args.reserved_pointer, "non-null");
    fields.unusual("out", !args.out, "null");
}

fn create<'a>(fields: &mut Fields<'a>, args: &'a CreateArgs<'a>, names: &'a dyn Names) {
    fields.unusual("flags", args.flags != 0, hex(args.flags));
    match &args.info {
        None => fields.add("info", "null"),
        Some(info) => {
            fields.add("profile", info.name.unwrap_or("null"));
            fields.add("guid", guid(info.guid));
            fields.add("instance", guid(info.instance));
            let parent = info.parent.map(|parent| names.parent(parent));
            fields.add("parent", parent.unwrap_or(Cow::Borrowed("null")));
            fields.add("capabilities", mask(info.capabilities));
            fields.unusual("aggregate", info.aggregate.is_some(), "non-null");
            let is_wrong = info.size != names.sizes().create_info;
            fields.unusual("size", is_wrong, info.size);
            let flags = info.create_flags;
            fields.unusual("create_flags", flags != 0, hex(flags));
        }
    }
    fields.unusual("out", !args.out, "null");
}

fn method<'a>(fields: &mut Fields<'a>, method: &Method<'a>, names: &'a dyn Names) {
    match method {
        Method::QueryInterface(interface) => fields.add("interface", interface_name(*interface)),
        Method::AddRef | Method::Release | Method::Placeholder { .. } => {}
        Method::GetCapabilities { out } | Method::GetCurrentState { out } => {
            fields.unusual("out", !out, "null");
        }
        Method::SetCurrentState(args) => set(fields, args),
        Method::Advise { args, callback } => {
            let registration = names.own_registration();
            fields
                .0
                .extend(registration.map(|name| ("registration", name.into())));
            advise(fields, args, names.sizes());
            fields.unusual("callback", callback.is_none(), "no-interface");
        }
        Method::Unadvise { flags, token } => {
            fields.add("advise_token", token.0);
            fields.unusual("flags", *flags != 0, hex(*flags));
        }
    }
}

fn interface_name(interface: InterfaceId<'_>) -> Value<'_> {
    match interface {
        InterfaceId::Unknown => "IUnknown".into(),
        InterfaceId::Offline => "IMAPIOffline".into(),
        InterfaceId::OfflineMgr => "IMAPIOfflineMgr".into(),
        InterfaceId::Other(iid) => format!("{iid:?}").to_lowercase().into(),
        InterfaceId::Named(name) => name.into(),
    }
}

fn set<'a>(fields: &mut Fields<'a>, args: &SetArgs) {
    let flags = match args.flags {
        MAPIOFFLINE_FLAG_DEFAULT => "DEFAULT".into(),
        MAPIOFFLINE_FLAG_BLOCK => "BLOCK".into(),
        other => hex(other),
    };
    fields.add("state", State::describe(args.state));
    fields.add("flags", flags);
    let is_wrong = args.mask != MAPIOFFLINE_STATE_OFFLINE_MASK;
    fields.unusual("mask", is_wrong, hex(args.mask));
    fields.unusual("reserved", args.reserved, "non-null");
}

fn advise<'a>(fields: &mut Fields<'a>, args: &AdviseArgs, sizes: Sizes) {
    fields.unusual("flags", args.flags != 0, hex(args.flags));
    let usual = AdviseArgs::new(sizes, 0).info;
    match args.info.zip(usual) {
        None => fields.add("info", "null"),
        Some((info, usual)) => {
            fields.add("client_token", info.client_token);
            fields.unusual("size", info.size != usual.size, info.size);
            let kind = info.callback_type;
            let is_wrong = kind != usual.callback_type;
            fields.unusual("callback_type", is_wrong, hex(kind));
            let types = info.advise_types;
            fields.unusual("advise_types", types != usual.advise_types, hex(types));
            let mask = info.state_mask;
            fields.unusual("mask", mask != usual.state_mask, hex(mask));
            fields.unusual("callback", !info.callback, "null");
        }
    }
    fields.unusual("out", !args.out, "null");
}

fn profile<'a>(fields: &mut Fields<'a>, call: &ProfileCall<&'a str>) {
    let (name, to, password, app) = match *call {
        ProfileCall::Create {
            name,
            password,
            app,
        } => (name, None, password, app),
        ProfileCall::Delete { name, app } => (name, None, None, app),
        ProfileCall::Rename {
            name,
            password,
            to,
            app,
        }
        | ProfileCall::Copy {
            name,
            password,
            to,
            app,
        } => (name, Some(to), password, app),
        ProfileCall::SetDefault { name } => (name.unwrap_or("null"), None, None, false),
    };
    fields.add("profile", name);
    fields.0.extend(to.map(|to| ("to", to.into())));
    fields.unusual("password", password.is_some(), "non-null");
    fields.unusual("flags", app, "MAPI_APP_PROFILE");
}

/// Why an object cannot be aggregated (CREATE-13).
pub const fn not_aggregated(outer_is_null: bool) -> &'static str {
    if outer_is_null {
        "pOuterObj is null"
    } else {
        "an object that exists already cannot be aggregated"
    }
}
