//! What happened, row by row: the first rows and the last ones, however many there are.

use std::collections::{HashMap, VecDeque};

use mapi_offline::script::Scenario;
use mapi_offline::{Event, Observer, Record};
use mapi_offline_core::{FindingId, Severity};

use super::wording;
use crate::text::harmless;

/// How many rows are kept of the beginning.
const FIRST: usize = 200;

/// How many rows are kept of the end.
const LAST: usize = 100;

/// The lane of the host; a client's is its place and one.
pub(super) const HOST: usize = 0;

/// What a row tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A call; its result stands behind it if nothing came between.
    Call,
    /// The return of a call further up.
    Return,
    /// A call that was left out.
    Skipped,
    /// A notification.
    Notify,
    /// A change of an object's visible state.
    State,
    /// Something happened to the host.
    Host,
    /// A callback was released.
    Release,
    /// A finding.
    Finding(Severity),
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// In virtual microseconds.
    pub(super) time: u64,
    pub(super) lane: usize,
    /// How many `Notify` calls of the same client it is inside of.
    pub(super) depth: usize,
    pub(super) kind: Kind,
    pub(super) text: String,
    /// What a call returned.
    pub(super) result: String,
}

/// A call that has not returned.
#[derive(Debug)]
struct Open {
    lane: usize,
    function: String,
    row: u64,
}

/// Gathers the rows.
#[derive(Debug)]
pub(crate) struct Timeline {
    lanes: HashMap<String, usize>,
    first: Vec<Row>,
    last: VecDeque<Row>,
    /// How many rows there were.
    count: u64,
    /// In the order of their calls.
    open: Vec<Open>,
    /// Per lane: how many `Notify` calls run.
    depth: Vec<usize>,
    /// The last row that is more than a remark on the row before it.
    solid: u64,
}

impl Timeline {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let clients = scenario.clients.iter().enumerate();
        Self {
            lanes: clients
                .map(|(place, client)| (client.name.clone(), place + 1))
                .collect(),
            first: Vec::new(),
            last: VecDeque::new(),
            count: 0,
            open: Vec::new(),
            depth: vec![0; scenario.clients.len() + 1],
            solid: 0,
        }
    }

    /// The first rows, how many were left out after them, and the last rows.
    pub(super) fn rows(&self) -> (&[Row], u64, impl Iterator<Item = &Row>) {
        let kept = self.first.len() + self.last.len();
        (&self.first, self.count - kept as u64, self.last.iter())
    }

    fn lane(&self, actor: &str) -> usize {
        self.lanes.get(actor).copied().unwrap_or(HOST)
    }

    /// Adds a row, whose text `write` writes.
    fn add(&mut self, time: u64, lane: usize, kind: Kind, write: impl FnOnce(&mut String)) {
        if !matches!(kind, Kind::Release | Kind::Finding(_)) {
            self.solid = self.count;
        }
        let reused = if self.last.len() == LAST {
            self.last.pop_front()
        } else {
            None
        };
        let (mut text, mut result) =
            reused.map_or_else(Default::default, |row| (row.text, row.result));
        text.clear();
        result.clear();
        write(&mut text);
        if text.chars().any(char::is_control) {
            text = harmless(&text).replace(['\n', '\r', '\t'], " ");
        }
        let row = Row {
            time,
            lane,
            depth: self.depth[lane],
            kind,
            text,
            result,
        };
        if self.first.len() < FIRST {
            self.first.push(row);
        } else {
            self.last.push_back(row);
        }
        self.count += 1;
    }

    /// A row, if it is among those that are kept.
    fn row_mut(&mut self, number: u64) -> Option<&mut Row> {
        if let Ok(place) = usize::try_from(number)
            && place < self.first.len()
        {
            return self.first.get_mut(place);
        }
        let before_last = self.count - self.last.len() as u64;
        let place = number.checked_sub(before_last)?;
        self.last.get_mut(usize::try_from(place).ok()?)
    }

    /// A call returns: on its own row if nothing of weight came between.
    fn returned(&mut self, time: u64, lane: usize, function: &str, write: impl Fn(&mut String)) {
        let is_it = |open: &Open| open.lane == lane && open.function == function;
        let open = self.open.iter().rposition(is_it);
        let open = open.map(|place| self.open.remove(place));
        if let Some(open) = open
            && open.row == self.solid
            && let Some(row) = self.row_mut(open.row)
        {
            write(&mut row.result);
            return;
        }
        self.add(time, lane, Kind::Return, |text| text.push_str(function));
        if let Some(row) = self.row_mut(self.count - 1) {
            write(&mut row.result);
        }
    }
}

impl Observer for Timeline {
    fn observe(&mut self, record: &Record<'_>) {
        let time = record.t_us;
        match record.event {
            Event::Call {
                actor,
                function,
                args,
            } => {
                let lane = self.lane(actor);
                self.open.push(Open {
                    lane,
                    function: function.to_owned(),
                    row: self.count,
                });
                self.add(time, lane, Kind::Call, |text| {
                    wording::call(text, function, args);
                });
            }
            Event::Return {
                actor,
                function,
                hr,
                out,
            } => {
                let lane = self.lane(actor);
                self.returned(time, lane, function, |text| wording::result(text, hr, out));
            }
            Event::Notify {
                client,
                notify_type,
                mask,
                old,
                new,
                registration,
                ..
            } => {
                let lane = self.lane(client);
                self.add(time, lane, Kind::Notify, |text| {
                    wording::notification(text, notify_type, mask, old, new);
                });
                if let Some(row) = self.row_mut(self.count - 1) {
                    row.result.push_str(registration);
                }
                self.depth[lane] += 1;
            }
            Event::Notified { client, .. } => {
                let lane = self.lane(client);
                self.depth[lane] = self.depth[lane].saturating_sub(1);
            }
            Event::State { object, old, new } => {
                self.add(time, HOST, Kind::State, |text| {
                    text.extend([object, ": ", old, "→", new]);
                });
            }
            Event::Release { client, refs } => {
                let lane = self.lane(client);
                self.add(time, lane, Kind::Release, |text| {
                    text.push_str("callback released");
                    if refs > 0 {
                        text.push_str(", ");
                        text.push_str(&crate::text::count(refs.into(), "reference"));
                        text.push_str(" left");
                    }
                });
            }
            Event::Finding {
                id,
                client,
                rule,
                detail,
            } => {
                let severity =
                    FindingId::from_name(id).map_or(Severity::Error, FindingId::severity);
                self.add(time, HOST, Kind::Finding(severity), |text| {
                    let whom = client.map(|client| [" of ", client]);
                    text.extend([id].into_iter().chain(whom.into_iter().flatten()));
                    text.extend([": ", detail, " (", rule, ")"]);
                });
            }
            Event::Host { event } => {
                self.add(time, HOST, Kind::Host, |text| text.push_str(event));
            }
            Event::Skipped { actor, function } => {
                let lane = self.lane(actor);
                self.add(time, lane, Kind::Skipped, |text| text.push_str(function));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use mapi_offline::{Fields, Value};

    use super::*;

    fn timeline() -> Timeline {
        let text = "title = 'x'\n[[profile]]\nname = 'W'\n[[client]]\nname = 'c'\nprofile = 'W'\n";
        let parsed = crate::scenario::parse("x.toml", text.as_bytes()).expect("a scenario");
        Timeline::new(&parsed.scenario)
    }

    fn see(timeline: &mut Timeline, t_us: u64, event: Event<'_>) {
        let record = Record {
            seq: 0,
            t_us,
            event,
        };
        timeline.observe(&record);
    }

    fn call(function: &str) -> Event<'_> {
        Event::Call {
            actor: "c",
            function,
            args: Fields(&[]),
        }
    }

    fn returns<'a>(function: &'a str, hr: &'a str) -> Event<'a> {
        Event::Return {
            actor: "c",
            function,
            hr,
            out: Fields(&[]),
        }
    }

    const START: Event<'_> = Event::Notify {
        client: "c",
        registration: "1",
        client_token: 0,
        notify_type: "START",
        mask: 3,
        old: "ONLINE",
        new: "OFFLINE",
    };

    const NOTIFIED: Event<'_> = Event::Notified {
        client: "c",
        registration: "1",
    };

    fn shown(timeline: &Timeline) -> Vec<(usize, Kind, String, String)> {
        let (first, left_out, last) = timeline.rows();
        assert_eq!(left_out, 0);
        let rows = first.iter().chain(last);
        rows.map(|row| (row.depth, row.kind, row.text.clone(), row.result.clone()))
            .collect()
    }

    #[test]
    fn a_call_and_its_return_are_one_row() {
        let mut timeline = timeline();
        see(&mut timeline, 0, call("Advise"));
        see(
            &mut timeline,
            0,
            Event::Finding {
                id: "no-capability-check",
                client: Some("c"),
                rule: "CAP-1",
                detail: "d",
            },
        );
        see(&mut timeline, 0, returns("Advise", "S_OK"));
        let rows = shown(&timeline);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0], (0, Kind::Call, "Advise".into(), "S_OK".into()));
        assert_eq!(rows[1].1, Kind::Finding(Severity::Note));
        assert_eq!(rows[1].2, "no-capability-check of c: d (CAP-1)");
    }

    #[test]
    fn a_return_that_comes_later_has_its_own_row_and_calls_in_a_notify_are_indented() {
        let mut timeline = timeline();
        see(&mut timeline, 0, call("SetCurrentState"));
        see(&mut timeline, 5, START);
        see(&mut timeline, 5, call("GetCurrentState"));
        see(
            &mut timeline,
            5,
            Event::Return {
                actor: "c",
                function: "GetCurrentState",
                hr: "S_OK",
                out: Fields(&[("state", Value::Text("ONLINE"))]),
            },
        );
        see(&mut timeline, 5, NOTIFIED);
        see(&mut timeline, 9, returns("SetCurrentState", "S_OK"));
        assert_eq!(
            shown(&timeline),
            [
                (0, Kind::Call, "SetCurrentState".into(), String::new()),
                (0, Kind::Notify, "START ONLINE→OFFLINE".into(), "1".into()),
                (1, Kind::Call, "GetCurrentState".into(), "ONLINE".into()),
                (0, Kind::Return, "SetCurrentState".into(), "S_OK".into()),
            ]
        );
    }

    #[test]
    fn only_the_first_and_the_last_rows_are_kept() {
        let mut timeline = timeline();
        for number in 0..10_000u64 {
            let function = number.to_string();
            see(&mut timeline, number, call(&function));
            see(&mut timeline, number, returns(&function, "S_OK"));
        }
        let (first, left_out, last) = timeline.rows();
        let last: Vec<&Row> = last.collect();
        assert_eq!((first.len(), left_out, last.len()), (200, 9_700, 100));
        assert_eq!((first[199].text.as_str(), first[199].time), ("199", 199));
        assert_eq!(last[0].text, "9900");
        assert_eq!(
            (last[99].text.as_str(), last[99].result.as_str()),
            ("9999", "S_OK")
        );
        assert!(timeline.open.is_empty());
    }
}
