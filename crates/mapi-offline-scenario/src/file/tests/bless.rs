//! What a run gave, written over what a file expects.

use crate::{bless, parse, run};

/// A file that expects nothing that comes.
const WRONG: &str = r#"# It is wrong throughout.
title = "wrong"
[[profile]]
name = "Work"
[[client]]
name = "p"
profile = "Work"
[[client.on]]
type = "START"
call = "GetCurrentState"
state = "OFFLINE"   # not yet
[[step]]
client = "p"
call = "HrOpenOfflineObj"
returns = "E_FAIL"  # really?
[[step]]
client = "p"
call = "GetCapabilities"
capabilities = ["OFFLINE"]
[[step]]
client = "p"
call = "Advise"
returns = 0x80004005
[[step]]
host = "work-offline"
wait = true
[[expect]]
client = "p"
notifications = []  # none
[[expect]]
profile = "Work"
state = "ONLINE"
[[expect]]
findings = []       # nothing leaks
[[always]]
findings = ["stale-belief"]
"#;

#[test]
fn what_came_is_expected_and_every_comment_stays() {
    let parsed = parse("wrong.toml", WRONG.as_bytes()).expect("it is a scenario");
    let blessed = bless(WRONG, &run(&parsed.scenario, None));
    assert_eq!((blessed.changed, blessed.left.as_slice()), (8, &[][..]));
    let again = parse("blessed.toml", blessed.text.as_bytes()).expect("it is a scenario");
    let outcome = run(&again.scenario, None);
    assert_eq!(outcome.failures, [], "{}", blessed.text);
    for part in [
        "returns = \"S_OK\"  # really?",
        "state = \"ONLINE\"   # not yet",
        "capabilities = [\"OFFLINE\", \"ONLINE\"]",
        "  \"START ONLINE->OFFLINE\",\n",
        "]  # none",
        "state = \"OFFLINE\"\n",
        "findings = [\"leaked-reference\", \"leaked-registration\"]       # nothing leaks",
    ] {
        assert!(blessed.text.contains(part), "{part} in\n{}", blessed.text);
    }
}

#[test]
fn a_file_that_holds_stays_byte_for_byte() {
    let parsed = parse("wrong.toml", WRONG.as_bytes()).expect("it is a scenario");
    let once = bless(WRONG, &run(&parsed.scenario, None)).text;
    let parsed = parse("once.toml", once.as_bytes()).expect("it is a scenario");
    let twice = bless(&once, &run(&parsed.scenario, None));
    assert_eq!((twice.text, twice.changed), (once, 0));
}

#[test]
fn what_never_came_is_left_and_named() {
    // It has opened nothing yet, so the call is left out.
    let early = "[[step]]\nclient = \"p\"\ncall = \"GetCurrentState\"\nstate = \"ONLINE\"\n";
    let text = WRONG.replacen("[[step]]\n", &format!("{early}[[step]]\n"), 1);
    let parsed = parse("left.toml", text.as_bytes()).expect("it is a scenario");
    let blessed = bless(&text, &run(&parsed.scenario, None));
    assert_eq!(blessed.left, [12], "{}", blessed.text);
}
