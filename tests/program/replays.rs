//! Replays that were saved in earlier versions of the format play as they did then.

use crate::support::{self, mapisim};

/// The folder of what version 1 was when it was the newest.
pub const VERSION_1: &str = "fixtures/replays/version-1";

#[test]
fn replays_of_scenarios_in_version_1_give_the_same_traces() {
    for name in ["stale-belief", "livelock", "reacts-to-noise"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let trace = folder.path().join("trace.jsonl");
        let file = format!("{VERSION_1}/{name}.toml");
        let ran = mapisim(["replay", "--trace", trace.to_str().expect("UTF-8"), &file]);
        assert_eq!(ran.status, 1, "{name}: {}{}", ran.stdout, ran.stderr);
        let shows = format!("✗ {name} shows");
        assert!(ran.stdout.contains(&shows), "{name}: {}", ran.stdout);
        let trace = std::fs::read_to_string(trace).expect("it was written");
        assert_eq!(trace, saved_trace(name), "{name}");
    }
}

/// The trace that was saved with a replay in version 1.
pub fn saved_trace(name: &str) -> String {
    let path = support::root().join(format!("{VERSION_1}/{name}.trace.jsonl"));
    std::fs::read_to_string(path).expect("it was saved")
}
