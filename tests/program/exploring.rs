//! The stories in `fixtures/exploring`: in the faulty ones exploring finds what is wrong, and their
//! right twins pass, with the space exhausted.

use std::collections::BTreeSet;

use crate::support::{self, mapisim};

/// A file, the policies it is explored under, and what is found.
type Story = (&'static str, &'static str, &'static [&'static str]);

const STORIES: &[Story] = &[
    (
        "unadvise-of-another",
        "default",
        &["always: notifications of sync.main"],
    ),
    ("unadvise-of-its-own", "default", &[]),
    ("late-notification", "documented", &["use-after-release"]),
    ("late-notification-awaited", "documented", &[]),
    (
        "missing-mask",
        "documented",
        &["always: state of Work", "reacts-to-noise"],
    ),
    ("mask", "documented", &[]),
    ("concludes-without-mask", "documented", &["reacts-to-noise"]),
    ("concludes-with-mask", "documented", &[]),
    ("revert-loop", "default", &["livelock"]),
    ("revert-once", "documented", &[]),
    ("shutdown-race", "default", &["leaked-registration"]),
    ("shutdown-in-turn", "documented", &[]),
    (
        "registers-during-log-off",
        "default",
        &["leaked-registration"],
    ),
    ("block-through-helper", "default", &["block-in-notify"]),
    ("ask-through-helper", "documented", &[]),
    ("reads-then-advises", "default", &["stale-belief"]),
    ("advises-then-reads", "default", &[]),
    ("never-advises", "default", &["never-reached"]),
    ("five-steps", "documented", &[]),
];

/// What an exhaustive exploration says.
fn explored(name: &str, policies: &str) -> serde_json::Value {
    let file = format!("fixtures/exploring/{name}.toml");
    let ran = mapisim([
        "explore",
        "--exhaustive",
        "--policies",
        policies,
        "--format",
        "json",
        &file,
    ]);
    assert_ne!(ran.status, 2, "{name}: {}", ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let fails = !findings(&report).is_empty();
    assert_eq!(ran.status, i32::from(fails), "{name}");
    report
}

fn findings(report: &serde_json::Value) -> Vec<&str> {
    let failures = report["failures"].as_array().expect("failures");
    let findings = failures.iter().map(|failure| failure["finding"].as_str());
    findings.map(|finding| finding.expect("a name")).collect()
}

#[test]
fn every_story_ends_as_it_says() {
    for (name, policies, expected) in STORIES {
        let report = explored(name, policies);
        assert_eq!(findings(&report), *expected, "{name}");
        assert_eq!(report["exhausted"], true, "{name}");
    }
}

/// Under the other policies the faulty ones fail by the same fault.
#[test]
fn no_policy_lets_anything_else_show() {
    let faulty = STORIES.iter().filter(|story| !story.2.is_empty());
    for (name, _, expected) in faulty {
        let report = explored(name, "documented");
        assert_eq!(findings(&report), *expected, "{name}");
        assert_eq!(report["exhausted"], true, "{name}");
    }
}

#[test]
fn every_file_is_a_story_and_has_its_line_in_the_readme() {
    let folder = support::root().join("fixtures/exploring");
    let readme = std::fs::read_to_string(folder.join("README.md")).expect("it is there");
    let entries = std::fs::read_dir(&folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let files: BTreeSet<String> = paths
        .filter(|path| path.extension().is_some_and(|ext| ext == "toml"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    let stories: BTreeSet<String> = STORIES.iter().map(|story| story.0.to_owned()).collect();
    assert_eq!(files, stories);
    for name in files {
        let line = format!("[{name}]({name}.toml)");
        assert!(readme.contains(&line), "{name}");
    }
}

/// No call differs: what does is in the words, with the rule of the noise that causes it.
#[test]
fn a_conclusion_that_differs_is_told_with_what_causes_it() {
    let file = "fixtures/exploring/concludes-without-mask.toml";
    let ran = mapisim([
        "explore",
        "--exhaustive",
        "--policies",
        "documented",
        "--width",
        "300",
        file,
    ]);
    let wanted = "reacts-to-noise (transport): after 5 acts it concludes that works offline is yes without noise, and not with \
                  state-bits (GetCurrentState sets other bits too)";
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(wanted), "{said}");
    assert!(said.contains(" STATE-1: "), "{said}");
}

/// What shows under one answer of a knob does not show under the default.
#[test]
fn what_a_knob_lets_show_passes_under_the_default() {
    for name in [
        "late-notification",
        "missing-mask",
        "concludes-without-mask",
    ] {
        assert_eq!(findings(&explored(name, "default")), [""; 0], "{name}");
    }
}

/// ADV-7 leaves open whether who registers during a transition takes part in it. If not, to advise
/// first is not enough.
#[test]
fn to_advise_first_is_not_enough_where_one_may_not_join() {
    let report = explored("advises-then-reads", "documented");
    assert_eq!(findings(&report), ["stale-belief"]);
    let replay = report["failures"][0]["replay"].as_str().expect("a replay");
    assert!(replay.contains("next-transition"), "{replay}");
}

#[test]
fn a_version_of_outlook_sets_what_is_known_of_it_and_says_what_is_not() {
    let by_default = explored("missing-mask", "default");
    assert!(findings(&by_default).is_empty());
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("outlook.toml");
    let known = r#"
outlook = "seen"
[knobs.noise]
value = "state-bits"
evidence = [{ place = "a recording", years = "2026", says = "bits" }]
"#;
    std::fs::write(&file, known).expect("it can be written");
    let version = file.to_str().expect("UTF-8");
    let saved = folder.path().join("failure.toml");
    let save = saved.to_str().expect("UTF-8");
    let scenario = "fixtures/exploring/missing-mask.toml";
    let ran = mapisim([
        "explore",
        "--exhaustive",
        "--outlook",
        version,
        "--save",
        save,
        scenario,
    ]);
    assert_eq!(ran.status, 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("reacts-to-noise"), "{}", ran.stdout);
    let told = ran.stderr.replace('\n', " ");
    assert!(
        told.contains("Outlook seen: noise = state-bits. Nothing is known of"),
        "{told}"
    );
    assert_eq!(mapisim(["replay", save]).status, 1);
    // --policy goes over it.
    let ran = mapisim([
        "explore",
        "--outlook",
        version,
        "--policy",
        "noise=",
        scenario,
    ]);
    assert_eq!(ran.status, 0, "{}", ran.stdout);
}
