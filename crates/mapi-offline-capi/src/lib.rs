//! The C door: what a C or C++ client loads instead of Outlook's MAPI library.
//!
//! Built as `libmsmapi32.so`, `msmapi32.dll` or `libmsmapi32.dylib`, it exports `HrOpenOfflineObj`
//! and the MAPI functions on the way there, under the names and with the calling convention that
//! they have on Windows; the headers are in `include/`. `mapisim.h` is the other side: with it a
//! test program plays the host.
//!
//! Nothing is decided here. Each function turns pointers into values, calls the emulation
//! ([`mapi_offline`]) once, and keeps panics inside. There is one emulated Outlook a process, it
//! belongs to the thread that made it, and on any other every call gives `RPC_E_WRONG_THREAD`
//! (LIFE-7).

#[cfg(not(windows))]
mod guids; //   GUIDs as data, where programs can link with them
mod helpers; // HrQueryAllRows and what else clients load
mod mapi; //    MAPIInitialize and what follows
mod names; //   by which names clients ask for them
mod offline; // HrOpenOfflineObj, HrCreateOfflineObj
#[cfg(windows)]
mod pin; //    the library stays loaded
mod process; // the emulated Outlook of this process
mod sim; //     the control API, mapisim.h
mod text; //    C strings
mod theirs; //  calls of functions that others have given

pub use helpers::{FreePadrlist, FreeProws, HrGetOneProp, HrQueryAllRows};
pub use mapi::{
    MAPIAdminProfiles, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, MAPIInitialize,
    MAPILogonEx, MAPIUninitialize,
};
pub use names::mapisim_asked_for;
pub use offline::{HrCreateOfflineObj, HrOpenOfflineObj};
pub use sim::*;
