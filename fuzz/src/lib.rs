//! What is fuzzed: functions of arbitrary bytes, which panic if something does not hold.
//!
//! `fuzz/libfuzzer` has a program of libFuzzer for each, which needs a nightly toolchain; `fuzz/corpus` has the inputs
//! that reach code which fixtures do not, and some with names, which say what they are: made by hand, or found as a
//! failure. `tests/corpus.rs` plays all of them with any toolchain.

mod c_abi;
mod files;

pub use c_abi::{play_calls, play_profiles, play_seed, play_tables};
pub use files::{observed_policy, replay, scenario};

/// A function that is fuzzed: its name, which is that of its folder in `corpus`; and the folders of the repository that
/// have inputs for it besides.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// What is done with an input.
    pub play: fn(&[u8]),
    /// Folders, from the root of the repository.
    pub seeds: &'static [&'static str],
}

/// All of them.
pub const TARGETS: [Target; 6] = [
    Target {
        name: "scenario",
        play: scenario,
        seeds: &[
            "fixtures/scenarios",
            "fixtures/exploring",
            "fixtures/planted/clients",
        ],
    },
    Target {
        name: "replay",
        play: replay,
        seeds: &["fixtures/replays/version-1"],
    },
    Target {
        name: "observed_policy",
        play: observed_policy,
        seeds: &["fixtures/outlooks"],
    },
    Target {
        name: "calls",
        play: play_calls,
        seeds: &[],
    },
    Target {
        name: "profiles",
        play: play_profiles,
        seeds: &[],
    },
    Target {
        name: "tables",
        play: play_tables,
        seeds: &[],
    },
];
