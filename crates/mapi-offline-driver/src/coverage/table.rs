//! What was met and what never, for people and programs.

use mapi_offline_core::KNOBS;
use mapi_offline_sys::hresult;
use serde::Serialize;

use super::facts::{ClientCoverage, FUNCTIONS, Moment, RESULTS, rules_that_show};
use super::{BehaviourCoverage, EventOrder};

/// Everything that could be met, and whether it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageTable {
    /// Of each client, by their names.
    pub clients: Vec<ClientTable>,
    /// The values of each knob. `met`: a client met a rule that it varies meanwhile. `idle`: it had the value, and
    /// made no difference to what can be seen.
    pub knobs: Vec<CoverageRow>,
}

/// What one client met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientTable {
    /// Its name.
    pub client: String,
    /// The moments at which it called each function.
    pub calls: Vec<CoverageRow>,
    /// What each function gave it.
    pub results: Vec<CoverageRow>,
    /// The orders of events that matter.
    pub orders: Vec<OrderRow>,
    /// The rules that can be seen in events.
    pub rules: CoverageRow,
}

/// Things of one kind: which were met, and which never.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CoverageRow {
    /// What they are of: a function, a knob.
    pub of: &'static str,
    /// Those that were met.
    pub met: Vec<String>,
    /// Those that were there, and made no difference to what can be seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub idle: Vec<String>,
    /// Those that never were.
    pub never: Vec<String>,
}

/// An order of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderRow {
    /// Its name.
    pub order: &'static str,
    /// Whether the client came into it.
    pub met: bool,
    /// What is to be said of the client: `was never told of a transition that began before it advised`.
    pub words: &'static str,
    /// The rules that show in it.
    pub rules: &'static [&'static str],
}

impl BehaviourCoverage {
    /// Everything that could be met, and whether it was.
    #[must_use]
    pub fn table(&self) -> CoverageTable {
        let clients = self.clients();
        CoverageTable {
            clients: clients.map(|(name, met)| of_client(name, met)).collect(),
            knobs: self.knob_rows(),
        }
    }

    fn knob_rows(&self) -> Vec<CoverageRow> {
        let knobs = KNOBS.iter().map(|knob| {
            let mut row = CoverageRow {
                of: knob.name,
                ..CoverageRow::default()
            };
            for &value in knob.values {
                let place = match self.knobs.get(&(knob.name, value)) {
                    Some(true) => &mut row.met,
                    Some(false) => &mut row.idle,
                    None => &mut row.never,
                };
                place.push(value.to_owned());
            }
            row
        });
        knobs.collect()
    }
}

fn of_client(name: &str, met: &ClientCoverage) -> ClientTable {
    let orders = EventOrder::ALL.iter().map(|&order| OrderRow {
        order: order.name(),
        met: met.met(order),
        words: order.words(met.met(order)),
        rules: order.rules(),
    });
    ClientTable {
        client: name.to_owned(),
        calls: calls(met),
        results: results(met),
        orders: orders.collect(),
        rules: rules(met),
    }
}

fn calls(met: &ClientCoverage) -> Vec<CoverageRow> {
    let rows = FUNCTIONS.iter().map(|&function| {
        let (called, never) = Moment::ALL
            .iter()
            .partition::<Vec<Moment>, _>(|moment| met.called(function, **moment));
        let names = |moments: Vec<Moment>| moments.iter().map(|m| m.name().to_owned()).collect();
        CoverageRow {
            of: function.name(),
            met: names(called),
            idle: Vec::new(),
            never: names(never),
        }
    });
    rows.collect()
}

fn results(met: &ClientCoverage) -> Vec<CoverageRow> {
    let rows = FUNCTIONS.iter().map(|&function| {
        let own = met.results().iter().filter(|(of, _)| *of == function);
        let own = own.map(|(_, hr)| hresult::describe(*hr));
        let possible = RESULTS.iter().filter(|(of, _, _)| *of == function);
        let never = possible.filter(|(_, hr, _)| !met.got(function, *hr));
        CoverageRow {
            of: function.name(),
            met: own.collect(),
            idle: Vec::new(),
            never: never.map(|(_, hr, _)| hresult::describe(*hr)).collect(),
        }
    });
    let rows = rows.filter(|row| !row.met.is_empty() || !row.never.is_empty());
    rows.collect()
}

fn rules(met: &ClientCoverage) -> CoverageRow {
    let own = met.rules();
    let never = rules_that_show().into_iter();
    let never = never.filter(|rule| !own.contains(rule));
    CoverageRow {
        of: "rules",
        never: never.map(str::to_owned).collect(),
        met: own.iter().map(|&rule| rule.to_owned()).collect(),
        idle: Vec::new(),
    }
}
