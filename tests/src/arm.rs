//! What an arm can do: the calls of a client, the host's doings, and a log of what came of them.
//!
//! Nothing here says how time passes. An arm does one thing after the other when
//! [`Arm::step`] asks for it, and as many as it takes while a call blocks.

use std::fmt::Debug;
use std::sync::Arc;

use mapi_offline_core::{
    AdviseArgs, ClientId, FastShutdownBehavior, FindingId, Function, HostEvent, Notification,
    OpenArgs, Policy, ProfileSettings, SetArgs, Sizes,
};
use mapi_offline_sys::{
    GUID, HRESULT, IID_IMAPIOffline, IID_IMAPIOfflineMgr, IID_IMAPIOfflineNotify,
};

use crate::calls::{Admin, CreateCall, Row};

/// What an emulation is begun with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The answers to what the documentation leaves open.
    pub policy: Policy,
    /// Decides `order = shuffled`.
    pub seed: u64,
    /// Whether the host process is Outlook (OPEN-5).
    pub is_outlook: bool,
    /// What the administrator has set for fast shutdown (HOST-5).
    pub fast_shutdown_behavior: FastShutdownBehavior,
    /// The profiles that are there from the start, in order.
    pub profiles: Vec<SetupProfile>,
}

/// A profile that is there from the start.
#[derive(Clone, Debug)]
pub struct SetupProfile {
    /// Its name.
    pub name: &'static str,
    /// What the host is told of it.
    pub settings: ProfileSettings,
    /// Whether it is logged on (HOST-2).
    pub logged_on: bool,
}

impl Default for Setup {
    /// Outlook, the default policy, and one profile: `Work`, logged on and ONLINE.
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            seed: 0,
            is_outlook: true,
            fast_shutdown_behavior: FastShutdownBehavior::default(),
            profiles: vec![SetupProfile {
                name: "Work",
                settings: ProfileSettings::default(),
                logged_on: true,
            }],
        }
    }
}

impl Setup {
    /// With the policy knob `name` at `value`, both as scenario files write them.
    ///
    /// # Panics
    /// If there is no such knob, or it has no such value.
    #[must_use]
    pub fn knob(mut self, name: &str, value: &str) -> Self {
        self.policy.set(name, value).expect("a knob and its value");
        self
    }

    /// With another profile, logged on.
    #[must_use]
    pub fn profile(mut self, name: &'static str, settings: ProfileSettings) -> Self {
        self.profiles.push(SetupProfile {
            name,
            settings,
            logged_on: true,
        });
        self
    }

    /// With another profile, not logged on.
    #[must_use]
    pub fn away(mut self, name: &'static str) -> Self {
        self.profiles.push(SetupProfile {
            name,
            settings: ProfileSettings::default(),
            logged_on: false,
        });
        self
    }

    /// With `Work` as these settings say.
    #[must_use]
    pub fn work(mut self, settings: ProfileSettings) -> Self {
        self.profiles[0].settings = settings;
        self
    }
}

/// A client's reference on an object. Every reference that a call gives is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held<O> {
    /// Whose it is.
    pub client: ClientId,
    /// The arm's handle of it.
    pub object: O,
}

/// A client's reference on one of `A`'s objects.
pub type HeldBy<A> = Held<<A as Arm>::Object>;

/// A callback that a client has made. An arm numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Callback(pub u32);

/// What a callback does when it is notified. It may call into the arm, as every Notify may.
pub type Reaction<A> = Arc<dyn Fn(&A, &Notification) + Send + Sync>;

/// What an Advise is given as `pCallback`. Null is `AdviseInfo::callback = false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    /// This callback.
    Callback(Callback),
    /// An object that gives no `IMAPIOfflineNotify` (ADV-2).
    NoInterface,
}

/// The interfaces that rules ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// `IUnknown`
    Unknown,
    /// `IMAPIOffline`
    Offline,
    /// `IMAPIOfflineMgr`
    OfflineMgr,
    /// `IMAPIOfflineNotify`, which callbacks have and offline objects have not.
    OfflineNotify,
    /// `IAgileObject`, which no object of the emulation has (LIFE-1).
    Agile,
    /// `IInspectable`, which none has either.
    Inspectable,
}

impl Interface {
    /// Its IID.
    #[must_use]
    pub const fn iid(self) -> GUID {
        match self {
            Self::Unknown => GUID::from_u128(0x00000000_0000_0000_c000_000000000046),
            Self::Offline => IID_IMAPIOffline,
            Self::OfflineMgr => IID_IMAPIOfflineMgr,
            Self::OfflineNotify => IID_IMAPIOfflineNotify,
            Self::Agile => GUID::from_u128(0x94ea2b94_e9cc_49e0_c0ff_ee64ca8f5b90),
            Self::Inspectable => GUID::from_u128(0xaf86e2e0_b12d_4c6a_9c5a_d7aa65101e90),
        }
    }
}

/// One thing that an arm has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A `Notify` begins.
    Notify(Callback, Notification),
    /// It has returned.
    Notified(Callback),
    /// The emulation has released the reference that one registration held.
    Release(Callback),
    /// The emulation has something to tell.
    Finding {
        /// What kind.
        id: FindingId,
        /// Whom it is about.
        client: Option<ClientId>,
        /// In words.
        detail: String,
    },
}

/// One way to have the emulation.
///
/// An object is named by what a client got ([`Held`]); the arm knows whose call it is from it.
/// A call that blocks drives the arm until it may return. Calls may be made from inside a
/// [`Reaction`], as deep as one likes.
pub trait Arm: Sized + 'static {
    /// The arm's handle of a reference on an object.
    type Object: Copy + Debug + PartialEq + Send + Sync + 'static;
    /// A profile table, as `IProfAdmin::GetProfileTable` gives it.
    type Table;
    /// The layout of the structures that the arm's clients fill in.
    const SIZES: Sizes;

    /// An emulation that has just begun.
    fn new(setup: &Setup) -> Self;

    /// A new client.
    fn client(&self, name: &str) -> ClientId;

    /// A new callback, with one reference: its maker's.
    fn callback(&self, reaction: Reaction<Self>) -> Callback;

    /// The maker drops its own reference on the callback.
    fn forget(&self, callback: Callback);

    /// `HrOpenOfflineObj`
    ///
    /// # Errors
    /// The HRESULT, if it is none of success. So it is for every other call.
    fn open(&self, client: ClientId, args: &OpenArgs<'_>) -> Result<HeldBy<Self>, HRESULT>;

    /// `HrCreateOfflineObj`
    ///
    /// # Errors
    /// As [`Arm::open`].
    fn create(
        &self,
        client: ClientId,
        call: &CreateCall<'_, Self::Object>,
    ) -> Result<HeldBy<Self>, HRESULT>;

    /// Returns true when both references lead to one object.
    fn same_object(&self, one: HeldBy<Self>, other: HeldBy<Self>) -> bool;

    /// `IMAPIOffline::GetCapabilities`; `out`: whether there is an out pointer.
    ///
    /// # Errors
    /// As [`Arm::open`].
    fn get_capabilities(&self, on: HeldBy<Self>, out: bool) -> Result<u32, HRESULT>;

    /// `IMAPIOffline::GetCurrentState`; `out`: whether there is an out pointer.
    ///
    /// # Errors
    /// As [`Arm::open`].
    fn get_current_state(&self, on: HeldBy<Self>, out: bool) -> Result<u32, HRESULT>;

    /// `IMAPIOffline::SetCurrentState`. A call that blocks drives the arm until it is woken.
    fn set_current_state(&self, on: HeldBy<Self>, args: SetArgs) -> HRESULT;

    /// `IMAPIOfflineMgr::Advise`. On success the registration takes a reference of its own.
    ///
    /// # Errors
    /// As [`Arm::open`].
    fn advise(&self, on: HeldBy<Self>, args: &AdviseArgs, sink: Sink) -> Result<u32, HRESULT>;

    /// `IMAPIOfflineMgr::Unadvise`. An arm without flags ignores them.
    fn unadvise(&self, on: HeldBy<Self>, flags: u32, token: u32) -> HRESULT;

    /// The placeholder in slot `slot` of the vtable of IMAPIOfflineMgr.
    fn placeholder(&self, on: HeldBy<Self>, slot: u32) -> HRESULT;

    /// `QueryInterface`: on success another reference.
    ///
    /// # Errors
    /// As [`Arm::open`].
    fn query_interface(
        &self,
        on: HeldBy<Self>,
        interface: Interface,
    ) -> Result<HeldBy<Self>, HRESULT>;

    /// `AddRef`
    fn add_ref(&self, on: HeldBy<Self>) -> u32;

    /// `Release`
    fn release(&self, on: HeldBy<Self>) -> u32;

    /// The `nth` call of `function` that the client makes from now on is to fail on purpose (FAIL-1).
    fn fail(&self, client: ClientId, function: Function, nth: u32, returns: HRESULT);

    /// Something happens to the host, for this profile (HOST-1).
    fn host(&self, profile: &str, event: HostEvent);

    /// The host logs the profile on (HOST-2). Nothing happens if there is none of that name.
    fn log_on(&self, profile: &str);

    /// The host logs the profile off, without asking anybody (HOST-2).
    fn log_off(&self, profile: &str);

    /// A call of `IProfAdmin` that gives nothing but an HRESULT.
    fn administer(&self, call: Admin<'_>) -> HRESULT;

    /// `IProfAdmin::GetProfileTable`; `app_flag`: whether it is called with MAPI_APP_PROFILE.
    fn profile_table(&self, app_flag: bool) -> Self::Table;

    /// The rows of a table, in its order.
    fn rows(&self, table: &Self::Table) -> Vec<Row>;

    /// Does the next thing that is due: opens a round, or delivers one notification. `false` if
    /// nothing is left.
    fn step(&self) -> bool;

    /// All that was seen so far, in its order.
    fn log(&self) -> Vec<Event>;
}
