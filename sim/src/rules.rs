//! `mapisim rules`

use std::io::{self, Write};

use anstyle::Style;
use mapi_offline_core::{FindingId, KNOBS, Knob, RULES, Rule};
use mapi_offline_report::write_json;
use serde::Serialize;

use crate::cli::{DefinitionTable, Format, RulesArgs};
use crate::terminal;

/// Prints the tables, or what of them is asked for.
pub(crate) fn rules(args: &RulesArgs, out: &mut impl Write) -> io::Result<()> {
    let is_meant = |name: &str| {
        let mut parts = args.names.iter();
        args.names.is_empty() || parts.any(|part| contains(name, part))
    };
    let rules = RULES.iter().filter(|rule| is_meant(rule.id)).collect();
    let knobs = KNOBS.iter().filter(|knob| is_meant(knob.name)).collect();
    let findings = FindingId::ALL.iter().copied();
    let findings = findings.filter(|id| is_meant(id.name())).collect();
    let tables = Tables {
        rules,
        knobs,
        findings,
    };
    match args.format {
        Format::Human => tables.for_people(args.only, out),
        Format::Json => tables.for_programs(args.only, out),
    }
}

fn contains(name: &str, part: &str) -> bool {
    name.to_lowercase().contains(&part.to_lowercase())
}

/// What is to be printed.
struct Tables {
    rules: Vec<&'static Rule>,
    knobs: Vec<&'static Knob>,
    findings: Vec<FindingId>,
}

#[derive(Serialize)]
struct RuleEntry {
    id: &'static str,
    text: &'static str,
    basis: String,
}

#[derive(Serialize)]
struct KnobEntry {
    name: &'static str,
    rule: &'static str,
    values: &'static [&'static str],
    text: &'static str,
}

#[derive(Serialize)]
struct FindingEntry {
    name: &'static str,
    severity: String,
    text: &'static str,
    remedy: &'static str,
}

impl Tables {
    /// The rules alone unless something else is asked for: programs that read them go on to work.
    fn for_programs(&self, only: Option<DefinitionTable>, out: &mut impl Write) -> io::Result<()> {
        let rules = self.rules.iter().map(|rule| RuleEntry {
            id: rule.id,
            text: rule.text,
            basis: rule.basis(),
        });
        let knobs = self.knobs.iter().map(|knob| KnobEntry {
            name: knob.name,
            rule: knob.rule,
            values: knob.values,
            text: knob.about.trim(),
        });
        let findings = self.findings.iter().map(|id| FindingEntry {
            name: id.name(),
            severity: id.severity().to_string(),
            text: id.about(),
            remedy: id.remedy(),
        });
        match only.unwrap_or(DefinitionTable::Rules) {
            DefinitionTable::Rules => write_json(&rules.collect::<Vec<_>>(), out),
            DefinitionTable::Knobs => write_json(&knobs.collect::<Vec<_>>(), out),
            DefinitionTable::Findings => write_json(&findings.collect::<Vec<_>>(), out),
        }
    }

    fn for_people(&self, only: Option<DefinitionTable>, out: &mut impl Write) -> io::Result<()> {
        let is_asked = |table| only.is_none_or(|only| only == table);
        let mut list = EntryList {
            width: terminal::width(terminal::Stream::Out),
            has_written: false,
            out,
        };
        if is_asked(DefinitionTable::Rules) {
            let entries = self.rules.iter().map(|rule| Entry {
                name: rule.id,
                text: rule.text.to_owned(),
                small: rule.basis(),
            });
            list.write("Rules", entries.collect())?;
        }
        if is_asked(DefinitionTable::Knobs) {
            let entries = self.knobs.iter().map(|knob| Entry {
                name: knob.name,
                text: knob.about.trim().to_owned(),
                small: format!("{}; {}", knob.values.join(" · "), knob.rule),
            });
            list.write("Knobs", entries.collect())?;
        }
        if is_asked(DefinitionTable::Findings) {
            let entries = self.findings.iter().map(|id| Entry {
                name: id.name(),
                text: id.about().to_owned(),
                small: id.severity().to_string(),
            });
            list.write("Findings", entries.collect())?;
        }
        list.end()
    }
}

/// A line or two under a heading.
struct Entry {
    name: &'static str,
    text: String,
    small: String,
}

/// Entries under headings.
struct EntryList<'a, W> {
    width: Option<usize>,
    has_written: bool,
    out: &'a mut W,
}

impl<W: Write> EntryList<'_, W> {
    /// The names in one column, what they say in another.
    fn write(&mut self, heading: &str, entries: Vec<Entry>) -> io::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
        if self.has_written {
            writeln!(self.out)?;
        }
        self.has_written = true;
        writeln!(self.out, "{bold}{heading}{bold:#}\n")?;
        let longest = entries.iter().map(|entry| entry.name.len()).max();
        let indent = " ".repeat(longest.unwrap_or(0) + 2);
        for entry in &entries {
            let mut text = terminal::wrapped(&entry.text, &indent, self.width).into_iter();
            let first = text.next().unwrap_or_default();
            let first = first.get(entry.name.len()..).unwrap_or_default();
            writeln!(self.out, "{bold}{}{bold:#}{first}", entry.name)?;
            for line in text {
                writeln!(self.out, "{line}")?;
            }
            for line in terminal::wrapped(&entry.small, &indent, self.width) {
                writeln!(self.out, "{dim}{line}{dim:#}")?;
            }
        }
        Ok(())
    }

    fn end(self) -> io::Result<()> {
        if self.has_written {
            return Ok(());
        }
        writeln!(self.out, "Nothing has a name with that in it.")
    }
}
