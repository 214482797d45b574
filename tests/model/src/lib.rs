//! The reference model: what the rules permit, written down a second time, to hold the emulation
//! against.
//!
//! [`Model`] knows the rules, and says of anything that was seen whether they permit it. [`Api`] is
//! a state machine of `proptest-state-machine`: every call of the API; [`Emulation`] plays it on an
//! [`Outlook`](mapi_offline::Outlook). [`calls`], [`scripts`] and what is in [`malformed`] are
//! strategies of `proptest`.

#![forbid(unsafe_code)]

mod api; //           every call of the API as a state machine
mod emulation; //     the same, played on an emulated Outlook
pub mod malformed; // arguments that are refused
mod model; //         the reference model
mod script; //        scripts of calls, from outside and inside callbacks

pub use api::{Api, Reached, Turn};
pub use emulation::{Emulation, Playing};
pub use model::{
    Answer, CallId, Handle, Model, ModelCall, NotifyName, Objection, Registration, Seen, Settings,
};
pub use script::{Act, Reaction, Script, Step, When, calls, reactions, scripts};
