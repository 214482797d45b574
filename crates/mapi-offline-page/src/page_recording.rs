//! What a page shows of a recording, as a value that one process can give to another.

use std::collections::BTreeMap;

use mapi_offline_core::{FindingId, Severity};
use serde::{Deserialize, Serialize};

use crate::kind;
use crate::packed::PackedEvent;

/// Something that did not hold. Behind what happened it has an event of its own.
#[derive(Clone, Debug, Serialize)]
pub struct PageMark {
    /// The line of the source that says it, from 1. 0: none does.
    pub line: usize,
    /// What did not hold.
    pub text: String,
    /// Whom it is about, if that is known.
    pub client: Option<String>,
}

/// What a lane is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LaneKind {
    Host,
    Client,
    Object,
}

/// A finding: its id, its severity and its rule, as a page has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[String; 3]", into = "[String; 3]")]
pub(crate) struct PageFinding {
    pub(crate) id: FindingId,
    /// How much it weighs where it was found: in a run, or in an exploration.
    pub(crate) severity: Severity,
    /// Empty for what rests on no rule.
    pub(crate) rule: String,
}

impl From<PageFinding> for [String; 3] {
    fn from(finding: PageFinding) -> Self {
        let severity = finding.severity.to_string();
        [finding.id.name().to_owned(), severity, finding.rule]
    }
}

impl TryFrom<[String; 3]> for PageFinding {
    type Error = String;

    fn try_from([id, severity, rule]: [String; 3]) -> Result<Self, String> {
        let all = [Severity::Note, Severity::Warning, Severity::Error];
        let known = all.into_iter().find(|it| it.to_string() == severity);
        Ok(Self {
            id: FindingId::from_name(&id).ok_or_else(|| format!("there is no finding {id}"))?,
            severity: known.ok_or_else(|| format!("there is no severity {severity}"))?,
            rule,
        })
    }
}

/// Where a transition ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TransitionEnd {
    /// The number of its last event.
    pub(crate) last: usize,
    /// The fact that it is under way: a text.
    pub(crate) fact: u32,
}

/// What a page shows of a recording. It can be written and read, whole or in parts that follow each other, so that a
/// process gives its recording to another while it plays ([`Recording::take_new`](crate::Recording::take_new)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRecording {
    /// Each once, by number. 0 is the empty text.
    pub(crate) texts: Vec<String>,
    /// What each lane is of, and its name: a text.
    pub(crate) lanes: Vec<(LaneKind, u32)>,
    /// The names of the threads: texts.
    pub(crate) threads: Vec<u32>,
    /// In the order of their events.
    pub(crate) findings: Vec<PageFinding>,
    pub(crate) events: Vec<PackedEvent>,
    /// The end of each transition so far, by the number of the transition.
    pub(crate) transitions: BTreeMap<u32, TransitionEnd>,
}

/// Of nothing that happened.
impl Default for PageRecording {
    fn default() -> Self {
        Self {
            texts: vec![String::new()],
            lanes: Vec::new(),
            threads: Vec::new(),
            findings: Vec::new(),
            events: Vec::new(),
            transitions: BTreeMap::new(),
        }
    }
}

impl PageRecording {
    /// How many events there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.events.len()
    }

    /// Returns true when nothing has happened.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Adds the part that follows.
    pub fn append(&mut self, mut later: Self) {
        self.texts.append(&mut later.texts);
        self.lanes.append(&mut later.lanes);
        self.threads.append(&mut later.threads);
        self.findings.append(&mut later.findings);
        self.events.append(&mut later.events);
        self.transitions.append(&mut later.transitions);
    }

    /// Keeps the first `events` events.
    pub fn truncate(&mut self, events: usize) {
        self.events.truncate(events);
        self.transitions.retain(|_, end| end.last < events);
    }

    /// What was recorded does not come to its end: the last transition is still under way.
    pub fn cut_off(&mut self) {
        let last = self.transitions.iter().max_by_key(|(_, end)| end.last);
        if let Some(number) = last.map(|(number, _)| *number) {
            self.transitions.remove(&number);
        }
    }

    /// Returns true when there is a finding of this kind.
    #[must_use]
    pub fn has_found(&self, id: FindingId) -> bool {
        self.findings.iter().any(|finding| finding.id == id)
    }

    /// How many findings there are, and the weight of the heaviest.
    #[must_use]
    pub fn weigh_findings(&self) -> (usize, Option<Severity>) {
        let severities = self.findings.iter().map(|finding| finding.severity);
        (self.findings.len(), severities.max())
    }

    /// Adds a finding at the end that the recording does not have, because it was found elsewhere: by whoever played
    /// what was recorded. It stands in the lane of `client`, or in that of the host. `rule`: on which it rests; empty if
    /// on none.
    pub fn add_finding(&mut self, id: FindingId, client: Option<&str>, rule: &str, detail: &str) {
        let of = client.map_or_else(String::new, |client| format!(" of {client}"));
        let basis = match rule {
            "" => String::new(),
            rule => format!(" ({rule})"),
        };
        let text = self.add_text(&format!("{id}{of}: {detail}{basis}"));
        let lane = match client {
            Some(client) => self.find_lane(LaneKind::Client, client),
            None => self.find_lane(LaneKind::Host, "host"),
        };
        self.findings.push(PageFinding {
            id,
            severity: id.severity_explored(),
            rule: rule.to_owned(),
        });
        self.add_at_end(PackedEvent {
            kind: kind::FINDING,
            lane,
            text,
            extra: self.findings.len() as u32,
            ..PackedEvent::default()
        });
    }

    /// Adds an event that happens where and when the last one does.
    fn add_at_end(&mut self, event: PackedEvent) {
        let last = self.events.last();
        let (time, thread) = last.map_or((0, 0), |last| (last.time, last.thread));
        self.events.push(PackedEvent {
            time,
            thread,
            ..event
        });
    }

    fn add_text(&mut self, text: &str) -> u32 {
        let text = mapi_offline_driver::harmless(text);
        let known = self.texts.iter().position(|known| *known == text);
        let place = known.unwrap_or(self.texts.len());
        if known.is_none() {
            self.texts.push(text);
        }
        place as u32
    }

    /// The lane of that kind and name, which is made if there is none.
    fn find_lane(&mut self, of: LaneKind, name: &str) -> u32 {
        let number = self.add_text(name);
        let name = self.texts.get(number as usize);
        let is_it =
            |lane: &(LaneKind, u32)| lane.0 == of && self.texts.get(lane.1 as usize) == name;
        let known = self.lanes.iter().position(is_it);
        let place = known.unwrap_or(self.lanes.len());
        if known.is_none() {
            self.lanes.push((of, number));
        }
        place as u32
    }

    /// Adds an event at the end that says what did not hold: in the lane of the last call that the marked line makes, or
    /// in that of the client, or of the host.
    fn add_mark(&mut self, mark: &PageMark) {
        let is_it =
            |event: &PackedEvent| event.kind == kind::CALL && event.line as usize == mark.line;
        let shows_at = match mark.line {
            0 => None,
            _ => self.events.iter().rposition(is_it),
        };
        let lane = match (shows_at, &mark.client) {
            (Some(call), _) => self.events[call].lane,
            (None, Some(client)) => self.find_lane(LaneKind::Client, client),
            (None, None) => self.find_lane(LaneKind::Host, "host"),
        };
        let text = self.add_text(&mark.text);
        self.add_at_end(PackedEvent {
            kind: kind::UNMET,
            lane,
            text,
            line: mark.line as u32,
            caused_by: shows_at.map_or(0, |call| call as u32 + 1),
            ..PackedEvent::default()
        });
    }

    /// The same, once all events have come: at its last event a transition is over, and what did not hold is marked.
    #[must_use]
    pub(crate) fn finished(&self, marks: &[PageMark]) -> Self {
        let mut finished = self.clone();
        for end in self.transitions.values() {
            let none = finished.add_text("none");
            if let Some(last) = finished.events.get_mut(end.last) {
                last.facts.push((end.fact, none));
            }
        }
        for mark in marks {
            finished.add_mark(mark);
        }
        finished
    }
}

#[cfg(test)]
mod tests;
