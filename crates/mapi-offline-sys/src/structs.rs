//! The structures that cross the interfaces, with the fields in memory order.
//!
//! `ulSize` is the size in bytes on the machine at hand: each structure has it as `SIZE`.

#![allow(
    non_camel_case_types,
    non_snake_case,
    reason = "structures and fields keep their Win32 names"
)]

use std::ffi::c_void;
use std::fmt;

use windows_core::GUID;

use crate::constants::{MAPIOFFLINE_CALLBACK_TYPE, MAPIOFFLINE_NOTIFY_TYPE};

/// What a client tells [`Advise`](crate::IMAPIOfflineMgr::Advise) about a registration.
/// Source: Outlook MAPI reference, `mapioffline_adviseinfo`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MAPIOFFLINE_ADVISEINFO {
    /// Size of this structure in bytes: [`SIZE`](Self::SIZE).
    pub ulSize: u32,
    /// The client token: chosen by the client, handed back in every notification.
    pub ulClientToken: u32,
    /// [`MAPIOFFLINE_CALLBACK_TYPE_NOTIFY`](crate::MAPIOFFLINE_CALLBACK_TYPE_NOTIFY).
    pub CallbackType: MAPIOFFLINE_CALLBACK_TYPE,
    /// `IUnknown*`: the client's [`IMAPIOfflineNotify`](crate::IMAPIOfflineNotify), borrowed for
    /// the call. `Advise` takes a reference of its own.
    pub pCallback: *mut c_void,
    /// [`MAPIOFFLINE_ADVISE_TYPE_STATECHANGE`](crate::MAPIOFFLINE_ADVISE_TYPE_STATECHANGE).
    pub ulAdviseTypes: u32,
    /// [`MAPIOFFLINE_STATE_ALL`](crate::MAPIOFFLINE_STATE_ALL).
    pub ulStateMask: u32,
}

impl MAPIOFFLINE_ADVISEINFO {
    /// What belongs in `ulSize`, in bytes.
    pub const SIZE: u32 = size_of::<Self>() as u32;
}

/// A notification. Valid only during the call of [`Notify`](crate::IMAPIOfflineNotify::Notify)
/// that brings it. Source: Outlook MAPI reference, `mapioffline_notify`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct MAPIOFFLINE_NOTIFY {
    /// Size of this structure in bytes: [`SIZE`](Self::SIZE).
    pub ulSize: u32,
    /// The phase. A client ignores a notification of a type it does not know.
    pub NotifyType: MAPIOFFLINE_NOTIFY_TYPE,
    /// The client token of the registration.
    pub ulClientToken: u32,
    /// What the notification says. `Info` because the reference calls it so.
    pub Info: MAPIOFFLINE_NOTIFY_INFO,
}

impl MAPIOFFLINE_NOTIFY {
    /// What belongs in `ulSize`, in bytes.
    pub const SIZE: u32 = size_of::<Self>() as u32;

    /// The content as a state change, the only documented one.
    ///
    /// Look at it only if `NotifyType` is one of the three known types and its `ulMask` is
    /// [`MAPIOFFLINE_STATE_OFFLINE_MASK`](crate::MAPIOFFLINE_STATE_OFFLINE_MASK); in any other
    /// notification the numbers mean nothing.
    #[must_use]
    pub fn state_change(&self) -> MAPIOFFLINE_NOTIFY_STATECHANGE {
        // SAFETY: `StateChange` is the union's only member and three plain integers, so every bit
        // pattern of the union is a value of it.
        unsafe { self.Info.StateChange }
    }
}

impl fmt::Debug for MAPIOFFLINE_NOTIFY {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MAPIOFFLINE_NOTIFY")
            .field("ulSize", &self.ulSize)
            .field("NotifyType", &self.NotifyType)
            .field("ulClientToken", &self.ulClientToken)
            .field("StateChange", &self.state_change())
            .finish()
    }
}

/// What a notification says: a union of one member in the reference.
/// Source: Outlook MAPI reference, `mapioffline_notify` (where the union has no name).
#[repr(C)]
#[derive(Clone, Copy)]
pub union MAPIOFFLINE_NOTIFY_INFO {
    /// A change of the connection state.
    pub StateChange: MAPIOFFLINE_NOTIFY_STATECHANGE,
}

impl Default for MAPIOFFLINE_NOTIFY_INFO {
    fn default() -> Self {
        Self {
            StateChange: MAPIOFFLINE_NOTIFY_STATECHANGE::default(),
        }
    }
}

/// A change of the connection state.
/// Source: Outlook MAPI reference, `mapioffline_notify` (where the structure has no name).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MAPIOFFLINE_NOTIFY_STATECHANGE {
    /// The part of the state that changes:
    /// [`MAPIOFFLINE_STATE_OFFLINE_MASK`](crate::MAPIOFFLINE_STATE_OFFLINE_MASK). A client ignores
    /// a notification with another mask.
    pub ulMask: u32,
    /// The state before.
    pub ulStateOld: u32,
    /// The state after.
    pub ulStateNew: u32,
}

/// What a client tells `HrCreateOfflineObj` about the offline object that it wants.
/// Source: Outlook MAPI reference, `mapioffline_createinfo`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MAPIOFFLINE_CREATEINFO {
    /// Size of this structure in bytes: [`SIZE`](Self::SIZE).
    pub ulSize: u32,
    /// Must be 0.
    pub ulCreateFlags: u32,
    /// The profile's name: UTF-16 code units, up to a zero.
    pub pwszProfileName: *const u16,
    /// Capability bits, such as
    /// [`MAPIOFFLINE_CAPABILITY_OFFLINE`](crate::MAPIOFFLINE_CAPABILITY_OFFLINE).
    pub ulCapabilities: u32,
    /// The kind of offline object. [`GUID_GlobalState`](crate::GUID_GlobalState) is the global
    /// one, which others may have as their parent.
    pub pGUID: *const GUID,
    /// Tells objects of one kind apart. May be null.
    pub pInstance: *const GUID,
    /// `IMAPIOfflineMgr*`: the parent, whose changes the object inherits. May be null.
    pub pParent: *mut c_void,
    /// `IUnknown*`: the MAPI support object that uses the object. May be null.
    pub pMAPISupport: *mut c_void,
    /// Onto what the object is aggregated. May be null.
    pub pAggregateInfo: *mut MAPIOFFLINE_AGGREGATEINFO,
    /// `MAPIOFFLINE_CONNECTINFO*`, a structure that the reference does not describe. Must be null.
    pub pConnectInfo: *mut c_void,
}

impl MAPIOFFLINE_CREATEINFO {
    /// What belongs in `ulSize`, in bytes.
    pub const SIZE: u32 = size_of::<Self>() as u32;
}

/// Onto what a new offline object is aggregated.
/// Source: Outlook MAPI reference, `mapioffline_aggregateinfo`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MAPIOFFLINE_AGGREGATEINFO {
    /// Size of this structure in bytes: [`SIZE`](Self::SIZE).
    pub ulSize: u32,
    /// `IUnknown*`: the outer object. Its `QueryInterface` passes through to the created one.
    pub pOuterObj: *mut c_void,
    /// `IUnknown*`. Must be null.
    pub pRefTrackRoot: *mut c_void,
}

impl MAPIOFFLINE_AGGREGATEINFO {
    /// What belongs in `ulSize`, in bytes.
    pub const SIZE: u32 = size_of::<Self>() as u32;
}
