//! The functions and methods that a client calls, without their arguments.

use std::fmt;

/// What is called, without its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is called as it is in MAPI")]
pub enum Function {
    HrOpenOfflineObj,
    HrCreateOfflineObj,
    QueryInterface,
    AddRef,
    Release,
    SetCurrentState,
    GetCapabilities,
    GetCurrentState,
    Advise,
    Unadvise,
    /// A method that the vtable reserves for Outlook itself.
    Placeholder,
    CreateProfile,
    DeleteProfile,
    RenameProfile,
    CopyProfile,
    SetDefaultProfile,
    MAPILogonEx,
}

impl Function {
    /// All that a client can call by name, in the order of the API.
    pub const ALL: &[Self] = &[
        Self::HrOpenOfflineObj,
        Self::HrCreateOfflineObj,
        Self::QueryInterface,
        Self::AddRef,
        Self::Release,
        Self::SetCurrentState,
        Self::GetCapabilities,
        Self::GetCurrentState,
        Self::Advise,
        Self::Unadvise,
        Self::CreateProfile,
        Self::DeleteProfile,
        Self::RenameProfile,
        Self::CopyProfile,
        Self::SetDefaultProfile,
        Self::MAPILogonEx,
    ];

    /// Returns true for the functions and methods of the Offline State API that a client calls. The others lead to it:
    /// they administer profiles, and log on.
    #[must_use]
    pub const fn is_of_the_offline_state_api(self) -> bool {
        match self {
            Self::HrOpenOfflineObj
            | Self::HrCreateOfflineObj
            | Self::QueryInterface
            | Self::AddRef
            | Self::Release
            | Self::SetCurrentState
            | Self::GetCapabilities
            | Self::GetCurrentState
            | Self::Advise
            | Self::Unadvise => true,
            Self::Placeholder
            | Self::CreateProfile
            | Self::DeleteProfile
            | Self::RenameProfile
            | Self::CopyProfile
            | Self::SetDefaultProfile
            | Self::MAPILogonEx => false,
        }
    }

    /// The function or method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }

    /// The name of the function or method in MAPI, which traces and scenario files use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HrOpenOfflineObj => "HrOpenOfflineObj",
            Self::HrCreateOfflineObj => "HrCreateOfflineObj",
            Self::QueryInterface => "QueryInterface",
            Self::AddRef => "AddRef",
            Self::Release => "Release",
            Self::SetCurrentState => "SetCurrentState",
            Self::GetCapabilities => "GetCapabilities",
            Self::GetCurrentState => "GetCurrentState",
            Self::Advise => "Advise",
            Self::Unadvise => "Unadvise",
            Self::Placeholder => "a placeholder",
            Self::CreateProfile => "CreateProfile",
            Self::DeleteProfile => "DeleteProfile",
            Self::RenameProfile => "RenameProfile",
            Self::CopyProfile => "CopyProfile",
            Self::SetDefaultProfile => "SetDefaultProfile",
            Self::MAPILogonEx => "MAPILogonEx",
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
