//! The harness of the conformance suite: what a rule needs to be said once and shown everywhere.
//!
//! A rule is a generic function over an [`Arm`]; an arm is one way to have the emulation. The
//! rules live in `conformance/`, the arms here. A rule knows nothing of the arm that shows it,
//! and a new arm touches no rule.

mod abilities; //      what only some arms can do
mod arm; //            what every arm can do, and what it has seen
mod c_door; //         the arm that is the C door's exports
mod calls; //          the arguments of the calls that no crate has as values
mod com_arm; //        what the arms have in common that are real COM objects
#[path = "../../crates/mapi-offline/tests/common/com_object.rs"]
mod com_object; //     a COM object laid out by hand
mod core_alone; //     the arm that is nothing but the core
mod played_scenario; // the arm that is the engine of scenarios
mod sink; //           callbacks as COM objects
mod threaded; //       the arms that are real COM objects and real threads
mod virtual_driver; // the arm that is real COM objects in virtual time
mod words; //          the vocabulary that rules are written in

pub use abilities::{Adapters, OwnReferences, Pointers, Quits, Waits};
pub use arm::{Arm, Callback, Event, Held, HeldBy, Interface, Reaction, Setup, SetupProfile, Sink};
pub use c_door::CDoor;
pub use calls::{Admin, CreateCall, CreateCallInfo, Row};
pub use com_arm::{ComArm, Host, RustHost, Seen, Watch};
pub use core_alone::{CoreAlone, Trace};
pub use played_scenario::{PlayedScenario, ScenarioHost};
pub use threaded::{Threaded, ThreadedObserved, Threads};
pub use virtual_driver::VirtualDriver;
pub use words::{INSTANCE, Kept, Now, Reacts, STORE, Words, create_info, open_args, whole};

/// All that a file of rules uses.
pub mod prelude {
    pub use crate::{
        Adapters, Admin, Arm, Callback, CreateCall, CreateCallInfo, Event, Held, HeldBy, INSTANCE,
        Interface, Kept, Now, OwnReferences, Pointers, Quits, Row, STORE, Setup, Sink, Waits,
        Words, create_info, open_args, whole,
    };
    pub use mapi_offline_core::FindingId::{self, *};
    pub use mapi_offline_core::Function;
    pub use mapi_offline_core::HostEvent::{self, *};
    pub use mapi_offline_core::Phase::{self, *};
    pub use mapi_offline_core::State::{self, *};
    pub use mapi_offline_core::{
        AdviseArgs, AdviseInfo, AggregateInfo, CAPABILITIES_ALL, ClientId, FastShutdownBehavior,
        Notification, OpenArgs, Policy, ProfileSettings, ProviderKind, SetArgs, ShutdownMethod,
        Sizes, StateChange,
    };
    pub use mapi_offline_sys::*;
}
