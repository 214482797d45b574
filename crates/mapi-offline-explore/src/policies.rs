//! The policies that an exploration tries.

use std::collections::BTreeMap;

use mapi_offline_core::{KNOBS, Noise, Policy, PolicyError};

/// The name of the knob of noise.
pub(crate) const NOISE: &str = "noise";

/// A policy, and what to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPolicy {
    /// `default`; or the settings of the scenario's own policy, if it has some; or what is varied:
    /// `order = reverse`.
    pub name: String,
    /// The answers.
    pub policy: Policy,
}

impl NamedPolicy {
    /// The knobs that are not at their defaults, with their values as a command line has them.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        settings(&self.policy)
    }
}

/// Which policies to try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policies {
    /// The scenario's own.
    #[default]
    Default,
    /// The scenario's own, and every knob of it varied alone.
    Documented,
}

impl Policies {
    /// The policies, the scenario's own (`base`) first. Of `noise`, each kind alone and all
    /// together are variations. Whatever the policy, at most two rounds of noise notifications come in
    /// a play.
    #[must_use]
    pub fn list(self, base: &Policy) -> Vec<NamedPolicy> {
        let mut list = vec![NamedPolicy {
            name: own_name(base),
            policy: *base,
        }];
        if self == Self::Default {
            return list;
        }
        for knob in KNOBS {
            let all = knob.values.join(",");
            let sets = if knob.name == NOISE {
                [&[""], knob.values, &[&all]].concat()
            } else {
                knob.values.to_vec()
            };
            for value in sets {
                let mut policy = *base;
                // The values are the knob's own: none is refused.
                if policy.set(knob.name, value).is_ok() && policy != *base {
                    let value = if value.is_empty() { "none" } else { value };
                    let name = format!("{} = {}", knob.name, value.replace(',', ", "));
                    list.push(NamedPolicy { name, policy });
                }
            }
        }
        list
    }
}

/// What to call the policy that is explored first: `default`, or its settings.
fn own_name(policy: &Policy) -> String {
    let settings = settings(policy).into_iter();
    let settings: Vec<String> = settings
        .map(|(knob, value)| format!("{knob} = {}", value.replace(',', ", ")))
        .collect();
    match settings.as_slice() {
        [] => "default".to_owned(),
        settings => settings.join("; "),
    }
}

/// The noise of these names.
///
/// # Errors
/// There is no such noise.
pub(crate) fn noise_called(names: &str) -> Result<Noise, PolicyError> {
    let mut policy = Policy::default();
    policy.set(NOISE, names)?;
    Ok(policy.noise)
}

/// The knobs whose value is not the default, in the order of [`KNOBS`], with their values.
pub(crate) fn settings(policy: &Policy) -> Vec<(&'static str, String)> {
    let default = Policy::default();
    let mut settings = Vec::new();
    for knob in KNOBS {
        let values: Vec<String> = if knob.name == NOISE {
            sets(knob.values)
        } else {
            knob.values.iter().map(|&value| value.to_owned()).collect()
        };
        for value in values {
            let (mut same, mut varied) = (*policy, default);
            let known =
                same.set(knob.name, &value).is_ok() && varied.set(knob.name, &value).is_ok();
            if known && same == *policy && varied != default {
                settings.push((knob.name, value));
            }
        }
    }
    settings
}

/// The knobs that are not at their defaults, with their values, as a replay has them.
pub(crate) fn knobs(policy: &Policy) -> BTreeMap<String, String> {
    let settings = settings(policy).into_iter();
    settings
        .map(|(knob, value)| (knob.to_owned(), value))
        .collect()
}

/// The knobs in which `varied` differs from `own`, and what `own` says.
pub(crate) fn changes(own: &Policy, varied: &Policy) -> Vec<(&'static str, String)> {
    let value = |policy: &Policy, knob: &str| {
        let settings = settings(policy).into_iter();
        settings
            .filter(|(other, _)| *other == knob)
            .map(|(_, value)| value)
            .next()
    };
    let knobs = KNOBS.iter();
    let differing = knobs.filter(|knob| value(own, knob.name) != value(varied, knob.name));
    differing
        .map(|knob| {
            let default = if knob.name == NOISE {
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

/// Every set of `values`, comma-separated.
fn sets(values: &[&str]) -> Vec<String> {
    let sets = 0..1_u32 << values.len();
    sets.map(|set| {
        let chosen = values
            .iter()
            .enumerate()
            .filter(|(bit, _)| set >> bit & 1 == 1);
        chosen
            .map(|(_, &value)| value)
            .collect::<Vec<_>>()
            .join(",")
    })
    .collect()
}

/// The policy without its noise.
pub(crate) fn without_noise(policy: &Policy) -> Policy {
    Policy {
        noise: Noise::default(),
        ..*policy
    }
}

/// The policy with the knobs that no scripted client can notice at their defaults: which thread
/// delivers, which pointer an aggregated create gives, and how one walks through a table; and, unless a client does
/// something when it is connected, what it can open then. Policies that are then the same have the same worlds, and are
/// searched once.
pub(crate) fn noticeable(policy: &Policy, any_connects: bool) -> Policy {
    let default = Policy::default();
    Policy {
        open_during_logon: match any_connects {
            true => policy.open_during_logon,
            false => default.open_during_logon,
        },
        thread: default.thread,
        aggregate: default.aggregate,
        find_backward: default.find_backward,
        rows: default.rows,
        ..*policy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_knob_is_varied_alone() {
        let list = Policies::Documented.list(&Policy::default());
        let values: usize = KNOBS.iter().map(|knob| knob.values.len()).sum();
        // Each knob but noise has a default among its values; noise has "all" besides.
        let others = KNOBS.len() - 1;
        assert_eq!(list.len(), 1 + values - others + 1);
        for named in &list[1..] {
            assert_eq!(settings(&named.policy).len(), 1, "{}", named.name);
        }
    }

    #[test]
    fn settings_say_all_of_a_policy() {
        for named in Policies::Documented.list(&Policy::default()) {
            let mut again = Policy::default();
            for (knob, value) in settings(&named.policy) {
                again.set(knob, &value).expect("a value of the knob");
            }
            assert_eq!(again, named.policy, "{}", named.name);
        }
    }
}
