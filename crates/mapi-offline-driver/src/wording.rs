//! Events in words: the phrases that timelines, pages and reports share. What is left out of a call is what goes without
//! saying; how the phrases are laid out is for whoever shows them.

use std::borrow::Cow;
use std::fmt::Write;

use mapi_offline_core::{CalledFunction, FindingId, ShutdownMethod, State};
use mapi_offline_sys::{HRESULT, S_OK, hresult};

use crate::fields::{Fields, Value};
use crate::found_place::FoundPlace;
use crate::host::HostActionKind;
use crate::words::{NotifyType, StateWord};

/// Arguments that speak for themselves.
const OBVIOUS: [&str; 7] = [
    "profile",
    "state",
    "flags",
    "registration",
    "interface",
    "capabilities",
    "object",
];

/// Arguments that are not worth a word, because they are the usual ones.
const USUAL: [(&str, Value<'_>); 5] = [
    ("client_token", Value::Number(0)),
    ("flags", Value::Text(Cow::Borrowed("DEFAULT"))),
    ("guid", Value::Text(Cow::Borrowed("GUID_GlobalState"))),
    ("instance", Value::Text(Cow::Borrowed("null"))),
    ("parent", Value::Text(Cow::Borrowed("null"))),
];

/// `SetCurrentState(OFFLINE, BLOCK)`
pub fn call(text: &mut String, function: CalledFunction, args: &Fields<'_>) {
    let _ = write!(text, "{function}");
    let mut opened = false;
    for field in args.0.iter().filter(|field| !is_usual(field)) {
        text.push_str(if opened { ", " } else { "(" });
        opened = true;
        field_in_words(text, field);
    }
    if opened {
        text.push(')');
    }
}

/// An argument or a result, with its key.
type Field<'a> = (Cow<'static, str>, Value<'a>);

fn is_usual((key, value): &Field<'_>) -> bool {
    let mut usual = USUAL.iter();
    usual.any(|(name, usual)| key == name && value == usual)
}

/// `ONLINE`, `E_PENDING`, `S_OK, advise_token=1`
pub fn result(text: &mut String, hr: HRESULT, out: &Fields<'_>) {
    // A value says that the call succeeded, if it is all there is to say.
    let says_it_all = |(key, _): &Field<'_>| matches!(&**key, "state" | "capabilities");
    let bare = hr == S_OK && !out.0.is_empty() && out.0.iter().all(says_it_all);
    let mut rest = out.0.iter();
    if bare {
        if let Some(field) = rest.next() {
            field_in_words(text, field);
        }
    } else {
        text.push_str(&hresult::describe(hr));
    }
    for field in rest.filter(|field| !is_global_object(field)) {
        text.push_str(", ");
        field_in_words(text, field);
    }
}

/// The global object is called as its profile, which the call names already.
fn is_global_object((key, value): &Field<'_>) -> bool {
    key == "object" && matches!(value, Value::Text(name) if !name.contains('/'))
}

fn field_in_words(text: &mut String, (key, value): &Field<'_>) {
    let is_null = matches!(value, Value::Text(word) if word == "null");
    if !OBVIOUS.contains(&&**key) || is_null {
        let _ = write!(text, "{key}=");
    }
    value_in_words(text, value);
}

/// A value, of which no capabilities are told, too.
pub fn value_in_words(text: &mut String, value: &Value<'_>) {
    let _ = match value {
        Value::Capabilities(0) => text.write_str("none"),
        value => write!(text, "{value}"),
    };
}

/// `START ONLINE→OFFLINE`
#[must_use]
pub fn change(notify_type: NotifyType, old: StateWord, new: StateWord) -> String {
    format!("{notify_type} {old}→{new}")
}

/// `Work: ONLINE→OFFLINE`
#[must_use]
pub fn state(object: &str, old: State, new: State) -> String {
    format!("{object}: {old}→{new}")
}

/// `online = yes`
#[must_use]
pub fn conclusion(name: &str, value: &str) -> String {
    format!("{name} = {value}")
}

/// `DoFastShutdown → S_OK`
#[must_use]
pub fn provider(method: ShutdownMethod, gave: HRESULT) -> String {
    format!("{} → {}", method.name(), hresult::describe(gave))
}

/// `work-offline`, `disconnect provider`
#[must_use]
pub fn host(event: HostActionKind, client: Option<&str>) -> String {
    match client {
        Some(client) => format!("{} {client}", event.name()),
        None => event.name().to_owned(),
    }
}

/// `callback released, 2 references left`
#[must_use]
pub fn released(references: u32) -> String {
    match references {
        0 => "callback released".to_owned(),
        1 => "callback released, 1 reference left".to_owned(),
        left => format!("callback released, {left} references left"),
    }
}

/// `stale-token of provider: advise token 7 is not live (UNADV-1); IMAPIOfflineMgr of Work`. What rests on no rule names
/// none, and of whom nobody is named is nobody's.
#[must_use]
pub fn finding(
    id: FindingId,
    client: Option<&str>,
    (detail, rule): (&str, &str),
    place: &FoundPlace,
) -> String {
    let mut text = id.name().to_owned();
    if let Some(client) = client {
        text.extend([" of ", client]);
    }
    text.extend([": ", detail]);
    if !rule.is_empty() {
        text.extend([" (", rule, ")"]);
    }
    text.push_str(&place.suffix());
    text
}

/// `START ONLINE→OFFLINE`, and the mask that no client expects.
pub fn notification(
    text: &mut String,
    notify_type: NotifyType,
    mask: u32,
    (old, new): (StateWord, StateWord),
) {
    text.push_str(&change(notify_type, old, new));
    // Not what a client expects: say so.
    if mask != mapi_offline_sys::MAPIOFFLINE_STATE_OFFLINE_MASK {
        let _ = write!(text, " mask={mask:#x}");
    }
}

#[cfg(test)]
mod tests {
    use mapi_offline_core::MapiName;
    use mapi_offline_sys::E_PENDING;

    use super::*;

    fn called(args: &[(&'static str, Value<'_>)]) -> String {
        let mut text = String::new();
        let args = args.iter().cloned().collect();
        call(&mut text, MapiName::Abort.into(), &args);
        text
    }

    fn returned(hr: HRESULT, out: &[(&'static str, Value<'_>)]) -> String {
        let mut text = String::new();
        result(&mut text, hr, &out.iter().cloned().collect());
        text
    }

    #[test]
    fn a_call_shows_what_is_unusual() {
        assert_eq!(called(&[]), "Abort");
        assert_eq!(
            called(&[("flags", Value::Text(Cow::Borrowed("DEFAULT")))]),
            "Abort"
        );
        let args = [
            ("state", Value::Text(Cow::Borrowed("OFFLINE"))),
            ("flags", Value::Text(Cow::Borrowed("BLOCK"))),
            ("mask", Value::Text(Cow::Borrowed("0x7"))),
        ];
        assert_eq!(called(&args), "Abort(OFFLINE, BLOCK, mask=0x7)");
        assert_eq!(
            called(&[("profile", Value::Text(Cow::Borrowed("null")))]),
            "Abort(profile=null)"
        );
    }

    #[test]
    fn a_result_is_a_value_or_a_code() {
        assert_eq!(returned(S_OK, &[]), "S_OK");
        assert_eq!(returned(E_PENDING, &[]), "E_PENDING");
        let state = [("state", Value::Text(Cow::Borrowed("ONLINE")))];
        assert_eq!(returned(S_OK, &state), "ONLINE");
        let both = [("capabilities", Value::Capabilities(3))];
        assert_eq!(returned(S_OK, &both), "OFFLINE+ONLINE");
        let token = [("advise_token", Value::Number(1))];
        assert_eq!(returned(S_OK, &token), "S_OK, advise_token=1");
        let global = [("object", Value::Text(Cow::Borrowed("Work")))];
        assert_eq!(returned(S_OK, &global), "S_OK");
        let other = [("object", Value::Text(Cow::Borrowed("Work/store")))];
        assert_eq!(returned(S_OK, &other), "S_OK, Work/store");
    }
}
