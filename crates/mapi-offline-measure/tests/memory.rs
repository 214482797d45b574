//! What a registration takes of resident memory. A program of its own, because all that a process
//! touches meanwhile is counted.

use mapi_offline_measure::memory::resident_bytes_per_registration;

#[test]
fn a_registration_takes_some_dozens_of_bytes_of_resident_memory() {
    let bytes = resident_bytes_per_registration(1 << 17).expect("the system says");
    // At the least, where its callback is and its client token; at most what the allocator counts
    // (48 bytes), and as much again in the list that was outgrown.
    assert!((8.0..=96.0).contains(&bytes), "{bytes}");
}
