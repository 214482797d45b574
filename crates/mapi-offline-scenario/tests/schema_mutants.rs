//! The JSON Schema refuses what the program refuses, and nothing else: every file that comes with the project,
//! changed in one place in many ways, is shown to both.

use std::collections::BTreeMap;
use std::path::Path;

use mapi_offline_scenario::{json_schema, parse};
use toml::{Table, Value};

/// What the program says of mistakes that no JSON Schema can find: they are about what another part of the file
/// says, or about numbers that do not fit together. The words of its messages.
const BEYOND_A_SCHEMA: &[&str] = &[
    "there is no client `",
    "there is no object `",
    "there is no profile `",
    "there is no registration `",
];

/// A file of the project, as a value.
fn files() -> Vec<(String, Table)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut files = Vec::new();
    for folder in ["scenarios", "exploring"] {
        for entry in std::fs::read_dir(fixtures.join(folder)).expect("it is there") {
            let path = entry.expect("it can be read").path();
            if path.extension().is_some_and(|end| end == "toml") {
                let text = std::fs::read_to_string(&path).expect("it can be read");
                let name = path.file_name().expect("a name").to_string_lossy();
                files.push((name.into_owned(), text.parse().expect("TOML")));
            }
        }
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    files
}

/// One way to a value from the top.
type Way = Vec<Part>;

#[derive(Clone, Debug)]
enum Part {
    Key(String),
    Place(usize),
}

/// Every way to a key, tables and lists included.
fn ways(value: &Value, way: &Way, found: &mut Vec<Way>) {
    let parts: Vec<(Part, &Value)> = match value {
        Value::Table(table) => {
            let parts = table.iter();
            parts
                .map(|(key, value)| (Part::Key(key.clone()), value))
                .collect()
        }
        Value::Array(list) => {
            let parts = list.iter().enumerate();
            parts
                .map(|(place, value)| (Part::Place(place), value))
                .collect()
        }
        _ => return,
    };
    for (part, value) in parts {
        let mut way = way.clone();
        way.push(part);
        found.push(way.clone());
        ways(value, &way, found);
    }
}

fn at<'a>(value: &'a mut Value, way: &[Part]) -> &'a mut Value {
    way.iter().fold(value, |value, part| match part {
        Part::Key(key) => value.get_mut(key).expect("it is there"),
        Part::Place(place) => value.get_mut(*place).expect("it is there"),
    })
}

/// What may stand there instead.
fn others(value: &Value) -> Vec<Value> {
    let text = |text: &str| Value::String(text.to_owned());
    let mut others = vec![
        Value::Boolean(true),
        Value::Integer(-1),
        Value::Integer(1 << 40),
        Value::Float(0.5),
        Value::Array(Vec::new()),
        Value::Array(vec![text("nonsense")]),
        Value::Table(Table::new()),
        text("nonsense"),
        text(""),
        text("1ms"),
        text("-1ms"),
        text("null"),
        text("0x1"),
        text("0x1_0000_0000"),
        text("OFFLINE"),
        text("MAPIOFFLINE_NONSENSE"),
        text("E_NONSENSE"),
    ];
    if let Value::String(word) = value {
        others.push(text(&format!("{word}x")));
        others.push(text(&word.to_lowercase()));
    }
    others.retain(|other| other != value);
    others
}

/// Keys that belong somewhere, and mostly not there.
const KEYS: &[&str] = &[
    "title",
    "client",
    "host",
    "call",
    "type",
    "state",
    "mask",
    "token",
    "interface",
    "parent",
    "wait",
    "at",
    "advise_token",
    "findings",
    "notifications",
    "default",
    "to",
    "nonsense",
];

/// The files, each changed in one place.
fn mutants(file: &Table) -> Vec<(String, Value)> {
    let whole = Value::Table(file.clone());
    let mut found = Vec::new();
    ways(&whole, &Vec::new(), &mut found);
    let mut mutants = Vec::new();
    for way in found {
        let (last, before) = way.split_last().expect("a way goes somewhere");
        if let Part::Key(key) = last {
            let mut without = whole.clone();
            let table = at(&mut without, before).as_table_mut().expect("a table");
            let value = table.remove(key).expect("it is there");
            mutants.push((format!("{way:?} removed"), without.clone()));
            let table = at(&mut without, before).as_table_mut().expect("a table");
            table.insert(format!("{key}x"), value);
            mutants.push((format!("{way:?} misspelt"), without));
        }
        for other in others(at(&mut whole.clone(), &way)) {
            let mut changed = whole.clone();
            *at(&mut changed, &way) = other.clone();
            mutants.push((format!("{way:?} = {other}"), changed));
        }
        if let Value::Table(table) = at(&mut whole.clone(), &way) {
            for key in KEYS.iter().filter(|key| !table.contains_key(**key)) {
                let mut more = whole.clone();
                let table = at(&mut more, &way).as_table_mut().expect("a table");
                table.insert((*key).to_owned(), Value::String("OFFLINE".to_owned()));
                mutants.push((format!("{way:?} with {key}"), more));
            }
        }
    }
    mutants
}

#[test]
fn the_schema_refuses_what_the_program_refuses_and_nothing_else() {
    let schema = json_schema().to_value();
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let mut passed: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut refused_alone: Vec<String> = Vec::new();
    let (mut refused, mut all) = (0, 0);
    for (name, file) in files() {
        let json = serde_json::to_value(&file).expect("JSON");
        assert!(
            validator.is_valid(&json),
            "{name}: {:?}",
            validator.iter_errors(&json).next()
        );
        // One in so many: each file has a thousand and more.
        for (what, mutant) in mutants(&file).into_iter().skip(all % 7).step_by(7) {
            let Ok(text) = toml::to_string(&mutant) else {
                continue;
            };
            all += 1;
            let by_program = parse("mutant.toml", text.as_bytes());
            let by_schema = validator.is_valid(&serde_json::to_value(&mutant).expect("JSON"));
            match by_program {
                // To serde a list of no values is a table of defaults, too.
                Ok(_) if what.ends_with("\"environment\")] = []") => {}
                Ok(_) if !by_schema => refused_alone.push(format!("{name}: {what}")),
                Ok(_) => {}
                Err(mistakes) => {
                    refused += 1;
                    let message = mistakes[0].to_string();
                    let is_beyond = mistakes.iter().all(|mistake| {
                        let message = mistake.to_string();
                        BEYOND_A_SCHEMA.iter().any(|words| message.contains(words))
                    });
                    if by_schema && !is_beyond {
                        let kind = message.split('`').step_by(2).collect::<Vec<_>>().join("…");
                        let example = format!("{name}: {what}: {message}");
                        passed.entry(kind).or_insert((0, example)).0 += 1;
                    }
                }
            }
        }
    }
    println!("{all} mutants, of which the program refuses {refused}");
    refused_alone.truncate(20);
    assert!(
        refused_alone.is_empty(),
        "refused by the schema alone: {refused_alone:#?}"
    );
    assert!(passed.is_empty(), "passed by the schema: {passed:#?}");
}
