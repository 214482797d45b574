//! One play from its beginning to its end, judged at every turn.

use std::collections::HashMap;

use mapi_offline_core::{Finding, FindingId, State};
use mapi_offline_scenario::{Actor, Play, Turn, Watched};

use super::oracle::Oracle;
use super::problem::{Problem, Rules};
use super::worlds::{ByHash, Worlds};

/// A play of so many turns is given up: nobody reads a schedule of that length.
const TURNS_MAX: usize = 10_000;

/// Says what goes next, by its place; or nothing, to stop.
pub(super) type Choose<'c, V> = dyn FnMut(&Play<'_, V>, &[Turn]) -> Option<usize> + 'c;

/// What came of a walk.
#[derive(Clone, Debug, Default)]
pub(super) struct Walked {
    /// What was chosen at each turn, by its place among what was possible.
    pub(super) path: Vec<u32>,
    /// What is wrong, and after how many turns it showed; in that order.
    pub(super) problems: Vec<(usize, Problem)>,
    /// What each client had last learned when all was quiet.
    pub(super) finals: Vec<Option<State>>,
    /// Did it come to its end? Not if it was stopped, or goes round for ever.
    pub(super) is_over: bool,
}

/// Walks through plays, one after another.
#[derive(Debug)]
pub(super) struct Walker<'r> {
    pub(super) rules: &'r Rules,
    /// From how many transitions on to look for worlds that repeat.
    pub(super) cycles_from: u64,
    turns: Vec<Turn>,
    worlds: Worlds,
    /// The longest path so far: the next will hardly be longer.
    longest: usize,
}

impl<'r> Walker<'r> {
    /// `cycles_from`: from how many transitions on to look for worlds that repeat. To look from
    /// the first on costs time.
    pub(super) fn new(rules: &'r Rules, cycles_from: u64) -> Self {
        Self {
            rules,
            cycles_from,
            turns: Vec::new(),
            worlds: Worlds::default(),
            longest: 0,
        }
    }

    /// Plays to the end, or until `choose` gives nothing, or until worlds repeat in a fair cycle.
    pub(super) fn walk<V: Watched<Watch = Oracle>>(
        &mut self,
        play: &mut Play<'_, V>,
        choose: &mut Choose<'_, V>,
    ) -> Walked {
        let mut walked = Walked {
            path: Vec::with_capacity(self.longest),
            ..Walked::default()
        };
        let mut trail = Trail::default();
        self.judge(play, 0, &mut walked);
        loop {
            play.choices(&mut self.turns);
            if self.turns.is_empty() {
                walked.is_over = true;
                break;
            }
            let chosen = choose(play, &self.turns);
            let Some(&turn) = chosen.and_then(|chosen| self.turns.get(chosen)) else {
                break;
            };
            let looks = play.has_no_step() && play.transitions() > self.cycles_from;
            if looks && trail.comes_back(self.worlds.hash(play), play.transitions(), &self.turns) {
                let finding = Finding {
                    id: FindingId::Livelock,
                    client: None,
                    rule: "SET-8",
                    detail: "the worlds repeat, and nobody has a step waiting".to_owned(),
                };
                play.found(finding);
                self.judge(play, walked.path.len(), &mut walked);
                break;
            }
            if walked.path.len() >= TURNS_MAX {
                break;
            }
            if looks {
                trail.goes(turn.actor);
            }
            walked.path.push(chosen.unwrap_or_default() as u32);
            play.play(turn);
            self.judge(play, walked.path.len(), &mut walked);
        }
        self.longest = self.longest.max(walked.path.len());
        if walked.is_over {
            self.judge_end(play, &mut walked);
        }
        walked
    }

    /// What has gone wrong since the last time?
    fn judge<V: Watched<Watch = Oracle>>(
        &self,
        play: &mut Play<'_, V>,
        turns: usize,
        walked: &mut Walked,
    ) {
        let problems = &mut walked.problems;
        judge(self.rules, play, &mut |problem| {
            problems.push((turns, problem))
        });
    }

    fn judge_end<V: Watched<Watch = Oracle>>(&self, play: &mut Play<'_, V>, walked: &mut Walked) {
        let turns = walked.path.len();
        let problems = &mut walked.problems;
        judge_end(self.rules, play, &mut |problem| {
            problems.push((turns, problem))
        });
        walked.finals = play.final_states().to_vec();
    }
}

/// What has gone wrong since the last time?
pub(super) fn judge<V: Watched<Watch = Oracle>>(
    rules: &Rules,
    play: &mut Play<'_, V>,
    tell: &mut dyn FnMut(Problem),
) {
    play.take_findings(|id, client| {
        let client = client.map(|client| client.0 as usize);
        if rules.forbid(id, client) {
            tell(Problem::Finding { id, client });
        }
    });
    for broken in play.watch_mut().broken.drain(..) {
        tell(Problem::Invariant {
            rule: broken.rule,
            detail: broken.detail,
        });
    }
}

/// The play is over: what does not hold of the whole?
pub(super) fn judge_end<V: Watched<Watch = Oracle>>(
    rules: &Rules,
    play: &mut Play<'_, V>,
    tell: &mut dyn FnMut(Problem),
) {
    play.watch_mut().close();
    judge(rules, play, tell);
    if rules.has_blocks {
        for failure in play.broken_always() {
            tell(Problem::Always {
                line: failure.line,
                what: failure.what,
                expected: failure.expected,
                got: failure.got,
            });
        }
    }
}

/// The worlds that a walk came through since nobody had a step waiting.
#[derive(Debug, Default)]
struct Trail {
    stages: Vec<Stage>,
    /// The last stage in each world.
    last: HashMap<u128, usize, ByHash>,
}

#[derive(Debug)]
struct Stage {
    transitions: u64,
    possible: Vec<Actor>,
    goes: Option<Actor>,
}

impl Trail {
    /// Has the walk been in this world before, and is what it did since a fair cycle in which
    /// transitions began? Fair: who could act all the time has acted.
    fn comes_back(&mut self, world: u128, transitions: u64, turns: &[Turn]) -> bool {
        let possible: Vec<Actor> = turns.iter().map(|turn| turn.actor).collect();
        let before = self.last.insert(world, self.stages.len());
        let is_back = before.is_some_and(|before| {
            let cycle = &self.stages[before..];
            let acts = |actor: Actor| cycle.iter().any(|stage| stage.goes == Some(actor));
            let always = |actor: &&Actor| cycle.iter().all(|stage| stage.possible.contains(actor));
            cycle[0].transitions < transitions
                && possible.iter().filter(always).all(|&actor| acts(actor))
        });
        self.stages.push(Stage {
            transitions,
            possible,
            goes: None,
        });
        is_back
    }

    fn goes(&mut self, actor: Actor) {
        if let Some(stage) = self.stages.last_mut() {
            stage.goes = Some(actor);
        }
    }
}
