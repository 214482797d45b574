//! Values of options.

use clap::{Args, ValueEnum};
use mapi_offline_core::{Policy, Severity};

use super::completed;
use super::settings::{KnobSetting, OutlookSetting};

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

pub(super) fn seed(text: &str) -> Result<u64, String> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let seed = hex.map_or_else(|| text.parse(), |digits| u64::from_str_radix(digits, 16));
    seed.map_err(|_| "a seed is a whole number from 0 to 18446744073709551615".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_may_be_hexadecimal() {
        assert_eq!(seed("0xff"), Ok(255));
        assert_eq!(seed("18446744073709551615"), Ok(u64::MAX));
        assert!(seed("-1").is_err() && seed("0x").is_err() && seed("").is_err());
    }
}
