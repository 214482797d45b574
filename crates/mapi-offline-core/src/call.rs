//! The calls of the API as values, and what comes back.

use mapi_offline_sys::{
    E_FAIL, E_PENDING, GUID, HRESULT, IID_IMAPIOffline, IID_IMAPIOfflineMgr, S_OK,
};

use crate::args::{AdviseArgs, CreateArgs, OpenArgs, SetArgs};
use crate::function::Function;
use crate::ids::{ObjectId, Token, WaitId};

/// A call of the API. `C` is the handle of a callback; to tell of a call, `()` is enough.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call<'a, C = ()> {
    /// `HrOpenOfflineObj`
    HrOpenOfflineObj(OpenArgs<'a>),
    /// `HrCreateOfflineObj`
    HrCreateOfflineObj(CreateArgs<'a>),
    /// A method of an offline object.
    Method(ObjectId, Method<'a, C>),
    /// A method of `IProfAdmin`.
    Profile(ProfileCall<&'a str>),
}

/// A method of an offline object, with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method<'a, C = ()> {
    /// `QueryInterface` for this interface.
    QueryInterface(InterfaceId<'a>),
    /// `AddRef`
    AddRef,
    /// `Release`
    Release,
    /// `SetCurrentState`
    SetCurrentState(SetArgs),
    /// `GetCapabilities`
    GetCapabilities {
        /// Whether `pulCapabilities` is non-null.
        out: bool,
    },
    /// `GetCurrentState`
    GetCurrentState {
        /// Whether `pulState` is non-null.
        out: bool,
    },
    /// `Advise`
    Advise {
        /// The arguments.
        args: AdviseArgs,
        /// The reference on `IMAPIOfflineNotify` that the registration is to hold; `None`: the
        /// callback has no such interface (ADV-2). On success the registration owns the reference
        /// (ADV-3), on failure it is still the driver's.
        callback: Option<C>,
    },
    /// `Unadvise`
    Unadvise {
        /// `ulFlags`
        flags: u32,
        /// `ulAdviseToken`
        token: Token,
    },
    /// A placeholder of the vtable.
    Placeholder {
        /// Its place in the vtable, counted from QueryInterface, which is 0.
        slot: u32,
    },
}

/// The interface that a `QueryInterface` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InterfaceId<'a> {
    /// `IUnknown`
    Unknown,
    /// `IMAPIOffline`
    Offline,
    /// `IMAPIOfflineMgr`
    OfflineMgr,
    /// An interface that no offline object has, by its IID.
    Other(GUID),
    /// An interface that no offline object has, by the name that a script gives it.
    Named(&'a str),
}

impl<'a> InterfaceId<'a> {
    /// The interface of that IID.
    #[must_use]
    pub const fn from_iid(iid: GUID) -> Self {
        const IID_IUNKNOWN: u128 = 0x00000000_0000_0000_c000_000000000046;
        const OFFLINE: u128 = IID_IMAPIOffline.to_u128();
        const OFFLINE_MGR: u128 = IID_IMAPIOfflineMgr.to_u128();
        match iid.to_u128() {
            IID_IUNKNOWN => Self::Unknown,
            OFFLINE => Self::Offline,
            OFFLINE_MGR => Self::OfflineMgr,
            _ => Self::Other(iid),
        }
    }

    /// The interface of that name.
    #[must_use]
    pub fn from_name(name: &'a str) -> Self {
        match name {
            "IUnknown" => Self::Unknown,
            "IMAPIOffline" => Self::Offline,
            "IMAPIOfflineMgr" => Self::OfflineMgr,
            name => Self::Named(name),
        }
    }

    /// The name of an interface that every offline object has.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Unknown => Some("IUnknown"),
            Self::Offline => Some("IMAPIOffline"),
            Self::OfflineMgr => Some("IMAPIOfflineMgr"),
            Self::Other(_) | Self::Named(_) => None,
        }
    }

    /// Returns true when an offline object has it (LIFE-1).
    #[must_use]
    pub const fn is_known(self) -> bool {
        matches!(self, Self::Unknown | Self::Offline | Self::OfflineMgr)
    }
}

/// A method of `IProfAdmin` that changes the profile table. `S` is a text; `app`: whether it is called with
/// `MAPI_APP_PROFILE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "the parameters have the names they have in IProfAdmin"
)]
pub enum ProfileCall<S> {
    /// `CreateProfile`
    Create {
        name: S,
        password: Option<S>,
        app: bool,
    },
    /// `DeleteProfile`
    Delete { name: S, app: bool },
    /// `RenameProfile`
    Rename {
        name: S,
        password: Option<S>,
        to: S,
        app: bool,
    },
    /// `CopyProfile`
    Copy {
        name: S,
        password: Option<S>,
        to: S,
        app: bool,
    },
    /// `SetDefaultProfile`; `None` clears the default.
    SetDefault { name: Option<S> },
}

impl<'a, C> Call<'a, C> {
    /// The name of the profile that `HrOpenOfflineObj` or `HrCreateOfflineObj` is for.
    #[must_use]
    pub fn profile(&self) -> Option<&'a str> {
        match self {
            Self::HrOpenOfflineObj(args) => args.name,
            Self::HrCreateOfflineObj(args) => args.info.as_ref()?.name,
            Self::Method(..) | Self::Profile(_) => None,
        }
    }

    /// The same call, for somebody to whom a callback is only there or not.
    #[must_use]
    pub fn without_callback(&self) -> Call<'a> {
        match self {
            Self::HrOpenOfflineObj(args) => Call::HrOpenOfflineObj(args.clone()),
            Self::HrCreateOfflineObj(args) => Call::HrCreateOfflineObj(args.clone()),
            Self::Method(object, method) => Call::Method(*object, method.without_callback()),
            Self::Profile(call) => Call::Profile(*call),
        }
    }

    /// What is called.
    #[must_use]
    pub const fn function(&self) -> Function {
        match self {
            Self::HrOpenOfflineObj(_) => Function::HrOpenOfflineObj,
            Self::HrCreateOfflineObj(_) => Function::HrCreateOfflineObj,
            Self::Method(_, method) => method.function(),
            Self::Profile(call) => call.function(),
        }
    }
}

impl<'a, C> Method<'a, C> {
    /// Which method it is.
    #[inline]
    #[must_use]
    pub const fn function(&self) -> Function {
        match self {
            Self::QueryInterface(_) => Function::QueryInterface,
            Self::AddRef => Function::AddRef,
            Self::Release => Function::Release,
            Self::SetCurrentState(_) => Function::SetCurrentState,
            Self::GetCapabilities { .. } => Function::GetCapabilities,
            Self::GetCurrentState { .. } => Function::GetCurrentState,
            Self::Advise { .. } => Function::Advise,
            Self::Unadvise { .. } => Function::Unadvise,
            Self::Placeholder { .. } => Function::Placeholder,
        }
    }

    /// The same method, for somebody to whom a callback is only there or not.
    #[must_use]
    pub fn without_callback(&self) -> Method<'a> {
        self.with_callback(|_| ())
    }

    /// The same method, with what `map` makes of the callback.
    #[must_use]
    pub fn with_callback<D>(&self, map: impl FnOnce(&C) -> D) -> Method<'a, D> {
        match *self {
            Self::QueryInterface(interface) => Method::QueryInterface(interface),
            Self::AddRef => Method::AddRef,
            Self::Release => Method::Release,
            Self::SetCurrentState(args) => Method::SetCurrentState(args),
            Self::GetCapabilities { out } => Method::GetCapabilities { out },
            Self::GetCurrentState { out } => Method::GetCurrentState { out },
            Self::Advise { args, ref callback } => Method::Advise {
                args,
                callback: callback.as_ref().map(map),
            },
            Self::Unadvise { flags, token } => Method::Unadvise { flags, token },
            Self::Placeholder { slot } => Method::Placeholder { slot },
        }
    }
}

impl<S> ProfileCall<S> {
    /// Which method it is.
    #[must_use]
    pub const fn function(&self) -> Function {
        match self {
            Self::Create { .. } => Function::CreateProfile,
            Self::Delete { .. } => Function::DeleteProfile,
            Self::Rename { .. } => Function::RenameProfile,
            Self::Copy { .. } => Function::CopyProfile,
            Self::SetDefault { .. } => Function::SetDefaultProfile,
        }
    }
}

impl ProfileCall<String> {
    /// The same call with borrowed texts.
    #[must_use]
    pub fn as_deref(&self) -> ProfileCall<&str> {
        match self {
            Self::Create {
                name,
                password,
                app,
            } => ProfileCall::Create {
                name,
                password: password.as_deref(),
                app: *app,
            },
            Self::Delete { name, app } => ProfileCall::Delete { name, app: *app },
            Self::Rename {
                name,
                password,
                to,
                app,
            } => ProfileCall::Rename {
                name,
                password: password.as_deref(),
                to,
                app: *app,
            },
            Self::Copy {
                name,
                password,
                to,
                app,
            } => ProfileCall::Copy {
                name,
                password: password.as_deref(),
                to,
                app: *app,
            },
            Self::SetDefault { name } => ProfileCall::SetDefault {
                name: name.as_deref(),
            },
        }
    }
}

/// What comes back from a call. Whatever gives something returns `S_OK` with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// The call returns this, and gives nothing.
    Returns(HRESULT),
    /// A reference on this object.
    Object(ObjectId),
    /// The state word, or the mask of capabilities.
    Word(u32),
    /// The advise token.
    Token(Token),
    /// The references that are on the object now.
    Count(u32),
    /// The call waits for an [`Effect::Wake`](crate::Effect::Wake), which says what it returns (SET-3).
    Waits(WaitId),
    /// The call was made to fail on purpose (FAIL-1): it returns this, and gives nothing.
    FailsOnPurpose(HRESULT),
}

impl Reply {
    /// What a method answers on an object that is dead or whose profile has logged off (LIFE-4,
    /// LIFE-5).
    pub(crate) const fn on_what_is_gone(function: Function) -> Self {
        match function {
            Function::AddRef | Function::Release => Self::Count(0),
            Function::Unadvise => Self::Returns(S_OK),
            _ => Self::Returns(E_FAIL),
        }
    }

    /// What the call returns. Of one that waits that is not known yet: `E_PENDING`.
    #[inline]
    pub const fn hresult(self) -> HRESULT {
        match self {
            Self::Returns(hr) | Self::FailsOnPurpose(hr) => hr,
            Self::Object(_) | Self::Word(_) | Self::Token(_) | Self::Count(_) => S_OK,
            Self::Waits(_) => E_PENDING,
        }
    }

    /// The object that the call gives.
    ///
    /// # Errors
    /// What it returns, if it gives none.
    pub const fn object(self) -> Result<ObjectId, HRESULT> {
        match self {
            Self::Object(object) => Ok(object),
            other => Err(other.hresult()),
        }
    }

    /// The word that the call gives.
    ///
    /// # Errors
    /// What it returns, if it gives none.
    #[inline]
    pub const fn word(self) -> Result<u32, HRESULT> {
        match self {
            Self::Word(word) => Ok(word),
            other => Err(other.hresult()),
        }
    }

    /// The advise token that the call gives.
    ///
    /// # Errors
    /// What it returns, if it gives none.
    #[inline]
    pub const fn token(self) -> Result<Token, HRESULT> {
        match self {
            Self::Token(token) => Ok(token),
            other => Err(other.hresult()),
        }
    }

    /// The count of references that the call gives: 0 if it gives none.
    #[inline]
    #[must_use]
    pub const fn count(self) -> u32 {
        match self {
            Self::Count(count) => count,
            _ => 0,
        }
    }
}

impl From<HRESULT> for Reply {
    fn from(hr: HRESULT) -> Self {
        Self::Returns(hr)
    }
}

impl From<Result<ObjectId, HRESULT>> for Reply {
    fn from(got: Result<ObjectId, HRESULT>) -> Self {
        got.map_or_else(Self::Returns, Self::Object)
    }
}
