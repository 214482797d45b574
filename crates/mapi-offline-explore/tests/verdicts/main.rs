//! The verdicts on the twelve faulty clients of `docs/planted-bugs.md` as Rust code, and on their right
//! twins: `docs/verdicts.md`. `VERDICT_SCHEDULES=1000000` (in all) says how many schedules of right clients
//! are played; `just verdicts` does.

mod clients; // the clients, faulty and right

use std::fmt::Write;
use std::path::Path;

use mapi_offline_explore::check;

/// So many schedules of each right client are played if nobody asks for more.
const SCHEDULES: u64 = 200;

/// So many schedules it may take to find a fault.
const SCHEDULES_TO_FIND: u64 = 1_000;

/// More steps than any of the clients takes that comes to an end.
const STEPS: u32 = 400;

const UPDATE: &str = "UPDATE_DOCS=1 cargo test -p mapi-offline-explore --test verdicts";

/// No faulty client passes: the fault is found, by name, and the page says after how many schedules.
#[test]
fn no_faulty_client_passes() {
    let mut table =
        "| client | what is found | after schedules |\n| --- | --- | --- |\n".to_owned();
    for pair in clients::ALL {
        let report = check(|sim| (pair.build)(sim, false))
            .schedules(SCHEDULES_TO_FIND)
            .steps(STEPS)
            .report();
        let failure = report.failure(pair.finding);
        let failure = failure.unwrap_or_else(|| panic!("{}: {:?}", pair.about, report.failures));
        writeln!(
            table,
            "| {} | `{}` | {} |",
            pair.about, pair.finding, failure.found_after
        )
        .expect("a string");
    }
    compare(&table);
}

/// No right client fails: a warning would be a false alarm, too.
#[test]
fn no_right_client_fails() {
    let asked = std::env::var("VERDICT_SCHEDULES").ok();
    let asked = asked.map(|number| {
        number
            .parse::<u64>()
            .expect("VERDICT_SCHEDULES is a number")
    });
    let share = asked.map_or(SCHEDULES, |all| all.div_ceil(clients::ALL.len() as u64));
    let mut schedules = 0;
    for pair in clients::ALL {
        let report = check(|sim| (pair.build)(sim, true))
            .schedules(share)
            .seed(7)
            .steps(STEPS)
            .report();
        assert!(
            report.failures.is_empty(),
            "{}: {:?}",
            pair.about,
            report.failures[0].timeline
        );
        assert!(
            report.remarks.is_empty(),
            "{}: {:?}",
            pair.about,
            report.remarks[0].problem
        );
        schedules += report.schedules;
    }
    println!(
        "{schedules} schedules of {} right clients, and no alarm",
        clients::ALL.len()
    );
}

/// The table of the page is this one, or is made so with `UPDATE_DOCS=1`.
fn compare(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verdicts.md");
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let page = page.replace("\r\n", "\n");
    let (begin, end) = ("<!-- verdicts -->\n", "<!-- end of verdicts -->");
    let (before, rest) = page.split_once(begin).expect("the section begins");
    let (_, after) = rest.split_once(end).expect("the section ends");
    let expected = format!("{before}{begin}\n{table}\n{end}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(&path, expected).expect("the page can be written");
        return;
    }
    assert!(
        page == expected,
        "docs/verdicts.md is out of date: {UPDATE}\n\n{table}"
    );
}
