//! What can be explored: anything that can be started anew and played turn by turn.
//!
//! Searches, shrinking, stories and replays are written against these traits, and do not know
//! whether the system under them is a value or a library in C++.

use mapi_offline::EventLog;
use mapi_offline_core::State;

use crate::digest::Digest;
use crate::problem::Problem;
use crate::replay::Replay;
use crate::schedule::{NotPossible, Schedule};
use crate::strategy::{Actor, Choice};

/// A world under way, for which somebody else decides what goes next.
pub(crate) trait System {
    /// One of the things that are possible now.
    type Turn: Copy;

    /// Puts what is possible now into `turns`, in place of what is there. Nothing is possible when
    /// it is over.
    fn turns(&mut self, turns: &mut Vec<Self::Turn>);

    /// Whose turn it would be.
    fn actor(&self, turn: Self::Turn) -> Actor;

    /// Whether it lets a notification of noise come (NOTE-6).
    fn is_noise(&self, turn: Self::Turn) -> bool;

    /// What to call each of `turns`, which [`System::turns`] gave: the same words in every run for
    /// the same thing, and different words for different things.
    fn labels(&self, turns: &[Self::Turn]) -> Vec<String>;

    /// `turns` as a strategy sees them. `memory` may be used for that; labels may be left out.
    fn choices<'c>(&'c self, turns: &[Self::Turn], memory: &'c mut Vec<Choice>) -> &'c [Choice] {
        memory.resize_with(turns.len(), || Choice {
            actor: Actor::Host,
            label: String::new(),
            is_noise: false,
        });
        for (choice, &turn) in memory.iter_mut().zip(turns) {
            choice.actor = self.actor(turn);
            choice.is_noise = self.is_noise(turn);
        }
        memory
    }

    /// Returns true when there is no use in playing on with one of `turns`. It is asked before each turn. The reason is
    /// among the problems, if it is one.
    fn gives_up(&mut self, turns: &[Self::Turn]) -> bool {
        let _ = turns;
        false
    }

    /// Plays one of what [`System::turns`] gave, since when nothing was played.
    fn play(&mut self, turn: Self::Turn);

    /// No more turn is played. `is_over`: because nothing is possible any more.
    fn end(&mut self, is_over: bool);

    /// Gives what has gone wrong since the last time.
    fn take_problems(&mut self, take: &mut dyn FnMut(Problem));

    /// What each client had last learned of the state of its profile's global object when the
    /// host quit. Nothing before, and nothing where it is not known.
    fn learned(&self) -> &[Option<State>] {
        &[]
    }

    /// Returns true when, after its end, it leaves something behind that keeps others from being played.
    fn is_spoilt(&self) -> bool {
        false
    }
}

/// A system that can be copied and compared: then there is a search of every world.
pub(crate) trait Fork: System + Clone + Send {
    /// A hash of the world that it is in, the same on every machine. Systems of one subject and
    /// variant that have the same digest go on alike, whatever is played.
    fn digest(&self, memory: &mut Digest) -> u128;

    /// Returns true when nothing is possible any more.
    fn is_over(&self) -> bool;

    /// Returns true when nobody has a step waiting, so that only what is under way goes on.
    fn has_no_step(&self) -> bool;

    /// How many transitions have begun.
    fn transitions(&self) -> u64;
}

/// Where systems come from: what is explored, in all its variants.
pub(crate) trait Subject {
    /// What of it can be left out or set otherwise.
    type Variant: Clone;
    /// An execution of it.
    type System<'s>: System
    where
        Self: 's;

    /// Starts an execution. Worlds are compared, to notice those that repeat, after more than
    /// `transitions` transitions, if they can be. Nothing: it cannot be started, and the subject
    /// knows why.
    fn start<'s>(
        &'s self,
        variant: &'s Self::Variant,
        transitions: u64,
    ) -> Option<Self::System<'s>>;

    /// Follows a schedule, and says in words what happens.
    fn tell(&self, variant: &Self::Variant, schedule: &Schedule) -> Option<Retold>;

    /// A replay of a schedule that shows `finding`.
    fn replay(&self, variant: &Self::Variant, finding: String, schedule: Schedule) -> Replay;

    /// Returns true when they are the same problem, be it in two executions.
    fn is_same(&self, one: &Problem, other: &Problem) -> bool;

    /// Returns true when an execution that does not show the problem that is looked at may be called one that passes,
    /// though `found` was found in it. `failing`: what was found in the execution that shows the problem.
    fn lets_pass(&self, found: &[Problem], failing: &[Problem]) -> bool {
        let _ = (found, failing);
        true
    }

    /// A problem in a sentence.
    fn headline(&self, problem: &Problem) -> String;

    /// What an actor is called.
    fn actor_name(&self, actor: Actor) -> String;

    /// The policy settings that a variant takes, besides the subject's own: knob and value.
    fn settings(&self, variant: &Self::Variant) -> Vec<(String, String)>;

    /// How large a variant is, most important first: clients, policy settings, steps.
    fn size(&self, variant: &Self::Variant) -> [usize; 3];

    /// How a failure is made short.
    fn shrinking(&self) -> Shrinking;

    /// What can be set back in a variant: each change alone.
    fn resets<'s>(&'s self, variant: &Self::Variant) -> Vec<Change<'s, Self::Variant>> {
        let _ = variant;
        Vec::new()
    }

    /// What can be left out, the most first. `None`: it is left out already.
    fn omissions(&self) -> Vec<Change<'_, Self::Variant>> {
        Vec::new()
    }

    /// The same steps with everything set as the subject's own.
    fn with_own_settings(&self, variant: &Self::Variant) -> Self::Variant {
        variant.clone()
    }
}

/// A change of a variant.
pub(crate) type Change<'s, V> = Box<dyn Fn(&V) -> Option<V> + 's>;

/// What it may cost to make a failure short, and what short means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shrinking {
    /// How much may be spent on one failure.
    pub(crate) budget: usize,
    /// What each turn costs.
    pub(crate) turn_costs: usize,
    /// What each execution costs.
    pub(crate) execution_costs: usize,
    /// Whether what has no end is made short, too.
    pub(crate) shrinks_endless: bool,
    /// Whether the one decision that matters is looked for, when it is made short.
    pub(crate) finds_decision: bool,
    /// Whether it is looked for only as long as something is left of the budget.
    pub(crate) bounds_decision: bool,
    /// What happens where a schedule says nothing.
    pub(crate) unguided: Unguided,
}

/// What happens in an execution where its schedule says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unguided {
    /// The first of what is possible. The shorter a schedule that still fails, the more is left to
    /// file order.
    FileOrder,
    /// Whoever went last goes on, and who is named does what he can. What counts is how seldom
    /// another one goes.
    GoesOn,
}

/// An execution that followed a schedule, in words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Retold {
    pub(crate) problems: Vec<Problem>,
    /// What happened.
    pub(crate) log: EventLog,
    /// What of the schedule was not possible, if it could not be followed to its end.
    pub(crate) mismatch: Option<NotPossible>,
}
