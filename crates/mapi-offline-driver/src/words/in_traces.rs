//! The words that traces have for values: written and read here alone.

use std::borrow::Cow;
use std::fmt;

use mapi_offline_core::{CalledFunction, FindingId, Function, Phase, ShutdownMethod, State};
use mapi_offline_sys::{HRESULT, hresult};
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;

use crate::host::HostActionKind;
use crate::names;

/// A value that is one word in traces.
pub(crate) trait TraceWord: Sized {
    /// Its word.
    fn word(&self) -> Cow<'static, str>;

    /// The value of a word. `None`: no value has it.
    fn read(word: &str) -> Option<Self>;
}

/// Writes a value as its word.
pub(crate) fn serialize<T: TraceWord, S: Serializer>(value: &T, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&value.word())
}

/// Reads the value of a word.
pub(crate) fn deserialize<'de, T: TraceWord, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    struct Read<T>(std::marker::PhantomData<T>);

    impl<T: TraceWord> Visitor<'_> for Read<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a word of the trace format")
        }

        fn visit_str<E: Error>(self, word: &str) -> Result<T, E> {
            T::read(word).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(word), &self))
        }
    }

    from.deserialize_str(Read(std::marker::PhantomData))
}

/// A number of a `Notify`: by its name, or with `0x`.
fn number(word: &str) -> Option<u32> {
    u32::from_str_radix(word.strip_prefix("0x")?, 16).ok()
}

/// `NotifyType` of a `Notify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotifyType(pub u32);

impl TraceWord for NotifyType {
    fn word(&self) -> Cow<'static, str> {
        names::of_notify_type(self.0).into()
    }

    fn read(word: &str) -> Option<Self> {
        let phase = Phase::ALL.into_iter().find(|phase| phase.name() == word);
        let number = phase.map(Phase::notify_type).or_else(|| number(word));
        number.map(Self)
    }
}

/// A state word of a `Notify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateWord(pub u32);

impl TraceWord for StateWord {
    fn word(&self) -> Cow<'static, str> {
        State::describe(self.0).into()
    }

    fn read(word: &str) -> Option<Self> {
        let state = <State as TraceWord>::read(word).map(State::bits);
        state.or_else(|| number(word)).map(Self)
    }
}

impl NotifyType {
    /// What a trace calls so: the name of a phase, or a number with `0x`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        TraceWord::read(word)
    }
}

impl StateWord {
    /// What a trace calls so: the name of a state, or a number with `0x`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        TraceWord::read(word)
    }
}

impl fmt::Display for NotifyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word())
    }
}

impl fmt::Display for StateWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word())
    }
}

impl TraceWord for State {
    fn word(&self) -> Cow<'static, str> {
        self.name().into()
    }

    fn read(word: &str) -> Option<Self> {
        let states = [Self::Online, Self::Offline];
        states.into_iter().find(|state| state.name() == word)
    }
}

impl TraceWord for CalledFunction {
    fn word(&self) -> Cow<'static, str> {
        match self {
            Self::OfTheRules(function) => function.name().into(),
            other => other.to_string().into(),
        }
    }

    fn read(word: &str) -> Option<Self> {
        Self::from_name(word)
    }
}

impl TraceWord for HRESULT {
    fn word(&self) -> Cow<'static, str> {
        hresult::name(*self).map_or_else(|| hresult::describe(*self).into(), Cow::Borrowed)
    }

    fn read(word: &str) -> Option<Self> {
        hresult::described(word)
    }
}

/// What a call gave that was refused; `None`: the count 0.
impl TraceWord for Option<HRESULT> {
    fn word(&self) -> Cow<'static, str> {
        hresult::describe_gave(*self).into()
    }

    fn read(word: &str) -> Option<Self> {
        match word {
            "0" => Some(None),
            word => hresult::described(word).map(Some),
        }
    }
}

impl TraceWord for FindingId {
    fn word(&self) -> Cow<'static, str> {
        self.name().into()
    }

    fn read(word: &str) -> Option<Self> {
        Self::from_name(word)
    }
}

impl TraceWord for ShutdownMethod {
    fn word(&self) -> Cow<'static, str> {
        self.name().into()
    }

    fn read(word: &str) -> Option<Self> {
        Self::from_name(word)
    }
}

impl TraceWord for HostActionKind {
    fn word(&self) -> Cow<'static, str> {
        self.name().into()
    }

    fn read(word: &str) -> Option<Self> {
        Self::from_name(word)
    }
}

/// What was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkippedAction {
    /// A call.
    Call(Function),
    /// Something that would have happened to the host.
    OfHost(HostActionKind),
}

impl SkippedAction {
    /// The name of the function, or of what would have happened.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call(function) => function.name(),
            Self::OfHost(kind) => kind.name(),
        }
    }
}

impl TraceWord for SkippedAction {
    fn word(&self) -> Cow<'static, str> {
        self.name().into()
    }

    fn read(word: &str) -> Option<Self> {
        let function = || CalledFunction::from_name(word)?.of_the_rules();
        let host = HostActionKind::from_name(word).map(Self::OfHost);
        host.or_else(|| function().map(Self::Call))
    }
}
