//! The oracle: the invariants of the emulation, checked at every step.
//!
//! It keeps its own account of what it sees, and asks the core nothing: were the core wrong, its
//! books could be wrong with it. Its account is no part of what a world is: a search that knows
//! worlds again judges each world by the first way that led there, and every turn out of it.

use mapi_offline::script::{Call, Scenario, Seen, Watch};
use mapi_offline::sys::{
    E_PENDING, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_OFFLINE_MASK,
};
use mapi_offline_core::{
    CAPABILITIES_ALL, DefaultReturns, Late, Notification, NotifyId, ObjectId, OwnerRelease, Phase,
    Policy, Redundant, RoundId, SetArgs, State, Token,
};
use smallvec::SmallVec;

use super::problem::calls;

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) rule: &'static str,
    pub(super) detail: String,
}

/// What the oracle knows of a registration.
#[derive(Clone, Copy, Debug)]
struct Known {
    client: u32,
    place: u32,
    object: ObjectId,
    token: Token,
    live: bool,
    released: bool,
    /// The `Notify` that is running on it.
    running: Option<NotifyId>,
    /// The round and phase of the last notification.
    last: Option<(RoundId, Phase)>,
    /// The new state of the last notification.
    state: Option<State>,
}

/// What holds of a scenario under a policy, whatever happens.
#[derive(Clone, Copy, Debug)]
struct Terms {
    late: bool,
    owner_drops: bool,
    redundant: bool,
    pending_is_begun: bool,
    /// Have all objects both capabilities, so that notifications form a chain (NOTE-8)?
    chain: bool,
    /// Has each session one object only?
    single: bool,
}

/// The oracle of one play.
#[derive(Debug)]
pub(super) struct Oracle {
    terms: Terms,
    known: SmallVec<[Known; 3]>,
    /// The transitions that began, and the phase that each has come to.
    transitions: SmallVec<[(RoundId, Option<Phase>); 1]>,
    pub(super) broken: Vec<Broken>,
    /// The calls of each client, if somebody compares them.
    pub(super) calls: Option<Vec<(usize, String)>>,
}

/// Searches copy many.
impl Clone for Oracle {
    fn clone(&self) -> Self {
        Self {
            known: SmallVec::from_slice(&self.known),
            transitions: SmallVec::from_slice(&self.transitions),
            broken: self.broken.clone(),
            calls: self.calls.clone(),
            ..*self
        }
    }
}

impl Oracle {
    pub(super) fn new(scenario: &Scenario, policy: &Policy) -> Self {
        let has_both = |capabilities: u32| capabilities & CAPABILITIES_ALL == CAPABILITIES_ALL;
        let profiles = scenario.profiles.iter();
        let mut chain = profiles
            .into_iter()
            .all(|profile| has_both(profile.settings.capabilities));
        let mut single = true;
        for call in calls(scenario) {
            if let Call::HrCreateOfflineObj { info, .. } = &call.call {
                single = false;
                chain &= info.as_ref().is_none_or(|info| has_both(info.capabilities));
            }
        }
        Self {
            terms: Terms {
                late: policy.late == Late::Queued,
                owner_drops: policy.owner_release == OwnerRelease::Drop,
                redundant: policy.redundant == Redundant::Notify,
                pending_is_begun: policy.default_returns == DefaultReturns::Pending,
                chain,
                single,
            },
            known: SmallVec::new(),
            transitions: SmallVec::new(),
            broken: Vec::new(),
            calls: None,
        }
    }

    /// Keeps the calls from now on.
    pub(super) fn listening(mut self) -> Self {
        self.calls = Some(Vec::new());
        self
    }

    fn breaks(&mut self, rule: &'static str, detail: impl Into<String>) {
        let detail = detail.into();
        self.broken.push(Broken { rule, detail });
    }

    /// The play is over, every profile logged off: are the books balanced (ADV-3)?
    pub(super) fn close(&mut self) {
        let held = self.known.iter().filter(|known| !known.released).count();
        if held > 0 {
            let detail = format!("{held} callbacks were not released, though all has logged off");
            self.breaks("ADV-3", detail);
        }
    }

    /// Adds what of the account can still matter to `words`. `rank` names a round that is not
    /// over.
    pub(super) fn account(&self, rank: impl Fn(RoundId) -> Option<[u32; 2]>, words: &mut Vec<u32>) {
        let mut add = |round: RoundId, phase: Option<Phase>| {
            if let Some([session, round]) = rank(round) {
                words.extend([session, round, phase.map_or(0, Phase::notify_type)]);
            }
            words.push(u32::MAX);
        };
        for &(round, phase) in &self.transitions {
            add(round, phase);
        }
        for known in self.known.iter().filter(|k| k.live || !k.released) {
            if let Some((round, phase)) = known.last {
                add(round, Some(phase));
            }
        }
        // On what it is stands in the world.
        for known in self.known.iter().filter(|k| k.live || !k.released) {
            let is = [known.live, known.released, known.running.is_some()];
            let is = is.iter().fold(0, |all, &is| all << 1 | u32::from(is));
            words.extend([known.client, known.place, is]);
            words.push(known.last.map_or(0, |_| 1) << 2 | known.state.map_or(0, State::bits));
        }
    }

    fn find(&mut self, client: usize, place: usize) -> Option<&mut Known> {
        let (client, place) = (client as u32, place as u32);
        let mut known = self.known.iter_mut();
        known.find(|known| known.client == client && known.place == place)
    }

    fn advised(&mut self, client: usize, place: usize, object: ObjectId, token: Token) {
        let mut live = self.known.iter().filter(|known| known.live);
        let taken = live.any(|known| known.object == object && known.token == token);
        if token == Token(0) || taken {
            self.breaks("ADV-4", format!("advise token {token} is zero or taken"));
        }
        // What is over needs no more watching.
        self.known.retain(|known| known.live || !known.released);
        self.known.push(Known {
            client: client as u32,
            place: place as u32,
            object,
            token,
            live: true,
            released: false,
            running: None,
            last: None,
            state: None,
        });
    }

    fn notify(
        &mut self,
        client: usize,
        place: usize,
        id: NotifyId,
        round: RoundId,
        notification: &Notification,
    ) {
        let terms = self.terms;
        let Some(known) = self.find(client, place) else {
            return self.breaks("UNADV-3", "a Notify on a registration that is gone");
        };
        known.running = Some(id);
        if !known.live && (known.released || !terms.late) {
            return self.breaks("UNADV-3", "a Notify started after Unadvise had returned");
        }
        let Some(change) = notification.state_change() else {
            return; // noise
        };
        let (last, state) = (known.last, known.state);
        known.last = Some((round, change.phase));
        known.state = Some(change.new);
        if change.old == change.new && !terms.redundant {
            self.breaks("NOTE-2", format!("{change}: the states are the same"));
        }
        if let Some((earlier, phase)) = last {
            if earlier == round && phase >= change.phase {
                self.breaks("NOTE-1", format!("{} after {phase}", change.phase));
            }
            let expected = if earlier == round {
                Some(change.new)
            } else {
                Some(change.old)
            };
            if terms.chain && state != expected {
                self.breaks(
                    "NOTE-8",
                    format!("{change} does not follow what was told before"),
                );
            }
        }
        let mut transitions = self.transitions.iter_mut();
        match transitions.find(|(other, _)| *other == round) {
            Some((_, come_to)) => {
                let before = come_to.replace(change.phase.max(come_to.unwrap_or(change.phase)));
                if before.is_some_and(|before| before > change.phase) {
                    let detail = format!(
                        "a {} after the first {}",
                        change.phase,
                        before.map_or("", Phase::name)
                    );
                    self.breaks("NOTE-1", detail);
                }
            }
            None => self.breaks("NOTE-1", format!("{change} of no transition")),
        }
    }

    fn set(
        &mut self,
        args: SetArgs,
        hr: Option<mapi_offline::sys::HRESULT>,
        inside: bool,
        begun: bool,
        rounds: &[RoundId],
    ) {
        let flags = [MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_FLAG_BLOCK];
        let valid = flags.contains(&args.flags)
            && args.mask == MAPIOFFLINE_STATE_OFFLINE_MASK
            && State::exactly(args.state).is_some()
            && !args.reserved;
        self.transitions.retain(|(round, _)| rounds.contains(round));
        // From inside a Notify other rules come first (SET-7 to SET-9).
        if !valid || inside {
            return;
        }
        let running = self
            .transitions
            .iter()
            .any(|(round, _)| rounds.contains(round));
        let pending = hr == Some(E_PENDING);
        let refused = pending && !(begun && self.terms.pending_is_begun);
        if running && self.terms.single && (!refused || begun) {
            self.breaks("SET-4", "no E_PENDING, though a transition is running");
        }
        if !running && refused {
            self.breaks("SET-4", "E_PENDING, though no transition is running");
        }
    }

    fn released(&mut self, client: usize, place: usize) {
        let Some(known) = self.find(client, place) else {
            return self.breaks("ADV-3", "a callback was released that no registration held");
        };
        let (live, running) = (known.live, known.running.is_some());
        let again = std::mem::replace(&mut known.released, true);
        if again {
            self.breaks("ADV-3", "a callback was released twice");
        }
        if live {
            self.breaks("ADV-3", "the callback of a live registration was released");
        }
        if running {
            self.breaks(
                "UNADV-2",
                "a callback was released while its Notify was running",
            );
        }
    }
}

impl Watch for Oracle {
    fn see(&mut self, seen: &Seen<'_>) {
        match *seen {
            Seen::Call { client, call } => {
                if let Some(calls) = &mut self.calls {
                    calls.push((client, format!("{:?} {:?}", call.call, call.object)));
                }
            }
            Seen::Advised {
                client,
                registration,
                object,
                token,
            } => self.advised(client, registration, object, token),
            Seen::Unadvised { object, token } => {
                let mut known = self.known.iter_mut();
                let found = known.find(|k| k.live && k.object == object && k.token == token);
                if let Some(known) = found {
                    known.live = false;
                }
            }
            Seen::ReleasedObject { object, references } => {
                if references == 0 && self.terms.owner_drops {
                    let ours = self.known.iter_mut().filter(|known| known.object == object);
                    ours.for_each(|known| known.live = false);
                }
            }
            Seen::Set {
                args,
                hr,
                inside,
                begun,
                alive,
                rounds,
                ..
            } => {
                if alive {
                    self.set(args, hr, !inside.is_empty(), begun, rounds);
                }
            }
            Seen::Begun { round } => self.transitions.push((round, None)),
            Seen::Notify {
                client,
                registration,
                id,
                round,
                notification,
                ..
            } => self.notify(client, registration, id, round, &notification),
            Seen::Notified { id } => {
                let mut known = self.known.iter_mut();
                if let Some(known) = known.find(|known| known.running == Some(id)) {
                    known.running = None;
                }
            }
            Seen::ReleasedCallback {
                client,
                registration,
            } => self.released(client, registration),
            Seen::LoggedOff { session } => {
                let ours = self.known.iter_mut();
                let ours = ours.filter(|known| known.object.session == session);
                ours.for_each(|known| known.live = false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use mapi_offline::script::Environment;
    use mapi_offline::sys::S_OK;
    use mapi_offline_core::SessionId;

    use super::*;

    const SESSION: SessionId = SessionId(0);
    const OBJECT: ObjectId = ObjectId {
        session: SESSION,
        index: 0,
    };
    const ROUND: RoundId = RoundId {
        session: SESSION,
        number: 0,
    };

    fn oracle(policy: &Policy) -> Oracle {
        let scenario = Scenario {
            title: String::new(),
            seed: 0,
            environment: Environment::default(),
            policy: *policy,
            profiles: Vec::new(),
            clients: Vec::new(),
            steps: Vec::new(),
            expect: Vec::new(),
            always: Vec::new(),
        };
        Oracle::new(&scenario, policy)
    }

    fn advised(registration: usize, token: u32) -> Seen<'static> {
        Seen::Advised {
            client: 0,
            registration,
            object: OBJECT,
            token: Token(token),
        }
    }

    fn unadvised(token: u32) -> Seen<'static> {
        Seen::Unadvised {
            object: OBJECT,
            token: Token(token),
        }
    }

    fn id(number: u64) -> NotifyId {
        NotifyId {
            session: SESSION,
            number,
        }
    }

    fn told(registration: usize, phase: Phase, old: State, new: State) -> Seen<'static> {
        Seen::Notify {
            client: 0,
            registration,
            object: OBJECT,
            id: id(registration as u64),
            round: ROUND,
            notification: Notification {
                notify_type: phase.notify_type(),
                client_token: 0,
                mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
                old: old.bits(),
                new: new.bits(),
            },
        }
    }

    fn goes_offline(registration: usize, phase: Phase) -> Seen<'static> {
        told(registration, phase, State::Online, State::Offline)
    }

    fn notified(registration: usize) -> Seen<'static> {
        Seen::Notified {
            id: id(registration as u64),
        }
    }

    fn released(registration: usize) -> Seen<'static> {
        Seen::ReleasedCallback {
            client: 0,
            registration,
        }
    }

    fn set(hr: Option<mapi_offline::sys::HRESULT>, begun: bool, rounds: &[RoundId]) -> Seen<'_> {
        Seen::Set {
            object: OBJECT,
            args: SetArgs {
                flags: MAPIOFFLINE_FLAG_DEFAULT,
                mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
                state: State::Offline.bits(),
                reserved: false,
            },
            hr,
            inside: &[],
            begun,
            alive: true,
            rounds,
        }
    }

    /// The rules that these break.
    fn broken(policy: &str, seen: &[Seen<'_>]) -> Vec<&'static str> {
        let mut answers = Policy::default();
        if let Some((knob, value)) = policy.split_once('=') {
            answers.set(knob, value).expect("a knob");
        }
        let mut oracle = oracle(&answers);
        seen.iter().for_each(|seen| oracle.see(seen));
        oracle.broken.iter().map(|broken| broken.rule).collect()
    }

    const BEGUN: Seen<'static> = Seen::Begun { round: ROUND };
    const NONE: [&str; 0] = [];

    #[test]
    fn phases_come_in_their_order() {
        use Phase::{Done, Start, StateChange};
        let order = |phases: &[(usize, Phase)]| {
            let mut seen = vec![advised(0, 1), advised(1, 2), BEGUN];
            for &(registration, phase) in phases {
                seen.extend([goes_offline(registration, phase), notified(registration)]);
            }
            broken("", &seen)
        };
        assert_eq!(
            order(&[(0, Start), (1, Start), (0, StateChange), (0, Done)]),
            NONE
        );
        assert_eq!(
            order(&[(0, Start), (0, StateChange), (1, Start)]),
            ["NOTE-1"]
        );
        assert_eq!(order(&[(0, StateChange), (0, StateChange)]), ["NOTE-1"]);
        assert_eq!(
            broken("", &[advised(0, 1), goes_offline(0, Start)]),
            ["NOTE-1"]
        );
    }

    #[test]
    fn states_form_a_chain() {
        let twice = |old, new| {
            let second = Seen::Begun {
                round: RoundId { number: 1, ..ROUND },
            };
            let mut other = told(0, Phase::Start, old, new);
            if let Seen::Notify { round, .. } = &mut other {
                round.number = 1;
            }
            let done = goes_offline(0, Phase::Done);
            broken(
                "",
                &[advised(0, 1), BEGUN, done, notified(0), second, other],
            )
        };
        assert_eq!(twice(State::Offline, State::Online), NONE);
        assert_eq!(twice(State::Online, State::Offline), ["NOTE-8"]);
        let same = told(0, Phase::Start, State::Online, State::Online);
        assert_eq!(broken("", &[advised(0, 1), BEGUN, same]), ["NOTE-2"]);
        assert_eq!(
            broken("redundant=notify", &[advised(0, 1), BEGUN, same]),
            NONE
        );
    }

    #[test]
    fn nothing_starts_after_unadvise_unless_it_may_be_late() {
        let seen = [
            advised(0, 1),
            BEGUN,
            unadvised(1),
            goes_offline(0, Phase::Start),
        ];
        assert_eq!(broken("", &seen), ["UNADV-3"]);
        assert_eq!(broken("late=queued", &seen), NONE);
        let gone = [&seen[..3], &[released(0)], &seen[3..]].concat();
        assert_eq!(broken("late=queued", &gone), ["UNADV-3"]);
    }

    #[test]
    fn a_callback_is_released_once_and_not_before_its_time() {
        assert_eq!(
            broken("", &[advised(0, 1), unadvised(1), released(0)]),
            NONE
        );
        assert_eq!(broken("", &[advised(0, 1), released(0)]), ["ADV-3"]);
        let twice = [advised(0, 1), unadvised(1), released(0), released(0)];
        assert_eq!(broken("", &twice), ["ADV-3"]);
        let start = goes_offline(0, Phase::Start);
        let running = [advised(0, 1), BEGUN, start, unadvised(1), released(0)];
        assert_eq!(broken("", &running), ["UNADV-2"]);
        let mut open = oracle(&Policy::default());
        open.see(&advised(0, 1));
        open.see(&Seen::LoggedOff { session: SESSION });
        open.close();
        assert_eq!(open.broken.len(), 1, "it was never released");
    }

    #[test]
    fn tokens_are_unique_and_not_zero() {
        assert_eq!(broken("", &[advised(0, 1), advised(1, 2)]), NONE);
        assert_eq!(broken("", &[advised(0, 0)]), ["ADV-4"]);
        assert_eq!(broken("", &[advised(0, 1), advised(1, 1)]), ["ADV-4"]);
    }

    #[test]
    fn pending_is_exactly_while_a_transition_runs() {
        let running = &[ROUND][..];
        assert_eq!(
            broken("", &[BEGUN, set(Some(E_PENDING), false, running)]),
            NONE
        );
        assert_eq!(
            broken("", &[BEGUN, set(Some(S_OK), false, running)]),
            ["SET-4"]
        );
        assert_eq!(broken("", &[BEGUN, set(None, true, running)]), ["SET-4"]);
        // A round of noise is no transition.
        assert_eq!(
            broken("", &[set(Some(E_PENDING), false, running)]),
            ["SET-4"]
        );
        assert_eq!(broken("", &[set(Some(S_OK), true, &[])]), NONE);
        let pending = [set(Some(E_PENDING), true, &[])];
        assert_eq!(broken("", &pending), ["SET-4"]);
        assert_eq!(broken("default-returns=E_PENDING", &pending), NONE);
    }
}
