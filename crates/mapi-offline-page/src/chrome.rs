//! A recording as a trace for Perfetto, `chrome://tracing` and what else reads the Trace Event Format.

use std::io::{self, Write};

use mapi_offline_core::State;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::kind;
use crate::packed::PackedEvent;
use crate::page_recording::PageRecording;
use crate::recording::Recording;

/// One event of the format. Times are in microseconds.
#[derive(Serialize)]
struct TraceEvent<'a> {
    name: &'a str,
    cat: &'static str,
    ph: &'static str,
    ts: Value,
    pid: u32,
    tid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    /// How far an instant reaches: `t`, its track; `g`, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'static str>,
    /// A flow ends in the slice that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    bp: Option<&'static str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    args: Map<String, Value>,
}

/// So many tracks a lane has at most: calls of one client that overlap and do not nest stand in several.
const TRACKS: u32 = 64;

/// A moment in nanoseconds, as the format has it.
fn microseconds(nanoseconds: u64) -> Value {
    // Up to some 104 days a number says it exactly.
    json!(nanoseconds as f64 / 1_000.0)
}

impl Recording {
    /// Writes what happened as a trace in the Trace Event Format (JSON), which Perfetto and others show: calls and
    /// notifications as slices, what asked for a transition and its notifications as flows, states as counters, the
    /// rest as instants. What falls on one instant of virtual time is a nanosecond apart, in its order.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn write_chrome_trace(&self, out: &mut impl Write) -> io::Result<()> {
        let recording = self.page();
        let mut writer = ChromeWriter {
            events: &recording.events,
            texts: &recording.texts,
            ends: ends(&recording.events),
            times: times(&recording.events),
            open: Vec::new(),
            tracks: vec![0; recording.events.len()],
            out,
            is_first: true,
        };
        writer.write(&recording)
    }
}

/// The number of the event that ends each; all of them, where none does.
fn ends(events: &[PackedEvent]) -> Vec<usize> {
    let mut ends = vec![events.len(); events.len()];
    for (number, event) in events.iter().enumerate() {
        if let Some(begun_by) = (event.begun_by as usize).checked_sub(1) {
            ends[begun_by] = number;
        }
    }
    ends
}

/// When each happened, in nanoseconds: no two at once.
fn times(events: &[PackedEvent]) -> Vec<u64> {
    let mut before = 0;
    let mut next = |event: &PackedEvent| {
        before = (event.time * 1_000).max(before + 1);
        before
    };
    events.iter().map(&mut next).collect()
}

struct ChromeWriter<'a, W> {
    events: &'a [PackedEvent],
    texts: &'a [String],
    ends: Vec<usize>,
    times: Vec<u64>,
    /// What is open on each track: the track, and the numbers of the events.
    open: Vec<(u32, Vec<usize>)>,
    /// The track of each event.
    tracks: Vec<u32>,
    out: &'a mut W,
    is_first: bool,
}

impl<W: Write> ChromeWriter<'_, W> {
    fn write(&mut self, recording: &PageRecording) -> io::Result<()> {
        self.out
            .write_all(b"{\"displayTimeUnit\":\"ns\",\"traceEvents\":[")?;
        for (lane, (_, name)) in (0..).zip(&recording.lanes) {
            let args = json!({ "name": self.texts[*name as usize] });
            self.about("thread_name", lane * TRACKS, args)?;
            let args = json!({ "sort_index": lane * TRACKS });
            self.about("thread_sort_index", lane * TRACKS, args)?;
        }
        self.about("process_name", 0, json!({ "name": "mapisim" }))?;
        for number in 0..self.events.len() {
            self.event(number, recording)?;
        }
        // What never ended ends with the trace.
        for (_, open) in std::mem::take(&mut self.open) {
            for number in open.into_iter().rev() {
                let end = self.times.last().copied().unwrap_or(0) + 1;
                self.slice("E", number, end, Map::new())?;
            }
        }
        self.out.write_all(b"\n]}\n")
    }

    fn put(&mut self, event: &impl Serialize) -> io::Result<()> {
        let comma: &[u8] = if self.is_first { b"\n" } else { b",\n" };
        self.is_first = false;
        self.out.write_all(comma)?;
        serde_json::to_writer(&mut *self.out, event)?;
        Ok(())
    }

    /// What a track is called, and where it stands.
    fn about(&mut self, name: &str, track: u32, args: Value) -> io::Result<()> {
        self.put(&json!({ "name": name, "ph": "M", "pid": 1, "tid": track, "args": args }))
    }

    fn event(&mut self, number: usize, recording: &PageRecording) -> io::Result<()> {
        let event = &self.events[number];
        let (time, text) = (self.times[number], &self.texts[event.text as usize]);
        match event.kind {
            kind::CALL | kind::NOTIFY => {
                self.begin(number)?;
            }
            kind::RETURN | kind::NOTIFIED if event.begun_by > 0 => {
                self.end(event.begun_by as usize - 1, number)?;
            }
            // A flow leads from slices alone.
            kind::HOST => {
                let track = event.lane * TRACKS;
                self.tracks[number] = track;
                self.slice("B", number, time, Map::new())?;
                self.slice("E", number, time + 1, Map::new())?;
            }
            kind::STATE => {
                let online = u32::from(self.texts[event.extra as usize] == State::Online.name());
                let (_, name) = recording.lanes[event.lane as usize];
                let name = format!("{}: online", self.texts[name as usize]);
                let args = json!({ "online": online });
                let counter = json!({ "name": name, "ph": "C", "ts": microseconds(time), "pid": 1, "args": args });
                self.put(&counter)?;
            }
            of => {
                let reach = if of == kind::FINDING { "g" } else { "t" };
                let instant = TraceEvent {
                    name: text,
                    cat: if of == kind::FINDING {
                        "finding"
                    } else {
                        "event"
                    },
                    ph: "i",
                    ts: microseconds(time),
                    pid: 1,
                    tid: event.lane * TRACKS,
                    id: None,
                    s: Some(reach),
                    bp: None,
                    args: Map::new(),
                };
                self.put(&instant)?;
            }
        }
        Ok(())
    }

    /// A call or a notification begins, on the first track of its lane in which it nests.
    fn begin(&mut self, number: usize) -> io::Result<()> {
        let event = &self.events[number];
        let (end, time) = (self.ends[number], self.times[number]);
        let nests = |track: u32| {
            let mut open = self.open.iter().filter(|(other, _)| *other == track);
            let top = open.next().and_then(|(_, open)| open.last());
            top.is_none_or(|&top| end <= self.ends[top])
        };
        let tracks = event.lane * TRACKS..(event.lane + 1) * TRACKS - 1;
        let track = tracks.clone().find(|&track| nests(track));
        let track = track.unwrap_or(tracks.end);
        self.tracks[number] = track;
        match self.open.iter_mut().find(|(other, _)| *other == track) {
            Some((_, open)) => open.push(number),
            None => self.open.push((track, vec![number])),
        }
        let mut args = Map::new();
        args.insert(
            "arguments".to_owned(),
            json!(self.texts[event.full as usize]),
        );
        if event.line > 0 {
            args.insert("line".to_owned(), json!(event.line));
        }
        self.slice("B", number, time, args)?;
        if event.caused_by > 0 {
            let cause = event.caused_by as usize - 1;
            let from = self.times[cause];
            self.flow("s", number, (self.tracks[cause], from), None)?;
            self.flow("f", number, (track, time), Some("e"))?;
        }
        Ok(())
    }

    fn end(&mut self, began: usize, number: usize) -> io::Result<()> {
        let track = self.tracks[began];
        if let Some((_, open)) = self.open.iter_mut().find(|(other, _)| *other == track) {
            open.retain(|open| *open != began);
        }
        let result = &self.texts[self.events[number].full as usize];
        let mut args = Map::new();
        if self.events[number].kind == kind::RETURN {
            args.insert("result".to_owned(), json!(result));
        }
        self.slice("E", began, self.times[number], args)
    }

    /// The beginning or the end of a slice.
    fn slice(
        &mut self,
        ph: &'static str,
        of: usize,
        time: u64,
        args: Map<String, Value>,
    ) -> io::Result<()> {
        let event = &self.events[of];
        let slice = TraceEvent {
            name: &self.texts[event.text as usize],
            cat: match event.kind {
                kind::NOTIFY => "notification",
                kind::HOST => "host",
                _ => "call",
            },
            ph,
            ts: microseconds(time),
            pid: 1,
            tid: self.tracks[of],
            id: None,
            s: None,
            bp: None,
            args,
        };
        self.put(&slice)
    }

    /// One end of a flow from what asked for a transition to one of its notifications.
    fn flow(
        &mut self,
        ph: &'static str,
        id: usize,
        (tid, time): (u32, u64),
        bp: Option<&'static str>,
    ) -> io::Result<()> {
        self.put(&TraceEvent {
            name: "asked for",
            cat: "transition",
            ph,
            ts: microseconds(time),
            pid: 1,
            tid,
            id: Some(id),
            s: None,
            bp,
            args: Map::new(),
        })
    }
}

#[cfg(test)]
mod tests;
