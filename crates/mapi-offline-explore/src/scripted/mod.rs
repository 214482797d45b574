//! Exploring scenarios of scripted clients.
//!
//! The order is free, as [`mapi_offline::script::Play`] says; every play is judged at every turn,
//! by the findings, by the scenario's `[[always]]` blocks, and by an oracle that checks the
//! emulation itself. An exploration fails on a broken invariant, on an `[[always]]` that does not
//! hold, and on an error finding that no `[[always]] findings` allows.
//!
//! ```
//! use mapi_offline_explore::scripted::{Options, Search, explore};
//! # use mapi_offline::script::{Environment, Scenario};
//! # let scenario = Scenario {
//! #     title: String::new(), seed: 0, environment: Environment::default(),
//! #     policy: mapi_offline::Policy::default(), profiles: vec![], clients: vec![],
//! #     steps: vec![], expect: vec![], always: vec![],
//! # };
//! let options = Options {
//!     search: Search::Random { seed: 1, schedules: 1_000 },
//!     file: "provider.toml".to_owned(),
//!     ..Options::default()
//! };
//! let explored = explore(&scenario, &options, &mut |_| std::ops::ControlFlow::Continue(()));
//! for failure in &explored.failures {
//!     println!("{}", failure.story);
//! }
//! ```

mod compare; //     what shows only when plays are compared
mod cycles; //      fair cycles of worlds
mod exhaustive; //  every world that can be reached
mod fingerprint; // what a scenario is, apart from its formatting
mod oracle; //      the invariants of the emulation
mod policies; //    which policies are tried
mod problem; //     what can be wrong
mod replay; //      a play as a value that can be saved
mod result; //      what came of an exploration
mod sample; //      many schedules, as a strategy decides
mod shrink; //      the least that still goes wrong
mod story; //       a failure for people
mod walk; //        one play, judged at every turn
mod worlds; //      worlds by hash

use std::ops::ControlFlow;
use std::time::Instant;

use mapi_offline::script::{Play, Scenario, Setting};
use mapi_offline_core::{FindingId, Policy, State};

pub use policies::{NamedPolicy, Policies};
pub use problem::Problem;
pub use replay::{Against, Replay, ReplayError, Replayed};
pub use result::{Dependence, Exploration, Failure, Progress};
pub use story::{Decision, Story};

use crate::strategy::{Dfs, Pct, Random, Strategy};
use oracle::Oracle;
use problem::Rules;
use shrink::{Case, Ran, Shrinker};
use walk::Walker;

/// How to search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Every world that can be reached.
    Exhaustive {
        /// On how many threads; 1 at least.
        threads: usize,
        /// Give up a policy after so many worlds.
        states_max: u64,
    },
    /// Random walks.
    Random {
        /// Decides the walks. Each policy gets the same.
        seed: u64,
        /// How many schedules, under all policies together; each policy gets one at least.
        schedules: u64,
    },
    /// Random priorities; see [`Pct`].
    Pct {
        /// Decides the priorities. Each policy gets the same.
        seed: u64,
        /// How many schedules, under all policies together; each policy gets one at least.
        schedules: u64,
        /// The ordered turns that a bug may take.
        depth: usize,
    },
    /// Depth first, by replay; see [`Dfs`].
    Dfs {
        /// How many schedules, under all policies together; each policy gets one at least.
        schedules: u64,
        /// How many decisions of each are tried.
        bound: usize,
    },
}

/// What to explore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How.
    pub search: Search,
    /// Under which policies.
    pub policies: Policies,
    /// The scenario's file, for replays: as the user gave it.
    pub file: String,
}

impl Default for Options {
    /// 10,000 random walks under the scenario's own policy.
    fn default() -> Self {
        Self {
            search: Search::Random {
                seed: 0,
                schedules: 10_000,
            },
            policies: Policies::Default,
            file: String::new(),
        }
    }
}

/// Something found, before it is shrunk.
#[derive(Clone, Debug)]
struct Candidate {
    problem: Problem,
    policy: Policy,
    path: Vec<u32>,
    found_after: u64,
}

/// A way to a final state of a client, and the policy that it is under.
type Final = (usize, State, Policy, Vec<u32>);

/// Explores a scenario. `progress` is told now and then how far it is, and says whether to go on:
/// what was found so far is shrunk and reported then, and nothing is exhausted.
///
/// The result is the same in every run and for any number of threads, save `elapsed`.
#[must_use]
pub fn explore(
    scenario: &Scenario,
    options: &Options,
    progress: &mut dyn FnMut(&Progress<'_>) -> ControlFlow<()>,
) -> Exploration {
    let began = Instant::now();
    let rules = Rules::new(scenario);
    let list = options.policies.list(&scenario.policy);
    let mut explored = Exploration {
        schedules: 0,
        states: 0,
        exhausted: true,
        policies: list.iter().map(|named| named.name.clone()).collect(),
        failures: Vec::new(),
        warnings: Vec::new(),
        elapsed: began.elapsed(),
    };
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut finals: Vec<Final> = Vec::new();
    let mut searched: Vec<Policy> = Vec::new();
    let mut goes_on = true;
    for (place, named) in list.iter().enumerate() {
        let noticeable = policies::noticeable(&named.policy);
        if searched.contains(&noticeable) || !goes_on {
            explored.exhausted &= goes_on;
            continue;
        }
        searched.push(noticeable);
        let setting = Setting::new(scenario, named.policy);
        let (schedules, states) = (explored.schedules, explored.states);
        let mut report = |more_schedules, more_states, frontier| {
            let flow = progress(&Progress {
                policy: &named.name,
                policies: (place, list.len()),
                schedules: schedules + more_schedules,
                schedules_max: options.search.schedules(),
                states: states + more_states,
                frontier,
                elapsed: began.elapsed(),
            });
            goes_on = flow.is_continue();
            goes_on
        };
        let found = options.search.run(setting, &rules, list.len(), &mut report);
        explored.schedules += found.schedules;
        explored.states += found.states;
        explored.exhausted &= found.exhausted;
        for (path, problem, first) in found.problems {
            if !candidates.iter().any(|known| known.problem.is(&problem)) {
                candidates.push(Candidate {
                    problem,
                    policy: named.policy,
                    path,
                    found_after: first + if states > 0 { states } else { schedules },
                });
            }
        }
        for (client, state, path) in found.finals {
            let mut known = finals.iter();
            if !known.any(|(other, known, _, _)| *other == client && *known == state) {
                finals.push((client, state, named.policy, path));
            }
        }
    }
    let mut shrinker = Shrinker::new(scenario, &rules);
    for candidate in candidates {
        if let Some(failure) = told(scenario, &rules, &mut shrinker, &options.file, candidate) {
            explored.failures.push(failure);
        }
    }
    if goes_on {
        explored
            .failures
            .extend(noise(scenario, &rules, &list, options));
    }
    explored
        .failures
        .sort_by(|one, other| one.finding.cmp(&other.finding));
    explored
        .failures
        .dedup_by(|one, other| one.finding == other.finding);
    explored.warnings = dependences(scenario, &rules, &options.file, &finals);
    explored.elapsed = began.elapsed();
    explored
}

/// What a search found under one policy.
struct Outcome {
    schedules: u64,
    states: u64,
    exhausted: bool,
    /// The way to each problem; and after how many schedules, or worlds, it first showed.
    problems: Vec<(Vec<u32>, Problem, u64)>,
    finals: Vec<(usize, State, Vec<u32>)>,
}

/// So many schedules between two reports of progress.
const SCHEDULES_A_REPORT: u64 = 256;

impl Search {
    /// How many schedules there will be, if that is known.
    const fn schedules(&self) -> Option<u64> {
        match self {
            Self::Exhaustive { .. } | Self::Dfs { .. } => None,
            Self::Random { schedules, .. } | Self::Pct { schedules, .. } => Some(*schedules),
        }
    }

    /// Searches under one of `policies` policies. `report` is told of schedules, worlds, and how
    /// many of these wait.
    fn run(
        &self,
        setting: Setting<'_>,
        rules: &Rules,
        policies: usize,
        report: &mut dyn FnMut(u64, u64, u64) -> bool,
    ) -> Outcome {
        let share = |schedules: &u64| (schedules / policies as u64).max(1);
        let mut dfs;
        let (mut random, mut pct);
        let strategy: &mut dyn Strategy = match self {
            Self::Exhaustive {
                threads,
                states_max,
            } => {
                let mut progress = |states, waiting| report(0, states, waiting);
                let (threads, max) = ((*threads).max(1), *states_max);
                let found = exhaustive::search(setting, rules, threads, max, &mut progress);
                return Outcome {
                    schedules: found.ends,
                    states: found.states,
                    exhausted: found.exhausted,
                    problems: found.problems,
                    finals: found.finals,
                };
            }
            Self::Dfs { schedules, bound } => {
                dfs = Dfs::new(*bound, share(schedules));
                let mut progress = |done| done % SCHEDULES_A_REPORT != 0 || report(done, 0, 0);
                let found = sample::sample(setting, rules, &mut dfs, &mut progress);
                return Outcome {
                    schedules: found.schedules,
                    states: 0,
                    exhausted: found.all_ended && dfs.is_exhausted(),
                    problems: found
                        .problems
                        .into_iter()
                        .map(sample::Shortest::parts)
                        .collect(),
                    finals: found.finals,
                };
            }
            Self::Random { seed, schedules } => {
                random = Random::new(*seed, share(schedules));
                &mut random
            }
            Self::Pct {
                seed,
                schedules,
                depth,
            } => {
                pct = Pct::new(*seed, share(schedules), *depth);
                &mut pct
            }
        };
        let mut progress = |done| done % SCHEDULES_A_REPORT != 0 || report(done, 0, 0);
        let found = sample::sample(setting, rules, strategy, &mut progress);
        Outcome {
            schedules: found.schedules,
            states: 0,
            exhausted: false,
            problems: found
                .problems
                .into_iter()
                .map(sample::Shortest::parts)
                .collect(),
            finals: found.finals,
        }
    }
}

/// The labels of a way that was found.
fn labels(setting: Setting<'_>, rules: &Rules, path: &[u32]) -> Vec<String> {
    let mut play = Play::new(setting, Oracle::new(setting.scenario, &setting.policy));
    let mut schedule = Vec::with_capacity(path.len());
    let mut path = path.iter();
    // The way may lead round a cycle more than once: no looking for worlds that repeat here.
    Walker::new(rules, u64::MAX).walk(&mut play, &mut |play, turns| {
        let &chosen = path.next()?;
        let label = play.labels(turns).swap_remove(chosen as usize);
        schedule.push(label);
        Some(chosen as usize)
    });
    schedule
}

/// Shrinks what was found, and tells it.
fn told(
    scenario: &Scenario,
    rules: &Rules,
    shrinker: &mut Shrinker<'_>,
    file: &str,
    candidate: Candidate,
) -> Option<Failure> {
    let Candidate {
        problem,
        policy,
        path,
        found_after,
    } = candidate;
    let case = Case {
        policy,
        kept: vec![true; scenario.steps.len()],
        schedule: labels(Setting::new(scenario, policy), rules, &path),
    };
    let (case, ran) = shrinker.shrink(case, &problem)?;
    // What went wrong in the least play: the same problem, perhaps of another client.
    let problem = ran
        .problem
        .as_ref()
        .map_or(problem, |(_, problem)| problem.clone());
    let replay = Replay::new(
        file,
        setting_of(scenario, &case),
        problem.name(),
        ran.schedule.clone(),
    );
    let story = story::tell(scenario, shrinker, &case, &ran, &problem, &replay);
    Some(Failure {
        finding: problem.name(),
        problem,
        replay,
        story,
        found_after,
    })
}

fn setting_of<'s>(scenario: &'s Scenario, case: &'s Case) -> Setting<'s> {
    let all = case.kept.iter().all(|kept| *kept);
    Setting {
        scenario,
        policy: case.policy,
        kept: (!all).then_some(&case.kept),
    }
}

/// Compares plays with noise with plays without, under every policy that has some.
fn noise(
    scenario: &Scenario,
    rules: &Rules,
    list: &[NamedPolicy],
    options: &Options,
) -> Option<Failure> {
    let seed = match options.search {
        Search::Random { seed, .. } | Search::Pct { seed, .. } => seed,
        Search::Exhaustive { .. } | Search::Dfs { .. } => 0,
    };
    let noisy = list.iter().map(|named| named.policy);
    let noisy = noisy.filter(|policy| policies::without_noise(policy) != *policy);
    let (problem, replay, found_after, policy) = noisy.into_iter().find_map(|policy| {
        let setting = Setting::new(scenario, policy);
        let file = &options.file;
        let (problem, replay, orders) = compare::reacts_to_noise(setting, rules, file, seed)?;
        Some((problem, replay, orders, policy))
    })?;
    let case = Case {
        policy,
        kept: vec![true; scenario.steps.len()],
        schedule: replay.schedule.clone(),
    };
    let ran = Shrinker::new(scenario, rules).run(&case, &problem);
    let ran = Ran {
        problem: Some((ran.schedule.len(), problem.clone())),
        ..ran
    };
    let story = story::story(scenario, &case, &ran, &problem, &replay, None);
    Some(Failure {
        finding: problem.name(),
        problem,
        replay,
        story,
        found_after,
    })
}

/// The clients that come to different final states.
fn dependences(
    scenario: &Scenario,
    rules: &Rules,
    file: &str,
    finals: &[Final],
) -> Vec<Dependence> {
    let replay = |(_, _, policy, path): &Final| {
        let setting = Setting::new(scenario, *policy);
        let finding = FindingId::OrderDependent.name().to_owned();
        Replay::new(file, setting, finding, labels(setting, rules, path))
    };
    let clients = scenario.clients.iter().enumerate();
    clients
        .filter_map(|(client, spec)| {
            let mut own = finals.iter().filter(|(other, ..)| *other == client);
            let (one, other) = (own.next()?, own.next()?);
            Some(Dependence {
                client: spec.name.clone(),
                states: [one.1, other.1],
                replays: [replay(one), replay(other)],
            })
        })
        .collect()
}
