//! Findings: what the emulation tells the author of a client.

use std::fmt;

use crate::called_function::CalledFunction;
use crate::ids::{ClientId, ObjectId, Token};
use crate::mapi_call::MapiObjectId;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably a mistake.
    Warning,
    /// A mistake.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! findings {
    ($( $(#[doc = $about:literal])+ $id:ident = $name:literal, $severity:ident; )+) => {
        /// The kinds of findings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingId { $( $(#[doc = $about])+ $id, )+ }

        impl FindingId {
            /// All of them.
            pub const ALL: &[Self] = &[$( Self::$id ),+];

            /// The id in traces, scenario files and reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$id => $name, )+ }
            }

            /// How much it weighs.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $( Self::$id => Severity::$severity, )+ }
            }

            /// When it is reported.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $( Self::$id => concat!($($about),+).trim_ascii(), )+ }
            }
        }
    };
}

findings! {
    /// A registration was alive when its profile logged off.
    LeakedRegistration = "leaked-registration", Error;
    /// References on an offline object were alive when its profile logged off.
    LeakedReference = "leaked-reference", Error;
    /// At the end references are left on a callback of which no registration lives.
    LeakedCallback = "leaked-callback", Warning;
    /// A client released a reference more than it had.
    OverRelease = "over-release", Error;
    /// A client called an object on which it had no reference any more.
    UseAfterRelease = "use-after-release", Error;
    /// Unadvise of a token that is not live.
    StaleToken = "stale-token", Warning;
    /// SetCurrentState(BLOCK) from inside a Notify of the same object, or of one it covers.
    BlockInNotify = "block-in-notify", Error;
    /// A callback panicked.
    PanicInNotify = "panic-in-notify", Error;
    /// A call was refused for its ulSize alone.
    WrongSize = "wrong-size", Warning;
    /// A call was refused for a bad argument.
    BadArgument = "bad-argument", Warning;
    /// HrOpenOfflineObj or HrCreateOfflineObj of a name that no profile has.
    UnknownProfile = "unknown-profile", Note;
    /// A 64-bit client asked for HrOpenOfflineObj by its decorated name alone, HrOpenOfflineObj@20.
    DecoratedName = "decorated-name", Note;
    /// A placeholder of a vtable was called.
    PlaceholderCalled = "placeholder-called", Error;
    /// A method was called that the emulation does not have: it gave MAPI_E_NO_SUPPORT.
    NotEmulated = "not-emulated", Note;
    /// Advise on an object whose capabilities the client never asked for.
    NoCapabilityCheck = "no-capability-check", Note;
    /// A call on an interface whose profile has logged off.
    CallAfterLogoff = "call-after-logoff", Error;
    /// What the client calls, or says that it has concluded, differs when only the noise differs.
    ReactsToNoise = "reacts-to-noise", Error;
    /// When all was quiet, a registered client's last knowledge of the state was wrong.
    StaleBelief = "stale-belief", Error;
    /// When all was quiet, a registered client had neither read the state nor been told it.
    NeverLearned = "never-learned", Warning;
    /// A request got E_PENDING, was never made again, and when all was quiet the state was another.
    LostRequest = "lost-request", Warning;
    /// Clients undo each other's change of state for ever.
    Livelock = "livelock", Error;
    /// Somebody is blocked, and nothing is left that could happen.
    Deadlock = "deadlock", Error;
    /// With `thread = initializing` or `registering`, a notification waited for a thread that did not pump.
    NobodyPumps = "nobody-pumps", Warning;
    /// With `quit = waits`, the host could not quit: a client held references until it would have been disconnected.
    KeepsHostAlive = "keeps-host-alive", Warning;
    /// A client never got an offline object, or never advised, read or set: nothing of it was tested. In an exploration an error.
    NeverReached = "never-reached", Note;
    /// An exploration alone: a client ended its process, by a signal or an exception of the system, an abort, an exit, or a C++ exception or a panic that nobody caught.
    Crashed = "crashed", Error;
    /// In an exploration or on real threads: a client did not come back within the time that the watchdog gives it.
    Stuck = "stuck", Error;
    /// An exploration alone: a client behaved differently on the same schedule.
    NotDeterministic = "not-deterministic", Error;
    /// A call was refused because it was made on another thread than the one that the Outlook of virtual time lives on.
    WrongThread = "wrong-thread", Warning;
    /// With `initialized = client`: a call was refused because MAPI was not initialised.
    NotInitialized = "not-initialized", Warning;
    /// With `initialized = client`: a method of an interface was called after the last MAPIUninitialize.
    UseAfterUninitialize = "use-after-uninitialize", Error;
    /// MAPIFreeBuffer of what was freed before, goes with its parent, or MAPIAllocateBuffer did not give.
    BadFree = "bad-free", Error;
    /// MAPILogonEx without MAPI_NEW_SESSION named a profile, and joined the shared session of another.
    JoinedOtherSession = "joined-other-session", Warning;
    /// Logoff with MAPI_LOGOFF_SHARED, which begins the shutdown of every client.
    SharedLogoff = "shared-logoff", Error;
    /// At the end a buffer of MAPIAllocateBuffer, or of a call that gave one, was not freed.
    LeakedBuffer = "leaked-buffer", Warning;
    /// MAPIInitialize and MAPIUninitialize were not called equally often.
    UnbalancedInitialize = "unbalanced-initialize", Warning;
    /// A client's final state depends on a policy knob or on the interleaving.
    OrderDependent = "order-dependent", Warning;
}

impl FindingId {
    /// How much it weighs in an exploration, whose green says that a client was tested.
    #[must_use]
    pub const fn severity_explored(self) -> Severity {
        match self {
            Self::NeverReached => Severity::Error,
            id => id.severity(),
        }
    }

    /// The finding of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|id| id.name() == name)
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// What kind it is.
    pub id: FindingId,
    /// Whom it is about; none when it is about nobody in particular.
    pub client: Option<ClientId>,
    /// The rule it rests on.
    pub rule: &'static str,
    /// What happened, in words.
    pub detail: String,
    /// Which thing it is about, and in which call it was found: as far as that is known.
    pub place: FindingPlace,
}

impl Finding {
    /// `client` calls a function although the process has ended with a fast quit (HOST-2).
    #[must_use]
    pub fn called_after_the_end(client: ClientId, function: &str) -> Self {
        let detail = format!("{function} after a fast quit: the process has ended");
        Self::new(FindingId::CallAfterLogoff, Some(client), "HOST-2", detail)
    }

    /// `client` still holds references when a host that waits for them quits (HOST-2).
    #[must_use]
    pub fn keeps_host_alive(client: ClientId) -> Self {
        let detail = "the host quits and waits for the references that the client holds, so the client is never \
            asked to disconnect";
        Self::new(FindingId::KeepsHostAlive, Some(client), "HOST-2", detail)
    }

    /// `client`, or somebody who was nobody's client yet, asks for HrOpenOfflineObj by its decorated name alone (OPEN-8).
    #[must_use]
    pub fn decorated_name(client: Option<ClientId>) -> Self {
        let detail = "GetProcAddress was asked for HrOpenOfflineObj@20 alone: what a 64-bit msmapi32.dll exports is not known";
        Self::new(FindingId::DecoratedName, client, "OPEN-8", detail)
    }

    /// `client` calls MAPIUninitialize, and no MAPIInitialize is in force, or none `of_thread` (PROF-10).
    #[must_use]
    pub fn uninitializes_in_vain(client: ClientId, of_thread: bool) -> Self {
        let thread = if of_thread { " of its thread" } else { "" };
        let detail =
            format!("MAPIUninitialize was called, and no MAPIInitialize{thread} was in force");
        Self::new(
            FindingId::UnbalancedInitialize,
            Some(client),
            "PROF-10",
            detail,
        )
    }

    /// At the end so many calls of MAPIInitialize of `client`, or those `of_thread`, are not undone (PROF-10).
    #[must_use]
    pub fn left_initialized(client: ClientId, calls: usize, of_thread: bool) -> Self {
        let thread = if of_thread { " on one thread" } else { "" };
        let plural = if calls == 1 { "" } else { "s" };
        let detail = format!(
            "no MAPIUninitialize has undone {calls} call{plural} of MAPIInitialize{thread}"
        );
        Self::new(
            FindingId::UnbalancedInitialize,
            Some(client),
            "PROF-10",
            detail,
        )
    }

    /// A finding of which no more is known than whom it is about.
    #[must_use]
    pub fn new(
        id: FindingId,
        client: Option<ClientId>,
        rule: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            id,
            client,
            rule,
            detail: detail.into(),
            place: FindingPlace::default(),
        }
    }

    /// The same, about this offline object.
    #[must_use]
    pub const fn on(mut self, object: ObjectId) -> Self {
        self.place.object = Some(object);
        self
    }

    /// The same, about the registration with this token on this offline object.
    #[must_use]
    pub const fn of_registration(mut self, object: ObjectId, token: Token) -> Self {
        self.place.token = Some(token);
        self.on(object)
    }

    /// The same, about this object of MAPI, which has this interface.
    #[must_use]
    pub const fn on_mapi_object(mut self, object: MapiObjectId, interface: &'static str) -> Self {
        self.place.mapi_object = Some(object);
        self.of_interface(interface)
    }

    /// The same, about these buffers of MAPI's memory.
    #[must_use]
    pub fn of_buffers(mut self, buffers: Vec<u64>) -> Self {
        self.place.buffers = buffers;
        self
    }

    /// The same, about an object with this interface.
    #[must_use]
    pub const fn of_interface(mut self, interface: &'static str) -> Self {
        self.place.interface = Some(interface);
        self
    }

    /// Clients undo each other for ever, since the worlds repeat (SET-8): about nobody in particular, for it takes
    /// several.
    #[must_use]
    pub fn livelock(detail: String) -> Self {
        Self::endless("SET-8", detail)
    }

    /// The same, as far as a bound can tell (SET-12).
    #[must_use]
    pub fn livelock_by_bound(detail: String) -> Self {
        Self::endless("SET-12", detail)
    }

    fn endless(rule: &'static str, detail: String) -> Self {
        Self::new(FindingId::Livelock, None, rule, detail)
    }
}

/// Which thing a finding is about, and in which call it was found. The core knows the object, the token and the
/// interface; whoever tells an observer adds the calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingPlace {
    /// The offline object.
    pub object: Option<ObjectId>,
    /// The object of MAPI, where it is not an offline object.
    pub mapi_object: Option<MapiObjectId>,
    /// The buffers of MAPI's memory, by their numbers in the process.
    pub buffers: Vec<u64>,
    /// The interface through which the object is used.
    pub interface: Option<&'static str>,
    /// The advise token of the registration.
    pub token: Option<Token>,
    /// The call in which it was found.
    pub call: Option<NumberedCall>,
    /// The calls that it goes back to, in their order: those that took what was never given back, that gave a
    /// token and took it back, or that read a state.
    pub calls: Vec<NumberedCall>,
}

/// A call, by its number in the trace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberedCall {
    /// `seq` of its line in the trace.
    pub seq: u64,
    /// What is called.
    pub function: CalledFunction,
    /// The interface that a QueryInterface gave.
    pub gave: Option<&'static str>,
    /// The line of the scenario file that makes it, from 1. `None`: it stands in no file.
    pub line: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_found_by_its_name() {
        for &id in FindingId::ALL {
            assert_eq!(FindingId::from_name(id.name()), Some(id));
        }
        assert_eq!(FindingId::from_name("no-such-finding"), None);
    }
}
