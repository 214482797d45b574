//! What a trace shows of a call's arguments and results: what matters, and what is unusual.

use mapi_offline_core::{
    AdviseArgs, Call, CreateArgs, Function, InterfaceId, Method, OpenArgs, ProfileCall, Reply,
    SetArgs, Sizes, State,
};
use mapi_offline_sys::{
    GUID, GUID_GlobalState, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};

use crate::event::{Fields, Value};
use crate::names::{self, CallNames};

/// A value that owns its text, until it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A number.
    Number(u64),
    /// A name or a text.
    Text(String),
    /// Several names.
    List(&'static [&'static str]),
}

impl From<u32> for Shown {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Lends arguments or results out as the fields of an event.
pub fn with_fields(shows: &[(&'static str, Shown)], tell: impl FnOnce(Fields<'_>)) {
    let fields: Vec<(&'static str, Value<'_>)> = shows
        .iter()
        .map(|(key, shown)| {
            let value = match shown {
                Shown::Number(number) => Value::Number(*number),
                Shown::Text(text) => Value::Text(text),
                Shown::List(names) => Value::List(names),
            };
            (*key, value)
        })
        .collect();
    tell(Fields(&fields));
}

/// Arguments or results, in their order.
pub type Shows = Vec<(&'static str, Shown)>;

fn hex(number: u32) -> Shown {
    Shown::Text(format!("{number:#x}"))
}

/// A mask of capabilities: their names, or the number if it has other bits.
fn mask(mask: u32) -> Shown {
    names::of_capabilities(mask).map_or_else(|| hex(mask), Shown::List)
}

fn guid(guid: Option<GUID>) -> Shown {
    match guid {
        None => "null".into(),
        Some(guid) if guid == GUID_GlobalState => "GUID_GlobalState".into(),
        Some(guid) => format!("{guid:?}").to_lowercase().into(),
    }
}

/// Adds what is shown only when it is unusual.
fn unusual(shows: &mut Shows, key: &'static str, is: bool, shown: impl Into<Shown>) {
    if is {
        shows.push((key, shown.into()));
    }
}

/// What a trace shows of the arguments of a call.
pub fn call(call: &Call<'_>, names: &impl CallNames) -> Shows {
    let mut shows = Shows::new();
    if !matches!(call, Call::Profile(_))
        && let Some(object) = names.own_object()
    {
        shows.push(("object", object.into()));
    }
    match call {
        Call::HrOpenOfflineObj(args) => open(&mut shows, args),
        Call::HrCreateOfflineObj(args) => create(&mut shows, args, names),
        Call::Method(_, of) => method(&mut shows, of, names),
        Call::Profile(call) => profile(&mut shows, call),
    }
    shows
}

/// What a trace shows of what comes back from a call.
pub fn reply(function: Function, reply: Reply, names: &impl CallNames) -> Shows {
    let mut shows = Shows::new();
    match reply {
        Reply::Returns(_) | Reply::Waits(_) => {}
        Reply::Object(object) => {
            let name = names.object(object);
            shows.extend(name.map(|name| ("object", Shown::Text(name.into_owned()))));
        }
        Reply::Word(word) if function == Function::GetCapabilities => {
            shows.push(("capabilities", mask(word)));
        }
        Reply::Word(word) => shows.push(("state", State::describe(word).into())),
        Reply::Token(token) => shows.push(("advise_token", token.0.into())),
        Reply::Count(count) => shows.push(("refs", count.into())),
    }
    shows
}

fn open(shows: &mut Shows, args: &OpenArgs<'_>) {
    shows.push(("profile", args.name.unwrap_or("null").into()));
    unusual(shows, "flags", args.reserved != 0, hex(args.reserved));
    let is_global = args.guid == Some(GUID_GlobalState);
    unusual(shows, "guid", !is_global, guid(args.guid));
    unusual(shows, "reserved", args.reserved_pointer, "non-null");
    unusual(shows, "out", !args.out, "null");
}

fn create(shows: &mut Shows, args: &CreateArgs<'_>, names: &impl CallNames) {
    unusual(shows, "flags", args.flags != 0, hex(args.flags));
    match &args.info {
        None => shows.push(("info", "null".into())),
        Some(info) => {
            shows.push(("profile", info.name.unwrap_or("null").into()));
            shows.push(("guid", guid(info.guid)));
            shows.push(("instance", guid(info.instance)));
            let parent = info.parent.map(|parent| names.parent(parent));
            shows.push(("parent", parent.as_deref().unwrap_or("null").into()));
            shows.push(("capabilities", mask(info.capabilities)));
            unusual(shows, "aggregate", info.aggregate.is_some(), "non-null");
            let is_wrong = info.size != names.sizes().create_info;
            unusual(shows, "size", is_wrong, info.size);
            let flags = info.create_flags;
            unusual(shows, "create_flags", flags != 0, hex(flags));
        }
    }
    unusual(shows, "out", !args.out, "null");
}

fn method(shows: &mut Shows, method: &Method<'_>, names: &impl CallNames) {
    match method {
        Method::QueryInterface(interface) => shows.push(("interface", interface_name(*interface))),
        Method::AddRef | Method::Release | Method::Placeholder { .. } => {}
        Method::GetCapabilities { out } | Method::GetCurrentState { out } => {
            unusual(shows, "out", !out, "null");
        }
        Method::SetCurrentState(args) => set(shows, args),
        Method::Advise { args, callback } => {
            let registration = names.own_registration();
            shows.extend(registration.map(|name| ("registration", name.into())));
            advise(shows, args, names.sizes());
            unusual(shows, "callback", callback.is_none(), "no-interface");
        }
        Method::Unadvise { flags, token } => {
            shows.push(("advise_token", token.0.into()));
            unusual(shows, "flags", *flags != 0, hex(*flags));
        }
    }
}

fn interface_name(interface: InterfaceId<'_>) -> Shown {
    match interface {
        InterfaceId::Unknown => "IUnknown".into(),
        InterfaceId::Offline => "IMAPIOffline".into(),
        InterfaceId::OfflineMgr => "IMAPIOfflineMgr".into(),
        InterfaceId::Other(iid) => format!("{iid:?}").to_lowercase().into(),
        InterfaceId::Named(name) => name.into(),
    }
}

fn set(shows: &mut Shows, args: &SetArgs) {
    let flags = match args.flags {
        MAPIOFFLINE_FLAG_DEFAULT => "DEFAULT".into(),
        MAPIOFFLINE_FLAG_BLOCK => "BLOCK".into(),
        other => hex(other),
    };
    shows.push(("state", State::describe(args.state).into()));
    shows.push(("flags", flags));
    let is_wrong = args.mask != MAPIOFFLINE_STATE_OFFLINE_MASK;
    unusual(shows, "mask", is_wrong, hex(args.mask));
    unusual(shows, "reserved", args.reserved, "non-null");
}

fn advise(shows: &mut Shows, args: &AdviseArgs, sizes: Sizes) {
    unusual(shows, "flags", args.flags != 0, hex(args.flags));
    let usual = AdviseArgs::new(sizes, 0).info;
    match args.info.zip(usual) {
        None => shows.push(("info", "null".into())),
        Some((info, usual)) => {
            shows.push(("client_token", info.client_token.into()));
            unusual(shows, "size", info.size != usual.size, info.size);
            let kind = info.callback_type;
            let is_wrong = kind != usual.callback_type;
            unusual(shows, "callback_type", is_wrong, hex(kind));
            let types = info.advise_types;
            unusual(
                shows,
                "advise_types",
                types != usual.advise_types,
                hex(types),
            );
            let mask = info.state_mask;
            unusual(shows, "mask", mask != usual.state_mask, hex(mask));
            unusual(shows, "callback", !info.callback, "null");
        }
    }
    unusual(shows, "out", !args.out, "null");
}

fn profile(shows: &mut Shows, call: &ProfileCall<&str>) {
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
    shows.push(("profile", name.into()));
    shows.extend(to.map(|to| ("to", to.into())));
    unusual(shows, "password", password.is_some(), "non-null");
    unusual(shows, "flags", app, "MAPI_APP_PROFILE");
}

/// Why an object cannot be aggregated (CREATE-13).
pub const fn not_aggregated(outer_is_null: bool) -> &'static str {
    if outer_is_null {
        "pOuterObj is null"
    } else {
        "an object that exists already cannot be aggregated"
    }
}
