//! The three COM interfaces, methods in vtable order. Slots 0 to 2 are those of `IUnknown`.
//!
//! For each interface `#[interface]` makes the pointer type (`IMAPIOffline`), the trait that an
//! implementation fills in (`IMAPIOffline_Impl`) and the vtable (`IMAPIOffline_Vtbl`); the
//! documentation of a method is shown on the trait.
//!
//! A placeholder is a slot that Outlook keeps for itself. It is named after its slot, and nothing
//! is known of its arguments: on 32-bit x86 Windows, where the callee takes them off the stack, it
//! must never be called on a foreign object.

#![allow(
    non_camel_case_types,
    non_snake_case,
    reason = "interfaces, methods and arguments keep their Win32 names"
)]
#![allow(
    missing_docs,
    reason = "`#[interface]` moves the documentation of a method to the `_Impl` trait, and documents neither that trait nor the method on the pointer type"
)]

use windows_core::{HRESULT, IUnknown, IUnknown_Vtbl, interface};

use crate::structs::{MAPIOFFLINE_ADVISEINFO, MAPIOFFLINE_NOTIFY};

/// An offline object: its state and what it notifies of.
/// Source: Outlook MAPI reference, `imapiofflineiunknown`.
///
/// The methods under Win32 names are the raw slots; the others are safe wrappers.
#[interface("000672b5-0000-0000-c000-000000000046")]
pub unsafe trait IMAPIOffline: IUnknown {
    /// Slot 3. Sets the state. Source: `imapioffline-setcurrentstate`.
    ///
    /// `ulFlags` is [`MAPIOFFLINE_FLAG_DEFAULT`](crate::MAPIOFFLINE_FLAG_DEFAULT) or
    /// [`MAPIOFFLINE_FLAG_BLOCK`](crate::MAPIOFFLINE_FLAG_BLOCK), `ulMask` is
    /// [`MAPIOFFLINE_STATE_OFFLINE_MASK`](crate::MAPIOFFLINE_STATE_OFFLINE_MASK), `ulState` is
    /// [`MAPIOFFLINE_STATE_OFFLINE`](crate::MAPIOFFLINE_STATE_OFFLINE) or
    /// [`MAPIOFFLINE_STATE_ONLINE`](crate::MAPIOFFLINE_STATE_ONLINE), `pReserved` is null.
    /// Returns [`S_OK`](crate::S_OK), or [`E_PENDING`](crate::E_PENDING) while the state is
    /// changing.
    ///
    /// # Safety
    ///
    /// `pReserved` is null.
    pub fn SetCurrentState(
        &self,
        ulFlags: u32,
        ulMask: u32,
        ulState: u32,
        pReserved: *mut core::ffi::c_void,
    ) -> HRESULT;

    /// Slot 4. Writes the capability bits. Other bits than the two documented ones may be set, and
    /// are to be ignored. Source: `imapioffline-getcapabilities`.
    ///
    /// # Safety
    ///
    /// `pulCapabilities` is null or may be written.
    pub fn GetCapabilities(&self, pulCapabilities: *mut u32) -> HRESULT;

    /// Slot 5. Writes the state, to be read under
    /// [`MAPIOFFLINE_STATE_OFFLINE_MASK`](crate::MAPIOFFLINE_STATE_OFFLINE_MASK).
    /// Source: `imapioffline-getcurrentstate`.
    ///
    /// # Safety
    ///
    /// `pulState` is null or may be written.
    pub fn GetCurrentState(&self, pulState: *mut u32) -> HRESULT;

    /// Slot 6, kept by Outlook for itself. Source: `imapiofflineiunknown`.
    ///
    /// # Safety
    ///
    /// Not to be called on an object of unknown make.
    pub fn Placeholder6(&self) -> HRESULT;
}

/// The manager of an offline object: who is notified of its changes.
/// Source: Outlook MAPI reference, `imapiofflinemgrimapioffline`.
///
/// The methods under Win32 names are the raw slots; the others are safe wrappers.
#[interface("42175607-ff3e-4790-bc18-66c8643e6424")]
pub unsafe trait IMAPIOfflineMgr: IMAPIOffline {
    /// Slot 7. Registers a callback and writes the advise token of the registration, which holds a
    /// reference on the callback. Source: `imapiofflinemgr-advise`.
    ///
    /// `ulFlags` is [`MAPIOFFLINE_ADVISE_DEFAULT`](crate::MAPIOFFLINE_ADVISE_DEFAULT). Returns
    /// [`S_OK`](crate::S_OK), [`E_INVALIDARG`](crate::E_INVALIDARG), or
    /// [`E_NOINTERFACE`](crate::E_NOINTERFACE) for a callback without
    /// [`IMAPIOfflineNotify`].
    ///
    /// # Safety
    ///
    /// `pAdviseInfo` is null or points to a structure whose `pCallback` is null or a COM object;
    /// `pulAdviseToken` is null or may be written.
    pub fn Advise(
        &self,
        ulFlags: u32,
        pAdviseInfo: *mut MAPIOFFLINE_ADVISEINFO,
        pulAdviseToken: *mut u32,
    ) -> HRESULT;

    /// Slot 8. Ends a registration and releases its callback. Must return [`S_OK`](crate::S_OK).
    /// Source: `imapiofflinemgr-unadvise`.
    ///
    /// `ulFlags` is [`MAPIOFFLINE_UNADVISE_DEFAULT`](crate::MAPIOFFLINE_UNADVISE_DEFAULT).
    ///
    /// # Safety
    ///
    /// None beyond that of any call on a COM object.
    pub fn Unadvise(&self, ulFlags: u32, ulAdviseToken: u32) -> HRESULT;

    /// Slot 9, kept by Outlook for itself. Source: `imapiofflinemgrimapioffline`.
    ///
    /// # Safety
    ///
    /// Not to be called on an object of unknown make.
    pub fn Placeholder9(&self) -> HRESULT;

    /// Slot 10, as [`Placeholder9`](Self::Placeholder9).
    ///
    /// # Safety
    ///
    /// Not to be called on an object of unknown make.
    pub fn Placeholder10(&self) -> HRESULT;

    /// Slot 11, as [`Placeholder9`](Self::Placeholder9).
    ///
    /// # Safety
    ///
    /// Not to be called on an object of unknown make.
    pub fn Placeholder11(&self) -> HRESULT;

    /// Slot 12, as [`Placeholder9`](Self::Placeholder9).
    ///
    /// # Safety
    ///
    /// Not to be called on an object of unknown make.
    pub fn Placeholder12(&self) -> HRESULT;

    /// Slot 13, as [`Placeholder9`](Self::Placeholder9).
    ///
    /// # Safety
    ///
    /// Not to be called on an object of unknown make.
    pub fn Placeholder13(&self) -> HRESULT;

    /// Slot 14, as [`Placeholder9`](Self::Placeholder9).
    ///
    /// # Safety
    ///
    /// Not to be called on an object of unknown make.
    pub fn Placeholder14(&self) -> HRESULT;

    /// Slot 15, as [`Placeholder9`](Self::Placeholder9).
    ///
    /// # Safety
    ///
    /// Not to be called on an object of unknown make.
    pub fn Placeholder15(&self) -> HRESULT;
}

/// A client's callback.
/// Source: Outlook MAPI reference, `imapiofflinenotifyiunknown`.
#[interface("0317bde5-fc29-44cd-8dcd-36125a3be9ec")]
pub unsafe trait IMAPIOfflineNotify: IUnknown {
    /// Slot 3. Tells the client of one phase of a transition, perhaps on another thread than the
    /// one that registered. Source: `imapiofflinenotify-notify`.
    ///
    /// # Safety
    ///
    /// `pNotifyInfo` points to a structure that is valid until the call returns, and no longer.
    pub fn Notify(&self, pNotifyInfo: *const MAPIOFFLINE_NOTIFY);
}
