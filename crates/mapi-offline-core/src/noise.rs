//! Noise: what a client has to ignore, sent on purpose.

use crate::knob::{Knob, PolicyError};

pub(crate) const NOISE: Knob = Knob {
    name: "noise",
    rule: "NOTE-6",
    values: &["state-bits", "capability-bits", "notifications"],
    about: "What a client has to ignore, sent on purpose: any set of the values.",
};

/// What a client has to ignore, sent on purpose. The default is none of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Noise {
    /// GetCurrentState sets other bits of `MAPIOFFLINE_STATE_ALL` too (STATE-1).
    pub state_bits: bool,
    /// GetCapabilities sets bits outside 0x3 too (CAP-1).
    pub capability_bits: bool,
    /// Notifications of unsupported types and masks arrive (NOTE-6).
    pub notifications: bool,
}

/// One kind of noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoiseKind {
    /// Its name among the values of the knob.
    pub name: &'static str,
    /// The rule that says what a client has to ignore.
    pub rule: &'static str,
    /// What it does, for people.
    pub about: &'static str,
    /// This kind alone.
    pub alone: Noise,
}

impl Noise {
    const NONE: Self = Self {
        state_bits: false,
        capability_bits: false,
        notifications: false,
    };

    /// All the noise there is.
    pub const ALL: Self = Self {
        state_bits: true,
        capability_bits: true,
        notifications: true,
    };

    /// Its kinds, in the order of the knob's values.
    pub const KINDS: [NoiseKind; 3] = [
        NoiseKind {
            name: NOISE.values[0],
            rule: "STATE-1",
            about: "GetCurrentState sets other bits too",
            alone: Self {
                state_bits: true,
                ..Self::NONE
            },
        },
        NoiseKind {
            name: NOISE.values[1],
            rule: "CAP-1",
            about: "GetCapabilities sets other bits too",
            alone: Self {
                capability_bits: true,
                ..Self::NONE
            },
        },
        NoiseKind {
            name: NOISE.values[2],
            rule: "NOTE-6",
            about: "notifications of other types and masks arrive",
            alone: Self {
                notifications: true,
                ..Self::NONE
            },
        },
    ];

    /// Returns true when there is no noise.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The kinds that it has.
    pub fn kinds(self) -> impl Iterator<Item = &'static NoiseKind> {
        const KINDS: &[NoiseKind] = &Noise::KINDS;
        KINDS.iter().filter(move |kind| {
            let alone = kind.alone;
            alone.state_bits && self.state_bits
                || alone.capability_bits && self.capability_bits
                || alone.notifications && self.notifications
        })
    }

    /// The names of the kinds that it has, as the knob takes them.
    #[must_use]
    pub fn names(self) -> String {
        let names: Vec<&str> = self.kinds().map(|kind| kind.name).collect();
        names.join(",")
    }

    pub(crate) fn parse(set: &str) -> Result<Self, PolicyError> {
        let mut noise = Self::default();
        for value in set.split(',').map(str::trim).filter(|v| !v.is_empty()) {
            match value {
                "state-bits" => noise.state_bits = true,
                "capability-bits" => noise.capability_bits = true,
                "notifications" => noise.notifications = true,
                _ => {
                    return Err(PolicyError::UnknownValue {
                        knob: NOISE.name,
                        value: value.to_owned(),
                        expected: NOISE.values,
                    });
                }
            }
        }
        Ok(noise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn noise_is_a_set() {
        let mut policy = Policy::default();
        policy.set("noise", "notifications, state-bits").unwrap();
        assert!(policy.noise.state_bits && policy.noise.notifications);
        assert!(!policy.noise.capability_bits);
        policy.set("noise", "").unwrap();
        assert_eq!(policy, Policy::default());
    }

    #[test]
    fn each_value_of_noise_is_one_kind_of_it() {
        for (kind, value) in Noise::KINDS.iter().zip(NOISE.values) {
            let mut policy = Policy::default();
            policy.set("noise", value).unwrap();
            assert_eq!((policy.noise, kind.name), (kind.alone, *value));
            assert_eq!(policy.noise.names(), *value);
        }
        assert_eq!(Noise::ALL.kinds().count(), NOISE.values.len());
        assert!(Noise::default().is_none() && Noise::default().names().is_empty());
        assert!(Noise::KINDS.iter().all(|kind| !kind.alone.is_none()));
    }
}
