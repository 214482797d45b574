//! The COM side: the emulation's own objects, and callbacks.
//!
//! This crate is for the other crates of the workspace. What users need of it they take from
//! `mapi_offline`.

mod adapter; //  COM objects made of Rust values
mod any_thread; // COM pointers that any thread may use
mod args; //     from the pointers that clients pass to values
mod callback; // a reference on a client's IMAPIOfflineNotify, and adapters that make one
mod client_call; // calls of clients' code, which may throw
mod door; //     the emulation's objects, laid out by hand
mod guard; //    the right thread, and no panic across the door
pub mod mapi; // MAPI's memory, profile administration and session
mod memory; //   the memory of MAPIOFFLINE_NOTIFY structures
mod methods; //  the methods of the emulation's objects
mod panics; //   panics of clients' code, contained
mod provider; // a client's IMAPIProviderShutdown
mod refusals; // calls that another thread made
pub mod sync; // what threads meet in
mod thread; //   which thread this is
mod watch; //    whether a callback is still there

pub use adapter::OfflineNotify;
pub use any_thread::{ThreadedCallback, ThreadedManager, threaded_callback, threaded_callback_fn};
pub use args::{FoldedName, SIZES, create_child_with, read_create_info, read_folded, read_name};
pub use callback::{CallbackRef, ClientCallback, callback, callback_fn};
pub use client_call::{call_client, end_the_process};
pub use door::{Asking, Doors, ObjectOwner, put_object};
pub use guard::{Answer, guarded};
pub use memory::{NotifyMemory, NotifyPlace};
pub use panics::{PanicHook, take_panics, tell_panics_to};
pub use provider::ProviderShutdown;
pub use refusals::{Refusals, RefusedCall};
pub use thread::thread_number;
pub use watch::CallbackWatch;
