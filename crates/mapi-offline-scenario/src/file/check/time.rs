//! Times: `10ms`.

use mapi_offline_driver::Micros;

use super::super::problem::Fault;
use super::super::word::{At, Word};
use super::Checker;
use crate::text::brief;

/// The units, in microseconds.
const UNITS: [(&str, u64); 5] = [
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("m", 60_000_000),
    ("h", 3_600_000_000),
];

/// The longest time: so many of them can be added up that no run comes to the end of the clock.
const LONGEST: Micros = 10_000 * 3_600_000_000;

const HELP: &str = "write a number and a unit: `20us`, `10ms`, `1.5s`, `2m` or `1h`";

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    NoTime,
    NotWhole,
    TooLong,
}

impl Checker<'_> {
    /// A time, in microseconds.
    pub(super) fn time(&mut self, time: &At<Word>) -> Micros {
        let (wrong, help) = match time.value() {
            Word::Number(number) => {
                let help =
                    format!("say in what unit, `\"{number}ms\"`; there are us, ms, s, m and h");
                (Wrong::NoTime, help)
            }
            Word::Text(text) => match parse(text) {
                Ok(micros) => return micros,
                Err(wrong) => (wrong, HELP.to_owned()),
            },
        };
        let help = match wrong {
            Wrong::NoTime => help,
            Wrong::NotWhole => "a time is a whole number of microseconds".to_owned(),
            Wrong::TooLong => "the longest is `10000h`".to_owned(),
        };
        let shown = brief(&time.value().to_string(), 40);
        self.problems
            .say(&time.span(), Fault::NotATime(shown), help);
        0
    }
}

fn parse(text: &str) -> Result<Micros, Wrong> {
    let split = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .ok_or(Wrong::NoTime)?;
    let (number, unit) = text.split_at(split);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let known = UNITS.iter().find(|(name, _)| *name == unit);
    let (_, unit) = known.ok_or(Wrong::NoTime)?;
    let (whole, part) = match number.split_once('.') {
        None => (number, None),
        Some((whole, part)) => (whole, Some(part)),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !part.is_none_or(digits) {
        return Err(Wrong::NoTime);
    }
    let whole: u64 = whole.parse().map_err(|_| Wrong::TooLong)?;
    let micros = whole.checked_mul(*unit).ok_or(Wrong::TooLong)?;
    let micros = micros.saturating_add(fraction(part.unwrap_or_default(), *unit)?);
    if micros > LONGEST {
        return Err(Wrong::TooLong);
    }
    Ok(micros)
}

/// `digits` behind a decimal point, of a unit.
fn fraction(digits: &str, unit: u64) -> Result<Micros, Wrong> {
    let digits = digits.trim_end_matches('0');
    // The smallest whole part of an hour has ten digits.
    if digits.len() > 10 {
        return Err(Wrong::NotWhole);
    }
    let (mut part, mut worth) = (0, 1);
    for digit in digits.bytes() {
        part = part * 10 + u128::from(digit - b'0');
        worth *= 10;
    }
    let micros = part * u128::from(unit);
    if micros % worth != 0 {
        return Err(Wrong::NotWhole);
    }
    u64::try_from(micros / worth).map_err(|_| Wrong::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        for (text, expected) in [
            ("0ms", Ok(0)),
            ("20us", Ok(20)),
            ("5ms", Ok(5_000)),
            ("1.5ms", Ok(1_500)),
            ("1.500000000000ms", Ok(1_500)),
            ("0.000001s", Ok(1)),
            ("1 s", Ok(1_000_000)),
            ("2m", Ok(120_000_000)),
            ("0.25m", Ok(15_000_000)),
            ("1h", Ok(3_600_000_000)),
            ("10000h", Ok(LONGEST)),
            ("10001h", Err(Wrong::TooLong)),
            ("99999999999999999999h", Err(Wrong::TooLong)),
            ("0.0000001s", Err(Wrong::NotWhole)),
            ("0.5us", Err(Wrong::NotWhole)),
            ("0.0000000001h", Err(Wrong::NotWhole)),
            ("5", Err(Wrong::NoTime)),
            ("ms", Err(Wrong::NoTime)),
            ("-5ms", Err(Wrong::NoTime)),
            (".5ms", Err(Wrong::NoTime)),
            ("5.ms", Err(Wrong::NoTime)),
            ("1.2.3ms", Err(Wrong::NoTime)),
            ("5 days", Err(Wrong::NoTime)),
            ("5\u{b5}s", Err(Wrong::NoTime)),
            ("", Err(Wrong::NoTime)),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
