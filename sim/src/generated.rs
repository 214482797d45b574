//! What is made from the definitions: rules, schema, completions, the manual page.

use std::io::{self, Write};

use anstyle::Style;
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use mapi_offline_core::RULES;
use mapi_offline_report::write_json;
use serde::Serialize;

use crate::cli::{Cli, Format};
use crate::terminal;

/// The table of the rules.
pub(crate) fn rules(format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Human => rules_for_people(out),
        Format::Json => {
            #[derive(Serialize)]
            struct Rule {
                id: &'static str,
                text: &'static str,
                basis: String,
            }
            let rules = RULES.iter().map(|rule| Rule {
                id: rule.id,
                text: rule.text,
                basis: rule.basis(),
            });
            write_json(&rules.collect::<Vec<_>>(), out)
        }
    }
}

fn rules_for_people(out: &mut impl Write) -> io::Result<()> {
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let longest = RULES.iter().map(|rule| rule.id.len()).max();
    let indent = " ".repeat(longest.unwrap_or(0) + 2);
    let width = terminal::width(terminal::Stream::Out)
        .unwrap_or(100)
        .min(100);
    let options = textwrap::Options::new(width.max(40))
        .initial_indent(&indent)
        .subsequent_indent(&indent)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    for rule in RULES {
        let text = textwrap::fill(rule.text, &options);
        let text = text.get(rule.id.len()..).unwrap_or_default();
        writeln!(out, "{bold}{}{bold:#}{text}", rule.id)?;
        let basis = textwrap::fill(&rule.basis(), &options);
        writeln!(out, "{dim}{basis}{dim:#}")?;
    }
    Ok(())
}

/// The JSON Schema of scenario files.
pub(crate) fn schema(out: &mut impl Write) -> io::Result<()> {
    write_json(&mapi_offline_scenario::json_schema(), out)
}

/// A completion script.
pub(crate) fn completions(shell: Shell, out: &mut impl Write) -> io::Result<()> {
    // Straight to a closed pipe the generator would panic.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "mapisim", &mut script);
    out.write_all(&script)
}

/// The manual page: one for the program and all its commands.
pub(crate) fn man(out: &mut impl Write) -> io::Result<()> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let page = Man::new(command.clone());
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    for subcommand in command.get_subcommands() {
        let heading = format!("mapisim {}", subcommand.get_name()).to_uppercase();
        writeln!(out, ".SH \"{heading}\"")?;
        let page = Man::new(subcommand.clone());
        for section in [
            Man::render_description_section,
            Man::render_synopsis_section,
            Man::render_options_section,
        ] {
            let mut text = Vec::new();
            section(&page, &mut text)?;
            let text = String::from_utf8_lossy(&text);
            for line in text.lines().filter(|line| !line.starts_with(".SH")) {
                writeln!(out, "{line}")?;
            }
            writeln!(out, ".PP")?;
        }
        if let Some(after) = subcommand.get_after_help() {
            let after = after.to_string();
            // What is true of all commands is said once, below.
            for paragraph in after.split("\n\n").filter(|text| !text.starts_with("Exit")) {
                writeln!(out, "{}\n.PP", paragraph.replace('-', "\\-"))?;
            }
        }
    }
    writeln!(out, ".SH \"EXIT STATUS\"")?;
    if let Some(after) = command.get_after_help() {
        writeln!(out, "{after}")?;
    }
    page.render_version_section(out)
}
