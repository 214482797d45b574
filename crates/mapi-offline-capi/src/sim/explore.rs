//! How an explorer drives the emulation of this library: see [`mapi_offline::interface`].

use std::cell::RefCell;
use std::ffi::{CString, c_char, c_void};

use mapi_offline::TurnKind;
use mapi_offline::interface::{RawStacks, RawTurn, VERSION};
use mapi_offline::sys::{E_INVALIDARG, HRESULT, MAPI_E_NOT_FOUND, S_OK};

use super::settings::describe;
use super::stacks::Theirs;
use super::watch::WatchRecording;
use crate::theirs::theirs;
use crate::{process, text};

thread_local! {
    /// What was possible when the explorer last looked: what, whether it is of noise, and its label.
    static TURNS: RefCell<Vec<(TurnKind, bool, CString)>> = const { RefCell::new(Vec::new()) };
}

/// Which interface this is.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_explore_version() -> u32 {
    VERSION
}

/// Whoever runs this explores: `stacks` puts clients aside.
///
/// # Safety
/// `stacks` is null, or its functions can be called until the emulation has shut down.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_explore_stacks(stacks: *const RawStacks) -> HRESULT {
    // SAFETY: as the caller says.
    let stacks = unsafe { stacks.as_ref() };
    describe(|settings| {
        settings.stacks = stacks.map(|stacks| Theirs::new(*stacks));
        S_OK
    })
}

/// One of the things that can happen next.
///
/// # Safety
/// `turn` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_explore_turn(index: u32, turn: *mut RawTurn) -> HRESULT {
    process::host(|running| {
        if turn.is_null() {
            return E_INVALIDARG;
        }
        if index == 0 {
            let turns = running.outlook.turns().into_iter();
            let turns = turns.map(|turn| (turn.kind, turn.is_noise, text::write(&turn.label)));
            TURNS.set(turns.collect());
        }
        let found = TURNS.with_borrow(|turns| {
            let (kind, is_noise, label) = turns.get(usize::try_from(index).ok()?)?;
            Some(RawTurn::new(*kind, *is_noise, label.as_ptr()))
        });
        match found {
            None => MAPI_E_NOT_FOUND,
            Some(found) => {
                // SAFETY: it is not null, and so may be written.
                unsafe { turn.write(found) };
                S_OK
            }
        }
    })
}

/// Plays one of them, on the stack of the caller.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_explore_play(index: u32) -> HRESULT {
    process::host(|running| {
        let played = usize::try_from(index).is_ok_and(|index| running.outlook.play(index));
        if played { S_OK } else { MAPI_E_NOT_FOUND }
    })
}

/// Runs `code(context)` on behalf of the client of that name.
///
/// # Safety
/// `name` is null or ends with a zero; `context` is what `code` expects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_explore_client(
    name: *const c_char,
    code: Option<extern "C-unwind" fn(context: *mut c_void)>,
    context: *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    let name = unsafe { text::read(name) };
    process::host(|running| match name.zip(code) {
        None => E_INVALIDARG,
        Some((name, code)) => {
            let function = format!("the code of {name}");
            let code = || theirs(&function, || code(context));
            running.outlook.as_client(name, code);
            S_OK
        }
    })
}

/// Hands each part of the recording that a page shows to a function, as JSON, as soon as it comes.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_explore_recording(
    part: Option<extern "C-unwind" fn(context: *mut c_void, part: *const c_char)>,
    context: *mut c_void,
) -> HRESULT {
    describe(|settings| {
        settings.recording = part.map(|part| WatchRecording { part, context });
        S_OK
    })
}

/// For the recording: what comes next is what somebody decided, in these words.
///
/// # Safety
/// `words` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_explore_decides(words: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let words = unsafe { text::read(words) };
    process::host(|running| match words {
        None => E_INVALIDARG,
        Some(words) => {
            running.watch.decides(words);
            S_OK
        }
    })
}

/// The client of that name is disconnected now, by the explorer: for traces and recordings.
///
/// # Safety
/// `name` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_explore_disconnects(name: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let name = unsafe { text::read(name) };
    process::host(|running| match name {
        None => E_INVALIDARG,
        Some(name) => {
            running.outlook.tell_disconnect(name);
            S_OK
        }
    })
}

/// All is quiet: looks for stale beliefs.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_explore_quiet() -> HRESULT {
    process::host(|running| {
        running.outlook.note_quiet();
        S_OK
    })
}
