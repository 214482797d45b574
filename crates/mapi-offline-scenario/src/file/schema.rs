//! The parts of the JSON Schema that the types alone do not say: which words may stand where.

use mapi_offline_core::{FindingId, Function, KNOBS, ProviderKind};
use mapi_offline_sys::hresult;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::calls;
use super::vocabulary::{self, Vocabulary};

/// The schema of `T`, in which nothing may be null.
pub(super) fn without_nulls<T: JsonSchema>() -> Schema {
    let mut schema = schemars::schema_for!(T);
    NoNulls.transform(&mut schema);
    schema
}

/// TOML has no null: what may be absent is not null.
struct NoNulls;

impl Transform for NoNulls {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(any)) = schema.get_mut("anyOf") {
            any.retain(|one| *one != json!({ "type": "null" }));
            if let [Value::Object(only)] = any.as_slice() {
                let only = only.clone();
                schema.remove("anyOf");
                schema.ensure_object().extend(only);
            }
        }
    }
}

/// As `uuid` reads them: with or without hyphens, in braces, and as a URN.
const UUID: &str = "^([0-9A-Fa-f]{32}|(urn:uuid:)?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\
    |\\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\})$";

const HEX: &str = "^(0[xX][0-9A-Fa-f]+|[0-9]+)$";

fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> Schema {
    let names: Vec<&str> = names.into_iter().collect();
    json_schema!({ "enum": names })
}

fn number_or(others: Option<Schema>) -> Schema {
    let mut any = Vec::from_iter(others.map(Value::from));
    any.push(json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }));
    any.push(json!({ "type": "string", "pattern": HEX }));
    json_schema!({ "anyOf": any })
}

/// The words, which may be written with their Win32 prefix too.
fn words(vocabularies: &[&Vocabulary]) -> Schema {
    let short = names(vocabularies.iter().flat_map(|words| words.names()));
    let long = vocabularies.iter().flat_map(|words| words.long_names());
    let long: Vec<String> = long.collect();
    json_schema!({ "anyOf": [short, { "enum": long }] })
}

fn word(vocabulary: &Vocabulary) -> Schema {
    number_or(Some(words(&[vocabulary])))
}

pub(super) fn seed(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [
        { "type": "integer", "minimum": 0 },
        { "type": "string", "pattern": HEX },
    ] })
}

pub(super) fn time(_: &mut SchemaGenerator) -> Schema {
    let pattern = r"^[0-9]+(\.[0-9]+)? ?(us|ms|s|m|h)$";
    json_schema!({ "type": "string", "pattern": pattern, "examples": ["10ms"] })
}

pub(super) fn number(_: &mut SchemaGenerator) -> Schema {
    number_or(None)
}

pub(super) fn state_name(_: &mut SchemaGenerator) -> Schema {
    words(&[&vocabulary::STATES])
}

pub(super) fn state(_: &mut SchemaGenerator) -> Schema {
    word(&vocabulary::STATES)
}

/// A name that is not empty.
pub(super) fn name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1 })
}

pub(super) fn flags(_: &mut SchemaGenerator) -> Schema {
    let both = [&vocabulary::FLAGS, &vocabulary::PROFILE_FLAGS];
    number_or(Some(words(&both)))
}

pub(super) fn mask(_: &mut SchemaGenerator) -> Schema {
    word(&vocabulary::MASKS)
}

pub(super) fn callback_type(_: &mut SchemaGenerator) -> Schema {
    word(&vocabulary::CALLBACK_TYPES)
}

pub(super) fn advise_types(_: &mut SchemaGenerator) -> Schema {
    word(&vocabulary::ADVISE_TYPES)
}

pub(super) fn capabilities(_: &mut SchemaGenerator) -> Schema {
    let one = word(&vocabulary::CAPABILITIES);
    json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
}

pub(super) fn host(_: &mut SchemaGenerator) -> Schema {
    names(vocabulary::host_events())
}

pub(super) fn trigger(_: &mut SchemaGenerator) -> Schema {
    names(vocabulary::triggers())
}

pub(super) fn call(_: &mut SchemaGenerator) -> Schema {
    names(calls::names())
}

pub(super) fn hresult(_: &mut SchemaGenerator) -> Schema {
    let known = names(hresult::NAMES.iter().map(|(name, _)| *name));
    json_schema!({ "anyOf": [
        known,
        { "type": "integer", "minimum": i32::MIN, "maximum": u32::MAX },
        { "type": "string", "pattern": HEX },
    ] })
}

/// How many times a call is made.
pub(super) fn times(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": calls::TIMES_MAX })
}

/// The calls of a client that fail: one, or a list of them.
pub(super) fn failures(_: &mut SchemaGenerator) -> Schema {
    let can_fail = Function::ALL.iter().filter(|it| !it.failures().is_empty());
    let conditions = can_fail.clone().map(|function| {
        let names = hresult::NAMES.iter();
        let names = names.filter(|(_, hr)| function.failures().contains(hr));
        let returns = json!({ "enum": names.map(|(name, _)| *name).collect::<Vec<_>>() });
        let then = json!({ "properties": { "returns": returns } });
        when("call", function.name(), then)
    });
    let one = json!({
        "type": "object",
        "properties": {
            "call": {
                "description": "The function or method that is called.",
                "enum": can_fail.clone().map(|it| it.name()).collect::<Vec<_>>(),
            },
            "nth": {
                "description": "Which of the client's calls of it fails; default 1, the first.",
                "type": "integer", "minimum": 1, "maximum": u32::MAX,
            },
            "returns": { "description": "What it returns.", "type": "string" },
        },
        "required": ["call", "returns"],
        "additionalProperties": false,
        "allOf": conditions.collect::<Vec<_>>(),
    });
    json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
}

pub(super) fn fast_shutdown_behavior(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "enum": [0, 1, 2] })
}

/// The kinds of provider that a client is: one, or a list in which none is twice.
pub(super) fn provider(_: &mut SchemaGenerator) -> Schema {
    let kind = names(ProviderKind::ALL.map(ProviderKind::name));
    json_schema!({ "anyOf": [kind, { "type": "array", "items": kind, "uniqueItems": true }] })
}

pub(super) fn fast_shutdown(_: &mut SchemaGenerator) -> Schema {
    names(vocabulary::SHUTDOWN_ANSWERS)
}

pub(super) fn guid(_: &mut SchemaGenerator) -> Schema {
    number_or(Some(json_schema!({ "anyOf": [
        names([vocabulary::GLOBAL_STATE, "null"]),
        { "type": "string", "pattern": UUID },
    ] })))
}

pub(super) fn null(_: &mut SchemaGenerator) -> Schema {
    names(["null"])
}

pub(super) fn callback(_: &mut SchemaGenerator) -> Schema {
    names(["null", "no-interface"])
}

pub(super) fn reserved(_: &mut SchemaGenerator) -> Schema {
    number_or(Some(names(["non-null"])))
}

pub(super) fn belief(_: &mut SchemaGenerator) -> Schema {
    names(["current"])
}

pub(super) fn findings(_: &mut SchemaGenerator) -> Schema {
    let name = names(FindingId::ALL.iter().map(|id| id.name()));
    json_schema!({ "type": "array", "items": name })
}

pub(super) fn notifications(_: &mut SchemaGenerator) -> Schema {
    let all: Vec<String> = vocabulary::notifications().collect();
    json_schema!({ "type": "array", "items": { "enum": all } })
}

pub(super) fn policy(_: &mut SchemaGenerator) -> Schema {
    let knob = |knob: &mapi_offline_core::Knob| {
        let value = json!({ "enum": knob.values });
        let about = format!("{} ({})", knob.about.trim(), knob.rule);
        let schema = if knob.name == "noise" {
            let one = format!("({})?", knob.values.join("|"));
            let set = json!({ "type": "string", "pattern": format!("^{one}( *, *{one})*$") });
            let items = [knob.values, &[""]].concat();
            let list = json!({ "type": "array", "items": { "enum": items } });
            json!({ "description": about, "anyOf": [value, list, set] })
        } else {
            json!({ "description": about, "default": knob.values[0], "enum": knob.values })
        };
        (knob.name.to_owned(), schema)
    };
    let knobs: Map<String, Value> = KNOBS.iter().map(knob).collect();
    json_schema!({ "type": "object", "properties": knobs, "additionalProperties": false })
}

/// What steps or reactions have to keep besides what each key allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct ActKind {
    /// The keys that none of them has.
    pub(super) without: &'static [&'static str],
    /// The keys that it has besides those of its call.
    pub(super) outer: &'static [&'static str],
    /// Whether something can happen to the host, too.
    pub(super) has_host: bool,
}

impl ActKind {
    /// The list of them.
    pub(super) fn list<T: JsonSchema>(self, generator: &mut SchemaGenerator) -> Schema {
        let mut list = list_without::<T>(generator, self.without);
        let item = list.get_mut("items").and_then(Value::as_object_mut);
        if let Some(item) = item {
            item.insert("allOf".to_owned(), Value::Array(self.conditions()));
        }
        list
    }

    /// Which keys go together.
    fn conditions(self) -> Vec<Value> {
        let needed: &[&str] = if self.has_host {
            &["client", "call"]
        } else {
            &["call"]
        };
        let a_call = json!({ "required": needed });
        let mut all = Vec::new();
        for (place, one) in calls::CONDITIONS.iter().enumerate() {
            let others = calls::CONDITIONS[place + 1..].iter();
            all.extend(others.map(|other| json!({ "not": { "required": [one, other] } })));
        }
        if self.has_host {
            let of_host = json!({ "required": ["host"], "propertyNames": { "enum": calls::HOST } });
            let of_client = json!({
                "required": ["host", "client"],
                "propertyNames": { "enum": calls::DISCONNECT },
            });
            let disconnects =
                json!({ "properties": { "host": { "const": vocabulary::USER_DISCONNECTS } } });
            let of_host = json!({ "if": disconnects, "then": of_client, "else": of_host });
            all.push(json!({ "if": { "required": ["host"] }, "then": of_host, "else": a_call }));
        } else {
            all.push(a_call);
            let without_new = json!({ "not": { "required": ["new"] } });
            all.extend(
                vocabulary::MOMENTS.map(|(name, _)| when("type", name, without_new.clone())),
            );
        }
        for (call, own) in calls::CALLS {
            let own = own.iter().copied().chain(calls::common(call));
            let keys: Vec<&str> = own.chain(self.outer.iter().copied()).collect();
            let mut then = json!({ "propertyNames": { "enum": keys } });
            let needed = calls::needed_keys(call);
            if !needed.is_empty() {
                then["required"] = json!(needed);
            }
            let flags = match calls::is_of_profiles(call) {
                true => &vocabulary::PROFILE_FLAGS,
                false => &vocabulary::FLAGS,
            };
            then["properties"] = json!({ "flags": word(flags) });
            if *call == crate::model::OBSERVE {
                // For other calls it is an argument, which may be empty.
                then["properties"]["name"] = json!({ "minLength": 1 });
            }
            all.push(when("call", call, then));
        }
        all
    }
}

/// A schema that holds for what has that value of a key.
fn when(key: &str, value: &str, then: Value) -> Value {
    let is = json!({ "required": [key], "properties": { key: { "const": value } } });
    json!({ "if": is, "then": then })
}

/// What an expectation has to keep besides what each key allows.
pub(super) fn expectations<T: JsonSchema>(generator: &mut SchemaGenerator, always: bool) -> Schema {
    let mut keys = vec!["notifications", "state", "findings"];
    if always {
        keys.push("belief");
    }
    let something: Vec<Value> = keys
        .iter()
        .map(|key| json!({ "required": [key] }))
        .collect();
    let without: &[&str] = if always { &[] } else { &["belief"] };
    let mut list = list_without::<T>(generator, without);
    if let Some(item) = list.get_mut("items").and_then(Value::as_object_mut) {
        item.insert("anyOf".to_owned(), Value::Array(something));
        let company = json!({
            "registration": ["client", "notifications"],
            "notifications": ["client"],
            "belief": ["client"],
            "state": ["profile"],
        });
        item.insert("dependentRequired".to_owned(), company);
    }
    list
}

/// A list of things that have the keys of `T`, save these.
fn list_without<T: JsonSchema>(generator: &mut SchemaGenerator, keys: &[&str]) -> Schema {
    let mut schema = T::json_schema(generator);
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    if let Some(properties) = properties {
        properties.retain(|key, _| !keys.contains(&key.as_str()));
    }
    json_schema!({ "type": "array", "items": schema })
}
