//! Every world of a scenario: the explorer beside stateright over the same plays.
//!
//! A state of the model is a play; stateright knows it again by the same canonical form that the
//! explorer hashes, and forks it as the explorer does. It has one property to look at: that
//! nothing was found. The explorer has more to do, since an oracle judges every turn.

use std::cell::RefCell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::ControlFlow;
use std::time::Instant;

use mapi_offline_explore::scripted::{Options, Policies, Search, explore};
use mapi_offline_scenario::{Play, PlayTurn, Scenario, Setting};
use stateright::{Checker, Model, Property};

use crate::median::median;
use crate::scenario::three_clients_and_two_toggles;

/// So many runs of each.
const ROUNDS: usize = 15;
/// On so many threads each.
const THREADS: [usize; 2] = [1, 2];

/// A play as a state of a model.
#[derive(Clone)]
struct PlayState {
    play: Play<'static>,
    /// Whether the emulation has found nothing so far on the way here.
    is_clean: bool,
}

thread_local! {
    /// Memory for canonical forms, so that hashing allocates none.
    static WORDS: RefCell<[Vec<u32>; 2]> = RefCell::default();
}

impl Hash for PlayState {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        WORDS.with_borrow_mut(|[words, _]| {
            words.clear();
            self.play.canonical(words);
            words.hash(hasher);
        });
    }
}

impl PartialEq for PlayState {
    fn eq(&self, other: &Self) -> bool {
        WORDS.with_borrow_mut(|[one, two]| {
            one.clear();
            two.clear();
            self.play.canonical(one);
            other.play.canonical(two);
            one == two
        })
    }
}

impl fmt::Debug for PlayState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.play.fmt(f)
    }
}

/// A scenario as a model.
struct Worlds(&'static Scenario);

impl Model for Worlds {
    type State = PlayState;
    type Action = PlayTurn;

    fn init_states(&self) -> Vec<PlayState> {
        vec![PlayState {
            play: Play::new(Setting::new(self.0, self.0.policy), ()),
            is_clean: true,
        }]
    }

    fn actions(&self, world: &PlayState, turns: &mut Vec<PlayTurn>) {
        world.play.choices(turns);
    }

    fn next_state(&self, world: &PlayState, turn: PlayTurn) -> Option<PlayState> {
        let mut next = world.clone();
        next.play.play(turn);
        next.play.take_findings(|_, _| next.is_clean = false);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always(
            "nothing is found",
            |_, world: &PlayState| world.is_clean,
        )]
    }
}

/// Prints states a second of both.
pub fn compare() {
    let scenario: &'static Scenario = Box::leak(Box::new(three_clients_and_two_toggles()));
    let mut seconds = [(); 2 * THREADS.len()].map(|()| Vec::new());
    let mut states = 0;
    for round in 0..ROUNDS {
        for turn in 0..THREADS.len() {
            // Everybody is sometimes the first.
            let at = (round + turn) % THREADS.len();
            let begin = Instant::now();
            let ours = explored(scenario, THREADS[at]);
            seconds[2 * at].push(begin.elapsed().as_secs_f64());
            let begin = Instant::now();
            let theirs = checked(scenario, THREADS[at]);
            seconds[2 * at + 1].push(begin.elapsed().as_secs_f64());
            assert_eq!(ours, theirs, "both know the same worlds");
            states = ours;
        }
    }
    println!("Three clients of four calls and two toggles: {states} states, each run to the end");
    let rates = seconds.map(|seconds| states as f64 / median(seconds));
    for (at, threads) in THREADS.into_iter().enumerate() {
        let [ours, theirs] = [rates[2 * at], rates[2 * at + 1]];
        println!(
            "  {threads} thread(s): mapi-offline {ours:>9.0} states/s, stateright {theirs:>9.0} \
             states/s, {:.2} times",
            ours / theirs
        );
    }
}

/// The explorer: how many states.
fn explored(scenario: &Scenario, threads: usize) -> u64 {
    let options = Options {
        search: Search::Exhaustive {
            threads,
            states_max: u64::MAX,
            memory_max: None,
        },
        policies: Policies::Default,
        ..Options::default()
    };
    let explored = explore(scenario, &options, &mut |_| ControlFlow::Continue(()));
    assert!(explored.exhausted && explored.failures.is_empty());
    explored.states
}

/// Stateright: how many states.
fn checked(scenario: &'static Scenario, threads: usize) -> u64 {
    let checker = Worlds(scenario).checker().threads(threads).spawn_bfs();
    let checker = checker.join();
    assert!(checker.discoveries().is_empty());
    checker.unique_state_count() as u64
}
