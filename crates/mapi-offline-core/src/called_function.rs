//! What a client calls: a function or a method of the Offline State API, or of MAPI around it.

use std::fmt;

use crate::function::Function;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CalledFunction {
    /// What the rules answer, and `MAPILogonEx`.
    OfTheRules(Function),
    /// What is told of only: MAPI around the Offline State API.
    OfMapi(MapiFunction),
    /// The control function with which a client says what it has concluded.
    Observe,
}

/// A function of MAPI around the Offline State API, or a method of one of its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MapiFunction {
    /// The interface of the object that it is called on; `None`: it is a function.
    pub interface: Option<MapiInterface>,
    /// Its name.
    pub name: MapiName,
}

/// Defines an enum whose members are called as they are in MAPI, with their names.
macro_rules! named {
    ($(#[$doc:meta])+ $type:ident { $($name:ident)+ }) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is called as it is in MAPI")]
        pub enum $type { $($name,)+ }

        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in MAPI.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// The one of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == name)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named! {
    /// An interface of MAPI around the Offline State API.
    MapiInterface { IMAPISession IProfAdmin IMAPITable IProfSect }
}

named! {
    /// The name of a function or a method of MAPI around the Offline State API.
    MapiName {
        MAPIInitialize MAPIUninitialize MAPIAdminProfiles
        MAPIAllocateBuffer MAPIAllocateMore MAPIFreeBuffer HrQueryAllRows HrGetOneProp
        QueryInterface AddRef Release GetLastError
        GetProfileTable CreateProfile DeleteProfile ChangeProfilePassword CopyProfile RenameProfile
        SetDefaultProfile AdminServices
        GetMsgStoresTable OpenMsgStore OpenAddressBook OpenProfileSection GetStatusTable OpenEntry
        CompareEntryIDs Advise Unadvise MessageOptions QueryDefaultMessageOpt EnumAdrTypes
        QueryIdentity Logoff SetDefaultStore ShowForm PrepareForm
        GetStatus SetColumns QueryColumns GetRowCount SeekRow SeekRowApprox QueryPosition FindRow
        Restrict CreateBookmark FreeBookmark SortTable QuerySortOrder QueryRows Abort ExpandRow
        CollapseRow WaitForCompletion GetCollapseState SetCollapseState
        SaveChanges GetProps GetPropList OpenProperty SetProps DeleteProps CopyTo CopyProps
        GetNamesFromIDs GetIDsFromNames
    }
}

impl MapiInterface {
    /// Its method of that name.
    #[must_use]
    pub const fn method(self, name: MapiName) -> MapiFunction {
        MapiFunction {
            interface: Some(self),
            name,
        }
    }
}

impl CalledFunction {
    /// What traces call so: `Advise`, `MAPIInitialize`, `IMAPISession::Logoff` …
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some((interface, name)) = name.split_once("::") {
            let interface = MapiInterface::from_name(interface)?;
            return Some(interface.method(MapiName::from_name(name)?).into());
        }
        let function = Function::from_name(name);
        let function =
            function.or((name == Function::Placeholder.name()).then_some(Function::Placeholder));
        if let Some(function) = function {
            return Some(function.into());
        }
        match MapiName::from_name(name) {
            Some(name) => Some(name.into()),
            None => (name == Self::OBSERVE).then_some(Self::Observe),
        }
    }

    const OBSERVE: &str = "observe";

    /// The function that the rules answer, if it is one.
    #[must_use]
    pub const fn of_the_rules(self) -> Option<Function> {
        match self {
            Self::OfTheRules(function) => Some(function),
            Self::OfMapi(_) | Self::Observe => None,
        }
    }
}

impl From<Function> for CalledFunction {
    fn from(function: Function) -> Self {
        Self::OfTheRules(function)
    }
}

impl From<MapiFunction> for CalledFunction {
    fn from(function: MapiFunction) -> Self {
        Self::OfMapi(function)
    }
}

/// A function, which is called on no object.
impl From<MapiName> for CalledFunction {
    fn from(name: MapiName) -> Self {
        let interface = None;
        Self::OfMapi(MapiFunction { interface, name })
    }
}

impl fmt::Display for MapiFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(interface) = self.interface {
            write!(f, "{interface}::")?;
        }
        f.write_str(self.name.name())
    }
}

impl fmt::Display for CalledFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfTheRules(function) => f.write_str(function.name()),
            Self::OfMapi(function) => function.fmt(f),
            Self::Observe => f.write_str(Self::OBSERVE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_called_is_found_by_its_name() {
        let rules = Function::ALL.iter().copied().chain([Function::Placeholder]);
        let rules = rules.map(CalledFunction::from);
        let methods = MapiInterface::ALL.iter().flat_map(|interface| {
            let names = MapiName::ALL.iter();
            names.map(|&name| CalledFunction::from(interface.method(name)))
        });
        for called in rules.chain(methods).chain([CalledFunction::Observe]) {
            assert_eq!(CalledFunction::from_name(&called.to_string()), Some(called));
        }
        let function = CalledFunction::from(MapiName::MAPIInitialize);
        assert_eq!(CalledFunction::from_name("MAPIInitialize"), Some(function));
        assert_eq!(CalledFunction::from_name("IMAPISession::Logof"), None);
    }

    #[test]
    fn a_method_is_called_with_its_interface_and_a_function_without() {
        let function = CalledFunction::from(Function::MAPILogonEx);
        assert_eq!(function.to_string(), "MAPILogonEx");
        let method = MapiInterface::IMAPISession.method(MapiName::Logoff);
        assert_eq!(method.to_string(), "IMAPISession::Logoff");
    }
}
