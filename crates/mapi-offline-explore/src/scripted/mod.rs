//! Exploring scenarios of scripted clients.
//!
//! The order is free, as [`mapi_offline_scenario::Play`] says; every play is judged at every turn,
//! by the findings, by the scenario's `[[always]]` blocks, and by an oracle that checks the
//! emulation itself. An exploration fails on a broken invariant, on an `[[always]]` that does not
//! hold, and on an error finding that no `[[always]] findings` allows.
//!
//! ```
//! use mapi_offline_explore::scripted::{Options, Search, explore};
//! # use mapi_offline_scenario::{Environment, Scenario};
//! # let scenario = Scenario {
//! #     title: String::new(), seed: 0, environment: Environment::default(),
//! #     policy: mapi_offline::Policy::default(), profiles: vec![], clients: vec![],
//! #     failures: vec![], shutdown_notifications: vec![], fast_shutdown: Default::default(), steps: vec![], expect: vec![], always: vec![],
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

mod ends; //        steps that give back what others take
mod fingerprint; // what a scenario is, apart from its formatting
mod kept_steps; //  whose steps there are, and which take place
mod oracle; //      the invariants of the emulation
mod replay; //      replays of scenarios
mod rules; //       what a scenario allows
mod searched; //    which policies were searched, and what clients met under each
mod system; //      a scenario as what is explored

use std::ops::ControlFlow;
use std::time::Instant;

use mapi_offline::EventLog;
use mapi_offline_core::{FindingId, Policy, Severity, State};
use mapi_offline_scenario::Scenario;

pub use crate::policies::{NamedPolicy, Policies};
pub use crate::problem::Problem;
pub use crate::replay::{Against, Replay, ReplayError, Replayable};
pub use crate::report::{Decision, Dependence, Failure, Progress, Remark, Report, Stopped, Story};
pub use crate::schedule::{NotPossible, Schedule};
pub use crate::search::Search;
pub use replay::Replayed;

use crate::noise::{Choose, Recorded, reacts_to_noise};
use crate::place;
use crate::policies::{knobs, without_noise};
use crate::sample::{IsSame, Searched, Way};
use crate::schedule_run::{Labelled, walk_by_label};
use crate::shrink::{Case, Shrinker};
use crate::story;
use crate::system::Subject;
use crate::tolerance::Tolerance;
use searched::SearchedPolicies;
use system::{ScriptedClients, Variant};

/// What to explore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How.
    pub search: Search,
    /// Under which policies.
    pub policies: Policies,
    /// Findings of this severity fail the exploration, and heavier ones; the others are remarks.
    pub deny: Severity,
    /// So many calls may fail on purpose in each schedule (FAIL-1), besides those of the scenario: which, and with
    /// which of [`Function::passing_failures`](mapi_offline_core::Function::passing_failures), is decided as who
    /// goes next is.
    pub faults: u32,
    /// The scenario's file, for replays: as the user gave it.
    pub file: String,
    /// Say what of the API's behaviour the clients met, and what never ([`Report::coverage`]). An exhaustive search
    /// then tells worlds apart that differ only in what registrations were told before, so that there are more.
    pub coverage: bool,
}

impl Default for Options {
    /// 10,000 random walks under the scenario's own policy, which errors fail.
    fn default() -> Self {
        Self {
            search: Search::Random {
                seed: 0,
                schedules: 10_000,
            },
            policies: Policies::Default,
            deny: Severity::Error,
            faults: 0,
            file: String::new(),
            coverage: false,
        }
    }
}

/// From so many transitions on, a search by schedules compares worlds to find those that repeat.
const CYCLES_FROM: u64 = 16;

/// A way to a final state of a client, and what it is of.
type Final = (usize, State, Variant, Vec<u32>);

/// Explores a scenario. `progress` is told now and then how far it is, and says whether to go on:
/// what was found so far is shrunk and reported then, and nothing is exhausted.
///
/// The result is the same in every run and for any number of threads, save `elapsed`.
#[must_use]
pub fn explore(
    scenario: &Scenario,
    options: &Options,
    progress: &mut dyn FnMut(&Progress<'_>) -> ControlFlow<()>,
) -> Report {
    let began = Instant::now();
    let tolerance = Tolerance {
        deny: options.deny,
        ..Tolerance::default()
    };
    let clients = ScriptedClients::new(scenario, options.file.clone(), tolerance);
    let list = options.policies.list(&scenario.policy);
    let mut found = Candidates::default();
    let mut report = Report::new();
    report.exhausted = true;
    let mut policies = SearchedPolicies::new(scenario, options.coverage);
    let mut goes_on = true;
    for (place, named) in list.iter().enumerate() {
        if !goes_on {
            report.exhausted = false;
            break;
        }
        report.policies.push(named.name.clone());
        if policies.has(&named.policy) {
            continue;
        }
        let variant = Variant::with_faults(named.policy, options.faults);
        let mut start = start(&clients, &variant, &options.search);
        let book = policies.book(&mut start);
        let is_same = |one: &Problem, other: &Problem| clients.is_same(one, other);
        let livelock = clients.livelock();
        let mut tell = |schedules, states, frontier| {
            let flow = progress(&Progress {
                policy: &named.name,
                policies: (place, list.len()),
                schedules: report.schedules + schedules,
                schedules_max: options.search.schedules(),
                states: report.states + states,
                frontier,
                elapsed: began.elapsed(),
            });
            goes_on = flow.is_continue();
            goes_on
        };
        let search = &options.search;
        let searched = search.run(start, &is_same, livelock, list.len(), &mut tell);
        policies.take_in(&named.policy, book);
        let before = match report.states {
            0 => report.schedules,
            states => states,
        };
        report.schedules += searched.schedules;
        report.states += searched.states;
        report.exhausted &= searched.exhausted;
        report.stopped = report.stopped.max(searched.stopped);
        // The memory of one policy may not be given back before the next.
        goes_on &= searched.stopped != Some(Stopped::Memory);
        found.take_in(searched, &variant, before, &is_same);
    }
    report.coverage = policies.covered();
    if !goes_on && report.stopped != Some(Stopped::Memory) {
        report.stopped = Some(Stopped::Interrupted);
    }
    let compared = goes_on.then_some((list.as_slice(), &options.search));
    tell(&clients, &mut report, found, compared);
    report.elapsed = began.elapsed();
    report
}

/// The world that a search begins with.
fn start<'v>(
    clients: &'v ScriptedClients<'_>,
    variant: &'v Variant,
    search: &Search,
) -> system::ScriptedPlay<'v> {
    match search {
        Search::Exhaustive { .. } => clients.forkable(variant),
        _ => clients.begin(variant, CYCLES_FROM),
    }
}

/// Makes what was found short, and puts it into the report. `compared`: the policies, and how they were searched;
/// nothing if the search was ended, and nobody is to look for more.
fn tell(
    clients: &ScriptedClients<'_>,
    report: &mut Report,
    found: Candidates,
    compared: Option<(&[NamedPolicy], &Search)>,
) {
    for (variant, way) in found.ways {
        if clients.fails(&way.problem) {
            let failure = story::failure(clients, &variant, way);
            report.failures.push(failure);
        } else {
            let remark = story::remark(clients, &variant, way, true);
            report.keep_remark(remark);
        }
    }
    report.sort_remarks();
    if compared.is_some() && report.failures.is_empty() {
        report.failures = unreached(clients);
    }
    if let Some((list, search)) = compared {
        let mut noisy = list.iter();
        let noise = noisy.find_map(|named| noise(clients, named, search));
        report.failures.extend(noise);
    }
    let failures = &mut report.failures;
    failures.sort_by(|one, other| one.finding.cmp(&other.finding));
    failures.dedup_by(|one, other| one.finding == other.finding);
    report.warnings = dependences(clients, &found.finals);
}

/// Clients that reach nothing under the scenario's own policy.
fn unreached(clients: &ScriptedClients<'_>) -> Vec<Failure> {
    let scenario = clients.scenario;
    let variant = Variant::whole(scenario.policy);
    let names = scenario.clients.iter().enumerate();
    let names = names.filter(|(place, _)| {
        let never = FindingId::NeverReached;
        clients.rules.forbid(never, Some(*place))
    });
    let names = names.map(|(_, client)| client.name.clone()).collect();
    let profiles: Vec<String> = scenario.profiles.iter().map(|it| it.name.clone()).collect();
    story::unreached(clients, &variant, (names, &profiles), &mut |strategy| {
        Some(traced(clients, &variant, &mut |possible| {
            strategy.choose(possible)
        }))
    })
}

/// What was found under all policies so far, before it is shrunk.
#[derive(Default)]
struct Candidates {
    ways: Vec<(Variant, Way)>,
    finals: Vec<Final>,
}

impl Candidates {
    /// Takes in what is new; `before`: how many schedules, or worlds, there were before it.
    fn take_in(
        &mut self,
        searched: Searched,
        variant: &Variant,
        before: u64,
        is_same: &IsSame<'_>,
    ) {
        for mut way in searched.problems {
            let mut known = self.ways.iter();
            if !known.any(|(_, known)| is_same(&known.problem, &way.problem)) {
                way.found_after += before;
                self.ways.push((variant.clone(), way));
            }
        }
        // Where a call has failed, it is no order that a client's state depends on.
        let finals = searched.finals.into_iter().filter(|_| variant.faults == 0);
        for (client, state, path) in finals {
            let mut known = self.finals.iter();
            if !known.any(|(other, known, ..)| *other == client && *known == state) {
                self.finals.push((client, state, variant.clone(), path));
            }
        }
    }
}

/// Compares plays with noise with plays without, under a policy that has some.
fn noise(clients: &ScriptedClients<'_>, named: &NamedPolicy, search: &Search) -> Option<Failure> {
    let seed = match search {
        Search::Random { seed, .. } | Search::Pct { seed, .. } => *seed,
        Search::Exhaustive { .. } | Search::Dfs { .. } => 0,
    };
    let with = |noise| {
        Variant::whole(Policy {
            noise,
            ..named.policy
        })
    };
    let fails = |problem: &Problem| clients.fails(problem);
    let mut play = |noise, choose: &mut Choose<'_>| {
        let (labelled, log) = traced(clients, &with(noise), choose);
        Some(Recorded { labelled, log })
    };
    let (reaction, _) = reacts_to_noise(named.policy.noise, seed, &fails, &mut play);
    let reaction = reaction?;
    let (problem, variant) = (reaction.problem(), with(reaction.noise));
    let finding = problem.name().into_owned();
    let turns = reaction.with.labelled.turns;
    let replay = Replay {
        against: Some(Against::of(
            &reaction.without.labelled.turns,
            knobs(&without_noise(&named.policy)),
        )),
        ..clients.replay(&variant, finding, Schedule::of(&turns))
    };
    let case = Case {
        variant,
        schedule: turns,
    };
    let played = Shrinker::new(clients).play(&case, &problem);
    let mut log = EventLog::default();
    let replayed = replay.play(clients.scenario, Some(&mut log)).ok();
    let mut again = replayed.iter().flat_map(|replayed| &replayed.problems);
    let again = again.find(|again| again.tells(&problem));
    let problem = again.cloned().unwrap_or(problem);
    Some(Failure {
        finding: problem.name().into_owned(),
        story: story::story(clients, &case.variant, &played, &problem, None),
        place: place::in_log(&problem, &log),
        problem,
        replay,
        schedule: Schedule::Places(played.places),
        timeline: mapi_offline::timeline(&log),
        trace: log.to_trace(),
        is_repeatable: true,
        found_after: reaction.orders,
        file_order: None,
    })
}

/// Plays as `choose` says, and gives what happened, too.
fn traced(
    clients: &ScriptedClients<'_>,
    variant: &Variant,
    choose: &mut Choose<'_>,
) -> (Labelled, EventLog) {
    let mut log = EventLog::default();
    let mut system = clients.with_observer(variant, Some(&mut log));
    let labelled = walk_by_label(&mut system, &mut |possible| Some(choose(possible)));
    drop(system);
    (labelled, log)
}

/// The clients that come to different final states.
fn dependences(clients: &ScriptedClients<'_>, finals: &[Final]) -> Vec<Dependence> {
    let replay = |(_, _, variant, path): &Final| {
        let finding = FindingId::OrderDependent.name().to_owned();
        let turns = story::turns(clients, variant, path);
        clients.replay(variant, finding, Schedule::of(&turns))
    };
    let specs = clients.scenario.clients.iter().enumerate();
    specs
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
