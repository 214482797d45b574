//! Calls of MAPI around the Offline State API, as traces tell of them: initialisation, sessions, profile administration,
//! tables and sections. They are told in the order in which clients make them; of some the rules know nothing but that.

use std::borrow::Cow;

/// An object of MAPI other than an offline object: an `IMAPISession`, an `IMAPITable` …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MapiObjectId(pub u64);

/// A call of a function of MAPI, or of a method of one of its objects, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapiCall<'a> {
    /// The interface of the object that it is made on; `None`: it is a function.
    pub interface: Option<&'static str>,
    /// The function or the method.
    pub name: &'static str,
    /// The object that it is made on, if it is made on one.
    pub object: Option<MapiObjectId>,
    /// By how many it changes the references on its object, where it succeeds: 1, 0 or -1.
    pub references: i8,
    /// The arguments that matter, each with its name in MAPI's documentation or a plainer one.
    pub arguments: &'a [(&'static str, MapiArgument<'a>)],
}

/// What a [`MapiCall`] has given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapiGiven {
    /// The object of MAPI, which is new.
    pub object: Option<MapiObjectId>,
    /// The buffers of MAPI's memory: the number of the first, and that behind the last.
    pub buffers: (u64, u64),
}

/// An argument of a [`MapiCall`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapiArgument<'a> {
    /// A string; `None`: a null pointer.
    Text(Option<&'a str>),
    /// A count, a place or a number of rows.
    Number(i64),
    /// `ulFlags`, which is told when it is not 0.
    Flags(u32),
    /// Something larger: whether the pointer to it is other than null.
    Pointer(bool),
}

impl<'a> MapiCall<'a> {
    /// A call of the function of that name.
    #[must_use]
    pub const fn of_function(
        name: &'static str,
        arguments: &'a [(&'static str, MapiArgument<'a>)],
    ) -> Self {
        Self {
            interface: None,
            name,
            object: None,
            references: 0,
            arguments,
        }
    }

    /// What is called: `MAPILogonEx`, `IMAPISession::Logoff` …
    #[must_use]
    pub fn function(&self) -> Cow<'static, str> {
        match self.interface {
            None => Cow::Borrowed(self.name),
            Some(interface) => Cow::Owned(format!("{interface}::{}", self.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_called_with_its_interface_and_a_function_without() {
        let function = MapiCall::of_function("MAPILogonEx", &[]);
        assert_eq!(function.function(), "MAPILogonEx");
        let method = MapiCall {
            interface: Some("IMAPISession"),
            name: "Logoff",
            ..function
        };
        assert_eq!(method.function(), "IMAPISession::Logoff");
    }
}
