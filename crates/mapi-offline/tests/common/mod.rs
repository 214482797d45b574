//! What more than one test program of this folder is written with.

use std::ptr::{from_ref, null, null_mut};

use mapi_offline::sys::{GUID, IMAPIOfflineMgr, MAPIOFFLINE_CREATEINFO};
use mapi_offline::{ThreadedManager, ThreadedOutlook};
use windows_core::Interface;

/// Makes an object that has no parent, with `HrCreateOfflineObj`. With an `instance` it is the same object
/// for everybody who names that instance (CREATE-4).
pub(crate) fn create_alone(
    outlook: &ThreadedOutlook,
    profile: &str,
    capabilities: u32,
    instance: Option<GUID>,
) -> windows_core::Result<ThreadedManager> {
    let name: Vec<u16> = profile.encode_utf16().chain([0]).collect();
    let guid = GUID::from_u128(0x5d0e_0000_0000_4000_8000_0000_0000_0001);
    let mut info = MAPIOFFLINE_CREATEINFO {
        ulSize: MAPIOFFLINE_CREATEINFO::SIZE,
        pwszProfileName: name.as_ptr(),
        ulCapabilities: capabilities,
        pGUID: &raw const guid,
        pInstance: instance.as_ref().map_or(null(), from_ref),
        ..Default::default()
    };
    let mut out = null_mut();
    // SAFETY: every pointer is null or to something that lives during the call; what is written
    // to `out` carries a reference.
    unsafe {
        let created = outlook.hr_create_offline_obj(0, &raw mut info, &raw mut out);
        created.map(|| ThreadedManager::from_com(IMAPIOfflineMgr::from_raw(out)))
    }
}
