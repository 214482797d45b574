//! Result codes: the values, and their names in traces and scenario files.
//!
//! ```
//! use mapi_offline_sys::hresult;
//!
//! assert_eq!(hresult::from_name("MAPI_E_CALL_FAILED"), Some(hresult::E_FAIL));
//! assert_eq!(hresult::name(hresult::MAPI_E_CALL_FAILED), Some("E_FAIL"));
//! ```

use windows_core::HRESULT;

/// Defines each code and enters it in [`NAMES`], so that no code can be missing there. A line with
/// a string instead of an identifier enters a name without defining a constant.
macro_rules! hresults {
    (
        $($(#[$doc:meta])+ $name:ident = $value:literal;)+
        names without a constant:
        $($alias:literal = $target:ident;)+
    ) => {
        $($(#[$doc])+ pub const $name: HRESULT = HRESULT($value as u32 as i32);)+

        /// Every known name with its value. Where a value has several names, the first one here is
        /// the one that [`name`](fn@name) gives.
        pub const NAMES: &[(&str, HRESULT)] = &[
            $((stringify!($name), $name),)+
            $(($alias, $target),)+
        ];
    };
}

hresults! {
    /// Success. Source: Windows headers.
    S_OK = 0x0000_0000;

    /// A warning: the call succeeded, but some properties have an error in their place.
    /// Source: MAPI headers.
    MAPI_W_ERRORS_RETURNED = 0x0004_0380;

    /// The state of the offline object is still changing. Source: Windows headers,
    /// `imapioffline-setcurrentstate`.
    E_PENDING = 0x8000_000a;

    /// Not implemented: what a placeholder of a vtable returns. Source: Windows headers.
    E_NOTIMPL = 0x8000_4001;

    /// The object does not have the interface. Source: Windows headers, `imapiofflinemgr-advise`.
    E_NOINTERFACE = 0x8000_4002;

    /// A pointer is null. Source: Windows headers.
    E_POINTER = 0x8000_4003;

    /// The call makes no sense at this moment. Source: Windows headers.
    E_UNEXPECTED = 0x8000_ffff;

    /// The call failed, for a reason that no other code names. Source: Windows headers.
    E_FAIL = 0x8000_4005;

    /// [`E_FAIL`] under its MAPI name. Source: MAPI headers.
    MAPI_E_CALL_FAILED = 0x8000_4005;

    /// An argument is not valid. Source: Windows headers, `imapiofflinemgr-advise`.
    E_INVALIDARG = 0x8007_0057;

    /// [`E_INVALIDARG`] under its MAPI name. Source: MAPI headers.
    MAPI_E_INVALID_PARAMETER = 0x8007_0057;

    /// Access denied; for a profile also: the name is taken. Source: MAPI headers,
    /// `iprofadmin-createprofile`.
    MAPI_E_NO_ACCESS = 0x8007_0005;

    /// [`MAPI_E_NO_ACCESS`] under its Windows name. Source: Windows headers.
    E_ACCESSDENIED = 0x8007_0005;

    /// The object does not support the operation. Source: MAPI headers.
    MAPI_E_NO_SUPPORT = 0x8004_0102;

    /// Wide strings were asked for where only 8-bit ones are supported, or the other way round.
    /// Source: MAPI headers.
    MAPI_E_BAD_CHARWIDTH = 0x8004_0103;

    /// A flag is not known. Source: MAPI headers.
    MAPI_E_UNKNOWN_FLAGS = 0x8004_0106;

    /// Not found; the only failure that `hropenofflineobj` names. Source: MAPI headers.
    MAPI_E_NOT_FOUND = 0x8004_010f;

    /// The logon failed. Source: MAPI headers, `mapilogonex`.
    MAPI_E_LOGON_FAILED = 0x8004_0111;

    /// The user cancelled. Source: MAPI headers.
    MAPI_E_USER_CANCEL = 0x8004_0113;
    /// `MAPI_E_TIMEOUT`: another logon held MAPI up for too long. Source: `mapilogonex`.
    MAPI_E_TIMEOUT = 0x8004_0401;

    /// A restriction or a sort order is too complex. Source: MAPI headers.
    MAPI_E_TOO_COMPLEX = 0x8004_0117;

    /// A bookmark is unknown or was discarded. Source: MAPI headers.
    MAPI_E_INVALID_BOOKMARK = 0x8004_0405;

    /// MAPI is not initialized. Source: MAPI headers.
    MAPI_E_NOT_INITIALIZED = 0x8004_0605;

    /// There is no memory for it. Source: MAPI headers.
    MAPI_E_NOT_ENOUGH_MEMORY = 0x8007_000e;

    /// [`MAPI_E_NOT_ENOUGH_MEMORY`] under its Windows name. Source: Windows headers.
    E_OUTOFMEMORY = 0x8007_000e;

    /// The object may be called on one thread only, and this is another. Source: Windows headers.
    RPC_E_WRONG_THREAD = 0x8001_010e;

    names without a constant:

    // `iprofadmin-copyprofile` says this and means the other; in Simple MAPI it is the number 6.
    "MAPI_E_ACCESS_DENIED" = MAPI_E_NO_ACCESS;
}

/// The name used for `hr` in traces: always the same one, also where a value has several. `None`
/// for a value that this crate does not name.
#[must_use]
pub fn name(hr: HRESULT) -> Option<&'static str> {
    NAMES
        .iter()
        .find(|(_, value)| *value == hr)
        .map(|(name, _)| *name)
}

/// An HRESULT for people: its name, or its number where this crate does not name it.
///
/// ```
/// use mapi_offline_sys::{HRESULT, hresult};
///
/// assert_eq!(hresult::describe(hresult::MAPI_E_NOT_FOUND), "MAPI_E_NOT_FOUND");
/// assert_eq!(hresult::describe(HRESULT(0x0123_4567)), "0x01234567");
/// ```
#[must_use]
pub fn describe(hr: HRESULT) -> String {
    name(hr).map_or_else(|| format!("{:#010x}", hr.0), str::to_owned)
}

/// What a call gave that is no value: its HRESULT as [`describe`] says, or 0, the count of a method that gives one.
#[must_use]
pub fn describe_gave(hr: Option<HRESULT>) -> String {
    hr.map_or_else(|| "0".to_owned(), describe)
}

/// The value that [`describe`] has put into words.
///
/// ```
/// use mapi_offline_sys::{HRESULT, hresult};
///
/// for hr in [hresult::MAPI_E_NOT_FOUND, HRESULT(0x0123_4567)] {
///     assert_eq!(hresult::described(&hresult::describe(hr)), Some(hr));
/// }
/// ```
#[must_use]
pub fn described(text: &str) -> Option<HRESULT> {
    let number = || u32::from_str_radix(text.strip_prefix("0x")?, 16).ok();
    from_name(text).or_else(|| Some(HRESULT(number()? as i32)))
}

/// The value of a name: of any of its names, exactly as spelled in [`NAMES`].
#[must_use]
pub fn from_name(name: &str) -> Option<HRESULT> {
    NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value)
}
