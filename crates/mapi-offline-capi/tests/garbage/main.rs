//! Garbage at the door: more than a million calls with null and wild arguments. Each gives an
//! HRESULT that is documented for it, and none crashes.
//!
//! Pointers are null or valid, as C demands; everything else is wild: sizes, flags, tokens,
//! GUIDs, counts, and names of up to 64 Ki units without a terminator.

mod exports;
mod manager;
mod profiles;
mod wild;

use std::ptr::null_mut;

use mapi_offline_sys::*;
use msmapi32::*;
use proptest::prelude::*;

use exports::call_an_export;
use manager::call_a_manager;
use profiles::{call_a_section, call_a_session, call_a_table, call_an_admin};
use wild::{Alive, Wild, pick};

/// The calls of one case, and the cases.
const CALLS: u32 = 20_000;
const CASES: u32 = 56;

/// One case: an emulated Outlook, and many calls.
fn play(seed: u64) {
    let mut wild = Wild::new(seed);
    let mut alive = Alive::default();
    // SAFETY: names end with a zero.
    unsafe {
        assert_eq!(mapisim_begin(), S_OK);
        for name in [c"Work", c"Home"] {
            assert_eq!(mapisim_profile(name.as_ptr(), 2, 3, 0), S_OK);
        }
        assert_eq!(mapisim_seed(seed), S_OK);
        // The dead go at once, so that memory stays small.
        assert_eq!(mapisim_zombies(0), S_OK);
        assert_eq!(mapisim_start(), S_OK);
        assert_eq!(MAPIInitialize(null_mut()), S_OK);
    }
    for _ in 0..CALLS {
        match wild.next() % 8 {
            0..=2 => call_an_export(&mut wild, &mut alive),
            3 => match pick(&alive.admins, &mut wild) {
                Some(admin) => call_an_admin(&mut wild, &admin, &mut alive),
                None => call_an_export(&mut wild, &mut alive),
            },
            4 => match pick(&alive.tables, &mut wild) {
                Some(table) => call_a_table(&mut wild, &table),
                None => call_an_export(&mut wild, &mut alive),
            },
            5 => match pick(&alive.sessions, &mut wild) {
                Some(session) => call_a_session(&mut wild, &session, &mut alive),
                None => call_an_export(&mut wild, &mut alive),
            },
            6 => match pick(&alive.sections, &mut wild) {
                Some(section) => call_a_section(&mut wild, &section),
                None => call_an_export(&mut wild, &mut alive),
            },
            _ => match pick(&alive.managers, &mut wild) {
                Some(manager) => call_a_manager(&mut wild, &manager),
                None => call_an_export(&mut wild, &mut alive),
            },
        }
    }
    let memory = std::mem::take(&mut alive.memory);
    drop(alive);
    for address in memory {
        // SAFETY: it was allocated, and nobody uses it.
        let freed = unsafe { MAPIFreeBuffer(std::ptr::with_exposed_provenance_mut(address)) };
        assert_eq!(freed, 0);
    }
    // SAFETY: null is allowed.
    assert_eq!(unsafe { mapisim_shut_down(null_mut()) }, S_OK);
    assert_eq!(mapisim_clear(), S_OK);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_million_calls_with_garbage_give_documented_results(seed: u64) {
        const { assert!(CALLS as u64 * CASES as u64 > 1_000_000) };
        play(seed);
    }
}
