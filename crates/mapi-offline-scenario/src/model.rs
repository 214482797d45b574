//! A scenario as a value: what a scenario file says, with every name resolved and every
//! argument a number or a null pointer.

use mapi_offline_core::{
    AdviseArgs, CallFailure, ClientId, FastShutdownBehavior, FindingId, Function, Phase, Policy,
    ProfileCall, ProfileSettings, ProviderKind, SetArgs, Sizes, State, StateChange,
};
use mapi_offline_driver::{Environment, HostAction, Micros};
use mapi_offline_sys::{GUID, HRESULT};

/// A line of the scenario file, from 1. Reports cite it.
pub type Line = usize;

/// A whole scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What it shows.
    pub title: String,
    /// 0: what falls on one instant happens in file order. Otherwise the seed decides.
    pub seed: u64,
    /// How long things take.
    pub environment: Environment,
    /// The answers to what the documentation leaves open.
    pub policy: Policy,
    /// The profiles that are there and logged on from the start.
    pub profiles: Vec<ProfileSpec>,
    /// Who takes part. A client is named by its place here.
    pub clients: Vec<ClientSpec>,
    /// The calls that fail on purpose (FAIL-1), each of the client at that place.
    pub failures: Vec<CallFailure>,
    /// The clients, by their places, that the host asks to disconnect when it quits fast, too (HOST-2).
    pub shutdown_notifications: Vec<ClientId>,
    /// Which clients are MAPI providers, and what comes of that when the host quits fast (HOST-5).
    pub fast_shutdown: FastShutdown,
    /// What happens, in file order.
    pub steps: Vec<Step>,
    /// What must hold in this run.
    pub expect: Vec<Expectation>,
    /// What must hold in every order and under every policy.
    pub always: Vec<Expectation>,
}

impl Scenario {
    /// The same scenario for clients whose structures have `sizes`: where a call has the size that a
    /// structure has in the 64-bit layout, as scenario files do, it has this size instead.
    #[must_use]
    pub fn with_sizes(mut self, sizes: Sizes) -> Self {
        let reactions = self.clients.iter_mut().flat_map(|client| &mut client.on);
        for reaction in reactions {
            reaction.call.call.fit(sizes);
        }
        for step in &mut self.steps {
            if let Action::Client { call, .. } = &mut step.action {
                call.call.fit(sizes);
            }
        }
        self
    }
}

impl Scenario {
    /// Every call of it: of the steps, and of what clients do when they are called.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &ScriptCall> {
        let steps = self.steps.iter().filter_map(|step| match &step.action {
            Action::Client { call, .. } => Some(call),
            Action::Host { .. } => None,
        });
        let reactions = self.clients.iter().flat_map(|client| &client.on);
        steps.chain(reactions.map(|reaction| &reaction.call))
    }
}

/// The MAPI providers of a scenario, and what the administrator has set for fast shutdown (HOST-5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FastShutdown {
    /// What the administrator has set.
    pub behavior: FastShutdownBehavior,
    /// The providers, in the order of the file.
    pub providers: Vec<ScriptedProvider>,
}

/// A client that is a MAPI provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptedProvider {
    /// The client, by its place.
    pub client: ClientId,
    /// What kind of provider it is.
    pub kind: ProviderKind,
    /// What its QueryFastShutdown gives; `None`: it has no `IMAPIProviderShutdown`.
    pub answer: Option<HRESULT>,
}

/// A profile that is there from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSpec {
    /// Its name, valid (PROF-3) and not taken twice (OPEN-6).
    pub name: String,
    /// Whether it is the default profile. At most one is.
    pub is_default: bool,
    /// Its global object.
    pub settings: ProfileSettings,
}

/// A scripted client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSpec {
    /// Its name.
    pub name: String,
    /// The profile whose objects it opens unless a call says otherwise.
    pub profile: String,
    /// `ulClientToken`, unless an Advise says otherwise.
    pub token: u32,
    /// What its callbacks do.
    pub on: Vec<Reaction>,
}

impl ClientSpec {
    /// Returns true when one of its rules asks for a notification.
    pub(crate) fn reacts_to_notify(&self) -> bool {
        let mut triggers = self.on.iter().map(|reaction| reaction.trigger);
        triggers.any(|trigger| matches!(trigger, Trigger::Notify { .. }))
    }
}

/// What a client does when it is notified, or when the host connects or disconnects it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// When.
    pub trigger: Trigger,
    /// What.
    pub call: ScriptCall,
}

/// When a [`Reaction`] happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// On a supported notification.
    Notify {
        /// Of this type; `None`: of any.
        phase: Option<Phase>,
        /// To this state; `None`: to any.
        new: Option<State>,
    },
    /// When the client is connected: as its profile logs on (HOST-6).
    Connect,
    /// When startup is complete (HOST-6).
    Started,
    /// When the client disconnects (HOST-2).
    Disconnect,
}

/// A call happens only if what the client learned last is this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `if_state`: the state word that it read last is, masked, this state.
    State(State),
    /// `if_raw_state`: that word as a whole is this number.
    Raw(u32),
    /// `if_returned`: the client's last call of the same function returned this.
    Returned(HRESULT),
    /// `if_capabilities`: the capabilities, masked, are these.
    Capabilities(u32),
    /// `if_raw_capabilities`: all that GetCapabilities gave is this number.
    RawCapabilities(u32),
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `at`: the earliest virtual time.
    pub at: Option<Micros>,
    /// `after`: at the earliest so long after the end of the step before.
    pub after: Option<Micros>,
    /// Wait only for the own client's steps above, not for all.
    pub parallel: bool,
    /// What happens.
    pub action: Action,
    /// Where it stands.
    pub line: Line,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Something happens to the host.
    Host {
        /// What.
        event: HostAction,
        /// To which profile; `None`: to all that are logged on (a `logon`: to all that are not).
        profile: Option<String>,
        /// Go on only when the transition that it causes is done.
        wait: bool,
    },
    /// A client calls.
    Client {
        /// Its place in [`Scenario::clients`].
        client: usize,
        /// What it calls.
        call: ScriptCall,
    },
}

/// A call of a client, and what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptCall {
    /// The call.
    pub call: CallSpec,
    /// The object variable that it acts on or sets: `None` is the one that HrOpenOfflineObj
    /// without a name sets.
    pub object: Option<String>,
    /// Only if.
    pub condition: Option<Condition>,
    /// The HRESULT that is expected.
    pub returns: Option<HRESULT>,
    /// Where it stands.
    pub line: Line,
}

/// The name of [`CallSpec::Observe`] in a file.
pub(crate) const OBSERVE: &str = "observe";

/// The calls, with their arguments. A `bool` named `out` says whether the out pointer is non-null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallSpec {
    /// `HrOpenOfflineObj`
    HrOpenOfflineObj {
        /// `ulReserved`
        reserved: u32,
        /// `pwszProfileName`
        name: Option<String>,
        /// `pGUID`
        guid: Option<GUID>,
        /// Whether `pReserved` is non-null.
        reserved_pointer: bool,
        /// The out pointer.
        out: bool,
    },
    /// `HrCreateOfflineObj`
    HrCreateOfflineObj {
        /// `ulFlags`
        flags: u32,
        /// `pCreateInfo`
        info: Option<CreateSpec>,
        /// The out pointer.
        out: bool,
    },
    /// `QueryInterface`
    QueryInterface {
        /// The interface's name, as in the file.
        interface: String,
    },
    /// `AddRef`
    AddRef,
    /// `Release`
    Release,
    /// `GetCapabilities`
    GetCapabilities {
        /// The out pointer.
        out: bool,
        /// Expected: these bits, compared within 0x3.
        expected: Option<u32>,
    },
    /// `GetCurrentState`
    GetCurrentState {
        /// The out pointer.
        out: bool,
        /// Expected.
        expected: Option<ExpectedState>,
    },
    /// `SetCurrentState`
    SetCurrentState(SetArgs),
    /// `Advise`
    Advise {
        /// The arguments.
        args: AdviseArgs,
        /// Whether the callback gives IMAPIOfflineNotify by QueryInterface (ADV-2).
        has_interface: bool,
        /// The registration's name.
        registration: Option<String>,
        /// Whether the client keeps its own reference on the callback.
        keep: bool,
    },
    /// `Unadvise`
    Unadvise {
        /// `ulFlags`
        flags: u32,
        /// Which.
        registration: WhichRegistration,
    },
    /// A method of `IProfAdmin`.
    Profile(ProfileCall<String>),
    /// `observe`, which is no call of MAPI: the client says what it has concluded.
    Observe {
        /// What it has concluded something of.
        name: String,
        /// What it has concluded.
        value: String,
    },
}

impl CallSpec {
    /// Has the size that a structure has in the 64-bit layout be that of `sizes`.
    fn fit(&mut self, sizes: Sizes) {
        match self {
            Self::Advise { args, .. } => {
                if let Some(info) = &mut args.info
                    && info.size == Sizes::BITS_64.advise_info
                {
                    info.size = sizes.advise_info;
                }
            }
            Self::HrCreateOfflineObj {
                info: Some(info), ..
            } if info.size == Sizes::BITS_64.create_info => info.size = sizes.create_info,
            _ => {}
        }
    }

    /// What is called; nothing by an `observe`.
    #[must_use]
    pub const fn function(&self) -> Option<Function> {
        Some(match self {
            Self::HrOpenOfflineObj { .. } => Function::HrOpenOfflineObj,
            Self::HrCreateOfflineObj { .. } => Function::HrCreateOfflineObj,
            Self::QueryInterface { .. } => Function::QueryInterface,
            Self::AddRef => Function::AddRef,
            Self::Release => Function::Release,
            Self::GetCapabilities { .. } => Function::GetCapabilities,
            Self::GetCurrentState { .. } => Function::GetCurrentState,
            Self::SetCurrentState(_) => Function::SetCurrentState,
            Self::Advise { .. } => Function::Advise,
            Self::Unadvise { .. } => Function::Unadvise,
            Self::Profile(call) => call.function(),
            Self::Observe { .. } => return None,
        })
    }

    /// What it is called in a file.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.function().map_or(OBSERVE, Function::name)
    }
}

/// A `MAPIOFFLINE_CREATEINFO`; its sizes are those of the 64-bit layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSpec {
    /// `ulSize`, in bytes
    pub size: u32,
    /// `ulCreateFlags`
    pub create_flags: u32,
    /// `pwszProfileName`
    pub name: Option<String>,
    /// `ulCapabilities`
    pub capabilities: u32,
    /// `pGUID`
    pub guid: Option<GUID>,
    /// `pInstance`
    pub instance: Option<GUID>,
    /// `pParent`
    pub parent: Option<Parent>,
}

/// A parent object: a variable of the same client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parent {
    /// `parent = "global"`: what its HrOpenOfflineObj without a name gave.
    Global,
    /// The object of that name.
    Named(String),
}

/// What GetCurrentState is expected to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedState {
    /// Masked, this state.
    State(State),
    /// Exactly this word.
    Raw(u32),
}

/// Which advise token an Unadvise takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichRegistration {
    /// The client's latest that is live, or else the latest of all.
    Latest,
    /// The one of that name.
    Named {
        /// Whose it is: the place in [`Scenario::clients`].
        client: usize,
        /// Its name.
        name: String,
    },
    /// `advise_token`: this number.
    Token(u32),
}

/// An `[[expect]]` or an `[[always]]` block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The client that the block is about.
    pub client: Option<usize>,
    /// Only this registration of the client.
    pub registration: Option<String>,
    /// Exactly these supported notifications, in this order.
    pub notifications: Option<Vec<StateChange>>,
    /// The profile that the block is about.
    pub profile: Option<String>,
    /// The state of the profile's global object when all is quiet, before the host quits.
    pub state: Option<State>,
    /// In `[[expect]]`: exactly these findings, as a set. In `[[always]]`: the error findings
    /// that are allowed.
    pub findings: Option<Vec<FindingId>>,
    /// `belief = "current"`: the client has no `stale-belief`.
    pub belief_is_current: bool,
    /// Where it stands.
    pub line: Line,
}
