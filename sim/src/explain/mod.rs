//! `mapisim explain`

mod gather; // what is known about a rule, a finding or a knob
mod show; //   the same for people

use std::io::Write;

use mapi_offline_core::{FindingId, KNOBS, RULES};
use mapi_offline_report::{Plain, write_json};
use mapi_offline_scenario::suggest;

use crate::Status;
use crate::cli::{ExplainArgs, Format};
use crate::command_error::{self, CommandError};
use crate::{Stop, terminal};

/// What a word can mean.
#[derive(Clone, Copy, Debug)]
enum ExplainedThing {
    Rule(&'static mapi_offline_core::Rule),
    Finding(FindingId),
    Knob(&'static mapi_offline_core::Knob),
}

impl ExplainedThing {
    fn find(word: &str) -> Option<Self> {
        let is_meant = |name: &str| name.eq_ignore_ascii_case(word);
        let rule = RULES.iter().find(|rule| is_meant(rule.id));
        let finding = FindingId::ALL.iter().find(|id| is_meant(id.name()));
        let knob = KNOBS.iter().find(|knob| is_meant(knob.name));
        rule.map(Self::Rule)
            .or(finding.map(|id| Self::Finding(*id)))
            .or(knob.map(Self::Knob))
    }
}

/// Every word that can be explained: rules, findings, knobs.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    let rules = RULES.iter().map(|rule| rule.id);
    let findings = FindingId::ALL.iter().map(|id| id.name());
    rules
        .chain(findings)
        .chain(KNOBS.iter().map(|knob| knob.name))
}

/// Explains rules, findings and knobs.
pub(crate) fn explain(
    args: &ExplainArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    let explained = explain_all(args, out);
    command_error::told(explained, out, err)
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
