//! Plays experiments with the MAPI Offline State API of the process that it runs in, and writes down what a client
//! sees: a trace in the format of this project, for `mapisim infer`, and a summary for people.
//!
//! It is a client like any other: it knows the exports of MAPI and nothing of the emulation. It changes the state
//! between online and offline, and puts it back; it registers callbacks, and takes them back; it reads no mail,
//! and sends nothing anywhere. Where it runs says [`RecorderHost`]: inside an Outlook, or in a test.

#[cfg(windows)]
mod add_in; //      the COM add-in for an Outlook on Windows
mod callback; //    callbacks as COM objects, which show each release
mod experiments; // what is tried
mod mapi; //        the exports of MAPI
mod note; //        what a recorder writes besides calls and notifications
mod objects; //     opening and making objects, and which is which
mod outer; //       an object to aggregate onto
mod recorder; //    calls, each with its line and that of its answer
mod summary; //     what came of it, for people
mod tables; //      the profile table
mod trace; //       the trace

pub use experiments::{
    Begun, EXPERIMENTS, Experiment, LeftAtQuit, after_log_off, before_log_off, before_quit, begin,
    go_on, record, while_connected,
};
pub use mapi::{Exports, Mapi};
pub use recorder::{Recorder, RecorderHost};
pub use trace::RecordedTrace;
