//! A failure told as shortly as possible: with the fewest switches from one actor to another.
//!
//! An execution is seen as blocks: what one actor does until another goes. Blocks are left out, so
//! that what they did happens later, or joined with the next or the last block of the same actor,
//! as long as something like the problem still goes wrong. What has become impossible is passed
//! over, and where nothing is said whoever went last goes on. Fewer switches are what makes a
//! schedule simple (Jalbert and Sen, "A trace simplification technique for effective debugging of
//! concurrent programs", FSE 2010, who join blocks in the same way).

use super::report::Player;
use super::{Follow, Noted, Problem, Schedule};
use crate::strategy::{Actor, Choice, Strategy};

/// So many executions are spent on one failure.
const TRIES: u32 = 500;

/// What was chosen once.
type Step = Choice;

/// What one actor does until another goes.
type Block = Vec<Step>;

/// Notes the steps of another strategy.
struct Watch<S> {
    strategy: S,
    steps: Vec<Step>,
}

impl<S: Strategy> Strategy for Watch<S> {
    fn name(&self) -> &'static str {
        self.strategy.name()
    }

    fn begin(&mut self) -> bool {
        self.strategy.begin()
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        let place = self.strategy.choose(choices);
        self.steps.push(choices[place].clone());
        place
    }
}

impl<S> Watch<S> {
    fn blocks(self) -> Vec<Block> {
        let steps = self.steps;
        let blocks = steps.chunk_by(|one, two| one.actor == two.actor);
        blocks.map(<[Step]>::to_vec).collect()
    }
}

/// Goes as the steps say, where that is possible.
struct Guide<'s> {
    steps: std::slice::Iter<'s, Step>,
    last: Option<Actor>,
}

impl Guide<'_> {
    fn next(&mut self, choices: &[Choice]) -> Option<usize> {
        self.steps.find_map(|step| {
            let is_it = |choice: &Choice| choice == step;
            let is_its = |choice: &Choice| choice.actor == step.actor;
            let exact = choices.iter().position(is_it);
            exact.or_else(|| choices.iter().position(is_its))
        })
    }
}

impl Strategy for Guide<'_> {
    fn name(&self) -> &'static str {
        "shrink"
    }

    fn begin(&mut self) -> bool {
        true
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        let goes_on = |choice: &Choice| Some(choice.actor) == self.last;
        let default = choices.iter().position(goes_on).unwrap_or(0);
        let place = self.next(choices).unwrap_or(default);
        self.last = Some(choices[place].actor);
        place
    }
}

/// An execution that fails.
struct Failing {
    blocks: Vec<Block>,
    schedule: Schedule,
    problem: Problem,
}

/// A schedule with as few switches as could be found in which something like `problem` goes
/// wrong, and what that is.
pub(crate) fn shrink(
    player: &dyn Player,
    schedule: &Schedule,
    problem: &Problem,
) -> (Schedule, Problem) {
    let mut watch = Watch {
        strategy: Follow::new(schedule.clone()),
        steps: Vec::new(),
    };
    player.play(&mut Noted::new(&mut watch), false);
    let mut shrinking = Shrinking {
        player,
        tries: TRIES,
        best: Failing {
            blocks: watch.blocks(),
            schedule: schedule.clone(),
            problem: problem.clone(),
        },
    };
    while shrinking.improve() {}
    (shrinking.best.schedule, shrinking.best.problem)
}

struct Shrinking<'p> {
    player: &'p dyn Player,
    tries: u32,
    /// The one with the fewest blocks so far.
    best: Failing,
}

impl Shrinking<'_> {
    /// Finds one with fewer blocks, if it can.
    fn improve(&mut self) -> bool {
        let count = self.best.blocks.len();
        (0..count).any(|place| {
            let changes = [left_out, put_off, brought_forward];
            changes.into_iter().any(|change| {
                let blocks = change(&self.best.blocks, place);
                blocks.is_some_and(|blocks| self.is_better(&blocks))
            })
        })
    }

    /// Plays these blocks. If something like the problem goes wrong with fewer than before, this
    /// is the best now.
    fn is_better(&mut self, blocks: &[Block]) -> bool {
        let Some(tries) = self.tries.checked_sub(1) else {
            return false;
        };
        self.tries = tries;
        let steps = blocks.concat();
        let mut watch = Watch {
            strategy: Guide {
                steps: steps.iter(),
                last: None,
            },
            steps: Vec::new(),
        };
        let mut noted = Noted::new(&mut watch);
        let played = self.player.play(&mut noted, false);
        let schedule = noted.into_schedule();
        let blocks = watch.blocks();
        let is_like = |other: &Problem| other.is_like(&self.best.problem);
        let same = played.problems.into_iter().find(is_like);
        let is_fewer = blocks.len() < self.best.blocks.len() && !played.is_spoilt;
        same.filter(|_| is_fewer).is_some_and(|problem| {
            self.best = Failing {
                blocks,
                schedule,
                problem,
            };
            true
        })
    }
}

/// Without the block at `place`: what it did happens when its actor goes next.
fn left_out(blocks: &[Block], place: usize) -> Option<Vec<Block>> {
    let mut blocks = blocks.to_vec();
    blocks.remove(place);
    Some(blocks)
}

/// The block at `place` happens with the next one of the same actor.
fn put_off(blocks: &[Block], place: usize) -> Option<Vec<Block>> {
    let actor = blocks[place].first()?.actor;
    let mut blocks = blocks.to_vec();
    let mut steps = blocks.remove(place);
    let later = &mut blocks[place..];
    let next = later.iter_mut().find(|block| is_of(block, actor))?;
    steps.append(next);
    *next = steps;
    Some(blocks)
}

/// The block at `place` happens with the last one of the same actor before it.
fn brought_forward(blocks: &[Block], place: usize) -> Option<Vec<Block>> {
    let actor = blocks[place].first()?.actor;
    let mut blocks = blocks.to_vec();
    let steps = blocks.remove(place);
    let earlier = &mut blocks[..place];
    let last = earlier.iter_mut().rfind(|block| is_of(block, actor))?;
    last.extend(steps);
    Some(blocks)
}

fn is_of(block: &Block, actor: Actor) -> bool {
    block.first().is_some_and(|step| step.actor == actor)
}
