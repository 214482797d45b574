//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mapi_offline_core::{Policy, PolicyError};

/// Runs scenario files through an emulated MAPI Offline State API.
#[derive(Debug, Parser)]
#[command(name = "mapisim", version, max_term_width = 100, after_help = AFTER)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER: &str = "\
Exit status: 0 all held, 1 an expectation or an invariant failed, 2 the command line or a file \
is wrong.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios and check what they expect
    Run(Run),
    /// Measure how fast the emulation notifies
    ///
    /// Each number is a median of short batches, in which the emulation and what it is compared
    /// with take turns. Takes up to a minute, and needs a machine that does nothing else.
    Bench {
        /// How to print the results
        #[arg(long, value_enum, default_value_t)]
        format: Format,

        /// Take less than 10 seconds, and leave out the sizes for which that is too short
        #[arg(long)]
        quick: bool,
    },
    /// Print the rules of the emulation
    Rules {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Print the JSON Schema of scenario files, for editors
    Schema,
    /// Print a completion script
    Completions {
        /// The shell it is for
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Run {
    /// How to print the results
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Write everything that happens to FILE, as JSON Lines; takes exactly one scenario
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,

    /// Let this number decide what happens first among what falls on one instant, instead of the
    /// scenario's own; 0 is the order of the file
    #[arg(long, value_name = "N", value_parser = seed)]
    pub(crate) seed: Option<u64>,

    /// Set a policy knob, over the scenario's own setting; `mapisim schema` lists the knobs, and
    /// `noise` takes a comma-separated set
    #[arg(long, value_name = "KEY=VALUE", value_parser = Setting::parse)]
    pub(crate) policy: Vec<Setting>,

    /// Scenario files, or folders to search for *.toml
    #[arg(value_name = "SCENARIO", required = true)]
    pub(crate) scenarios: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}

/// A policy knob and its value, which it has.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    knob: String,
    value: String,
}

impl Setting {
    fn parse(text: &str) -> Result<Self, String> {
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

    pub(crate) fn apply(&self, policy: &mut Policy) -> Result<(), PolicyError> {
        policy.set(&self.knob, &self.value)
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.knob, self.value)
    }
}

fn explain(error: &PolicyError) -> String {
    let help = match error {
        PolicyError::UnknownKnob { knob } => {
            let known = mapi_offline_core::KNOBS.iter().map(|knob| knob.name);
            crate::scenario::suggest::help(knob, known)
        }
        PolicyError::UnknownValue {
            value, expected, ..
        } => crate::scenario::suggest::help(value, expected.iter().copied()),
    };
    match help {
        Some(help) => format!("{error}; {help}"),
        None => error.to_string(),
    }
}

fn seed(text: &str) -> Result<u64, String> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let seed = hex.map_or_else(|| text.parse(), |digits| u64::from_str_radix(digits, 16));
    seed.map_err(|_| "a seed is a whole number from 0 to 18446744073709551615".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_setting_is_checked_at_once() {
        assert!(Setting::parse("order=reverse").is_ok());
        assert!(Setting::parse("noise=state-bits,notifications").is_ok());
        let wrong = Setting::parse("ordr=reverse").unwrap_err();
        assert!(wrong.contains("did you mean `order`"), "{wrong}");
        let wrong = Setting::parse("order=revers").unwrap_err();
        assert!(wrong.contains("did you mean `reverse`"), "{wrong}");
        assert!(Setting::parse("order").is_err());
    }

    #[test]
    fn a_seed_may_be_hexadecimal() {
        assert_eq!(seed("0xff"), Ok(255));
        assert_eq!(seed("18446744073709551615"), Ok(u64::MAX));
        assert!(seed("-1").is_err() && seed("0x").is_err() && seed("").is_err());
    }
}
