//! The whole of it as one value: the profile table, the host, and a session a logged-on profile.

use std::sync::Arc;

use mapi_offline_sys::GUID_GlobalState;
use mapi_offline_sys::{E_INVALIDARG, HRESULT, MAPI_E_NOT_FOUND};

mod connect; // clients that are being connected
mod end; // how sessions end, and the process

use crate::account::{Account, HostEvent, ProfileSettings};
use crate::args::{CreateArgs, CreateInfo, OpenArgs, Refusal, check_create, check_open};
use crate::call::{Call, Method, Reply};
use crate::connecting::ConnectingClients;
use crate::effect::{Effect, Effects, find};
use crate::failures::{CallFailure, CallFailureError, CallFailures};
use crate::function::Function;
use crate::ids::{Caller, NotifyId, ObjectId, RoundId, SessionId, Token, WaitId};
use crate::notification::{Delivery, Notification};
use crate::policy::{OpenBadArgument, Policy};
use crate::profiles::{ProfileId, ProfileTable};
use crate::session::{Config, Exact, Session, logged_off, over_release};
use crate::small::SmallMap;
use crate::state::State;

/// The emulated machine as a value: everything that a call can depend on is in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World<C> {
    config: Config,
    /// Whether the host process is Outlook (OPEN-5).
    is_outlook: bool,
    /// Shared between copies of the world until one of them changes it.
    profiles: Arc<ProfileTable>,
    accounts: SmallMap<ProfileId, Account>,
    sessions: SmallMap<SessionId, Session<C>>,
    next_session: u32,
    /// The calls that are to fail on purpose (FAIL-1).
    failures: CallFailures,
    /// Whether the process has ended, without a log-off (HOST-2, `quit = fast`).
    has_ended: bool,
    /// The clients that are being connected (HOST-6).
    connecting: ConnectingClients,
}

impl<C: Clone + Eq> World<C> {
    /// A machine without any profile. `is_outlook`: whether the host process is Outlook (OPEN-5).
    #[must_use]
    pub fn new(config: Config, is_outlook: bool) -> Self {
        Self {
            config,
            is_outlook,
            profiles: Arc::new(ProfileTable::new(&config.policy)),
            accounts: SmallMap::default(),
            sessions: SmallMap::default(),
            next_session: 0,
            failures: CallFailures::default(),
            has_ended: false,
            connecting: ConnectingClients::default(),
        }
    }

    /// What the world was made with.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// From now on the world goes by this policy. What has happened stays as it is: whoever infers a policy from
    /// a trace gives one world another policy as long as the two have made no difference.
    pub fn set_policy(&mut self, policy: Policy) {
        self.config.policy = policy;
        if !self.profiles.goes_by(&policy) {
            self.profiles_mut().set_policy(&policy);
        }
        for (_, session) in self.sessions.iter_mut() {
            session.set_policy(policy);
        }
    }

    /// The profile table.
    #[must_use]
    pub fn profiles(&self) -> &ProfileTable {
        &self.profiles
    }

    /// The profile table, to administer it. What is created there is not logged on (OPEN-9).
    pub fn profiles_mut(&mut self) -> &mut ProfileTable {
        Arc::make_mut(&mut self.profiles)
    }

    /// Adds a profile that is there from the start. It is not yet logged on.
    ///
    /// # Errors
    /// As [`ProfileTable::add`].
    pub fn add_profile(
        &mut self,
        name: &str,
        settings: ProfileSettings,
    ) -> Result<ProfileId, HRESULT> {
        let id = self.profiles_mut().add(name, settings.app)?;
        self.accounts.insert(id, Account::new(settings));
        Ok(id)
    }

    /// What the host knows of a profile; of one that administration made, the usual (OPEN-9).
    fn account(&mut self, profile: ProfileId) -> Option<&mut Account> {
        self.profiles.name(profile)?;
        if !self.accounts.contains_key(&profile) {
            let usual = Account::new(ProfileSettings::default());
            self.accounts.insert(profile, usual);
        }
        self.accounts.get_mut(&profile)
    }

    /// The host logs a profile on (HOST-2): its global object is there, in the state that the
    /// host wants. Nothing happens if it is logged on already.
    pub fn log_on(&mut self, profile: ProfileId) {
        let id = SessionId(self.next_session);
        let Some(account) = self.account(profile) else {
            return;
        };
        if account.session.is_some() {
            return;
        }
        account.session = Some(id);
        let (settings, wants) = (account.settings, account.wants());
        let registrations_made = account.registrations_made;
        self.next_session += 1;
        let mut session = Session::new(id, self.config, registrations_made);
        if settings.offline_object {
            session.create_global(settings.capabilities, wants);
        }
        self.sessions.insert(id, session);
        self.has_ended = false;
        self.profiles_mut().begin_session(profile);
    }

    /// The profiles that are logged on, in the order in which they were made.
    pub fn logged_on(&self) -> impl Iterator<Item = ProfileId> + '_ {
        let on = self.accounts.iter().filter(|(_, a)| a.session.is_some());
        on.map(|(&profile, _)| profile)
    }

    /// Something happens to the host, for one profile (HOST-1). With `wait`: whom an
    /// [`Effect::Wake`] will name when the transition that this causes is over; `None` if it
    /// causes none. `from_notify`: see [`Session::host_wants`].
    pub fn host_event(
        &mut self,
        profile: ProfileId,
        event: HostEvent,
        wait: bool,
        from_notify: bool,
        effects: &mut Effects<C>,
    ) -> Option<WaitId> {
        let session = self.account(profile)?.session;
        let session = session.and_then(|id| self.sessions.get_mut(&id));
        let account = self.accounts.get_mut(&profile)?;
        let choice = session.and_then(Session::take_choice);
        account.client_chooses(choice);
        account.happens(event);
        let (wants, session) = (account.wants(), account.session?);
        let session = self.sessions.get_mut(&session)?;
        session.host_wants(wants, wait, from_notify, effects)
    }

    /// Forgets a session that nothing refers to any more.
    fn sweep(&mut self, id: SessionId) {
        if self.sessions.get(&id).is_some_and(Session::is_spent) {
            self.sessions.remove(&id);
        }
    }

    /// The session, if anything of it is left.
    #[must_use]
    pub fn session(&self, id: SessionId) -> Option<&Session<C>> {
        self.sessions.get(&id)
    }

    /// The session that a profile is logged on with.
    #[must_use]
    pub fn session_of(&self, profile: ProfileId) -> Option<&Session<C>> {
        self.sessions.get(&self.accounts.get(&profile)?.session?)
    }

    /// Every session of which something is left.
    pub fn sessions(&self) -> impl Iterator<Item = &Session<C>> + '_ {
        self.sessions.values()
    }

    /// Adds the profiles and who is logged on, in canonical form.
    pub(crate) fn canonical_accounts(&self, exact: Exact, words: &mut Vec<u32>) {
        if exact.profiles {
            self.profiles.canonical(words);
        }
        for (profile, account) in self.accounts.iter() {
            words.push(profile.0);
            let session = account.session.and_then(|id| self.sessions.get(&id));
            let mut account = account.clone();
            account.client_chooses(session.and_then(Session::choice));
            words.push(u32::from(account.user_online) | u32::from(account.server_up) << 1);
            let rank = account
                .session
                .and_then(|id| self.sessions.keys().position(|&other| other == id));
            words.push(rank.map_or(u32::MAX, |rank| rank as u32));
            if exact.tokens {
                words.push(account.registrations_made as u32);
            }
        }
        words.push((self.sessions.len() as u32) << 1 | u32::from(self.has_ended));
        self.failures.canonical(words);
    }

    /// From now on a call is to fail on purpose (FAIL-1).
    ///
    /// # Errors
    /// [`CallFailureError`].
    pub fn fail(&mut self, failure: CallFailure) -> Result<(), CallFailureError> {
        self.failures.add(failure)
    }

    /// Takes back every failure that was asked for and has not happened yet.
    pub fn clear_failures(&mut self) {
        self.failures.clear();
    }

    /// Makes a call, and says what comes back. On success the caller has a reference on the object
    /// that `HrOpenOfflineObj` or `HrCreateOfflineObj` gives.
    #[inline]
    pub fn call(
        &mut self,
        caller: Caller<'_>,
        call: Call<'_, C>,
        effects: &mut Effects<C>,
    ) -> Reply {
        if !self.failures.is_empty()
            && let Some(hr) = self.failures.called(caller.client, call.function())
        {
            return Reply::FailsOnPurpose(hr);
        }
        match call {
            Call::Method(object, method) => self.call_method(caller, object, method, effects),
            call if self.has_ended => Self::called_after_the_end(caller, &call, effects),
            Call::HrOpenOfflineObj(args) => self.open(caller, &args, effects).into(),
            Call::HrCreateOfflineObj(args) => self.create(caller, &args, effects).into(),
            Call::Profile(call) => Reply::Returns(self.profiles_mut().call(&call)),
        }
    }

    /// Calls a method of an object. A session that is gone is as good as logged off.
    #[inline]
    fn call_method(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        method: Method<'_, C>,
        effects: &mut Effects<C>,
    ) -> Reply {
        let Some(session) = self.sessions.get_mut(&object.session) else {
            return match method.function() {
                // A session is forgotten when its last reference is released (LIFE-4).
                Function::Release => {
                    over_release(caller, effects);
                    Reply::Count(0)
                }
                function => logged_off(caller, function, effects),
            };
        };
        let reply = session.call(caller, object, method, effects);
        self.sweep(object.session);
        reply
    }

    /// The session of a profile that `function` can open (OPEN-3, OPEN-5, HOST-6).
    fn openable(
        &mut self,
        caller: Caller<'_>,
        (function, name): (Function, &str),
        effects: &mut Effects<C>,
    ) -> Result<&mut Session<C>, HRESULT> {
        if !self.is_outlook || self.cannot_open(caller.client) {
            return Err(MAPI_E_NOT_FOUND);
        }
        if let Some(unknown) = self.profiles.unknown(caller.client, function, name) {
            effects.push(Effect::found(unknown));
        }
        self.profiles
            .find(name)
            .and_then(|profile| self.accounts.get(&profile)?.session)
            .and_then(|session| self.sessions.get_mut(&session))
            .ok_or(MAPI_E_NOT_FOUND)
    }

    /// OPEN-1 to OPEN-7
    fn open(
        &mut self,
        caller: Caller<'_>,
        args: &OpenArgs<'_>,
        effects: &mut Effects<C>,
    ) -> Result<ObjectId, HRESULT> {
        let name = self.config.check_open(caller, args, effects)?;
        let opens = (Function::HrOpenOfflineObj, name);
        self.openable(caller, opens, effects)?.open(caller)
    }

    /// CREATE-1 to CREATE-10
    fn create(
        &mut self,
        caller: Caller<'_>,
        args: &CreateArgs<'_>,
        effects: &mut Effects<C>,
    ) -> Result<ObjectId, HRESULT> {
        let info = self.config.check_create(caller, args, effects)?;
        let opens = (Function::HrCreateOfflineObj, info.name.unwrap_or_default());
        self.openable(caller, opens, effects)?.create(caller, info)
    }

    /// Returns true when the object lives, with its profile logged on.
    #[must_use]
    pub fn is_live(&self, object: ObjectId) -> bool {
        let session = self.sessions.get(&object.session);
        session.is_some_and(|session| session.is_live(object))
    }

    /// Opens a round whose time has come. See [`Session::open_round`].
    pub fn open_round(&mut self, round: RoundId, effects: &mut Effects<C>) {
        if let Some(session) = self.sessions.get_mut(&round.session) {
            session.open_round(round, effects);
        }
    }

    /// The next notification of an open round. See [`Session::next_delivery`].
    pub fn next_delivery(
        &mut self,
        round: RoundId,
        effects: &mut Effects<C>,
    ) -> Option<Delivery<C>> {
        let session = self.sessions.get_mut(&round.session)?;
        session.next_delivery(session.opened(round)?, effects)
    }

    /// Who can come next in an open round with `order = shuffled`. See [`Session::shuffled`].
    #[must_use]
    pub fn shuffled(&self, round: RoundId) -> Vec<Token> {
        let session = self.sessions.get(&round.session);
        session.map_or_else(Vec::new, |session| session.shuffled(round))
    }

    /// Lets a registration come next in an open round. See [`Session::bring_forward`].
    pub fn bring_forward(&mut self, round: RoundId, token: Token) {
        if let Some(session) = self.sessions.get_mut(&round.session) {
            session.bring_forward(round, token);
        }
    }

    /// Delivers the next notifications of a ready round to those who do nothing. See
    /// [`Session::deliver_while`].
    pub fn deliver_while(
        &mut self,
        round: RoundId,
        effects: &mut Effects<C>,
        notify: impl FnMut(&C, ObjectId, &Notification) -> bool,
    ) {
        if let Some(session) = self.sessions.get_mut(&round.session) {
            session.deliver_while(round, effects, notify);
        }
        self.sweep(round.session);
    }

    /// The `Notify` has returned. See [`Session::delivered`].
    pub fn delivered(&mut self, id: NotifyId, effects: &mut Effects<C>) {
        if let Some(session) = self.sessions.get_mut(&id.session) {
            session.delivered(id, effects);
        }
        self.sweep(id.session);
    }

    /// Returns true when the round can be asked for its next delivery now.
    #[must_use]
    pub fn is_ready(&self, round: RoundId) -> bool {
        self.sessions
            .get(&round.session)
            .is_some_and(|session| session.is_ready(round))
    }

    /// Returns true when the round is open.
    #[must_use]
    pub fn is_open(&self, round: RoundId) -> bool {
        self.sessions
            .get(&round.session)
            .is_some_and(|session| session.is_open(round))
    }

    /// The visible state of a living object, without asking as a client.
    #[must_use]
    pub fn state(&self, object: ObjectId) -> Option<State> {
        self.sessions.get(&object.session)?.state(object)
    }
}

impl Config {
    /// What can be said about a `HrOpenOfflineObj` before its profile is looked up (OPEN-1,
    /// OPEN-4). Gives back the profile's name.
    ///
    /// # Errors
    /// `E_INVALIDARG`, `MAPI_E_NOT_FOUND`.
    pub fn check_open<'a, C>(
        &self,
        caller: Caller<'_>,
        args: &OpenArgs<'a>,
        effects: &mut Effects<C>,
    ) -> Result<&'a str, HRESULT> {
        if let Err(refusal) = check_open(args) {
            refuse(caller, "OPEN-1", refusal, effects);
            return Err(match self.policy.open_bad_argument {
                OpenBadArgument::InvalidArg => E_INVALIDARG,
                OpenBadArgument::NotFound => MAPI_E_NOT_FOUND,
            });
        }
        if args.guid != Some(GUID_GlobalState) {
            return Err(MAPI_E_NOT_FOUND);
        }
        Ok(args.name.unwrap_or_default())
    }

    /// What can be said about a `HrCreateOfflineObj` before its profile is looked up (CREATE-1).
    ///
    /// # Errors
    /// `E_INVALIDARG`.
    pub fn check_create<'a, 'i, C>(
        &self,
        caller: Caller<'_>,
        args: &'a CreateArgs<'i>,
        effects: &mut Effects<C>,
    ) -> Result<&'a CreateInfo<'i>, HRESULT> {
        if let Err(refusal) = check_create(args, self.sizes) {
            refuse(caller, "CREATE-1", refusal, effects);
            return Err(E_INVALIDARG);
        }
        args.info.as_ref().ok_or(E_INVALIDARG)
    }
}

fn refuse<C>(caller: Caller<'_>, rule: &'static str, refusal: Refusal, effects: &mut Effects<C>) {
    find(
        effects,
        refusal.finding,
        caller.client,
        rule,
        refusal.detail,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ClientId;
    use crate::state::CAPABILITIES_ALL;

    #[test]
    fn a_long_chain_of_parents_is_buried_whole() {
        let mut world: World<u32> = World::new(Config::default(), true);
        let profile = world.add_profile("Work", ProfileSettings::default());
        world.log_on(profile.expect("a good name"));
        let caller = Caller::outside(ClientId(0));
        let mut effects = Effects::new();
        let mut chain: Vec<ObjectId> = Vec::new();
        for _ in 0..100_000 {
            let info = CreateInfo {
                size: world.config().sizes.create_info,
                create_flags: 0,
                name: Some("Work"),
                capabilities: CAPABILITIES_ALL,
                guid: None,
                instance: None,
                parent: chain.last().copied(),
                aggregate: None,
                connect_info: false,
            };
            let args = CreateArgs {
                flags: 0,
                info: Some(info),
                out: true,
            };
            let call = Call::HrCreateOfflineObj(args);
            let created = world.call(caller, call, &mut effects).object();
            chain.push(created.expect("made"));
        }
        for &object in &chain {
            let release = Call::Method(object, Method::Release);
            assert_eq!(world.call(caller, release, &mut effects), Reply::Count(0));
        }
        assert!(chain.iter().all(|&object| world.state(object).is_none()));
    }
}
