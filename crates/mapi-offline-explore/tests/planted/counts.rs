//! How many schedules each strategy needs, and the page that says so.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;

use mapi_offline_explore::scripted::{Options, Report, Search, explore};
use mapi_offline_scenario::Scenario;

/// More schedules than these are not tried.
const SCHEDULES_MAX: u64 = 1_000;

/// What the columns of the tables are: the three strategies that sample, and the exhaustive search.
pub const STRATEGIES: [&str; 4] = ["random", "pct", "dfs", "exhaustive"];

/// After how many schedules each of [`STRATEGIES`] first found something: of the exhaustive search
/// after how many worlds.
pub type Counts = [Option<u64>; 4];

fn search(strategy: &str, schedules: u64) -> Search {
    match strategy {
        "random" => Search::Random { seed: 1, schedules },
        "pct" => Search::Pct {
            seed: 1,
            schedules,
            depth: 3,
        },
        "dfs" => Search::Dfs {
            schedules,
            bound: 1_000,
        },
        _ => Search::Exhaustive {
            threads: 1,
            states_max: 1_000_000,
            memory_max: None,
        },
    }
}

/// Explores under the scenario's own policy.
pub fn run(scenario: &Scenario, strategy: &str, schedules: u64) -> Report {
    let options = Options {
        search: search(strategy, schedules),
        ..Options::default()
    };
    explore(scenario, &options, &mut |_| ControlFlow::Continue(()))
}

/// The names of what was found.
pub fn names(explored: &Report) -> Vec<&str> {
    let failures = explored.failures.iter();
    failures.map(|failure| failure.finding.as_str()).collect()
}

/// How many schedules it takes to find `finding` of `what`. The exhaustive search must find it, and so must
/// random walks.
pub fn count(what: &str, scenario: &Scenario, finding: &str) -> Counts {
    let counts = STRATEGIES.map(|strategy| {
        // The first schedules are the same however many there are to be.
        let bounds = [10, 100, SCHEDULES_MAX];
        bounds.into_iter().find_map(|schedules| {
            let explored = run(scenario, strategy, schedules);
            let mut failures = explored.failures.iter();
            let found = failures.find(|failure| failure.finding == finding);
            found.map(|failure| failure.found_after)
        })
    });
    let [random, _, _, exhaustive] = counts;
    assert!(
        exhaustive.is_some(),
        "{what}: the exhaustive search found no {finding}"
    );
    assert!(random.is_some(), "{what}: random walks found no {finding}");
    counts
}

/// A row of a table.
pub fn row(table: &mut String, cells: [&str; 2], counts: &Counts) {
    let [what, finding] = cells;
    write!(table, "| {what} | `{finding}` |").expect("a string");
    for count in counts {
        match count {
            Some(count) => write!(table, " {count} |").expect("a string"),
            None => write!(table, " > {SCHEDULES_MAX} |").expect("a string"),
        }
    }
    table.push('\n');
}

/// The head of a table.
pub fn head(cells: [&str; 2]) -> String {
    let cells = [&cells[..], &STRATEGIES[..]].concat();
    let rule = vec!["---"; cells.len()];
    format!("| {} |\n| {} |\n", cells.join(" | "), rule.join(" | "))
}

/// The section of `docs/planted-bugs.md` between the comments that name it is this table, or is
/// made so with `UPDATE_DOCS=1`.
pub fn compare(section: &str, table: &str, update: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/planted-bugs.md");
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let page = page.replace("\r\n", "\n");
    let (begin, end) = (
        format!("<!-- {section} -->\n"),
        format!("<!-- end of {section} -->"),
    );
    let (before, rest) = page.split_once(&begin).expect("the section begins");
    let (_, after) = rest.split_once(&end).expect("the section ends");
    let expected = format!("{before}{begin}\n{table}\n{end}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(&path, expected).expect("the page can be written");
        return;
    }
    assert!(
        page == expected,
        "docs/planted-bugs.md is out of date; make it again with\n    {update}\n\n{table}"
    );
}
