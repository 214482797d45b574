//! Findings, summarized: each kind once for each client.

use std::io::{self, Write};

use mapi_offline_core::Severity;
use mapi_offline_scenario::Found;
use mapi_offline_scenario::text::brief;

use super::lanes::sign_of;
use super::style::{self, styled};
use crate::text::count;

/// `2 findings (1 error, 1 note)`; `left_out`: how many more there were.
pub(super) fn counts(findings: &[Found], left_out: u64) -> String {
    let total = match left_out {
        0 => count(findings.len() as u64, "finding"),
        more => format!(
            "{}, of which {more} are not listed",
            count(findings.len() as u64 + more, "finding")
        ),
    };
    let of = |severity: Severity| {
        let number = findings.iter().filter(|f| f.id.severity() == severity);
        match number.count() {
            0 => None,
            number => Some(count(number as u64, &severity.to_string())),
        }
    };
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter_map(of)
        .collect();
    match parts.as_slice() {
        [] => total,
        parts => format!("{total} ({})", parts.join(", ")),
    }
}

/// A line for each kind of finding of each client, in the order in which they came.
pub(super) fn write(findings: &[Found], out: &mut impl Write) -> io::Result<()> {
    let mut groups: Vec<(&Found, u64)> = Vec::new();
    for found in findings {
        let same =
            |(first, _): &&mut (&Found, u64)| first.id == found.id && first.client == found.client;
        match groups.iter_mut().find(same) {
            Some((_, number)) => *number += 1,
            None => groups.push((found, 1)),
        }
    }
    for (found, number) in groups {
        let severity = found.id.severity();
        let sign = styled(style::of(severity), sign_of(severity));
        let times = match number {
            1 => String::new(),
            number => format!(" ×{number}"),
        };
        let whom = found.client.as_ref();
        let whom = whom.map_or_else(String::new, |client| format!(" of {}", brief(client, 60)));
        let detail = brief(&found.detail, 400);
        writeln!(
            out,
            "  {sign} {}{whom}{times}: {detail} ({})",
            found.id, found.rule
        )?;
    }
    Ok(())
}
