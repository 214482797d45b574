//! The calls and their arguments.

use crate::model::{CallSpec, CreateSpec, ExpectedState, OBSERVE, Parent, WhichRegistration};
use mapi_offline_core::{
    AdviseArgs, AdviseInfo, CAPABILITIES_ALL, ProfileCall, SetArgs, Sizes, State,
};
use mapi_offline_sys::{
    GUID_GlobalState, MAPI_APP_PROFILE, MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
    MAPIOFFLINE_CALLBACK_TYPE_NOTIFY, MAPIOFFLINE_STATE_ALL, MAPIOFFLINE_STATE_OFFLINE_MASK,
};

use super::super::format::Act;
use super::super::problem::{Fault, Span};
use super::super::vocabulary::{ADVISE_TYPES, CALLBACK_TYPES, FLAGS, MASKS, PROFILE_FLAGS, STATES};
use super::super::word::{At, Word};
use super::Checker;
use super::circle::GLOBAL;
use super::value::quiet_number;
use crate::text::brief;

/// Scenario files speak of the 64-bit layout on every machine.
const SIZES: Sizes = Sizes::BITS_64;

impl Checker<'_> {
    /// The call `name` of a client. `None`: something that it cannot do without is missing.
    pub(super) fn call(&mut self, at: &At<Act>, name: &str, client: usize) -> Option<CallSpec> {
        let act = at.value();
        let out = self.is_non_null(act.out.as_ref());
        Some(match name {
            "HrOpenOfflineObj" => self.open(act, client, out),
            "HrCreateOfflineObj" => self.create(act, client, out),
            "QueryInterface" => {
                let interface = needed(self, at, "interface", name, act.interface.as_ref())?;
                CallSpec::QueryInterface {
                    interface: interface.value().clone(),
                }
            }
            "AddRef" => CallSpec::AddRef,
            "Release" => CallSpec::Release,
            "GetCapabilities" => CallSpec::GetCapabilities {
                out,
                expected: act.capabilities.as_ref().map(|c| self.capabilities(c)),
            },
            "GetCurrentState" => CallSpec::GetCurrentState {
                out,
                expected: act.state.as_ref().map(|state| self.expected_state(state)),
            },
            "SetCurrentState" => {
                let state = needed(self, at, "state", name, act.state.as_ref())?;
                CallSpec::SetCurrentState(SetArgs {
                    flags: self.number(act.flags.as_ref(), &FLAGS, 0),
                    mask: self.mask(act, MAPIOFFLINE_STATE_OFFLINE_MASK),
                    state: self.number(Some(state), &STATES, 0),
                    reserved: self.reserved(act, false).1,
                })
            }
            "Advise" => self.advise(act, client, out),
            "Unadvise" => CallSpec::Unadvise {
                flags: self.number(act.flags.as_ref(), &FLAGS, 0),
                registration: self.which_registration(act, client),
            },
            OBSERVE => {
                let about = needed(self, at, "name", name, act.name.as_ref());
                let value = needed(self, at, "value", name, act.value.as_ref());
                let (about, value) = (about?, value?);
                self.not_empty(about, "the name of a conclusion");
                CallSpec::Observe {
                    name: about.value().clone(),
                    value: value.value().clone(),
                }
            }
            profile_call => return self.profile_call(at, profile_call, client),
        })
    }

    fn open(&mut self, act: &Act, client: usize, out: bool) -> CallSpec {
        let (mut reserved, reserved_pointer) = self.reserved(act, true);
        if let Some(flags) = &act.flags {
            let given = act.reserved.as_ref().filter(|_| !reserved_pointer);
            if let Some(given) = given {
                let fault = "`flags` and a number in `reserved` are both ulReserved".to_owned();
                self.problems
                    .say(&given.span(), Fault::Conflict(fault), None);
            }
            reserved = self.number(Some(flags), &FLAGS, 0);
        }
        CallSpec::HrOpenOfflineObj {
            reserved,
            name: self.subject(act, client),
            guid: self.guid(act.guid.as_ref(), Some(GUID_GlobalState)),
            reserved_pointer,
            out,
        }
    }

    fn create(&mut self, act: &Act, client: usize, out: bool) -> CallSpec {
        if let Some(object) = act.object.as_ref().filter(|name| name.value() == GLOBAL) {
            let fault = "`global` is what HrOpenOfflineObj gave; it cannot be created".to_owned();
            self.problems
                .say(&object.span(), Fault::Conflict(fault), None);
        }
        let parent = act.parent.as_ref().map(|parent| {
            if parent.value() == GLOBAL {
                return Parent::Global;
            }
            self.known_object(parent, client);
            Parent::Named(parent.value().clone())
        });
        let capabilities = act.capabilities.as_ref();
        let info = CreateSpec {
            size: self.plain_number(act.size.as_ref(), SIZES.create_info),
            create_flags: self.plain_number(act.create_flags.as_ref(), 0),
            name: self.subject(act, client),
            capabilities: capabilities.map_or(CAPABILITIES_ALL, |c| self.capabilities(c)),
            guid: self.guid(act.guid.as_ref(), Some(GUID_GlobalState)),
            instance: self.guid(act.instance.as_ref(), None),
            parent,
        };
        CallSpec::HrCreateOfflineObj {
            flags: self.number(act.flags.as_ref(), &FLAGS, 0),
            info: self.is_non_null(act.info.as_ref()).then_some(info),
            out,
        }
    }

    fn advise(&mut self, act: &Act, client: usize, out: bool) -> CallSpec {
        if let Some(name) = &act.registration {
            self.not_empty(name, "the name of a registration");
        }
        let words = ["null", "no-interface"];
        let callback = act.callback.as_ref();
        let callback = callback.and_then(|callback| self.one_of(callback, &words));
        let own_token = self.names.clients[client].token;
        let client_token = match &act.token {
            Some(token) => self.plain_number(Some(token), 0),
            // A bad one is reported where it stands.
            None => own_token.map_or(0, |token| quiet_number(token.value())),
        };
        let (types, kind) = (act.advise_types.as_ref(), act.callback_type.as_ref());
        let info = AdviseInfo {
            size: self.plain_number(act.size.as_ref(), SIZES.advise_info),
            client_token,
            callback_type: self.number(kind, &CALLBACK_TYPES, MAPIOFFLINE_CALLBACK_TYPE_NOTIFY),
            callback: callback != Some("null"),
            advise_types: self.number(types, &ADVISE_TYPES, MAPIOFFLINE_ADVISE_TYPE_STATECHANGE),
            state_mask: self.mask(act, MAPIOFFLINE_STATE_ALL),
        };
        CallSpec::Advise {
            args: AdviseArgs {
                flags: self.number(act.flags.as_ref(), &FLAGS, 0),
                info: self.is_non_null(act.info.as_ref()).then_some(info),
                out,
            },
            has_interface: callback != Some("no-interface"),
            registration: act.registration.as_ref().map(|name| name.value().clone()),
            keep: act.keep.unwrap_or(false),
        }
    }

    fn profile_call(&mut self, at: &At<Act>, name: &str, client: usize) -> Option<CallSpec> {
        let act = at.value();
        let subject = self.subject(act, client);
        if name == "SetDefaultProfile" {
            return Some(CallSpec::Profile(ProfileCall::SetDefault { name: subject }));
        }
        let flags = self.number(act.flags.as_ref(), &PROFILE_FLAGS, 0);
        let app = flags & MAPI_APP_PROFILE != 0;
        let password = act.password.as_ref().map(|word| word.value().clone());
        let to = match name {
            "RenameProfile" | "CopyProfile" => needed(self, at, "to", name, act.to.as_ref())?
                .value()
                .clone(),
            _ => String::new(),
        };
        let Some(subject) = subject else {
            let span = act.name.as_ref().map_or_else(|| at.span(), At::span);
            let fault = format!("{name} is not called with a null name here");
            let help = "only SetDefaultProfile, HrOpenOfflineObj and HrCreateOfflineObj are";
            self.problems
                .say(&span, Fault::Conflict(fault), help.to_owned());
            return None;
        };
        Some(CallSpec::Profile(match name {
            "CreateProfile" => ProfileCall::Create {
                name: subject,
                password,
                app,
            },
            "DeleteProfile" => ProfileCall::Delete { name: subject, app },
            "RenameProfile" => ProfileCall::Rename {
                name: subject,
                password,
                to,
                app,
            },
            "CopyProfile" => ProfileCall::Copy {
                name: subject,
                password,
                to,
                app,
            },
            _ => return None,
        }))
    }

    /// The profile that a call is about: by default the client's own. `None` is a null pointer.
    fn subject(&mut self, act: &Act, client: usize) -> Option<String> {
        match (&act.profile, &act.name) {
            (Some(_), Some(name)) => {
                let fault = "`profile` and `name` are two words for the same".to_owned();
                self.problems
                    .say(&name.span(), Fault::Conflict(fault), None);
                None
            }
            (None, Some(name)) if name.value() == "null" => None,
            (Some(name), None) | (None, Some(name)) => Some(name.value().clone()),
            (None, None) => Some(self.names.clients[client].profile.to_owned()),
        }
    }

    fn mask(&mut self, act: &Act, usual: u32) -> u32 {
        self.number(act.mask.as_ref(), &MASKS, usual)
    }

    fn expected_state(&mut self, state: &At<Word>) -> ExpectedState {
        let number = self.number(Some(state), &STATES, 0);
        let named = match state.value() {
            Word::Text(text) if STATES.number(text).is_some() => State::exactly(number),
            _ => None,
        };
        named.map_or(ExpectedState::Raw(number), ExpectedState::State)
    }

    /// `ulReserved`, if the call has it, and whether `pReserved` is non-null.
    fn reserved(&mut self, act: &Act, has_number: bool) -> (u32, bool) {
        match &act.reserved {
            None => (0, false),
            Some(word) if *word.value() == Word::Text("non-null".to_owned()) => (0, true),
            Some(word) if has_number => (self.plain_number(Some(word), 0), false),
            Some(word) => {
                let text = word.value().to_string();
                let known = ["non-null"];
                self.problems
                    .unknown_word(&word.span(), &text, "what may stand here", known);
                (0, false)
            }
        }
    }

    fn which_registration(&mut self, act: &Act, client: usize) -> WhichRegistration {
        if let Some(token) = &act.advise_token {
            if act.registration.is_some() {
                let fault = "an Unadvise takes `registration` or `advise_token`".to_owned();
                self.problems
                    .say(&token.span(), Fault::Conflict(fault), None);
            }
            return WhichRegistration::Token(self.plain_number(Some(token), 0));
        }
        match &act.registration {
            None => WhichRegistration::Latest,
            Some(name) => self.registration(name.value(), client).unwrap_or_else(|| {
                self.unknown_registration(&name.span(), name.value(), client, true);
                WhichRegistration::Latest
            }),
        }
    }

    /// `a`, or `q.a` for another client's.
    fn registration(&self, text: &str, client: usize) -> Option<WhichRegistration> {
        let has = |client: usize, name: &str| {
            let known = &self.names.clients[client].registrations;
            known.contains(&name).then(|| WhichRegistration::Named {
                client,
                name: name.to_owned(),
            })
        };
        // A name may itself have a point in it.
        has(client, text).or_else(|| {
            text.match_indices('.').find_map(|(point, _)| {
                let other = self.names.client(&text[..point])?;
                has(other, &text[point + 1..])
            })
        })
    }

    /// `others`: those of other clients may stand there too.
    pub(super) fn unknown_registration(
        &mut self,
        at: &Span,
        name: &str,
        client: usize,
        others: bool,
    ) {
        let own = self.names.clients[client].registrations.iter();
        let mut known: Vec<String> = own.map(|name| brief(name, 60)).collect();
        if others {
            for other in &self.names.clients {
                let names = other.registrations.iter();
                known.extend(names.map(|name| brief(&format!("{}.{name}", other.name), 60)));
            }
        }
        known.dedup();
        let known = known.iter().map(String::as_str);
        self.problems.unknown_name(at, name, "registration", known);
    }
}

/// An argument that has no default.
fn needed<'a, T>(
    check: &mut Checker<'_>,
    at: &At<Act>,
    key: &'static str,
    call: &str,
    given: Option<&'a T>,
) -> Option<&'a T> {
    if given.is_none() {
        let owner = call.to_owned();
        let name = at.value().call.as_ref();
        let span = name.map_or_else(|| at.span(), At::span);
        check
            .problems
            .say(&span, Fault::MissingKey { key, owner }, None);
    }
    given
}
