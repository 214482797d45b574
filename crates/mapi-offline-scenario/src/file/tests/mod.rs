//! Scenario files, right and wrong.

mod arbitrary; // whatever the file is, nothing panics
mod bless;
mod mistakes; //  each mistake is found, at its place
mod mistakes_in_calls;
mod model; //     what a right file means
mod schema; //    what the JSON Schema says of the format

/// The example of the format's contract.
const EXAMPLE: &str = include_str!("example.toml");

/// A right file with a client and its object, to add to: 12 lines.
const START: &str = r#"title = "t"
[[profile]]
name = "Work"
[[profile]]
name = "Home"
[[client]]
name = "p"
profile = "Work"
[[step]]
client = "p"
call = "HrOpenOfflineObj"
returns = "S_OK"
"#;

/// The messages, each with its place and help: `2:1 message | help`.
fn mistakes(bytes: &[u8]) -> Vec<String> {
    match super::parse("x.toml", bytes) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| {
                let place = problem.place();
                let help = problem.help.as_deref().unwrap_or_default();
                format!("{}:{} {problem} | {help}", place.line, place.column)
            })
            .collect(),
    }
}
