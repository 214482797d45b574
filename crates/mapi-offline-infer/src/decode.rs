//! From the words of a trace back to the calls of the core.

use mapi_offline_core::{
    AdviseArgs, AggregateInfo, Call, CreateArgs, CreateInfo, Function, InterfaceId, Method,
    ObjectId, OpenArgs, ProfileCall, SetArgs, Sizes, State, Token,
};
use mapi_offline_sys::{
    GUID, GUID_GlobalState, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};
use serde_json::Value;

use crate::index::TraceCallback;
use crate::trace::{TraceFields, number};

/// What names in the arguments stand for.
pub(crate) trait Meaning {
    /// The object that the caller has under this name; an empty one is its nameless object.
    fn object(&self, name: &str) -> Option<ObjectId>;

    /// The advise token of the core that an object gave where the trace has `raw`.
    fn token(&self, object: ObjectId, raw: u32) -> Token;
}

fn text<'a>(args: &'a TraceFields, key: &str) -> Option<&'a str> {
    args.get(key)?.as_str()
}

fn number_or(args: &TraceFields, key: &str, usual: u32) -> u32 {
    args.get(key).and_then(number).unwrap_or(usual)
}

/// A name; `null` is none.
fn name<'a>(args: &'a TraceFields, key: &str) -> Option<&'a str> {
    text(args, key).filter(|name| *name != "null")
}

fn is_there(args: &TraceFields, key: &str) -> bool {
    text(args, key) != Some("null")
}

fn guid(args: &TraceFields, key: &str, usual: Option<GUID>) -> Option<GUID> {
    match text(args, key) {
        None => usual,
        Some("null") => None,
        Some("GUID_GlobalState") => Some(GUID_GlobalState),
        Some(text) => {
            let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
            let number = u128::from_str_radix(&digits, 16).unwrap_or_default();
            Some(GUID::from_u128(number))
        }
    }
}

/// A mask of capabilities: a list of names, or a number.
pub(crate) fn capabilities(value: &Value) -> Option<u32> {
    let Value::Array(names) = value else {
        return number(value);
    };
    let of = |name: &Value| match name.as_str() {
        Some("OFFLINE") => 1,
        Some("ONLINE") => 2,
        _ => 0,
    };
    Some(names.iter().map(of).sum())
}

/// A state word: its name, or a number.
pub(crate) fn state_word(value: &Value) -> Option<u32> {
    match value.as_str() {
        Some("ONLINE") => Some(State::Online.bits()),
        Some("OFFLINE") => Some(State::Offline.bits()),
        _ => number(value),
    }
}

/// The call that a line of a trace tells of. `callback`: what an Advise registers. `None`: it is no call of
/// this API, or is on an object that nobody knows.
pub(crate) fn decode<'a>(
    function: Function,
    args: &'a TraceFields,
    meaning: &impl Meaning,
    callback: TraceCallback,
) -> Option<Call<'a, TraceCallback>> {
    let object = || meaning.object(text(args, "object").unwrap_or_default());
    let on = |method| Some(Call::Method(object()?, method));
    match function {
        Function::HrOpenOfflineObj => Some(Call::HrOpenOfflineObj(OpenArgs {
            reserved: number_or(args, "flags", 0),
            name: name(args, "profile"),
            guid: guid(args, "guid", Some(GUID_GlobalState)),
            reserved_pointer: args.contains_key("reserved"),
            out: is_there(args, "out"),
        })),
        Function::HrCreateOfflineObj => create(args, meaning).map(Call::HrCreateOfflineObj),
        Function::QueryInterface => on(Method::QueryInterface(InterfaceId::from_name(text(
            args,
            "interface",
        )?))),
        Function::AddRef => on(Method::AddRef),
        Function::Release => on(Method::Release),
        Function::GetCapabilities => on(Method::GetCapabilities {
            out: is_there(args, "out"),
        }),
        Function::GetCurrentState => on(Method::GetCurrentState {
            out: is_there(args, "out"),
        }),
        Function::SetCurrentState => on(Method::SetCurrentState(SetArgs {
            flags: match text(args, "flags") {
                Some("DEFAULT") => MAPIOFFLINE_FLAG_DEFAULT,
                Some("BLOCK") => MAPIOFFLINE_FLAG_BLOCK,
                _ => number_or(args, "flags", MAPIOFFLINE_FLAG_DEFAULT),
            },
            mask: number_or(args, "mask", MAPIOFFLINE_STATE_OFFLINE_MASK),
            state: args.get("state").and_then(state_word)?,
            reserved: args.contains_key("reserved"),
        })),
        Function::Advise => on(Method::Advise {
            args: advise(args),
            callback: (text(args, "callback") != Some("no-interface")).then_some(callback),
        }),
        Function::Unadvise => {
            let object = object()?;
            let token = meaning.token(object, args.get("advise_token").and_then(number)?);
            let flags = number_or(args, "flags", 0);
            Some(Call::Method(object, Method::Unadvise { flags, token }))
        }
        Function::CreateProfile
        | Function::DeleteProfile
        | Function::RenameProfile
        | Function::CopyProfile
        | Function::SetDefaultProfile => profile(function, args).map(Call::Profile),
        Function::Placeholder | Function::MAPILogonEx => None,
    }
}

fn create<'a>(args: &'a TraceFields, meaning: &impl Meaning) -> Option<CreateArgs<'a>> {
    let info = is_there(args, "info").then(|| {
        let parent = name(args, "parent");
        let parent = match parent {
            None => None,
            // A scenario's word for the client's nameless object.
            Some("global") => Some(meaning.object("global").or_else(|| meaning.object(""))?),
            Some(name) => Some(meaning.object(name)?),
        };
        Some(CreateInfo {
            size: number_or(args, "size", Sizes::BITS_64.create_info),
            create_flags: number_or(args, "create_flags", 0),
            name: name(args, "profile"),
            capabilities: args.get("capabilities").and_then(capabilities).unwrap_or(3),
            guid: guid(args, "guid", None),
            instance: guid(args, "instance", None),
            parent,
            aggregate: args.contains_key("aggregate").then_some(AggregateInfo {
                size: Sizes::BITS_64.aggregate_info,
                ref_track_root: false,
            }),
            connect_info: false,
        })
    });
    let info = match info {
        None => None,
        Some(info) => Some(info?),
    };
    Some(CreateArgs {
        flags: number_or(args, "flags", 0),
        info,
        out: is_there(args, "out"),
    })
}

fn advise(args: &TraceFields) -> AdviseArgs {
    let client_token = number_or(args, "client_token", 0);
    let mut made = AdviseArgs::new(Sizes::BITS_64, client_token);
    made.flags = number_or(args, "flags", made.flags);
    made.out = is_there(args, "out");
    if !is_there(args, "info") {
        made.info = None;
    }
    if let Some(info) = &mut made.info {
        info.size = number_or(args, "size", info.size);
        info.callback_type = number_or(args, "callback_type", info.callback_type);
        info.callback = is_there(args, "callback");
        info.advise_types = number_or(args, "advise_types", info.advise_types);
        info.state_mask = number_or(args, "mask", info.state_mask);
    }
    made
}

fn profile(function: Function, args: &TraceFields) -> Option<ProfileCall<&str>> {
    let called = text(args, "profile");
    let password = args.contains_key("password").then_some("given");
    let app = text(args, "flags") == Some("MAPI_APP_PROFILE");
    Some(match function {
        Function::CreateProfile => ProfileCall::Create {
            name: called?,
            password,
            app,
        },
        Function::DeleteProfile => ProfileCall::Delete { name: called?, app },
        Function::RenameProfile => ProfileCall::Rename {
            name: called?,
            password,
            to: text(args, "to")?,
            app,
        },
        Function::CopyProfile => ProfileCall::Copy {
            name: called?,
            password,
            to: text(args, "to")?,
            app,
        },
        Function::SetDefaultProfile => ProfileCall::SetDefault {
            name: name(args, "profile"),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use mapi_offline_core::SessionId;
    use serde_json::json;

    use super::*;

    struct OneObject;

    impl Meaning for OneObject {
        fn object(&self, _: &str) -> Option<ObjectId> {
            Some(ObjectId {
                session: SessionId(0),
                index: 0,
            })
        }

        fn token(&self, _: ObjectId, raw: u32) -> Token {
            Token(raw)
        }
    }

    #[test]
    fn every_call_that_a_client_makes_is_understood() {
        let Value::Object(args) = json!({
            "object": "Work", "interface": "IUnknown", "state": "ONLINE", "advise_token": 1,
            "profile": "Work", "to": "Home",
        }) else {
            panic!("it is an object");
        };
        let args: TraceFields = args.into_iter().collect();
        // Logging on is no call of the rules.
        let functions = Function::ALL.iter();
        for function in functions.filter(|&&function| function != Function::MAPILogonEx) {
            let callback = TraceCallback::default();
            let call = decode(*function, &args, &OneObject, callback);
            let call = call.unwrap_or_else(|| panic!("{function} is not understood"));
            assert_eq!(call.function(), *function);
        }
    }
}
