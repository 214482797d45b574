//! `--report`: timeline pages, as the program writes them.

use crate::explore::{READS_FIRST, folder, read, write};
use crate::support::mapisim_in;

/// The data of a page.
pub(crate) fn data(page: &str) -> serde_json::Value {
    mapi_offline_page::data_of_page(page).expect("there is data")
}

#[test]
fn a_run_has_a_page_with_every_scenario_and_what_did_not_hold() {
    let fails = READS_FIRST.replacen(
        "call = \"GetCurrentState\"",
        "call = \"GetCurrentState\"\nstate = \"OFFLINE\"",
        1,
    );
    let folder = folder(&fails);
    write(folder.path(), "second.toml", READS_FIRST);
    let ran = mapisim_in(folder.path(), ["run", "--report", "out.html", "."]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let data = data(&read(folder.path(), "out.html"));
    assert_eq!(data["parts"].as_array().map(Vec::len), Some(2));
    assert_eq!(data["verdict"], "1 passed, 1 failed");
    let first = &data["parts"][0];
    assert_eq!(first["marks"][0]["line"], 26);
    assert_eq!(
        first["marks"][0]["text"],
        "GetCurrentState of provider gives: expected OFFLINE, got ONLINE"
    );
    assert!(
        data["sources"][0]["lines"]
            .as_array()
            .is_some_and(|lines| lines.len() > 30)
    );
}

#[test]
fn a_failure_of_an_exploration_stands_beside_the_nearest_order_that_passes() {
    let folder = folder(READS_FIRST);
    let args = [
        "explore",
        "--report",
        "out.html",
        "--save",
        "failure.toml",
        "scenario.toml",
    ];
    let ran = mapisim_in(folder.path(), args);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let of_exploration = data(&read(folder.path(), "out.html"));
    let part = &of_exploration["parts"][0];
    let texts = |recording: &serde_json::Value| recording["texts"].to_string();
    assert!(
        texts(&part["recording"]).contains("this decides it"),
        "{part}"
    );
    assert!(texts(&part["recording"]).contains("stale-belief"), "{part}");
    let other = &part["other"];
    assert!(
        other["about"]
            .as_str()
            .is_some_and(|about| about.contains("in the order of the file"))
    );
    assert!(
        !texts(&other["recording"]).contains("stale-belief"),
        "{other}"
    );
    assert!(of_exploration["rules"]["NOTE-8"][0].is_string());

    let ran = mapisim_in(
        folder.path(),
        ["replay", "--report", "again.html", "failure.toml"],
    );
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let of_replay = data(&read(folder.path(), "again.html"));
    assert!(texts(&of_replay["parts"][0]["recording"]).contains("stale-belief"));
}

#[test]
fn a_trace_for_other_tools_is_asked_for_by_its_format() {
    let folder = folder(READS_FIRST);
    let run = |format: &[&str]| {
        let args = ["run", "--trace", "trace.json"].iter().chain(format);
        let ran = mapisim_in(folder.path(), args.chain(&["scenario.toml"]));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        read(folder.path(), "trace.json")
    };
    assert!(run(&[]).starts_with("{\"seq\":0,"));
    assert_eq!(run(&[]), run(&["--trace-format", "jsonl"]));
    let chrome: serde_json::Value =
        serde_json::from_str(&run(&["--trace-format", "chrome"])).expect("JSON");
    assert!(
        chrome["traceEvents"]
            .as_array()
            .is_some_and(|events| events.len() > 10)
    );
    let ran = mapisim_in(
        folder.path(),
        ["run", "--trace-format", "chrome", "scenario.toml"],
    );
    assert_eq!(ran.status, 2, "{}", ran.stdout);
}

#[test]
fn a_page_is_not_written_over_what_it_is_of() {
    let folder = folder(READS_FIRST);
    for command in ["run", "explore"] {
        let ran = mapisim_in(
            folder.path(),
            [command, "--report", "scenario.toml", "scenario.toml"],
        );
        assert_eq!(ran.status, 2, "{command}");
        assert!(
            read(folder.path(), "scenario.toml") == READS_FIRST,
            "{command}"
        );
        let ran = mapisim_in(folder.path(), [command, "--report", "-", "scenario.toml"]);
        assert!(
            ran.stderr.contains("takes a file"),
            "{command}: {}",
            ran.stderr
        );
        let ran = mapisim_in(
            folder.path(),
            [command, "--report", "no/folder.html", "scenario.toml"],
        );
        assert_eq!(ran.status, 2, "{command}");
    }
}
