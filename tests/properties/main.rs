//! What holds whatever clients and host do, from outside and inside callbacks, under every policy:
//! every arm agrees with the reference model.

mod play;

use mapi_offline_explore::property::{Check, scripts};
use mapi_offline_tests::{CoreAlone, VirtualDriver};

use play::{Plays, play};

/// Plays so many scripts on an arm.
fn agrees<A: Plays>(cases: u32) {
    Check::default()
        .cases(cases)
        .run(scripts(A::SIZES), |script| {
            let t = std::time::Instant::now();
            let r = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| play::<A>(&script)));
            eprintln!("{:?} {} steps {:?}", t.elapsed(), script.steps.len(), r.as_ref().err().and_then(|e| e.downcast_ref::<String>()));
            if let Err(e) = r { std::panic::resume_unwind(e) }
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
