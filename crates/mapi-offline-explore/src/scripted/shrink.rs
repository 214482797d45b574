//! Shrinking: from a play in which something goes wrong to the least that still does.
//!
//! Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
//! TSE 2002) over a play's parts: policy settings, clients, steps, and the turns of its schedule.
//! It departs from the paper in that a candidate need not be playable as it stands: a schedule is
//! followed where it can be, and where it has nothing to say the first of what is possible
//! happens, which is file order. So a shorter schedule is one that leaves more to file order.

use mapi_offline_core::Policy;
use mapi_offline_scenario::{Actor, Play, Scenario, Setting};

use super::oracle::Oracle;
use super::policies;
use super::problem::{Problem, Rules};
use super::replay::actor_of;
use super::walk::Walker;

/// So many turns are played at most for one shrinking.
const TURNS_MAX: usize = 400_000;

/// A play, as far as it can be made smaller.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) policy: Policy,
    pub(super) kept: Vec<bool>,
    /// What is wanted to happen, turn by turn.
    pub(super) schedule: Vec<String>,
}

/// What a case's play was like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ran {
    /// Everything that happened.
    pub(super) schedule: Vec<String>,
    pub(super) actors: Vec<Actor>,
    /// The problem, and after how many turns it showed.
    pub(super) problem: Option<(usize, Problem)>,
}

impl Ran {
    /// How often another actor went on than had acted before.
    pub(super) fn switches(&self) -> usize {
        self.actors
            .windows(2)
            .filter(|pair| pair[0] != pair[1])
            .count()
    }
}

/// How large a failing play is: clients, policy settings, steps, switches, turns, and how many of
/// its turns are not as in file order.
type Size = (usize, usize, usize, usize, usize, usize);

/// Shrinks plays of one scenario.
pub(super) struct Shrinker<'s> {
    scenario: &'s Scenario,
    walker: Walker<'s>,
    turns_left: usize,
    /// Does the problem show with all steps in file order, under the scenario's own policy?
    is_plain: bool,
}

impl<'s> Shrinker<'s> {
    pub(super) fn new(scenario: &'s Scenario, rules: &'s Rules) -> Self {
        Self {
            scenario,
            walker: Walker::new(rules, 0),
            turns_left: TURNS_MAX,
            is_plain: false,
        }
    }

    /// Plays a case, as far as its schedule can be followed. `problem`: which to look for.
    pub(super) fn run(&mut self, case: &Case, problem: &Problem) -> Ran {
        let wanted = case.schedule.iter();
        self.play(case, problem, wanted, &mut 0)
    }

    /// Plays, and counts into `departures` the turns that are not the first that was possible.
    fn play<'w>(
        &mut self,
        case: &Case,
        problem: &Problem,
        mut wanted: impl Iterator<Item = &'w String>,
        departures: &mut usize,
    ) -> Ran {
        let setting = Setting {
            scenario: self.scenario,
            policy: case.policy,
            kept: Some(&case.kept),
        };
        let oracle = Oracle::new(self.scenario, &case.policy);
        let mut play = Play::new(setting, oracle);
        let (mut schedule, mut actors) = (Vec::new(), Vec::new());
        let walked = self.walker.walk(&mut play, &mut |play, turns| {
            let mut labels = play.labels(turns);
            let chosen = wanted.find_map(|wanted| labels.iter().position(|label| label == wanted));
            let chosen = chosen.unwrap_or(0);
            *departures += usize::from(chosen != 0);
            actors.push(turns[chosen].actor);
            schedule.push(labels.swap_remove(chosen));
            Some(chosen)
        });
        let turns = walked.path.len();
        // A walk that comes back to a world stops before the turn that it has chosen.
        schedule.truncate(turns);
        actors.truncate(turns);
        self.turns_left = self.turns_left.saturating_sub(turns + 10);
        let mut problems = walked.problems.into_iter();
        Ran {
            schedule,
            actors,
            problem: problems.find(|(_, other)| other.is(problem)),
        }
    }

    /// What is possible after these turns, each of which is possible.
    pub(super) fn possible(&mut self, case: &Case, turns: &[String]) -> Vec<String> {
        let setting = Setting {
            scenario: self.scenario,
            policy: case.policy,
            kept: Some(&case.kept),
        };
        let mut play = Play::new(setting, Oracle::new(self.scenario, &case.policy));
        let mut wanted = turns.iter();
        let mut possible = Vec::new();
        self.walker.walk(&mut play, &mut |play, turns| {
            let labels = play.labels(turns);
            let Some(wanted) = wanted.next() else {
                possible = labels;
                return None;
            };
            labels.iter().position(|label| label == wanted)
        });
        possible
    }

    /// The size of a case whose play shows the problem, and its play.
    fn failing(&mut self, case: &Case, problem: &Problem) -> Option<(Size, Ran)> {
        let mut departures = 0;
        let ran = self.play(case, problem, case.schedule.iter(), &mut departures);
        let (_, _) = ran.problem.as_ref()?;
        let steps = case.kept.iter().filter(|kept| **kept).count();
        let mut clients: Vec<Actor> = (0..case.kept.len())
            .filter(|&step| case.kept[step])
            .map(|step| actor_of(self.scenario, step))
            .collect();
        clients.sort_unstable();
        clients.dedup();
        let size = (
            clients.len(),
            changes(&self.scenario.policy, &case.policy).len(),
            steps,
            ran.switches(),
            ran.schedule.len(),
            departures,
        );
        Some((size, ran))
    }

    /// The least that still shows the problem. Nothing if the case does not show it.
    pub(super) fn shrink(&mut self, case: Case, problem: &Problem) -> Option<(Case, Ran)> {
        self.turns_left = TURNS_MAX;
        self.is_plain = self.shows_in_file_order(vec![true; case.kept.len()], problem);
        let mut best = Best {
            found: self.failing(&case, problem)?,
            case,
        };
        loop {
            let before = best.found.0;
            self.undo_policy(&mut best, problem);
            self.drop_steps(&mut best, problem);
            self.simplify_schedule(&mut best, problem);
            if best.found.0 == before || self.turns_left == 0 {
                break;
            }
        }
        let (_, ran) = best.found;
        best.case.schedule.clone_from(&ran.schedule);
        Some((best.case, ran))
    }

    /// Takes a candidate if it fails and is smaller.
    fn consider(&mut self, best: &mut Best, case: Case, problem: &Problem) -> bool {
        if self.turns_left == 0 {
            return false;
        }
        match self.failing(&case, problem) {
            Some(found) if found.0 < best.found.0 => {
                *best = Best { case, found };
                true
            }
            _ => false,
        }
    }

    /// Leaves steps out, if the problem is then still the same. What `[[always]]` promises need
    /// not hold of a scenario with fewer steps, whatever their order: so where all steps are well
    /// in file order, those that are left must be, too; and where they are not, all of them stay.
    fn leave_out(&mut self, best: &mut Best, case: Case, problem: &Problem) {
        let stays_the_same = if self.is_plain {
            !matches!(problem, Problem::Always { .. })
        } else {
            !self.shows_in_file_order(case.kept.clone(), problem)
        };
        if stays_the_same {
            self.consider(best, case, problem);
        }
    }

    /// Does the problem show with these steps in file order, under the scenario's own policy?
    fn shows_in_file_order(&mut self, kept: Vec<bool>, problem: &Problem) -> bool {
        let plain = Case {
            policy: self.scenario.policy,
            kept,
            schedule: Vec::new(),
        };
        self.run(&plain, problem).problem.is_some()
    }

    fn undo_policy(&mut self, best: &mut Best, problem: &Problem) {
        let own = self.scenario.policy;
        for (knob, value) in changes(&own, &best.case.policy) {
            let mut case = best.case.clone();
            if case.policy.set(knob, &value).is_ok() {
                self.consider(best, case, problem);
            }
        }
    }

    /// Whole actors, then halves of the steps, quarters and so on.
    fn drop_steps(&mut self, best: &mut Best, problem: &Problem) {
        let count = best.case.kept.len();
        let mut actors: Vec<Actor> = (0..count).map(|s| actor_of(self.scenario, s)).collect();
        actors.sort_unstable();
        actors.dedup();
        for actor in actors {
            let mut case = best.case.clone();
            for step in 0..count {
                case.kept[step] &= actor_of(self.scenario, step) != actor;
            }
            self.leave_out(best, case, problem);
        }
        let mut size = count.div_ceil(2).max(1);
        loop {
            for from in (0..count).step_by(size) {
                let mut case = best.case.clone();
                let part = &mut case.kept[from..(from + size).min(count)];
                if part.contains(&true) {
                    part.fill(false);
                    self.leave_out(best, case, problem);
                }
            }
            if size == 1 {
                break;
            }
            size = size.div_ceil(2);
        }
    }

    fn simplify_schedule(&mut self, best: &mut Best, problem: &Problem) {
        // As much file order at the end as can be.
        let schedule = best.found.1.schedule.clone();
        for length in 0..schedule.len() {
            let case = Case {
                schedule: schedule[..length].to_vec(),
                ..best.case.clone()
            };
            if self.consider(best, case, problem) {
                break;
            }
        }
        // Turn by turn: later, or where file order has it.
        let mut at = 0;
        while at < best.case.schedule.len() {
            let mut case = best.case.clone();
            case.schedule.remove(at);
            if !self.consider(best, case, problem) {
                at += 1;
            }
        }
        self.join_runs(best, problem);
    }

    /// Turns of one actor that stand apart are brought together, and runs change places.
    fn join_runs(&mut self, best: &mut Best, problem: &Problem) {
        let mut at = 0;
        loop {
            let (schedule, actors) = (&best.found.1.schedule, &best.found.1.actors);
            if at >= schedule.len() {
                break;
            }
            let own = |actor: &Actor| *actor == actors[at];
            let end = at + actors[at..].iter().take_while(|actor| own(actor)).count();
            let (head, run, tail) = (&schedule[..at], &schedule[at..end], &schedule[end..]);
            let before = actors[..at].iter().rposition(own);
            let after = actors[end..].iter().position(own);
            let next = actors[end..].iter();
            let next = next
                .take_while(|actor| Some(*actor) == actors.get(end))
                .count();
            let moved = [
                before.map(|before| {
                    let (head, between) = head.split_at(before + 1);
                    [head, run, between, tail].concat()
                }),
                after.map(|after| {
                    let (between, tail) = tail.split_at(after);
                    [head, between, run, tail].concat()
                }),
                (next > 0).then(|| {
                    let (next, tail) = tail.split_at(next);
                    [head, next, run, tail].concat()
                }),
            ];
            let cases = moved.into_iter().flatten().map(|schedule| Case {
                schedule,
                ..best.case.clone()
            });
            let cases: Vec<Case> = cases.collect();
            let joined = cases
                .into_iter()
                .any(|case| self.consider(best, case, problem));
            at = if joined { 0 } else { end };
        }
    }
}

/// The least so far: it shows the problem.
struct Best {
    case: Case,
    found: (Size, Ran),
}

/// The knobs in which `varied` differs from `own`, and what `own` says.
pub(super) fn changes(own: &Policy, varied: &Policy) -> Vec<(&'static str, String)> {
    let value = |policy: &Policy, knob: &str| {
        let settings = policies::settings(policy).into_iter();
        settings
            .filter(|(other, _)| *other == knob)
            .map(|(_, value)| value)
            .next()
    };
    let knobs = mapi_offline_core::KNOBS.iter();
    let differing = knobs.filter(|knob| value(own, knob.name) != value(varied, knob.name));
    differing
        .map(|knob| {
            let default = if knob.name == "noise" {
                ""
            } else {
                knob.values[0]
            };
            (
                knob.name,
                value(own, knob.name).unwrap_or_else(|| default.to_owned()),
            )
        })
        .collect()
}
