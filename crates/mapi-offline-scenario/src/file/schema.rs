//! The parts of the JSON Schema that the types alone do not say: which words may stand where.

use mapi_offline_core::{FindingId, KNOBS};
use mapi_offline_sys::hresult;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::calls;
use super::format::{Act, File};
use super::vocabulary::{self, Vocabulary};

/// The JSON Schema of scenario files.
#[must_use]
pub fn whole() -> Schema {
    let mut schema = schemars::schema_for!(File);
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
    json_schema!({ "anyOf": [short, { "type": "string", "pattern": "^MAPIOFFLINE_[A-Z_]+$" }] })
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
    let name = words(&[&vocabulary::CAPABILITIES]);
    number_or(Some(json_schema!({ "type": "array", "items": name })))
}

pub(super) fn host(_: &mut SchemaGenerator) -> Schema {
    names(vocabulary::HOST_EVENTS.map(|(name, _)| name))
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

pub(super) fn guid(_: &mut SchemaGenerator) -> Schema {
    number_or(Some(json_schema!({ "anyOf": [
        names([vocabulary::GLOBAL_STATE, "null"]),
        { "type": "string", "format": "uuid" },
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
            json!({
                "description": about,
                "anyOf": [{ "type": "array", "items": value }, value],
            })
        } else {
            json!({ "description": about, "default": knob.values[0], "enum": knob.values })
        };
        (knob.name.to_owned(), schema)
    };
    let knobs: Map<String, Value> = KNOBS.iter().map(knob).collect();
    json_schema!({ "type": "object", "properties": knobs, "additionalProperties": false })
}

pub(super) fn steps(generator: &mut SchemaGenerator) -> Schema {
    list_without(generator, calls::REACTION)
}

pub(super) fn reactions(generator: &mut SchemaGenerator) -> Schema {
    let of_steps: Vec<&str> = [calls::STEP, calls::HOST]
        .concat()
        .into_iter()
        .filter(|key| *key != "profile")
        .collect();
    list_without(generator, &of_steps)
}

/// A list of [`Act`]s that do not have these keys.
fn list_without(generator: &mut SchemaGenerator, keys: &[&str]) -> Schema {
    let mut act = Act::json_schema(generator);
    let properties = act.get_mut("properties").and_then(Value::as_object_mut);
    if let Some(properties) = properties {
        properties.retain(|key, _| !keys.contains(&key.as_str()));
    }
    json_schema!({ "type": "array", "items": act })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn properties(schema: &Schema, path: &str) -> BTreeSet<String> {
        let found = schema.pointer(path).and_then(Value::as_object);
        found.expect(path).keys().cloned().collect()
    }

    #[test]
    fn every_key_of_the_format_belongs_to_something() {
        let own = calls::CALLS.iter().flat_map(|(_, keys)| *keys);
        let all: BTreeSet<String> = [calls::STEP, calls::HOST, calls::REACTION, calls::COMMON]
            .into_iter()
            .flatten()
            .chain(own)
            .map(|key| (*key).to_owned())
            .collect();
        let schema = schemars::schema_for!(Act);
        assert_eq!(properties(&schema, "/properties"), all);
    }

    #[test]
    fn steps_and_reactions_have_the_keys_that_are_theirs() {
        let schema = whole();
        let step = properties(&schema, "/properties/step/items/properties");
        assert!(step.contains("at") && step.contains("call") && !step.contains("type"));
        let reaction = properties(&schema, "/$defs/Client/properties/on/items/properties");
        assert!(reaction.contains("type") && reaction.contains("call"));
        assert!(reaction.contains("profile") && !reaction.contains("at"));
    }

    #[test]
    fn only_what_has_no_default_is_required() {
        let schema = whole();
        let required = |path: &str| schema.pointer(&format!("{path}/required")).cloned();
        assert_eq!(required(""), Some(json!(["title"])));
        assert_eq!(required("/$defs/Profile"), Some(json!(["name"])));
        assert_eq!(required("/$defs/Client"), Some(json!(["name", "profile"])));
        for optional in [
            "/$defs/Environment",
            "/$defs/Expectation",
            "/$defs/Client/properties/on/items",
            "/properties/step/items",
        ] {
            assert!(schema.pointer(optional).is_some(), "{optional}");
            assert_eq!(required(optional), None, "{optional}");
        }
        assert!(!schema.to_value().to_string().contains("\"null\"}"));
    }

    #[test]
    fn every_part_is_described() {
        let schema = whole();
        let definitions = properties(&schema, "/$defs");
        assert!(definitions.len() >= 4, "{definitions:?}");
        for name in definitions {
            for key in properties(&schema, &format!("/$defs/{name}/properties")) {
                let path = format!("/$defs/{name}/properties/{key}/description");
                assert!(schema.pointer(&path).is_some(), "{path}");
            }
        }
    }
}
