//! A recording in few bytes: one row of small numbers for each event, and each text once.
//!
//! A number is written in groups of seven bits, the lowest first, with the eighth bit set where more follow. The
//! script of the page reads the same: what stands here and `unpack` there say one format.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Texts, each once, by number. 0 is the empty text.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            numbers: HashMap::from([(String::new(), 0)]),
            texts: vec![String::new()],
        }
    }
}

impl Texts {
    /// The number of a text. What a terminal would obey, or would reorder what stands around it, is replaced.
    pub(crate) fn add(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(mapi_offline_driver::harmless(text));
        number
    }

    /// All of them, by number.
    pub(crate) fn list(&self) -> &[String] {
        &self.texts
    }
}

/// One event, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PackedEvent {
    /// One of the kinds of `recording`.
    pub(crate) kind: u8,
    /// One more than its number in traces and findings. 0: it has none.
    pub(crate) number: u32,
    /// In microseconds.
    pub(crate) time: u64,
    /// By number.
    pub(crate) lane: u32,
    pub(crate) thread: u32,
    /// What it says, its result and its arguments in full, as texts.
    pub(crate) text: u32,
    pub(crate) result: u32,
    pub(crate) full: u32,
    /// Of an end: one more than the number of the event that began it. 0: it is none.
    pub(crate) begun_by: u32,
    /// One more than the number of the event that caused it. 0: nobody knows.
    pub(crate) caused_by: u32,
    /// The line of the scenario. 0: none.
    pub(crate) line: u32,
    /// One more than the lane of the object that it is about. 0: none.
    pub(crate) object: u32,
    /// Of a notification: one more than the number of its transition. 0: none.
    pub(crate) round: u32,
    /// Of a state: its name, a text. Of a finding: one more than its place among the findings. Of a call that names a
    /// registration: that registration, a text.
    pub(crate) extra: u32,
    /// What changed: names and values, as texts.
    pub(crate) facts: Vec<(u32, u32)>,
}

/// Writes the events as the page reads them, in base64.
pub(crate) fn pack(events: &[PackedEvent]) -> String {
    let mut bytes = Vec::with_capacity(events.len() * 16);
    let (mut before, mut expected) = (0, 1);
    for (place, event) in (0..).zip(events) {
        let after = event.time.saturating_sub(before);
        let number = match event.number {
            0 => 1,
            number => match number.saturating_sub(expected) {
                0 => 0,
                left_out => left_out + 1,
            },
        };
        write_event(&mut bytes, place, event, [after, number.into()]);
        before = event.time;
        if event.number > 0 {
            expected = event.number + 1;
        }
    }
    STANDARD.encode(bytes)
}

/// Writes which of the fields are there, and then those. `after`: the event before; `number`: 0 of the number that
/// follows that of the last numbered event, 1 of none, and one more than how many numbers are left out.
fn write_event(bytes: &mut Vec<u8>, place: u32, event: &PackedEvent, [after, number]: [u64; 2]) {
    let back = |to: u32| match to {
        0 => 0,
        to => u64::from((place + 1).saturating_sub(to)),
    };
    let fields = [
        after,
        u64::from(event.thread),
        u64::from(event.result),
        u64::from(event.full),
        back(event.begun_by),
        back(event.caused_by),
        u64::from(event.line),
        u64::from(event.object),
        u64::from(event.round),
        u64::from(event.extra),
        event.facts.len() as u64,
        number,
    ];
    let mut present = 0;
    for (place, field) in fields.iter().enumerate() {
        present |= u64::from(*field != 0) << place;
    }
    bytes.push(event.kind);
    for number in [present, event.lane.into(), event.text.into()] {
        write_number(bytes, number);
    }
    for field in fields.into_iter().filter(|field| *field != 0) {
        write_number(bytes, field);
    }
    for &(name, value) in &event.facts {
        write_number(bytes, name.into());
        write_number(bytes, value.into());
    }
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_takes_a_byte_for_seven_bits() {
        let bytes = |number| {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            bytes
        };
        assert_eq!(bytes(0), [0]);
        assert_eq!(bytes(127), [127]);
        assert_eq!(bytes(300), [0xac, 2]);
        assert_eq!(bytes(u64::MAX).len(), 10);
    }

    #[test]
    fn a_text_has_one_number_and_obeys_nobody() {
        let mut texts = Texts::default();
        assert_eq!(texts.add(""), 0);
        assert_eq!((texts.add("a\u{1b}b"), texts.add("c")), (1, 2));
        assert_eq!(texts.add("a\u{1b}b"), 1);
        assert_eq!(texts.list(), ["", "a?b", "c"]);
    }

    #[test]
    fn a_plain_event_takes_four_bytes_and_a_number_that_follows_none() {
        let bytes = |numbers: &[u32]| {
            let numbered = |&number: &u32| PackedEvent {
                number,
                ..PackedEvent::default()
            };
            let events: Vec<PackedEvent> = numbers.iter().map(numbered).collect();
            STANDARD.decode(pack(&events)).expect("base64").len()
        };
        assert_eq!(bytes(&[1]), 4);
        assert_eq!(bytes(&[1, 2, 3]), 12);
        // Of no number, and of one that does not follow, there is a byte in the mask and one more.
        assert_eq!(bytes(&[1, 0, 2]), 14);
        assert_eq!(bytes(&[1, 7, 8]), 14);
    }
}
