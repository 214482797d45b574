//! Models of the threaded driver: small programs whose threads shuttle plays in many orders.
//!
//! Each lock, each atomic and each wait of the driver and of the doors is a place where another thread may go on
//! (`mapi_offline_com::sync`). What time decides is decided by the order too: a delay is over when the thread that
//! waits for it has looked often enough, and a watchdog never strikes, so that threads that wait for ever are a
//! deadlock, which shuttle reports. Atomics are sequentially consistent here; how they are ordered on a real machine
//! is for `just soak-thread-sanitizer` and `just miri`.
//!
//! `just models` plays them; [`play::play`] says how many orders, and how a failing one is played again.
#![cfg(shuttle)]

mod advising; //  Advise and Unadvise while another thread sets, or the host
mod clients; //   callbacks that check what holds whatever threads do
mod endings; //   log-off, shutting down, waiting until all is quiet
mod inside; //    calls from inside of a Notify
mod play; //      how a program is played
mod releases; //  the last references on callbacks and on objects
mod threads; //   deliveries on a certain thread, in time, one by one; administration
