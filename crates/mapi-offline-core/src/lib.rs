//! The rules of the emulated MAPI Offline State API, as a pure value.
//!
//! Calls go in; an HRESULT and [effects](Effect) come out. The core never calls anyone, knows no
//! thread, no clock and no address, and does no I/O. What gives it time and threads, and carries
//! the effects out, is a *driver*; see the crate `mapi-offline`.
//!
//! Every behaviour has a rule id (`SET-4`); [`RULES`] is the table of them.

#![forbid(unsafe_code)]

mod account; //       what the host knows of a profile
mod args; //          the arguments of the calls, and which are refused
mod basis; //         why we believe a rule
mod call; //         the calls as values, and what comes back
mod callback; //      whose a registered callback is
mod called_function; // what a client calls
mod canonical; //     what a world is apart from its counters
mod choices; //       what is chosen: evidence, and what would decide it
mod connecting; //    clients that the host connects at this time
mod effect; //        what a call has a driver do
mod failures; //      calls that are made to fail on purpose
mod fast_shutdown; // which providers are asked when the host quits fast
mod finding; //       what the emulation tells a client's author
mod function; //      the functions that clients call
mod ids; //           the names of things
mod knob; //          what a knob of the policy is
mod mapi_call; //     calls of MAPI around the Offline State API, as they are told
mod noise; //         what a client has to ignore, sent on purpose
mod not_compared; //  what stands in a value and is no part of it
mod notification; //  what one Notify carries
mod phase; //         the phases of a transition
mod planted; //       deviations from the rules, to test what checks the rules
mod policy; //        the answers to what the documentation leaves open
mod profile_names; // the names that profiles can have
mod profiles; //      the profile table
mod quit; //          how the host quits, and whom it asks
mod registrations; // the registrations of one object, in order
mod remedies; //      what a client's author does about a finding
mod rules; //         the rule table
mod session; //       the offline objects of one logged-on profile
mod small; //         a sorted map that holds its first few entries in place
mod sources; //       what was observed of the real thing, and where
mod state; //         ONLINE and OFFLINE
mod table; //         the profile table as a client walks through it
mod unknown_profile; // opening by a name that no profile has
mod world; //         all of it: profile table, host, sessions

pub use account::{Account, HostEvent, ProfileSettings};
pub use args::{AdviseArgs, AdviseInfo, AggregateInfo, CreateArgs, CreateInfo, OpenArgs};
pub use args::{SetArgs, Sizes};
pub use basis::{Difference, Ground, GroundKind, RuleStanding, Stands, standing_in_words};
pub use call::{Call, InterfaceId, Method, ProfileCall, Reply};
pub use callback::{AnyCallback, OutsideCallback, ScriptCallback};
pub use called_function::{CalledFunction, MapiFunction, MapiInterface, MapiName};
pub use choices::{CHOICES, DecidedBy, KNOB_MEANINGS, KnobMeaning, RuleChoice};
pub use connecting::ConnectingClients;
pub use effect::{Delay, Effect, Effects};
pub use failures::{CallFailure, CallFailureError, CallFailures};
pub use fast_shutdown::{FastShutdownBehavior, ProviderKind, ShutdownMethod};
pub use finding::{Finding, FindingId, FindingPlace, NumberedCall, Severity};
pub use function::Function;
pub use ids::{Caller, ClientId, NotifyId, ObjectId, OpenRound, RoundId, SessionId, Token, WaitId};
pub use knob::{Knob, PolicyError};
pub use mapi_call::{MapiArgument, MapiCall, MapiGiven, MapiObjectId};
pub use noise::{Noise, NoiseKind};
pub use notification::{Delivery, Notification, StateChange};
pub use phase::Phase;
#[cfg(feature = "planted-bugs")]
pub use planted::PlantedBug;
pub use policy::{
    Aggregate, AppProfiles, BlockReturns, DefaultReturns, FindBackward, FirstNotify, FirstProfile,
    Initialized, Join, KNOBS, Late, NullCallback, OpenBadArgument, OpenDuringLogon, Order,
    OwnerRelease, Policy, ProfileNames, Quit, Redundant, Rows, SetInDone, Thread, UserSwitch,
    Visible,
};
pub use profile_names::{
    NAME_MAX, REGISTRY_NAME_MAX, folded_name, is_registry_name, is_valid_name, profile_key,
    same_name, significant,
};
pub use profiles::{ProfileId, ProfileRow, ProfileTable};
pub use quit::{AtQuit, SessionEnd};
pub use registrations::Sink;
pub use rules::{RULES, Rule};
pub use session::{Config, Exact, Session, Sweep, Swept};
pub use sources::{EvidenceSource, SOURCES, SourceKind};
pub use state::{CAPABILITIES_ALL, State};
pub use table::{PropValue, Restriction, SortKey, TableView, column};
pub use world::World;
