//! Who went when: written down, and followed.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::strategy::Choice;

/// Who went when.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Schedule {
    /// What happened, turn by turn, in words.
    Labels(Vec<String>),
    /// What was chosen wherever several things were possible, by its place among them. In short: a
    /// place below 36 is one digit or letter, and any other stands in parentheses.
    Places(Vec<u32>),
}

impl Schedule {
    /// These turns, in words.
    pub(crate) fn of(turns: &[Choice]) -> Self {
        Self::Labels(turns.iter().map(|turn| turn.label.clone()).collect())
    }

    /// How many turns, or choices, it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Labels(labels) => labels.len(),
            Self::Places(places) => places.len(),
        }
    }

    /// Returns true when it has no turn and no choice.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Places in short; labels one a line.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Labels(labels) => f.write_str(&labels.join("\n")),
            Self::Places(places) => {
                places
                    .iter()
                    .try_for_each(|&place| match char::from_digit(place, 36) {
                        Some(digit) => write!(f, "{digit}"),
                        None => write!(f, "({place})"),
                    })
            }
        }
    }
}

/// A text that is no schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
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
        Ok(Self::Places(places))
    }
}

/// Something in a schedule that cannot happen.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("turn {turn} cannot be `{label}`: {}", possible_in_words(.possible))]
pub struct NotPossible {
    /// Which turn of the schedule, from 1.
    pub turn: usize,
    /// What the schedule says.
    pub label: String,
    /// What was possible.
    pub possible: Vec<String>,
}

fn possible_in_words(possible: &[String]) -> String {
    match possible {
        [] => "nothing is possible any more".to_owned(),
        _ => format!("what is possible is `{}`", possible.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_read_as_it_was_written() {
        let schedule = Schedule::Places(vec![0, 9, 10, 35, 36, 1000, 2]);
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
