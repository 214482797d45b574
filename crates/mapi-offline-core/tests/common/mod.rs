//! What more than one test program of this folder is written with.

use mapi_offline_core::{Config, Policy};

/// A world's configuration with these knobs of the policy, and else the defaults.
pub(crate) fn config_with(knobs: &[(&str, &str)]) -> Config {
    let mut policy = Policy::default();
    for (knob, value) in knobs {
        policy.set(knob, value).expect("a knob and its value");
    }
    Config {
        policy,
        ..Config::default()
    }
}
