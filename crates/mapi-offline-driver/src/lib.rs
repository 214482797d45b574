//! What every driver of the rules shares: virtual time and its queue, who goes next, what is found,
//! and what an observer sees of it.
//!
//! This crate is for the other crates of the workspace. What users need of it they take from
//! `mapi_offline`.

#![forbid(unsafe_code)]

mod acts; //           what each client does, and where two runs differ
pub mod beliefs; //    what each client last learned of the state
mod call_ledger; //    which calls took what
mod contained; //      panics of a test that are gone on with later
pub mod coverage; // what of the API's behaviour clients met, and what never
mod effects; //        carries out what a call of the core has a driver do
mod event; //          what happens, as ids and values
mod event_log; //      what happened in one execution, kept as values
mod fields; //         the arguments and the results of a call, as they are told
mod found_place; //    which thing a finding is about, and which calls it goes back to
mod harmless; //       text that obeys nobody
mod host; //           what happens to the host
mod livelock; //       notices clients that undo each other for ever
pub mod names; //      how things are called in traces and reports
mod notify_times; //   how long each Notify takes
mod observed_policy; // what is known of one version of Outlook
mod portable; //      paths that every system reads
mod reach; //          what a client has reached
mod record; //         what an observer sees, and the trace
mod registration_id; // what names a registration
mod reporter; //       tells the observer, and keeps the findings
mod requests; //       requests that got E_PENDING
mod schedule; //       who goes next
mod short_list; //     lists that are short as a rule, and quickly copied
mod taken; //          what calls take and give back
mod time; //           virtual time, and how long things take
mod timeline; //       what happened, line by line
mod trace_file; //     a trace as a file
mod turns; //          what an explorer decides between, and the stacks that it keeps
mod virtual_driver; // one thread, virtual time, an ordered queue
pub mod wording; //   the phrases that timelines, pages and reports share
mod words; //         the words for what happens

pub use acts::{ActDifference, ClientActs};
pub use beliefs::Beliefs;
pub use contained::{Contained, FirstPanic, ObserverPanic};
pub use effects::{Errands, Messenger, Timekeeper, take_in};
pub use event::{Answered, Event};
pub use event_log::{EventLog, LoggedEvent, Trace};
pub use fields::{Fields, Value};
pub use found_place::{FoundPlace, PlacedCall};
pub use harmless::harmless;
pub use host::{HostAction, HostActionKind};
pub use livelock::Livelock;
pub use names::{Names, ObjectNames};
pub use notify_times::{NotifyTimes, TimedNotify};
pub use observed_policy::{Evidence, ObservedPolicy, ObservedPolicyError, ObservedValue};
pub use portable::portable;
pub use reach::Reach;
pub use record::{Observer, Record, TraceWriter};
pub use registration_id::RegistrationId;
pub use reporter::{Found, Reporter, ReporterTo};
pub use requests::PendingRequests;
pub use schedule::TieBreaker;
pub use short_list::ShortList;
pub use time::{Environment, Micros};
pub use timeline::{TimelineLine, timeline, timeline_lines};
pub use trace_file::{PartFile, TraceFile};
pub use turns::{CallAhead, Stacks, Turn, TurnKind};
pub use virtual_driver::{Move, VirtualDriver};
pub use words::{NotifyType, SkippedAction, StateWord, Words, not_aggregated};
