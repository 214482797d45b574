//! The worlds that schedules come through again and again, so that each is played once.
//!
//! Scripted clients are values, so what many schedules have in common need not be played for
//! each. To make the world behind a turn known costs a copy and a hash, several times what the turn
//! itself costs, and schedules that come there later are spared all of it. What goes wrong is
//! always really played, in a schedule from the beginning.
//!
//! A world is known again by its canonical form and by what the oracle knows of it, so that every
//! way on from there is judged alike, whichever way led there.

use std::collections::HashMap;

use mapi_offline_core::State;
use mapi_offline_scenario::{Play, Quiet, Setting, Turn};

use super::oracle::Oracle;
use super::problem::Rules;
use super::walk::{judge, judge_end};
use super::worlds::{ByHash, Worlds};
use crate::strategy::{Choice, Strategy};

/// So many worlds are known at most.
const WORLDS_MAX: usize = 100_000;
/// In so many of them at most some turn is still to be played, for which the play is kept.
const PLAYS_MAX: usize = 32_768;
/// A longer schedule leaves the known worlds: it may go round in them for ever.
const TURNS_MAX: usize = 1_000;

/// In a box: it is large.
type World<'s> = Box<Play<'s, Quiet<Oracle>>>;

/// The known worlds. The first is the beginning.
pub(super) struct Known<'s, 'r> {
    rules: &'r Rules,
    start: World<'s>,
    nodes: Vec<Node<'s>>,
    numbers: HashMap<u128, u32, ByHash>,
    worlds: Worlds,
    /// What is possible in the play at hand; kept for its memory.
    turns: Vec<Turn>,
    /// How many plays are kept.
    plays: usize,
}

/// A known world.
struct Node<'s> {
    /// `None`: what every turn leads to is known.
    play: Option<World<'s>>,
    /// What is possible there. Nothing: it is over.
    choices: Vec<Choice>,
    behind: Vec<Behind>,
    /// How it was first reached.
    parent: u32,
    turn: u32,
}

/// What is behind a turn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behind {
    /// No schedule has gone there, or there was no room.
    Unknown,
    /// Something goes wrong there.
    Wrong,
    /// A known world; does the turn begin a transition?
    World(u32, bool),
}

/// Is told what each client had last learned when the host quit, and can ask for the way there.
pub(super) type Finals<'f> = dyn FnMut(&[Option<State>], &dyn Fn() -> Vec<u32>) + 'f;

/// Where a schedule came to in the known worlds.
pub(super) enum Came<'s> {
    /// To its end.
    Over,
    /// To a world which it leaves by this turn, a place among those that are possible. The play
    /// is in that world, and this is the way on which it came there.
    Leaves(World<'s>, Vec<u32>, usize),
}

impl<'s, 'r> Known<'s, 'r> {
    /// Nothing but the beginning is known.
    pub(super) fn new(setting: Setting<'s>, rules: &'r Rules) -> Self {
        let oracle = Oracle::new(setting.scenario, &setting.policy);
        let start = Box::new(Play::new(setting, oracle));
        let mut known = Self {
            rules,
            start: start.clone(),
            nodes: Vec::new(),
            numbers: HashMap::default(),
            worlds: Worlds::default(),
            turns: Vec::new(),
            plays: 0,
        };
        let hash = known.worlds.hash_judged(&start);
        known.add(hash, start, 0, 0);
        known
    }

    /// The play as it begins.
    pub(super) fn start(&self) -> World<'s> {
        self.start.clone()
    }

    /// Is it over before it has begun?
    pub(super) fn is_over_at_once(&self) -> bool {
        self.nodes[0].choices.is_empty()
    }

    /// Lets `strategy` decide a schedule as far as the worlds are known. One in which more than
    /// so many transitions begin leaves them. `finals` is told whenever a turn in which the host
    /// quits becomes known.
    pub(super) fn follow(
        &mut self,
        strategy: &mut dyn Strategy,
        transitions_max: u64,
        finals: &mut Finals<'_>,
    ) -> Came<'s> {
        let (mut at, mut turns, mut transitions) = (0, 0, 0);
        loop {
            let node = &self.nodes[at];
            if node.choices.is_empty() {
                return Came::Over;
            }
            let chosen = strategy.choose(&node.choices);
            let is_long = turns >= TURNS_MAX || transitions > transitions_max;
            let behind = match node.behind[chosen] {
                _ if is_long => None,
                Behind::World(world, begins) => Some((world, begins)),
                Behind::Wrong => None,
                Behind::Unknown => self.go(at, chosen, finals),
            };
            let Some((world, begins)) = behind else {
                return Came::Leaves(self.play(at), self.way(at), chosen);
            };
            at = world as usize;
            turns += 1;
            transitions += u64::from(begins);
        }
    }

    /// Plays a turn, so that the world behind it becomes known: its number, and whether a
    /// transition begins. `None`: it does not.
    fn go(&mut self, at: usize, chosen: usize, finals: &mut Finals<'_>) -> Option<(u32, bool)> {
        if self.nodes.len() >= WORLDS_MAX || self.plays >= PLAYS_MAX {
            return None;
        }
        let mut play = self.fork(at, chosen);
        let (begun, had_quit) = (play.transitions(), play.has_quit());
        play.choices(&mut self.turns);
        play.play(self.turns[chosen]);
        let begins = play.transitions() > begun;
        let quits = !had_quit && play.has_quit();
        let learned = quits.then(|| play.final_states().to_vec());
        let mut is_wrong = false;
        judge(self.rules, &mut play, &mut |_| is_wrong = true);
        let hash = self.worlds.hash_judged(&play);
        if play.is_over() {
            judge_end(self.rules, &mut play, &mut |_| is_wrong = true);
        }
        if is_wrong {
            self.nodes[at].behind[chosen] = Behind::Wrong;
            self.keep_play(at);
            return None;
        }
        if let Some(learned) = learned {
            finals(&learned, &|| {
                let mut way = self.way(at);
                way.push(chosen as u32);
                way
            });
        }
        let world = match self.numbers.get(&hash) {
            Some(&world) => world,
            None => self.add(hash, play, at as u32, chosen as u32),
        };
        self.nodes[at].behind[chosen] = Behind::World(world, begins);
        Some((world, begins))
    }

    fn add(&mut self, hash: u128, play: World<'s>, parent: u32, turn: u32) -> u32 {
        play.choices(&mut self.turns);
        let choices = self.turns.iter().map(|turn| Choice {
            actor: turn.actor,
            label: String::new(),
        });
        let choices: Vec<Choice> = choices.collect();
        let goes_on = !choices.is_empty();
        self.plays += usize::from(goes_on);
        let number = self.nodes.len() as u32;
        self.nodes.push(Node {
            play: goes_on.then_some(play),
            behind: vec![Behind::Unknown; choices.len()],
            choices,
            parent,
            turn,
        });
        self.numbers.insert(hash, number);
        number
    }

    /// A play in a known world, for a turn that is not known: the last such has the play itself.
    fn fork(&mut self, at: usize, chosen: usize) -> World<'s> {
        let node = &mut self.nodes[at];
        let mut others = node.behind.iter().enumerate();
        let is_last =
            others.all(|(place, behind)| place == chosen || matches!(behind, Behind::World(..)));
        match node.play.take_if(|_| is_last) {
            Some(play) => {
                self.plays -= 1;
                play
            }
            None => self.play(at),
        }
    }

    /// Something is wrong behind a turn: each schedule that goes there needs the play.
    fn keep_play(&mut self, at: usize) {
        if self.nodes[at].play.is_none() {
            self.nodes[at].play = Some(self.play(at));
            self.plays += 1;
        }
    }

    /// A play in a known world.
    fn play(&self, at: usize) -> World<'s> {
        if let Some(play) = &self.nodes[at].play {
            return play.clone();
        }
        let mut play = self.start();
        let mut turns = Vec::new();
        for turn in self.way(at) {
            play.choices(&mut turns);
            play.play(turns[turn as usize]);
        }
        play
    }

    /// The turns that first led to a known world.
    fn way(&self, mut at: usize) -> Vec<u32> {
        let mut way = Vec::new();
        while at != 0 {
            let node = &self.nodes[at];
            way.push(node.turn);
            at = node.parent as usize;
        }
        way.reverse();
        way
    }
}
