//! When rounds are delivered by sweeps, and when one by one. That nobody notices the difference is tested with the
//! drivers.

mod beginning; // which calls and phases are swept
#[path = "../common/mod.rs"]
mod common;
mod driven; // a session, as a driver has it
mod going_on; // what comes after a sweep, and what happens meanwhile
