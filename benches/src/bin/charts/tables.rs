//! Which tables and charts there are, and where their numbers come from.

use std::collections::BTreeSet;

use mapi_offline_benches::results::Versus;

use crate::criterion::{Measured, Median};
use crate::page::{count, number, table};
use crate::svg::{Chart, ChartLine};

/// What a chart or a table of criterion's shows: its group, and which function comes first.
struct CriterionGroup {
    name: &'static str,
    group: &'static str,
    first: &'static str,
    /// What one number is.
    value: fn(Median) -> f64,
}

const FANOUT: CriterionGroup = CriterionGroup {
    name: "fanout",
    group: "fanout",
    first: "mapi-offline",
    value: Median::each,
};
const ADVISE: CriterionGroup = CriterionGroup {
    name: "advise",
    group: "advise",
    first: "last in first out",
    value: Median::each,
};
const SUBSCRIBE: CriterionGroup = CriterionGroup {
    name: "subscribe",
    group: "subscribe",
    first: "mapi-offline",
    value: Median::each,
};
const TRANSITION: CriterionGroup = CriterionGroup {
    name: "transition",
    group: "transition",
    first: "caller's thread",
    value: Median::each,
};
const OPEN: CriterionGroup = CriterionGroup {
    name: "open",
    group: "open",
    first: "HrOpenOfflineObj",
    value: Median::each,
};
const CHURN: CriterionGroup = CriterionGroup {
    name: "churn",
    group: "churn",
    first: "mapi-offline",
    value: Median::each,
};
const HANDOVER: CriterionGroup = CriterionGroup {
    name: "handover",
    group: "handover",
    first: "",
    value: Median::each,
};
const SCRIPTED: CriterionGroup = CriterionGroup {
    name: "scripted",
    group: "scripted",
    first: "",
    value: |median| 1e3 / median.each(),
};

/// The charts, by their file names.
pub fn charts(measured: &Measured) -> Vec<(&'static str, Chart)> {
    let charts = [
        (
            FANOUT,
            "Delivering one phase",
            "receivers",
            "ns a notification",
        ),
        (
            ADVISE,
            "Advise and Unadvise in pairs",
            "registrations that stay alive",
            "ns a pair",
        ),
        (
            SUBSCRIBE,
            "One receiver comes and goes",
            "receivers that stay",
            "ns a pair",
        ),
        (TRANSITION, "A whole transition with BLOCK", "sinks", "ns"),
        (OPEN, "Finding a profile by its name", "profiles", "ns"),
    ];
    charts
        .into_iter()
        .filter_map(|(shown, title, across, up)| {
            let lines = shown
                .functions(measured)
                .into_iter()
                .map(|function| ChartLine {
                    points: shown
                        .parameters(measured)
                        .into_iter()
                        .filter_map(|at| Some((at, shown.get(measured, function, at)?)))
                        .collect(),
                    name: function.to_owned(),
                });
            let chart = Chart {
                title,
                across,
                up,
                lines: lines.collect(),
            };
            (!chart.lines.is_empty()).then_some((shown.name, chart))
        })
        .collect()
}

/// The tables, by the names of their marks.
pub fn tables(measured: &Measured, versus: Option<&Versus>) -> Vec<(&'static str, String)> {
    let mut tables: Vec<_> = [
        (FANOUT, "receivers"),
        (ADVISE, "alive"),
        (SUBSCRIBE, "receivers"),
        (TRANSITION, "sinks"),
        (HANDOVER, ""),
        (OPEN, "profiles"),
        (CHURN, "receivers"),
        (SCRIPTED, "clients"),
    ]
    .into_iter()
    .filter_map(|(shown, heading)| Some((shown.name, shown.table(measured, heading)?)))
    .collect();
    if let Some(versus) = versus {
        tables.push(("versus", in_turns(versus)));
        tables.push(("parallel", parallel(versus)));
        tables.push(("latency", latency(versus)));
        tables.push(("targets", crate::targets::table(measured, versus)));
    }
    tables
}

impl CriterionGroup {
    fn get(&self, measured: &Measured, function: &str, parameter: u64) -> Option<f64> {
        let median = measured.get(self.group, function, parameter)?;
        Some((self.value)(median))
    }

    /// The functions of the group, the first one first and the others sorted.
    fn functions<'m>(&self, measured: &'m Measured) -> Vec<&'m str> {
        let mut functions: Vec<_> = measured.group(self.group).map(|group| group.0).collect();
        functions.sort_by_key(|function| *function != self.first);
        functions
    }

    fn parameters(&self, measured: &Measured) -> BTreeSet<u64> {
        let group = measured.group(self.group);
        group
            .flat_map(|function| function.1.keys().copied())
            .collect()
    }

    /// Functions down, parameters across.
    fn table(&self, measured: &Measured, heading: &str) -> Option<String> {
        let parameters = self.parameters(measured);
        let headings: Vec<_> = [heading.to_owned()]
            .into_iter()
            .chain(parameters.iter().map(|&parameter| match parameter {
                0 => "ns".to_owned(),
                _ => count(parameter),
            }))
            .collect();
        let row = |function: &str| -> Vec<String> {
            let cell = |&at: &u64| {
                self.get(measured, function, at)
                    .map_or_else(String::new, number)
            };
            [code(function)]
                .into_iter()
                .chain(parameters.iter().map(cell))
                .collect()
        };
        let rows: Vec<_> = self.functions(measured).into_iter().map(row).collect();
        (!rows.is_empty()).then(|| table(&headings, &rows))
    }
}

/// Names of types are code; an angle bracket would be taken for HTML.
fn code(name: &str) -> String {
    match name.contains('<') {
        true => format!("`{name}`"),
        false => name.to_owned(),
    }
}

fn in_turns(versus: &Versus) -> String {
    let sizes: BTreeSet<usize> = versus.fanout.iter().map(|turn| turn.sinks).collect();
    let mut names: Vec<&str> = Vec::new();
    for turn in &versus.fanout {
        if !names.contains(&turn.contender.as_str()) {
            names.push(&turn.contender);
        }
    }
    let headings: Vec<_> = ["receivers".to_owned()]
        .into_iter()
        .chain(sizes.iter().map(|&size| count(size as u64)))
        .collect();
    let rows = names.into_iter().map(|name| {
        let cell = |&size: &usize| versus.ns(name, size).map_or_else(String::new, number);
        [code(name)]
            .into_iter()
            .chain(sizes.iter().map(cell))
            .collect()
    });
    table(&headings, &rows.collect::<Vec<_>>())
}

fn parallel(versus: &Versus) -> String {
    let headings = ["sinks of each profile", "mapi-offline", "bare loops"].map(str::to_owned);
    let rows: Vec<_> = versus
        .parallel
        .iter()
        .map(|speedup| {
            vec![
                count(speedup.sinks as u64),
                number(speedup.ours),
                number(speedup.bare),
            ]
        })
        .collect();
    table(&headings, &rows)
}

fn latency(versus: &Versus) -> String {
    let headings = ["until", "p50", "p99", "p99.9", "transitions"].map(str::to_owned);
    let micros = |nanos: u64| format!("{} µs", number(nanos as f64 / 1e3));
    let rows: Vec<_> = versus
        .latency
        .iter()
        .map(|it| {
            let [p50, p99, p999] = [it.p50, it.p99, it.p999].map(micros);
            vec![it.until.clone(), p50, p99, p999, count(it.count)]
        })
        .collect();
    table(&headings, &rows)
}
