//! What more than one test program of this folder is written with.

use std::ffi::c_void;
use std::ptr::{from_ref, null, null_mut};

use mapi_offline::sys::{GUID, IMAPIOfflineMgr, MAPIOFFLINE_CREATEINFO};
use mapi_offline::{ThreadedManager, ThreadedOutlook};
use windows_core::Interface;

/// Makes an object with `HrCreateOfflineObj`: one that has both capabilities and no parent, save for what
/// `change` makes of it.
///
/// # Safety
/// The pointers that `change` writes are valid for their use, as `HrCreateOfflineObj` demands.
pub(crate) unsafe fn create_with(
    outlook: &ThreadedOutlook,
    profile: &str,
    change: impl FnOnce(&mut MAPIOFFLINE_CREATEINFO),
) -> windows_core::Result<*mut c_void> {
    let name: Vec<u16> = profile.encode_utf16().chain([0]).collect();
    let guid = GUID::from_u128(0x5d0e_0000_0000_4000_8000_0000_0000_0001);
    let mut info = MAPIOFFLINE_CREATEINFO {
        ulSize: MAPIOFFLINE_CREATEINFO::SIZE,
        pwszProfileName: name.as_ptr(),
        ulCapabilities: 3,
        pGUID: &raw const guid,
        ..Default::default()
    };
    change(&mut info);
    let mut out = null_mut();
    // SAFETY: every pointer is null or to something that lives during the call, or as the caller says.
    let created = unsafe { outlook.hr_create_offline_obj(0, &raw mut info, &raw mut out) };
    created.map(|| out)
}

/// Makes an object that has no parent. With an `instance` it is the same object for everybody who names that
/// instance (CREATE-4).
pub(crate) fn create_alone(
    outlook: &ThreadedOutlook,
    profile: &str,
    capabilities: u32,
    instance: Option<GUID>,
) -> windows_core::Result<ThreadedManager> {
    let change = |info: &mut MAPIOFFLINE_CREATEINFO| {
        info.ulCapabilities = capabilities;
        info.pInstance = instance.as_ref().map_or(null(), from_ref);
    };
    // SAFETY: the instance lives during the call; what is made carries a reference.
    unsafe {
        let created = create_with(outlook, profile, change);
        created.map(|out| ThreadedManager::from_com(IMAPIOfflineMgr::from_raw(out)))
    }
}
