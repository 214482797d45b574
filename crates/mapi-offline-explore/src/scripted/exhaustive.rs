//! Exhaustive search: every world that can be reached, each once.
//!
//! Breadth first, so that the first way found to a world is a shortest one; a world is known
//! again by the hash of its canonical form, as in the explicit-state model checkers since Holzmann
//! (SPIN: "hash compaction", Wolper and Leroy, 1993). It departs from these in forking the play
//! instead of generating successors from a stored state, so that a stored world costs 40 bytes,
//! and the plays themselves are kept only for the frontier.
//!
//! Threads share a level in slices and put together what they found in the order of the slices:
//! the numbering of worlds, and with it everything that is reported, does not depend on how many
//! threads there are.

use std::collections::HashMap;

use mapi_offline_core::{FindingId, State};
use mapi_offline_scenario::{Play, Quiet, Setting, Turn};

use super::cycles::{Edge, find_livelock};
use super::oracle::Oracle;
use super::problem::{Problem, Rules};
use super::walk::{judge, judge_end};
use super::worlds::{ByHash, Worlds};

/// So many worlds are expanded before their finds are put together.
const BLOCK: usize = 16_384;
/// Fewer than so many are not worth a thread.
const WORTH_A_THREAD: usize = 256;

/// In a box: it moves from list to list, and is large.
type World<'s> = Box<Play<'s, Quiet<Oracle>>>;
type Visited = HashMap<u128, u32, ByHash>;

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Searched {
    /// How many worlds.
    pub(super) states: u64,
    /// How many turns led to an end.
    pub(super) ends: u64,
    /// Was everything searched?
    pub(super) exhausted: bool,
    /// One way to each problem, a shortest; and after how many worlds had been looked at.
    pub(super) problems: Vec<(Vec<u32>, Problem, u64)>,
    /// The first way to each final state of each client.
    pub(super) finals: Vec<(usize, State, Vec<u32>)>,
}

/// How a world was first reached.
#[derive(Clone, Copy, Debug)]
struct Node {
    parent: u32,
    turn: u32,
}

/// A world that a slice found, and that nobody had found in the blocks before.
struct Found<'s> {
    world: u128,
    from: Node,
    /// Nothing if it is over.
    play: Option<World<'s>>,
}

/// What expanding a slice of a level gave.
#[derive(Default)]
struct Slice<'s> {
    found: Vec<Found<'s>>,
    /// Where the target is known: a number. Else the place in `found`.
    edges: Vec<(Edge, bool)>,
    problems: Vec<(Node, Problem)>,
    finals: Vec<(Node, usize, State)>,
    ends: u64,
}

/// Searches the worlds of a scenario under one policy. `progress` is told how many worlds there
/// are and how many wait; it says whether to go on.
pub(super) fn search(
    setting: Setting<'_>,
    rules: &Rules,
    threads: usize,
    states_max: u64,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Searched {
    let mut searched = Searched::default();
    let mut worlds = Worlds::default();
    let oracle = Oracle::new(setting.scenario, &setting.policy);
    let mut start = Box::new(Play::new(setting, oracle));
    let mut problems = Vec::new();
    judge(rules, &mut start, &mut |problem| problems.push(problem));
    let mut visited = Visited::default();
    visited.insert(worlds.hash(&start), 0);
    let mut nodes = vec![Node { parent: 0, turn: 0 }];
    let mut frontier = Vec::new();
    if start.is_over() {
        judge_end(rules, &mut start, &mut |problem| problems.push(problem));
        searched.ends = 1;
    } else {
        frontier.push((0, start));
    }
    for problem in problems {
        searched.keep(Vec::new(), problem, 1);
    }
    let mut edges: Vec<Edge> = Vec::new();
    let mut is_cut = false;
    while !frontier.is_empty() && !is_cut {
        let mut next = Vec::new();
        let mut level = frontier.into_iter();
        loop {
            let block: Vec<(u32, World<'_>)> = level.by_ref().take(BLOCK).collect();
            if block.is_empty() {
                break;
            }
            for slice in expand_all(block, rules, &visited, threads) {
                take_in(
                    slice,
                    &mut visited,
                    &mut nodes,
                    &mut next,
                    &mut edges,
                    &mut searched,
                );
            }
            let waiting = level.len() + next.len();
            is_cut = nodes.len() as u64 > states_max || nodes.len() >= u32::MAX as usize / 2;
            is_cut |= !progress(nodes.len() as u64, waiting as u64);
            if is_cut {
                is_cut = waiting > 0;
                break;
            }
        }
        frontier = next;
    }
    searched.states = nodes.len() as u64;
    searched.exhausted = !is_cut;
    if let Some((entry, round)) = find_livelock(&edges) {
        let mut path = way_to(&nodes, entry);
        path.extend(round);
        let problem = Problem::Finding {
            id: FindingId::Livelock,
            client: None,
        };
        if rules.forbid(FindingId::Livelock, None) {
            searched.keep(path, problem, searched.states);
        }
    }
    searched
}

impl Searched {
    /// Keeps a problem, unless there is such a one already, whose way is then no longer.
    fn keep(&mut self, path: Vec<u32>, problem: Problem, looked_at: u64) {
        if !self.problems.iter().any(|(_, known, _)| known.is(&problem)) {
            self.problems.push((path, problem, looked_at));
        }
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

/// Numbers what a slice found.
fn take_in<'s>(
    slice: Slice<'s>,
    visited: &mut Visited,
    nodes: &mut Vec<Node>,
    next: &mut Vec<(u32, World<'s>)>,
    edges: &mut Vec<Edge>,
    searched: &mut Searched,
) {
    let mut numbers = Vec::with_capacity(slice.found.len());
    for found in slice.found {
        let number = *visited.entry(found.world).or_insert_with(|| {
            nodes.push(found.from);
            let number = nodes.len() as u32 - 1;
            if let Some(play) = found.play {
                next.push((number, play));
            }
            number
        });
        numbers.push(number);
    }
    edges.extend(slice.edges.into_iter().map(|(edge, is_known)| Edge {
        to: if is_known {
            edge.to
        } else {
            numbers[edge.to as usize]
        },
        ..edge
    }));
    for (at, problem) in slice.problems {
        if !searched
            .problems
            .iter()
            .any(|(_, known, _)| known.is(&problem))
        {
            // Worlds are looked at in the order of their numbers.
            searched.keep(way_through(nodes, at), problem, u64::from(at.parent) + 1);
        }
    }
    for (at, client, state) in slice.finals {
        let mut known = searched.finals.iter();
        if !known.any(|(other, known, _)| *other == client && *known == state) {
            let path = way_through(nodes, at);
            searched.finals.push((client, state, path));
        }
    }
    searched.ends += slice.ends;
}

/// Expands a block, in as many slices as there are threads.
fn expand_all<'s>(
    mut block: Vec<(u32, World<'s>)>,
    rules: &Rules,
    visited: &Visited,
    threads: usize,
) -> Vec<Slice<'s>> {
    let slices = threads.min(block.len() / WORTH_A_THREAD).max(1);
    let size = block.len().div_ceil(slices);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..slices)
            .rev()
            .map(|slice| block.split_off(slice * size))
            .map(|part| scope.spawn(move || expand(part, rules, visited)))
            .collect();
        let mut expanded = vec![expand(block, rules, visited)];
        for other in others.into_iter().rev() {
            match other.join() {
                Ok(slice) => expanded.push(slice),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        expanded
    })
}

fn expand<'s>(part: Vec<(u32, World<'s>)>, rules: &Rules, visited: &Visited) -> Slice<'s> {
    let mut slice = Slice::default();
    let mut new: Visited = Visited::default();
    let mut worlds = Worlds::default();
    let mut turns: Vec<Turn> = Vec::new();
    let mut finals = Vec::new();
    for (number, play) in part {
        play.choices(&mut turns);
        let no_step = play.has_no_step();
        let had_quit = play.has_quit();
        let mut play = Some(play);
        for (place, &turn) in turns.iter().enumerate() {
            // The last turn can have the play itself.
            let forked = if place + 1 == turns.len() {
                play.take()
            } else {
                play.clone()
            };
            let Some(mut forked) = forked else { break };
            let begun = forked.transitions();
            forked.play(turn);
            let at = Node {
                parent: number,
                turn: place as u32,
            };
            let problems = &mut slice.problems;
            judge(rules, &mut forked, &mut |problem| {
                problems.push((at, problem))
            });
            let is_over = forked.is_over();
            if !had_quit && forked.has_quit() {
                let learned = forked.final_states().iter().enumerate();
                for (client, state) in learned.filter_map(|(c, s)| Some((c, (*s)?))) {
                    if !finals.contains(&(client, state)) {
                        finals.push((client, state));
                        slice.finals.push((at, client, state));
                    }
                }
            }
            let begins = forked.transitions() > begun;
            let stays = no_step && !is_over && forked.has_no_step();
            let world = worlds.hash(&forked);
            let (to, is_known) = match visited.get(&world) {
                Some(&known) => (known, true),
                None => {
                    let place = slice.found.len() as u32;
                    let place = *new.entry(world).or_insert(place);
                    if place as usize == slice.found.len() {
                        let mut forked = forked;
                        if is_over {
                            judge_end(rules, &mut forked, &mut |p| problems.push((at, p)));
                        }
                        slice.found.push(Found {
                            world,
                            from: at,
                            play: (!is_over).then_some(forked),
                        });
                    }
                    (place, false)
                }
            };
            slice.ends += u64::from(is_over);
            if stays {
                let edge = Edge {
                    from: number,
                    to,
                    turn: at.turn,
                    actor: turn.actor,
                    begins,
                };
                slice.edges.push((edge, is_known));
            }
        }
    }
    slice
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
