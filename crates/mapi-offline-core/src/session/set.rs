//! `SetCurrentState`, the host's wish, and how a transition begins and ends.

use mapi_offline_sys::{E_INVALIDARG, E_PENDING, HRESULT, MAPI_E_NO_SUPPORT, S_OK};

use smallvec::{SmallVec, smallvec};

use super::Session;
use super::rounds::Opening;
use super::transition::{Covered, Transition, Waiters, Wish};
use crate::args::{SetArgs, check_set};
use crate::call::Reply;
use crate::effect::{Delay, Effect, Effects, find};
use crate::finding::FindingId;
use crate::function::Function;
use crate::ids::{Caller, ObjectId, RoundId, WaitId};
use crate::phase::Phase;
use crate::planted::PlantedBug;
use crate::policy::{BlockReturns, DefaultReturns, FirstNotify, Redundant, SetInDone, UserSwitch};
use crate::state::State;

/// Where a call stands that is made from inside a `Notify` of a transition of its object.
enum InsidePhase {
    /// START or STATECHANGE (SET-9).
    Before,
    /// STATECHANGE_DONE (SET-8).
    Done(u32),
}

impl<C: Clone + Eq> Session<C> {
    /// SET-0 to SET-9, CREATE-7: the rules in the order of SET-0.
    pub(super) fn set_current_state(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        args: SetArgs,
        effects: &mut Effects<C>,
    ) -> Result<Reply, HRESULT> {
        self.called(caller, object, Function::SetCurrentState, effects)?;
        let index = object.index;
        let (block, target) = check_set(args).map_err(|refusal| {
            Self::refuse(caller, "SET-1", refusal, effects);
            E_INVALIDARG
        })?;
        if block && self.is_inside_covered(caller, index, target) {
            find(
                effects,
                FindingId::BlockInNotify,
                caller.client,
                "SET-7",
                "SetCurrentState(BLOCK) from inside a Notify of the object can never complete",
            );
            return Err(E_PENDING);
        }
        let inside = match caller.inside {
            [] => None,
            _ => self.inside_transition_of(caller, index),
        };
        let in_done = match inside {
            None => None,
            Some(_) if block => return Err(E_PENDING),
            Some(InsidePhase::Before) => return Err(E_PENDING),
            Some(InsidePhase::Done(round)) => {
                let taken = self
                    .transitions
                    .get(&round)
                    .is_none_or(|transition| transition.follow_up.is_some());
                if taken || self.config.policy.set_in_done == SetInDone::Pending {
                    return Err(E_PENDING);
                }
                Some(round)
            }
        };
        if self.is_busy(index, target, in_done) {
            return Err(E_PENDING);
        }
        let called = self.objects.get(&index).ok_or(E_PENDING)?;
        if !called.notifies_of(target) {
            return Err(MAPI_E_NO_SUPPORT);
        }
        if called.state == target && self.config.policy.redundant == Redundant::Silent {
            self.chooses(index, target);
            return Ok(Reply::Returns(S_OK));
        }
        if let Some(transition) = in_done.and_then(|round| self.transitions.get_mut(&round)) {
            transition.follow_up = Some((index, target));
        } else {
            let from_notify = !caller.inside.is_empty();
            let delay = match self.config.policy.first_notify {
                FirstNotify::DuringCall if !block => Delay::InCall,
                _ => Delay::Start,
            };
            let round = self.begin(index, target, delay, from_notify, effects);
            self.chooses(index, target);
            if block && let Some(wait) = self.wait_for(self.round_id(round)) {
                return Ok(Reply::Waits(wait));
            }
        }
        Ok(self.started())
    }

    /// What a call returns that has started a transition, and does not wait for it (SET-2).
    const fn started(&self) -> Reply {
        Reply::Returns(match self.config.policy.default_returns {
            DefaultReturns::Ok => S_OK,
            DefaultReturns::Pending => E_PENDING,
        })
    }

    /// A BLOCK call waits for the end of a transition that runs (SET-3). `None`: it does not run.
    pub fn wait_for(&mut self, transition: RoundId) -> Option<WaitId> {
        let number = transition.number;
        self.transitions.get(&number)?;
        let wait = self.wait_id();
        self.transitions.get_mut(&number)?.blocked.push(wait);
        Some(wait)
    }

    /// Returns true when the caller is inside a `Notify` of the object, or of a descendant that going to `target` would
    /// change (SET-7).
    fn is_inside_covered(&self, caller: Caller<'_>, index: u32, target: State) -> bool {
        caller.inside.iter().any(|id| {
            self.running(*id).is_some_and(|running| {
                let state = self.objects.get(&running.object).map(|object| object.state);
                running.object == index
                    || (state != Some(target) && self.is_at_or_above(index, running.object))
            })
        })
    }

    /// How far the transition is that the object is in, if the caller is inside a `Notify` of it.
    fn inside_transition_of(&self, caller: Caller<'_>, index: u32) -> Option<InsidePhase> {
        let busy = self.objects.get(&index)?.busy?;
        let is_inside = caller.inside.iter().any(|id| {
            self.running(*id)
                .is_some_and(|running| running.round == busy)
        });
        let transition = self.transitions.get(&busy).filter(|_| is_inside)?;
        Some(match transition.phase {
            Phase::Done => InsidePhase::Done(busy),
            Phase::Start | Phase::StateChange => InsidePhase::Before,
        })
    }

    /// Returns true when `above` is the object itself or one of its ancestors.
    fn is_at_or_above(&self, above: u32, index: u32) -> bool {
        let mut at = Some(index);
        while let Some(index) = at {
            if index == above {
                return true;
            }
            at = self.objects.get(&index).and_then(|object| object.parent);
        }
        false
    }

    /// The object and its descendants, parents before children.
    fn family(&self, root: u32) -> SmallVec<[u32; 1]> {
        let mut family = SmallVec::new();
        let mut stack: SmallVec<[u32; 1]> = smallvec![root];
        while let Some(index) = stack.pop() {
            if let Some(object) = self.objects.get(&index) {
                family.push(index);
                stack.extend(object.children.iter().rev().copied());
            }
        }
        family
    }

    /// Returns true when the object is in a transition, or a descendant that going to `target` would change (SET-4,
    /// CREATE-7). The transition `except` does not count.
    fn is_busy(&self, root: u32, target: State, except: Option<u32>) -> bool {
        if self.transitions.is_empty() || self.is_planted(PlantedBug::NeverPending) {
            return false;
        }
        self.family(root).into_iter().any(|index| {
            self.objects.get(&index).is_some_and(|object| {
                let changes = index == root || object.state != target;
                changes && object.busy.is_some() && object.busy != except
            })
        })
    }

    /// Begins a transition of the object and of the descendants that it changes (CREATE-3).
    fn begin(
        &mut self,
        root: u32,
        target: State,
        delay: Delay,
        from_notify: bool,
        effects: &mut Effects<C>,
    ) -> u32 {
        let round = self.next_round();
        let transition = Transition::new(root, target, self.next_object);
        self.transitions.insert(round, transition);
        self.cover(round);
        effects.push(Effect::Begun {
            round: self.round_id(round),
            from_notify,
        });
        if self.config.policy.noise.notifications {
            self.make_noise(round, Opening::ForeignMask, effects);
        }
        effects.push(Effect::Due {
            round: self.round_id(round),
            delay,
        });
        round
    }

    pub(super) fn round_id(&self, number: u32) -> RoundId {
        RoundId {
            session: self.id,
            number,
        }
    }

    pub(super) fn next_round(&mut self) -> u32 {
        let round = self.next_round;
        self.next_round += 1;
        round
    }

    /// Takes into the transition what it covers: its root, and the descendants whose state
    /// differs from the target and that no other transition has. At the opening of each phase
    /// this adds the children that were made since (CREATE-11).
    pub(super) fn cover(&mut self, round: u32) {
        let Some(transition) = self.transitions.get_mut(&round) else {
            return;
        };
        let first = if transition.covered.is_empty() {
            0
        } else if transition.first_new == self.next_object {
            return; // nothing has been made since
        } else {
            transition.first_new
        };
        let root = transition.root;
        let has_family = self
            .objects
            .get(&root)
            .is_some_and(|it| !it.children.is_empty());
        if !has_family {
            return self.cover_one(round, root, first);
        }
        for index in self.family(root) {
            self.cover_one(round, index, first);
        }
    }

    /// Takes one object into the transition, if it is one from `first` on.
    fn cover_one(&mut self, round: u32, index: u32, first: u32) {
        let object = self.objects.get_mut(&index).filter(|_| index >= first);
        let Some((transition, object)) = self.transitions.get_mut(&round).zip(object) else {
            return;
        };
        let changes = index == transition.root || object.state != transition.target;
        if object.busy.is_none() && changes {
            object.busy = Some(round);
            transition.covered.push(Covered {
                object: index,
                old: object.state,
                end: self.next_registration,
            });
        }
    }

    /// A phase opens: makes the transition's target the visible state, if it is time (STATE-2).
    pub(super) fn show_in(&mut self, round: u32, phase: Phase, effects: &mut Effects<C>) {
        let too_early = self.is_planted(PlantedBug::ShownTooEarly);
        if too_early || self.config.policy.visible.is_shown_in(phase) {
            self.show(round, effects);
        }
    }

    /// Makes the transition's target the visible state.
    fn show(&mut self, round: u32, effects: &mut Effects<C>) {
        let Some(transition) = self.transitions.get(&round) else {
            return;
        };
        for covered in &transition.covered {
            let new = transition.target;
            if let Some(object) = self.objects.get_mut(&covered.object)
                && object.state != new
            {
                let old = std::mem::replace(&mut object.state, new);
                effects.push(Effect::State {
                    object: ObjectId {
                        session: self.id,
                        index: covered.object,
                    },
                    old,
                    new,
                });
            }
        }
    }

    /// A phase has been delivered: the next one becomes due, or the transition is over.
    pub(super) fn phase_ended(&mut self, round: u32, effects: &mut Effects<C>) {
        let id = self.round_id(round);
        let is_skipped = self.is_planted(PlantedBug::SkippedPhase);
        let wakes = self.config.policy.block_returns == BlockReturns::BeforeDone
            || self.is_planted(PlantedBug::WokenTooEarly);
        let Some(transition) = self.transitions.get_mut(&round) else {
            return;
        };
        let (next, delay) = match transition.phase {
            Phase::Start if is_skipped => (Phase::Done, Delay::Done),
            Phase::Start => (Phase::StateChange, Delay::Change),
            Phase::StateChange => (Phase::Done, Delay::Done),
            Phase::Done => return self.transition_ended(round, effects),
        };
        if next == Phase::Done && wakes {
            wake(&mut transition.blocked, effects);
        }
        transition.phase = next;
        effects.push(Effect::Due { round: id, delay });
    }

    fn transition_ended(&mut self, round: u32, effects: &mut Effects<C>) {
        let Some(mut transition) = self.transitions.remove(&round) else {
            return;
        };
        for covered in &transition.covered {
            if let Some(object) = self.objects.get_mut(&covered.object) {
                object.busy = None;
            }
        }
        wake(&mut transition.blocked, effects);
        wake(&mut transition.hosts, effects);
        self.make_noise_on(&transition, Opening::UnknownType, effects);
        if self.grant_wish(effects) {
            return;
        }
        if let Some((index, target)) = transition.follow_up
            && self
                .objects
                .get(&index)
                .is_some_and(|object| object.busy.is_none())
        {
            self.begin(index, target, Delay::Start, true, effects);
            self.chooses(index, target);
        }
    }

    /// A client's call takes an object to `target`: with `user-switch = follows` that is the user's choice, if it
    /// is the global object (HOST-1).
    pub(super) fn chooses(&mut self, index: u32, target: State) {
        if self.config.policy.user_switch == UserSwitch::Follows && self.global == Some(index) {
            self.choice = Some(target);
        }
    }

    /// What a client has last chosen for the user, if the host has not taken it in (HOST-1).
    #[must_use]
    pub const fn choice(&self) -> Option<State> {
        self.choice
    }

    /// The host takes in what a client has last chosen for the user (HOST-1).
    pub const fn take_choice(&mut self) -> Option<State> {
        self.choice.take()
    }

    /// Begins what the host came to want during the transition that is over now (HOST-1).
    /// Says whether that began a transition.
    fn grant_wish(&mut self, effects: &mut Effects<C>) -> bool {
        if self.wish.is_none() {
            return false;
        }
        let Some((mut wish, global)) = self.wish.take().zip(self.global) else {
            return false;
        };
        if self.is_busy(global, wish.state, None) {
            self.wish = Some(wish);
            return false;
        }
        let differs = self
            .objects
            .get(&global)
            .is_some_and(|object| object.state != wish.state);
        if differs {
            let round = self.begin(global, wish.state, Delay::Start, wish.from_notify, effects);
            if let Some(transition) = self.transitions.get_mut(&round) {
                transition.hosts = wish.waiters;
            }
        } else {
            wake(&mut wish.waiters, effects);
        }
        differs
    }

    /// The host wants `state` now (HOST-1). With `wait`, the answer is whom an
    /// [`Effect::Wake`] will name when the transition that this causes is over; `None` if it
    /// causes none. `from_notify`: a callback has the host want it, and the transition counts as begun
    /// by one (finding `livelock`).
    pub fn host_wants(
        &mut self,
        state: State,
        wait: bool,
        from_notify: bool,
        effects: &mut Effects<C>,
    ) -> Option<WaitId> {
        let global = self.global.filter(|_| self.logged_on)?;
        let visible = self.objects.get(&global)?.state;
        if self.is_busy(global, state, None) {
            // Where the running transition goes anyway, the wish will cause none.
            let running = self.objects.get(&global).and_then(|object| object.busy);
            let running = running.and_then(|round| self.transitions.get(&round));
            let causes_none = running.is_some_and(|transition| transition.target == state);
            let wait = (wait && !causes_none).then(|| self.wait_id());
            let mut wish = self.wish.take().unwrap_or(Wish {
                state,
                from_notify,
                waiters: Waiters::new(),
            });
            if wish.state != state {
                // The earlier wish is overtaken: it will cause no transition.
                wake(&mut wish.waiters, effects);
                wish.state = state;
                wish.from_notify = from_notify;
            }
            wish.waiters.extend(wait);
            self.wish = Some(wish);
            return wait;
        }
        if visible == state {
            return None;
        }
        let round = self.begin(global, state, Delay::Start, from_notify, effects);
        let wait = wait.then(|| self.wait_id())?;
        self.transitions.get_mut(&round)?.hosts.push(wait);
        Some(wait)
    }

    /// Returns true when a transition is running. (A wish waits only while one runs.)
    #[must_use]
    pub fn is_changing(&self) -> bool {
        !self.transitions.is_empty()
    }
}

/// Lets all of them return `S_OK`.
fn wake<C>(waiters: &mut Waiters, effects: &mut Effects<C>) {
    for &wait in waiters.iter() {
        effects.push(Effect::Wake { wait, hr: S_OK });
    }
    waiters.clear();
}
