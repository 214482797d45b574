//! Identifiers of interfaces, of the global offline object and of the global profile section.

#![allow(
    non_upper_case_globals,
    reason = "GUIDs keep the names they have in the headers"
)]

use windows_core::{GUID, Interface};

use crate::interfaces::{IMAPIOffline, IMAPIOfflineMgr, IMAPIOfflineNotify};

/// The one offline object of a profile that tracks Outlook's own connection state.
/// Source: Outlook MAPI reference, `mapi-constants`, `hropenofflineobj`.
pub const GUID_GlobalState: GUID = GUID::from_u128(0xfbeffd93_b11f_4094_842b_96dcd31e63d1);

/// [`IMAPIOffline`]. Source: Outlook MAPI reference, `mapi-constants`.
pub const IID_IMAPIOffline: GUID = IMAPIOffline::IID;

/// [`IMAPIOfflineMgr`]. Source: Outlook MAPI reference, `mapi-constants`.
pub const IID_IMAPIOfflineMgr: GUID = IMAPIOfflineMgr::IID;

/// [`IMAPIOfflineNotify`]. Source: Outlook MAPI reference, `mapi-constants`.
pub const IID_IMAPIOfflineNotify: GUID = IMAPIOfflineNotify::IID;

/// `IMAPISession`: a logged-on session. Source: MAPI headers.
pub const IID_IMAPISession: GUID = mapi(0x0002_0300);

/// `IMAPITable`: a table, here the profile table. Source: MAPI headers.
pub const IID_IMAPITable: GUID = mapi(0x0002_0301);

/// `IProfSect`: a profile section. Source: MAPI headers.
pub const IID_IProfSect: GUID = mapi(0x0002_0304);

/// `IProfAdmin`: administration of profiles. Source: MAPI headers.
pub const IID_IProfAdmin: GUID = mapi(0x0002_031c);

/// The profile section that holds [`PR_PROFILE_NAME_W`](crate::PR_PROFILE_NAME_W).
///
/// In the headers this name is a pointer to the 16 bytes (hence `pb`); here it is their value.
/// Source: MAPI headers, `setting-up-an-offline-state-add-in`.
pub const pbGlobalProfileSectionGuid: GUID =
    GUID::from_u128(0xc8b0db13_05aa_1a10_9bb0_00aa002fc45a);

/// A GUID of MAPI's own range: they differ in the first group only.
const fn mapi(data1: u32) -> GUID {
    GUID::from_values(data1, 0, 0, [0xc0, 0, 0, 0, 0, 0, 0, 0x46])
}
