//! The GUIDs as data, for programs that link with the library and do not define them themselves
//! (INITGUID).

#![allow(
    non_upper_case_globals,
    reason = "GUIDs keep the names they have in the headers"
)]

use mapi_offline::sys::{self, GUID, session};

macro_rules! guids {
    ($($(#[$doc:meta])+ $name:ident = $value:expr;)+) => {
        $($(#[$doc])+ #[unsafe(no_mangle)] pub static $name: GUID = $value;)+
    };
}

guids! {
    /// `IUnknown`
    IID_IUnknown = <windows_core::IUnknown as windows_core::Interface>::IID;
    /// The global offline object.
    GUID_GlobalState = sys::GUID_GlobalState;
    /// `IMAPIOffline`
    IID_IMAPIOffline = sys::IID_IMAPIOffline;
    /// `IMAPIOfflineMgr`
    IID_IMAPIOfflineMgr = sys::IID_IMAPIOfflineMgr;
    /// `IMAPIOfflineNotify`
    IID_IMAPIOfflineNotify = sys::IID_IMAPIOfflineNotify;
    /// `IMAPISession`
    IID_IMAPISession = sys::IID_IMAPISession;
    /// `IMAPITable`
    IID_IMAPITable = sys::IID_IMAPITable;
    /// `IMAPIProp`
    IID_IMAPIProp = session::IID_IMAPIProp;
    /// `IMAPIProviderShutdown`
    IID_IMAPIProviderShutdown = session::IID_IMAPIProviderShutdown;
    /// `IProfSect`
    IID_IProfSect = sys::IID_IProfSect;
    /// `IProfAdmin`
    IID_IProfAdmin = sys::IID_IProfAdmin;
}
