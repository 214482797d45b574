//! The arguments of the calls that no crate has as values.

use mapi_offline_core::{AggregateInfo, ProfileRow, ProfileTable};
use mapi_offline_sys::{GUID, HRESULT, S_OK};

use crate::arm::Held;

/// The arguments of `HrCreateOfflineObj`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateCall<'a, O> {
    /// `ulFlags`
    pub flags: u32,
    /// `pCreateInfo`
    pub info: Option<CreateCallInfo<'a, O>>,
    /// Whether the out pointer is non-null.
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
    /// Whether `pConnectInfo` is non-null.
    pub connect_info: bool,
}

/// A call of `IProfAdmin` that gives nothing but an HRESULT. `app`: whether it is called with MAPI_APP_PROFILE.
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

impl Admin<'_> {
    /// Makes the call on the core's table.
    pub(crate) fn on(self, table: &mut ProfileTable) -> HRESULT {
        let answer = match self {
            Self::Create {
                name,
                password,
                app,
            } => table.create(name, password, app).map(drop),
            Self::Delete { name, app } => table.delete(name, app),
            Self::ChangePassword { .. } => return table.change_password(),
            Self::Copy {
                from,
                password,
                to,
                app,
            } => table.copy(from, password, to, app).map(drop),
            Self::Rename {
                from,
                password,
                to,
                app,
            } => table.rename(from, password, to, app),
            Self::SetDefault { name } => table.set_default(name),
            Self::Services { name, password } => table.admin_services(name, password).map(drop),
        };
        answer.err().unwrap_or(S_OK)
    }
}

/// A row of the profile table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `PR_DISPLAY_NAME`
    pub name: String,
    /// `PR_DEFAULT_PROFILE`
    pub is_default: bool,
}

impl From<&ProfileRow> for Row {
    fn from(row: &ProfileRow) -> Self {
        Self {
            name: row.name.clone(),
            is_default: row.is_default,
        }
    }
}
