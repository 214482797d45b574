//! What holds for the core whatever clients and host do, under every policy.
//!
//! A random script is played; beside it runs a [`Model`](model::Model), which knows the rules in
//! their plainest form and predicts every answer, every transition, every visible state and every
//! notification.

mod model;
mod play;
mod script;

use proptest::prelude::*;

use play::play;
use script::script;

proptest! {
    #![proptest_config(ProptestConfig {
        // PROPTEST_CASES asks for more.
        cases: ProptestConfig::default().cases.max(2_000),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn everything_happens_as_the_rules_predict(script in script()) {
        play(&script);
    }
}
