//! Whatever the file is, nothing panics, and every mistake can be shown.

use miette::{GraphicalReportHandler, GraphicalTheme};
use proptest::prelude::*;

use super::{EXAMPLE, START};
use crate::parse;

/// Parses, and renders what is wrong as the program does.
fn survive(bytes: &[u8]) {
    let Err(problems) = parse("x.toml", bytes) else {
        return;
    };
    assert!(!problems.is_empty());
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
    for problem in &problems {
        let mut text = String::new();
        let rendered = handler.render_report(&mut text, problem);
        assert!(rendered.is_ok(), "{problem}");
        assert!(text.contains("x.toml"), "{text}");
        assert!(text.len() < 4_000, "{text}");
        let place = problem.place();
        assert!(place.line >= 1 && place.column >= 1);
    }
}

/// What may stand where a value stands.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        Just("\"null\"".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("[[1]]".to_owned()),
        Just("\"\"".to_owned()),
        Just("1979-05-27T07:32:00Z".to_owned()),
        Just("nan".to_owned()),
        Just("\"\u{202e}\\u001b[31m\"".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        any::<bool>().prop_map(|is| is.to_string()),
        "[ -~]{0,12}".prop_map(|text| format!("{text:?}")),
        "\\PC{0,12}",
        (0usize..5).prop_map(|size| format!("\"{}\"", "x".repeat(1 << (4 * size)))),
    ]
}

/// A change to a file that was right.
#[derive(Clone, Debug)]
enum Change {
    Cut(prop::sample::Index),
    Replace(prop::sample::Index, u8),
    Double(prop::sample::Index),
    Drop(prop::sample::Index),
    Move(prop::sample::Index, prop::sample::Index),
    Value(prop::sample::Index, String),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        1 => at().prop_map(Change::Cut),
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        3 => at().prop_map(Change::Double),
        3 => at().prop_map(Change::Drop),
        3 => (at(), at()).prop_map(|(from, to)| Change::Move(from, to)),
        4 => (at(), value()).prop_map(|(at, value)| Change::Value(at, value)),
    ]
}

fn changed(file: &str, changes: &[Change]) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = file.lines().map(|line| line.as_bytes().to_vec()).collect();
    let mut cut = None;
    for change in changes {
        if lines.is_empty() {
            break;
        }
        match change {
            Change::Cut(at) => cut = Some(*at),
            Change::Replace(at, byte) => {
                let line = at.get_mut(&mut lines);
                if !line.is_empty() {
                    *at.get_mut(line) = *byte;
                }
            }
            Change::Double(at) => {
                let at = at.index(lines.len());
                lines.insert(at, lines[at].clone());
            }
            Change::Drop(at) => {
                lines.remove(at.index(lines.len()));
            }
            Change::Move(from, to) => {
                let line = lines.remove(from.index(lines.len()));
                lines.insert(to.index(lines.len() + 1), line);
            }
            Change::Value(at, value) => {
                let line = at.get_mut(&mut lines);
                if let Some(equals) = line.iter().position(|byte| *byte == b'=') {
                    line.truncate(equals + 1);
                    line.extend(value.bytes());
                }
            }
        }
    }
    let mut bytes = lines.join(&b'\n');
    if let Some(cut) = cut {
        bytes.truncate(cut.index(bytes.len() + 1));
    }
    bytes
}

/// Files that use most of the format.
const FILES: [&str; 3] = [
    EXAMPLE,
    START,
    r#"title = "all"
seed = "0xff"
[environment]
start = "1.5ms"
outlook = false
[policy]
noise = ["state-bits"]
late = "queued"
[[profile]]
name = "W"
app = true
capabilities = 3
[[client]]
name = "c"
profile = "W"
on = [{ type = "DISCONNECT", call = "Unadvise", advise_token = 7 }]
[[step]]
client = "c"
call = "HrCreateOfflineObj"
object = "o"
guid = "fbeffd93-b11f-4094-842b-96dcd31e63d1"
instance = 5
parent = "global"
[[step]]
client = "c"
call = "Advise"
registration = "a"
object = "o"
callback = "no-interface"
size = "0x18"
after = "5us"
parallel = true
[[step]]
client = "c"
call = "Unadvise"
registration = "c.a"
if_raw_state = 1
[[always]]
client = "c"
registration = "a"
notifications = ["STATECHANGE OFFLINE->ONLINE"]
belief = "current"
"#,
];

#[test]
fn the_files_that_are_changed_are_right() {
    for file in FILES {
        assert_eq!(super::mistakes(file.as_bytes()), [""; 0]);
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survive(&bytes);
    }

    #[test]
    fn arbitrary_text(text in "\\PC{0,200}") {
        survive(text.as_bytes());
    }

    #[test]
    fn arbitrary_lines(lines in prop::collection::vec(
        ("(\\[\\[(step|client|client\\.on|expect|always|profile)\\]\\]\n)?\
          (title|name|client|call|state|at|profile|object|parent|returns|on|findings)", value()),
        0..20,
    )) {
        let lines: Vec<String> = lines.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        survive(lines.join("\n").as_bytes());
    }

    #[test]
    fn changed_files(
        file in prop::sample::select(&FILES[..]),
        changes in prop::collection::vec(change(), 1..8),
    ) {
        survive(&changed(file, &changes));
    }
}
