//! A portable emulation of Outlook's MAPI Offline State API.

mod event; //  what happens, as an observer sees it
mod schedule; // who goes next
pub mod script; // scripted clients
mod virtual_driver; // one thread, virtual time, an ordered queue

pub use event::{Event, Fields, Observer, Record, TraceWriter, Value};
