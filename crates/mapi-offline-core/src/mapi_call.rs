//! Calls of MAPI around the Offline State API, as traces tell of them: initialisation, sessions, profile administration,
//! tables and sections. They are told in the order in which clients make them; of some the rules know nothing but that.

use crate::called_function::{CalledFunction, MapiInterface};

/// An object of MAPI other than an offline object: an `IMAPISession`, an `IMAPITable` …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MapiObjectId(pub u64);

/// A call of a function of MAPI, or of a method of one of its objects, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapiCall<'a> {
    /// The function or the method.
    pub function: CalledFunction,
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
    /// A call of that function.
    pub fn of_function(
        function: impl Into<CalledFunction>,
        arguments: &'a [(&'static str, MapiArgument<'a>)],
    ) -> Self {
        Self {
            function: function.into(),
            object: None,
            references: 0,
            arguments,
        }
    }

    /// The interface of the object that it is made on; `None`: it is a function.
    #[must_use]
    pub const fn interface(&self) -> Option<MapiInterface> {
        match self.function {
            CalledFunction::OfMapi(function) => function.interface,
            CalledFunction::OfTheRules(_) | CalledFunction::Observe => None,
        }
    }
}
