//! The scenarios of the tests, read from their files.

use std::path::Path;

use mapi_offline::FindingId;
use mapi_offline_scenario::{Expectation, Scenario};

/// The scenario of a text.
pub fn of_text(text: &str) -> Scenario {
    match mapi_offline_scenario::parse("a.toml", text.as_bytes()) {
        Ok(parsed) => parsed.scenario,
        Err(wrong) => panic!("{wrong:?}\n{text}"),
    }
}

/// The text of the file of that name, without its extension, in a folder of this crate.
fn text(folder: &str, name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let path = folder.join(format!("{name}.toml"));
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// A scenario of `fixtures/planted`.
pub fn planted(name: &str) -> Scenario {
    of_text(&text("../../fixtures/planted", name))
}

/// A faulty client of `fixtures/planted/clients`.
pub fn faulty(name: &str) -> Scenario {
    planted(&format!("clients/{name}"))
}

/// A scenario of `tests/scripted/scenarios`, with more text behind it.
pub fn scenario_with(name: &str, more: &str) -> Scenario {
    of_text(&format!(
        "{}\n{more}",
        text("tests/scripted/scenarios", name)
    ))
}

/// A scenario of `tests/scripted/scenarios`.
pub fn scenario(name: &str) -> Scenario {
    scenario_with(name, "")
}

/// `[[always]] findings = […]`
pub fn allow(scenario: &mut Scenario, findings: &[FindingId]) {
    scenario.always.push(Expectation {
        findings: Some(findings.to_vec()),
        line: 99,
        ..Expectation::default()
    });
}
