//! Exploring real clients, and playing one schedule of them.

use std::time::Instant;

use mapi_offline_core::FindingId;

use super::noise::{follow_both, look_for_noise};
use super::real::{Keeps, RealClients, Traced, not_deterministic};
use crate::place;
use crate::problem::Problem;
use crate::reach::never_reached;
use crate::report::{Failure, Report};
use crate::sample::{Keep, Searched};
use crate::schedule::{NotPossible, Schedule};
use crate::schedule_run::walk_by_label;
use crate::story::{failure, remark, unplayed};
use crate::strategy::Strategy;
use crate::system::Subject;
use crate::timeline::timeline_of;
use crate::tolerance::Judgement;

/// Plays whatever `strategy` tries. `progress` is told what was found so far, after each execution, and says whether to
/// go on. The second of what it gives: whether others may be explored after it.
pub(crate) fn explore<C: RealClients>(
    clients: &C,
    strategy: &mut dyn Strategy,
    progress: &mut dyn FnMut(&Searched) -> bool,
) -> (Report, bool) {
    let began = Instant::now();
    let keep = Keep::of_real_clients();
    let found = clients.sample(strategy, &keep, progress);
    let goes_on = !found.is_spoilt || clients.begins_afresh();
    let mut report = Report::new();
    for way in found.problems {
        match (clients.tolerance().judge(&way.problem), goes_on) {
            (Judgement::Fails, true) => report.failures.push(failure(clients, &(), way)),
            (Judgement::Fails, false) => report.failures.push(unplayed(clients, &(), way)),
            _ => report.keep_remark(remark(clients, &(), way, goes_on)),
        }
    }
    if report.failures.is_empty() && goes_on {
        report.failures = unreached(clients);
    }
    let is_cut_off = report.failures.iter().any(Failure::is_cut_off);
    if goes_on && !is_cut_off {
        look_for_noise(clients, &mut report);
    }
    let is_told = clients
        .tolerance()
        .judge_finding(FindingId::NotDeterministic);
    if goes_on && is_told == Judgement::Fails {
        let mut failures = report.failures.iter();
        let differing = failures.find(|failure| !failure.is_repeatable);
        let differing = differing.map(|failure| not_deterministic(clients, failure));
        report.failures.extend(differing);
    }
    let hangs = |failure: &Failure| failure.finding == FindingId::Stuck.name();
    let goes_on = goes_on && !report.failures.iter().any(hangs);
    report.sort_remarks();
    report.schedules = found.schedules;
    report.elapsed = began.elapsed();
    (report, goes_on)
}

/// Clients that reach nothing.
fn unreached<C: RealClients>(clients: &C) -> Vec<Failure> {
    if clients.tolerance().judge_finding(FindingId::NeverReached) != Judgement::Fails {
        return Vec::new();
    }
    let profiles = clients.profiles();
    crate::story::unreached(clients, &(), (names(clients), &profiles), &mut |strategy| {
        let mut execution = clients.begin(Keeps::TRACE)?;
        let labelled = walk_by_label(&mut execution, &mut |possible| {
            Some(strategy.choose(possible))
        });
        let tolerance = clients.tolerance();
        let fails = |(_, it): &(usize, Problem)| tolerance.judge(it) == Judgement::Fails;
        let is_whole = !labelled.walked.problems.iter().any(fails) && !labelled.walked.is_spoilt;
        is_whole.then(|| (labelled, execution.log()))
    })
}

/// What the clients are called.
fn names<C: RealClients>(clients: &C) -> Vec<String> {
    let names = (0..).map(|client| clients.client_name(client));
    names.take_while(|name| !name.is_empty()).collect()
}

/// Plays a schedule, and tells what goes wrong. The second: what of it does not fit, if anything. `against`: the
/// schedule without noise that it is compared with.
pub(crate) fn follow_schedule<C: RealClients>(
    clients: &C,
    schedule: &Schedule,
    against: Option<&Schedule>,
) -> (Vec<Failure>, Option<NotPossible>) {
    if let Some(against) = against {
        return follow_both(clients, schedule, against);
    }
    let Some(told) = clients.tell(&(), schedule) else {
        return (Vec::new(), None);
    };
    let tolerance = clients.tolerance();
    let fails = |problem: &Problem| tolerance.judge(problem) == Judgement::Fails;
    let mut problems: Vec<Problem> = told.problems.into_iter().filter(fails).collect();
    if problems.is_empty() && told.mismatch.is_none() {
        let (names, profiles) = (names(clients), clients.profiles());
        let unreached = names.iter();
        let unreached = unreached.filter_map(|client| never_reached(&told.log, client, &profiles));
        problems.extend(unreached.filter(fails));
    }
    let problems = problems.into_iter();
    let failures = problems.map(|problem| Failure {
        finding: problem.name().into_owned(),
        replay: clients.replay(&(), problem.name().into_owned(), schedule.clone()),
        schedule: schedule.clone(),
        story: crate::story::of_problem(clients, &(), &problem),
        timeline: timeline_of(&told.log, &problem),
        place: place::in_log(&problem, &told.log),
        problem,
        trace: told.log.to_trace(),
        is_repeatable: true,
        found_after: 1,
        file_order: None,
    });
    (failures.collect(), told.mismatch)
}
