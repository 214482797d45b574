//! Policies, schedules, and other small values.

use std::fmt;

use mapi_offline_core::{CAPABILITIES_ALL, HostEvent, KNOBS, Knob, Policy, State};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Every policy: the default one, as often one knob that differs, and as often as both any value
/// of every knob in [`KNOBS`]. Shrinks towards the default.
pub fn policies() -> impl Strategy<Value = Policy> {
    let one = select(KNOBS).prop_flat_map(|knob| {
        values(&knob).prop_map(move |value| policy_of(&[(knob.name, value)]))
    });
    let all: Vec<_> = KNOBS
        .iter()
        .map(|knob| values(knob).prop_map(|value| (knob.name, value)))
        .collect();
    let all = all.prop_map(|values| policy_of(&values));
    prop_oneof![1 => Just(Policy::default()), 1 => one, 2 => all]
}

/// Any value of a knob; of `noise`, any set.
fn values(knob: &Knob) -> BoxedStrategy<String> {
    if is_set(knob) {
        let set = subsequence(knob.values, 0..=knob.values.len());
        set.prop_map(|set| set.join(",")).boxed()
    } else {
        select(knob.values).prop_map(str::to_owned).boxed()
    }
}

fn policy_of(values: &[(&str, String)]) -> Policy {
    let mut policy = Policy::default();
    for (knob, value) in values {
        policy.set(knob, value).expect("a knob's value");
    }
    policy
}

/// Returns true when the value of the knob is a set.
fn is_set(knob: &Knob) -> bool {
    knob.name == "noise"
}

/// A policy as the knobs in which it differs from the default: `{"late": "queued"}`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Knobs(pub Policy);

impl Knobs {
    /// The knobs that do not have their first value, and the value that they have.
    #[must_use]
    pub fn differing(&self) -> Vec<(&'static str, String)> {
        let knobs = KNOBS.iter().filter_map(|knob| {
            let candidates: Vec<String> = if is_set(knob) {
                let sets = 0..1_usize << knob.values.len();
                sets.map(|set| {
                    let values = knob.values.iter().enumerate();
                    let values = values.filter(|(bit, _)| set >> bit & 1 == 1);
                    let values: Vec<&str> = values.map(|(_, value)| *value).collect();
                    values.join(",")
                })
                .collect()
            } else {
                knob.values.iter().map(ToString::to_string).collect()
            };
            let has = |value: &&String| {
                let mut other = self.0;
                other.set(knob.name, value).is_ok() && other == self.0
            };
            let value = candidates.iter().find(has)?;
            (*value != candidates[0]).then(|| (knob.name, value.clone()))
        });
        knobs.collect()
    }
}

impl fmt::Debug for Knobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.differing()).finish()
    }
}

/// What decides who goes next among what falls on one instant: a seed, as
/// [`OutlookBuilder::seed`](mapi_offline::OutlookBuilder::seed) takes it. 0, to which it shrinks,
/// is the order in which things became due.
pub fn schedules() -> impl Strategy<Value = u64> {
    any::<u64>()
}

/// ONLINE or OFFLINE.
pub fn states() -> impl Strategy<Value = State> {
    select(&[State::Online, State::Offline][..])
}

/// The capabilities of an object: both, as a rule.
pub fn capabilities() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(CAPABILITIES_ALL), 1 => 0..CAPABILITIES_ALL]
}

/// What can happen to the host (HOST-1).
pub fn host_events() -> impl Strategy<Value = HostEvent> {
    use HostEvent::{ServerBack, ServerLost, WorkOffline, WorkOnline};
    select(&[WorkOffline, WorkOnline, ServerLost, ServerBack][..])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    use super::*;

    #[test]
    fn every_value_of_every_knob_comes_up_and_all_shrink_to_the_default() {
        let mut runner = TestRunner::deterministic();
        let mut seen = BTreeSet::new();
        for _ in 0..200 {
            let mut tree = policies().new_tree(&mut runner).expect("a policy");
            for (knob, value) in Knobs(tree.current()).differing() {
                seen.extend(value.split(',').map(|value| (knob, value.to_owned())));
            }
            while tree.simplify() {}
            assert_eq!(tree.current(), Policy::default());
        }
        for knob in KNOBS {
            let others = if is_set(knob) { 0 } else { 1 };
            for value in &knob.values[others..] {
                assert!(seen.contains(&(knob.name, (*value).to_owned())), "{value}");
            }
        }
    }

    #[test]
    fn a_policy_is_shown_as_the_knobs_that_differ() {
        let mut policy = Policy::default();
        assert_eq!(format!("{:?}", Knobs(policy)), "{}");
        policy.set("late", "queued").expect("a knob");
        policy
            .set("noise", "state-bits,notifications")
            .expect("a knob");
        let shown = format!("{:?}", Knobs(policy));
        assert_eq!(
            shown,
            r#"{"late": "queued", "noise": "state-bits,notifications"}"#
        );
    }
}
