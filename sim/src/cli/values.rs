//! Values of options.

use clap::{Args, ValueEnum};
use mapi_offline_core::{Policy, PolicyError, Severity};
use mapi_offline_driver::ObservedPolicy;

use super::completed;
use crate::outlooks;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}

/// How a trace is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceFormat {
    /// JSON Lines, one event a line
    #[default]
    Jsonl,
    /// For Perfetto and chrome://tracing
    Chrome,
}

/// How the results of a run or of an exploration are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResultFormat {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
    /// As JUnit XML, which most CI systems read
    Junit,
    /// As annotations of GitHub Actions, and a job summary
    Github,
}

/// The lightest findings that fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Errors
    #[default]
    Error,
    /// Warnings and errors
    Warning,
    /// Notes, warnings and errors
    Note,
}

impl From<Deny> for Severity {
    fn from(deny: Deny) -> Self {
        match deny {
            Deny::Error => Self::Error,
            Deny::Warning => Self::Warning,
            Deny::Note => Self::Note,
        }
    }
}

/// The behaviour that the command line asks for, over the scenario's own.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct PolicyArgs {
    /// Set the knobs of which something is known for a version of Outlook, or in a file of an observed policy (as
    /// `mapisim infer --save` writes it), over the scenario's own settings
    #[arg(long, value_name = "VERSION|FILE", value_parser = completed::Outlooks, hide_possible_values = true)]
    pub(crate) outlook: Option<OutlookSetting>,

    /// Set a policy knob, over the scenario's own setting and over `--outlook`; `mapisim schema` lists the knobs, and
    /// `noise` takes a comma-separated set
    #[arg(long = "policy", value_name = "KEY=VALUE", value_parser = completed::KnobSettings, hide_possible_values = true)]
    pub(crate) knobs: Vec<KnobSetting>,
}

impl PolicyArgs {
    /// Sets what is asked for.
    pub(crate) fn apply(&self, policy: &mut Policy) {
        if let Some(outlook) = &self.outlook {
            outlook.observed.apply(policy);
        }
        for setting in &self.knobs {
            // The command line was checked when it was read.
            let _ = setting.apply(policy);
        }
    }

    /// The options as they would be written again: each one's name and its value.
    pub(crate) fn options(&self) -> impl Iterator<Item = (&'static str, String)> {
        let outlook = self.outlook.iter();
        let outlook = outlook.map(|outlook| ("outlook", outlook.name.clone()));
        let knobs = self.knobs.iter();
        outlook.chain(knobs.map(|setting| ("policy", setting.to_string())))
    }
}

/// A version of Outlook, and what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct OutlookSetting {
    /// As it was written.
    name: String,
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

pub(super) fn seed(text: &str) -> Result<u64, String> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let seed = hex.map_or_else(|| text.parse(), |digits| u64::from_str_radix(digits, 16));
    seed.map_err(|_| "a seed is a whole number from 0 to 18446744073709551615".to_owned())
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

    #[test]
    fn a_seed_may_be_hexadecimal() {
        assert_eq!(seed("0xff"), Ok(255));
        assert_eq!(seed("18446744073709551615"), Ok(u64::MAX));
        assert!(seed("-1").is_err() && seed("0x").is_err() && seed("").is_err());
    }
}
