//! Scripted clients as what is explored: a play of a scenario as a system, and the scenario, with
//! its steps or some of them, under any policy, as where such plays come from.

use mapi_offline::{EventLog, Observer};
use mapi_offline_core::{ClientId, Finding, FindingId, Policy, State};
use mapi_offline_scenario::{
    Actor, Found, ObserverAndWatcher, Outcome, Play, PlayTurn, Quiet, Scenario, Setting, Unmet,
    Watched,
};

use super::ends::with_their_ends;
use super::fingerprint::fingerprint;
use super::kept_steps::{actor_name, actor_of, ordinals};
use super::oracle::Oracle;
use super::rules::Rules;
use crate::digest::Digest;
use crate::livelock::Trail;
use crate::policies;
use crate::problem::Problem;
use crate::replay::{Replay, Replayable};
use crate::schedule::Schedule;
use crate::schedule_run::follow;
use crate::system::{Change, Fork, Retold, Shrinking, Subject, System, Unguided};
use crate::tolerance::{Judgement, Tolerance};

/// A play of so many turns is given up: nobody reads a schedule of that length.
const TURNS_MAX: u64 = 10_000;

/// So many turns are played at most to make one failure short.
const TURNS_TO_SHRINK: usize = 400_000;

/// A scenario that is explored.
#[derive(Debug)]
pub(crate) struct ScriptedClients<'s> {
    pub(crate) scenario: &'s Scenario,
    pub(crate) rules: Rules,
    /// Its file, for replays: as the user gave it.
    pub(crate) file: String,
}

/// Which steps of it take place, and under which policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) policy: Policy,
    /// By their place in the scenario; `None`: all.
    pub(crate) kept: Option<Vec<bool>>,
    /// How many calls may fail on purpose.
    pub(crate) faults: u32,
}

impl Variant {
    /// The whole scenario under a policy.
    pub(crate) const fn whole(policy: Policy) -> Self {
        Self::with_faults(policy, 0)
    }

    /// The whole scenario under a policy, in which so many calls may fail on purpose.
    pub(crate) const fn with_faults(policy: Policy, faults: u32) -> Self {
        Self {
            policy,
            kept: None,
            faults,
        }
    }

    fn keeps(&self, step: usize) -> bool {
        self.kept.as_ref().is_none_or(|kept| kept[step])
    }
}

/// A play, judged by the scenario's own rules and by the oracle.
#[derive(Clone)]
pub(crate) struct ScriptedPlay<'s, V = Quiet<Oracle>> {
    pub(crate) play: Play<'s, V>,
    scenario: &'s Scenario,
    rules: &'s Rules,
    /// The `[[always]]` blocks that do not hold, when it is over.
    unmet: Vec<Unmet>,
    /// The worlds that it came through, if anybody looks for those that repeat.
    trail: Option<Box<Looking>>,
}

/// Looks for worlds that repeat.
#[derive(Clone, Debug, Default)]
struct Looking {
    /// After more transitions than these.
    from: u64,
    trail: Trail,
    digest: Digest,
    turns: u64,
    /// Whether the play has come to a world that the trail knows of.
    looks: bool,
}

impl<'s, V: Watched<Watch = Oracle>> ScriptedPlay<'s, V> {
    /// `transitions`: after more than so many, worlds are compared to find those that repeat; to
    /// look from the first on costs time.
    pub(crate) fn new(
        play: Play<'s, V>,
        scenario: &'s Scenario,
        rules: &'s Rules,
        transitions: u64,
    ) -> Self {
        let looking = Looking {
            from: transitions,
            ..Looking::default()
        };
        Self {
            play,
            scenario,
            rules,
            unmet: Vec::new(),
            trail: Some(Box::new(looking)),
        }
    }
}

impl ScriptedPlay<'_, ObserverAndWatcher<'_, Oracle>> {
    /// What came of it, as far as it was played.
    pub(crate) fn finish(self) -> Outcome {
        self.play.finish()
    }
}

impl<V: Watched<Watch = Oracle>> System for ScriptedPlay<'_, V> {
    type Turn = PlayTurn;

    fn turns(&mut self, turns: &mut Vec<PlayTurn>) {
        self.play.choices(turns);
    }

    fn actor(&self, turn: PlayTurn) -> Actor {
        turn.actor
    }

    fn is_noise(&self, turn: PlayTurn) -> bool {
        self.play.is_noise(&turn)
    }

    fn labels(&self, turns: &[PlayTurn]) -> Vec<String> {
        self.play.labels(turns)
    }

    fn gives_up(&mut self, turns: &[PlayTurn]) -> bool {
        let Some(looking) = &mut self.trail else {
            return false;
        };
        let transitions = self.play.transitions();
        looking.looks = self.play.has_no_step() && transitions > looking.from;
        if looking.looks {
            let world = looking.digest.of(|words| self.play.canonical(words));
            let possible = turns.iter().map(|turn| turn.actor);
            if looking.trail.comes_to(world, transitions, possible) {
                let detail = "the worlds repeat, and nobody has a step waiting";
                self.play.found(Finding::livelock(detail.to_owned()));
                return true;
            }
        }
        looking.turns += 1;
        looking.turns > TURNS_MAX
    }

    fn play(&mut self, turn: PlayTurn) {
        if let Some(looking) = self.trail.as_mut().filter(|looking| looking.looks) {
            looking.trail.acts(turn.actor);
        }
        self.play.play(turn);
    }

    fn end(&mut self, is_over: bool) {
        if is_over {
            self.play.watch_mut().close();
            if self.rules.has_blocks {
                self.unmet = self.play.broken_always();
            }
        }
    }

    fn take_problems(&mut self, take: &mut dyn FnMut(Problem)) {
        let (scenario, rules) = (self.scenario, self.rules);
        self.play.take_findings(|id, client| {
            let judgement = rules.judge(id, client.map(|client| client.0 as usize));
            if judgement != Judgement::Allowed {
                take(unworded(scenario, id, client));
            }
        });
        for broken in self.play.watch_mut().broken.drain(..) {
            take(Problem::Invariant {
                rule: broken.rule,
                detail: broken.detail,
            });
        }
        for unmet in self.unmet.drain(..) {
            take(Problem::Always {
                line: unmet.line,
                what: unmet.what,
                expected: unmet.expected,
                got: unmet.got,
            });
        }
    }

    fn learned(&self) -> &[Option<State>] {
        match self.play.has_quit() {
            true => self.play.final_states(),
            false => &[],
        }
    }
}

impl Fork for ScriptedPlay<'_> {
    fn digest(&self, memory: &mut Digest) -> u128 {
        memory.of(|words| {
            self.play.canonical(words);
            // Where somebody asks what was met, worlds that differ in that are not one.
            if let Some(coverage) = &self.play.watch().coverage {
                coverage.history(words);
            }
        })
    }

    fn is_over(&self) -> bool {
        self.play.is_over()
    }

    fn has_no_step(&self) -> bool {
        self.play.has_no_step()
    }

    fn transitions(&self) -> u64 {
        self.play.transitions()
    }
}

/// A finding of a play without words.
fn unworded(scenario: &Scenario, id: FindingId, client: Option<ClientId>) -> Problem {
    Problem::Finding {
        id,
        client: client.map(|client| scenario.clients[client.0 as usize].name.clone()),
        rule: String::new(),
        detail: String::new(),
    }
}

impl<'s> ScriptedClients<'s> {
    pub(crate) fn new(scenario: &'s Scenario, file: String, tolerance: Tolerance) -> Self {
        let rules = Rules::new(scenario, tolerance);
        Self {
            scenario,
            rules,
            file,
        }
    }

    pub(crate) fn setting<'v>(&'v self, variant: &'v Variant) -> Setting<'v> {
        Setting {
            scenario: self.scenario,
            policy: variant.policy,
            kept: variant.kept.as_deref(),
            faults: variant.faults,
        }
    }

    /// A play of it that an exhaustive search can fork: nobody looks for worlds that repeat.
    pub(crate) fn forkable<'v>(&'v self, variant: &'v Variant) -> ScriptedPlay<'v> {
        ScriptedPlay {
            trail: None,
            ..self.begin(variant, u64::MAX)
        }
    }

    pub(crate) fn begin<'v>(&'v self, variant: &'v Variant, transitions: u64) -> ScriptedPlay<'v> {
        let oracle = Oracle::new(self.scenario, &variant.policy);
        let play = Play::new(self.setting(variant), oracle);
        ScriptedPlay::new(play, self.scenario, &self.rules, transitions)
    }

    /// A play that tells `observer`.
    pub(crate) fn with_observer<'v, 'o>(
        &'v self,
        variant: &'v Variant,
        observer: Option<&'o mut dyn Observer>,
    ) -> ScriptedPlay<'v, ObserverAndWatcher<'o, Oracle>> {
        let oracle = Oracle::new(self.scenario, &variant.policy);
        let play = Play::with_observer(self.setting(variant), oracle, observer);
        ScriptedPlay::new(play, self.scenario, &self.rules, 0)
    }

    /// What a livelock is, if it is a problem.
    pub(crate) fn livelock(&self) -> Option<Problem> {
        let id = FindingId::Livelock;
        let is_problem = self.rules.forbid(id, None);
        is_problem.then(|| unworded(self.scenario, id, None))
    }

    /// Returns true when it fails the exploration.
    pub(crate) fn fails(&self, problem: &Problem) -> bool {
        let Problem::Finding { id, client, .. } = problem else {
            return true;
        };
        let mut specs = self.scenario.clients.iter();
        let client = client.as_ref();
        let place = client.and_then(|client| specs.position(|spec| spec.name == *client));
        self.rules.forbid(*id, place)
    }

    /// The actors of these steps, each once.
    fn actors(&self, is_in: impl Fn(usize) -> bool) -> Vec<Actor> {
        let steps = (0..self.scenario.steps.len()).filter(|&step| is_in(step));
        let mut actors: Vec<Actor> = steps.map(|step| actor_of(self.scenario, step)).collect();
        actors.sort_unstable();
        actors.dedup();
        actors
    }

    /// A change that leaves out the steps of which `drops` says so.
    fn omission(&self, always: bool, drops: impl Fn(usize) -> bool + 's) -> Change<'s, Variant> {
        let (scenario, count) = (self.scenario, self.scenario.steps.len());
        Box::new(move |variant| {
            let kept: Vec<bool> = (0..count).map(|step| variant.keeps(step)).collect();
            let left = (0..count).map(|step| kept[step] && !drops(step)).collect();
            let left = with_their_ends(scenario, &kept, left);
            (always || left != kept).then_some(Variant {
                kept: Some(left),
                ..variant.clone()
            })
        })
    }
}

impl<'s> Subject for ScriptedClients<'s> {
    type Variant = Variant;
    type System<'v>
        = ScriptedPlay<'v>
    where
        Self: 'v;

    fn start<'v>(&'v self, variant: &'v Variant, transitions: u64) -> Option<ScriptedPlay<'v>> {
        Some(self.begin(variant, transitions))
    }

    fn tell(&self, variant: &Variant, schedule: &Schedule) -> Option<Retold> {
        let mut log = EventLog::default();
        let mut system = self.with_observer(variant, Some(&mut log));
        let (labelled, mismatch) = follow(&mut system, schedule, &mut |_| {});
        let outcome = system.finish();
        let mut problems: Vec<Problem> = labelled
            .walked
            .problems
            .into_iter()
            .map(|(_, p)| p)
            .collect();
        put_into_words(&mut problems, &outcome.findings);
        Some(Retold {
            problems,
            log,
            mismatch,
        })
    }

    fn replay(&self, variant: &Variant, finding: String, schedule: Schedule) -> Replay {
        let kept = variant.kept.as_ref();
        let kept = kept.filter(|kept| kept.contains(&false));
        Replay {
            of: Replayable::Scenario {
                file: self.file.clone(),
                fingerprint: fingerprint(self.scenario),
                steps: kept.map(|kept| ordinals(self.scenario, kept)),
            },
            finding,
            schedule,
            policy: policies::knobs(&variant.policy),
            against: None,
        }
    }

    fn is_same(&self, one: &Problem, other: &Problem) -> bool {
        let line = |problem: &Problem| match problem {
            Problem::Always { line, .. } => Some(*line),
            _ => None,
        };
        let is_of_one = one.client() == other.client() || self.fails(one) || self.fails(other);
        one.name() == other.name() && line(one) == line(other) && is_of_one
    }

    fn headline(&self, problem: &Problem) -> String {
        match problem {
            Problem::Finding {
                id, client, detail, ..
            } => {
                let subject = client.as_ref().map(|name| format!(" ({name})"));
                format!("{id}{}: {detail}", subject.unwrap_or_default())
            }
            problem => problem.to_string(),
        }
    }

    fn actor_name(&self, actor: Actor) -> String {
        actor_name(self.scenario, actor).to_owned()
    }

    fn settings(&self, variant: &Variant) -> Vec<(String, String)> {
        let own = policies::changes(&variant.policy, &self.scenario.policy);
        own.into_iter()
            .map(|(knob, value)| (knob.to_owned(), value))
            .collect()
    }

    fn size(&self, variant: &Variant) -> [usize; 3] {
        let steps = (0..self.scenario.steps.len()).filter(|&step| variant.keeps(step));
        let clients = self.actors(|step| variant.keeps(step));
        let changes = policies::changes(&self.scenario.policy, &variant.policy);
        [clients.len(), changes.len(), steps.count()]
    }

    fn shrinking(&self) -> Shrinking {
        Shrinking {
            budget: TURNS_TO_SHRINK,
            turn_costs: 1,
            execution_costs: 10,
            shrinks_endless: true,
            finds_decision: true,
            bounds_decision: false,
            unguided: Unguided::FileOrder,
        }
    }

    /// Each knob of the policy back to what the scenario says.
    fn resets<'v>(&'v self, variant: &Variant) -> Vec<Change<'v, Variant>> {
        let changes = policies::changes(&self.scenario.policy, &variant.policy);
        let resets = changes.into_iter().map(|(knob, value)| {
            let reset: Change<'_, Variant> = Box::new(move |variant| {
                let mut variant = variant.clone();
                variant.policy.set(knob, &value).ok()?;
                Some(variant)
            });
            reset
        });
        resets.collect()
    }

    /// Whole actors, then halves of the steps, quarters and so on.
    fn omissions(&self) -> Vec<Change<'_, Variant>> {
        let count = self.scenario.steps.len();
        let mut omissions = Vec::new();
        for actor in self.actors(|_| true) {
            let own: Vec<bool> = (0..count)
                .map(|step| actor_of(self.scenario, step) == actor)
                .collect();
            omissions.push(self.omission(true, move |step| own[step]));
        }
        let mut size = count.div_ceil(2).max(1);
        loop {
            for from in (0..count).step_by(size) {
                omissions
                    .push(self.omission(false, move |step| (from..from + size).contains(&step)));
            }
            if size == 1 {
                break;
            }
            size = size.div_ceil(2);
        }
        omissions
    }

    fn with_own_settings(&self, variant: &Variant) -> Variant {
        Variant {
            policy: self.scenario.policy,
            ..variant.clone()
        }
    }
}

/// Puts findings of a play into words, which it found.
pub(crate) fn put_into_words(problems: &mut [Problem], found: &[Found]) {
    for problem in problems {
        if let Problem::Finding {
            id,
            client,
            rule,
            detail,
        } = problem
            && let Some(found) = found.iter().find(|it| it.id == *id && it.client == *client)
        {
            found.rule.clone_into(rule);
            detail.clone_from(&found.detail);
        }
    }
}
