//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mapi_offline_core::{Policy, PolicyError};
use mapi_offline_explore::scripted;

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
    Run(RunArgs),
    /// Try many orders of a scenario, and many permitted behaviours, and report what fails
    Explore(ExploreArgs),
    /// Play a failure again that `explore --save` wrote
    Replay(ReplayArgs),
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
    /// Play client libraries for another mapisim, which has started this one
    #[command(hide = true)]
    PlayClients,
}

#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct RunArgs {
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
    #[arg(long, value_name = "KEY=VALUE", value_parser = KnobSetting::parse)]
    pub(crate) policy: Vec<KnobSetting>,

    /// Scenario files, or folders to search for *.toml
    #[arg(value_name = "SCENARIO", required = true)]
    pub(crate) scenarios: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = AFTER_EXPLORE)]
pub(crate) struct ExploreArgs {
    /// How to print the results
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Try every order, by comparing worlds: the space is exhausted when no world is left that
    /// could be reached
    #[arg(long, conflicts_with_all = ["schedules", "strategy", "seed", "depth"])]
    pub(crate) exhaustive: bool,

    /// Try N orders, under all policies together
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) schedules: u64,

    /// How orders are chosen
    #[arg(long, value_enum, default_value_t)]
    pub(crate) strategy: StrategyName,

    /// Let this number decide the orders of `random` and `pct`, instead of the scenario's seed
    #[arg(long, value_name = "N", value_parser = seed)]
    pub(crate) seed: Option<u64>,

    /// Of `pct`: how many turns in a certain order a bug may take (3 if not given). Of `dfs`: how
    /// many decisions of each order are tried, and the others left as they come (all if not given)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) depth: Option<u32>,

    /// Of `--exhaustive`: work on N threads; the result is the same (as many as there are cores if
    /// not given)
    #[arg(long, value_name = "N", requires = "exhaustive", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) threads: Option<u32>,

    /// Of `--exhaustive`: give a policy up when it has more than N worlds
    #[arg(long, value_name = "N", requires = "exhaustive", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) states: Option<u64>,

    /// Which behaviours to try
    #[arg(long, value_enum, default_value_t)]
    pub(crate) policies: PolicyList,

    /// Set a policy knob, over the scenario's own setting; `mapisim schema` lists the knobs, and
    /// `noise` takes a comma-separated set
    #[arg(long, value_name = "KEY=VALUE", value_parser = KnobSetting::parse)]
    pub(crate) policy: Vec<KnobSetting>,

    /// Write the first failure to FILE, for `mapisim replay`, and each further one to FILE with
    /// its number before the extension: `failure.toml`, `failure-2.toml`
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,

    /// Explore a client library instead of a scenario: it has the functions of `mapisim_client.h`.
    /// Several take part together
    #[arg(long, value_name = "LIBRARY", conflicts_with_all = ["scenario", "exhaustive"])]
    pub(crate) client: Vec<PathBuf>,

    /// Of `--client`: the library msmapi32, if it is not beside this program
    #[arg(long, value_name = "PATH")]
    pub(crate) library: Option<PathBuf>,

    /// Of `--client`: the profile that the clients connect to (`Work` if not given)
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Of `--client`: a client that takes so many seconds for one turn does not come back (`stuck`)
    #[arg(long, value_name = "SECONDS", requires = "client", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) timeout: u32,

    /// The scenario file
    #[arg(value_name = "SCENARIO", required_unless_present = "client")]
    pub(crate) scenario: Option<PathBuf>,
}

const AFTER_EXPLORE: &str = "\
What fails: an error finding that no [[always]] of the scenario allows, an [[always]] that does \
not hold, and a broken rule of the emulation. Each distinct finding is shown once, in the shortest \
order found.

Exhausted means: every order of the scenario's steps, and of everything that the emulation does \
meanwhile, was tried under every policy listed. Only `--exhaustive` and `--strategy dfs` can come \
to that; client libraries never do, and nothing is said about policies that are not listed.

Ctrl-C ends it early, and what was found by then is reported.

Exit status: 0 nothing fails, 1 something fails, 2 the command line or a file is wrong.";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum StrategyName {
    /// Whatever is possible is equally likely
    #[default]
    Random,
    /// Random priorities that change a few times: better at bugs that take few ordered turns
    Pct,
    /// Depth first: one decision after the other, the last ones first
    Dfs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyList {
    /// The scenario's own policy
    #[default]
    Default,
    /// The scenario's own, and every knob of it varied alone
    Documented,
}

impl From<PolicyList> for scripted::Policies {
    fn from(policies: PolicyList) -> Self {
        match policies {
            PolicyList::Default => Self::Default,
            PolicyList::Documented => Self::Documented,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = AFTER_REPLAY)]
pub(crate) struct ReplayArgs {
    /// How to print the results
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Write everything that happens to FILE, as JSON Lines
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,

    /// Of client libraries: the library msmapi32, if it is not beside this program
    #[arg(long, value_name = "PATH")]
    pub(crate) library: Option<PathBuf>,

    /// Of client libraries: one that takes so many seconds for one turn does not come back (`stuck`)
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) timeout: u32,

    /// What `explore --save` wrote
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

const AFTER_REPLAY: &str = "\
The scenario is looked for where the replay says, first from here, then from the folder of the \
replay, and then beside the replay.

Exit status: 0 nothing fails in it any more, 1 something fails, 2 it cannot be played: the \
command line or a file is wrong, or the scenario has changed.";

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
pub(crate) struct KnobSetting {
    knob: String,
    value: String,
}

impl KnobSetting {
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
