//! What came of measuring clients, for people.

use std::io::{self, Write};

use mapi_offline_measure::client::{
    ClientReport, ClientTimes, MeasuredPoint, PointDifference, TimeDifference, TimeVerdict,
};
use mapi_offline_report::text::thousands;
use mapi_offline_scenario::text::harmless;

use super::table::{NumberTable, count, debug_build};

/// Prints the tables, and how they differ from a baseline.
pub(super) fn show(
    report: &ClientReport,
    differences: Option<&[PointDifference]>,
    out: &mut impl Write,
) -> io::Result<()> {
    debug_build(out)?;
    for client in clients(report) {
        of_client(report, &client).write(out)?;
        if let Some(times) = report.points.iter().find_map(|point| find(point, &client)) {
            by_phase(&client, times).write(out)?;
        }
    }
    runs(report).write(out)?;
    for difference in differences.unwrap_or_default() {
        writeln!(out, "{}", sentence(difference))?;
    }
    Ok(())
}

/// The names of all clients, in the order in which they come.
pub(super) fn clients(report: &ClientReport) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for times in report.points.iter().flat_map(|point| &point.clients) {
        if !names.contains(&times.client) {
            names.push(times.client.clone());
        }
    }
    names
}

pub(super) fn find<'r>(point: &'r MeasuredPoint, client: &str) -> Option<&'r ClientTimes> {
    point.clients.iter().find(|times| times.client == client)
}

fn of_client(report: &ClientReport, client: &str) -> NumberTable {
    let rows = report.points.iter().filter_map(|point| {
        let times = &find(point, client)?.times;
        let empty = point.empty.as_ref();
        let kept = point.kept_bytes_per_notify;
        Some(vec![
            count(point.registrations),
            count(point.profiles),
            thousands(times.p50),
            thousands(times.p99),
            thousands(times.p999),
            thousands(times.max),
            empty.map_or_else(|| "-".to_owned(), |empty| thousands(empty.times.p50)),
            kept.map_or_else(|| "-".to_owned(), |kept| format!("{kept:.1}")),
        ])
    });
    NumberTable {
        title: format!("Notify of {}, in ns", harmless(client)),
        columns: vec![
            "registrations",
            "profiles",
            "p50",
            "p99",
            "p99.9",
            "longest",
            "empty p50",
            "bytes kept",
        ],
        rows: rows.collect(),
    }
}

fn by_phase(client: &str, times: &ClientTimes) -> NumberTable {
    let rows = times.phases.iter().map(|phase| {
        let times = &phase.times;
        vec![
            phase.phase.clone(),
            thousands(times.p50),
            thousands(times.p90),
            thousands(times.p99),
            thousands(times.p999),
            thousands(times.count),
        ]
    });
    NumberTable {
        title: format!("Notify of {} by phase, in ns", harmless(client)),
        columns: vec!["phase", "p50", "p90", "p99", "p99.9", "measured"],
        rows: rows.collect(),
    }
}

fn runs(report: &ClientReport) -> NumberTable {
    let rows = report.points.iter().map(|point| {
        vec![
            count(point.registrations),
            count(point.profiles),
            format!("{:.1}", point.run_ns / 1e3),
        ]
    });
    NumberTable {
        title: "A whole run, in µs".to_owned(),
        columns: vec!["registrations", "profiles", "run"],
        rows: rows.collect(),
    }
}

/// `sync beside 1 registration and 0 profiles: slower by 12 % (8 to 15 %); the empty Notify: no difference seen`
pub(super) fn sentence(difference: &PointDifference) -> String {
    let nouns = [
        many(difference.registrations, "registration"),
        many(difference.profiles, "profile"),
    ];
    let empty = difference
        .empty
        .map(|empty| format!("; the empty Notify: {}", in_words(&empty)));
    format!(
        "{} beside {}: {}{}",
        harmless(&difference.client),
        nouns.join(" and "),
        in_words(&difference.notify),
        empty.unwrap_or_default()
    )
}

fn many(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// `slower by 12 % (8 to 15 %)`
fn in_words(difference: &TimeDifference) -> String {
    let (low, high) = (difference.percent_low, difference.percent_high);
    match difference.verdict {
        TimeVerdict::Slower => format!(
            "slower by {:.0} % ({low:.0} to {high:.0} %)",
            difference.percent
        ),
        TimeVerdict::Faster => format!(
            "faster by {:.0} % ({:.0} to {:.0} %)",
            -difference.percent, -high, -low
        ),
        TimeVerdict::NoDifferenceSeen => format!("no difference seen ({low:+.0} to {high:+.0} %)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(verdict: TimeVerdict, [percent_low, percent, percent_high]: [f64; 3]) -> String {
        in_words(&TimeDifference {
            verdict,
            percent,
            percent_low,
            percent_high,
        })
    }

    #[test]
    fn a_difference_is_told_with_its_interval() {
        let slower = difference(TimeVerdict::Slower, [8.2, 12.1, 15.4]);
        assert_eq!(slower, "slower by 12 % (8 to 15 %)");
        let faster = difference(TimeVerdict::Faster, [-15.4, -12.1, -8.2]);
        assert_eq!(faster, "faster by 12 % (8 to 15 %)");
        let none = difference(TimeVerdict::NoDifferenceSeen, [-2.0, 0.4, 3.0]);
        assert_eq!(none, "no difference seen (-2 to +3 %)");
    }

    #[test]
    fn a_comparison_is_a_sentence_with_the_machine_beside_it() {
        let same = TimeDifference {
            verdict: TimeVerdict::NoDifferenceSeen,
            percent: 0.0,
            percent_low: -1.0,
            percent_high: 1.0,
        };
        let told = sentence(&PointDifference {
            registrations: 1_000,
            profiles: 1,
            client: "a\u{1b}b".to_owned(),
            notify: same,
            beside_empty: None,
            empty: Some(same),
        });
        let expected = "a?b beside 1,000 registrations and 1 profile: no difference seen (-1 to +1 %); \
                        the empty Notify: no difference seen (-1 to +1 %)";
        assert_eq!(told, expected);
    }
}
