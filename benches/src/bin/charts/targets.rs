//! The table of targets: what was to be reached, and what was measured.

use mapi_offline_benches::results::Versus;

use crate::criterion::Measured;
use crate::page::{self, number};

const OURS: &str = "mapi-offline";
const BARE: &str = "bare loop";
const SNAPSHOT: &str = "arc-swap snapshot";
const MANY: u64 = 1_048_576;

/// One target.
struct PerformanceTarget {
    what: &'static str,
    aim: &'static str,
    /// What was measured, and whether that is enough.
    got: Option<(String, bool)>,
}

/// The table in Markdown. A target whose numbers were not measured is shown as such.
pub fn table(measured: &Measured, versus: &Versus) -> String {
    let headings = ["what", "target", "measured", ""].map(str::to_owned);
    let targets = one_phase(versus)
        .into_iter()
        .chain(others(measured, versus));
    let rows: Vec<_> = targets.map(PerformanceTarget::row).collect();
    page::table(&headings, &rows)
}

fn one_phase(versus: &Versus) -> [PerformanceTarget; 4] {
    [
        PerformanceTarget {
            what: "one phase, 64 sinks or more, against the bare loop",
            aim: "≤ 1.15",
            got: worst(versus, |name, sinks| name == BARE && sinks >= 64)
                .map(|(ratio, _)| (number(ratio), ratio <= 1.15)),
        },
        PerformanceTarget {
            what: "one phase, 1 sink, above the bare call",
            aim: "≤ 15 ns",
            got: one_sink(versus).map(|above| (ns(above), above <= 15.0)),
        },
        PerformanceTarget {
            what: "one phase, against every rival but the next, at every size",
            aim: "≤ 1",
            got: worst(versus, |name, _| {
                name != SNAPSHOT && !name.starts_with(OURS) && !name.starts_with(BARE)
            })
            .map(|(ratio, at)| (format!("{} ({at})", number(ratio)), ratio <= 1.0)),
        },
        PerformanceTarget {
            what: "one phase, against the arc-swap snapshot, at every size",
            aim: "≤ 1.15",
            got: worst(versus, |name, _| name == SNAPSHOT)
                .map(|(ratio, at)| (format!("{} ({at})", number(ratio)), ratio <= 1.15)),
        },
    ]
}

fn others(measured: &Measured, versus: &Versus) -> [PerformanceTarget; 6] {
    [
        PerformanceTarget {
            what: "Advise and Unadvise of the one just made, 1,048,576 alive against 1,024",
            aim: "≤ 1.5, and ≤ 80 ns",
            got: last_in_first_out(measured).map(|(few, many)| {
                let shown = format!("{}, and {}", number(many / few), ns(many));
                (shown, many / few <= 1.5 && many <= 80.0)
            }),
        },
        PerformanceTarget {
            what: "a whole BLOCK transition, 1 sink, the caller's thread",
            aim: "≤ 150 ns",
            got: measured
                .get("transition", "caller's thread", 1)
                .map(|it| (ns(it.ns), it.ns <= 150.0)),
        },
        PerformanceTarget {
            what: "HrOpenOfflineObj among 1,000,000 profiles, against a dashmap lookup",
            aim: "≤ 2",
            got: open(measured).map(|ratio| (number(ratio), ratio <= 2.0)),
        },
        PerformanceTarget {
            what: "two profiles on two threads, against one",
            aim: "≥ 1.85",
            got: versus
                .parallel
                .last()
                .map(|it| (number(it.ours), it.ours >= 1.85)),
        },
        PerformanceTarget {
            what: "memory of a live registration",
            aim: "≤ 48 bytes",
            got: Some(versus.bytes_per_registration)
                .map(|bytes| (format!("{bytes:.1} bytes"), bytes <= 48.0)),
        },
        PerformanceTarget {
            what: "notifications a second to 1,000 scripted clients, virtual time",
            aim: "≥ 10 million",
            got: measured.get("scripted", "virtual driver", 1_000).map(|it| {
                let millions = 1e3 / it.each();
                (format!("{} million", number(millions)), millions >= 10.0)
            }),
        },
    ]
}

impl PerformanceTarget {
    fn row(self) -> Vec<String> {
        let (got, is_met) = match self.got {
            Some((got, true)) => (got, "met"),
            Some((got, false)) => (got, "**missed**"),
            None => (String::new(), "not measured"),
        };
        vec![
            self.what.to_owned(),
            self.aim.to_owned(),
            got,
            is_met.to_owned(),
        ]
    }
}

/// The highest of our times divided by those of some contenders, at the sizes of interest, and
/// whose it is.
fn worst(versus: &Versus, counts: impl Fn(&str, usize) -> bool) -> Option<(f64, String)> {
    versus
        .fanout
        .iter()
        .filter(|turn| counts(&turn.contender, turn.sinks))
        .filter_map(|turn| {
            let ours = versus.ns(OURS, turn.sinks)?;
            let at = format!("{}, {}", turn.contender.replace('<', "&lt;"), turn.sinks);
            Some((ours / turn.ns, at))
        })
        .max_by(|one, other| one.0.total_cmp(&other.0))
}

fn one_sink(versus: &Versus) -> Option<f64> {
    Some(versus.ns(OURS, 1)? - versus.ns(BARE, 1)?)
}

fn last_in_first_out(measured: &Measured) -> Option<(f64, f64)> {
    let at = |live| measured.get("advise", "last in first out", live);
    Some((at(1_024)?.ns, at(MANY)?.ns))
}

fn open(measured: &Measured) -> Option<f64> {
    let at = |function| measured.get("open", function, 1_000_000);
    Some(at("HrOpenOfflineObj")?.ns / at("dashmap")?.ns)
}

fn ns(nanos: f64) -> String {
    format!("{} ns", number(nanos))
}
