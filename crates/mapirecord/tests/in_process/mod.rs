//! MAPI in this process, for recorders of an emulated Outlook in it.

use mapi_offline_core::HostEvent;

/// What the Work Offline button does.
pub fn event_of_user(online: bool) -> HostEvent {
    if online {
        HostEvent::WorkOnline
    } else {
        HostEvent::WorkOffline
    }
}

/// The exports, for what has a method `outlook` that gives an emulated Outlook.
macro_rules! mapi_in_process {
    ($host:ty) => {
        impl Mapi for $host {
            fn initialize(&self) -> HRESULT {
                S_OK
            }

            fn uninitialize(&self) {}

            unsafe fn open(
                &self,
                reserved: u32,
                name: *const u16,
                guid: *const GUID,
                pointer: *const GUID,
                out: *mut *mut c_void,
            ) -> HRESULT {
                // SAFETY: as the caller says.
                unsafe {
                    self.outlook()
                        .hr_open_offline_obj(reserved, name, guid, pointer, out)
                }
            }

            unsafe fn create(
                &self,
                flags: u32,
                info: *mut MAPIOFFLINE_CREATEINFO,
                out: *mut *mut c_void,
            ) -> HRESULT {
                // SAFETY: as the caller says.
                unsafe { self.outlook().hr_create_offline_obj(flags, info, out) }
            }

            unsafe fn free(&self, _: *mut c_void) {}

            unsafe fn admin_profiles(&self, _: *mut *mut c_void) -> HRESULT {
                MAPI_E_NO_SUPPORT
            }
        }
    };
}

pub(crate) use mapi_in_process;
