//! The command line.

mod bench; //     of `mapisim bench`
mod completed; // values that completions know
mod settings; //  settings of the policy
mod values; //    values of options

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mapi_offline_explore::scripted;

use crate::explore::memory;

pub(crate) use bench::BenchArgs;
pub(crate) use settings::KnobSetting;
use values::seed;
pub(crate) use values::{Deny, Format, PolicyArgs, ResultFormat, TraceFormat};

/// Runs scenario files through an emulated MAPI Offline State API.
#[derive(Debug, Parser)]
#[command(name = "mapisim", version, max_term_width = 100, after_help = AFTER)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Lay the output out for N columns, whatever the terminal has
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    pub(crate) width: Option<u16>,

    /// Print nothing when all is well
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// Whether to colour the output
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
}

/// When the output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// Where the output is a terminal, and NO_COLOR is not set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
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
    /// Say which policies explain traces, and which rules they contradict
    Infer(InferArgs),
    /// Measure how fast the emulation notifies, or how long the Notify of your own clients takes
    ///
    /// Without a scenario and without --client: the emulation. Each number is a median of short
    /// batches, in which the emulation and what it is compared with take turns. Takes up to a
    /// minute, and needs a machine that does nothing else.
    Bench(BenchArgs),
    /// Print the rules of the emulation, its knobs and its findings
    Rules(RulesArgs),
    /// Write a first scenario with comments, an example, or a whole project with a provider and its tests
    New(NewArgs),
    /// Format scenario files; their comments stay
    Fmt(FormatArgs),
    /// Explain a rule, a finding or a knob: its text, its basis, what to do, scenarios that show it
    Explain(ExplainArgs),
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

// What run and replay show of what happens. No doc comment: clap would take it for what the command does.
#[derive(Debug, Args)]
pub(crate) struct ShownIn {
    /// How the trace is written
    #[arg(
        long,
        value_enum,
        default_value_t,
        requires = "trace",
        value_name = "FORMAT"
    )]
    pub(crate) trace_format: TraceFormat,

    /// Write a page for a browser to FILE: one file of HTML that shows what happened, and needs no network
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct RunArgs {
    /// How to print the results
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ResultFormat,

    /// Write everything that happens to FILE, as JSON Lines; takes exactly one scenario
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) shown_in: ShownIn,

    /// Let the reader of the page play: at any event another of what was possible there, in an order in which
    /// times do not bind
    #[arg(long, requires = "report", conflicts_with = "seed")]
    pub(crate) report_play: bool,

    /// Say what of the API's behaviour each client met, in all scenarios together, and what it never did: calls by
    /// moment, results, orders of events, rules, values of knobs
    #[arg(long)]
    pub(crate) coverage: bool,

    /// Let this number decide what happens first among what falls on one instant, instead of the
    /// scenario's own; 0 is the order of the file
    #[arg(long, value_name = "N", value_parser = seed)]
    pub(crate) seed: Option<u64>,

    #[command(flatten)]
    pub(crate) policy: PolicyArgs,

    /// Fail a scenario of which there is a finding of this severity, or a heavier one, whose kind
    /// none of its blocks names
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) deny: Option<Deny>,

    /// Run only scenarios with TEXT in the path of the file or in the title; several: with any of them
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Vec<String>,

    /// Run N scenarios at once; results come in the same order (as many as there are cores if not given)
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Write what came over what the files expect, where it did not hold; all else in them stays, comments too
    #[arg(long, conflicts_with_all = ["trace", "format", "watch"])]
    pub(crate) bless: bool,

    /// Run again whenever a file changes, until Ctrl-C
    #[arg(long, conflicts_with_all = ["trace", "format"])]
    pub(crate) watch: bool,

    /// Scenario files, or folders to search for *.toml; `-` is stdin
    #[arg(value_name = "SCENARIO", required = true)]
    pub(crate) scenarios: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = AFTER_EXPLORE)]
pub(crate) struct ExploreArgs {
    /// How to print the results
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ResultFormat,

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

    /// Of `--exhaustive`: end the search when the program holds more memory than this, and report
    /// what was found: bytes, or a number with K, M or G (half of what is free, and at most 4G, if not given)
    #[arg(long, value_name = "SIZE", requires = "exhaustive", value_parser = memory::size)]
    pub(crate) memory: Option<u64>,

    /// End with exit status 3 unless the space is exhausted, though nothing fails
    #[arg(long, conflicts_with = "client")]
    pub(crate) require_exhausted: bool,

    /// Which behaviours to try
    #[arg(long, value_enum, default_value_t)]
    pub(crate) policies: PolicyList,

    /// Let up to N calls of clients fail in each order, though nothing is wrong with them: which, and how, is
    /// decided as who goes next is (FAIL-1)
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=16))]
    pub(crate) faults: u32,

    #[command(flatten)]
    pub(crate) policy: PolicyArgs,

    /// Write the first failure to FILE, for `mapisim replay`, and each further one to FILE with
    /// its number before the extension: `failure.toml`, `failure-2.toml`
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,

    /// Write a page for a browser to FILE: one file of HTML that shows what happened, and needs no network
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Of a scenario: let the reader of the page play, at any event another of what was possible there
    #[arg(long, requires = "report")]
    pub(crate) report_play: bool,

    /// Say what of the API's behaviour each client met in the search, and what it never did: calls by moment,
    /// results, orders of events, rules, values of knobs
    #[arg(long, conflicts_with = "client")]
    pub(crate) coverage: bool,

    /// Fail on findings of this severity, and on heavier ones; lighter ones are listed
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t)]
    pub(crate) deny: Deny,

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
What fails: an error finding that no [[always]] of the scenario allows (--deny: a warning or a note, too), an [[always]] that does \
not hold, and a broken rule of the emulation. Each distinct finding is shown once, in the shortest \
order found.

Exhausted means: every order of the scenario's steps, and of everything that the emulation does \
meanwhile, was tried under every policy listed. Only `--exhaustive` and `--strategy dfs` can come \
to that; client libraries never do, and nothing is said about policies that are not listed.

Ctrl-C ends it early, and what was found by then is reported.

Exit status: 0 nothing fails, 1 something fails, 2 the command line or a file is wrong, 3 nothing \
fails, but it is not finished: it was stopped, a bound ended it, or --require-exhausted is given \
and it is not exhausted.";

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

    #[command(flatten)]
    pub(crate) shown_in: ShownIn,

    /// Of a scenario: let the reader of the page play, at any event another of what was possible there
    #[arg(long, requires = "report")]
    pub(crate) report_play: bool,

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

#[derive(Debug, Args)]
#[command(after_help = AFTER_INFER)]
pub(crate) struct InferArgs {
    /// How to print the results
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Hold a policy knob fixed: only that value is possible
    #[arg(long, value_name = "KEY=VALUE", value_parser = KnobSetting::parse)]
    pub(crate) policy: Vec<KnobSetting>,

    /// Print what is said of every line, not only of those that narrow a knob or contradict a rule
    #[arg(long)]
    pub(crate) all: bool,

    /// Write what is decided to FILE, as an observed policy
    #[arg(
        long,
        value_name = "FILE",
        requires = "outlook_version",
        requires = "years"
    )]
    pub(crate) save: Option<PathBuf>,

    /// Of --save: the version of Outlook in which the traces were recorded
    #[arg(long, value_name = "NAME")]
    pub(crate) outlook_version: Option<String>,

    /// Of --save: the year, or the years, in which they were recorded
    #[arg(long, value_name = "YEARS")]
    pub(crate) years: Option<String>,

    /// Traces: what `mapirecord` or --trace wrote, of one Outlook
    #[arg(value_name = "TRACE", required = true)]
    pub(crate) traces: Vec<PathBuf>,
}

const AFTER_INFER: &str = "\
Only calls, answers, notifications and releases of callbacks are looked at: what a client sees.

Exit status: 0 some policy explains all of it, 1 a rule is contradicted, 2 the command line or a \
file is wrong.";

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// How to print them; as JSON the rules alone, unless `--only` says otherwise
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Print one of the tables only
    #[arg(long, value_enum, value_name = "TABLE")]
    pub(crate) only: Option<DefinitionTable>,

    /// Print only what has one of these in its name: `SET`, `leaked`
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

/// One of the tables of the emulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DefinitionTable {
    /// What it does, and why
    Rules,
    /// What can be set where the documentation leaves it open
    Knobs,
    /// What it tells the author of a client
    Findings,
}

#[derive(Debug, Args)]
pub(crate) struct FormatArgs {
    /// Write nothing: name the files that are to be formatted, and end with exit status 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,

    /// Scenario files, or folders to search for *.toml; `-` is stdin, and goes to stdout
    #[arg(value_name = "SCENARIO", required = true)]
    pub(crate) scenarios: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// Write this scenario of those that come with the program, as `mapisim explain` names them
    #[arg(long, value_name = "NAME", value_parser = completed::ExampleNames, hide_possible_values = true)]
    pub(crate) example: Option<String>,

    /// Write a project instead, in the folder PATH: a provider in this language, a test that passes and one
    /// that fails
    #[arg(long, value_enum, value_name = "LANGUAGE", conflicts_with = "example")]
    pub(crate) provider: Option<ProviderLanguage>,

    /// Of `--provider`: the source tree of mapi-offline, if it is not what this program was built from
    #[arg(long, value_name = "FOLDER", requires = "provider")]
    pub(crate) mapi_offline: Option<PathBuf>,

    /// The file or folder to write; `-` is stdout. What is there already is left as it is
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
}

/// In what a provider is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProviderLanguage {
    /// C++, with CMake
    Cpp,
    /// Rust, with cargo
    Rust,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// A rule (`SET-8`), a finding (`stale-belief`) or a knob (`visible`)
    #[arg(value_name = "NAME", required = true, value_parser = completed::Subjects, hide_possible_values = true)]
    pub(crate) names: Vec<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
