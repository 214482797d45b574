//! What happened, row by row: the first rows and the last ones, however many there are.

use std::collections::VecDeque;
use std::fmt::Write;

use mapi_offline_core::{CalledFunction, ClientId, Finding, Severity};
use mapi_offline_driver::{Event, Fields, FoundPlace, Observer, Record, Words, wording};
use mapi_offline_scenario::text::harmless;
use mapi_offline_scenario::{Action, CallSpec, Scenario, ScriptCall};
use mapi_offline_sys::HRESULT;

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
    /// A client says what it has concluded.
    Conclusion,
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
    /// A decision of an explorer, which comes before what is below.
    Decision,
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
    /// What a call returned; which of several registrations is notified.
    pub(super) result: String,
    /// How long the name of what is called is in the text, of a call; of anything else, how long the text is.
    called: usize,
    /// Whether it is of a call that has failed.
    pub(super) fails: bool,
    /// The number of what it tells of in the trace.
    pub(super) seq: u64,
    /// Whether a finding speaks of this call.
    pub(super) is_referred: bool,
}

impl Row {
    /// It is of a call, which returns this.
    fn returns(&mut self, hr: HRESULT, out: &Fields<'_>) {
        wording::result(&mut self.result, hr, out);
        self.fails = hr.is_err();
    }

    /// What is called, of a call; of anything else, its text.
    pub(super) fn name(&self) -> &str {
        self.text.get(..self.called).unwrap_or(&self.text)
    }
}

/// A call that has not returned.
#[derive(Debug)]
struct Open {
    lane: usize,
    function: CalledFunction,
    row: u64,
}

/// Gathers the rows.
#[derive(Debug)]
pub struct Timeline {
    /// The lane of each client.
    lanes: Vec<usize>,
    first: Vec<Row>,
    last: VecDeque<Row>,
    /// How many rows there were.
    count: u64,
    /// The lanes of clients with several registrations, whose names then matter.
    several: Vec<bool>,
    /// In the order of their calls.
    open: Vec<Open>,
    /// Per lane: how many `Notify` calls run.
    depth: Vec<usize>,
    /// The number of the event at hand in the trace.
    seq: u64,
    /// The last row that is more than a remark on the row before it.
    solid: u64,
}

impl Timeline {
    /// Nothing has happened yet in `scenario`.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        Self::of_cast(scenario, &vec![true; scenario.clients.len()])
    }

    /// Nothing has happened yet in a scenario of which `scenario` has those clients alone that are
    /// `active`.
    #[must_use]
    pub(super) fn of_cast(scenario: &Scenario, active: &[bool]) -> Self {
        let mut lane = HOST;
        let lanes = active.iter().map(|&is_active| {
            lane += usize::from(is_active);
            if is_active { lane } else { HOST }
        });
        Self {
            lanes: lanes.collect(),
            first: Vec::new(),
            last: VecDeque::new(),
            count: 0,
            several: several(scenario),
            open: Vec::new(),
            depth: vec![0; scenario.clients.len() + 1],
            seq: 0,
            solid: 0,
        }
    }

    /// The first rows, how many were left out after them, and the last rows.
    pub(super) fn rows(&self) -> (&[Row], u64, impl Iterator<Item = &Row>) {
        let kept = self.first.len() + self.last.len();
        (&self.first, self.count - kept as u64, self.last.iter())
    }

    fn lane(&self, client: ClientId) -> usize {
        self.lanes.get(client.0 as usize).copied().unwrap_or(HOST)
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
            called: text.len(),
            fails: false,
            text,
            result,
            seq: self.seq,
            is_referred: false,
        };
        if self.first.len() < FIRST {
            self.first.push(row);
        } else {
            self.last.push_back(row);
        }
        self.count += 1;
    }

    /// What comes next is what somebody decided, which is worth a row.
    pub(super) fn decides(&mut self, text: &str) {
        let last = self.last.back().or(self.first.last());
        let time = last.map_or(0, |row| row.time);
        self.add(time, HOST, Kind::Decision, |row| row.push_str(text));
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

    /// A client calls.
    fn called(&mut self, time: u64, lane: usize, function: CalledFunction, args: &Fields<'_>) {
        self.open.push(Open {
            lane,
            function,
            row: self.count,
        });
        self.add(time, lane, Kind::Call, |text| {
            wording::call(text, function, args);
        });
        if let Some(row) = self.row_mut(self.count - 1) {
            row.called = function.to_string().len();
        }
    }

    /// A call returns: on its own row if nothing of weight came between.
    fn returned(
        &mut self,
        (time, lane): (u64, usize),
        function: CalledFunction,
        (hr, out): (HRESULT, &Fields<'_>),
    ) {
        let is_it = |open: &Open| open.lane == lane && open.function == function;
        let open = self.open.iter().rposition(is_it);
        let open = open.map(|place| self.open.remove(place));
        if let Some(open) = open
            && open.row == self.solid
            && let Some(row) = self.row_mut(open.row)
        {
            row.returns(hr, out);
            return;
        }
        self.add(time, lane, Kind::Return, |text| {
            let _ = write!(text, "{function}");
        });
        if let Some(row) = self.row_mut(self.count - 1) {
            row.returns(hr, out);
        }
    }

    /// A client is notified.
    fn notified(&mut self, time: u64, lane: usize, words: &Words<'_>) {
        let Words::Notify {
            registration,
            notify_type,
            mask,
            old,
            new,
            ..
        } = words
        else {
            return;
        };
        self.add(time, lane, Kind::Notify, |text| {
            wording::notification(text, *notify_type, *mask, (*old, *new));
        });
        let row = self.count - 1;
        if self.several[lane]
            && let Some(row) = self.row_mut(row)
        {
            row.result.push_str(registration);
        }
        self.depth[lane] += 1;
    }

    /// A callback was released.
    fn released(&mut self, time: u64, lane: usize, references: u32) {
        self.add(time, lane, Kind::Release, |text| {
            text.push_str(&wording::released(references));
        });
    }

    /// Something was found.
    fn found(&mut self, time: u64, finding: &Finding, client: Option<&str>, place: &FoundPlace) {
        let severity = finding.id.severity();
        let calls: Vec<u64> = place.numbers().collect();
        let mut rows = self.first.iter_mut().chain(&mut self.last);
        rows.by_ref()
            .filter(|row| row.kind != Kind::Return && calls.contains(&row.seq))
            .for_each(|row| row.is_referred = true);
        self.add(time, HOST, Kind::Finding(severity), |text| {
            let said = (finding.detail.as_str(), finding.rule);
            text.push_str(&wording::finding(finding.id, client, said, place));
        });
    }
}

/// Which clients advise more than once, by lane.
fn several(scenario: &Scenario) -> Vec<bool> {
    let mut advises = vec![0; scenario.clients.len() + 1];
    let is_advise = |call: &ScriptCall| matches!(call.call, CallSpec::Advise { .. });
    for step in &scenario.steps {
        if let Action::Client { client, call } = &step.action {
            advises[client + 1] += usize::from(is_advise(call));
        }
    }
    for (place, client) in scenario.clients.iter().enumerate() {
        // A reaction may happen many times.
        let reactions = client.on.iter().filter(|on| is_advise(&on.call)).count();
        advises[place + 1] += 2 * reactions;
    }
    advises.into_iter().map(|count| count > 1).collect()
}

impl Observer for Timeline {
    fn observe(&mut self, record: &Record<'_>) {
        let time = record.t_us;
        self.seq = record.seq;
        let Some(words) = record.words() else {
            return;
        };
        match (record.event, &words) {
            (
                Event::Call { client, .. } | Event::MapiCall { client, .. },
                Words::Call { function, args, .. },
            ) => self.called(time, self.lane(client), *function, args),
            (
                Event::Return { client, .. } | Event::MapiReturn { client, .. },
                Words::Return {
                    function, hr, out, ..
                },
            ) => self.returned((time, self.lane(client)), *function, (*hr, out)),
            (Event::Notify { client, .. }, words) => self.notified(time, self.lane(client), words),
            (Event::Notified { client, .. }, _) => {
                let lane = self.lane(client);
                self.depth[lane] = self.depth[lane].saturating_sub(1);
            }
            (_, Words::State { object, old, new }) => {
                self.add(time, HOST, Kind::State, |text| {
                    text.push_str(&wording::state(object, *old, *new));
                });
            }
            (
                Event::Release {
                    client, references, ..
                },
                _,
            ) => self.released(time, self.lane(client), references),
            (Event::Finding(finding), Words::Finding { client, .. }) => {
                let place = FoundPlace::new(&finding.place, record.names());
                self.found(time, finding, client.as_deref(), &place);
            }
            (Event::Host(action), _) => {
                self.add(time, HOST, Kind::Host, |text| text.push_str(action.name()));
            }
            (Event::Skipped { client, function }, _) => {
                let lane = self.lane(client);
                self.add(time, lane, Kind::Skipped, |text| {
                    text.push_str(function.name());
                });
            }
            (Event::HostSkipped(action), _) => {
                self.add(time, HOST, Kind::Skipped, |text| {
                    text.push_str(action.name());
                });
            }
            (event, words) => self.remarked(time, event, words),
        }
    }
}

impl Timeline {
    /// A client says something, or a provider has answered.
    fn remarked(&mut self, time: u64, event: Event<'_>, words: &Words<'_>) {
        match (event, words) {
            (
                Event::Observed {
                    client,
                    name,
                    value,
                },
                _,
            ) => {
                let lane = self.lane(client);
                self.add(time, lane, Kind::Conclusion, |text| {
                    text.push_str(&wording::conclusion(name, value));
                });
            }
            (Event::Provider { client, method, .. }, Words::Provider { hr, .. }) => {
                let lane = self.lane(client);
                self.add(time, lane, Kind::Notify, |text| {
                    text.push_str(&wording::provider(method, *hr));
                });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
