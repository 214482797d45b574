//! How far a scenario under way has come.
//!
//! A scripted client is data, not a thread: what it is in the middle of is a [`Strand`], a stack
//! of frames. A call that waits leaves its strand aside until it is let go, so any number of
//! calls can wait at once, in callbacks too.

use std::borrow::Cow;
use std::convert::Infallible;

use mapi_offline_core::{
    AnyCallback, ClientId, Effects, Exact, Function, Notification, NotifyId, ObjectId, RoundId,
    ScriptCallback, ShutdownMethod, State, StateChange, Token, WaitId,
};
use mapi_offline_driver::{
    Beliefs, Livelock, Move, ObjectNames, PendingRequests, RegistrationId, ShortList, VirtualDriver,
};
use mapi_offline_sys::HRESULT;
use smallvec::SmallVec;

use super::chosen_failures::ChosenFailures;
use super::free_order::Free;
use super::outcome::Outcome;
use super::quitting::Quitting;
use super::steps::Steps;
use crate::model::{Scenario, ScriptCall, Trigger};

/// A registration as its client knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScriptedRegistration<'s> {
    pub(super) name: Option<&'s str>,
    pub(super) object: ObjectId,
    pub(super) token: Token,
    /// The variable of the object that it was made on.
    pub(super) variable: Option<&'s str>,
    /// Whether the client has not unadvised it.
    pub(super) live: bool,
    /// The references on its callback.
    pub(super) references: u32,
}

impl ScriptedRegistration<'_> {
    /// Which it is for the core.
    pub(super) const fn id(&self) -> RegistrationId {
        RegistrationId {
            object: self.object,
            token: self.token,
        }
    }

    /// What it is called in traces: its name, or else its advise token.
    pub(super) fn label(&self) -> Cow<'_, str> {
        match self.name {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(self.token.to_string()),
        }
    }
}

/// A scripted client, as far as it has come.
#[derive(Clone, Debug, Default)]
pub(super) struct ScriptedClient<'s> {
    /// Its object variables, each once; the nameless one is what HrOpenOfflineObj without a name
    /// set.
    pub(super) objects: ShortList<(Option<&'s str>, ObjectId), 1>,
    pub(super) registrations: ShortList<ScriptedRegistration<'s>, 1>,
    /// The state word that it read last.
    pub(super) word: Option<u32>,
    /// What its last call of each function returned, if a condition asks.
    pub(super) returned: ShortList<(Function, HRESULT), 2>,
    /// What GetCapabilities gave it last, if a condition asks.
    pub(super) capabilities: Option<u32>,
    /// The supported notifications it got, if an expectation asks.
    pub(super) heard: Option<Vec<(Option<usize>, StateChange)>>,
}

impl<'s> ScriptedClient<'s> {
    /// What an object variable holds.
    pub(super) fn object(&self, variable: Option<&str>) -> Option<ObjectId> {
        let held = self.objects.iter().find(|(name, _)| *name == variable);
        held.map(|&(_, object)| object)
    }

    /// Lets an object variable hold `object`.
    pub(super) fn hold(&mut self, variable: Option<&'s str>, object: ObjectId) {
        match self.objects.iter_mut().find(|(name, _)| *name == variable) {
            Some(held) => held.1 = object,
            None => self.objects.push((variable, object)),
        }
    }
}

/// What a client or the host is in the middle of.
#[derive(Clone, Debug)]
pub(super) enum StrandFrame<'s> {
    /// A step, until what it does has returned.
    Step { index: usize },
    /// A call that waits; the wake says what it returns.
    Blocked { client: usize, call: &'s ScriptCall },
    /// A round that is delivered before the call returns.
    InCall {
        client: usize,
        call: &'s ScriptCall,
        round: RoundId,
        hr: HRESULT,
    },
    /// A `Notify`: the client's reactions from `next` on.
    Notify {
        callback: ScriptCallback,
        id: NotifyId,
        change: StateChange,
        next: usize,
    },
    /// A round that is delivered before a call from outside returns.
    OutsideCall { call: OutsideCall, round: RoundId },
    /// A `Notify` of a client from outside.
    OutsideNotify {
        client: ClientId,
        registration: RegistrationId,
        id: NotifyId,
    },
    /// These clients are connected, or told that startup is complete, from the one at `place` on (HOST-6).
    Moments {
        trigger: Trigger,
        clients: SmallVec<[u32; 4]>,
        place: usize,
    },
    /// One of them is: its reactions from `next` on.
    Moment {
        trigger: Trigger,
        client: usize,
        next: usize,
    },
    /// A client disconnects: its DISCONNECT reactions from `next` on.
    Disconnect { client: usize, next: usize },
    /// The host quits fast, and calls this method of providers, from the one at `next` on (HOST-5).
    Providers { method: ShutdownMethod, next: usize },
    /// The host quits, and has come to this client. `again`: whether one has disconnected since the first.
    Quit { client: usize, again: bool },
}

/// A stack of frames: one thread of the emulated machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Strand<'s> {
    pub(super) frames: SmallVec<[StrandFrame<'s>; 2]>,
    /// The `Notify` calls that it is inside of.
    pub(super) inside: SmallVec<[NotifyId; 1]>,
}

/// A call of a client from outside that delivers a round before it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutsideCall(pub(super) u32);

/// What is to be done outside of the engine, with nothing of it borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutsideTask<C> {
    /// To call `Notify`.
    Notify {
        /// Of this callback.
        callback: C,
        /// Whose it is.
        client: ClientId,
        /// The `Notify`.
        id: NotifyId,
        /// What it says.
        notification: Notification,
    },
    /// The host quits: the client disconnects (HOST-2).
    Disconnect(ClientId),
    /// The host quits fast: to call this method of the provider at that place of
    /// [`SharedWithEngine::providers`](super::SharedWithEngine::providers) (HOST-5), and say what
    /// [it gave](super::MixedRun::provider_gave).
    Provider(usize, ShutdownMethod),
}

/// What the engine asks of clients from outside, and how far it has come for them.
#[derive(Clone, Debug)]
pub(super) struct Outside<'s, C> {
    /// What clients are called that are not in the scenario, after those that are.
    pub(super) names: Vec<String>,
    /// What is to be done outside before the strand at hand goes on.
    pub(super) asked: Option<OutsideTask<C>>,
    /// The strand at hand.
    pub(super) aside: Strand<'s>,
    /// The callbacks to be released, each with the client that had registered it.
    pub(super) releases: Vec<(C, ClientId)>,
    /// The waits of calls from outside that are over, and what those return.
    pub(super) over: Vec<(WaitId, HRESULT)>,
    /// The last of the calls whose rounds were delivered before they returned.
    pub(super) calls: u32,
    /// Those of them that may return now.
    pub(super) done: Vec<OutsideCall>,
}

/// A strand that waits.
#[derive(Clone, Debug)]
pub(super) struct WaitingStrand<'s> {
    /// It goes on when all of them have been let go.
    pub(super) waits: Waits,
    /// What the last wake said.
    pub(super) hr: HRESULT,
    pub(super) strand: Strand<'s>,
}

/// Whom a strand has to wait for before it goes on; mostly nobody.
pub(super) type Waits = SmallVec<[WaitId; 1]>;

/// What goes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Move(Move),
    Step(usize),
}

/// Which steps may start.
#[derive(Clone, Debug)]
pub(super) enum Order<'s> {
    /// As the file says, with its times.
    File(Steps),
    /// Each actor's next one.
    Free(Free<'s>),
}

/// A scenario under way.
#[derive(Clone, Debug)]
pub(super) struct Engine<'s, A, C = Infallible> {
    pub(super) scenario: &'s Scenario,
    pub(super) driver: VirtualDriver<AnyCallback<C>>,
    pub(super) clients: Vec<ScriptedClient<'s>>,
    pub(super) object_names: ObjectNames,
    pub(super) steps: Order<'s>,
    pub(super) waiting: Vec<WaitingStrand<'s>>,
    pub(super) audience: A,
    pub(super) beliefs: Beliefs,
    pub(super) requests: PendingRequests,
    pub(super) outcome: Outcome,
    /// The state of each profile's global object when it was last looked at, for expectations.
    pub(super) states: Vec<(String, State)>,
    /// Whether an expectation asks for them.
    pub(super) notes_states: bool,
    /// Whether a condition asks what calls returned.
    pub(super) notes_returns: bool,
    /// Whether a condition asks for what GetCapabilities gave.
    pub(super) heeds_capabilities: bool,
    /// Which ids keep their numbers in the canonical form.
    pub(super) exact: Exact,
    /// What each client had last learned when the host quit, for comparisons.
    pub(super) finals: ShortList<Option<State>, 3>,
    /// So many more rounds of noise reach clients; `None`: all.
    pub(super) noise_left: Option<u8>,
    pub(super) livelock: Livelock,
    /// The host has quit, and nothing has logged on since.
    pub(super) has_quit: bool,
    pub(super) quitting: Quitting,
    /// The host starts: no step comes before all clients have been connected and told that startup is complete.
    pub(super) is_starting: bool,
    /// What clients from outside need; `None`: none comes.
    pub(super) outside: Option<Box<Outside<'s, C>>>,
    /// The calls that an explorer may let fail on purpose.
    pub(super) faults: ChosenFailures,
    /// The effects of the call at hand; kept for its memory.
    pub(super) effects: Effects<AnyCallback<C>>,
}
