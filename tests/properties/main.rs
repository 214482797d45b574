//! What holds whatever clients and host do, from outside and inside callbacks, under every policy:
//! every arm agrees with the reference model.

mod machine;
mod play;
mod providers;
mod replay;

use mapi_offline_explore::property::{Cases, scripts};
use mapi_offline_tests::{CoreAlone, Threaded, ThreadedObserved, VirtualDriver};

use play::{Plays, play};

/// Plays so many scripts on an arm.
fn agrees<A: Plays>(scripts_played: u32) {
    Cases::at_least(scripts_played).run(scripts(A::SIZES), |script| play::<A>(&script));
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
    agrees::<Threaded>(1_000);
}

#[test]
fn the_threaded_driver_agrees_with_the_model_when_it_is_observed() {
    agrees::<ThreadedObserved>(1_000);
}
