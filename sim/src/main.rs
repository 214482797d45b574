//! `mapisim`: runs scenario files through the emulated MAPI Offline State API.

mod bench; //    `mapisim bench`
mod ci; //       results for CI
mod cli; //      the command line
mod command_error; // why a command cannot do its work
mod examples; // the scenarios that come with the program
mod explain; //  `mapisim explain`
mod explore; //  `mapisim explore`
mod files; //    which files it means
mod generated; //  schema, completions, the manual page
mod new; //      `mapisim new`
mod replay; //   `mapisim replay`
mod rules; //    `mapisim rules`
mod run; //      `mapisim run`
mod terminal; // what the terminal can show
mod trace; //    traces, in their formats

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use anstream::ColorChoice;
use cli::{Cli, Color, Command};
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
    if let Some(columns) = cli.width {
        terminal::set_width(usize::from(columns));
    }
    match cli.color {
        Color::Auto => {}
        Color::Always => ColorChoice::Always.write_global(),
        Color::Never => ColorChoice::Never.write_global(),
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
        Command::Rules(args) => rules::rules(&args, out)?,
        Command::New(args) => return new::new(&args, out, &mut anstream::stderr()),
        Command::Explain(args) => return explain::explain(&args, out, &mut anstream::stderr()),
        Command::Schema => generated::schema(out)?,
        Command::Completions { shell } => generated::completions(shell, out)?,
        Command::Man => generated::man(out)?,
    }
    Ok(Status::Held)
}
