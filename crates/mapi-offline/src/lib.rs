//! A portable emulation of Outlook's MAPI Offline State API.
//!
//! An [`Outlook`] hands out real COM pointers, for clients written in Rust (and for doors to other
//! languages). It is driven in virtual time on one thread, over the rules in [`mapi_offline_core`],
//! and is deterministic. (Clients that are data are in the crate `mapi-offline-scenario`, over the
//! same rules and in the same time.)
//!
//! # Testing a provider
//!
//! The provider is written as for Windows, with `#[implement]`:
//!
//! ```
//! use mapi_offline::sys::*;
//! use mapi_offline::{FindingId, Outlook};
//! use std::cell::Cell;
//! use std::rc::Rc;
//! use windows_core::implement;
//!
//! #[implement(IMAPIOfflineNotify)]
//! struct Provider {
//!     online: Rc<Cell<bool>>,
//! }
//!
//! impl IMAPIOfflineNotify_Impl for Provider_Impl {
//!     unsafe fn Notify(&self, info: *const MAPIOFFLINE_NOTIFY) {
//!         // SAFETY: Outlook passes a structure that is valid during the call.
//!         let info = unsafe { &*info };
//!         let change = info.state_change();
//!         if info.NotifyType == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE
//!             && change.ulMask == MAPIOFFLINE_STATE_OFFLINE_MASK
//!         {
//!             self.online.set(change.ulStateNew == MAPIOFFLINE_STATE_ONLINE);
//!         }
//!     }
//! }
//!
//! let outlook = Outlook::with_profile("Work");
//! let online = Rc::new(Cell::new(true));
//! let manager = outlook.open("Work")?;
//! manager.capabilities()?;
//! let token = manager.advise(&Provider { online: Rc::clone(&online) }.into(), 0)?;
//!
//! outlook.work_offline();
//! outlook.run_until_idle();
//! assert!(!online.get());
//!
//! drop(manager); // and forgets to unadvise `token`
//! let report = outlook.shut_down();
//! assert_eq!(report[0].id, FindingId::LeakedRegistration);
//! # let _ = token;
//! # Ok::<(), windows_core::Error>(())
//! ```
//!
//! # Seeing what happens
//!
//! An [`Observer`] sees each [`Event`] as ids and [values], in a [`Record`] that knows the
//! [names](Record::names) and has the [words](Record::words) of a trace:
//!
//! ```
//! use mapi_offline::values::{Function, Reply};
//! use mapi_offline::{Event, Observer, Outlook, Record};
//! use std::{cell::RefCell, rc::Rc};
//!
//! /// Keeps the names of those who have opened an object.
//! struct Opened(Rc<RefCell<Vec<String>>>);
//!
//! impl Observer for Opened {
//!     fn observe(&mut self, record: &Record<'_>) {
//!         if let Event::Return { client, function, reply, .. } = record.event
//!             && function == Function::HrOpenOfflineObj
//!             && let Reply::Object(_) = reply
//!         {
//!             let name = record.names().client(client).into_owned();
//!             self.0.borrow_mut().push(name);
//!         }
//!     }
//! }
//!
//! let opened = Rc::new(RefCell::new(Vec::new()));
//! let outlook = Outlook::builder()
//!     .profile("Work")
//!     .observer(Opened(Rc::clone(&opened)))
//!     .build()?;
//! let manager = outlook.as_client("provider", || outlook.open("Work"))?;
//! assert!(outlook.open("Home").is_err());
//! assert_eq!(*opened.borrow(), ["provider"]);
//! # drop(manager);
//! # Ok::<(), windows_core::Error>(())
//! ```
//!
//! # Taking part in a scenario
//!
//! A [scenario](mod@scenario) file says what scripted clients, users and servers do, and what must hold. A real
//! client takes part under the name that the file has for it:
//!
//! ```
//! use mapi_offline::{Outlook, scenario};
//!
//! let text = br#"
//! title = "The provider reads the state before it is asked to go"
//! [[profile]]
//! name = "Work"
//! [[client]]
//! name = "provider"
//! profile = "Work"
//! [[step]]
//! host = "work-offline"
//! [[expect]]
//! client = "provider"
//! notifications = []
//! [[expect]]
//! findings = []
//! "#;
//! let parsed = scenario::parse("provider.toml", text).expect("it is a scenario");
//! let outlook = Outlook::builder().scenario(parsed.scenario).build()?;
//! outlook.as_client("provider", || outlook.open("Work")?.current_state())?;
//! let outcome = outlook.run_scenario();
//! assert!(outcome.failures.is_empty(), "{}", outcome.report());
//! # Ok::<(), windows_core::Error>(())
//! ```

#![deny(missing_debug_implementations)]

mod build_error; //     why an emulated Outlook cannot be started
mod client_code; //     whether a client's code runs
mod debug; //          what is shown of what has no fields to show
mod deep; //            where on its stack a thread runs it
mod disconnects; //    what clients do when they disconnect
pub mod interface; //  what an explorer and a loaded library tell each other
mod outlook; //        the emulated Outlook
mod providers; //       MAPI providers, and what they are asked
mod settings; //       what both kinds of Outlook are made with
mod sync; //           what the threads of the threaded driver meet in
mod threaded; //       real threads and real time
mod verification; //   findings that nobody has read

pub use build_error::BuildError;
#[doc(hidden)]
pub use mapi_offline_com::call_client;
pub use mapi_offline_com::{OfflineNotify, callback, callback_fn, thread_number};
#[doc(hidden)]
pub use mapi_offline_com::{ProviderShutdown, Refusals, RefusedCall};
pub use mapi_offline_com::{
    ThreadedCallback, ThreadedManager, threaded_callback, threaded_callback_fn,
};
pub use mapi_offline_core::{
    CallFailureError, CalledFunction, FastShutdownBehavior, FindingId, Function, HostEvent,
    MapiFunction, MapiInterface, MapiName, Noise, Notification, Phase, Policy, ProfileSettings,
    ProviderKind, Severity, ShutdownMethod, State, StateChange,
};
#[doc(hidden)]
pub use mapi_offline_driver::wording;
pub use mapi_offline_driver::{
    ActDifference, Answered, CallAhead, ClientActs, Event, EventLog, Fields, Found, FoundPlace,
    HostAction, HostActionKind, LoggedEvent, Names, NotifyTimes, NotifyType, Observer, PlacedCall,
    Reach, Record, RegistrationId, SkippedAction, Stacks, StateWord, TimedNotify, TimelineLine,
    Trace, TraceFile, TraceWriter, Turn, TurnKind, Value, Words, timeline, timeline_lines,
};
/// Scenarios: their values, their files and their engine. [`OutlookBuilder::scenario`] has real clients take
/// part in one.
pub use mapi_offline_scenario as scenario;
/// The words of the API: constants, structures and interfaces.
pub use mapi_offline_sys as sys;
pub use outlook::{Conclusions, Outlook, OutlookBuilder};
pub use threaded::{ThreadedOutlook, ThreadedOutlookBuilder};

/// The knobs of a [`Policy`]: what each of its fields can be, the default first.
///
/// ```
/// use mapi_offline::knobs::{Order, Visible};
/// use mapi_offline::{Outlook, Policy};
///
/// let policy = Policy { order: Order::Reverse, visible: Visible::Done, ..Policy::default() };
/// let outlook = Outlook::builder().profile("Work").policy(policy).build()?;
/// # drop(outlook.shut_down());
/// # Ok::<(), windows_core::Error>(())
/// ```
pub mod knobs {
    pub use mapi_offline_core::{
        Aggregate, AppProfiles, BlockReturns, DefaultReturns, FindBackward, FirstNotify,
        FirstProfile, Initialized, Join, KNOBS, Knob, Late, Noise, NullCallback, OpenBadArgument,
        OpenDuringLogon, Order, OwnerRelease, PolicyError, ProfileNames, Quit, Redundant, Rows,
        SetInDone, Thread, UserSwitch, Visible,
    };
}

/// What of the API's behaviour clients met, and what they never did.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use mapi_offline::coverage::{CoverageWatch, EventOrder};
/// use mapi_offline::{Outlook, callback_fn};
///
/// let watch = Rc::new(RefCell::new(CoverageWatch::new()));
/// let outlook = Outlook::builder().profile("Work").observer(Rc::clone(&watch)).build()?;
/// let manager = outlook.open("Work")?;
/// let token = manager.advise(&callback_fn(|_| {}), 1)?;
/// outlook.work_offline();
/// outlook.run_until_idle();
/// manager.unadvise(token).ok()?;
/// drop(manager);
/// drop(outlook.shut_down());
///
/// let coverage = watch.borrow().coverage();
/// for (_, met) in coverage.clients() {
///     assert!(met.met(EventOrder::GoesOffline));
///     assert!(!met.met(EventOrder::Midway)); // it was never told of a transition that began before it advised
/// }
/// # Ok::<(), windows_core::Error>(())
/// ```
pub mod coverage {
    pub use mapi_offline_driver::coverage::{
        BehaviourCoverage, ClientCoverage, ClientTable, CoverageRow, CoverageTable, CoverageWatch,
        EventOrder, Moment, OrderRow,
    };
}

/// The rules, as [`Found::rule`] and the documentation cite them.
pub mod rules {
    pub use mapi_offline_core::{RULES, Rule};
}

/// The profile table, which [`Outlook::administer`] lends.
pub mod profiles {
    pub use mapi_offline_core::{
        NAME_MAX, ProfileId, ProfileRow, ProfileTable, PropValue, Restriction, SortKey, TableView,
        is_valid_name, same_name,
    };
}

/// The values that an [`Event`] is made of.
pub mod values {
    pub use mapi_offline_core::{
        AdviseArgs, AdviseInfo, AggregateInfo, Call, ClientId, CreateArgs, CreateInfo, Finding,
        Function, InterfaceId, Method, NotifyId, ObjectId, OpenArgs, ProfileCall, Reply, RoundId,
        SessionId, SetArgs, Sizes, Token, WaitId,
    };
}

/// MAPI's memory.
pub mod mapi {
    pub use mapi_offline_com::mapi::{allocate_buffer, allocate_more, free_buffer};
    #[doc(hidden)]
    pub use mapi_offline_com::mapi::{buffers_given, leaked_buffers};
}

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
