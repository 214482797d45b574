//! A failure for people: what happens, the one decision that matters, the rule it rests on.

use mapi_offline_core::FindingId;

use crate::place;
use crate::problem::Problem;
use crate::reach;
use crate::report::{Decision, Failure, Remark, Story};
use crate::sample::Way;
use crate::schedule::Schedule;
use crate::schedule_run::{Labelled, follow, walk_by_label};
use crate::shrink::{Attempt, Case, Shrinker};
use crate::strategy::{Choice, Random, Strategy};
use crate::system::Subject;
use crate::timeline::timeline_of;
use mapi_offline::{EventLog, FoundPlace, timeline};

/// Makes what was found short, and tells it.
pub(crate) fn failure<S: Subject>(subject: &S, variant: &S::Variant, way: Way) -> Failure {
    let shrinking = subject.shrinking();
    let is_endless = way.problem.is_finding(FindingId::Livelock);
    let mut shrinker = Shrinker::new(subject);
    let found = Case {
        variant: variant.clone(),
        schedule: turns(subject, variant, &way.path),
    };
    let (case, played) = match shrinking.shrinks_endless || !is_endless {
        true => shrinker.shrink(found.clone(), &way.problem),
        false => None,
    }
    .unwrap_or_else(|| {
        let played = shrinker.play(&found, &way.problem);
        (found, played)
    });
    // What went wrong in the least execution: the same problem, perhaps of another client.
    let shown = played.problem.clone();
    let problem = shown.map_or(way.problem, |(_, problem)| problem);
    let file_order = shrinker.file_order(variant, &problem).map(|turns| {
        let variant = subject.with_own_settings(variant);
        subject.replay(&variant, problem.name().into_owned(), Schedule::of(&turns))
    });
    let decision = match shrinking.finds_decision {
        true => decision(&mut shrinker, &case.variant, &played, &problem),
        false => None,
    };
    let schedule = Schedule::of(&case.schedule);
    let told = subject.tell(&case.variant, &schedule).unwrap_or_default();
    let mut again = told.problems.iter();
    let again = again.find(|again| again.tells(&problem));
    let is_repeatable = again.is_some();
    let problem = again.cloned().unwrap_or(problem);
    let log = match is_repeatable {
        true => told.log,
        false => EventLog::default(),
    };
    let timeline = timeline_of(&log, &problem);
    let replay = subject.replay(&case.variant, problem.name().into_owned(), schedule);
    // Twice the same tells no more.
    let file_order = file_order.filter(|file_order| *file_order != replay);
    let story = story(subject, &case.variant, &played, &problem, decision);
    Failure {
        finding: problem.name().into_owned(),
        place: place::in_log(&problem, &log),
        problem,
        replay,
        schedule: Schedule::Places(played.places),
        story,
        timeline,
        trace: log.to_trace(),
        is_repeatable,
        found_after: way.found_after,
        file_order,
    }
}

/// Plays an execution by a strategy, and gives what was played and what happened; nothing: no more is looked for.
type PlayWith<'a> = &'a mut dyn FnMut(&mut dyn Strategy) -> Option<(Labelled, EventLog)>;

/// Clients that reach nothing in any of a few executions; see [`crate::reach`]. `play`: an execution by
/// this strategy, with what was played and what happened, or nothing if no more is to be looked for.
/// `clients`: their names; `profiles`: those that could be opened.
pub(crate) fn unreached<S: Subject>(
    subject: &S,
    variant: &S::Variant,
    (clients, profiles): (Vec<String>, &[String]),
    play: PlayWith<'_>,
) -> Vec<Failure> {
    let mut random = Random::new(0, reach::EXECUTIONS);
    let mut in_order = FileOrder;
    let Some((first, log)) = play(&mut in_order) else {
        return Vec::new();
    };
    let look = |log: &EventLog, client: &str| reach::never_reached(log, client, profiles);
    let mut unreached: Vec<String> = clients;
    unreached.retain(|client| look(&log, client).is_some());
    while !unreached.is_empty() && random.begin() {
        let Some((_, log)) = play(&mut random) else {
            return Vec::new();
        };
        unreached.retain(|client| look(&log, client).is_some());
    }
    let problems = unreached.iter().filter_map(|client| look(&log, client));
    let failures = problems.map(|problem| Failure {
        finding: problem.name().into_owned(),
        replay: subject.replay(
            variant,
            problem.name().into_owned(),
            Schedule::of(&first.turns),
        ),
        schedule: Schedule::Places(first.walked.places.clone()),
        story: of_problem(subject, variant, &problem),
        place: place::in_log(&problem, &log),
        problem,
        timeline: timeline(&log),
        trace: log.to_trace(),
        is_repeatable: true,
        found_after: 1,
        file_order: None,
    });
    failures.collect()
}

/// Always the first of what is possible.
struct FileOrder;

impl Strategy for FileOrder {
    fn name(&self) -> &'static str {
        "file order"
    }

    fn begin(&mut self) -> bool {
        true
    }

    fn choose(&mut self, _: &[Choice]) -> usize {
        0
    }
}

/// What was found where nothing can be played any more: as it is.
pub(crate) fn unplayed<S: Subject>(subject: &S, variant: &S::Variant, way: Way) -> Failure {
    let schedule = Schedule::Places(way.places);
    let finding = way.problem.name().into_owned();
    Failure {
        replay: subject.replay(variant, finding.clone(), schedule.clone()),
        finding,
        schedule,
        story: of_problem(subject, variant, &way.problem),
        problem: way.problem,
        place: FoundPlace::default(),
        timeline: String::new(),
        trace: String::new(),
        is_repeatable: false,
        found_after: way.found_after,
        file_order: None,
    }
}

/// A finding that fails nothing, as it was found. `can_play`: whether anything can still be played.
pub(crate) fn remark<S: Subject>(
    subject: &S,
    variant: &S::Variant,
    way: Way,
    can_play: bool,
) -> Remark {
    let schedule = match can_play {
        true => Schedule::of(&turns(subject, variant, &way.path)),
        false => Schedule::Places(way.places),
    };
    let told = can_play.then(|| subject.tell(variant, &schedule)).flatten();
    let again = told.and_then(|told| {
        let mut again = told.problems.into_iter();
        let again = again.find(|again| again.tells(&way.problem))?;
        Some((place::in_log(&again, &told.log), again))
    });
    let (place, problem) = again.unwrap_or((FoundPlace::default(), way.problem));
    Remark {
        place,
        replay: subject.replay(variant, problem.name().into_owned(), schedule),
        problem,
        found_after: way.found_after,
    }
}

/// Puts a problem into words, of whose execution no more is known.
pub(crate) fn of_problem<S: Subject>(
    subject: &S,
    variant: &S::Variant,
    problem: &Problem,
) -> Story {
    story(subject, variant, &Attempt::default(), problem, None)
}

/// Puts an execution into words.
pub(crate) fn story<S: Subject>(
    subject: &S,
    variant: &S::Variant,
    played: &Attempt,
    problem: &Problem,
    decision: Option<Decision>,
) -> Story {
    let turns = played.schedule.iter();
    Story {
        what: subject.headline(problem),
        rule: problem.rule(),
        policy: subject.settings(variant),
        turns: turns
            .map(|turn| (subject.actor_name(turn.actor), turn.label.clone()))
            .collect(),
        switches: played.switches(),
        steps: subject.size(variant)[2],
        decision,
    }
}

/// What happens on a way that was found.
pub(crate) fn turns<S: Subject>(subject: &S, variant: &S::Variant, path: &[u32]) -> Vec<Choice> {
    // The way may lead round a cycle more than once: no looking for worlds that repeat here.
    let Some(mut system) = subject.start(variant, u64::MAX) else {
        return Vec::new();
    };
    let mut path = path.iter();
    walk_by_label(&mut system, &mut |_| Some(*path.next()? as usize)).turns
}

/// The one decision that matters in an execution that shows a problem, looked for in at most so many executions.
pub(crate) fn find_decision<S: Subject>(
    subject: &S,
    variant: &S::Variant,
    (schedule, problem): (&Schedule, &Problem),
    executions: usize,
) -> Option<Decision> {
    let mut system = subject.start(variant, 0)?;
    let (labelled, _) = follow(&mut system, schedule, &mut |_| {});
    drop(system);
    let case = Case {
        variant: variant.clone(),
        schedule: labelled.turns,
    };
    let mut shrinker = Shrinker::with_budget(subject, executions);
    let played = shrinker.play(&case, problem);
    let is_the_same = played.problem.is_some() && played.schedule == case.schedule;
    match is_the_same {
        true => decision(&mut shrinker, variant, &played, problem),
        false => None,
    }
}

/// The one decision that matters, looked for by playing on from every turn.
fn decision<S: Subject>(
    shrinker: &mut Shrinker<'_, S>,
    variant: &S::Variant,
    played: &Attempt,
    problem: &Problem,
) -> Option<Decision> {
    let schedule = &played.schedule;
    let shown = played.problem.as_ref();
    let turns = shown.map_or(schedule.len(), |(turns, _)| (*turns).min(schedule.len()));
    let possible = shrinker.possible(variant, &schedule[..turns]);
    (0..turns.min(possible.len())).rev().find_map(|at| {
        let mut others = possible[at].iter().filter(|turn| **turn != schedule[at]);
        others.find_map(|instead| {
            let other = Case {
                variant: variant.clone(),
                schedule: [&schedule[..at], std::slice::from_ref(instead)].concat(),
            };
            let passing = shrinker.passing(&other, played, problem)?;
            Some(Decision {
                turn: at + 1,
                chosen: schedule[at].label.clone(),
                instead: instead.label.clone(),
                passing: passing.into_iter().map(|turn| turn.label).collect(),
            })
        })
    })
}
