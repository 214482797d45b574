//! How a command ends.

use std::io;

use clap::CommandFactory;

use crate::cli::Cli;

/// What the exit status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// All held.
    Held = 0,
    /// An expectation or an invariant failed.
    Failed = 1,
    /// The command line or a file is wrong.
    Wrong = 2,
    /// Nothing failed, but the search did not come to the end that was asked for.
    Unfinished = 3,
}

/// Why the program stops before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    CommandLine(clap::Error),
    /// The results cannot be written.
    Output(io::Error),
}

impl Stop {
    /// The arguments of a command do not go together.
    pub(crate) fn command_line(command: &str, message: &str) -> Self {
        let mut program = Cli::command();
        program.build();
        let found = program.find_subcommand(command).cloned();
        let kind = clap::error::ErrorKind::ArgumentConflict;
        Self::CommandLine(found.unwrap_or(program).error(kind, message))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
