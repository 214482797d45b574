//! Sequences of transitions of a state machine, and how they are made short.

use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;
use proptest_state_machine::ReferenceStateMachine;

/// Random sequences of transitions of the state machine `M`, with the state that they begin in.
/// `M` has no preconditions: what is not possible changes nothing.
///
/// So any part of a sequence is a sequence too, and shrinking may try them all: it leaves out as
/// much as it can, in ever smaller pieces (the idea of delta debugging: Zeller and Hildebrandt,
/// 2002), makes what is left simpler, and begins again, until nothing helps any more. (The
/// strategy that comes with `proptest-state-machine` goes through the sequence once.)
pub fn sequences<M: ReferenceStateMachine>(length: RangeInclusive<usize>) -> Sequences<M> {
    Sequences {
        length,
        machine: PhantomData,
    }
}

/// The strategy that [`sequences`] gives.
pub struct Sequences<M> {
    length: RangeInclusive<usize>,
    machine: PhantomData<fn() -> M>,
}

impl<M> fmt::Debug for Sequences<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sequences").field(&self.length).finish()
    }
}

impl<M: ReferenceStateMachine> Strategy for Sequences<M> {
    type Tree = SequenceTree<M>;
    type Value = (M::State, Vec<M::Transition>);

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let first = M::init_state().new_tree(runner)?;
        let length = self.length.clone().new_tree(runner)?.current();
        let mut state = first.current();
        let mut transitions = Vec::with_capacity(length);
        for _ in 0..length {
            let transition = M::transitions(&state).new_tree(runner)?;
            state = M::apply(state, &transition.current());
            transitions.push(transition);
        }
        let stage = SequenceStage::LeaveOut {
            at: 0,
            size: length.max(1),
        };
        Ok(SequenceTree {
            first,
            transitions,
            stage,
            tried: None,
            helped: false,
        })
    }
}

type Tree<T> = Box<dyn ValueTree<Value = T>>;

/// A sequence that is being made short.
pub struct SequenceTree<M: ReferenceStateMachine> {
    first: Tree<M::State>,
    transitions: Vec<Tree<M::Transition>>,
    /// What is tried next.
    stage: SequenceStage,
    /// What is being tried.
    tried: Option<Tried<M>>,
    /// Whether something has helped since this round began.
    helped: bool,
}

#[derive(Clone, Copy, Debug)]
enum SequenceStage {
    /// Leave out so many, from this place on.
    LeaveOut { at: usize, size: usize },
    /// Make the transition at this place simpler.
    Simplify(usize),
    /// Make the first state simpler.
    SimplifyFirst,
}

enum Tried<M: ReferenceStateMachine> {
    /// These were left out, from that place on.
    LeftOut(usize, Vec<Tree<M::Transition>>),
    Simplified(usize),
    SimplifiedFirst,
}

impl<M: ReferenceStateMachine> SequenceTree<M> {
    /// Tries the next thing. `false`: nothing is left to try.
    fn advance(&mut self) -> bool {
        loop {
            match self.stage {
                SequenceStage::LeaveOut { at, size } if at < self.transitions.len() => {
                    let end = self.transitions.len().min(at + size);
                    let left_out = self.transitions.drain(at..end).collect();
                    self.tried = Some(Tried::LeftOut(at, left_out));
                    return true;
                }
                SequenceStage::LeaveOut { size, .. } if size > 1 => {
                    self.stage = SequenceStage::LeaveOut {
                        at: 0,
                        size: size / 2,
                    };
                }
                SequenceStage::LeaveOut { .. } => self.stage = SequenceStage::Simplify(0),
                SequenceStage::Simplify(place) if place < self.transitions.len() => {
                    if self.transitions[place].simplify() {
                        self.tried = Some(Tried::Simplified(place));
                        return true;
                    }
                    self.stage = SequenceStage::Simplify(place + 1);
                }
                SequenceStage::Simplify(_) => self.stage = SequenceStage::SimplifyFirst,
                SequenceStage::SimplifyFirst => {
                    if self.first.simplify() {
                        self.tried = Some(Tried::SimplifiedFirst);
                        return true;
                    }
                    if !std::mem::take(&mut self.helped) {
                        return false;
                    }
                    self.stage = SequenceStage::LeaveOut { at: 0, size: 1 };
                }
            }
        }
    }
}

impl<M: ReferenceStateMachine> ValueTree for SequenceTree<M> {
    type Value = (M::State, Vec<M::Transition>);

    fn current(&self) -> Self::Value {
        let transitions = self.transitions.iter();
        let transitions = transitions.map(|transition| transition.current());
        (self.first.current(), transitions.collect())
    }

    /// What was tried last, if anything, has helped.
    fn simplify(&mut self) -> bool {
        self.helped |= self.tried.take().is_some();
        self.advance()
    }

    /// What was tried last has not helped.
    fn complicate(&mut self) -> bool {
        match self.tried.take() {
            None => return false,
            Some(Tried::LeftOut(at, left_out)) => {
                let next = at + left_out.len();
                self.transitions.splice(at..at, left_out);
                if let SequenceStage::LeaveOut { at, .. } = &mut self.stage {
                    *at = next;
                }
            }
            Some(Tried::Simplified(place)) => {
                if self.transitions[place].complicate() {
                    self.tried = Some(Tried::Simplified(place));
                    return true;
                }
                self.stage = SequenceStage::Simplify(place + 1);
            }
            Some(Tried::SimplifiedFirst) => {
                if self.first.complicate() {
                    self.tried = Some(Tried::SimplifiedFirst);
                    return true;
                }
                self.stage = SequenceStage::SimplifyFirst;
            }
        }
        self.advance()
    }
}

impl<M: ReferenceStateMachine> fmt::Debug for SequenceTree<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SequenceTree")
            .field(&self.current())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cases;

    /// A counter that cannot go below 0.
    struct Counter;

    impl ReferenceStateMachine for Counter {
        type State = u32;
        type Transition = i32;

        fn init_state() -> BoxedStrategy<u32> {
            (0..100_u32).boxed()
        }

        fn transitions(_: &u32) -> BoxedStrategy<i32> {
            (-50..50_i32).boxed()
        }

        fn apply(state: u32, transition: &i32) -> u32 {
            state.checked_add_signed(*transition).unwrap_or(state)
        }
    }

    fn is_too_high(first: u32, transitions: &[i32]) -> bool {
        let add = |state, transition| Counter::apply(state, transition);
        transitions.iter().fold(first, add) >= 200
    }

    #[test]
    fn nothing_can_be_left_out_of_what_is_left_of_a_failure() {
        let ups_and_downs = sequences::<Counter>(1..=40);
        let failed = Cases::at_least(256).try_run(ups_and_downs, |(first, transitions)| {
            assert!(!is_too_high(first, &transitions), "too high");
        });
        let (first, transitions) = *failed.expect_err("it goes high").minimal;
        assert!(is_too_high(first, &transitions));
        for place in 0..transitions.len() {
            let mut shorter = transitions.clone();
            shorter.remove(place);
            assert!(!is_too_high(first, &shorter), "{first} {transitions:?}");
        }
        assert!(first == 0 || !is_too_high(first - 1, &transitions));
    }
}
