//! `mapisim`: runs scenario files through the emulated MAPI Offline State API.

mod bench; //    `mapisim bench`
mod cli; //      the command line
mod command_error; // why a command cannot do its work
mod explore; //  `mapisim explore`
mod files; //    which files it means
mod generated; //  rules, schema, completions, the manual page
mod replay; //   `mapisim replay`
mod run; //      `mapisim run`
mod terminal; // what the terminal can show

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Cli, Command};
use terminal::UntilClosed;

/// What the exit status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// All held.
    Held = 0,
    /// An expectation or an invariant failed.
    Failed = 1,
    /// The command line or a file is wrong.
    Wrong = 2,
}

/// Why the program stops before its end.
#[derive(Debug)]
enum Stop {
    CommandLine(clap::Error),
    /// The results cannot be written.
    Output(io::Error),
}

impl Stop {
    /// The arguments of a command do not go together.
    fn command_line(command: &str, message: &str) -> Self {
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

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::PlayClients) {
        return explore::play_clients();
    }
    let mut out = BufWriter::new(UntilClosed::new(anstream::stdout().lock()));
    let done = carry_out(cli.command, &mut out).and_then(|status| {
        out.flush()?;
        Ok(status)
    });
    let status = match done {
        Ok(status) => status,
        Err(Stop::Output(error)) => {
            let _ = writeln!(io::stderr(), "mapisim: cannot write the results: {error}");
            Status::Wrong
        }
        Err(Stop::CommandLine(error)) => {
            let _ = error.print();
            Status::Wrong
        }
    };
    ExitCode::from(status as u8)
}

fn carry_out(command: Command, out: &mut impl Write) -> Result<Status, Stop> {
    match command {
        Command::Run(args) => return run::run(&args, out, &mut anstream::stderr()),
        Command::Explore(args) => return explore::explore(&args, out, &mut anstream::stderr()),
        Command::Replay(args) => return replay::replay(&args, out, &mut anstream::stderr()),
        Command::Bench { format, quick } => bench::bench(format, quick, out)?,
        Command::Rules { format } => generated::rules(format, out)?,
        Command::Schema => generated::schema(out)?,
        Command::Completions { shell } => generated::completions(shell, out)?,
        Command::Man => generated::man(out)?,
        // It has no results of its own, and is carried out before there are any.
        Command::PlayClients => {}
    }
    Ok(Status::Held)
}
