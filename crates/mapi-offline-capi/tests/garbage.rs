//! Garbage at the door: more than a million calls with null and wild arguments. Each gives an
//! HRESULT that is documented for it, and none crashes. What is called, and with what, is in `fuzz/src/c_abi`.

use mapi_offline_fuzz::play_seed;
use proptest::prelude::*;

/// The calls of one case, and the cases.
const CALLS: u32 = if cfg!(miri) { 300 } else { 20_000 };
const CASES: u32 = if cfg!(miri) { 2 } else { 56 };

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_million_calls_with_garbage_give_documented_results(seed: u64) {
        const { assert!(cfg!(miri) || CALLS as u64 * CASES as u64 > 1_000_000) };
        play_seed(seed, CALLS);
    }
}
