//! A run that only grows ends with the finding that says what grows. Its trace is too long to be a golden one.

use crate::support::mapisim;

const FILE: &str = "tests/program/registers-ever-more.toml";

#[test]
fn a_run_whose_registrations_double_ends() {
    let ran = mapisim(["run", FILE]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    let grows = "callbacks began 14 transitions with nothing else between them, and the registrations grew \
                 from 2 to 16384 meanwhile (SET-12)";
    assert!(ran.stdout.contains(grows), "{}", ran.stdout);
}

#[test]
fn an_exploration_of_it_ends_too() {
    let ran = mapisim(["explore", "--schedules", "3", FILE]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("✗ livelock"), "{}", ran.stdout);
}
