//! A portable emulation of Outlook's MAPI Offline State API.

mod event; //  what happens, as an observer sees it
pub mod script; // scripted clients

pub use event::{Event, Fields, Observer, Record, TraceWriter, Value};
