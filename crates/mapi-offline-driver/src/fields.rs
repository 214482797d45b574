//! The arguments and the results of a call, as they are told.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::names;

/// A value among the arguments or results of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number.
    Number(u64),
    /// A name or a text.
    Text(Cow<'a, str>),
    /// A mask of capabilities that has no other bits: told by their names.
    Capabilities(u32),
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl Value<'_> {
    /// A mask of capabilities: their names, or the number if it has other bits.
    #[must_use]
    pub fn of_capabilities(mask: u32) -> Self {
        match names::of_capabilities(mask) {
            Some(_) => Self::Capabilities(mask),
            None => format!("{mask:#x}").into(),
        }
    }

    /// The same, with a text of its own.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Capabilities(mask) => Value::Capabilities(mask),
        }
    }
}

/// `7`, `BLOCK`, `OFFLINE+ONLINE`; nothing of no capabilities.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Capabilities(mask) => f.write_str(&capability_names(*mask).join("+")),
        }
    }
}

fn capability_names(mask: u32) -> &'static [&'static str] {
    names::of_capabilities(mask).unwrap_or_default()
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Capabilities(mask) => capability_names(*mask).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value<'_> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ReadValue;

        impl<'de> Visitor<'de> for ReadValue {
            type Value = Value<'static>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a text, or the names of capabilities")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Value::Number(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(text.to_owned().into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut found: Vec<String> = Vec::new();
                while let Some(name) = seq.next_element()? {
                    found.push(name);
                }
                let mask = (0..4).find(|&mask| capability_names(mask) == found);
                let mask = mask.ok_or_else(|| A::Error::custom("there are no such capabilities"));
                mask.map(Value::Capabilities)
            }
        }

        from.deserialize_any(ReadValue)
    }
}

/// Arguments or results, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields<'a>(pub Vec<(Cow<'static, str>, Value<'a>)>);

impl<'a> Fields<'a> {
    /// Adds one.
    pub fn add(&mut self, key: &'static str, value: impl Into<Value<'a>>) {
        self.0.push((Cow::Borrowed(key), value.into()));
    }

    /// Adds what is said only when it is unusual.
    pub(crate) fn unusual(&mut self, key: &'static str, is: bool, value: impl Into<Value<'a>>) {
        if is {
            self.add(key, value);
        }
    }

    /// The value of that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        let mut fields = self.0.iter();
        fields
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }

    /// The same, with texts of their own.
    #[must_use]
    pub fn into_owned(self) -> Fields<'static> {
        let fields = self.0.into_iter();
        Fields(
            fields
                .map(|(key, value)| (key, value.into_owned()))
                .collect(),
        )
    }
}

impl<'a> FromIterator<(&'static str, Value<'a>)> for Fields<'a> {
    fn from_iter<I: IntoIterator<Item = (&'static str, Value<'a>)>>(fields: I) -> Self {
        let fields = fields.into_iter();
        Self(fields.map(|(key, value)| (key.into(), value)).collect())
    }
}

/// `flags=BLOCK, state=OFFLINE`: by their keys.
impl fmt::Display for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields: Vec<_> = self.0.iter().collect();
        fields.sort_by_key(|(key, _)| key);
        let mut comma = "";
        for (key, value) in fields {
            write!(f, "{comma}{key}={value}")?;
            comma = ", ";
        }
        Ok(())
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Fields<'_> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ReadFields;

        impl<'de> Visitor<'de> for ReadFields {
            type Value = Fields<'static>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the arguments or results of a call")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Fields::default();
                while let Some((key, value)) = map.next_entry::<String, _>()? {
                    fields.0.push((key.into(), value));
                }
                Ok(fields)
            }
        }

        from.deserialize_map(ReadFields)
    }
}
