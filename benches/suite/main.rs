//! The benchmarks: each with what it is compared with, in one group of criterion.
//!
//! `cargo bench -p mapi-offline-benches --bench suite -- fanout` runs one group.
#![allow(missing_docs, reason = "criterion's macros")]

mod advise; //     Advise and Unadvise among others
mod fanout; //     one phase to many
mod open; //       HrOpenOfflineObj among many profiles
mod scripted; //   scripted clients in virtual time
mod settings; //   how long criterion measures
mod threads; //    receivers that come and go meanwhile; two threads
mod transition; // a whole transition

#[path = "../rivals/mod.rs"]
mod rivals;

use criterion::{criterion_group, criterion_main};

criterion_group! {
    name = benches;
    config = settings::criterion();
    targets =
        fanout::fanout,
        advise::advise,
        advise::subscribe,
        transition::transition,
        transition::handover,
        open::open,
        threads::churn,
        threads::parallel,
        scripted::scripted
}
criterion_main!(benches);
