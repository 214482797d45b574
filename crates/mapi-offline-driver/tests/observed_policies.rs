//! The observed policies of `fixtures/outlooks`, and what their format refuses.

use std::fs;
use std::path::{Path, PathBuf};

use mapi_offline_core::{KNOBS, Policy};
use mapi_offline_driver::{ObservedPolicy, ObservedPolicyError};

/// The files of observed policies, sorted by name.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/outlooks");
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    files
}

#[test]
fn each_file_is_of_the_outlook_that_its_name_says() {
    assert!(files().len() > 3);
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.display().to_string();
        let observed = ObservedPolicy::parse(&name, &text).unwrap_or_else(|e| panic!("{e}"));
        let stem = file.file_stem().unwrap().to_str().unwrap();
        assert_eq!(observed.outlook, stem);
        let known = observed.knobs.len() + observed.coming.len();
        assert!(known > 0, "{name} knows nothing");
    }
}

#[test]
fn what_is_known_is_set_and_what_is_unknown_stays_at_its_default() {
    let text = KNOWN.replace("VALUE", "reverse");
    let observed = ObservedPolicy::parse("2010.toml", &text).unwrap();
    let mut expected = Policy::default();
    expected.set("order", "reverse").unwrap();
    assert_eq!(observed.policy(), expected);
    let unknown: Vec<&str> = observed.unknown().map(|knob| knob.name).collect();
    assert_eq!(unknown.len(), KNOBS.len() - 1);
    assert!(!unknown.contains(&"order"));
}

#[test]
fn noise_is_a_set() {
    let text = KNOWN
        .replace("order", "noise")
        .replace("VALUE", "notifications, state-bits");
    let observed = ObservedPolicy::parse("2010.toml", &text).unwrap();
    let noise = observed.policy().noise;
    assert!(noise.notifications && noise.state_bits && !noise.capability_bits);
}

/// A file that knows one knob.
const KNOWN: &str = r#"
outlook = "2010"
[knobs.order]
value = "VALUE"
evidence = [{ source = "add-in report", says = "so" }]
"#;

/// The message for a text that is refused.
fn refusal(text: &str) -> String {
    let error: ObservedPolicyError = ObservedPolicy::parse("2010.toml", text).unwrap_err();
    error.to_string()
}

#[test]
fn an_unknown_knob_is_refused_with_file_and_key() {
    let text = KNOWN.replace("order", "ordre");
    assert_eq!(
        refusal(&text),
        "2010.toml: knobs.ordre: there is no policy knob `ordre`"
    );
}

#[test]
fn an_unknown_value_is_refused_with_file_and_key() {
    let text = KNOWN.replace("VALUE", "backwards");
    assert_eq!(
        refusal(&text),
        "2010.toml: knobs.order: the policy knob `order` has no value `backwards`"
    );
    let text = KNOWN.replace("order", "noise").replace("VALUE", "loud");
    assert_eq!(
        refusal(&text),
        "2010.toml: knobs.noise: the policy knob `noise` has no value `loud`"
    );
}

#[test]
fn a_word_that_the_format_does_not_have_is_refused_with_file_and_line() {
    let text = KNOWN.replace("value =", "values =");
    let message = refusal(&text);
    assert!(message.starts_with("2010.toml: "), "{message}");
    assert!(message.contains("line 4"), "{message}");
    assert!(message.contains("`values`"), "{message}");
}

#[test]
fn a_value_without_evidence_is_refused() {
    let text = "outlook = \"2010\"\n[knobs.order]\nvalue = \"reverse\"\n";
    assert_eq!(
        refusal(text),
        "2010.toml: knobs.order.evidence: there is none"
    );
}

#[test]
fn evidence_is_from_one_place_that_is_known() {
    let known = KNOWN.replace("VALUE", "reverse");
    let text = known.replace("add-in report", "hearsay");
    assert_eq!(
        refusal(&text),
        "2010.toml: knobs.order.evidence: the rules know no source `hearsay`"
    );
    let one = "2010.toml: knobs.order.evidence: \
        it is from `pages`, from a `source` or from a `place`: from one of them";
    assert_eq!(
        refusal(&known.replace("source = \"add-in report\", ", "")),
        one
    );
    assert_eq!(
        refusal(&known.replace("says", "pages = [\"mapiinitialize\"], says")),
        one
    );
    let text = known.replace("source = \"add-in report\"", "place = \"a blog\"");
    assert_eq!(
        refusal(&text),
        "2010.toml: knobs.order.evidence: a `place` has `years`, and nothing else has"
    );
}

#[test]
fn a_knob_to_come_is_one_that_a_rule_announces() {
    let text = KNOWN
        .replace("knobs.order", "coming.quilt")
        .replace("VALUE", "fast");
    assert_eq!(
        refusal(&text),
        "2010.toml: coming.quilt: no known difference of a rule announces such a knob"
    );
    let text = KNOWN
        .replace("knobs.order", "coming.order")
        .replace("VALUE", "reverse");
    assert_eq!(
        refusal(&text),
        "2010.toml: coming.order: there is such a knob now: it belongs under `knobs`"
    );
}
