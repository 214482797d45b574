//! The vocabulary that rules are written in: what a careful client, a careless one and a host do,
//! and what came of it. Every word is made of the calls of an [`Arm`].

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use mapi_offline_core::{
    AdviseArgs, CAPABILITIES_ALL, ClientId, FindingId, Notification, OpenArgs, Phase, SetArgs,
    State, StateChange,
};
use mapi_offline_sys::{
    GUID, GUID_GlobalState, HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_UNADVISE_DEFAULT, S_OK,
};

use crate::arm::{Arm, Callback, Event, HeldBy, Interface, Setup, Sink};
use crate::calls::{Admin, CreateCall, CreateCallInfo};

/// The `pGUID` of the objects that clients create.
pub const STORE: GUID = GUID::from_u128(0x5d0e_0000_0000_4000_8000_0000_0000_0001);

/// A `pInstance` of such an object.
pub const INSTANCE: GUID = GUID::from_u128(0x5d0e_0000_0000_4000_8000_0000_0000_0002);

/// The well-formed arguments of `HrOpenOfflineObj`.
#[must_use]
pub const fn open_args(profile: &str) -> OpenArgs<'_> {
    OpenArgs {
        reserved: 0,
        name: Some(profile),
        guid: Some(GUID_GlobalState),
        reserved_pointer: false,
        out: true,
    }
}

/// A well-formed `MAPIOFFLINE_CREATEINFO` of an object with both capabilities and no parent.
#[must_use]
pub const fn create_info<'a, A: Arm>(profile: &'a str) -> CreateCallInfo<'a, A::Object> {
    CreateCallInfo {
        size: A::SIZES.create_info,
        create_flags: 0,
        name: Some(profile),
        capabilities: CAPABILITIES_ALL,
        guid: Some(STORE),
        instance: Some(INSTANCE),
        parent: None,
        aggregate: None,
        connect_info: false,
    }
}

/// The three notifications of one transition.
#[must_use]
pub fn whole(old: State, new: State) -> Vec<StateChange> {
    Phase::ALL
        .into_iter()
        .map(|phase| StateChange { phase, old, new })
        .collect()
}

/// Where a reaction stands.
pub struct Now<'a, A: Arm> {
    /// The arm, to call into.
    pub arm: &'a A,
    /// What the callback was registered on, and by whom.
    pub on: HeldBy<A>,
    /// The advise token of the callback.
    pub token: u32,
    /// What it is told.
    pub notification: Notification,
}

impl<A: Arm> Now<'_, A> {
    /// Returns true when it is the notification of this phase.
    #[must_use]
    pub fn is(&self, phase: Phase) -> bool {
        let change = self.notification.state_change();
        change.is_some_and(|change| change.phase == phase)
    }
}

/// Values that callbacks leave behind, in their order.
#[derive(Debug)]
pub struct Kept<T>(Arc<Mutex<Vec<T>>>);

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone> Kept<T> {
    /// Keeps a value.
    ///
    /// # Panics
    /// If a callback panicked while it kept one.
    pub fn keep(&self, value: T) {
        self.0.lock().expect("nobody panics here").push(value);
    }

    /// All values.
    ///
    /// # Panics
    /// As [`Kept::keep`].
    #[must_use]
    pub fn all(&self) -> Vec<T> {
        self.0.lock().expect("nobody panics here").clone()
    }

    /// The one value.
    ///
    /// # Panics
    /// If there are none or several.
    #[must_use]
    pub fn one(&self) -> T {
        let mut all = self.all();
        assert_eq!(all.len(), 1, "values kept");
        all.remove(0)
    }
}

/// A registration that reacts.
pub struct Reacts<T> {
    /// Its advise token.
    pub token: u32,
    /// Its callback, of which the registration holds the only reference.
    pub callback: Callback,
    answers: Kept<T>,
}

impl<T: Clone> Reacts<T> {
    /// What its reactions have given, in their order.
    #[must_use]
    pub fn answers(&self) -> Vec<T> {
        self.answers.all()
    }

    /// What its one reaction has given.
    ///
    /// # Panics
    /// If it has not reacted exactly once.
    #[must_use]
    pub fn answer(&self) -> T {
        self.answers.one()
    }
}

/// The vocabulary. Every [`Arm`] has it.
pub trait Words: Arm {
    /// The default setup.
    #[must_use]
    fn plain() -> Self {
        Self::new(&Setup::default())
    }

    /// The default setup, save one knob.
    #[must_use]
    fn with(knob: &str, value: &str) -> Self {
        Self::new(&Setup::default().knob(knob, value))
    }

    /// A new client that has opened `Work` and asked what it is capable of, as careful ones do.
    fn opened(&self, client: &str) -> HeldBy<Self> {
        self.opened_by(self.client(client))
    }

    /// This client opens `Work` and asks what it is capable of.
    fn opened_by(&self, client: ClientId) -> HeldBy<Self> {
        let work = self.open(client, &open_args("Work")).expect("Work opens");
        self.get_capabilities(work, true).expect("capabilities");
        work
    }

    /// `HrCreateOfflineObj` with this info, well-formed otherwise.
    ///
    /// # Errors
    /// As [`Arm::create`].
    fn make(
        &self,
        client: ClientId,
        info: CreateCallInfo<'_, Self::Object>,
    ) -> Result<HeldBy<Self>, HRESULT> {
        let call = CreateCall {
            flags: 0,
            info: Some(info),
            out: true,
        };
        self.create(client, &call)
    }

    /// A new child, which the parent's client makes in `Work`, and asks what it is capable of.
    fn child(&self, parent: HeldBy<Self>) -> HeldBy<Self> {
        self.child_capable_of(parent, CAPABILITIES_ALL)
    }

    /// The same, with these capabilities.
    fn child_capable_of(&self, parent: HeldBy<Self>, capabilities: u32) -> HeldBy<Self> {
        let info = CreateCallInfo {
            capabilities,
            instance: None,
            parent: Some(parent),
            ..create_info::<Self>("Work")
        };
        let child = self.make(parent.client, info).expect("a child");
        self.get_capabilities(child, true).expect("capabilities");
        child
    }

    /// Registers a callback that does nothing; gives the advise token.
    fn register(&self, on: HeldBy<Self>, client_token: u32) -> u32 {
        self.react_always(on, client_token, |_| ()).token
    }

    /// Registers a callback that reacts to the notification of one phase.
    fn react<T: Clone + Send + 'static>(
        &self,
        on: HeldBy<Self>,
        client_token: u32,
        phase: Phase,
        reaction: impl Fn(&Now<'_, Self>) -> T + Send + Sync + 'static,
    ) -> Reacts<T> {
        let answers = Kept::default();
        let all = self.react_always(on, client_token, {
            let answers = answers.clone();
            move |now| {
                if now.is(phase) {
                    answers.keep(reaction(now));
                }
            }
        });
        Reacts {
            token: all.token,
            callback: all.callback,
            answers,
        }
    }

    /// Registers a callback that reacts to every notification.
    fn react_always<T: Clone + Send + 'static>(
        &self,
        on: HeldBy<Self>,
        client_token: u32,
        reaction: impl Fn(&Now<'_, Self>) -> T + Send + Sync + 'static,
    ) -> Reacts<T> {
        let (answers, token) = (Kept::default(), Arc::new(AtomicU32::new(0)));
        let (keeps, knows) = (answers.clone(), token.clone());
        let callback = self.callback(Arc::new(move |arm: &Self, notification: &Notification| {
            keeps.keep(reaction(&Now {
                arm,
                on,
                token: knows.load(Ordering::SeqCst),
                notification: *notification,
            }));
        }));
        let given = self
            .advise_callback(on, client_token, callback)
            .expect("Advise");
        self.forget(callback);
        token.store(given, Ordering::SeqCst);
        Reacts {
            token: given,
            callback,
            answers,
        }
    }

    /// `Advise` of this callback, well-formed.
    ///
    /// # Errors
    /// As [`Arm::advise`].
    fn advise_callback(
        &self,
        on: HeldBy<Self>,
        client_token: u32,
        callback: Callback,
    ) -> Result<u32, HRESULT> {
        let args = AdviseArgs::new(Self::SIZES, client_token);
        self.advise(on, &args, Sink::Callback(callback))
    }

    /// `Unadvise`, which always succeeds (UNADV-1).
    ///
    /// # Panics
    /// If it does not.
    fn unregister(&self, on: HeldBy<Self>, token: u32) {
        let answer = self.unadvise(on, MAPIOFFLINE_UNADVISE_DEFAULT, token);
        assert_eq!(answer, S_OK, "Unadvise");
    }

    /// A `SetCurrentState` that does not block.
    fn set(&self, on: HeldBy<Self>, state: State) -> HRESULT {
        self.set_current_state(on, SetArgs::new(MAPIOFFLINE_FLAG_DEFAULT, state))
    }

    /// A `SetCurrentState` that blocks.
    fn block(&self, on: HeldBy<Self>, state: State) -> HRESULT {
        self.set_current_state(on, SetArgs::new(MAPIOFFLINE_FLAG_BLOCK, state))
    }

    /// Sets the state, and lets the transition come to its end.
    fn change(&self, on: HeldBy<Self>, state: State) {
        assert_eq!(self.set(on, state), S_OK);
        self.run();
    }

    /// The state, as a careful client reads it.
    fn state(&self, on: HeldBy<Self>) -> State {
        let word = self.get_current_state(on, true).expect("GetCurrentState");
        State::masked(word).expect("ONLINE or OFFLINE")
    }

    /// Another reference, by QueryInterface.
    fn queried(&self, on: HeldBy<Self>) -> HeldBy<Self> {
        self.query_interface(on, Interface::OfflineMgr)
            .expect("QueryInterface")
    }

    /// Goes on until nothing is left to do.
    ///
    /// # Panics
    /// If there is no end to it.
    fn run(&self) {
        for _ in 0..100_000 {
            if !self.step() {
                return;
            }
        }
        panic!("it never ends");
    }

    /// Goes on until a notification of this phase has been delivered to the last of `n`.
    ///
    /// # Panics
    /// If there is none.
    fn run_until(&self, phase: Phase, n: usize) {
        while self.heard().iter().filter(|heard| heard.1 == phase).count() < n {
            assert!(self.step(), "there are not {n} of {phase}");
        }
    }

    /// Every `Notify` so far.
    fn notifications(&self) -> Vec<Notification> {
        let log = self.log().into_iter();
        log.filter_map(|event| match event {
            Event::Notify(_, notification) => Some(notification),
            _ => None,
        })
        .collect()
    }

    /// Who heard which phase: the client tokens, in the order of the calls. Noise is left out.
    fn heard(&self) -> Vec<(u32, Phase)> {
        let all = self.notifications().into_iter();
        all.filter_map(|notification| {
            Some((
                notification.client_token,
                notification.state_change()?.phase,
            ))
        })
        .collect()
    }

    /// The client tokens that heard this phase, in the order of the calls.
    fn who_heard(&self, phase: Phase) -> Vec<u32> {
        let heard = self.heard().into_iter();
        heard
            .filter(|heard| heard.1 == phase)
            .map(|heard| heard.0)
            .collect()
    }

    /// What the registrations with this client token heard. Noise is left out.
    fn heard_by(&self, client_token: u32) -> Vec<StateChange> {
        let all = self.notifications().into_iter();
        all.filter(|notification| notification.client_token == client_token)
            .filter_map(|notification| notification.state_change())
            .collect()
    }

    /// The phases that the registrations with this client token heard of.
    fn phases_of(&self, client_token: u32) -> Vec<Phase> {
        let changes = self.heard_by(client_token).into_iter();
        changes.map(|change| change.phase).collect()
    }

    /// The callbacks that were released, one entry a reference, in the order of the Releases.
    fn released(&self) -> Vec<Callback> {
        let log = self.log().into_iter();
        log.filter_map(|event| match event {
            Event::Release(callback) => Some(callback),
            _ => None,
        })
        .collect()
    }

    /// The findings and whom each is about, in their order. That nothing of a client was tested is said of the test.
    fn found(&self) -> Vec<(FindingId, Option<ClientId>)> {
        let log = self.log().into_iter();
        log.filter_map(|event| match event {
            Event::Finding { id, client, .. } => Some((id, client)),
            _ => None,
        })
        .filter(|(id, _)| *id != FindingId::NeverReached)
        .collect()
    }

    /// The findings, in their order.
    fn findings(&self) -> Vec<FindingId> {
        self.found().into_iter().map(|(id, _)| id).collect()
    }

    /// The findings about one client.
    fn findings_about(&self, client: ClientId) -> Vec<FindingId> {
        let found = self.found().into_iter();
        let own = found.filter(|(_, about)| *about == Some(client));
        own.map(|(id, _)| id).collect()
    }

    /// `CreateProfile`, without password and flags.
    fn create_profile(&self, name: &str) -> HRESULT {
        self.administer(Admin::Create {
            name,
            password: None,
            app: false,
        })
    }

    /// `DeleteProfile`, without flags.
    fn delete_profile(&self, name: &str) -> HRESULT {
        self.administer(Admin::Delete { name, app: false })
    }

    /// `CopyProfile`, without password and flags.
    fn copy_profile(&self, from: &str, to: &str) -> HRESULT {
        self.administer(Admin::Copy {
            from,
            password: None,
            to,
            app: false,
        })
    }

    /// `RenameProfile`, without password and flags.
    fn rename_profile(&self, from: &str, to: &str) -> HRESULT {
        self.administer(Admin::Rename {
            from,
            password: None,
            to,
            app: false,
        })
    }

    /// `SetDefaultProfile`
    fn set_default_profile(&self, name: Option<&str>) -> HRESULT {
        self.administer(Admin::SetDefault { name })
    }

    /// The names in a new profile table, in its order.
    fn profile_names(&self) -> Vec<String> {
        let rows = self.rows(&self.profile_table(false)).into_iter();
        rows.map(|row| row.name).collect()
    }

    /// The names of the profiles with PR_DEFAULT_PROFILE TRUE.
    fn default_profiles(&self) -> Vec<String> {
        let rows = self.rows(&self.profile_table(false)).into_iter();
        rows.filter(|row| row.is_default)
            .map(|row| row.name)
            .collect()
    }
}

impl<A: Arm> Words for A {}
