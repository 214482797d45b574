//! Settings of the policy, as they are written on the command line.

use mapi_offline_core::{Policy, PolicyError};
use mapi_offline_driver::ObservedPolicy;

use crate::outlooks;

/// A version of Outlook, and what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct OutlookSetting {
    /// As it was written.
    pub(super) name: String,
    pub(crate) observed: ObservedPolicy,
}

impl OutlookSetting {
    pub(super) fn parse(name: &str) -> Result<Self, String> {
        Ok(Self {
            name: name.to_owned(),
            observed: outlooks::read(name)?,
        })
    }
}

/// A policy knob and its value, which it has.
#[derive(Clone, Debug)]
pub(crate) struct KnobSetting {
    pub(super) knob: String,
    pub(super) value: String,
}

impl KnobSetting {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (knob, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
        let setting = Self {
            knob: knob.to_owned(),
            value: value.to_owned(),
        };
        match setting.apply(&mut Policy::default()) {
            Ok(()) => Ok(setting),
            Err(error) => Err(explain(&error)),
        }
    }

    /// The knob's name.
    pub(crate) fn knob(&self) -> &str {
        &self.knob
    }

    pub(crate) fn apply(&self, policy: &mut Policy) -> Result<(), PolicyError> {
        policy.set(&self.knob, &self.value)
    }
}

impl std::fmt::Display for KnobSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.knob, self.value)
    }
}

fn explain(error: &PolicyError) -> String {
    let help = match error {
        PolicyError::UnknownKnob { knob } => {
            let known = mapi_offline_core::KNOBS.iter().map(|knob| knob.name);
            mapi_offline_scenario::suggest::help(knob, known)
        }
        PolicyError::UnknownValue {
            value, expected, ..
        } => mapi_offline_scenario::suggest::help(value, expected.iter().copied()),
    };
    match help {
        Some(help) => format!("{error}; {help}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_checked_at_once() {
        assert!(KnobSetting::parse("order=reverse").is_ok());
        assert!(KnobSetting::parse("noise=state-bits,notifications").is_ok());
        let wrong = KnobSetting::parse("ordr=reverse").unwrap_err();
        assert!(wrong.contains("did you mean `order`"), "{wrong}");
        let wrong = KnobSetting::parse("order=revers").unwrap_err();
        assert!(wrong.contains("did you mean `reverse`"), "{wrong}");
        assert!(KnobSetting::parse("order").is_err());
    }
}
