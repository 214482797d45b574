//! What traces show together: the policies that explain them, what contradicts the rules, and what stays open.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mapi_offline_core::{KNOB_MEANINGS, Policy};

use crate::knobs::{Allowed, questions};
use crate::verdict::{EventJudgement, Verdict};

/// If every order is as likely as another, an order that is less likely than one in so many is no accident.
const SHUFFLED_AT_LEAST_ONE_IN: f64 = 1e6;

/// What is known of a knob, all that explains the traces taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnobResult {
    /// The knob.
    pub knob: &'static str,
    /// Of `noise`: which of its values it is about; the values are then `absent` and `present`.
    pub noise: Option<&'static str>,
    /// The values that explain the traces.
    pub values: Vec<&'static str>,
    /// The values that do not.
    pub excluded: Vec<&'static str>,
    /// The experiment that would tell the values apart that are left.
    pub experiment: &'static str,
}

impl KnobResult {
    /// Returns true when one value is left, of several.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.values.len() == 1
    }
}

/// What traces show together.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// What the rules say of each line.
    pub judgements: Vec<EventJudgement>,
    /// What is known of each knob, in the order of the knobs, `noise` by its values.
    pub knobs: Vec<KnobResult>,
    explain: Vec<Allowed>,
    /// Whether `order = shuffled` was left out because the orders that were seen would be an accident.
    pub shuffled_is_improbable: bool,
}

impl Conclusion {
    pub(crate) fn new(
        mut explain: Vec<Allowed>,
        surprises: &[(Allowed, f64)],
        heard: bool,
        judgements: Vec<EventJudgement>,
    ) -> Self {
        let shuffled_is_improbable = leave_out_improbable(&mut explain, surprises);
        if heard {
            expect_no_silent_noise(&mut explain, &judgements);
        }
        let mut possible = explain.first().copied().unwrap_or_else(Allowed::all);
        explain.iter().for_each(|other| possible.widen(other));
        let all = Allowed::all();
        let knobs = questions().iter().enumerate().map(|(place, question)| {
            let values = possible.values(place);
            let every = all.values(place).into_iter();
            KnobResult {
                knob: question.knob,
                noise: question.noise,
                excluded: every.filter(|value| !values.contains(value)).collect(),
                values,
                experiment: experiment_for(question.knob),
            }
        });
        Self {
            knobs: knobs.collect(),
            judgements,
            explain,
            shuffled_is_improbable,
        }
    }

    /// Returns true when this policy explains the traces, as far as they are not contradictory.
    #[must_use]
    pub fn explains(&self, policy: &Policy) -> bool {
        self.explain.iter().any(|allowed| allowed.contains(policy))
    }

    /// The judgements of the lines that no policy permits.
    pub fn contradictions(&self) -> impl Iterator<Item = &EventJudgement> {
        let all = self.judgements.iter();
        all.filter(|judgement| matches!(judgement.verdict, Verdict::Forbidden { .. }))
    }

    /// The knobs of which more than one value explains the traces, where they depend on each other: each
    /// row has values that go together.
    #[must_use]
    pub fn jointly(&self) -> Vec<BTreeMap<String, Vec<&'static str>>> {
        let differs = |place: usize| {
            let first = self.explain.first().map(|allowed| allowed.mask(place));
            self.explain.iter().any(|it| Some(it.mask(place)) != first)
        };
        let open: Vec<usize> = (0..questions().len())
            .filter(|&place| differs(place))
            .collect();
        let rows = self.explain.iter().map(|allowed| {
            let cells = open.iter().map(|&place| {
                let question = questions()[place];
                let name = match question.noise {
                    Some(noise) => format!("{} {noise}", question.knob),
                    None => question.knob.to_owned(),
                };
                (name, allowed.values(place))
            });
            cells.collect()
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort();
        rows.dedup();
        if rows.len() > 1 { rows } else { Vec::new() }
    }

    /// The knobs that are decided, with their values as policies have them: `noise` is one.
    #[must_use]
    pub fn decided(&self) -> Vec<(&'static str, String)> {
        let mut decided = Vec::new();
        let noise = self.knobs.iter().filter(|result| result.noise.is_some());
        let is_noise_known = noise.clone().all(KnobResult::is_decided);
        for result in self.knobs.iter().filter(|result| result.noise.is_none()) {
            if result.is_decided() {
                decided.push((result.knob, result.values[0].to_owned()));
            }
        }
        if is_noise_known {
            let present = noise.filter(|result| result.values == ["present"]);
            let present: Vec<&str> = present.filter_map(|result| result.noise).collect();
            decided.push(("noise", present.join(",")));
        }
        decided
    }

    /// The policy of the decided knobs, and the default of every other.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        for (knob, value) in self.decided() {
            let set = policy.set(knob, &value);
            debug_assert!(set.is_ok(), "{knob} has the value {value}");
        }
        policy
    }

    /// The file of an observed policy, in the form of `fixtures/outlooks`. `outlook`: the version;
    /// `traces`: where they can be looked up; `years`: when they were recorded.
    #[must_use]
    pub fn observed_policy(&self, outlook: &str, traces: &[String], years: &str) -> String {
        let mut text = format!(
            "# What recorded traces show of Outlook {outlook}.\noutlook = {}\n",
            quoted(outlook)
        );
        let place = format!("recorded traces: {}", traces.join(", "));
        for (knob, value) in self.decided() {
            let lines = self.lines_about(knob);
            let says = if lines.is_empty() {
                "Nothing else explains the traces.".to_owned()
            } else {
                format!("Other values are excluded by: {}.", lines.join("; "))
            };
            let _ = write!(
                text,
                "\n[knobs.{knob}]\nvalue = {}\n\n[[knobs.{knob}.evidence]]\nplace = {}\nyears = {}\nsays = {}\n",
                quoted(&value),
                quoted(&place),
                quoted(years),
                quoted(&says)
            );
        }
        text
    }

    /// The lines that excluded values of a knob, in a few words.
    fn lines_about(&self, knob: &str) -> Vec<String> {
        let narrowing = self.judgements.iter().filter(|judgement| {
            matches!(&judgement.verdict, Verdict::Narrows(narrowings)
                if narrowings.iter().any(|narrowing| narrowing.knob == knob))
        });
        narrowing
            .map(|judgement| format!("line {}, {}", judgement.seq, judgement.what))
            .collect()
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn experiment_for(knob: &str) -> &'static str {
    let meaning = KNOB_MEANINGS.iter().find(|meaning| meaning.knob == knob);
    meaning.map_or("", |meaning| meaning.experiment)
}

/// Leaves `order = shuffled` out where another order explains the traces and this one would be an accident.
fn leave_out_improbable(explain: &mut Vec<Allowed>, surprises: &[(Allowed, f64)]) -> bool {
    let Some(order) = questions().iter().position(|it| it.knob == "order") else {
        return false;
    };
    let values = questions()[order].values;
    let Some(shuffled) = values.iter().position(|value| *value == "shuffled") else {
        return false;
    };
    let shuffled = 1 << shuffled;
    let is_possible = explain.iter().any(|it| it.mask(order) & !shuffled != 0);
    let is_accident = surprises
        .iter()
        .filter(|(allowed, _)| allowed.mask(order) & shuffled != 0)
        .all(|(_, surprise)| *surprise > SHUFFLED_AT_LEAST_ONE_IN.ln());
    let had = explain.iter().any(|it| it.mask(order) & shuffled != 0);
    if !(is_possible && is_accident && had) {
        return false;
    }
    let kept = explain.iter().filter_map(|it| it.only(order, !shuffled));
    *explain = kept.collect();
    true
}

/// Whoever heard transitions to their ends and no noise would have heard it.
fn expect_no_silent_noise(explain: &mut [Allowed], judgements: &[EventJudgement]) {
    let notifications = crate::knobs::question_of("noise", Some("notifications"));
    let Some(place) = notifications.filter(|_| !judgements.is_empty()) else {
        return;
    };
    for allowed in explain {
        if allowed.is_open(place)
            && let Some(without) = allowed.only(place, 1)
        {
            *allowed = without;
        }
    }
}
