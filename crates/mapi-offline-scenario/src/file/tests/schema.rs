//! What the JSON Schema says of the format.

use std::collections::BTreeSet;

use schemars::Schema;
use serde_json::{Value, json};

use crate::file::calls;
use crate::file::format::Act;
use crate::json_schema as whole;

fn properties(schema: &Schema, path: &str) -> BTreeSet<String> {
    let found = schema.pointer(path).and_then(Value::as_object);
    found.expect(path).keys().cloned().collect()
}

#[test]
fn every_key_of_the_format_belongs_to_something() {
    let own = calls::CALLS.iter().flat_map(|(_, keys)| *keys);
    let all: BTreeSet<String> = [calls::STEP, calls::HOST, calls::REACTION]
        .into_iter()
        .flatten()
        .chain(own)
        .copied()
        .chain(calls::common("Advise"))
        .map(str::to_owned)
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
        "/properties/expect/items",
        "/properties/always/items",
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
    assert!(definitions.len() >= 3, "{definitions:?}");
    let definitions = definitions.iter().map(|name| format!("/$defs/{name}"));
    let lists = ["step", "expect", "always"].map(|list| format!("/properties/{list}/items"));
    for part in definitions.chain(lists) {
        for key in properties(&schema, &format!("{part}/properties")) {
            let path = format!("{part}/properties/{key}/description");
            assert!(schema.pointer(&path).is_some(), "{path}");
        }
    }
}
