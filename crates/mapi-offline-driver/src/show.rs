//! What a trace shows of a call's arguments and results: what matters, and what is unusual.

use mapi_offline_core::{AdviseArgs, CreateInfo, OpenArgs, SetArgs, Sizes, State, Token};
use mapi_offline_sys::{
    GUID, GUID_GlobalState, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};

use crate::event::{Fields, Value};
use crate::names;

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
pub fn mask(mask: u32) -> Shown {
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
pub fn unusual(shows: &mut Shows, key: &'static str, is: bool, shown: impl Into<Shown>) {
    if is {
        shows.push((key, shown.into()));
    }
}

/// `out`: is the out pointer non-null?
pub fn out(out: bool) -> Shows {
    let mut shows = Shows::new();
    unusual(&mut shows, "out", !out, "null");
    shows
}

/// The arguments of `HrOpenOfflineObj`.
pub fn open(args: &OpenArgs<'_>) -> Shows {
    let mut shows = vec![("profile", args.name.unwrap_or("null").into())];
    unusual(&mut shows, "flags", args.reserved != 0, hex(args.reserved));
    let is_global = args.guid == Some(GUID_GlobalState);
    unusual(&mut shows, "guid", !is_global, guid(args.guid));
    unusual(&mut shows, "reserved", args.reserved_pointer, "non-null");
    unusual(&mut shows, "out", !args.out, "null");
    shows
}

/// The arguments of `HrCreateOfflineObj`; `parent`: what the parent is called.
pub fn create(
    flags: u32,
    info: Option<&CreateInfo<'_>>,
    parent: &str,
    out: bool,
    sizes: Sizes,
) -> Shows {
    let mut shows = Shows::new();
    unusual(&mut shows, "flags", flags != 0, hex(flags));
    match info {
        None => shows.push(("info", "null".into())),
        Some(info) => {
            shows.push(("profile", info.name.unwrap_or("null").into()));
            shows.push(("guid", guid(info.guid)));
            shows.push(("instance", guid(info.instance)));
            shows.push(("parent", parent.into()));
            shows.push(("capabilities", mask(info.capabilities)));
            unusual(
                &mut shows,
                "aggregate",
                info.aggregate.is_some(),
                "non-null",
            );
            let is_wrong = info.size != sizes.create_info;
            unusual(&mut shows, "size", is_wrong, info.size);
            let flags = info.create_flags;
            unusual(&mut shows, "create_flags", flags != 0, hex(flags));
        }
    }
    unusual(&mut shows, "out", !out, "null");
    shows
}

/// The arguments of `SetCurrentState`.
pub fn set(args: &SetArgs) -> Shows {
    let flags = match args.flags {
        MAPIOFFLINE_FLAG_DEFAULT => "DEFAULT".into(),
        MAPIOFFLINE_FLAG_BLOCK => "BLOCK".into(),
        other => hex(other),
    };
    let mut shows = vec![
        ("state", State::describe(args.state).into()),
        ("flags", flags),
    ];
    let is_wrong = args.mask != MAPIOFFLINE_STATE_OFFLINE_MASK;
    unusual(&mut shows, "mask", is_wrong, hex(args.mask));
    unusual(&mut shows, "reserved", args.reserved, "non-null");
    shows
}

/// The arguments of `Advise`, of a client whose structures have `sizes`.
pub fn advise(args: &AdviseArgs, sizes: Sizes) -> Shows {
    let mut shows = Shows::new();
    unusual(&mut shows, "flags", args.flags != 0, hex(args.flags));
    let usual = AdviseArgs::new(sizes, 0).info;
    match args.info.zip(usual) {
        None => shows.push(("info", "null".into())),
        Some((info, usual)) => {
            shows.push(("client_token", info.client_token.into()));
            unusual(&mut shows, "size", info.size != usual.size, info.size);
            let kind = info.callback_type;
            unusual(
                &mut shows,
                "callback_type",
                kind != usual.callback_type,
                hex(kind),
            );
            let types = info.advise_types;
            unusual(
                &mut shows,
                "advise_types",
                types != usual.advise_types,
                hex(types),
            );
            let mask = info.state_mask;
            unusual(&mut shows, "mask", mask != usual.state_mask, hex(mask));
            unusual(&mut shows, "callback", !info.callback, "null");
        }
    }
    unusual(&mut shows, "out", !args.out, "null");
    shows
}

/// The arguments of `Unadvise`.
pub fn unadvise(flags: u32, token: u32) -> Shows {
    let mut shows = vec![("advise_token", token.into())];
    unusual(&mut shows, "flags", flags != 0, hex(flags));
    shows
}

/// The result of `GetCapabilities`: its word, if it gave one.
pub fn capabilities(word: Option<u32>) -> Shows {
    word.map(|word| ("capabilities", mask(word)))
        .into_iter()
        .collect()
}

/// The result of `GetCurrentState`: its word, if it gave one.
pub fn state(word: Option<u32>) -> Shows {
    let state = word.map(|word| ("state", State::describe(word).into()));
    state.into_iter().collect()
}

/// The result of `Advise`: its token, if it gave one.
pub fn token(token: Option<Token>) -> Shows {
    let token = token.map(|token| ("advise_token", token.0.into()));
    token.into_iter().collect()
}

/// A call of profile administration; `to`: the new name, if the call has one.
pub fn profile(name: &str, to: Option<&str>, password: bool, app: bool) -> Shows {
    let mut shows: Shows = vec![("profile", name.into())];
    shows.extend(to.map(|to| ("to", to.into())));
    unusual(&mut shows, "password", password, "non-null");
    unusual(&mut shows, "flags", app, "MAPI_APP_PROFILE");
    shows
}

/// Why an object cannot be aggregated (CREATE-13).
pub const fn not_aggregated(outer_is_null: bool) -> &'static str {
    if outer_is_null {
        "pOuterObj is null"
    } else {
        "an object that exists already cannot be aggregated"
    }
}
