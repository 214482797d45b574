//! The arguments of the calls that no crate has as values.

use mapi_offline_core::AggregateInfo;
use mapi_offline_sys::GUID;

use crate::arm::Held;

/// The arguments of `HrCreateOfflineObj`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateCall<'a, O> {
    /// `ulFlags`
    pub flags: u32,
    /// `pCreateInfo`
    pub info: Option<CreateCallInfo<'a, O>>,
    /// Is the out pointer non-null?
    pub out: bool,
}

/// A `MAPIOFFLINE_CREATEINFO`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateCallInfo<'a, O> {
    /// `ulSize`, in bytes
    pub size: u32,
    /// `ulCreateFlags`
    pub create_flags: u32,
    /// `pwszProfileName`
    pub name: Option<&'a str>,
    /// `ulCapabilities`
    pub capabilities: u32,
    /// `pGUID`
    pub guid: Option<GUID>,
    /// `pInstance`
    pub instance: Option<GUID>,
    /// `pParent`
    pub parent: Option<Held<O>>,
    /// `pAggregateInfo`
    pub aggregate: Option<AggregateInfo>,
    /// Is `pConnectInfo` non-null?
    pub connect_info: bool,
}

/// A call of `IProfAdmin` that gives nothing but an HRESULT. `app`: with MAPI_APP_PROFILE?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the parameters have the names they have in IProfAdmin"
)]
pub enum Admin<'a> {
    /// `CreateProfile`
    Create {
        name: &'a str,
        password: Option<&'a str>,
        app: bool,
    },
    /// `DeleteProfile`
    Delete { name: &'a str, app: bool },
    /// `ChangeProfilePassword`
    ChangePassword {
        name: &'a str,
        old: Option<&'a str>,
        new: Option<&'a str>,
    },
    /// `CopyProfile`
    Copy {
        from: &'a str,
        password: Option<&'a str>,
        to: &'a str,
        app: bool,
    },
    /// `RenameProfile`
    Rename {
        from: &'a str,
        password: Option<&'a str>,
        to: &'a str,
        app: bool,
    },
    /// `SetDefaultProfile`
    SetDefault { name: Option<&'a str> },
    /// `AdminServices`
    Services {
        name: &'a str,
        password: Option<&'a str>,
    },
}

/// A row of the profile table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `PR_DISPLAY_NAME`
    pub name: String,
    /// `PR_DEFAULT_PROFILE`
    pub is_default: bool,
}
