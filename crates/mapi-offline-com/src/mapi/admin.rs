//! `IProfAdmin` (PROF-1 to PROF-8, PROF-14).

use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline_core::MapiArgument::Flags;
use mapi_offline_core::{Function, MapiCall, MapiInterface, MapiName, ProfileCall};
use mapi_offline_sys::session::{IProfAdmin_Vtbl, MAPIERROR};
use mapi_offline_sys::{
    GUID, HRESULT, IID_IProfAdmin, MAPI_APP_PROFILE, MAPI_DIALOG, MAPI_E_BAD_CHARWIDTH,
    MAPI_E_INVALID_PARAMETER, MAPI_E_UNKNOWN_FLAGS, MAPI_UNICODE, S_OK,
};

use super::machine::MapiMachine;
use super::object::{
    MapiObject, ObjectKind, This, attempt, clear, enter, enter_untold, last_error, put, unknown,
};
use super::{table, text};

/// `CreateProfile`: with the services that are configured as default. Source: MAPI headers.
const MAPI_DEFAULT_SERVICES: u32 = 0x1;

/// The value of an `IProfAdmin`: it has nothing of its own.
struct Admin;

impl ObjectKind for Admin {
    type Vtable = IProfAdmin_Vtbl;
    const VTABLE: &'static IProfAdmin_Vtbl = &VTABLE;
    const INTERFACE: MapiInterface = MapiInterface::IProfAdmin;
    const IIDS: &'static [GUID] = &[IID_IProfAdmin];
}

/// `MAPIAdminProfiles`.
///
/// # Safety
/// `out` is null or may be written.
pub unsafe fn admin_profiles(
    machine: &Rc<dyn MapiMachine>,
    flags: u32,
    out: *mut *mut c_void,
) -> HRESULT {
    let arguments = [("flags", Flags(flags))];
    let call = MapiCall::of_function(MapiName::MAPIAdminProfiles, &arguments);
    machine.make_and_tell(&call, || {
        // SAFETY: as the caller says.
        let given = unsafe {
            clear(out)
                .and_then(|()| check_flags(flags, 0))
                .and_then(|()| put(out, MapiObject::give(machine, Admin)))
        };
        given.err().unwrap_or(S_OK)
    })
}

/// # Errors
/// `MAPI_E_BAD_CHARWIDTH` for MAPI_UNICODE where the method does not document it,
/// `MAPI_E_UNKNOWN_FLAGS` for any other flag that is not among `known`.
fn check_flags(flags: u32, known: u32) -> Result<(), HRESULT> {
    match flags & !known {
        0 => Ok(()),
        unknown if unknown & MAPI_UNICODE != 0 => Err(MAPI_E_BAD_CHARWIDTH),
        _ => Err(MAPI_E_UNKNOWN_FLAGS),
    }
}

/// A name, which must be there.
///
/// # Safety
/// `name` is null, or a string of the width that `flags` says.
unsafe fn name(name: *const c_void, flags: u32) -> Result<String, HRESULT> {
    // SAFETY: as the caller says.
    unsafe { text::read(name, flags) }?.ok_or(MAPI_E_INVALID_PARAMETER)
}

/// Makes the change that `read` makes of the arguments of the method, and tells of it: by its arguments, or by its flags
/// alone where these are refused.
///
/// # Safety
/// As [`enter_untold`].
unsafe fn change(
    this: This,
    (function, name): (Function, MapiName),
    flags: u32,
    read: impl FnOnce() -> Result<ProfileCall<String>, HRESULT>,
) -> HRESULT {
    let method = |admin: &MapiObject<Admin>| match read() {
        Ok(call) => admin.machine.call_profiles(call.as_deref()),
        Err(hr) => {
            let arguments = [("flags", Flags(flags))];
            let call = MapiCall::of_function(function, &arguments);
            admin.machine.make_and_tell(&call, || hr)
        }
    };
    // SAFETY: as the caller says.
    unsafe { enter_untold::<Admin, _>(this, name, method) }
}

type MapiString = *const c_void;

unsafe extern "system" fn get_last_error(
    this: This,
    _: HRESULT,
    _: u32,
    out: *mut *mut MAPIERROR,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfAdmin; `out` is null or valid, as MAPI asks.
    unsafe { last_error::<Admin, _>(this, out) }
}

unsafe extern "system" fn get_profile_table(
    this: This,
    flags: u32,
    out: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfAdmin; `out` is null or valid, as MAPI asks.
    unsafe {
        attempt::<Admin>(
            this,
            MapiName::GetProfileTable,
            &[("flags", Flags(flags))],
            |admin| {
                clear(out)?;
                check_flags(flags, MAPI_APP_PROFILE)?;
                let app = flags & MAPI_APP_PROFILE != 0;
                let machine = &admin.machine;
                let rows = machine.call(|world, _, _| world.profiles().rows(app));
                put(out, table::give(machine, rows))
            },
        )
    }
}

unsafe extern "system" fn create_profile(
    this: This,
    profile: MapiString,
    password: MapiString,
    _ui: usize,
    flags: u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfAdmin; `profile` and `password` are null or
    // valid, as MAPI asks.
    unsafe {
        change(
            this,
            (Function::CreateProfile, MapiName::CreateProfile),
            flags,
            || {
                check_flags(
                    flags,
                    MAPI_DEFAULT_SERVICES | MAPI_DIALOG | MAPI_APP_PROFILE,
                )?;
                Ok(ProfileCall::Create {
                    name: name(profile, 0)?,
                    password: text::read(password, 0)?,
                    app: flags & MAPI_APP_PROFILE != 0,
                })
            },
        )
    }
}

unsafe extern "system" fn delete_profile(this: This, profile: MapiString, flags: u32) -> HRESULT {
    // SAFETY: the client has a reference on the IProfAdmin; `profile` is null or valid, as MAPI
    // asks.
    unsafe {
        change(
            this,
            (Function::DeleteProfile, MapiName::DeleteProfile),
            flags,
            || {
                check_flags(flags, MAPI_APP_PROFILE)?;
                Ok(ProfileCall::Delete {
                    name: name(profile, 0)?,
                    app: flags & MAPI_APP_PROFILE != 0,
                })
            },
        )
    }
}

unsafe extern "system" fn change_profile_password(
    this: This,
    profile: MapiString,
    _: MapiString,
    _: MapiString,
    flags: u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfAdmin; `profile` is null or valid, as MAPI
    // asks.
    unsafe {
        attempt::<Admin>(
            this,
            MapiName::ChangeProfilePassword,
            &[("flags", Flags(flags))],
            |admin| {
                check_flags(flags, MAPI_UNICODE)?;
                name(profile, flags)?;
                let changed = admin
                    .machine
                    .call(|world, _, _| world.profiles().change_password());
                if changed == S_OK {
                    Ok(())
                } else {
                    Err(changed)
                }
            },
        )
    }
}

unsafe extern "system" fn copy_profile(
    this: This,
    from: MapiString,
    password: MapiString,
    to: MapiString,
    _ui: usize,
    flags: u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfAdmin; `from`, `password` and `to` are null or
    // valid, as MAPI asks.
    unsafe {
        change(
            this,
            (Function::CopyProfile, MapiName::CopyProfile),
            flags,
            || {
                check_flags(flags, MAPI_DIALOG | MAPI_APP_PROFILE)?;
                Ok(ProfileCall::Copy {
                    name: name(from, 0)?,
                    to: name(to, 0)?,
                    password: text::read(password, 0)?,
                    app: flags & MAPI_APP_PROFILE != 0,
                })
            },
        )
    }
}

unsafe extern "system" fn rename_profile(
    this: This,
    from: MapiString,
    password: MapiString,
    to: MapiString,
    _ui: usize,
    flags: u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfAdmin; `from`, `password` and `to` are null or
    // valid, as MAPI asks.
    unsafe {
        change(
            this,
            (Function::RenameProfile, MapiName::RenameProfile),
            flags,
            || {
                check_flags(flags, MAPI_DIALOG | MAPI_APP_PROFILE)?;
                Ok(ProfileCall::Rename {
                    name: name(from, 0)?,
                    to: name(to, 0)?,
                    password: text::read(password, 0)?,
                    app: flags & MAPI_APP_PROFILE != 0,
                })
            },
        )
    }
}

unsafe extern "system" fn set_default_profile(
    this: This,
    profile: MapiString,
    flags: u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfAdmin; `profile` is null or valid, as MAPI
    // asks.
    unsafe {
        change(
            this,
            (Function::SetDefaultProfile, MapiName::SetDefaultProfile),
            flags,
            || {
                check_flags(flags, MAPI_UNICODE)?;
                Ok(ProfileCall::SetDefault {
                    name: text::read(profile, flags)?,
                })
            },
        )
    }
}

unsafe extern "system" fn admin_services(
    this: This,
    profile: MapiString,
    password: MapiString,
    _ui: usize,
    flags: u32,
    out: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfAdmin; `profile`, `password` and `out` are
    // null or valid, as MAPI asks.
    unsafe {
        enter::<Admin, _>(
            this,
            MapiName::AdminServices,
            &[("flags", Flags(flags))],
            |admin| {
                let allowed = clear(out)
                    .and_then(|()| check_flags(flags, MAPI_UNICODE | MAPI_DIALOG))
                    .and_then(|()| Ok((name(profile, flags)?, text::read(password, flags)?)))
                    .and_then(|(profile, password)| {
                        admin.machine.call(|world, _, _| {
                            let profiles = world.profiles();
                            profiles.admin_services(&profile, password.as_deref())
                        })
                    });
                match allowed {
                    Err(hr) => hr,
                    Ok(_) => admin.not_emulated(MapiName::AdminServices),
                }
            },
        )
    }
}

static VTABLE: IProfAdmin_Vtbl = IProfAdmin_Vtbl {
    base__: unknown::<Admin>(),
    GetLastError: get_last_error,
    GetProfileTable: get_profile_table,
    CreateProfile: create_profile,
    DeleteProfile: delete_profile,
    ChangeProfilePassword: change_profile_password,
    CopyProfile: copy_profile,
    RenameProfile: rename_profile,
    SetDefaultProfile: set_default_profile,
    AdminServices: admin_services,
};
