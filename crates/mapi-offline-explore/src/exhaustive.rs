//! Exhaustive search: every world that can be reached, each once.
//!
//! Breadth first, so that the first way found to a world is a shortest one; a world is known
//! again by its digest, as in the explicit-state model checkers since Holzmann
//! (SPIN: "hash compaction", Wolper and Leroy, 1993). It departs from these in forking the play
//! instead of generating successors from a stored state, so that a stored world costs 40 bytes,
//! and the plays themselves are kept only for the frontier.
//!
//! Threads share a level in slices and put together what they found in the order of the slices:
//! the numbering of worlds, and with it everything that is reported, does not depend on how many
//! threads there are.

use std::collections::HashMap;

use mapi_offline_core::State;

use crate::digest::{ByHash, Digest};
use crate::livelock::{Edge, find_livelock};
use crate::problem::Problem;
use crate::report::Stopped;
use crate::sample::{IsSame, Searched, Way};
use crate::system::Fork;

/// So many worlds are expanded before their finds are put together.
const BLOCK: usize = 4_096;
/// Fewer than so many are not worth a thread.
const WORTH_A_THREAD: usize = 256;

type Visited = HashMap<u128, u32, ByHash>;

/// How a world was first reached.
#[derive(Clone, Copy, Debug)]
struct Node {
    parent: u32,
    turn: u32,
}

/// A world that a slice came to, and that nobody had come to in the blocks before.
struct Reached<S> {
    world: u128,
    from: Node,
    /// Nothing if it is over. In a box: it moves from list to list, and is large.
    system: Option<Box<S>>,
}

/// What expanding a slice of a level gave.
struct Slice<S> {
    reached: Vec<Reached<S>>,
    /// Where the target is known: a number. Else the place in `reached`.
    edges: Vec<(Edge, bool)>,
    problems: Vec<(Node, Problem)>,
    finals: Vec<(Node, usize, State)>,
    ends: u64,
}

/// How far to search.
pub(crate) struct Bounds {
    /// On how many threads; 1 at least.
    pub(crate) threads: usize,
    /// Give up after so many worlds.
    pub(crate) states_max: u64,
    /// End when the program holds more memory than this, in bytes.
    pub(crate) memory_max: Option<u64>,
}

impl Bounds {
    /// Why a search is given up that knows so many worlds, if it is.
    fn exceeded(&self, states: usize) -> Option<Stopped> {
        if states as u64 > self.states_max || states >= u32::MAX as usize / 2 {
            return Some(Stopped::States);
        }
        let memory_max = self.memory_max?;
        let held = memory_stats::memory_stats()?.physical_mem as u64;
        (held > memory_max).then_some(Stopped::Memory)
    }
}

/// Searches the worlds that `start` can come to. `livelock`: what one is, if it is a problem.
/// `progress` is told how many worlds there are and how many wait; it says whether to go on.
pub(crate) fn search<S: Fork>(
    mut start: Box<S>,
    bounds: &Bounds,
    is_same: &IsSame<'_>,
    livelock: Option<Problem>,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Searched {
    let mut search = KnownWorlds {
        found: Searched::default(),
        is_same,
        visited: Visited::default(),
        nodes: vec![Node { parent: 0, turn: 0 }],
        edges: Vec::new(),
    };
    let world = start.digest(&mut Digest::default());
    search.visited.insert(world, 0);
    let mut frontier = Vec::new();
    if start.is_over() {
        start.end(true);
        search.found.schedules = 1;
    }
    start.take_problems(&mut |problem| search.keep(Vec::new(), problem, 1));
    if !start.is_over() {
        frontier.push((0, start));
    }
    let mut stopped = None;
    while !frontier.is_empty() && stopped.is_none() {
        let mut next = Vec::new();
        let mut level = frontier.into_iter();
        loop {
            let block: Vec<(u32, Box<S>)> = level.by_ref().take(BLOCK).collect();
            if block.is_empty() {
                break;
            }
            for slice in expand_all(block, &search.visited, bounds.threads.max(1)) {
                search.take_in(slice, &mut next);
            }
            let states = search.nodes.len();
            let waiting = level.len() + next.len();
            if waiting == 0 {
                break;
            }
            let goes_on = progress(states as u64, waiting as u64);
            stopped = match goes_on {
                true => bounds.exceeded(states),
                false => Some(Stopped::Interrupted),
            };
            if stopped.is_some() {
                break;
            }
        }
        frontier = next;
    }
    // What follows takes memory of its own.
    drop(frontier);
    search.visited = Visited::default();
    search.found.states = search.nodes.len() as u64;
    search.found.exhausted = stopped.is_none();
    search.found.stopped = stopped;
    if let Some(livelock) = livelock
        && let Some((entry, round)) = find_livelock(&search.edges)
    {
        let mut path = way_to(&search.nodes, entry);
        path.extend(round);
        search.keep(path, livelock, search.found.states);
    }
    search.found
}

/// What is known of the worlds so far.
struct KnownWorlds<'s> {
    found: Searched,
    is_same: &'s IsSame<'s>,
    visited: Visited,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

impl KnownWorlds<'_> {
    /// Keeps a problem, unless there is such a one already, whose way is then no longer.
    fn keep(&mut self, path: Vec<u32>, problem: Problem, found_after: u64) {
        if !self.knows(&problem) {
            self.found.problems.push(Way {
                problem,
                length: path.len(),
                path,
                places: Vec::new(),
                found_after,
            });
        }
    }

    fn knows(&self, problem: &Problem) -> bool {
        let mut known = self.found.problems.iter();
        known.any(|known| (self.is_same)(&known.problem, problem))
    }

    /// Numbers what a slice came to.
    fn take_in<S>(&mut self, slice: Slice<S>, next: &mut Vec<(u32, Box<S>)>) {
        let mut numbers = Vec::with_capacity(slice.reached.len());
        for reached in slice.reached {
            let nodes = &mut self.nodes;
            let number = *self.visited.entry(reached.world).or_insert_with(|| {
                nodes.push(reached.from);
                let number = nodes.len() as u32 - 1;
                if let Some(system) = reached.system {
                    next.push((number, system));
                }
                number
            });
            numbers.push(number);
        }
        self.edges
            .extend(slice.edges.into_iter().map(|(edge, is_known)| Edge {
                to: if is_known {
                    edge.to
                } else {
                    numbers[edge.to as usize]
                },
                ..edge
            }));
        for (at, problem) in slice.problems {
            if !self.knows(&problem) {
                // Worlds are looked at in the order of their numbers.
                let path = way_through(&self.nodes, at);
                self.keep(path, problem, u64::from(at.parent) + 1);
            }
        }
        for (at, client, state) in slice.finals {
            let nodes = &self.nodes;
            self.found
                .keep_final(client, state, || way_through(nodes, at));
        }
        self.found.schedules += slice.ends;
    }
}

/// The turns that lead to a world.
fn way_to(nodes: &[Node], mut node: u32) -> Vec<u32> {
    let mut path = Vec::new();
    while node != 0 {
        let Node { parent, turn } = nodes[node as usize];
        path.push(turn);
        node = parent;
    }
    path.reverse();
    path
}

/// The turns that lead through `at.turn` of the world `at.parent`.
fn way_through(nodes: &[Node], at: Node) -> Vec<u32> {
    let mut path = way_to(nodes, at.parent);
    path.push(at.turn);
    path
}

/// Expands a block, in as many slices as there are threads.
fn expand_all<S: Fork>(
    mut block: Vec<(u32, Box<S>)>,
    visited: &Visited,
    threads: usize,
) -> Vec<Slice<S>> {
    let slices = threads.min(block.len() / WORTH_A_THREAD).max(1);
    let size = block.len().div_ceil(slices);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..slices)
            .rev()
            .map(|slice| block.split_off(slice * size))
            .map(|part| scope.spawn(move || Expansion::of(part, visited)))
            .collect();
        let mut expanded = vec![Expansion::of(block, visited)];
        for other in others.into_iter().rev() {
            match other.join() {
                Ok(slice) => expanded.push(slice),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        expanded
    })
}

/// What a world was like before a turn.
#[derive(Clone, Copy)]
struct Before {
    has_no_step: bool,
    has_quit: bool,
    transitions: u64,
}

/// A slice under way.
struct Expansion<'v, S> {
    slice: Slice<S>,
    visited: &'v Visited,
    /// The places of what was reached, by world.
    new: Visited,
    digest: Digest,
    /// The final states that this slice has seen.
    finals: Vec<(usize, State)>,
}

impl<'v, S: Fork> Expansion<'v, S> {
    /// Plays every turn of every world of a part.
    fn of(part: Vec<(u32, Box<S>)>, visited: &'v Visited) -> Slice<S> {
        let mut expansion = Self {
            slice: Slice {
                reached: Vec::new(),
                edges: Vec::new(),
                problems: Vec::new(),
                finals: Vec::new(),
                ends: 0,
            },
            visited,
            new: Visited::default(),
            digest: Digest::default(),
            finals: Vec::new(),
        };
        let mut turns = Vec::new();
        for (number, mut system) in part {
            system.turns(&mut turns);
            let before = Before {
                has_no_step: system.has_no_step(),
                has_quit: !system.learned().is_empty(),
                transitions: system.transitions(),
            };
            let mut system = Some(system);
            for (place, &turn) in turns.iter().enumerate() {
                // The last turn can have the system itself.
                let forked = if place + 1 == turns.len() {
                    system.take()
                } else {
                    system.clone()
                };
                let at = Node {
                    parent: number,
                    turn: place as u32,
                };
                if let Some(forked) = forked {
                    expansion.play(forked, turn, at, before);
                }
            }
        }
        expansion.slice
    }

    /// Plays one turn, and takes in the world behind it.
    fn play(&mut self, mut system: Box<S>, turn: S::Turn, at: Node, before: Before) {
        let actor = system.actor(turn);
        system.play(turn);
        self.judge(&mut system, at);
        let is_over = system.is_over();
        if !before.has_quit {
            let learned = system.learned().iter().enumerate();
            for (client, state) in learned.filter_map(|(c, s)| Some((c, (*s)?))) {
                if !self.finals.contains(&(client, state)) {
                    self.finals.push((client, state));
                    self.slice.finals.push((at, client, state));
                }
            }
        }
        let begins = system.transitions() > before.transitions;
        let stays = before.has_no_step && !is_over && system.has_no_step();
        self.slice.ends += u64::from(is_over);
        let (to, is_known) = self.number(system, at, is_over);
        if stays {
            let edge = Edge {
                from: at.parent,
                to,
                turn: at.turn,
                actor,
                begins,
            };
            self.slice.edges.push((edge, is_known));
        }
    }

    /// Takes in what has gone wrong: of each problem the first way of this slice.
    fn judge(&mut self, system: &mut S, at: Node) {
        let problems = &mut self.slice.problems;
        system.take_problems(&mut |problem| {
            if !problems.iter().any(|(_, known)| *known == problem) {
                problems.push((at, problem));
            }
        });
    }

    /// The number of a world that is known, or else its place among what was reached.
    fn number(&mut self, mut system: Box<S>, at: Node, is_over: bool) -> (u32, bool) {
        let world = system.digest(&mut self.digest);
        if let Some(&known) = self.visited.get(&world) {
            return (known, true);
        }
        let reached = self.slice.reached.len() as u32;
        let place = *self.new.entry(world).or_insert(reached);
        if place == reached {
            if is_over {
                system.end(true);
                self.judge(&mut system, at);
            }
            self.slice.reached.push(Reached {
                world,
                from: at,
                system: (!is_over).then_some(system),
            });
        }
        (place, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_told_from_its_beginning() {
        let nodes = [(0, 0), (0, 3), (1, 5)].map(|(parent, turn)| Node { parent, turn });
        assert_eq!(way_to(&nodes, 2), [3, 5]);
        let at = Node { parent: 2, turn: 7 };
        assert_eq!(way_through(&nodes, at), [3, 5, 7]);
    }
}
