//! What only real threads can show of the rules.
//!
//! Nothing here depends on how fast a thread is: threads wait for each other by channels and
//! barriers, and a test that waits for what never comes ends the process after a minute.

mod aggregation; // an object inside another
#[path = "../common/com_object.rs"]
mod com_object; // a COM object laid out by hand
#[path = "../common/mod.rs"]
mod common; //    what other test programs use too
mod ends; //      log-off, quitting, dropping, and waiting for all to be idle
mod findings; //  panics, stale beliefs, livelocks
mod hammer; //    many threads at once
mod mail; //      notifications that wait for a certain thread
mod observer_panics; // observers that panic
mod policies; //  on which thread, and when
mod races; //     what went wrong where two threads met
mod reenter; //   calls from inside a Notify
mod releases; //  what two Releases leave
mod rounds; // rounds that another thread goes on with
mod sink; //      callbacks that know when they are used too late
mod stuck; //     clients that never come back, and those that store what is no longer so
mod support; //   what the tests are written with
mod unadvise; //  Unadvise while a Notify runs
