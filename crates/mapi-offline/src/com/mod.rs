//! The COM side: the emulation's own objects, and callbacks.

mod any_thread; // COM pointers that any thread may use
mod args; //     from the pointers that clients pass to values
mod callback; // a reference on a client's IMAPIOfflineNotify, and adapters that make one
mod door; //     the emulation's objects, laid out by hand
mod guard; //    the right thread, and no panic across the door
mod memory; //   the memory of MAPIOFFLINE_NOTIFY structures
mod thread; //   which thread this is

pub use any_thread::{ThreadedCallback, ThreadedManager, threaded_callback, threaded_callback_fn};
pub(crate) use args::{
    FoldedName, SIZES, create_child_with, read_create_info, read_folded, read_name,
};
pub(crate) use callback::{CallbackRef, take_panics};
pub use callback::{OfflineNotify, callback, callback_fn};
pub(crate) use door::{Asking, Behind, Doors, put_object};
pub(crate) use guard::{Answer, guarded};
pub(crate) use memory::NotifyMemory;
pub use thread::thread_number;
