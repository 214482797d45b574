//! Clients that undo each other for ever (finding `livelock`).
//!
//! The definition: a world comes back on a way on which transitions begin and nobody has a step
//! waiting, and the way is fair: who could act in every one of its worlds does act on it (weak
//! fairness, as in Lamport's temporal logic of actions). [`is_livelock`] says so of one such way:
//! of the way that a [`Trail`] has noted in one execution, and of a strongly connected part of the
//! graph of all worlds, found with Tarjan's algorithm (1972): a part holds a fair cycle exactly if
//! the cycle through all of it is fair.
//!
//! Where worlds cannot come back or cannot be compared, a bound stands for the cycle: of
//! transitions that callbacks begin, as the emulation counts them, or of the steps of an
//! execution. What is found is in each case a finding `livelock`, and a bound cites SET-12.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::digest::ByHash;
use crate::strategy::Actor;

/// Returns true when a way that leads back to where it begins is a livelock. `possible`: who could act in each of its
/// worlds; `acts`: whether somebody acts on it; `begins`: whether transitions begin on it.
fn is_livelock<'w>(
    possible: impl Iterator<Item = &'w [Actor]> + Clone,
    acts: impl Fn(Actor) -> bool,
    begins: bool,
) -> bool {
    let always = |actor: &&Actor| possible.clone().all(|possible| possible.contains(actor));
    let first = possible.clone().next().unwrap_or_default().iter();
    begins && first.filter(always).all(|&actor| acts(actor))
}

/// The worlds that an execution came through since nobody had a step waiting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trail {
    stages: Vec<Visit>,
    /// The last stage in each world.
    last: HashMap<u128, usize, ByHash>,
}

#[derive(Clone, Debug)]
struct Visit {
    /// How many had begun.
    transitions: u64,
    possible: Vec<Actor>,
    acts: Option<Actor>,
}

impl Trail {
    /// The execution has come to a world, after so many transitions. Returns true when what it did since it was there
    /// before is a livelock.
    pub(crate) fn comes_to(
        &mut self,
        world: u128,
        transitions: u64,
        possible: impl Iterator<Item = Actor>,
    ) -> bool {
        let before = self.last.insert(world, self.stages.len());
        let comes_back = before.is_some_and(|before| {
            let cycle = &self.stages[before..];
            is_livelock(
                cycle.iter().map(|stage| stage.possible.as_slice()),
                |actor| cycle.iter().any(|stage| stage.acts == Some(actor)),
                cycle[0].transitions < transitions,
            )
        });
        self.stages.push(Visit {
            transitions,
            possible: possible.collect(),
            acts: None,
        });
        comes_back
    }

    /// Somebody acts in the world that the execution came to last.
    pub(crate) fn acts(&mut self, actor: Actor) {
        if let Some(stage) = self.stages.last_mut() {
            stage.acts = Some(actor);
        }
    }
}

/// A turn from one world to another, when nobody has a step waiting in either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) turn: u32,
    pub(crate) actor: Actor,
    /// Whether a transition begins.
    pub(crate) begins: bool,
}

/// A livelock: a world that was reached earliest, and the turns of a fair cycle that leads back
/// to it.
pub(crate) fn find_livelock(edges: &[Edge]) -> Option<(u32, Vec<u32>)> {
    let graph = Graph::new(edges);
    let mut parts = graph.parts();
    parts.iter_mut().for_each(|part| part.sort_unstable());
    parts.sort_unstable();
    parts.iter().find_map(|part| graph.fair_cycle(part))
}

/// The worlds by their rank, and the edges out of each.
struct Graph<'e> {
    worlds: Vec<u32>,
    out: Vec<Vec<(usize, &'e Edge)>>,
}

impl<'e> Graph<'e> {
    fn new(edges: &'e [Edge]) -> Self {
        let mut worlds: Vec<u32> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
        worlds.sort_unstable();
        worlds.dedup();
        let rank = |world: u32| worlds.partition_point(|&other| other < world);
        let mut out = vec![Vec::new(); worlds.len()];
        for edge in edges {
            out[rank(edge.from)].push((rank(edge.to), edge));
        }
        Self { worlds, out }
    }

    /// The strongly connected parts, without recursion.
    fn parts(&self) -> Vec<Vec<usize>> {
        const NEW: usize = usize::MAX;
        let count = self.worlds.len();
        let (mut index, mut low) = (vec![NEW; count], vec![0; count]);
        let mut on_stack = vec![false; count];
        let (mut stack, mut calls, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        let mut next = 0;
        for root in 0..count {
            if index[root] != NEW {
                continue;
            }
            calls.push((root, 0));
            while let Some((at, edge)) = calls.pop() {
                if edge == 0 {
                    (index[at], low[at]) = (next, next);
                    next += 1;
                    stack.push(at);
                    on_stack[at] = true;
                }
                match self.out[at].get(edge) {
                    Some(&(to, _)) => {
                        calls.push((at, edge + 1));
                        if index[to] == NEW {
                            calls.push((to, 0));
                        } else if on_stack[to] {
                            low[at] = low[at].min(index[to]);
                        }
                    }
                    None => {
                        if low[at] == index[at] {
                            let mut part = Vec::new();
                            while let Some(member) = stack.pop() {
                                on_stack[member] = false;
                                part.push(member);
                                if member == at {
                                    break;
                                }
                            }
                            parts.push(part);
                        }
                        if let Some(&(above, _)) = calls.last() {
                            low[above] = low[above].min(low[at]);
                        }
                    }
                }
            }
        }
        parts
    }

    /// The turns of a fair cycle through a part (sorted), if it is a livelock.
    fn fair_cycle(&self, part: &[usize]) -> Option<(u32, Vec<u32>)> {
        let inside = |world: &usize| part.binary_search(world).is_ok();
        let stays: Vec<(usize, usize, &Edge)> = part
            .iter()
            .flat_map(|&from| {
                self.out[from]
                    .iter()
                    .map(move |&(to, edge)| (from, to, edge))
            })
            .filter(|(_, to, _)| inside(to))
            .collect();
        let possible: Vec<Vec<Actor>> = part
            .iter()
            .map(|&world| self.out[world].iter().map(|(_, edge)| edge.actor).collect())
            .collect();
        let worlds = possible.iter().map(Vec::as_slice);
        let acts = |actor| stays.iter().any(|(_, _, edge)| edge.actor == actor);
        let begins = stays.iter().find(|(_, _, edge)| edge.begins);
        if !is_livelock(worlds.clone(), acts, begins.is_some()) {
            return None;
        }
        let begins = *begins?;
        let (mut cycle, mut at) = (vec![begins.2], begins.1);
        cycle.splice(0..0, self.way(part[0], begins.0, &inside));
        let always = |actor: &&Actor| worlds.clone().all(|possible| possible.contains(actor));
        for &actor in possible[0].iter().filter(always) {
            let (from, to, edge) = *stays.iter().find(|(_, _, edge)| edge.actor == actor)?;
            if cycle.iter().all(|edge| edge.actor != actor) {
                cycle.extend(self.way(at, from, &inside));
                cycle.push(edge);
                at = to;
            }
        }
        cycle.extend(self.way(at, part[0], &inside));
        let turns = cycle.iter().map(|edge| edge.turn).collect();
        Some((self.worlds[part[0]], turns))
    }

    /// A shortest way within a part.
    fn way(&self, from: usize, to: usize, inside: &dyn Fn(&usize) -> bool) -> Vec<&'e Edge> {
        let mut came: BTreeMap<usize, (usize, &'e Edge)> = BTreeMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front().filter(|&at| at != to) {
            for &(next, edge) in &self.out[at] {
                if inside(&next) && next != from && !came.contains_key(&next) {
                    came.insert(next, (at, edge));
                    queue.push_back(next);
                }
            }
        }
        let (mut way, mut at) = (Vec::new(), to);
        while at != from {
            let Some(&(before, edge)) = came.get(&at) else {
                break;
            };
            way.push(edge);
            at = before;
        }
        way.reverse();
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: u32, to: u32, actor: u32, begins: bool) -> Edge {
        Edge {
            from,
            to,
            turn: 10 * from + to,
            actor: Actor::Client(actor),
            begins,
        }
    }

    #[test]
    fn a_cycle_in_which_transitions_begin_is_a_livelock() {
        let edges = [
            edge(1, 2, 0, false),
            edge(2, 3, 0, true),
            edge(3, 2, 0, false),
        ];
        assert_eq!(find_livelock(&edges), Some((2, vec![23, 32])));
        assert_eq!(find_livelock(&edges[..2]), None, "no cycle");
        let idle = [edge(2, 3, 0, false), edge(3, 2, 0, false)];
        assert_eq!(find_livelock(&idle), None, "nothing begins");
    }

    #[test]
    fn a_cycle_that_starves_somebody_is_none() {
        // Client 1 could end it at every turn.
        let edges = [
            edge(2, 3, 0, true),
            edge(3, 2, 0, false),
            edge(2, 9, 1, false),
            edge(3, 9, 1, false),
        ];
        assert_eq!(find_livelock(&edges), None);
        // Client 1 can act in one of the worlds only: to wait for the other is fair.
        assert!(find_livelock(&edges[..3]).is_some());
        // Client 1 acts, and it goes on.
        let goes_on = [&edges[..], &[edge(3, 3, 1, false)]].concat();
        assert_eq!(find_livelock(&goes_on), Some((2, vec![23, 33, 32])));
    }
}
