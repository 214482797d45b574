//! `mapisim`: runs scenario files through the emulated MAPI Offline State API.

mod bench; //    `mapisim bench`
mod bless; //    `mapisim run --bless`
mod ci; //       results for CI
mod cli; //      the command line
mod command_error; // why a command cannot do its work
mod examples; // the scenarios that come with the program
mod explain; //  `mapisim explain`
mod explore; //  `mapisim explore`
mod files; //    which files it means
mod format; //   `mapisim fmt`
mod generated; //  schema, completions, the manual page
mod infer; //    `mapisim infer`
mod jobs; //     work on several threads
mod new; //      `mapisim new`
mod outlooks; // what is known of versions of Outlook
mod quiet; //    `--quiet`
mod replay; //   `mapisim replay`
mod rules; //    `mapisim rules`
mod run; //      `mapisim run`
mod status; //   how a command ends
mod terminal; // what the terminal can show
mod trace; //    traces, in their formats
mod watch; //    `mapisim run --watch`

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;

use anstream::ColorChoice;
use cli::{Cli, Color, Command};
use status::{Status, Stop};
use terminal::{Stream, UntilClosed};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::PlayClients) {
        return explore::play_clients();
    }
    if let Some(columns) = cli.width {
        terminal::set_width(usize::from(columns));
    }
    match cli.color {
        Color::Auto => {}
        Color::Always => ColorChoice::Always.write_global(),
        Color::Never => ColorChoice::Never.write_global(),
    }
    let mut out = BufWriter::new(UntilClosed::new(anstream::stdout().lock()));
    if !cli.quiet {
        tell_outlook(&cli.command);
    }
    let carried_out = if cli.quiet {
        quiet::unless_held(&mut out, |out| carry_out(cli.command, out))
    } else {
        carry_out(cli.command, &mut out)
    };
    let done = carried_out.and_then(|status| {
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

/// Says what is known of the version of Outlook that `--outlook` asks for.
fn tell_outlook(command: &Command) {
    let policy = match command {
        Command::Run(args) => &args.policy,
        Command::Explore(args) => &args.policy,
        _ => return,
    };
    if let Some(outlook) = &policy.outlook {
        let width = terminal::width(Stream::Err).unwrap_or(usize::MAX);
        // Nobody reads it: the results are on the other stream.
        let _ = outlooks::tell(&outlook.observed, width, &mut anstream::stderr());
    }
}

fn carry_out(command: Command, out: &mut impl Write) -> Result<Status, Stop> {
    match command {
        Command::Run(args) if args.bless => {
            return bless::bless(&args, out, &mut anstream::stderr());
        }
        Command::Run(args) if args.watch => {
            return watch::watch(&args, out, &mut anstream::stderr());
        }
        Command::Run(args) => return run::run(&args, out, &mut anstream::stderr()),
        Command::Explore(args) => return explore::explore(&args, out, &mut anstream::stderr()),
        Command::Replay(args) => return replay::replay(&args, out, &mut anstream::stderr()),
        Command::Infer(args) => return infer::infer(&args, out, &mut anstream::stderr()),
        Command::Bench(args) => return bench::bench(&args, out, &mut anstream::stderr()),
        Command::Rules(args) => rules::rules(&args, out)?,
        Command::Fmt(args) => return format::format(&args, out, &mut anstream::stderr()),
        Command::New(args) => return new::new(&args, out, &mut anstream::stderr()),
        Command::Explain(args) => return explain::explain(&args, out, &mut anstream::stderr()),
        Command::Schema => generated::schema(out)?,
        Command::Completions { shell } => generated::completions(shell, out)?,
        Command::Man => generated::man(out)?,
        // It has no results of its own, and is carried out before there are any.
        Command::PlayClients => {}
    }
    Ok(Status::Held)
}
