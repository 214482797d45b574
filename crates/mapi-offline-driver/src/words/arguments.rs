//! What is said of the arguments and the results of a call.

use std::borrow::Cow;

use mapi_offline_core::{
    AdviseArgs, Call, CreateArgs, Function, InterfaceId, MapiArgument, MapiCall, Method, OpenArgs,
    ProfileCall, Reply, SetArgs, Sizes, State,
};
use mapi_offline_sys::{
    GUID, GUID_GlobalState, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};

use crate::fields::{Fields, Value};
use crate::names::Names;

fn hex(number: u32) -> Value<'static> {
    format!("{number:#x}").into()
}

fn guid(guid: Option<GUID>) -> Value<'static> {
    match guid {
        None => "null".into(),
        Some(guid) if guid == GUID_GlobalState => "GUID_GlobalState".into(),
        Some(guid) => format!("{guid:?}").to_lowercase().into(),
    }
}

/// What is said of the arguments of a call.
pub(super) fn arguments<'a>(call: &'a Call<'a>, names: &'a dyn Names) -> Fields<'a> {
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
pub(super) fn results<'a>(function: Function, reply: Reply, names: &'a dyn Names) -> Fields<'a> {
    let mut fields = Fields::default();
    match reply {
        Reply::Returns(_) | Reply::Waits(_) => {}
        Reply::Object(object) => {
            if let Some(name) = names.object(object) {
                fields.add("object", name);
            }
        }
        Reply::Word(word) => match function {
            Function::GetCapabilities => fields.add("capabilities", Value::of_capabilities(word)),
            Function::GetCurrentState => fields.add("state", State::describe(word)),
            _ => fields.add("value", hex(word)),
        },
        Reply::Token(token) => fields.add("advise_token", token.0),
        Reply::Count(count) => fields.add("refs", count),
        Reply::FailsOnPurpose(_) => on_purpose(&mut fields),
    }
    fields
}

/// The call was made to fail (FAIL-1).
fn on_purpose(fields: &mut Fields<'_>) {
    fields.add("failure", "on-purpose");
}

/// What is said of the arguments of a call of MAPI around the Offline State API.
pub(super) fn arguments_of_mapi<'a>(call: &'a MapiCall<'a>) -> Fields<'a> {
    let mut fields = Fields::default();
    for &(name, argument) in call.arguments {
        match argument {
            MapiArgument::Text(text) => fields.add(name, text.unwrap_or("null")),
            MapiArgument::Number(number) => fields.add(name, signed(number)),
            MapiArgument::Flags(flags) => fields.unusual(name, flags != 0, hex(flags)),
            MapiArgument::Pointer(is_there) => fields.unusual(name, !is_there, "null"),
        }
    }
    fields
}

/// A number, which may be negative.
fn signed(number: i64) -> Value<'static> {
    match u64::try_from(number) {
        Ok(number) => Value::Number(number),
        Err(_) => number.to_string().into(),
    }
}

/// What is said of what comes back from it.
pub(super) fn results_of_mapi<'a>(reply: Reply) -> Fields<'a> {
    let mut fields = Fields::default();
    match reply {
        Reply::Count(count) => fields.add("refs", count),
        Reply::FailsOnPurpose(_) => on_purpose(&mut fields),
        _ => {}
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
            fields.add("capabilities", Value::of_capabilities(info.capabilities));
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
            if let Some(name) = names.own_registration() {
                fields.add("registration", name);
            }
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
    if let Some(to) = to {
        fields.add("to", to);
    }
    fields.unusual("password", password.is_some(), "non-null");
    fields.unusual("flags", app, "MAPI_APP_PROFILE");
}
