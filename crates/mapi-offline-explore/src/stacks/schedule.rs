//! Who went when: noted, written down, and followed.

use std::fmt;
use std::str::FromStr;

use crate::strategy::{Choice, Strategy};

/// What was chosen, wherever several things were possible: by its place among them.
///
/// Written down, a place below 36 is one digit or letter, and any other stands in parentheses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Schedule(Vec<u32>);

impl Schedule {
    /// How many choices it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Was there no choice at all?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &place in &self.0 {
            match char::from_digit(place, 36) {
                Some(digit) => write!(f, "{digit}")?,
                None => write!(f, "({place})")?,
            }
        }
        Ok(())
    }
}

/// A text that is no schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a schedule: what stands at {0} is none of 0 to 9, a to z, or a number in parentheses")]
pub struct ScheduleError(
    /// The place of the character, in bytes, from 1.
    pub usize,
);

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let mut places = Vec::new();
        let mut characters = text.char_indices();
        while let Some((at, character)) = characters.next() {
            let place = match character {
                '(' => {
                    let rest = &text[at + 1..];
                    let number = rest.find(')').map(|end| &rest[..end]);
                    number.and_then(|number| {
                        characters.nth(number.len());
                        number.parse().ok()
                    })
                }
                '0'..='9' | 'a'..='z' => character.to_digit(36),
                _ => None,
            };
            places.push(place.ok_or(ScheduleError(at + 1))?);
        }
        Ok(Self(places))
    }
}

/// Follows a schedule, once. Where it ends, the first thing goes next.
#[derive(Clone, Debug)]
pub(crate) struct Follow {
    schedule: Schedule,
    next: usize,
    has_begun: bool,
    fits: bool,
}

impl Follow {
    pub(crate) const fn new(schedule: Schedule) -> Self {
        Self {
            schedule,
            next: 0,
            has_begun: false,
            fits: true,
        }
    }

    /// Was everything that it names possible, and was all of it needed?
    pub(crate) fn fits(&self) -> bool {
        self.fits && self.next == self.schedule.len()
    }
}

impl Strategy for Follow {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.has_begun, true)
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        if choices.len() < 2 {
            return 0;
        }
        let Some(&place) = self.schedule.0.get(self.next) else {
            self.fits = false;
            return 0;
        };
        self.next += 1;
        let place = place as usize;
        self.fits &= place < choices.len();
        place.min(choices.len() - 1)
    }
}

/// Asks another strategy, and notes what it chose.
pub(crate) struct Noted<'s> {
    strategy: &'s mut dyn Strategy,
    schedule: Schedule,
}

impl<'s> Noted<'s> {
    pub(crate) fn new(strategy: &'s mut dyn Strategy) -> Self {
        Self {
            strategy,
            schedule: Schedule::default(),
        }
    }

    /// One of `choices`, by its place. There is at least one.
    pub(crate) fn choose(&mut self, choices: &[Choice]) -> usize {
        let place = self.strategy.choose(choices).min(choices.len() - 1);
        if choices.len() > 1 {
            self.schedule.0.push(place as u32);
        }
        place
    }

    /// What was chosen.
    pub(crate) fn into_schedule(self) -> Schedule {
        self.schedule
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_read_as_it_was_written() {
        let schedule = Schedule(vec![0, 9, 10, 35, 36, 1000, 2]);
        assert_eq!(schedule.to_string(), "09az(36)(1000)2");
        assert_eq!(schedule.to_string().parse(), Ok(schedule));
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        assert_eq!("01A".parse::<Schedule>(), Err(ScheduleError(3)));
        assert_eq!("0(x)".parse::<Schedule>(), Err(ScheduleError(2)));
        assert_eq!("(12".parse::<Schedule>(), Err(ScheduleError(1)));
        assert_eq!("(é)1".parse::<Schedule>(), Err(ScheduleError(1)));
    }
}
