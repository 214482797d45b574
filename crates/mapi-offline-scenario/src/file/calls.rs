//! Which keys belong to which call. Checked, and shown in messages, from here.

use crate::model::OBSERVE;

/// The keys that a step of a client has besides its call's.
pub(super) const STEP: &[&str] = &["client", "at", "after", "parallel"];

/// The keys that a reaction has besides its call's.
pub(super) const REACTION: &[&str] = &["type", "new"];

/// The keys of a host event.
pub(super) const HOST: &[&str] = &["host", "profile", "wait", "at", "after", "parallel"];

/// The keys of the host event that is about a client.
pub(super) const DISCONNECT: &[&str] = &["host", "client", "at", "after", "parallel"];

/// The keys that no reaction has, although a step may: a call in it has a `profile` all the same.
pub(super) const NOT_OF_REACTIONS: &[&str] = &["client", "host", "wait", "at", "after", "parallel"];

/// The keys of every call.
const COMMON: &[&str] = &[
    "call",
    "returns",
    "if_state",
    "if_raw_state",
    "if_returned",
    "if_capabilities",
    "if_raw_capabilities",
    "times",
];

/// The keys of every step that is a call or an `observe`.
pub(super) fn common(call: &str) -> impl Iterator<Item = &'static str> {
    let returns = call != OBSERVE;
    let keys = COMMON.iter().copied();
    keys.filter(move |&key| returns || !["returns", "if_returned"].contains(&key))
}

/// The conditions, of which a call has one at most.
pub(super) const CONDITIONS: &[&str] = &[
    "if_state",
    "if_raw_state",
    "if_returned",
    "if_capabilities",
    "if_raw_capabilities",
];

/// A call is made so many times at most.
pub(super) const TIMES_MAX: u32 = 100;

/// The calls, each with the keys that are its own.
pub(super) const CALLS: &[(&str, &[&str])] = &[
    (
        "HrOpenOfflineObj",
        &[
            "object", "profile", "name", "guid", "flags", "reserved", "out",
        ],
    ),
    (
        "HrCreateOfflineObj",
        &[
            "object",
            "profile",
            "name",
            "guid",
            "instance",
            "parent",
            "capabilities",
            "size",
            "flags",
            "create_flags",
            "info",
            "out",
        ],
    ),
    ("QueryInterface", &["object", "interface"]),
    ("AddRef", &["object"]),
    ("Release", &["object"]),
    ("GetCapabilities", &["object", "capabilities", "out"]),
    ("GetCurrentState", &["object", "state", "out"]),
    (
        "SetCurrentState",
        &["object", "state", "flags", "mask", "reserved"],
    ),
    (
        "Advise",
        &[
            "object",
            "registration",
            "token",
            "keep",
            "flags",
            "size",
            "callback_type",
            "callback",
            "advise_types",
            "mask",
            "info",
            "out",
        ],
    ),
    (
        "Unadvise",
        &["object", "registration", "advise_token", "flags"],
    ),
    ("CreateProfile", &["profile", "name", "password", "flags"]),
    ("DeleteProfile", &["profile", "name", "flags"]),
    (
        "RenameProfile",
        &["profile", "name", "to", "password", "flags"],
    ),
    (
        "CopyProfile",
        &["profile", "name", "to", "password", "flags"],
    ),
    ("SetDefaultProfile", &["profile", "name"]),
    (OBSERVE, &["name", "value"]),
];

/// The names of the calls.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    CALLS.iter().map(|(name, _)| *name)
}

/// The keys that are a call's own; `None`: there is no such call.
pub(super) fn own_keys(call: &str) -> Option<&'static [&'static str]> {
    let (_, keys) = CALLS.iter().find(|(name, _)| *name == call)?;
    Some(keys)
}

/// The keys without which the call cannot be.
pub(super) fn needed_keys(call: &str) -> &'static [&'static str] {
    match call {
        "QueryInterface" => &["interface"],
        "SetCurrentState" => &["state"],
        "RenameProfile" | "CopyProfile" => &["to"],
        OBSERVE => &["name", "value"],
        _ => &[],
    }
}

/// Returns true when it is a method of IProfAdmin.
pub(super) fn is_of_profiles(call: &str) -> bool {
    call.ends_with("Profile")
}
