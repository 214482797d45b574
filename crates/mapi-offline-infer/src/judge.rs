//! Goes through a trace line by line, and says of each what the rules say of it.

use mapi_offline_core::{Phase, Policy};

use crate::breach;
use crate::candidates::{self, Candidate};
use crate::conclusion::Conclusion;
use crate::index::{TraceIndex, TraceLine};
use crate::knobs::{Allowed, questions, values_in};
use crate::matching::{Agreement, agreements};
use crate::situation::Situation;
use crate::trace::{TraceRecord, TracedEvent};
use crate::verdict::{EventJudgement, Narrowing, Verdict};

/// Judges traces one after the other: what one excludes stays excluded in the next.
#[derive(Debug)]
pub struct Judge {
    /// Which policies explain all so far: a union of products.
    explain: Vec<Allowed>,
    surprises: Vec<(Allowed, f64)>,
    heard: bool,
    traces: usize,
    judgements: Vec<EventJudgement>,
}

impl Default for Judge {
    fn default() -> Self {
        Self::new()
    }
}

impl Judge {
    /// A judge to whom every policy is possible.
    #[must_use]
    pub fn new() -> Self {
        Self {
            explain: vec![Allowed::all()],
            surprises: Vec::new(),
            heard: false,
            traces: 0,
            judgements: Vec::new(),
        }
    }

    /// A judge to whom one policy alone is possible.
    #[must_use]
    pub fn of_policy(policy: &Policy) -> Self {
        Self {
            explain: vec![Allowed::of(policy)],
            ..Self::new()
        }
    }

    /// Holds a knob fixed: only the value that `policy` has for it is possible.
    pub fn hold(&mut self, knob: &str, policy: &Policy) {
        let fixed = Allowed::of(policy);
        for allowed in &mut self.explain {
            for (place, question) in questions().iter().enumerate() {
                if question.knob == knob
                    && let Some(narrower) = allowed.only(place, fixed.mask(place))
                {
                    *allowed = narrower;
                }
            }
        }
    }

    /// Judges a trace.
    pub fn judge(&mut self, records: &[TraceRecord]) {
        let index = TraceIndex::new(records);
        let mut candidates: Vec<Candidate> = Vec::new();
        for allowed in &self.explain {
            candidates.extend(candidates::beginning(&index, *allowed));
        }
        let mut experiment = None;
        for line in 0..records.len() as TraceLine {
            let record = &records[line as usize];
            if let TracedEvent::Experiment { name } = &record.what {
                experiment = Some(name.clone());
            }
            let verdict = if candidates::take_in(&mut candidates, &index, line) {
                Verdict::Permitted
            } else {
                step(&mut candidates, &index, line)
            };
            self.heard |= matches!(&record.what, TracedEvent::Notify(seen) if seen.phase() == Some(Phase::Done));
            self.judgements.push(EventJudgement {
                trace: self.traces,
                seq: record.seq,
                t_us: record.t_us,
                experiment: experiment.clone(),
                what: record.describe(),
                verdict,
            });
        }
        self.explain = candidates.iter().map(|it| it.allowed).collect();
        let surprises = candidates.iter().map(|it| (it.allowed, it.surprise));
        self.surprises = surprises.collect();
        self.traces += 1;
    }

    /// What all the traces show together.
    #[must_use]
    pub fn conclude(self) -> Conclusion {
        Conclusion::new(self.explain, &self.surprises, self.heard, self.judgements)
    }
}

fn step(candidates: &mut Vec<Candidate>, index: &TraceIndex<'_>, line: TraceLine) -> Verdict {
    let before = possible(candidates);
    let after = candidates::after_line(candidates, index, line, agreements, false);
    if after.is_empty() {
        let breach = breach::of_line(candidates, index, line);
        *candidates = recover(candidates, index, line);
        return Verdict::Forbidden {
            rule: breach.rule,
            expected: breach.expected,
        };
    }
    *candidates = after;
    let narrowings = narrowed(&before, &possible(candidates));
    if narrowings.is_empty() {
        Verdict::Permitted
    } else {
        Verdict::Narrows(narrowings)
    }
}

/// After what is forbidden: goes on as if as little as possible had gone wrong.
fn recover(candidates: &[Candidate], index: &TraceIndex<'_>, line: TraceLine) -> Vec<Candidate> {
    let lossy = candidates::after_line(candidates, index, line, agreements, true);
    if !lossy.is_empty() {
        return lossy;
    }
    let forced = candidates::after_line(candidates, index, line, force, false);
    if forced.is_empty() {
        candidates.to_vec()
    } else {
        forced
    }
}

/// Goes on as if the line had not been wrong: an answer is what it is, a notification is one more.
fn force(before: &Situation, index: &TraceIndex<'_>, line: TraceLine) -> Vec<Agreement> {
    let mut after = before.clone();
    match &index.records[line as usize].what {
        TracedEvent::Return { .. } => {
            let Some(call) = index.begin(line) else {
                return Vec::new();
            };
            if after.stage(call) == Some(crate::situation::SituationStage::Asked) {
                return Vec::new();
            }
            after.returned(call);
        }
        TracedEvent::Notify(_) => after = crate::matching::running_unsent(before, line),
        TracedEvent::Notified { .. } => {
            let begin = index.begin(line);
            after.running.retain(|running| Some(running.line) != begin);
        }
        TracedEvent::Quiet if after.is_quiet() => after.releases.clear(),
        TracedEvent::Quiet => return Vec::new(),
        _ => {}
    }
    vec![Agreement {
        situation: after,
        allowed: Allowed::all(),
        choices: 1,
    }]
}

/// What is possible in one of the candidates, question by question.
fn possible(candidates: &[Candidate]) -> Option<Allowed> {
    let mut all = candidates.iter().map(|candidate| candidate.allowed);
    let mut possible = all.next()?;
    all.for_each(|other| possible.widen(&other));
    Some(possible)
}

fn narrowed(before: &Option<Allowed>, after: &Option<Allowed>) -> Vec<Narrowing> {
    let (Some(before), Some(after)) = (before, after) else {
        return Vec::new();
    };
    let mut narrowings = Vec::new();
    for (place, question) in questions().iter().enumerate() {
        let excluded = before.mask(place) & !after.mask(place);
        if excluded != 0 {
            narrowings.push(Narrowing {
                knob: question.knob,
                noise: question.noise,
                excluded: values_in(place, excluded),
                left: after.values(place),
            });
        }
    }
    narrowings
}
