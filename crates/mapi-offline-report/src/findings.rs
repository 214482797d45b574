//! Findings, summarized: each kind once for each client.

use std::collections::BTreeMap;
use std::io::{self, Write};

use mapi_offline_core::{FindingId, Severity};
#[cfg(test)]
use mapi_offline_driver::FoundPlace;
use mapi_offline_scenario::Found;
use mapi_offline_scenario::text::brief;

use super::lanes::sign_of;
use super::style::{self, styled};
use crate::text::count;

/// The most lines of findings that are shown; JSON has more.
const SHOWN: usize = 50;

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

/// The findings of one kind of one client.
pub(super) struct FindingGroup<'a> {
    pub(super) first: &'a Found,
    /// How many there are.
    number: u64,
}

/// The kinds of findings of each client, in the order in which they came.
pub(super) fn groups(findings: &[Found]) -> Vec<FindingGroup<'_>> {
    let mut groups: Vec<FindingGroup<'_>> = Vec::new();
    let mut places: BTreeMap<(FindingId, Option<&str>), usize> = BTreeMap::new();
    for found in findings {
        let place = *places
            .entry((found.id, found.client.as_deref()))
            .or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.number += 1,
            None => groups.push(FindingGroup {
                first: found,
                number: 1,
            }),
        }
    }
    groups
}

/// ` of provider`, or nothing.
pub(super) fn of_whom(whom: Option<&str>) -> String {
    whom.map_or_else(String::new, |whom| format!(" of {}", brief(whom, 60)))
}

impl FindingGroup<'_> {
    /// `stale-belief of provider`
    pub(super) fn name(&self) -> String {
        let whom = of_whom(self.first.client.as_deref());
        format!("{}{whom}", self.first.id)
    }

    /// Its line.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let severity = self.first.id.severity();
        let sign = styled(style::of(severity), sign_of(severity));
        let times = match self.number {
            1 => String::new(),
            number => format!(" ×{number}"),
        };
        let (name, rule) = (self.name(), self.first.rule);
        let detail = brief(&self.first.detail, 400);
        let place = brief(&self.first.place.suffix(), 400);
        writeln!(out, "  {sign} {name}{times}: {detail} ({rule}){place}")
    }
}

/// A line for each kind of finding of each client, in the order in which they came; not without end.
pub(super) fn write(findings: &[Found], out: &mut impl Write) -> io::Result<()> {
    let groups = groups(findings);
    for group in groups.iter().take(SHOWN) {
        group.write(out)?;
    }
    match groups.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "  … and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_very_many_clients_are_shown_in_part() {
        let findings: Vec<Found> = (0..30_000)
            .map(|client| Found {
                t_us: 0,
                id: FindingId::LeakedReference,
                client: Some(format!("client {client}")),
                rule: "LIFE-3",
                detail: "1 reference never released".to_owned(),
                place: FoundPlace::default(),
            })
            .collect();
        let mut out = Vec::new();
        write(&findings, &mut out).expect("memory takes it");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text.lines().count(), SHOWN + 1);
        assert!(text.ends_with("  … and 29950 more\n"), "{text}");
    }
}
