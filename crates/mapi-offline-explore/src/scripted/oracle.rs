//! The oracle: the invariants of the emulation, checked at every step.
//!
//! It keeps its own account of what it sees, and asks the core nothing: were the core wrong, its
//! books could be wrong with it. Its account is no part of what a world is: a search of every world
//! judges each by the first way that led there, and every turn out of it.

use mapi_offline::coverage::CoverageWatch;
use mapi_offline::sys::{
    E_PENDING, HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK, S_OK,
};
use mapi_offline::{Answered, Event, Observer, Record, RegistrationId};
use mapi_offline_core as core;
use mapi_offline_core::{
    BlockReturns, CAPABILITIES_ALL, ClientId, DefaultReturns, Late, Method, Notification, NotifyId,
    ObjectId, OwnerRelease, Phase, Policy, Redundant, Reply, RoundId, SetArgs, State, Token,
    Visible,
};
use mapi_offline_scenario::{CallSpec, Scenario};
use smallvec::SmallVec;

use super::rules::calls;

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BrokenInvariant {
    pub(super) rule: &'static str,
    pub(super) detail: String,
}

/// What the oracle knows of a registration.
#[derive(Clone, Copy, Debug)]
struct Known {
    registration: RegistrationId,
    live: bool,
    released: bool,
    /// The `Notify` that is running on it.
    running: Option<NotifyId>,
    /// Whether that is the one that `last` and `state` are of, and no noise.
    is_told: bool,
    /// The round and phase of the last notification.
    last: Option<(RoundId, Phase)>,
    /// The new state of the last notification.
    state: Option<State>,
    /// How many transitions had begun when it was made.
    since: u32,
}

/// What the oracle knows of a transition.
#[derive(Clone, Copy, Debug)]
struct SeenTransition {
    round: RoundId,
    /// The phase that it has come to.
    phase: Option<Phase>,
    /// How many had begun before it.
    number: u32,
    /// The object that was notified first in this phase.
    first: Option<ObjectId>,
    /// Whose BLOCK call it is.
    caller: Option<u32>,
}

/// What holds of a scenario under a policy, whatever happens.
#[derive(Clone, Copy, Debug)]
struct Terms {
    late: bool,
    owner_drops: bool,
    redundant: bool,
    pending_is_begun: bool,
    blocks_until_done: bool,
    /// The phase with which the new state shows (STATE-2).
    shows: Phase,
    /// Whether all objects have both capabilities, so that notifications form a chain (NOTE-8).
    chain: bool,
    /// Whether each session has one object only.
    single: bool,
}

/// The oracle of one play.
#[derive(Debug)]
pub(crate) struct Oracle {
    terms: Terms,
    known: SmallVec<[Known; 3]>,
    /// The transitions that began and may still run.
    transitions: SmallVec<[SeenTransition; 1]>,
    /// How many have begun.
    begun: u32,
    /// Who calls, and whether the call waits.
    caller: (u32, bool),
    pub(super) broken: Vec<BrokenInvariant>,
    /// Sees what clients meet, if somebody asks.
    pub(super) coverage: Option<Box<CoverageWatch>>,
}

/// Searches copy many.
impl Clone for Oracle {
    fn clone(&self) -> Self {
        Self {
            known: SmallVec::from_slice(&self.known),
            transitions: SmallVec::from_slice(&self.transitions),
            broken: self.broken.clone(),
            coverage: self.coverage.clone(),
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
            if let CallSpec::HrCreateOfflineObj { info, .. } = &call.call {
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
                blocks_until_done: policy.block_returns == BlockReturns::AfterDone,
                shows: match policy.visible {
                    Visible::StateChange => Phase::StateChange,
                    Visible::Done => Phase::Done,
                },
                chain,
                single,
            },
            known: SmallVec::new(),
            transitions: SmallVec::new(),
            begun: 0,
            caller: (0, false),
            broken: Vec::new(),
            coverage: None,
        }
    }

    fn breaks(&mut self, rule: &'static str, detail: impl Into<String>) {
        let detail = detail.into();
        self.broken.push(BrokenInvariant { rule, detail });
    }

    /// The play is over, and every profile is logged off: checks that every callback has been released (ADV-3).
    pub(super) fn close(&mut self) {
        let held = self.known.iter().filter(|known| !known.released).count();
        if held > 0 {
            let detail = format!("{held} callbacks were not released, though all has logged off");
            self.breaks("ADV-3", detail);
        }
    }

    fn find(&mut self, registration: RegistrationId) -> Option<&mut Known> {
        let mut known = self.known.iter_mut();
        known.rfind(|known| known.registration == registration)
    }

    fn advised(&mut self, registration: RegistrationId) {
        let mut live = self.known.iter().filter(|known| known.live);
        let taken = live.any(|known| known.registration == registration);
        let token = registration.token;
        if token == Token(0) || taken {
            self.breaks("ADV-4", format!("advise token {token} is zero or taken"));
        }
        // What is over needs no more watching.
        self.known.retain(|known| known.live || !known.released);
        self.known.push(Known {
            registration,
            live: true,
            released: false,
            running: None,
            is_told: false,
            last: None,
            state: None,
            since: self.begun,
        });
    }

    /// A transition has begun. Where objects have no family the one before is over, for everybody.
    fn begun(&mut self, round: RoundId) {
        if self.terms.single {
            let mut before = self.transitions.iter();
            let before = before.rfind(|other| other.round.session == round.session);
            if let Some(&before) = before {
                self.told_all(before, Phase::Done);
            }
            let sessions = |other: &mut SeenTransition| other.round.session != round.session;
            self.transitions.retain(sessions);
        }
        let (caller, waits) = self.caller;
        self.transitions.push(SeenTransition {
            round,
            phase: None,
            number: self.begun,
            first: None,
            caller: waits.then_some(caller),
        });
        self.begun += 1;
        self.caller.1 = false;
    }

    /// A phase of a transition is over: checks that everybody has been told who was registered before the transition
    /// began (NOTE-1), or has been told of the phase before (ADV-7).
    fn told_all(&mut self, of: SeenTransition, phase: Phase) {
        // Where objects have families or lack a capability, others may be told of less.
        if !self.terms.chain || !self.terms.single {
            return;
        }
        let missed = self.known.iter().filter(|known| {
            let was_there =
                known.since <= of.number && known.registration.object.session == of.round.session;
            let takes_part = known.last.is_some_and(|(round, _)| round == of.round);
            let is_told = known.last.is_some_and(|last| last >= (of.round, phase));
            known.live && (was_there || takes_part) && !is_told
        });
        let missed = missed.count();
        if missed > 0 {
            self.breaks("NOTE-1", format!("{missed} were not told {phase}"));
        }
    }

    /// A GetCurrentState gave this. While a `Notify` of the object runs, the state is known.
    fn read(&mut self, object: ObjectId, word: u32) {
        let mut running = self.known.iter();
        let running = running.find(|known| {
            known.registration.object == object && known.running.is_some() && known.is_told
        });
        let Some(((_, phase), new)) = running.and_then(|known| known.last.zip(known.state)) else {
            return;
        };
        let is_new = State::masked(word) == Some(new);
        if is_new != (phase >= self.terms.shows) && !self.terms.redundant {
            self.breaks(
                "STATE-2",
                format!("GetCurrentState gives {word:#x} in {phase}"),
            );
        }
    }

    /// A BLOCK call returns: checks that its transition is over.
    fn returned(&mut self, client: ClientId, hr: HRESULT) {
        let mut transitions = self.transitions.iter();
        let ours = transitions.rfind(|of| of.caller == Some(client.0));
        let Some(&ours) = ours.filter(|_| hr == S_OK && self.terms.blocks_until_done) else {
            return;
        };
        let waits = |known: &Known| {
            let last = known.last.filter(|(round, _)| *round == ours.round);
            known.live && last.is_some_and(|(_, phase)| phase < Phase::Done)
        };
        if self.known.iter().any(waits) {
            self.breaks("SET-3", "a BLOCK call returned before the last DONE");
        }
    }

    /// A transition notifies an object's registrations of a phase.
    fn comes_to(&mut self, round: RoundId, phase: Phase, object: ObjectId) {
        let mut transitions = self.transitions.iter_mut();
        let Some(of) = transitions.find(|other| other.round == round) else {
            return self.breaks("NOTE-1", format!("{phase} of no transition"));
        };
        let (before, first) = (of.phase, of.first);
        if before.is_none_or(|before| before < phase) {
            (of.phase, of.first) = (Some(phase), Some(object));
            let of = *of;
            match phase {
                Phase::Start => {}
                Phase::StateChange => self.told_all(of, Phase::Start),
                Phase::Done => self.told_all(of, Phase::StateChange),
            }
        } else if let Some(before) = before.filter(|before| *before > phase) {
            self.breaks("NOTE-1", format!("a {phase} after the first {before}"));
        } else if first.is_some_and(|first| object.index < first.index) {
            // What a transition begins with is above all that it covers, and older.
            self.breaks("NOTE-4", format!("{phase} for a child before its parent"));
        }
    }

    fn notify(
        &mut self,
        registration: RegistrationId,
        id: NotifyId,
        round: RoundId,
        notification: &Notification,
    ) {
        let terms = self.terms;
        let Some(known) = self.find(registration) else {
            return self.breaks("UNADV-3", "a Notify on a registration that is gone");
        };
        known.running = Some(id);
        if !known.live && (known.released || !terms.late) {
            return self.breaks("UNADV-3", "a Notify started after Unadvise had returned");
        }
        let change = notification.state_change();
        known.is_told = change.is_some();
        let object = known.registration.object;
        let Some(change) = change else {
            return; // noise
        };
        self.comes_to(round, change.phase, object);
        let Some(known) = self.find(registration) else {
            return;
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
    }

    fn set(
        &mut self,
        args: SetArgs,
        hr: Option<HRESULT>,
        inside: bool,
        begun: bool,
        rounds: &[RoundId],
    ) {
        let flags = [MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_FLAG_BLOCK];
        let valid = flags.contains(&args.flags)
            && args.mask == MAPIOFFLINE_STATE_OFFLINE_MASK
            && State::exactly(args.state).is_some()
            && !args.reserved;
        self.transitions.retain(|of| rounds.contains(&of.round));
        // From inside a Notify other rules come first (SET-7 to SET-9).
        if !valid || inside {
            return;
        }
        let running = self.transitions.iter().any(|of| rounds.contains(&of.round));
        let pending = hr == Some(E_PENDING);
        let refused = pending && !(begun && self.terms.pending_is_begun);
        if running && self.terms.single && (!refused || begun) {
            self.breaks("SET-4", "no E_PENDING, though a transition is running");
        }
        if !running && refused {
            self.breaks("SET-4", "E_PENDING, though no transition is running");
        }
    }

    fn released(&mut self, registration: RegistrationId) {
        let Some(known) = self.find(registration) else {
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

impl Oracle {
    /// The rules have answered a call.
    fn answered(&mut self, answered: &Answered<'_>) {
        // The rules have not seen such a call.
        if matches!(answered.reply, Reply::FailsOnPurpose(_)) {
            return;
        }
        let &core::Call::Method(object, method) = answered.call else {
            return;
        };
        match (method, answered.reply) {
            (Method::Advise { .. }, Reply::Token(token)) => {
                self.advised(RegistrationId { object, token });
            }
            (Method::Unadvise { token, .. }, _) => {
                let registration = RegistrationId { object, token };
                let mut known = self.known.iter_mut();
                let found = known.find(|k| k.live && k.registration == registration);
                if let Some(known) = found {
                    known.live = false;
                }
            }
            (Method::Release, Reply::Count(0)) if self.terms.owner_drops => {
                let ours = self.known.iter_mut();
                let ours = ours.filter(|known| known.registration.object == object);
                ours.for_each(|known| known.live = false);
            }
            (Method::GetCurrentState { .. }, Reply::Word(word)) => self.read(object, word),
            (Method::SetCurrentState(args), reply) => {
                let waits = matches!(reply, Reply::Waits(_));
                self.caller.1 = waits;
                if answered.was_live {
                    let hr = (!waits).then(|| reply.hresult());
                    let inside = !answered.inside.is_empty();
                    self.set(args, hr, inside, answered.begins, answered.rounds);
                }
            }
            _ => {}
        }
    }
}

impl Observer for Oracle {
    #[inline]
    fn observe(&mut self, record: &Record<'_>) {
        if let Some(coverage) = &mut self.coverage {
            coverage.observe(record);
        }
        match record.event {
            Event::Call { client, .. } => self.caller = (client.0, false),
            Event::Answered(answered) => self.answered(&answered),
            Event::Return {
                client,
                reply,
                waited: true,
                ..
            } => self.returned(client, reply.hresult()),
            Event::Begun { round } => self.begun(round),
            Event::Notify {
                registration,
                id,
                round,
                notification,
                ..
            } => self.notify(registration, id, round, &notification),
            Event::Notified { id, .. } => {
                let mut known = self.known.iter_mut();
                if let Some(known) = known.find(|known| known.running == Some(id)) {
                    known.running = None;
                }
            }
            Event::Release {
                registration: Some(registration),
                ..
            } => self.released(registration),
            Event::LogsOff {
                session,
                ends_process,
            } => {
                let ours = self.known.iter_mut();
                let ours = ours.filter(|known| known.registration.object.session == session);
                for known in ours {
                    known.live = false;
                    // No callback may be released any more (HOST-2).
                    known.released |= ends_process;
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
