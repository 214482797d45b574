//! Words and numbers of the file, as the model has them.

use mapi_offline_core::State;
use mapi_offline_sys::{GUID, GUID_GlobalState, HRESULT, hresult};
use uuid::Uuid;

use super::super::problem::{Fault, Span};
use super::super::vocabulary::{CAPABILITIES, GLOBAL_STATE, NUMBERS, STATES, Vocabulary};
use super::super::word::{At, Word, WordOrList};
use super::Checker;
use crate::text::brief;

impl Checker<'_> {
    /// A 32-bit number, or one of the words for it.
    pub(super) fn number(
        &mut self,
        given: Option<&At<Word>>,
        vocabulary: &Vocabulary,
        usual: u32,
    ) -> u32 {
        match given {
            None => usual,
            Some(word) => self.word(word.value(), &word.span(), vocabulary),
        }
    }

    pub(super) fn plain_number(&mut self, given: Option<&At<Word>>, usual: u32) -> u32 {
        self.number(given, &NUMBERS, usual)
    }

    fn word(&mut self, word: &Word, at: &Span, vocabulary: &Vocabulary) -> u32 {
        let number = match word {
            Word::Number(number) => Some(*number),
            Word::Text(text) => match vocabulary.number(text) {
                Some(number) => return number,
                None => parse_number(text),
            },
        };
        match number.map(u32::try_from) {
            Some(Ok(number)) => number,
            Some(Err(_)) => self.out_of_range(at, word, "32 bits"),
            None => {
                let known = vocabulary.names();
                self.problems
                    .unknown_word(at, &word.to_string(), vocabulary.what, known);
                0
            }
        }
    }

    /// Reports it, and gives a value to go on with.
    fn out_of_range<T: Default>(&mut self, at: &Span, word: &Word, what: &'static str) -> T {
        let number = brief(&word.to_string(), 40);
        self.problems
            .say(at, Fault::OutOfRange { what, number }, None);
        T::default()
    }

    pub(super) fn seed(&mut self, given: Option<&At<Word>>) -> u64 {
        let Some(given) = given else { return 0 };
        let number = match given.value() {
            Word::Number(number) => Some(*number),
            Word::Text(text) => parse_number(text),
        };
        match number.map(u64::try_from) {
            Some(Ok(seed)) => seed,
            Some(Err(_)) => self.out_of_range(&given.span(), given.value(), "a seed of 64 bits"),
            None => {
                let text = given.value().to_string();
                self.problems
                    .unknown_word(&given.span(), &text, "a number", []);
                0
            }
        }
    }

    /// A state by its name; a number is not one.
    pub(super) fn state_name(&mut self, given: &At<String>) -> State {
        let state = STATES.number(given.value()).and_then(State::exactly);
        state.unwrap_or_else(|| {
            let known = STATES.names();
            self.problems
                .unknown_word(&given.span(), given.value(), STATES.what, known);
            State::Online
        })
    }

    /// A capability mask: a list of names, or a number.
    pub(super) fn capabilities(&mut self, given: &At<WordOrList>) -> u32 {
        match given.value() {
            WordOrList::One(word) => self.word(word, &given.span(), &CAPABILITIES),
            WordOrList::Many(words) => words.iter().fold(0, |mask, word| {
                mask | self.word(word.value(), &word.span(), &CAPABILITIES)
            }),
        }
    }

    /// A GUID; `null` is `None`.
    pub(super) fn guid(&mut self, given: Option<&At<Word>>, usual: Option<GUID>) -> Option<GUID> {
        let Some(given) = given else { return usual };
        let number = match given.value() {
            Word::Number(number) => Some(*number),
            Word::Text(text) if text == "null" => return None,
            Word::Text(text) if text == GLOBAL_STATE => return Some(GUID_GlobalState),
            Word::Text(text) => match Uuid::try_parse(text) {
                Ok(uuid) => return Some(GUID::from_u128(uuid.as_u128())),
                Err(_) => parse_number(text),
            },
        };
        match number.map(u32::try_from) {
            Some(Ok(first)) => Some(GUID::from_values(first, 0, 0, [0; 8])),
            Some(Err(_)) => {
                self.out_of_range::<u32>(
                    &given.span(),
                    given.value(),
                    "the first 32 bits of a GUID",
                );
                usual
            }
            None => {
                let text = given.value().to_string();
                let known = [GLOBAL_STATE, "null", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"];
                self.problems
                    .unknown_word(&given.span(), &text, "a GUID", known);
                usual
            }
        }
    }

    pub(super) fn hresult(&mut self, given: &At<Word>) -> HRESULT {
        let number = match given.value() {
            Word::Number(number) => Some(*number),
            Word::Text(text) => match hresult::from_name(text) {
                Some(hr) => return hr,
                None => parse_number(text),
            },
        };
        match number {
            // Both ways of writing the 32 bits are common: 0x80004005 and -2147467259.
            Some(number) => match (u32::try_from(number), i32::try_from(number)) {
                (Ok(bits), _) => HRESULT(bits.cast_signed()),
                (_, Ok(value)) => HRESULT(value),
                _ => self.out_of_range(&given.span(), given.value(), "an HRESULT of 32 bits"),
            },
            None => {
                let text = given.value().to_string();
                let known = hresult::NAMES.iter().map(|(name, _)| *name);
                self.problems
                    .unknown_word(&given.span(), &text, "an HRESULT", known);
                HRESULT(0)
            }
        }
    }

    /// One of a few words.
    pub(super) fn one_of<'w>(&mut self, given: &At<String>, known: &[&'w str]) -> Option<&'w str> {
        let found = known.iter().find(|word| *word == given.value());
        if found.is_none() {
            let what = "what may stand here";
            self.problems
                .unknown_word(&given.span(), given.value(), what, known.iter().copied());
        }
        found.copied()
    }

    /// Returns true when the pointer is non-null. The only word for a pointer is `null`.
    pub(super) fn is_non_null(&mut self, given: Option<&At<String>>) -> bool {
        given.is_none_or(|given| {
            self.one_of(given, &["null"]);
            false
        })
    }
}

/// `7` or `0x2000`.
fn parse_number(text: &str) -> Option<i128> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix) = hex.map_or((text, 10), |digits| (digits, 16));
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    // A number with too many digits is out of every range.
    is_number.then(|| i128::from_str_radix(digits, radix).unwrap_or(i128::MAX))
}

/// The number that a word is, if it is one that [`Checker::plain_number`] accepts.
pub(super) fn quiet_number(word: &Word) -> u32 {
    let number = match word {
        Word::Number(number) => Some(*number),
        Word::Text(text) => parse_number(text),
    };
    number
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(0)
}
