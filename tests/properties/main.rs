//! What holds whatever clients and host do, from outside and inside callbacks, under every policy:
//! every arm agrees with the reference model.

mod machine;
mod play;
mod providers;
mod replay;

use mapi_offline_core::Thread;
use mapi_offline_explore::property::{Cases, scripts};
use mapi_offline_tests::{CoreAlone, Threaded, ThreadedObserved, VirtualDriver};

use play::{Plays, play};

/// Plays so many scripts on an arm.
fn agrees<A: Plays>(scripts_played: u32) {
    Cases::at_least(scripts_played).run(scripts(A::SIZES), |script| play::<A>(&script));
}

/// As [`agrees`], where there are threads. A round that wanders from thread to thread (`thread =
/// initializing` or `registering`) is told of in an order that the model cannot know; those
/// policies are tested by the threaded driver's own tests.
fn agrees_with_threads<A: Plays>(scripts_played: u32) {
    Cases::at_least(scripts_played).run(scripts(A::SIZES), |mut script| {
        if matches!(
            script.policy.thread,
            Thread::Initializing | Thread::Registering
        ) {
            script.policy.thread = Thread::Worker;
        }
        play::<A>(&script);
    });
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
    agrees_with_threads::<Threaded>(1_000);
}

#[test]
fn the_threaded_driver_agrees_with_the_model_when_it_is_observed() {
    agrees_with_threads::<ThreadedObserved>(1_000);
}
