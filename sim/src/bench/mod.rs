//! `mapisim bench`

mod chart; //  a page with a chart of clients
mod client; // a user's own clients
mod show; //   those for people
mod table; //  numbers under headings

use std::io::{self, Write};

use mapi_offline_measure::report::Measurements;
use mapi_offline_measure::sizes::{FANOUTS, LIVES, PARALLEL_SINKS, PROFILES, TRANSITIONS};
use mapi_offline_measure::{Effort, measure};
use mapi_offline_report::text::padded;
use mapi_offline_report::write_json;

use table::{NumberTable, count, debug_build, progress};

use crate::cli::{BenchArgs, Format};
use crate::status::{Status, Stop};

/// Measures what it is asked to, and prints the results.
pub(crate) fn bench(
    args: &BenchArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    if args.scenario.is_some() || !args.client.is_empty() {
        return client::bench(args, out, err);
    }
    of_emulation(args.format, args.quick, out)?;
    Ok(Status::Held)
}

/// Measures the emulation.
fn of_emulation(format: Format, quick: bool, out: &mut impl Write) -> io::Result<()> {
    let effort = if quick { Effort::QUICK } else { Effort::FULL };
    let progress = progress();
    let report = measure(effort, |what| {
        progress.set_message(what);
        progress.tick();
    });
    progress.finish_and_clear();
    match format {
        Format::Json => write_json(&report, out),
        Format::Human => for_people(&report, out),
    }
}

fn for_people(report: &Measurements, out: &mut impl Write) -> io::Result<()> {
    debug_build(out)?;
    for table in tables(report) {
        table.write(out)?;
    }
    rest(report, out)?;
    let measured = report.fanout.len() + report.advise.len();
    let measured = measured + report.transition.len() + report.open.len();
    if measured < FANOUTS.len() + LIVES.len() + TRANSITIONS.len() + PROFILES.len() {
        writeln!(
            out,
            "\nLarger sizes would have taken too long, and were left out."
        )?;
    }
    Ok(())
}

fn tables(report: &Measurements) -> [NumberTable; 4] {
    [
        NumberTable {
            title: "One phase, on the thread that calls".to_owned(),
            columns: vec![
                "sinks",
                "ns a notification",
                "bare loop",
                "ratio",
                "with the call",
            ],
            rows: rows(&report.fanout, |it| {
                vec![
                    count(it.sinks),
                    ns(it.ns_per_notify),
                    ns(it.bare_ns),
                    ratio(it.ratio),
                    ns(it.with_call_ns),
                ]
            }),
        },
        NumberTable {
            title: "Advise and Unadvise of one registration, in ns a pair".to_owned(),
            columns: vec!["others alive", "the one just made", "the oldest", "any"],
            rows: rows(&report.advise, |it| {
                vec![
                    count(it.live),
                    ns(it.ns_per_pair),
                    ns(it.oldest_ns),
                    ns(it.random_ns),
                ]
            }),
        },
        NumberTable {
            title: "A whole transition with BLOCK, in ns".to_owned(),
            columns: vec!["sinks", "on the thread that calls", "through the worker"],
            rows: rows(&report.transition, |it| {
                vec![count(it.sinks), ns(it.ns), ns(it.worker_ns)]
            }),
        },
        NumberTable {
            title: "HrOpenOfflineObj of any profile, in ns".to_owned(),
            columns: vec!["profiles", "ns", "dashmap lookup", "ratio"],
            rows: rows(&report.open, |it| {
                let to_dashmap = ratio(it.ns / it.dashmap_ns);
                vec![count(it.profiles), ns(it.ns), ns(it.dashmap_ns), to_dashmap]
            }),
        },
    ]
}

fn rows<T>(points: &[T], row: impl Fn(&T) -> Vec<String>) -> Vec<Vec<String>> {
    points.iter().map(row).collect()
}

/// What is no table.
fn rest(report: &Measurements, out: &mut impl Write) -> io::Result<()> {
    let mut line = |what: &str, result: String| writeln!(out, "{}{result}", padded(what, 34));
    let parallel = report.parallel;
    line(
        "Two threads on two profiles",
        format!(
            "{} x one; bare loops {} x ({PARALLEL_SINKS} sinks each)",
            ratio(parallel.speedup),
            ratio(parallel.bare_speedup)
        ),
    )?;
    line(
        "Memory of a live registration",
        match report.bytes_per_registration {
            Some(bytes) => format!("at most {bytes:.1} bytes"),
            None => "not known".to_owned(),
        },
    )?;
    for until in &report.latency {
        let micros = |nanos: u64| format!("{:.1}", nanos as f64 / 1e3);
        line(
            &format!("Worker, to the {}", until.until),
            format!(
                "p50 {} µs, p99 {} µs, p99.9 {} µs ({} transitions)",
                micros(until.p50),
                micros(until.p99),
                micros(until.p999),
                until.count
            ),
        )?;
    }
    line(
        "Scripted clients, virtual time",
        format!(
            "{:.1} million notifications a second",
            report.scripted / 1e6
        ),
    )
}

fn ns(nanos: f64) -> String {
    let digits = if nanos < 100.0 { 2 } else { 0 };
    format!("{nanos:.digits$}")
}

fn ratio(ratio: f64) -> String {
    format!("{ratio:.2}")
}

#[cfg(test)]
mod tests {
    use mapi_offline_measure::report::FanoutTimes;

    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(count(1), "1");
        assert_eq!(count(1_024), "1,024");
        assert_eq!(count(1_048_576), "1,048,576");
    }

    #[test]
    fn numbers_stand_under_the_ends_of_their_headings() {
        let fanout = FanoutTimes {
            sinks: 1_024,
            ns_per_notify: 1.234,
            bare_ns: 1.2,
            ratio: 1.028,
            with_call_ns: 1.3,
        };
        let report = Measurements {
            fanout: vec![fanout],
            ..Measurements::default()
        };
        let mut out = Vec::new();
        for_people(&report, &mut out).expect("memory can be written to");
        let text = anstream::adapter::strip_bytes(&out).into_vec();
        let text = String::from_utf8(text).expect("UTF-8");
        let table = "\
      sinks  ns a notification  bare loop      ratio  with the call
      1,024               1.23       1.20       1.03           1.30
";
        assert!(text.contains(table), "{text}");
        assert!(text.contains("were left out"), "{text}");
        let memory = "Memory of a live registration     not known\n";
        assert!(text.contains(memory), "{text}");
    }
}
