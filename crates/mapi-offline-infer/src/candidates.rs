//! Sets of policies, each with the ways in which things can stand under them. A set is split only when its
//! policies begin to make a difference, and sets between which there is none any more are joined again.
//!
//! A knob is found to make a difference by asking: the next line is played under the first possible value of
//! each knob, and then with each other value of each knob that is open. What does not come out the same (the
//! world included, apart from its policy) splits the set. Two knobs that make a difference only together, and
//! neither of them alone, would be missed; the tests of the recorder look for that with random policies.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use mapi_offline_core::{Function, Policy};

use crate::index::{TraceIndex, TraceLine};
use crate::knobs::{Allowed, questions};
use crate::matching::Agreement;
use crate::situation::{Situation, SituationStage};
use crate::trace::{TracedEvent, TracedHost};

/// More ways than this in which things can stand are not kept apart: the trace is too vague.
const SITUATIONS_MAX: usize = 4096;

/// A set of policies, and how things can stand under each of them.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) allowed: Allowed,
    pub(crate) situations: Vec<Situation>,
    /// How improbable the orders that were seen are if every order is as likely as another: the natural
    /// logarithm of the number of orders.
    pub(crate) surprise: f64,
}

/// A way to go on from how things can stand: what the rules permit, or something that they forbid.
pub(crate) type CandidateStep = fn(&Situation, &TraceIndex<'_>, TraceLine) -> Vec<Agreement>;

/// What comes of a line under one policy.
#[derive(Default)]
struct CandidatePlay {
    outcomes: Vec<(Situation, Allowed)>,
    /// The fingerprints of the outcomes.
    prints: BTreeSet<u64>,
    choices: usize,
}

/// A number that differs for different values, but by an accident that does not happen.
fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl CandidatePlay {
    fn is_same(&self, other: &Self) -> bool {
        self.choices == other.choices && self.prints == other.prints
    }
}

/// The candidates at the beginning: every policy.
pub(crate) fn beginning(index: &TraceIndex<'_>, allowed: Allowed) -> Vec<Candidate> {
    vec![Candidate {
        allowed,
        situations: Situation::beginnings(index),
        surprise: 0.0,
    }]
}

/// What is left of the candidates after a line that the rules may have something against; empty: they permit
/// it under none of the policies.
pub(crate) fn after_line(
    candidates: &[Candidate],
    index: &TraceIndex<'_>,
    line: TraceLine,
    step: CandidateStep,
    may_lose: bool,
) -> Vec<Candidate> {
    let mut left = Vec::new();
    for candidate in candidates {
        split_and_step(candidate, index, line, (step, may_lose), &mut left);
    }
    join(left)
}

/// A line that nothing can be wrong with: a call begins, or the host is said to do something.
pub(crate) fn take_in(
    candidates: &mut [Candidate],
    index: &TraceIndex<'_>,
    line: TraceLine,
) -> bool {
    let mut add: Box<dyn FnMut(&mut Situation)> = match &index.records[line as usize].what {
        TracedEvent::Call { .. } => Box::new(|situation| {
            situation.calls.push((line, SituationStage::Asked));
        }),
        TracedEvent::Host { event, client }
            if let Some(TracedHost::Connects(is_connecting)) = event.value =>
        {
            let clients = index.clients_called(client.as_deref());
            Box::new(move |situation| {
                for &client in &clients {
                    situation.world.set_connecting(client, is_connecting);
                }
            })
        }
        TracedEvent::Host { event, .. } => match event.value {
            Some(TracedHost::Does(action)) => {
                Box::new(move |situation| situation.host_will(action))
            }
            Some(TracedHost::Asked(_)) => return false,
            Some(TracedHost::Connects(_)) | None => return true,
        },
        TracedEvent::Experiment { .. } => return true,
        _ => return false,
    };
    for candidate in candidates {
        candidate.situations.iter_mut().for_each(&mut add);
    }
    true
}

fn split_and_step(
    candidate: &Candidate,
    index: &TraceIndex<'_>,
    line: TraceLine,
    how: (CandidateStep, bool),
    left: &mut Vec<Candidate>,
) {
    let allowed = candidate.allowed;
    let play = |with| play(candidate, allowed.core_policy(with), index, line, how);
    let base = play(None);
    for question in allowed.open_for_core() {
        if !may_matter(questions()[question].knob, candidate, index) {
            continue;
        }
        let first = allowed.mask(question).trailing_zeros() as u8;
        let mut same = 1 << first;
        for value in first + 1..8 {
            if allowed.mask(question) >> value & 1 == 1
                && play(Some((question, value))).is_same(&base)
            {
                same |= 1 << value;
            }
        }
        let differing = allowed.mask(question) & !same;
        if differing != 0 {
            for mask in [same, differing] {
                if let Some(allowed) = allowed.only(question, mask) {
                    let part = Candidate {
                        allowed,
                        ..candidate.clone()
                    };
                    split_and_step(&part, index, line, how, left);
                }
            }
            return;
        }
    }
    let surprise = candidate.surprise + (base.choices.max(1) as f64).ln();
    for (situation, restriction) in base.outcomes {
        let Some(allowed) = allowed.both(&restriction) else {
            continue;
        };
        match left.iter_mut().find(|other| other.allowed == allowed) {
            Some(other) => {
                // The outcomes of one policy differ from each other.
                other.situations.push(situation);
                other.surprise = other.surprise.min(surprise);
            }
            None => left.push(Candidate {
                allowed,
                situations: vec![situation],
                surprise,
            }),
        }
    }
}

/// Returns true when a knob can make a difference to what can happen before the next line, and where that is not known
/// here: it is then found out.
fn may_matter(knob: &str, candidate: &Candidate, index: &TraceIndex<'_>) -> bool {
    let is_asked = |functions: &[Function]| {
        let mut situations = candidate.situations.iter();
        situations.any(|situation| situation.is_asked(index, functions))
    };
    let is_changing = || {
        let mut situations = candidate.situations.iter();
        situations.any(Situation::may_change) || is_asked(&[Function::SetCurrentState])
    };
    match knob {
        "open-bad-argument" => is_asked(&[Function::HrOpenOfflineObj]),
        "default-returns" | "first-notify" | "redundant" | "set-in-done" => {
            is_asked(&[Function::SetCurrentState])
        }
        "null-callback" => is_asked(&[Function::Advise]),
        "owner-release" => is_asked(&[Function::Release]),
        "app-profiles" | "profile-names" | "first-profile" => is_asked(&[
            Function::CreateProfile,
            Function::DeleteProfile,
            Function::RenameProfile,
            Function::CopyProfile,
            Function::SetDefaultProfile,
        ]),
        "visible" | "block-returns" | "join" | "order" => is_changing(),
        "late" => is_asked(&[Function::Unadvise]) || is_changing(),
        "open-during-logon" => {
            let mut situations = candidate.situations.iter();
            situations.any(|situation| situation.world.is_connecting_any())
                && is_asked(&[Function::HrOpenOfflineObj, Function::HrCreateOfflineObj])
        }
        // A recording tells of no call of MAPI before its MAPIInitialize.
        "initialized" => false,
        _ => true,
    }
}

/// Plays a line under one policy, from every way in which things can stand.
fn play(
    candidate: &Candidate,
    policy: Policy,
    index: &TraceIndex<'_>,
    line: TraceLine,
    (step, may_lose): (CandidateStep, bool),
) -> CandidatePlay {
    let mut played = CandidatePlay::default();
    for situation in &reachable(&candidate.situations, policy, index, may_lose) {
        for agreement in step(situation, index, line) {
            let mut situation = agreement.situation;
            situation.world.set_policy(Policy::default());
            played.choices = played.choices.max(agreement.choices);
            let outcome = (situation, agreement.allowed);
            if played.prints.insert(fingerprint(&outcome)) {
                played.outcomes.push(outcome);
            }
        }
    }
    played
}

/// Every way in which things can stand after moves that no client sees, none included.
pub(crate) fn reachable(
    situations: &[Situation],
    policy: Policy,
    index: &TraceIndex<'_>,
    may_lose: bool,
) -> Vec<Situation> {
    let mut reached: Vec<Situation> = Vec::with_capacity(situations.len());
    let mut prints: HashSet<u64> = HashSet::with_capacity(situations.len());
    for situation in situations {
        let mut situation = situation.clone();
        situation.world.set_policy(policy);
        prints.insert(fingerprint(&situation));
        reached.push(situation);
    }
    let mut next = 0;
    while next < reached.len() && reached.len() < SITUATIONS_MAX {
        let mut moves = reached[next].moves(index);
        if may_lose {
            moves.extend(reached[next].losses());
        }
        for moved in moves {
            if prints.insert(fingerprint(&moved)) {
                reached.push(moved);
            }
        }
        next += 1;
    }
    reached
}

/// Joins the sets between whose policies nothing makes a difference any more.
fn join(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut place = 0;
    while place < candidates.len() {
        let mut is_joined = false;
        for other in place + 1..candidates.len() {
            let Some(allowed) = candidates[place].allowed.union(&candidates[other].allowed) else {
                continue;
            };
            if is_same(&candidates[place].situations, &candidates[other].situations) {
                let other = candidates.swap_remove(other);
                candidates[place].surprise = candidates[place].surprise.max(other.surprise);
                candidates[place].allowed = allowed;
                is_joined = true;
                break;
            }
        }
        // What has been joined may be joined with those before it.
        place = if is_joined { 0 } else { place + 1 };
    }
    candidates
}

fn is_same(these: &[Situation], those: &[Situation]) -> bool {
    let prints = |of: &[Situation]| of.iter().map(fingerprint).collect::<BTreeSet<u64>>();
    these.len() == those.len() && prints(these) == prints(those)
}
