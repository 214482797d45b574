//! The words of Outlook's MAPI Offline State API: its constants, structures, GUIDs, HRESULTs,
//! function types and COM interfaces, for every OS, and no behaviour.
//!
//! Everything has the name it has in the Outlook MAPI reference, so that a page of the reference
//! and a line of Rust can be read side by side. Each item says what it means and where the fact
//! comes from; pages of the reference are cited by their file names (`mapioffline_notify`,
//! `imapiofflinemgr-advise`).
//!
//! The ABI is that of Windows on every OS: `ULONG` and `HRESULT` have 32 bits (never C `long`), a
//! wide string is UTF-16 code units (never a 4-byte `wchar_t`), and functions are
//! `extern "system"`, which is `stdcall` on 32-bit x86 Windows and the C convention elsewhere.
//! Layouts are asserted when the crate is compiled, and `tests/abi.rs` compares every number here
//! with the table `fixtures/abi/offline.toml`.
//!
//! An interface is a value: cloning is `AddRef`, dropping is `Release`, and
//! [`cast`](windows_core::Interface::cast) is `QueryInterface`. A manager dereferences to the
//! [`IMAPIOffline`] that it inherits from, so a client that follows the state reads:
//!
//! ```
//! use mapi_offline_sys::{
//!     IMAPIOfflineMgr, IMAPIOfflineNotify, MAPIOFFLINE_CAPABILITY_OFFLINE,
//!     MAPIOFFLINE_STATE_OFFLINE, MAPIOFFLINE_STATE_OFFLINE_MASK,
//! };
//!
//! fn follow(manager: &IMAPIOfflineMgr, callback: &IMAPIOfflineNotify) -> windows_core::Result<()> {
//!     if manager.capabilities()? & MAPIOFFLINE_CAPABILITY_OFFLINE != 0 {
//!         let advise_token = manager.advise(callback, 42)?;
//!         let state = manager.current_state()? & MAPIOFFLINE_STATE_OFFLINE_MASK;
//!         println!("offline: {}", state == MAPIOFFLINE_STATE_OFFLINE);
//!         manager.unadvise(advise_token).ok()?;
//!     }
//!     Ok(())
//! }
//! ```

mod constants;
pub use constants::{
    MAPI_APP_PROFILE, MAPI_DIALOG, MAPI_UNICODE, MAPI_USE_DEFAULT, MAPIOFFLINE_ADVISE_DEFAULT,
    MAPIOFFLINE_ADVISE_TYPE_STATECHANGE, MAPIOFFLINE_CALLBACK_TYPE,
    MAPIOFFLINE_CALLBACK_TYPE_NOTIFY, MAPIOFFLINE_CAPABILITY_OFFLINE,
    MAPIOFFLINE_CAPABILITY_ONLINE, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_NOTIFY_TYPE, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
    MAPIOFFLINE_STATE_ALL, MAPIOFFLINE_STATE_OFFLINE, MAPIOFFLINE_STATE_OFFLINE_MASK,
    MAPIOFFLINE_STATE_ONLINE, MAPIOFFLINE_UNADVISE_DEFAULT, PR_DEFAULT_PROFILE, PR_DISPLAY_NAME_A,
    PR_DISPLAY_NAME_W, PR_INSTANCE_KEY, PR_PROFILE_NAME_W,
};

mod function;
pub use function::{HRCREATEOFFLINEOBJ, HROPENOFFLINEOBJ};

mod guid;
pub use guid::{
    GUID_GlobalState, IID_IMAPIOffline, IID_IMAPIOfflineMgr, IID_IMAPIOfflineNotify,
    IID_IMAPISession, IID_IMAPITable, IID_IProfAdmin, IID_IProfSect, pbGlobalProfileSectionGuid,
};

pub mod hresult;
pub use hresult::{
    E_ACCESSDENIED, E_FAIL, E_INVALIDARG, E_NOINTERFACE, E_NOTIMPL, E_OUTOFMEMORY, E_PENDING,
    E_POINTER, E_UNEXPECTED, MAPI_E_BAD_CHARWIDTH, MAPI_E_CALL_FAILED, MAPI_E_INVALID_BOOKMARK,
    MAPI_E_INVALID_PARAMETER, MAPI_E_LOGON_FAILED, MAPI_E_NO_ACCESS, MAPI_E_NO_SUPPORT,
    MAPI_E_NOT_ENOUGH_MEMORY, MAPI_E_NOT_FOUND, MAPI_E_NOT_INITIALIZED, MAPI_E_TIMEOUT,
    MAPI_E_TOO_COMPLEX, MAPI_E_UNKNOWN_FLAGS, MAPI_E_USER_CANCEL, MAPI_W_ERRORS_RETURNED,
    RPC_E_WRONG_THREAD, S_OK,
};

mod interfaces;
pub use interfaces::{
    IMAPIOffline, IMAPIOffline_Impl, IMAPIOffline_Vtbl, IMAPIOfflineMgr, IMAPIOfflineMgr_Impl,
    IMAPIOfflineMgr_Vtbl, IMAPIOfflineNotify, IMAPIOfflineNotify_Impl, IMAPIOfflineNotify_Vtbl,
};

mod layout;

pub mod session;

mod structs;
pub use structs::{
    MAPIOFFLINE_ADVISEINFO, MAPIOFFLINE_AGGREGATEINFO, MAPIOFFLINE_CREATEINFO, MAPIOFFLINE_NOTIFY,
    MAPIOFFLINE_NOTIFY_INFO, MAPIOFFLINE_NOTIFY_STATECHANGE,
};

mod wrappers;

/// The COM words that the definitions here are made of.
pub use windows_core::{GUID, HRESULT};
