//! The types of a scenario file. Their comments are the descriptions of its JSON Schema.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use super::calls;
use super::one_or_many::OneOrMany;
use super::problem::Span;
use super::schema;
use super::word::{At, Word, WordOrList};

/// A scenario: an emulated Outlook, its clients, what happens, and what must come of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "mapisim scenario", rename = "Scenario")]
pub(crate) struct File {
    /// What the scenario shows, in a sentence.
    #[schemars(schema_with = "schema::name")]
    pub(super) title: At<String>,
    /// Decides what happens first among what falls on one instant. 0, the default, is the order
    /// of the file.
    #[serde(default)]
    #[schemars(schema_with = "schema::seed")]
    pub(super) seed: Option<At<Word>>,
    /// The emulated Outlook.
    pub(super) environment: Option<EnvironmentTable>,
    /// The answers to what the documentation leaves open.
    #[serde(default)]
    #[schemars(schema_with = "schema::policy")]
    pub(super) policy: BTreeMap<At<String>, At<WordOrList>>,
    /// The profiles, which are logged on from the start.
    #[serde(default)]
    pub(super) profile: Vec<At<ProfileEntry>>,
    /// The clients that take part.
    #[serde(default)]
    pub(super) client: Vec<At<Client>>,
    /// What happens, in this order.
    #[serde(default)]
    #[schemars(schema_with = "steps")]
    pub(super) step: Vec<At<Act>>,
    /// What must hold in this run.
    #[serde(default)]
    #[schemars(schema_with = "expect")]
    pub(super) expect: Vec<At<Expect>>,
    /// What must hold in every order and under every policy.
    #[serde(default)]
    #[schemars(schema_with = "always")]
    pub(super) always: Vec<At<Expect>>,
}

/// The emulated Outlook: how long, in virtual time, it takes between the phases of a transition.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Environment")]
pub(crate) struct EnvironmentTable {
    /// From the call to the STARTs; default `1ms`.
    #[schemars(schema_with = "schema::time")]
    pub(super) start: Option<At<Word>>,
    /// From the STARTs to the STATECHANGEs; default `20ms`.
    #[schemars(schema_with = "schema::time")]
    pub(super) change: Option<At<Word>>,
    /// From the STATECHANGEs to the STATECHANGE_DONEs; default `5ms`.
    #[schemars(schema_with = "schema::time")]
    pub(super) done: Option<At<Word>>,
    /// Whether the host process is Outlook (OPEN-5). Default true.
    pub(super) outlook: Option<bool>,
    /// What the administrator has set for fast shutdown (HOST-5, FastShutdownBehavior): 0, the default, unless a
    /// provider refuses; 1, only if all agree; 2, never.
    #[schemars(schema_with = "schema::fast_shutdown_behavior")]
    pub(super) fast_shutdown_behavior: Option<At<u32>>,
}

/// A profile.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Profile")]
pub(crate) struct ProfileEntry {
    /// Its name (PROF-3).
    #[schemars(schema_with = "schema::name")]
    pub(super) name: At<String>,
    /// Whether it is the default profile. Default false.
    pub(super) default: Option<At<bool>>,
    /// The state its global object starts in; default `ONLINE`.
    #[serde(default)]
    #[schemars(schema_with = "schema::state_name")]
    pub(super) state: Option<At<String>>,
    /// What its global object notifies of; default both.
    #[serde(default)]
    #[schemars(schema_with = "schema::capabilities")]
    pub(super) capabilities: Option<At<WordOrList>>,
    /// Whether it has a global offline object (OPEN-3). Default true.
    pub(super) offline_object: Option<bool>,
    /// Whether it is an application's profile (PROF-8). Default false.
    pub(super) app: Option<bool>,
}

/// A client.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("dependentRequired" = { "fast_shutdown": ["provider"] }))]
pub(crate) struct Client {
    /// Its name.
    #[schemars(schema_with = "schema::name")]
    pub(super) name: At<String>,
    /// The profile whose object it opens: a `[[profile]]`, or one that a step makes.
    pub(super) profile: At<String>,
    /// `ulClientToken` of its Advise calls; default 0.
    #[serde(default)]
    #[schemars(schema_with = "schema::number")]
    pub(super) token: Option<At<Word>>,
    /// The calls of it that fail on purpose (FAIL-1): one, or a list of them.
    #[serde(default)]
    #[schemars(schema_with = "schema::failures")]
    pub(super) fail: Option<OneOrMany<FailEntry>>,
    /// Whether even a host that quits fast asks it to disconnect (HOST-2, RequireShutdownNotification). Default false.
    pub(super) shutdown_notification: Option<bool>,
    /// Which MAPI provider it is, if it is one (HOST-5): one kind, or a list of them.
    #[serde(default)]
    #[schemars(schema_with = "schema::provider")]
    pub(super) provider: Option<At<WordOrList>>,
    /// Of a provider: what its IMAPIProviderShutdown::QueryFastShutdown gives (HOST-5); default: it has no such
    /// interface.
    #[serde(default)]
    #[schemars(schema_with = "schema::fast_shutdown")]
    pub(super) fast_shutdown: Option<At<String>>,
    /// What it does when it is notified, or when the host connects or disconnects it.
    #[serde(default)]
    #[schemars(schema_with = "reactions")]
    pub(super) on: Vec<At<Act>>,
}

/// A call that fails on purpose (FAIL-1).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FailEntry {
    /// The function or method.
    pub(super) call: At<String>,
    /// Which of the client's calls of it, from 1.
    pub(super) nth: Option<At<NonZeroU32>>,
    /// What it returns.
    pub(super) returns: At<String>,
}

/// A step, or a reaction of a client: which keys it has depends on what it does.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Act {
    /// The keys that are there, for messages.
    #[serde(skip)]
    pub(super) keys: Vec<(String, Span)>,

    /// Who calls: the name of a `[[client]]`.
    pub(super) client: Option<At<String>>,
    /// What happens to the host.
    #[schemars(schema_with = "schema::host")]
    pub(super) host: Option<At<String>>,
    /// The earliest virtual time: `10ms`.
    #[schemars(schema_with = "schema::time")]
    pub(super) at: Option<At<Word>>,
    /// The earliest time, from the end of the step before: `5ms`.
    #[schemars(schema_with = "schema::time")]
    pub(super) after: Option<At<Word>>,
    /// Wait only for this client's own steps above, not for all. Default false.
    pub(super) parallel: Option<bool>,
    /// Of a host event: go on only when the transition that it causes is done. Default false.
    pub(super) wait: Option<bool>,

    /// The notification type that it reacts to; `CONNECT`: its profile logs on; `STARTED`: startup is complete;
    /// `DISCONNECT`: it disconnects. Default any notification.
    #[serde(rename = "type")]
    #[schemars(schema_with = "schema::trigger")]
    pub(super) notify_type: Option<At<String>>,
    /// The new state that it reacts to; default any.
    #[schemars(schema_with = "schema::state_name")]
    pub(super) new: Option<At<String>>,

    /// The function or method that is called.
    #[schemars(schema_with = "schema::call")]
    pub(super) call: Option<At<String>>,
    /// Expected: the HRESULT, by name or number.
    #[schemars(schema_with = "schema::hresult")]
    pub(super) returns: Option<At<Word>>,
    /// Only if the state that the client read last, masked, is this.
    #[schemars(schema_with = "schema::state_name")]
    pub(super) if_state: Option<At<String>>,
    /// Only if the whole state word that the client read last is this.
    #[schemars(schema_with = "schema::number")]
    pub(super) if_raw_state: Option<At<Word>>,
    /// Only if the client's last call of the same function returned this HRESULT.
    #[schemars(schema_with = "schema::hresult")]
    pub(super) if_returned: Option<At<Word>>,
    /// The call is made so many times, each time only if its condition holds. Default 1, at most 100.
    #[schemars(schema_with = "schema::times")]
    pub(super) times: Option<At<NonZeroU32>>,
    /// Only if the capabilities that the client read last, masked, are these.
    #[schemars(schema_with = "schema::capabilities")]
    pub(super) if_capabilities: Option<At<WordOrList>>,
    /// Only if all that GetCapabilities gave the client last is this.
    #[schemars(schema_with = "schema::number")]
    pub(super) if_raw_capabilities: Option<At<Word>>,
    /// The object variable that HrOpenOfflineObj or HrCreateOfflineObj sets and other calls act
    /// on; default: what HrOpenOfflineObj without a name opened.
    #[schemars(schema_with = "schema::name")]
    pub(super) object: Option<At<String>>,

    /// The profile that the call or host event is about; default the client's own, or all.
    pub(super) profile: Option<At<String>>,
    /// The same as `profile`, but `null` is a null pointer. observe: what the client has concluded something of.
    pub(super) name: Option<At<String>>,
    /// observe: what the client has concluded.
    pub(super) value: Option<At<String>>,
    /// RenameProfile, CopyProfile: the new name.
    pub(super) to: Option<At<String>>,
    /// CreateProfile, RenameProfile, CopyProfile: the password (PROF-7); default null.
    pub(super) password: Option<At<String>>,

    /// HrOpenOfflineObj, HrCreateOfflineObj: `pGUID`; default `GUID_GlobalState`.
    #[schemars(schema_with = "schema::guid")]
    pub(super) guid: Option<At<Word>>,
    /// HrCreateOfflineObj: `pInstance`; default null.
    #[schemars(schema_with = "schema::guid")]
    pub(super) instance: Option<At<Word>>,
    /// HrCreateOfflineObj: `pParent`: `global` or another object's name; default null.
    pub(super) parent: Option<At<String>>,
    /// GetCapabilities: expected. HrCreateOfflineObj: `ulCapabilities`; default both.
    #[schemars(schema_with = "schema::capabilities")]
    pub(super) capabilities: Option<At<WordOrList>>,
    /// HrCreateOfflineObj: `ulCreateFlags`; default 0.
    #[schemars(schema_with = "schema::number")]
    pub(super) create_flags: Option<At<Word>>,
    /// QueryInterface: the interface, by name.
    pub(super) interface: Option<At<String>>,

    /// GetCurrentState: expected, masked unless it is a number. SetCurrentState: `ulState`.
    #[schemars(schema_with = "schema::state")]
    pub(super) state: Option<At<Word>>,
    /// `ulFlags`; of HrOpenOfflineObj: `ulReserved`.
    #[schemars(schema_with = "schema::flags")]
    pub(super) flags: Option<At<Word>>,
    /// SetCurrentState: `ulMask`. Advise: `ulStateMask`.
    #[schemars(schema_with = "schema::mask")]
    pub(super) mask: Option<At<Word>>,

    /// Advise: the name that it gives. Unadvise: the name that it takes, `a` or `client.a`.
    #[schemars(schema_with = "schema::name")]
    pub(super) registration: Option<At<String>>,
    /// Unadvise: this advise token.
    #[schemars(schema_with = "schema::number")]
    pub(super) advise_token: Option<At<Word>>,
    /// Advise: `ulClientToken`; default the client's `token`.
    #[schemars(schema_with = "schema::number")]
    pub(super) token: Option<At<Word>>,
    /// Advise: the client keeps its own reference on the callback. Default false.
    pub(super) keep: Option<bool>,
    /// Advise, HrCreateOfflineObj: `ulSize`; default the 64-bit structure's.
    #[schemars(schema_with = "schema::number")]
    pub(super) size: Option<At<Word>>,
    /// Advise: `CallbackType`.
    #[schemars(schema_with = "schema::callback_type")]
    pub(super) callback_type: Option<At<Word>>,
    /// Advise: `ulAdviseTypes`.
    #[schemars(schema_with = "schema::advise_types")]
    pub(super) advise_types: Option<At<Word>>,
    /// Advise: `null`, or `no-interface`: one that does not give IMAPIOfflineNotify.
    #[schemars(schema_with = "schema::callback")]
    pub(super) callback: Option<At<String>>,

    /// Advise, HrCreateOfflineObj: `null`: no structure at all.
    #[schemars(schema_with = "schema::null")]
    pub(super) info: Option<At<String>>,
    /// `null`: no out pointer.
    #[schemars(schema_with = "schema::null")]
    pub(super) out: Option<At<String>>,
    /// `non-null`: `pReserved`. HrOpenOfflineObj also: a number, `ulReserved`.
    #[schemars(schema_with = "schema::reserved")]
    pub(super) reserved: Option<At<Word>>,
}

/// What must hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Expectation")]
pub(crate) struct Expect {
    /// The client that the block is about.
    pub(super) client: Option<At<String>>,
    /// Only this registration of the client.
    #[schemars(schema_with = "schema::name")]
    pub(super) registration: Option<At<String>>,
    /// Exactly these notifications, in this order: `START ONLINE->OFFLINE`.
    #[schemars(schema_with = "schema::notifications")]
    pub(super) notifications: Option<Vec<At<String>>>,
    /// The profile that the block is about.
    pub(super) profile: Option<At<String>>,
    /// The state of the profile's global object when all is quiet, before the host quits.
    #[schemars(schema_with = "schema::state_name")]
    pub(super) state: Option<At<String>>,
    /// In `[[expect]]` exactly these findings, as a set; in `[[always]]` the error findings that
    /// are allowed.
    #[schemars(schema_with = "schema::findings")]
    pub(super) findings: Option<Vec<At<String>>>,
    /// In `[[always]]`: `current`: the client has no `stale-belief`.
    #[schemars(schema_with = "schema::belief")]
    pub(super) belief: Option<At<String>>,
}

fn steps(generator: &mut SchemaGenerator) -> Schema {
    let kind = schema::ActKind {
        without: calls::REACTION,
        outer: calls::STEP,
        has_host: true,
    };
    kind.list::<Act>(generator)
}

fn reactions(generator: &mut SchemaGenerator) -> Schema {
    let kind = schema::ActKind {
        without: calls::NOT_OF_REACTIONS,
        outer: calls::REACTION,
        has_host: false,
    };
    kind.list::<Act>(generator)
}

fn expect(generator: &mut SchemaGenerator) -> Schema {
    schema::expectations::<Expect>(generator, false)
}

fn always(generator: &mut SchemaGenerator) -> Schema {
    schema::expectations::<Expect>(generator, true)
}
