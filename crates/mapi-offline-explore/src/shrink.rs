//! Shrinking: from an execution in which something goes wrong to the least that still does.
//!
//! Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
//! TSE 2002) over the parts of an execution: policy settings, clients, steps, and the turns of its schedule.
//! It departs from the paper in that a candidate need not be playable as it stands: a schedule is
//! followed where it can be, and where it has nothing to say the first of what is possible
//! happens, which is file order. So a shorter schedule is one that leaves more to file order.
//!
//! Of real code there is no file order. What counts is how seldom another actor goes: fewer
//! switches are what makes a schedule simple (Jalbert and Sen, "A trace simplification technique
//! for effective debugging of concurrent programs", FSE 2010, who join runs in the same way).

use mapi_offline_core::FindingId;

use crate::problem::Problem;
use crate::schedule_run::{Labelled, place_of, walk_by_label};
use crate::strategy::{Actor, Choice};
use crate::system::{Change, Shrinking, Subject, Unguided};

/// An execution, as far as it can be made smaller.
#[derive(Clone, Debug)]
pub(crate) struct Case<V> {
    pub(crate) variant: V,
    /// What is wanted to happen, turn by turn.
    pub(crate) schedule: Vec<Choice>,
}

/// What a case's execution was like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempt {
    /// Everything that happened.
    pub(crate) schedule: Vec<Choice>,
    /// What was chosen, by its place, wherever several things were possible.
    pub(crate) places: Vec<u32>,
    /// The problem, and after how many turns it showed.
    pub(crate) problem: Option<(usize, Problem)>,
    /// All that went wrong or was found.
    others: Vec<Problem>,
    /// How many turns are not the first that was possible.
    departures: usize,
    is_spoilt: bool,
}

impl Attempt {
    /// How often another actor went on than had acted before.
    pub(crate) fn switches(&self) -> usize {
        let pairs = self.schedule.windows(2);
        pairs.filter(|pair| pair[0].actor != pair[1].actor).count()
    }
}

/// So many times what another one costs is what an execution costs that does not come back: it is
/// waited for.
const HANG_COSTS: usize = 25;

/// How large a failing execution is: its variant, switches, turns, and how many of its turns are
/// not as in file order.
type Size = ([usize; 3], usize, usize, usize);

/// Shrinks executions of one subject.
pub(crate) struct Shrinker<'s, S> {
    subject: &'s S,
    shrinking: Shrinking,
    /// What of the budget is left.
    left: usize,
    /// Whether the problem shows with everything in file order, with the subject's own settings.
    shows_in_file_order: Option<bool>,
    /// All that is found in the execution that is made short.
    of_the_whole: Vec<Problem>,
}

impl<'s, S: Subject> Shrinker<'s, S> {
    pub(crate) fn new(subject: &'s S) -> Self {
        Self {
            subject,
            shrinking: subject.shrinking(),
            left: 0,
            shows_in_file_order: None,
            of_the_whole: Vec::new(),
        }
    }

    /// One that looks for the decision that matters, in so many executions at most.
    pub(crate) fn with_budget(subject: &'s S, executions: usize) -> Self {
        let shrinker = Self::new(subject);
        let left = executions * shrinker.shrinking.execution_costs;
        Self { left, ..shrinker }
    }

    /// Plays a case, as far as its schedule can be followed. `problem`: which to look for.
    pub(crate) fn play(&mut self, case: &Case<S::Variant>, problem: &Problem) -> Attempt {
        let mut wanted = case.schedule.iter();
        let (mut departures, mut last) = (0, None);
        let goes_on = self.shrinking.unguided == Unguided::GoesOn;
        let labelled = self.walk(&case.variant, &mut |possible| {
            let place_of = |actor| possible.iter().position(|choice| choice.actor == actor);
            let chosen = wanted.find_map(|wanted| {
                let exact = possible.iter().position(|choice| choice == wanted);
                // Another call is not made to fail in its place.
                let is_other = goes_on && wanted.actor != Actor::LETS_FAIL;
                exact.or_else(|| place_of(wanted.actor).filter(|_| is_other))
            });
            let default = last.and_then(place_of).filter(|_| goes_on);
            let chosen = chosen.or(default).unwrap_or(0);
            departures += usize::from(chosen != 0);
            last = match possible[chosen].actor {
                Actor::LETS_FAIL => last,
                actor => Some(actor),
            };
            Some(chosen)
        });
        let problems = labelled.walked.problems;
        let others = problems.iter().map(|(_, other)| other.clone()).collect();
        let mut problems = problems.into_iter();
        Attempt {
            others,
            places: labelled.walked.places,
            is_spoilt: labelled.walked.is_spoilt,
            problem: problems.find(|(_, other)| self.subject.is_same(other, problem)),
            schedule: labelled.turns,
            departures,
        }
    }

    /// What is possible at each of these turns, as far as they can be played.
    pub(crate) fn possible(&mut self, variant: &S::Variant, turns: &[Choice]) -> Vec<Vec<Choice>> {
        let mut wanted = turns.iter();
        let mut possible_then = Vec::new();
        self.walk(variant, &mut |possible| {
            let place = place_of(&wanted.next()?.label, possible)?;
            possible_then.push(possible.to_vec());
            Some(place)
        });
        possible_then
    }

    /// The turns of a case, if the problem, which shows in `failing`, does not show in it. Nothing, too, where nothing
    /// is left of the budget.
    pub(crate) fn passing(
        &mut self,
        case: &Case<S::Variant>,
        failing: &Attempt,
        problem: &Problem,
    ) -> Option<Vec<Choice>> {
        if self.shrinking.bounds_decision && self.left == 0 {
            return None;
        }
        let played = self.play(case, problem);
        if played.is_spoilt {
            // Nothing can be played after it.
            self.left = 0;
        }
        let passes =
            played.problem.is_none() && self.subject.lets_pass(&played.others, &failing.others);
        passes.then_some(played.schedule)
    }

    fn walk(
        &mut self,
        variant: &S::Variant,
        choose: &mut dyn FnMut(&[Choice]) -> Option<usize>,
    ) -> Labelled {
        let Some(mut system) = self.subject.start(variant, 0) else {
            return Labelled::default();
        };
        let labelled = walk_by_label(&mut system, choose);
        let turns = labelled.walked.path.len() * self.shrinking.turn_costs;
        let mut problems = labelled.walked.problems.iter();
        let hangs = problems.any(|(_, problem)| problem.is_finding(FindingId::Stuck));
        let waiting = if hangs { HANG_COSTS } else { 1 };
        let costs = turns + self.shrinking.execution_costs * waiting;
        self.left = self.left.saturating_sub(costs);
        labelled
    }

    /// The size of a case whose execution shows the problem, and that execution.
    fn failing(&mut self, case: &Case<S::Variant>, problem: &Problem) -> Option<(Size, Attempt)> {
        let played = self.play(case, problem);
        played.problem.as_ref().filter(|_| !played.is_spoilt)?;
        let (turns, departures) = match self.shrinking.unguided {
            Unguided::FileOrder => (played.schedule.len(), played.departures),
            Unguided::GoesOn => (0, 0),
        };
        let variant = self.subject.size(&case.variant);
        let size = (variant, played.switches(), turns, departures);
        Some((size, played))
    }

    /// The least that still shows the problem. Nothing if the case does not show it.
    pub(crate) fn shrink(
        &mut self,
        case: Case<S::Variant>,
        problem: &Problem,
    ) -> Option<(Case<S::Variant>, Attempt)> {
        self.left = self.shrinking.budget;
        self.shows_in_file_order = None;
        let mut best = Best {
            found: self.failing(&case, problem)?,
            case,
        };
        self.of_the_whole.clone_from(&best.found.1.others);
        loop {
            let before = best.found.0;
            for reset in self.subject.resets(&best.case.variant) {
                if let Some(case) = best.changed(&reset) {
                    self.consider(&mut best, case, problem);
                }
            }
            for omission in self.subject.omissions() {
                if let Some(case) = best.changed(&omission) {
                    self.leave_out(&mut best, case, problem);
                }
            }
            self.simplify_schedule(&mut best, problem);
            if best.found.0 == before || self.left == 0 {
                break;
            }
        }
        let (_, played) = best.found;
        best.case.schedule.clone_from(&played.schedule);
        Some((best.case, played))
    }

    /// Takes a candidate if it fails and is smaller.
    fn consider(
        &mut self,
        best: &mut Best<S::Variant>,
        case: Case<S::Variant>,
        problem: &Problem,
    ) -> bool {
        if self.left == 0 {
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
    fn leave_out(
        &mut self,
        best: &mut Best<S::Variant>,
        case: Case<S::Variant>,
        problem: &Problem,
    ) {
        // All steps: nothing is left out yet when the first is.
        let all = self.shows_in_file_order;
        let all = all.unwrap_or_else(|| self.shows_in_file_order(&best.case.variant, problem));
        self.shows_in_file_order = Some(all);
        let stays_the_same = if all {
            !matches!(problem, Problem::Always { .. })
        } else {
            !self.shows_in_file_order(&case.variant, problem)
        };
        // What the whole does not show is what leaving out has made.
        let stays_the_same = stays_the_same && self.finds_nothing_else(&case, problem);
        if stays_the_same {
            self.consider(best, case, problem);
        }
    }

    /// Returns true when what is found in a case is found in the whole, too.
    fn finds_nothing_else(&mut self, case: &Case<S::Variant>, problem: &Problem) -> bool {
        let others = self.play(case, problem).others;
        let known = |other: &Problem| self.of_the_whole.iter().any(|known| known.is_like(other));
        others.iter().all(known)
    }

    /// Returns true when the problem shows in file order, with the subject's own settings.
    fn shows_in_file_order(&mut self, variant: &S::Variant, problem: &Problem) -> bool {
        let plain = Case {
            variant: self.subject.with_own_settings(variant),
            schedule: Vec::new(),
        };
        self.play(&plain, problem).problem.is_some()
    }

    /// The turns of the whole case in file order, with the subject's own settings, if the problem shows
    /// there.
    pub(crate) fn file_order(
        &mut self,
        variant: &S::Variant,
        problem: &Problem,
    ) -> Option<Vec<Choice>> {
        if self.shrinking.unguided != Unguided::FileOrder {
            return None;
        }
        let plain = Case {
            variant: self.subject.with_own_settings(variant),
            schedule: Vec::new(),
        };
        let played = self.play(&plain, problem);
        played.problem.map(|_| played.schedule)
    }

    fn simplify_schedule(&mut self, best: &mut Best<S::Variant>, problem: &Problem) {
        if self.shrinking.unguided == Unguided::FileOrder {
            self.leave_to_file_order(best, problem);
        }
        self.join_runs(best, problem);
    }

    /// Leaves as much to file order as can be.
    fn leave_to_file_order(&mut self, best: &mut Best<S::Variant>, problem: &Problem) {
        // At the end.
        let schedule = best.found.1.schedule.clone();
        for length in 0..schedule.len() {
            let case = best.with(schedule[..length].to_vec());
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
    }

    /// Turns of one actor that stand apart are brought together, and runs change places, or are
    /// left out where their actor goes on later.
    fn join_runs(&mut self, best: &mut Best<S::Variant>, problem: &Problem) {
        let mut at = 0;
        while at < best.found.1.schedule.len() {
            let run = Stretch::new(&best.found.1.schedule, at);
            let end = run.end;
            let schedules = match self.shrinking.unguided {
                Unguided::FileOrder => [run.brought_forward(), run.put_off(), run.exchanged()],
                Unguided::GoesOn => [run.left_out(), run.put_off(), run.brought_forward()],
            };
            let is_joined = schedules.into_iter().flatten().any(|schedule| {
                let case = best.with(schedule);
                self.consider(best, case, problem)
            });
            at = if is_joined { 0 } else { end };
        }
    }
}

/// What one actor does until another goes.
struct Stretch<'t> {
    turns: &'t [Choice],
    at: usize,
    end: usize,
}

impl<'t> Stretch<'t> {
    fn new(turns: &'t [Choice], at: usize) -> Self {
        let own = turns[at..].iter();
        let own = own.take_while(|turn| turn.actor == turns[at].actor);
        let end = at + own.count();
        Self { turns, at, end }
    }

    fn parts(&self) -> (&'t [Choice], &'t [Choice], &'t [Choice]) {
        let (turns, at, end) = (self.turns, self.at, self.end);
        (&turns[..at], &turns[at..end], &turns[end..])
    }

    fn is_own(&self, turn: &Choice) -> bool {
        turn.actor == self.turns[self.at].actor
    }

    /// What it did happens when its actor goes next.
    fn left_out(&self) -> Option<Vec<Choice>> {
        let (head, _, tail) = self.parts();
        Some([head, tail].concat())
    }

    /// It happens with the last run of its actor before it.
    fn brought_forward(&self) -> Option<Vec<Choice>> {
        let (head, run, tail) = self.parts();
        let before = head.iter().rposition(|turn| self.is_own(turn))?;
        let (head, between) = head.split_at(before + 1);
        Some([head, run, between, tail].concat())
    }

    /// It happens with the next run of its actor.
    fn put_off(&self) -> Option<Vec<Choice>> {
        let (head, run, tail) = self.parts();
        let after = tail.iter().position(|turn| self.is_own(turn))?;
        let (between, tail) = tail.split_at(after);
        Some([head, between, run, tail].concat())
    }

    /// It happens after the run that comes after it.
    fn exchanged(&self) -> Option<Vec<Choice>> {
        let (head, run, tail) = self.parts();
        tail.first()?;
        let next = Stretch::new(self.turns, self.end).end - self.end;
        let (next, tail) = tail.split_at(next);
        Some([head, next, run, tail].concat())
    }
}

/// The least so far: it shows the problem.
struct Best<V> {
    case: Case<V>,
    found: (Size, Attempt),
}

impl<V: Clone> Best<V> {
    /// The same with another schedule.
    fn with(&self, schedule: Vec<Choice>) -> Case<V> {
        Case {
            variant: self.case.variant.clone(),
            schedule,
        }
    }

    /// The same with a change, if that changes anything.
    fn changed(&self, change: &Change<'_, V>) -> Option<Case<V>> {
        Some(Case {
            variant: change(&self.case.variant)?,
            schedule: self.case.schedule.clone(),
        })
    }
}
