//! Real clients on a timeline page: what was found is played once more, and recorded.

use mapi_offline_core::FindingId;
use mapi_offline_page::{PagePart, TimelinePage};

use super::real::{Beginning, Keeps, RealClients, Traced};
use crate::page::{
    RecordedPlay, ReplayRecorder, decision_in_words, page_of_play, page_of_report, part_of_failure,
    part_of_first_order, part_of_replay,
};
use crate::policies::{NOISE, noise_called};
use crate::problem::Problem;
use crate::replay::Replay;
use crate::report::Decision;
use crate::report::{Failure, Report};
use crate::schedule::Schedule;
use crate::schedule_run::follow;
use crate::story;
use crate::system::Subject;
use crate::tolerance::Judgement;

/// The decision that matters is looked for in so many executions at most.
const EXECUTIONS_TO_DECIDE: usize = 300;

/// Plays replays of real clients.
pub(crate) struct ClientRecorder<'c, C>(pub(crate) &'c C);

impl<C: RealClients> ReplayRecorder for ClientRecorder<'_, C> {
    fn record(&self, replay: &Replay, decision: Option<&Decision>) -> Option<RecordedPlay> {
        let noise = replay
            .policy
            .get(NOISE)
            .map(|names| noise_called(names).unwrap_or_default());
        let mut execution = self.0.begin_with(Beginning {
            noise,
            lets_fail: replay.against.is_none(),
            keeps: Keeps::RECORDING,
        })?;
        if let Some(decision) = decision {
            execution.decides_at(decision.turn, decision_in_words(decision));
        }
        let (labelled, mismatch) = follow(&mut execution, &replay.schedule, &mut |_| {});
        let fails = |problem: &Problem| self.0.tolerance().judge(problem) == Judgement::Fails;
        let problems = labelled.walked.problems.into_iter();
        let problems = problems.map(|(_, problem)| problem).filter(fails);
        Some(RecordedPlay {
            problems: problems.collect(),
            recording: execution.recording(),
            mismatch,
        })
    }

    /// It is not looked for in an exploration, which would take longer.
    fn find_decision(&self, failure: &Failure) -> Option<Decision> {
        let is_endless = failure.finding == FindingId::Livelock.name();
        if is_endless || !failure.is_repeatable || failure.replay.against.is_some() {
            return None;
        }
        let of = (&failure.replay.schedule, &failure.problem);
        story::find_decision(self.0, &(), of, EXECUTIONS_TO_DECIDE)
    }
}

/// The page of a check that was explored: each failure, or the first order where nothing fails.
pub(super) fn page_of_check<C: RealClients>(
    clients: &C,
    title: &str,
    report: &Report,
) -> TimelinePage {
    page_of_report(title, report, parts(clients, &report.failures))
}

/// The page of a schedule of a check that was played, in which these failures showed.
pub(super) fn page_of_schedule<C: RealClients>(
    clients: &C,
    title: &str,
    schedule: &Schedule,
    failures: &[Failure],
) -> TimelinePage {
    let names = failures.iter().map(|failure| failure.finding.as_str());
    let names: Vec<&str> = names.collect();
    let (verdict, parts) = match failures {
        [] => {
            let replay = clients.replay(&(), String::new(), schedule.clone());
            let part = part_of_replay(&ClientRecorder(clients), &replay, &[]);
            ("nothing fails".to_owned(), part.into_iter().collect())
        }
        failures => (names.join(", "), parts(clients, failures)),
    };
    page_of_play(title, verdict, failures, parts)
}

/// A part for each failure, or the first order where nothing fails.
fn parts<C: RealClients>(clients: &C, failures: &[Failure]) -> Vec<PagePart> {
    let recorder = ClientRecorder(clients);
    let failures = failures.iter();
    let parts: Vec<PagePart> = failures
        .map(|failure| part_of_failure(&recorder, failure))
        .collect();
    match parts.is_empty() {
        true => vec![part_of_first_order(&recorder, clients.replayable())],
        false => parts,
    }
}
