//! Arguments of `mapisim bench`.

use std::path::PathBuf;

use clap::Args;

use super::Format;

const AFTER_BENCH: &str = "\
With a scenario or with --client, each Notify is timed, beside an empty one in the same run; and \
again among more registrations, and among more profiles.

Exit status: 0 measured, 1 slower than --deny-slower says, 2 it cannot be measured: the command \
line or a file is wrong, or a client crashed or did not come back.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_BENCH, group = clap::ArgGroup::new("measured").args(["scenario", "client"]).multiple(true))]
pub(crate) struct BenchArgs {
    /// How to print the results
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Take less than 10 seconds, and leave out the sizes for which that is too short
    #[arg(long)]
    pub(crate) quick: bool,

    /// Measure a client library: it has the functions of `mapisim_client.h`. Several take part together
    #[arg(long, value_name = "LIBRARY", conflicts_with = "scenario")]
    pub(crate) client: Vec<PathBuf>,

    /// Of `--client`: the library msmapi32, if it is not beside this program
    #[arg(long, value_name = "PATH", requires = "client")]
    pub(crate) library: Option<PathBuf>,

    /// Of `--client`: the profile that the clients connect to (`Work` if not given)
    #[arg(long, value_name = "NAME", requires = "client")]
    pub(crate) profile: Option<String>,

    /// Of `--client`: one that takes so many seconds longer than it should does not come back
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) timeout: u32,

    /// Write the numbers to FILE, for `--baseline`
    #[arg(long, value_name = "FILE", requires = "measured")]
    pub(crate) save_baseline: Option<PathBuf>,

    /// Compare with what `--save-baseline` wrote
    #[arg(long, value_name = "FILE", requires = "measured")]
    pub(crate) baseline: Option<PathBuf>,

    /// End with exit status 1 if a client is certainly slower than the baseline by more than N percent
    #[arg(long, value_name = "N", requires = "baseline", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) deny_slower: Option<u32>,

    /// Write a page for a browser to FILE: one file of HTML with a chart, which needs no network
    #[arg(long, value_name = "FILE", requires = "measured")]
    pub(crate) report: Option<PathBuf>,

    /// Measure the clients of a scenario
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: Option<PathBuf>,
}
