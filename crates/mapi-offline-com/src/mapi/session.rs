//! `MAPILogonEx` and `IMAPISession` (LOGON-1, LOGON-2, LOGON-4, LOGON-5, PROF-9).

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline_core::MapiArgument::{Flags, Pointer, Text};
use mapi_offline_core::{
    Effect, Finding, FindingId, Function, MapiCall, MapiInterface, MapiName, NAME_MAX, Reply,
    same_name,
};
use mapi_offline_sys::session::*;
use mapi_offline_sys::{
    E_NOINTERFACE, GUID, HRESULT, IID_IMAPISession, IID_IProfSect, MAPI_E_INVALID_PARAMETER,
    MAPI_E_LOGON_FAILED, MAPI_E_NOT_FOUND, MAPI_E_UNKNOWN_FLAGS, MAPI_UNICODE, MAPI_USE_DEFAULT,
    S_OK, pbGlobalProfileSectionGuid,
};
use windows_core::{IUnknown, Interface};

use super::machine::{MapiLogon, MapiMachine, called_after_logoff};
use super::object::{
    MapiObject, ObjectKind, This, attempt, clear, enter, last_error, not_emulated, put, unknown,
};
use super::{section, text};

/// The value of an `IMAPISession`.
struct MapiSession {
    /// Its logon, until Logoff.
    logon: RefCell<Option<Rc<MapiLogon>>>,
    /// Whether it has been logged off. Its sections ask, too.
    is_logged_off: Rc<Cell<bool>>,
}

impl ObjectKind for MapiSession {
    type Vtable = IMAPISession_Vtbl;
    const VTABLE: &'static IMAPISession_Vtbl = &VTABLE;
    const INTERFACE: MapiInterface = MapiInterface::IMAPISession;
    const IIDS: &'static [GUID] = &[IID_IMAPISession];
}

/// The flags that MAPILogonEx knows.
const LOGON_FLAGS: u32 = MAPI_LOGON_UI
    | MAPI_NEW_SESSION
    | MAPI_ALLOW_OTHERS
    | MAPI_EXPLICIT_PROFILE
    | MAPI_EXTENDED
    | MAPI_USE_DEFAULT
    | MAPI_FORCE_DOWNLOAD
    | MAPI_SERVICE_UI_ALWAYS
    | MAPI_NO_MAIL
    | MAPI_NT_SERVICE
    | MAPI_PASSWORD_UI
    | MAPI_TIMEOUT_SHORT
    | MAPI_BG_SESSION
    | MAPI_UNICODE;

/// `MAPILogonEx`.
///
/// # Safety
/// The strings are null, or end with a zero of the width that MAPI_UNICODE says; `out` is null or
/// may be written.
pub unsafe fn logon_ex(
    machine: &Rc<dyn MapiMachine>,
    profile: *const c_void,
    password: *const c_void,
    flags: u32,
    out: *mut *mut c_void,
) -> HRESULT {
    let failed = |_| MAPI_E_LOGON_FAILED;
    // SAFETY: as the caller says.
    let (profile, password) = unsafe {
        (
            text::read(profile, flags).map_err(failed),
            text::read(password, flags).map_err(failed),
        )
    };
    let name = profile.as_ref().ok().and_then(|name| name.as_deref());
    let arguments = [("profile", Text(name)), ("flags", Flags(flags))];
    let call = MapiCall::of_function(Function::MAPILogonEx, &arguments);
    let logged_on = || {
        if flags & !LOGON_FLAGS != 0 {
            return Err(MAPI_E_UNKNOWN_FLAGS);
        }
        let logon = log_on(machine, profile.clone()?, password?, flags)?;
        let session = MapiSession {
            logon: RefCell::new(Some(logon)),
            is_logged_off: Rc::default(),
        };
        // SAFETY: as the caller says.
        unsafe { put(out, MapiObject::give(machine, session)) }
    };
    let answered = || {
        // SAFETY: as the caller says.
        if let Err(hr) = unsafe { clear(out) } {
            return Reply::Returns(hr);
        }
        match fails_on_purpose(&**machine) {
            Some(hr) => Reply::FailsOnPurpose(hr),
            None => Reply::Returns(logged_on().err().unwrap_or(S_OK)),
        }
    };
    machine.make_and_tell(&call, answered).hresult()
}

fn log_on(
    machine: &Rc<dyn MapiMachine>,
    profile: Option<String>,
    password: Option<String>,
    flags: u32,
) -> Result<Rc<MapiLogon>, HRESULT> {
    if profile
        .as_ref()
        .is_some_and(|name| name.encode_utf16().count() > NAME_MAX)
    {
        let detail = format!("MAPILogonEx with a name of more than {NAME_MAX} characters");
        found(&**machine, FindingId::BadArgument, "LOGON-4", detail);
    }
    if flags & MAPI_NEW_SESSION == 0
        && let Some(shared) = join(machine, profile.as_deref(), flags)
    {
        return Ok(shared);
    }
    if password.is_some_and(|password| !password.is_empty()) {
        return Err(MAPI_E_LOGON_FAILED);
    }
    let logon = machine.call(|world, _, _| {
        let profiles = world.profiles_mut();
        let id = match profile {
            _ if flags & MAPI_USE_DEFAULT != 0 => profiles.default_profile(),
            Some(name) if !name.is_empty() => profiles.find(&name),
            // There is nobody who could choose in a dialog.
            _ => None,
        };
        let (id, name) = id.and_then(|id| Some((id, profiles.name(id)?.to_owned())))?;
        profiles.begin_session(id);
        Some(MapiLogon {
            machine: Rc::downgrade(machine),
            profile: id,
            name,
        })
    });
    let logon = Rc::new(logon.ok_or(MAPI_E_LOGON_FAILED)?);
    if flags & MAPI_ALLOW_OTHERS != 0 {
        machine.shared().replace(Rc::downgrade(&logon));
    }
    Ok(logon)
}

/// The shared session that a logon joins without MAPI_NEW_SESSION, whatever name is given: a client's (LOGON-2), or else
/// the host's (LOGON-4).
fn join(machine: &Rc<dyn MapiMachine>, named: Option<&str>, flags: u32) -> Option<Rc<MapiLogon>> {
    let of_a_client = machine.shared().borrow().upgrade();
    let joined = of_a_client.or_else(|| of_host(machine).map(Rc::new))?;
    let named = named.filter(|name| flags & MAPI_USE_DEFAULT == 0 && !name.is_empty());
    if let Some(other) = named.filter(|name| !same_name(name, &joined.name)) {
        let detail = format!(
            "MAPILogonEx with the name {other:?} and without MAPI_NEW_SESSION joined the shared session of {:?}",
            joined.name,
        );
        found(&**machine, FindingId::JoinedOtherSession, "LOGON-4", detail);
    }
    Some(joined)
}

/// A logon to the session that the host shares.
fn of_host(machine: &Rc<dyn MapiMachine>) -> Option<MapiLogon> {
    machine.call(|world, _, _| {
        let profile = world.shared_by_host()?;
        let name = world.profiles().name(profile)?.to_owned();
        world.profiles_mut().begin_session(profile);
        Some(MapiLogon {
            machine: Rc::downgrade(machine),
            profile,
            name,
        })
    })
}

/// What MAPILogonEx of the client that calls gives now, if it is to fail on purpose (FAIL-1).
fn fails_on_purpose(machine: &dyn MapiMachine) -> Option<HRESULT> {
    let function = Function::MAPILogonEx;
    machine.ask_explorer(function);
    machine.call(|world, caller, _| world.fails_on_purpose(caller.client, function))
}

/// The client that calls has made a mistake in logging on or off.
fn found(machine: &dyn MapiMachine, id: FindingId, rule: &'static str, detail: String) {
    machine.call(|_, caller, effects| {
        let finding = Finding::new(id, Some(caller.client), rule, detail);
        effects.push(Effect::found(finding));
    });
}

impl MapiObject<MapiSession> {
    /// The logon, if it has not ended (LOGON-2).
    fn logon(&self, method: MapiName) -> Result<Rc<MapiLogon>, HRESULT> {
        let logon = self.value.logon.borrow().clone();
        logon
            .ok_or_else(|| called_after_logoff(&*self.machine, MapiInterface::IMAPISession, method))
    }

    /// What the rest of the methods give.
    fn other(&self, method: MapiName) -> HRESULT {
        match self.logon(method) {
            Ok(_) => self.not_emulated(method),
            Err(hr) => hr,
        }
    }
}

unsafe extern "system" fn get_last_error(
    this: This,
    _: HRESULT,
    _: u32,
    out: *mut *mut MAPIERROR,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPISession; `out` is null or valid, as MAPI asks.
    unsafe { last_error::<MapiSession, _>(this, out) }
}

unsafe extern "system" fn open_profile_section(
    this: This,
    uid: *const c_void,
    iid: *const GUID,
    flags: u32,
    out: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPISession; `uid`, `iid` and `out` are null or
    // valid, as MAPI asks.
    unsafe {
        let arguments = [
            ("section", Pointer(!uid.is_null())),
            ("flags", Flags(flags)),
        ];
        attempt::<MapiSession>(this, MapiName::OpenProfileSection, &arguments, |session| {
            clear(out)?;
            let logon = session.logon(MapiName::OpenProfileSection)?;
            if uid.is_null() {
                return Err(MAPI_E_INVALID_PARAMETER);
            }
            if flags & !(MAPI_MODIFY | MAPI_DEFERRED_ERRORS) != 0 {
                return Err(MAPI_E_UNKNOWN_FLAGS);
            }
            let known = [IID_IProfSect, IID_IMAPIProp, IUnknown::IID];
            if !iid.is_null() && !known.contains(&iid.read_unaligned()) {
                return Err(E_NOINTERFACE);
            }
            let machine = &session.machine;
            // A MAPIUID is 16 bytes, at any address.
            if uid.cast::<GUID>().read_unaligned() == pbGlobalProfileSectionGuid {
                return put(
                    out,
                    section::give(
                        machine,
                        logon.name.clone(),
                        Rc::clone(&session.value.is_logged_off),
                    ),
                );
            }
            Err(match flags & MAPI_MODIFY {
                0 => MAPI_E_NOT_FOUND,
                _ => not_emulated(
                    &**machine,
                    MapiInterface::IMAPISession,
                    "OpenProfileSection(MAPI_MODIFY)",
                ),
            })
        })
    }
}

unsafe extern "system" fn logoff(this: This, _: usize, flags: u32, _: u32) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPISession that it has a reference on.
    unsafe {
        attempt::<MapiSession>(
            this,
            MapiName::Logoff,
            &[("flags", Flags(flags))],
            |session| {
                let logon = session.logon(MapiName::Logoff)?;
                if flags & MAPI_LOGOFF_SHARED != 0 {
                    let detail = "IMAPISession::Logoff with MAPI_LOGOFF_SHARED".to_owned();
                    found(
                        &*session.machine,
                        FindingId::SharedLogoff,
                        "LOGON-5",
                        detail,
                    );
                }
                session.value.logon.take();
                session.value.is_logged_off.set(true);
                drop(logon);
                Ok(())
            },
        )
    }
}

/// Methods that an offline-state client does not need.
macro_rules! others {
    ($($function:ident = $name:ident ($($argument:ty),*);)+) => {
        $(
            unsafe extern "system" fn $function(this: This, $(_: $argument),*) -> HRESULT {
                // SAFETY: the client calls a method of an IMAPISession that it has a reference on.
                unsafe { enter::<MapiSession, _>(this, MapiName::$name, &[], |session| session.other(MapiName::$name)) }
            }
        )+
    };
}

type Id = *const c_void;
type Out = *mut *mut c_void;

others! {
    get_msg_stores_table = GetMsgStoresTable (u32, Out);
    open_msg_store = OpenMsgStore (usize, u32, Id, *const GUID, u32, Out);
    open_address_book = OpenAddressBook (usize, *const GUID, u32, Out);
    get_status_table = GetStatusTable (u32, Out);
    open_entry = OpenEntry (u32, Id, *const GUID, u32, *mut u32, Out);
    compare_entry_ids = CompareEntryIDs (u32, Id, u32, Id, u32, *mut u32);
    advise = Advise (u32, Id, u32, This, *mut usize);
    unadvise = Unadvise (usize);
    message_options = MessageOptions (usize, u32, Id, This);
    query_default_message_opt = QueryDefaultMessageOpt (Id, u32, *mut u32, *mut *mut SPropValue);
    enum_adr_types = EnumAdrTypes (u32, *mut u32, *mut Out);
    query_identity = QueryIdentity (*mut u32, Out);
    set_default_store = SetDefaultStore (u32, u32, Id);
    admin_services = AdminServices (u32, Out);
    show_form = ShowForm (usize, This, This, *const GUID, u32, This, u32, u32, u32, u32, Id);
    prepare_form = PrepareForm (*const GUID, This, *mut u32);
}

static VTABLE: IMAPISession_Vtbl = IMAPISession_Vtbl {
    base__: unknown::<MapiSession>(),
    GetLastError: get_last_error,
    GetMsgStoresTable: get_msg_stores_table,
    OpenMsgStore: open_msg_store,
    OpenAddressBook: open_address_book,
    OpenProfileSection: open_profile_section,
    GetStatusTable: get_status_table,
    OpenEntry: open_entry,
    CompareEntryIDs: compare_entry_ids,
    Advise: advise,
    Unadvise: unadvise,
    MessageOptions: message_options,
    QueryDefaultMessageOpt: query_default_message_opt,
    EnumAdrTypes: enum_adr_types,
    QueryIdentity: query_identity,
    Logoff: logoff,
    SetDefaultStore: set_default_store,
    AdminServices: admin_services,
    ShowForm: show_form,
    PrepareForm: prepare_form,
};
