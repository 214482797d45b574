//! What the emulation keeps for a registration. A program of its own, because all that a process
//! allocates meanwhile is counted.

use mapi_offline_benches::memory::{Counting, counted_bytes_per_registration};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_registration_takes_at_most_48_bytes() {
    let bytes = counted_bytes_per_registration(1 << 14).expect("the allocator counts");
    // At the least, where its callback is and its client token.
    assert!((8.0..=48.0).contains(&bytes), "{bytes}");
}
