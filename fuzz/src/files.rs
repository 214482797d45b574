//! Files: whatever is in them, they are read, or refused with a message that can be shown.

use mapi_offline_driver::ObservedPolicy;
use mapi_offline_explore::Replay;
use mapi_offline_scenario::{parse, run};

/// A scenario file is refused with mistakes that can be shown at their place, or it is a scenario that ends.
pub fn scenario(bytes: &[u8]) {
    match parse("fuzzed.toml", bytes) {
        Ok(parsed) => {
            let first = run(&parsed.scenario, None);
            let again = run(&parsed.scenario, None);
            let said = |outcome| format!("{outcome:?}");
            assert_eq!(said(first), said(again), "a run is the same again");
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "a refusal says why");
            for mistake in mistakes {
                assert!(mistake.file() == "fuzzed.toml" && mistake.place().line > 0);
                let shown = format!("{:?}", miette::Report::new(mistake));
                assert!(!shown.is_empty());
            }
        }
    }
}

/// A replay file is refused with a message, or what is written of it is read as the same.
pub fn replay(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    match Replay::from_toml(text) {
        Ok(replay) => {
            let written = replay.to_toml();
            let read = Replay::from_toml(&written);
            assert_eq!(read.as_ref(), Ok(&replay), "{written}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A file of an observed policy is refused with a message, or it gives a policy.
pub fn observed_policy(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    match ObservedPolicy::parse("fuzzed.toml", text) {
        Ok(observed) => {
            let _ = observed.policy();
            assert!(observed.unknown().count() > 0 || !observed.knobs.is_empty());
        }
        Err(error) => assert!(error.to_string().contains("fuzzed.toml")),
    }
}
