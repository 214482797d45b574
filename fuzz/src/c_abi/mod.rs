//! Calls of the C door with null and wild arguments. Each gives an HRESULT that is documented for it, and none crashes.
//!
//! Pointers are null or valid, as C demands; everything else is wild: sizes, flags, tokens, GUIDs, counts, and names of
//! up to 64 Ki units without a terminator. The numbers are those of a generator, or are made of the bytes of an input.

mod exports;
mod manager;
mod profiles;
mod restrictions;
mod wild;

use std::ptr::null_mut;

use mapi_offline_sys::session::{IMAPITable, IProfAdmin};
use mapi_offline_sys::*;
use msmapi32::*;
use windows_core::Interface;

use exports::call_an_export;
use manager::call_a_manager;
use profiles::{call_a_section, call_a_session, call_a_table, call_an_admin};
use wild::{AliveObjects, Wild, pick};

/// What is called.
#[derive(Clone, Copy)]
enum CallMix {
    /// Everything.
    All,
    /// Profile administration, and what opens profiles.
    Profiles,
    /// The profile table.
    Tables,
}

/// The most calls that an input makes.
const MOST_CALLS: u32 = 20_000;

/// Makes so many calls of every kind, with the numbers of a generator.
///
/// # Panics
/// If a call gives what is not documented for it.
pub fn play_seed(seed: u64, calls: u32) {
    play(Wild::of_seed(seed), seed, CallMix::All, calls);
}

/// Makes the calls that the bytes say, of every kind.
///
/// # Panics
/// If a call gives what is not documented for it.
pub fn play_calls(bytes: &[u8]) {
    play(Wild::of_bytes(bytes), 0, CallMix::All, MOST_CALLS);
}

/// Makes the calls that the bytes say of what profiles are administered, opened and logged on with.
///
/// # Panics
/// If a call gives what is not documented for it.
pub fn play_profiles(bytes: &[u8]) {
    play(Wild::of_bytes(bytes), 0, CallMix::Profiles, MOST_CALLS);
}

/// Makes the calls that the bytes say of a profile table: columns, orders, positions, bookmarks, restrictions.
///
/// # Panics
/// If a call gives what is not documented for it.
pub fn play_tables(bytes: &[u8]) {
    play(Wild::of_bytes(bytes), 0, CallMix::Tables, MOST_CALLS);
}

/// One case: an emulated Outlook, and calls until the numbers end.
fn play(mut wild: Wild, seed: u64, calls: CallMix, most: u32) {
    begin(seed);
    let mut alive = AliveObjects::default();
    if !matches!(calls, CallMix::All) {
        open_the_profile_table(&mut alive);
    }
    for _ in 0..most {
        if wild.is_over() {
            break;
        }
        call(&mut wild, &mut alive, calls);
    }
    end(alive);
}

/// An emulated Outlook with two profiles.
fn begin(seed: u64) {
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
}

fn open_the_profile_table(alive: &mut AliveObjects) {
    let (mut admin, mut table) = (null_mut(), null_mut());
    // SAFETY: places are valid, and a call that succeeds gives a reference.
    unsafe {
        assert_eq!(MAPIAdminProfiles(0, &mut admin), S_OK);
        let admin = IProfAdmin::from_raw(admin);
        assert_eq!(admin.GetProfileTable(0, &mut table), S_OK);
        alive.admins.push(admin);
        alive.tables.push(IMAPITable::from_raw(table));
    }
}

fn call(wild: &mut Wild, alive: &mut AliveObjects, calls: CallMix) {
    let kind = match calls {
        CallMix::All => wild.next() % 8,
        // Now and then what makes the objects that are called.
        CallMix::Profiles if wild.one_in(4) => 0,
        CallMix::Profiles => 3,
        CallMix::Tables if wild.one_in(16) => 3,
        CallMix::Tables => 4,
    };
    match kind {
        0..=2 => call_an_export(wild, alive),
        3 => match pick(&alive.admins, wild) {
            Some(admin) => call_an_admin(wild, &admin, alive),
            None => call_an_export(wild, alive),
        },
        4 => match pick(&alive.tables, wild) {
            Some(table) => call_a_table(wild, &table),
            None => call_an_export(wild, alive),
        },
        5 => match pick(&alive.sessions, wild) {
            Some(session) => call_a_session(wild, &session, alive),
            None => call_an_export(wild, alive),
        },
        6 => match pick(&alive.sections, wild) {
            Some(section) => call_a_section(wild, &section),
            None => call_an_export(wild, alive),
        },
        _ => match pick(&alive.managers, wild) {
            Some(manager) => call_a_manager(wild, &manager),
            None => call_an_export(wild, alive),
        },
    }
}

/// Everything goes, and the emulated Outlook with it.
fn end(mut alive: AliveObjects) {
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
