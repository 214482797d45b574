//! What of the API's behaviour clients met, and what they never did: for people, and for CI.

use std::io::{self, Write};

use mapi_offline_core::Severity;
use mapi_offline_driver::coverage::{ClientTable, CoverageRow, CoverageTable, OrderRow};
use mapi_offline_scenario::text::brief;

use super::checks::{CheckStanding, CheckedThing, written};
use super::style::{self, styled};
use super::wrapped;

/// Writes the table: of each client when it called what, what came back, which orders it met, and which rules; and
/// the values of the knobs. What was never met stands behind what was.
///
/// # Errors
/// `out` cannot be written.
pub fn write_coverage(
    table: &CoverageTable,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    for client in &table.clients {
        of_client(client, width, out)?;
    }
    of_knobs(table, width, out)
}

fn of_client(client: &ClientTable, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    let name = brief(&client.client, 60);
    let title = styled(style::STRONG, &format!("What {name} met"));
    writeln!(out, "\n{title}")?;
    rows("Calls", &client.calls, width, out)?;
    rows("Results", &client.results, width, out)?;
    orders(client, &name, width, out)?;
    let rules = std::slice::from_ref(&client.rules);
    rows("Rules that can be seen", rules, width, out)
}

fn of_knobs(table: &CoverageTable, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n{}", styled(style::STRONG, "Knobs"))?;
    let mut rows = table.knobs.iter();
    rows.try_for_each(|row| write_row(row, width, out))
}

fn rows(
    title: &str,
    rows: &[CoverageRow],
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "\n  {}", styled(style::QUIET, title))?;
    rows.iter().try_for_each(|row| write_row(row, width, out))
}

/// A row: what was met with a tick, what made no difference with a dot, what never was with a cross.
fn write_row(row: &CoverageRow, width: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    if row.met.is_empty() && row.idle.is_empty() {
        let sign = styled(style::DOUBTFUL, "✗");
        return writeln!(out, "    {}\n      {sign} never", row.of);
    }
    writeln!(out, "    {}", row.of)?;
    let parts = [
        ("✓", "", style::GOOD, &row.met),
        ("·", "without effect: ", style::QUIET, &row.idle),
        ("✗", "never: ", style::DOUBTFUL, &row.never),
    ];
    for (sign, words, style, values) in parts {
        if values.is_empty() {
            continue;
        }
        let text = format!("{words}{}", values.join(", "));
        line(sign, style, &text, width, out)?;
    }
    Ok(())
}

/// The orders, those that were met first.
fn orders(
    client: &ClientTable,
    name: &str,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "\n  {}", styled(style::QUIET, "Orders"))?;
    let (met, never): (Vec<&OrderRow>, Vec<&OrderRow>) =
        client.orders.iter().partition(|order| order.met);
    for order in met.into_iter().chain(never) {
        let (sign, style) = match order.met {
            true => ("✓", style::GOOD),
            false => ("✗", style::DOUBTFUL),
        };
        line(sign, style, &in_words(name, order), width, out)?;
    }
    Ok(())
}

/// `provider was never told of a transition that began before it advised (ADV-7)`
fn in_words(name: &str, order: &OrderRow) -> String {
    format!("{name} {} ({})", order.words, order.rules.join(", "))
}

fn line(
    sign: &str,
    style: anstyle::Style,
    text: &str,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let lines = wrapped(text, "        ", width);
    for (place, line) in lines.iter().enumerate() {
        match place {
            0 => writeln!(out, "      {} {}", styled(style, sign), line.trim_start())?,
            _ => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

/// What each client met, as things that were checked: they fail nothing, and carry the client's table as text.
#[must_use]
pub fn coverage_checks(table: &CoverageTable) -> Vec<CheckedThing> {
    let of = |client: &ClientTable| CheckedThing {
        name: format!("coverage of {}", brief(&client.client, 100)),
        line: None,
        standing: CheckStanding::Remarked(Severity::Note),
        message: in_short(client),
        story: written(|out| {
            of_client(client, None, out)?;
            of_knobs(table, None, out)
        }),
    };
    table.clients.iter().map(of).collect()
}

/// `provider met 9 of 31 orders and 14 of 32 rules that can be seen`
fn in_short(client: &ClientTable) -> String {
    let orders = client.orders.iter().filter(|order| order.met).count();
    let rules = client.rules.met.len();
    format!(
        "{} met {orders} of {} orders and {rules} of {} rules that can be seen",
        brief(&client.client, 60),
        client.orders.len(),
        rules + client.rules.never.len()
    )
}

/// Lines for a page: of each client how much it met, and then each order that it never met.
pub(super) fn notes(table: &CoverageTable) -> Vec<String> {
    let mut notes = Vec::new();
    for client in &table.clients {
        let name = brief(&client.client, 60);
        notes.push(in_short(client));
        let never = client.orders.iter().filter(|order| !order.met);
        notes.extend(never.map(|order| in_words(&name, order)));
    }
    notes
}
