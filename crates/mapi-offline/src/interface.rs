//! What an explorer and a library `msmapi32` that it has loaded tell each other.
//!
//! No interface for anybody else: both come from one build, and [`VERSION`] says so. The library
//! exports, beside the control API of `mapisim.h`:
//!
//! - `uint32_t mapisim_explore_version(void)`: [`VERSION`]
//! - `mapisim_hresult mapisim_explore_stacks(const RawStacks *)`: between `mapisim_begin` and
//!   `mapisim_start`
//! - `mapisim_hresult mapisim_explore_turn(uint32_t index, RawTurn *)`: one of the turns; index 0
//!   looks what is possible now, and the labels stay until then. `MAPI_E_NOT_FOUND`: there are
//!   not so many
//! - `mapisim_hresult mapisim_explore_play(uint32_t index)`: plays it, on the stack of the caller
//! - `mapisim_hresult mapisim_explore_client(const char *name, void (*code)(void *), void *)`:
//!   runs code on behalf of a client
//! - `mapisim_hresult mapisim_explore_quiet(void)`: all is quiet, look for stale beliefs
//! - `mapisim_hresult mapisim_explore_recording(void (*part)(void *context, const char *json), void *context)`: between
//!   `mapisim_begin` and `mapisim_start`; hands over what a page shows, each [part](Recording::take_new) as soon as it
//!   comes
//! - `mapisim_hresult mapisim_explore_decides(const char *words)`: for the recording, what comes next is what somebody
//!   decided
//! - `mapisim_hresult mapisim_explore_disconnects(const char *name)`: the explorer disconnects this client now

use std::ffi::{c_char, c_void};

pub use mapi_offline_page::{PageRecording, Recording};

use crate::{Turn, TurnKind};

/// Which interface it is. It changes with everything here.
pub const VERSION: u32 = 5;

/// [`Stacks`](crate::Stacks), for the library to call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RawStacks {
    /// Handed to the functions.
    pub context: *mut c_void,
    /// [`Stacks::before_call`](crate::Stacks::before_call): 0 is `None`.
    pub before_call: extern "C" fn(context: *mut c_void, ahead: *const RawCallAhead) -> i32,
    /// [`Stacks::lets_calls_fail`](crate::Stacks::lets_calls_fail), for the whole execution: 0 is `false`.
    pub lets_calls_fail: u32,
    /// [`Stacks::wait`](crate::Stacks::wait): 0 is `false`.
    pub wait: extern "C" fn(context: *mut c_void, client: *const c_char, number: u64) -> u32,
}

/// A [`CallAhead`](crate::CallAhead).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RawCallAhead {
    /// In UTF-8 up to a zero.
    pub client: *const c_char,
    /// The name of the function, in UTF-8 up to a zero.
    pub function: *const c_char,
    /// 0 is `false`.
    pub others_may_go_first: u32,
}

/// A [`Turn`].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RawTurn {
    /// Of a call that returns: its number.
    pub number: u64,
    /// In words, in UTF-8 up to a zero.
    pub label: *const c_char,
    /// 0: a call returns, 1: a round opens, 2: a round delivers.
    pub kind: u32,
    /// Of a round: its session.
    pub session: u32,
    /// Of a round: 1 if it is of noise, otherwise 0.
    pub is_noise: u32,
}

impl RawTurn {
    /// A turn, whose label somebody keeps.
    #[must_use]
    pub const fn new(kind: TurnKind, is_noise: bool, label: *const c_char) -> Self {
        let (kind, number, session) = match kind {
            TurnKind::Return(number) => (0, number, 0),
            TurnKind::Open(session) => (1, 0, session),
            TurnKind::Deliver(session) => (2, 0, session),
        };
        Self {
            number,
            label,
            kind,
            session,
            is_noise: is_noise as u32,
        }
    }

    /// The turn, with a label that was read. `None`: there is no such kind.
    #[must_use]
    pub fn read(&self, label: String) -> Option<Turn> {
        let kind = match self.kind {
            0 => TurnKind::Return(self.number),
            1 => TurnKind::Open(self.session),
            2 => TurnKind::Deliver(self.session),
            _ => return None,
        };
        Some(Turn {
            kind,
            label,
            is_noise: self.is_noise != 0,
        })
    }
}
