//! `mapisim explain`

mod gather; // what is known about a rule, a finding or a knob
mod show; //   the same for people
mod thing; //  what a word can mean

use std::io::Write;

use mapi_offline_report::{Plain, write_json};
use mapi_offline_scenario::suggest;

use crate::status::Status;
use thing::ExplainedThing;

use crate::cli::{ExplainArgs, Format};
use crate::command_error::{self, CommandError};
use crate::status::Stop;
use crate::terminal;

pub(crate) use thing::words;

/// Explains rules, findings and knobs.
pub(crate) fn explain(
    args: &ExplainArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    let explained = explain_all(args, out);
    command_error::report_failure(explained, out, err)
}

fn explain_all(args: &ExplainArgs, out: &mut impl Write) -> Result<Status, CommandError> {
    let subjects = args.names.iter().map(|name| {
        ExplainedThing::find(name).ok_or_else(|| {
            let plain = Plain::new(format!("there is no rule, finding or knob `{name}`"));
            let all = "`mapisim rules` lists all of them".to_owned();
            let help = suggest::help(name, words());
            plain.help(help.map_or(all.clone(), |help| format!("{help}; {all}")))
        })
    });
    let subjects: Vec<ExplainedThing> = subjects.collect::<Result<_, Plain>>()?;
    let mut known = gather::Examples::default();
    let explained: Vec<gather::Explanation> = subjects
        .into_iter()
        .map(|subject| known.explain(subject))
        .collect();
    match args.format {
        Format::Json => write_json(&explained, out)?,
        Format::Human => {
            let width = terminal::width(terminal::Stream::Out);
            for (place, explanation) in explained.iter().enumerate() {
                if place > 0 {
                    writeln!(out)?;
                }
                show::show(explanation, width, out)?;
            }
        }
    }
    Ok(Status::Held)
}
