//! The smallest parts of the format: a value with its place, a word that is a name or a number.

use std::fmt;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_spanned::Spanned;

/// A value, and where it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct At<T>(Spanned<T>);

impl<T> At<T> {
    pub(super) fn value(&self) -> &T {
        self.0.get_ref()
    }

    pub(super) fn value_mut(&mut self) -> &mut T {
        self.0.as_mut()
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.0.span()
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A name or a number: what may be written down wrongly on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Number(i128),
    Text(String),
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor)
    }
}

struct WordVisitor;

impl Visitor<'_> for WordVisitor {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Word, E> {
        Ok(Word::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Word, E> {
        Ok(Word::Number(number.into()))
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Word, E> {
        Ok(Word::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Word, E> {
        Ok(Word::Text(text.to_owned()))
    }
}

/// One word, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WordOrList {
    One(Word),
    Many(Vec<At<Word>>),
}

impl<'de> Deserialize<'de> for WordOrList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordsVisitor)
    }
}

struct WordsVisitor;

impl<'de> Visitor<'de> for WordsVisitor {
    type Value = WordOrList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number or a list of texts")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<WordOrList, E> {
        WordVisitor.visit_i64(number).map(WordOrList::One)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<WordOrList, E> {
        WordVisitor.visit_u64(number).map(WordOrList::One)
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<WordOrList, E> {
        WordVisitor.visit_i128(number).map(WordOrList::One)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<WordOrList, E> {
        WordVisitor.visit_str(text).map(WordOrList::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<WordOrList, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = list.next_element()? {
            words.push(word);
        }
        Ok(WordOrList::Many(words))
    }
}
