//! The emulation as a state machine, calls from outside only, against the reference that sees
//! nothing of it.

use mapi_offline_model::{Api, Emulation};
use mapi_offline_proptest::{Cases, sequences};
use proptest::test_runner::Config;
use proptest_state_machine::StateMachineTest;

#[test]
fn the_emulation_is_within_what_the_reference_permits() {
    Cases::at_least(500).run(sequences::<Api>(1..=40), |(reached, turns)| {
        Emulation::test_sequential(Config::default(), reached, turns, None);
    });
}
