//! An explanation for people.

use std::io::{self, Write};

use anstyle::Style;
use mapi_offline_report::text::padded;

use super::gather::Explanation;
use crate::terminal;

const STRONG: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();

/// Writes paragraphs under headings.
struct Sections<'a, W> {
    width: Option<usize>,
    out: &'a mut W,
}

impl<W: Write> Sections<'_, W> {
    fn heading(&mut self, heading: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.styled(STRONG, heading, "  ")
    }

    fn paragraph(&mut self, text: &str, indent: &str) -> io::Result<()> {
        self.styled(Style::new(), text, indent)
    }

    fn styled(&mut self, style: Style, text: &str, indent: &str) -> io::Result<()> {
        for line in terminal::wrapped(text, indent, self.width) {
            let text = line.strip_prefix(indent).unwrap_or(&line);
            writeln!(self.out, "{indent}{style}{text}{style:#}")?;
        }
        Ok(())
    }

    /// A section of one paragraph, unless there is nothing to say.
    fn section(&mut self, heading: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        self.paragraph(text, "    ")
    }

    /// A section of several paragraphs, unless there is none.
    fn list(&mut self, heading: &str, texts: &[String]) -> io::Result<()> {
        if texts.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        texts
            .iter()
            .try_for_each(|text| self.paragraph(text, "    "))
    }
}

/// Writes all that is known, for a terminal of that width.
pub(super) fn show(
    explanation: &Explanation,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let kind = match explanation.kind {
        "rule" => format!("a rule of {}", explanation.about),
        "finding" => format!("a finding ({})", explanation.about),
        _ => format!("a knob of {}", explanation.about),
    };
    writeln!(
        out,
        "{STRONG}{}{STRONG:#}  {QUIET}{kind}{QUIET:#}",
        explanation.name
    )?;
    let mut sections = Sections { width, out };
    sections.paragraph(explanation.text, "  ")?;
    sections.section("What to do", explanation.remedy)?;
    basis(explanation, &mut sections)?;
    values(explanation, &mut sections)?;
    let found = explanation.found.iter().map(|found| {
        let (scenario, finding, rule) = (found.scenario, found.finding, found.rule);
        format!("{scenario}: {finding} ({rule}): {}", found.detail)
    });
    sections.list("How it is reported", &found.collect::<Vec<_>>())?;
    scenarios(explanation, &mut sections)
}

/// Why it is believed.
fn basis<W: Write>(explanation: &Explanation, sections: &mut Sections<'_, W>) -> io::Result<()> {
    let standing = match explanation.standing.as_str() {
        "" => String::new(),
        standing => format!("Basis: {standing}"),
    };
    sections.list(&standing, &explanation.basis)?;
    let speaks_for = if explanation.kind == "knob" {
        "What is known"
    } else {
        "What speaks for it"
    };
    sections.section(speaks_for, explanation.evidence_for)?;
    sections.section("What speaks against it", explanation.evidence_against)?;
    sections.section("What would decide it", explanation.experiment)?;
    let differences = explanation.differences.iter();
    let differences: Vec<String> = differences.map(|&text| text.to_owned()).collect();
    sections.list("Known to differ in the real thing", &differences)
}

/// What can be set.
fn values<W: Write>(explanation: &Explanation, sections: &mut Sections<'_, W>) -> io::Result<()> {
    let knobs = explanation.knobs.iter().map(|knob| {
        let values = knob.values.join(" · ");
        format!("{} = {values}: {}", knob.name, knob.about)
    });
    sections.list("Knobs that vary it", &knobs.collect::<Vec<_>>())?;
    let name = explanation.name;
    let values = (0..).zip(&explanation.values).map(|(place, it)| {
        let default = match place {
            0 if name != "noise" => " (the default)",
            _ => "",
        };
        format!("{}{default}: {}", it.value, it.means)
    });
    sections.list(
        "Values, and what each means for a client",
        &values.collect::<Vec<_>>(),
    )?;
    let Some(value) = explanation.values.last().map(|it| it.value) else {
        return Ok(());
    };
    let lines = [
        format!("--policy {name}={value}"),
        format!("policy.{name} = \"{value}\"   (in a scenario file)"),
    ];
    sections.list("How to set it", &lines)
}

fn scenarios<W: Write>(
    explanation: &Explanation,
    sections: &mut Sections<'_, W>,
) -> io::Result<()> {
    let Some(first) = explanation.scenarios.first() else {
        return Ok(());
    };
    let longest = explanation.scenarios.iter().map(|it| it.name.len()).max();
    let column = longest.unwrap_or(0) + 2;
    let lines = explanation.scenarios.iter();
    let lines = lines.map(|it| format!("{}{}", padded(it.name, column), it.title));
    sections.list("Scenarios that show it", &lines.collect::<Vec<_>>())?;
    let hint = format!("mapisim new --example {} FILE", first.name);
    writeln!(sections.out)?;
    sections.styled(QUIET, &format!("`{hint}` writes one"), "  ")
}
