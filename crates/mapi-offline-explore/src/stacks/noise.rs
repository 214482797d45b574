//! Real clients that react to noise (finding `reacts-to-noise`).

use std::collections::BTreeMap;

use mapi_offline_core::Noise;

use super::real::{Beginning, RealClients, Traced, not_deterministic};
use crate::noise::{self, Choose, NoiseReaction, Recorded};
use crate::policies::NOISE;
use crate::problem::Problem;
use crate::replay::Against;
use crate::report::{Failure, Report};
use crate::schedule::{NotPossible, Schedule};
use crate::schedule_run::{follow, walk_by_label};
use crate::system::Subject;
use crate::timeline::timeline_of;
use crate::tolerance::Judgement;

/// The seed of the orders in which noise is looked for.
const NOISE_SEED: u64 = 0;

/// Plays an execution with a trace. Nothing: it cannot be played, or a client does not come to its end in it.
fn recorded<C: RealClients>(
    clients: &C,
    noise: Noise,
    choose: &mut Choose<'_>,
) -> Option<Recorded> {
    let mut execution = clients.begin_with(Beginning::compared(noise))?;
    let labelled = walk_by_label(&mut execution, &mut |possible| Some(choose(possible)));
    let mut problems = labelled.walked.problems.iter();
    let is_cut_off = problems.any(|(_, problem)| problem.is_of_the_process());
    (!is_cut_off && !labelled.walked.is_spoilt).then(|| Recorded {
        log: execution.log(),
        labelled,
    })
}

/// Looks for a client that reacts to the noise of the policy. One that does not do so again is not deterministic.
pub(super) fn look_for_noise<C: RealClients>(clients: &C, report: &mut Report) {
    let fails = |problem: &Problem| clients.tolerance().judge(problem) == Judgement::Fails;
    let mut play = |noise, choose: &mut Choose<'_>| recorded(clients, noise, choose);
    let (reaction, orders) = noise::reacts_to_noise(clients.noise(), NOISE_SEED, &fails, &mut play);
    report.noise_orders += orders;
    let failure = reaction.map(|reaction| played_again(clients, reaction));
    report.failures.extend(failure);
}

/// The failure, if it shows again, and else that the client is not deterministic.
fn played_again<C: RealClients>(clients: &C, reaction: NoiseReaction) -> Failure {
    let turns = [&reaction.without, &reaction.with].map(|played| played.labelled.turns.as_slice());
    let again = recorded(clients, Noise::default(), &mut noise::in_step(turns[0]))
        .zip(recorded(
            clients,
            reaction.noise,
            &mut noise::in_step(turns[1]),
        ))
        .and_then(|(without, with)| noise::compare(reaction.noise, without, with));
    let is_repeatable = again.is_some_and(|again| again.difference == reaction.difference);
    let failure = Failure {
        is_repeatable,
        ..of_reaction(clients, reaction)
    };
    match is_repeatable {
        true => failure,
        false => not_deterministic(clients, &failure),
    }
}

/// The failure that a client reacts to noise. Its schedule is that without noise, which the noise is put into.
fn of_reaction<C: RealClients>(clients: &C, reaction: NoiseReaction) -> Failure {
    let problem = reaction.problem();
    let finding = problem.name().into_owned();
    let mut policy: BTreeMap<String, String> = RealClients::settings(clients).into_iter().collect();
    policy.remove(NOISE);
    let with = Schedule::of(&reaction.with.labelled.turns);
    let mut replay = clients.replay(&(), finding.clone(), with);
    replay.policy.clone_from(&policy);
    let noise = reaction.noise.names();
    replay.policy.insert(NOISE.to_owned(), noise);
    let without = reaction.without.labelled;
    replay.against = Some(Against::of(&without.turns, policy));
    Failure {
        finding,
        replay,
        schedule: Schedule::Places(without.walked.places),
        story: crate::story::of_problem(clients, &(), &problem),
        timeline: timeline_of(&reaction.with.log, &problem),
        place: reaction.difference.place(),
        problem,
        trace: reaction.with.log.to_trace(),
        is_repeatable: true,
        found_after: reaction.orders,
        file_order: None,
    }
}

/// Plays an execution as a schedule says. The second: what of it does not fit, if anything.
fn follow_recorded<C: RealClients>(
    clients: &C,
    noise: Noise,
    schedule: &Schedule,
) -> Option<(Recorded, Option<NotPossible>)> {
    let mut execution = clients.begin_with(Beginning::compared(noise))?;
    let (labelled, mismatch) = follow(&mut execution, schedule, &mut |_| {});
    let log = execution.log();
    Some((Recorded { labelled, log }, mismatch))
}

/// Plays the order of `without` without noise, and then in step with `noise`. Gives what goes wrong, and what of the
/// schedule does not fit, if anything.
pub(crate) fn follow_noise<C: RealClients>(
    clients: &C,
    noise: Noise,
    without: &Schedule,
) -> (Vec<Failure>, Option<NotPossible>) {
    let played = follow_recorded(clients, Noise::default(), without);
    let Some((quiet, None)) = played else {
        return (Vec::new(), played.and_then(|(_, mismatch)| mismatch));
    };
    let noisy = recorded(
        clients,
        noise,
        &mut noise::in_step(&quiet.labelled.turns.clone()),
    );
    let reaction = noisy.and_then(|noisy| noise::compare(noise, quiet, noisy));
    let failure = reaction.map(|reaction| of_reaction(clients, reaction));
    (failure.into_iter().collect(), None)
}

/// Plays two executions as these schedules say, of which the second has no noise, and compares them. Gives what goes
/// wrong, and what of them does not fit, if anything.
pub(super) fn follow_both<C: RealClients>(
    clients: &C,
    schedule: &Schedule,
    against: &Schedule,
) -> (Vec<Failure>, Option<NotPossible>) {
    let noise = clients.noise();
    let without = follow_recorded(clients, Noise::default(), against);
    let with = follow_recorded(clients, noise, schedule);
    let Some(((without, first), (with, second))) = without.zip(with) else {
        return (Vec::new(), None);
    };
    let reaction = noise::compare(noise, without, with);
    let failures = reaction.map(|reaction| of_reaction(clients, reaction));
    (failures.into_iter().collect(), first.or(second))
}
