//! The timeline page: what happened, as one HTML file that needs no network and no server.
//!
//! A [`Recording`] observes a run and keeps what happened; a [`TimelinePage`] is made of recordings, and is written
//! as one file. Its code is in `page/`: a template, a style sheet and a script, written by hand.
//!
//! This crate is for the other crates of the workspace. Users write pages with `mapisim … --report`, with
//! `report_html` of the builders in `mapi_offline`, and with `mapisim_report_file` in C.

#![forbid(unsafe_code)]

mod causes; //    what asked for each transition
mod chrome; //    a recording as a trace for other tools
mod document; //  the page
mod facts; //     how things stand
mod kind; //      kinds of events
mod packed; //    a recording in few bytes
mod page_recording; // what a page shows of a recording
mod recording; // what happened
mod writer; //    a page that is written when its test ends

pub use document::{PageOrder, PagePart, PagePlay, PageSource, TimelinePage, data_of_page};
pub use page_recording::{PageMark, PageRecording};
pub use recording::Recording;
pub use writer::{PageAtEnd, PageWriter, promise_page, title_of_thread};
