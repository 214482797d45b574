//! The arguments and the results of a call, as they are told.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value among the arguments or results of a call.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Value<'a> {
    /// A number.
    Number(u64),
    /// A name or a text.
    Text(Cow<'a, str>),
    /// Several names.
    List(&'static [&'static str]),
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

/// Arguments or results, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields<'a>(pub Vec<(&'static str, Value<'a>)>);

impl<'a> Fields<'a> {
    pub(crate) fn add(&mut self, key: &'static str, value: impl Into<Value<'a>>) {
        self.0.push((key, value.into()));
    }

    /// Adds what is said only when it is unusual.
    pub(crate) fn unusual(&mut self, key: &'static str, is: bool, value: impl Into<Value<'a>>) {
        if is {
            self.add(key, value);
        }
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
