//! What holds whatever clients and host do, from outside and inside callbacks, under every policy:
//! every arm agrees with the reference model.

mod arms;
mod machine;
mod play;
// They are explored, too.
#[cfg(not(any(target_arch = "s390x", all(windows, target_arch = "aarch64"))))]
mod providers;
mod replay;

use std::cell::Cell;

use mapi_offline_model::scripts;
use mapi_offline_proptest::Cases;
use mapi_offline_tests::{CoreAlone, Threaded, ThreadedObserved, VirtualDriver};

use arms::Plays;
use play::play;

/// Plays so many scripts on an arm. The model may lose track of one in a hundred.
fn agrees<A: Plays>(number: u32) {
    let (played, lost) = (Cell::new(0_u32), Cell::new(0_u32));
    Cases::at_least(number).run(scripts(A::SIZES), |script| {
        played.set(played.get() + 1);
        if !play::<A>(&script) {
            lost.set(lost.get() + 1);
        }
    });
    let (played, lost) = (played.get(), lost.get());
    assert!(lost <= played / 100 + 1, "lost track of {lost} of {played}");
}

#[test]
fn the_core_alone_agrees_with_the_model() {
    agrees::<CoreAlone>(2_000);
}

#[test]
fn the_virtual_driver_agrees_with_the_model() {
    agrees::<VirtualDriver>(2_000);
}

#[test]
fn the_threaded_driver_agrees_with_the_model() {
    agrees::<Threaded>(2_000);
}

#[test]
fn the_threaded_driver_agrees_with_the_model_when_it_is_observed() {
    agrees::<ThreadedObserved>(2_000);
}
