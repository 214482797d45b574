//! What is made from the definitions: schema, completions, the manual page.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use mapi_offline_report::write_json;

use crate::cli::Cli;

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
