//! On whose behalf calls are made, and what clients do when the host quits.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::mem::ManuallyDrop;

use mapi_offline::sys::{E_INVALIDARG, E_UNEXPECTED, HRESULT, IMAPIOfflineNotify, S_OK};
use mapi_offline::{Function, Outlook, State};
use windows_core::{IUnknown, Interface};

use crate::process;
use crate::text::{self, named};
use crate::theirs::theirs;

thread_local! {
    /// Who it was before each [`mapisim_enter_client`] that has not been left. Never dropped with its thread:
    /// clients' destructors call from there.
    static BEFORE: RefCell<ManuallyDrop<Vec<String>>> =
        const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// Forgets who was entered, for a new emulation.
pub(super) fn forget() {
    BEFORE.with_borrow_mut(|stack| **stack = Vec::new());
}

/// From now on calls are made on behalf of the client of that name.
///
/// # Safety
/// `name` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_enter_client(name: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let name = unsafe { text::read(name) };
    process::host(|running| {
        let Some(name) = named(name) else {
            return E_INVALIDARG;
        };
        let before = running.outlook.switch_client(name);
        BEFORE.with_borrow_mut(|stack| stack.push(before));
        S_OK
    })
}

/// Undoes the last [`mapisim_enter_client`].
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_leave_client() -> HRESULT {
    process::host(|running| {
        let Some(before) = BEFORE.with_borrow_mut(|stack| stack.pop()) else {
            return E_UNEXPECTED;
        };
        running.outlook.switch_client(&before);
        S_OK
    })
}

/// The client that calls now says what it has concluded.
///
/// # Safety
/// `name` and `value` are null or end with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_observe(name: *const c_char, value: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let (name, value) = unsafe { (text::read(name), text::read(value)) };
    process::host(|running| {
        let Some((name, value)) = named(name).zip(value) else {
            return E_INVALIDARG;
        };
        running.outlook.observe(name, value);
        S_OK
    })
}

/// The client that calls now says what it now takes the state of a profile for: 1 offline, 2 online.
///
/// # Safety
/// `profile` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_believes(profile: *const c_char, state: u32) -> HRESULT {
    // SAFETY: as the caller says.
    let profile = unsafe { text::read(profile) };
    process::host(|running| {
        let Some((profile, state)) = profile.zip(State::masked(state)) else {
            return E_INVALIDARG;
        };
        running.outlook.believes(profile, state);
        S_OK
    })
}

/// `code(context)` runs on behalf of the client of that name when it disconnects, as an add-in's
/// OnDisconnection (HOST-2): when the host quits, if it asks the client then, or when the user disconnects it.
///
/// # Safety
/// `client` is null or ends with a zero; `context` is what `code` expects, until then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_on_disconnect(
    client: *const c_char,
    code: Option<extern "C-unwind" fn(context: *mut c_void)>,
    context: *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    let client = unsafe { text::read(client) };
    process::host(|running| match client.zip(code) {
        None => E_INVALIDARG,
        Some((client, code)) => {
            let function = format!("what {client} does on mapisim_on_disconnect");
            let code = move || theirs(&function, || code(context));
            running.outlook.on_disconnect(client, code);
            S_OK
        }
    })
}

/// `code(context)` runs now on behalf of the client of that name, which is being connected (HOST-6).
///
/// # Safety
/// `client` is null or ends with a zero; `context` is what `code` expects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_connect(
    client: *const c_char,
    code: Option<extern "C-unwind" fn(context: *mut c_void)>,
    context: *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    let client = unsafe { text::read(client) };
    runs_now(
        "mapisim_connect",
        client,
        code,
        context,
        |outlook, client, code| {
            outlook.connect(client, code);
        },
    )
}

/// `code(context)` runs now on behalf of the client of that name, which is told that startup is complete (HOST-6).
///
/// # Safety
/// As for [`mapisim_connect`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_started(
    client: *const c_char,
    code: Option<extern "C-unwind" fn(context: *mut c_void)>,
    context: *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    let client = unsafe { text::read(client) };
    runs_now(
        "mapisim_started",
        client,
        code,
        context,
        |outlook, client, code| {
            outlook.started(client, code);
        },
    )
}

/// A client's code, which `run` runs now on its behalf. `function`: what it was given to.
fn runs_now(
    function: &str,
    client: Option<&str>,
    code: Option<extern "C-unwind" fn(context: *mut c_void)>,
    context: *mut c_void,
    run: impl FnOnce(&Outlook, &str, &dyn Fn()),
) -> HRESULT {
    process::host(|running| match named(client).zip(code) {
        None => E_INVALIDARG,
        Some((client, code)) => {
            let whose = format!("the code of {function}");
            run(&running.outlook, client, &|| {
                theirs(&whose, || code(context));
            });
            S_OK
        }
    })
}

/// From now on the client of that name is asked to disconnect when the host quits fast, too (HOST-2, `quit = fast`).
///
/// # Safety
/// `client` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_require_shutdown_notification(client: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let client = unsafe { text::read(client) };
    process::host(|running| match named(client) {
        None => E_INVALIDARG,
        Some(client) => {
            running.outlook.require_shutdown_notification(client);
            S_OK
        }
    })
}

/// The user disconnects the client of that name (HOST-2): what [`mapisim_on_disconnect`] was given for it runs.
///
/// # Safety
/// `client` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_disconnect(client: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let client = unsafe { text::read(client) };
    process::host(|running| match named(client) {
        None => E_INVALIDARG,
        Some(client) => {
            running.outlook.disconnect(client);
            S_OK
        }
    })
}

/// The `nth` call of a function that the client of that name makes from now on returns `returns`, and
/// nothing else then happens (FAIL-1).
///
/// # Safety
/// `client` and `call` are null or end with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_fail(
    client: *const c_char,
    call: *const c_char,
    nth: u32,
    returns: HRESULT,
) -> HRESULT {
    // SAFETY: as the caller says.
    let (client, call) = unsafe { (text::read(client), text::read(call)) };
    process::host(|running| {
        let client = named(client);
        let Some((client, function)) = client.zip(call.and_then(Function::from_name)) else {
            return E_INVALIDARG;
        };
        match running.outlook.fail(client, function, nth, returns) {
            Ok(()) => S_OK,
            Err(_) => E_INVALIDARG,
        }
    })
}

/// Declares that the test itself holds references on a callback on purpose.
///
/// # Safety
/// `callback` is null or a COM object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_declare_held(callback: *mut c_void, references: u32) -> HRESULT {
    process::host(|running| {
        // SAFETY: as the caller says; the wrapper does not own the reference.
        let Some(object) = (unsafe { IUnknown::from_raw_borrowed(&callback) }) else {
            return E_INVALIDARG;
        };
        match object.cast::<IMAPIOfflineNotify>() {
            Ok(callback) => {
                running.outlook.declare_held(&callback, references);
                S_OK
            }
            Err(error) => error.code(),
        }
    })
}
