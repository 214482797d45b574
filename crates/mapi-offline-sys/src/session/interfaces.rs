//! The interfaces, methods in vtable order under their Win32 names. They are the raw slots; what
//! each means is on its page of the reference (`imapitable-queryrows`, `iprofadmin-copyprofile`).

#![allow(
    non_camel_case_types,
    non_snake_case,
    clippy::too_many_arguments,
    reason = "interfaces, methods and arguments are those of the headers"
)]
#![allow(
    missing_docs,
    clippy::missing_safety_doc,
    reason = "`#[interface]` moves the documentation of a method to the `_Impl` trait"
)]

use std::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, interface};

use super::constants::BOOKMARK;
use super::structs::{
    MAPIERROR, SPropProblemArray, SPropTagArray, SPropValue, SRestriction, SRowSet, SSortOrderSet,
};

/// `IMAPIProp`: properties. Source: `imapipropiunknown`.
#[interface("00020303-0000-0000-c000-000000000046")]
pub unsafe trait IMAPIProp: IUnknown {
    /// Slot 3.
    pub fn GetLastError(
        &self,
        hResult: HRESULT,
        ulFlags: u32,
        lppMAPIError: *mut *mut MAPIERROR,
    ) -> HRESULT;
    /// Slot 4.
    pub fn SaveChanges(&self, ulFlags: u32) -> HRESULT;
    /// Slot 5.
    pub fn GetProps(
        &self,
        lpPropTagArray: *const SPropTagArray,
        ulFlags: u32,
        lpcValues: *mut u32,
        lppPropArray: *mut *mut SPropValue,
    ) -> HRESULT;
    /// Slot 6.
    pub fn GetPropList(&self, ulFlags: u32, lppPropTagArray: *mut *mut SPropTagArray) -> HRESULT;
    /// Slot 7.
    pub fn OpenProperty(
        &self,
        ulPropTag: u32,
        lpiid: *const GUID,
        ulInterfaceOptions: u32,
        ulFlags: u32,
        lppUnk: *mut *mut c_void,
    ) -> HRESULT;
    /// Slot 8.
    pub fn SetProps(
        &self,
        cValues: u32,
        lpPropArray: *const SPropValue,
        lppProblems: *mut *mut SPropProblemArray,
    ) -> HRESULT;
    /// Slot 9.
    pub fn DeleteProps(
        &self,
        lpPropTagArray: *const SPropTagArray,
        lppProblems: *mut *mut SPropProblemArray,
    ) -> HRESULT;
    /// Slot 10.
    pub fn CopyTo(
        &self,
        ciidExclude: u32,
        rgiidExclude: *const GUID,
        lpExcludeProps: *const SPropTagArray,
        ulUIParam: usize,
        lpProgress: *mut c_void,
        lpInterface: *const GUID,
        lpDestObj: *mut c_void,
        ulFlags: u32,
        lppProblems: *mut *mut SPropProblemArray,
    ) -> HRESULT;
    /// Slot 11.
    pub fn CopyProps(
        &self,
        lpIncludeProps: *const SPropTagArray,
        ulUIParam: usize,
        lpProgress: *mut c_void,
        lpInterface: *const GUID,
        lpDestObj: *mut c_void,
        ulFlags: u32,
        lppProblems: *mut *mut SPropProblemArray,
    ) -> HRESULT;
    /// Slot 12.
    pub fn GetNamesFromIDs(
        &self,
        lppPropTags: *mut *mut SPropTagArray,
        lpPropSetGuid: *const GUID,
        ulFlags: u32,
        lpcPropNames: *mut u32,
        lpppPropNames: *mut *mut *mut c_void,
    ) -> HRESULT;
    /// Slot 13.
    pub fn GetIDsFromNames(
        &self,
        cPropNames: u32,
        lppPropNames: *mut *mut c_void,
        ulFlags: u32,
        lppPropTags: *mut *mut SPropTagArray,
    ) -> HRESULT;
}

/// `IProfSect`: a profile section; it adds nothing to what it inherits. Source: `iprofsectimapiprop`.
#[interface("00020304-0000-0000-c000-000000000046")]
pub unsafe trait IProfSect: IMAPIProp {}

/// `IMAPITable`: a table, here the profile table. Source: `imapitableiunknown`.
#[interface("00020301-0000-0000-c000-000000000046")]
pub unsafe trait IMAPITable: IUnknown {
    /// Slot 3.
    pub fn GetLastError(
        &self,
        hResult: HRESULT,
        ulFlags: u32,
        lppMAPIError: *mut *mut MAPIERROR,
    ) -> HRESULT;
    /// Slot 4.
    pub fn Advise(
        &self,
        ulEventMask: u32,
        lpAdviseSink: *mut c_void,
        lpulConnection: *mut usize,
    ) -> HRESULT;
    /// Slot 5.
    pub fn Unadvise(&self, ulConnection: usize) -> HRESULT;
    /// Slot 6.
    pub fn GetStatus(&self, lpulTableStatus: *mut u32, lpulTableType: *mut u32) -> HRESULT;
    /// Slot 7.
    pub fn SetColumns(&self, lpPropTagArray: *const SPropTagArray, ulFlags: u32) -> HRESULT;
    /// Slot 8.
    pub fn QueryColumns(&self, ulFlags: u32, lppPropTagArray: *mut *mut SPropTagArray) -> HRESULT;
    /// Slot 9.
    pub fn GetRowCount(&self, ulFlags: u32, lpulCount: *mut u32) -> HRESULT;
    /// Slot 10.
    pub fn SeekRow(&self, bkOrigin: BOOKMARK, lRowCount: i32, lplRowsSought: *mut i32) -> HRESULT;
    /// Slot 11.
    pub fn SeekRowApprox(&self, ulNumerator: u32, ulDenominator: u32) -> HRESULT;
    /// Slot 12.
    pub fn QueryPosition(
        &self,
        lpulRow: *mut u32,
        lpulNumerator: *mut u32,
        lpulDenominator: *mut u32,
    ) -> HRESULT;
    /// Slot 13.
    pub fn FindRow(
        &self,
        lpRestriction: *const SRestriction,
        bkOrigin: BOOKMARK,
        ulFlags: u32,
    ) -> HRESULT;
    /// Slot 14.
    pub fn Restrict(&self, lpRestriction: *const SRestriction, ulFlags: u32) -> HRESULT;
    /// Slot 15.
    pub fn CreateBookmark(&self, lpbkPosition: *mut BOOKMARK) -> HRESULT;
    /// Slot 16.
    pub fn FreeBookmark(&self, bkPosition: BOOKMARK) -> HRESULT;
    /// Slot 17.
    pub fn SortTable(&self, lpSortCriteria: *const SSortOrderSet, ulFlags: u32) -> HRESULT;
    /// Slot 18.
    pub fn QuerySortOrder(&self, lppSortCriteria: *mut *mut SSortOrderSet) -> HRESULT;
    /// Slot 19.
    pub fn QueryRows(&self, lRowCount: i32, ulFlags: u32, lppRows: *mut *mut SRowSet) -> HRESULT;
    /// Slot 20.
    pub fn Abort(&self) -> HRESULT;
    /// Slot 21.
    pub fn ExpandRow(
        &self,
        cbInstanceKey: u32,
        pbInstanceKey: *const u8,
        ulRowCount: u32,
        ulFlags: u32,
        lppRows: *mut *mut SRowSet,
        lpulMoreRows: *mut u32,
    ) -> HRESULT;
    /// Slot 22.
    pub fn CollapseRow(
        &self,
        cbInstanceKey: u32,
        pbInstanceKey: *const u8,
        ulFlags: u32,
        lpulRowCount: *mut u32,
    ) -> HRESULT;
    /// Slot 23.
    pub fn WaitForCompletion(
        &self,
        ulFlags: u32,
        ulTimeout: u32,
        lpulTableStatus: *mut u32,
    ) -> HRESULT;
    /// Slot 24.
    pub fn GetCollapseState(
        &self,
        ulFlags: u32,
        cbInstanceKey: u32,
        lpbInstanceKey: *const u8,
        lpcbCollapseState: *mut u32,
        lppbCollapseState: *mut *mut u8,
    ) -> HRESULT;
    /// Slot 25.
    pub fn SetCollapseState(
        &self,
        ulFlags: u32,
        cbCollapseState: u32,
        pbCollapseState: *const u8,
        lpbkLocation: *mut BOOKMARK,
    ) -> HRESULT;
}

/// `IMAPISession`: a logged-on session. Source: `imapisessioniunknown`.
#[interface("00020300-0000-0000-c000-000000000046")]
pub unsafe trait IMAPISession: IUnknown {
    /// Slot 3.
    pub fn GetLastError(
        &self,
        hResult: HRESULT,
        ulFlags: u32,
        lppMAPIError: *mut *mut MAPIERROR,
    ) -> HRESULT;
    /// Slot 4.
    pub fn GetMsgStoresTable(&self, ulFlags: u32, lppTable: *mut *mut c_void) -> HRESULT;
    /// Slot 5.
    pub fn OpenMsgStore(
        &self,
        ulUIParam: usize,
        cbEntryID: u32,
        lpEntryID: *const c_void,
        lpInterface: *const GUID,
        ulFlags: u32,
        lppMDB: *mut *mut c_void,
    ) -> HRESULT;
    /// Slot 6.
    pub fn OpenAddressBook(
        &self,
        ulUIParam: usize,
        lpInterface: *const GUID,
        ulFlags: u32,
        lppAdrBook: *mut *mut c_void,
    ) -> HRESULT;
    /// Slot 7.
    pub fn OpenProfileSection(
        &self,
        lpUID: *const c_void,
        lpInterface: *const GUID,
        ulFlags: u32,
        lppProfSect: *mut *mut c_void,
    ) -> HRESULT;
    /// Slot 8.
    pub fn GetStatusTable(&self, ulFlags: u32, lppTable: *mut *mut c_void) -> HRESULT;
    /// Slot 9.
    pub fn OpenEntry(
        &self,
        cbEntryID: u32,
        lpEntryID: *const c_void,
        lpInterface: *const GUID,
        ulFlags: u32,
        lpulObjType: *mut u32,
        lppUnk: *mut *mut c_void,
    ) -> HRESULT;
    /// Slot 10.
    pub fn CompareEntryIDs(
        &self,
        cbEntryID1: u32,
        lpEntryID1: *const c_void,
        cbEntryID2: u32,
        lpEntryID2: *const c_void,
        ulFlags: u32,
        lpulResult: *mut u32,
    ) -> HRESULT;
    /// Slot 11.
    pub fn Advise(
        &self,
        cbEntryID: u32,
        lpEntryID: *const c_void,
        ulEventMask: u32,
        lpAdviseSink: *mut c_void,
        lpulConnection: *mut usize,
    ) -> HRESULT;
    /// Slot 12.
    pub fn Unadvise(&self, ulConnection: usize) -> HRESULT;
    /// Slot 13.
    pub fn MessageOptions(
        &self,
        ulUIParam: usize,
        ulFlags: u32,
        lpszAdrType: *const c_void,
        lpMessage: *mut c_void,
    ) -> HRESULT;
    /// Slot 14.
    pub fn QueryDefaultMessageOpt(
        &self,
        lpszAdrType: *const c_void,
        ulFlags: u32,
        lpcValues: *mut u32,
        lppOptions: *mut *mut SPropValue,
    ) -> HRESULT;
    /// Slot 15.
    pub fn EnumAdrTypes(
        &self,
        ulFlags: u32,
        lpcAdrTypes: *mut u32,
        lpppszAdrTypes: *mut *mut *mut c_void,
    ) -> HRESULT;
    /// Slot 16.
    pub fn QueryIdentity(&self, lpcbEntryID: *mut u32, lppEntryID: *mut *mut c_void) -> HRESULT;
    /// Slot 17.
    pub fn Logoff(&self, ulUIParam: usize, ulFlags: u32, ulReserved: u32) -> HRESULT;
    /// Slot 18.
    pub fn SetDefaultStore(
        &self,
        ulFlags: u32,
        cbEntryID: u32,
        lpEntryID: *const c_void,
    ) -> HRESULT;
    /// Slot 19.
    pub fn AdminServices(&self, ulFlags: u32, lppServiceAdmin: *mut *mut c_void) -> HRESULT;
    /// Slot 20.
    pub fn ShowForm(
        &self,
        ulUIParam: usize,
        lpMsgStore: *mut c_void,
        lpParentFolder: *mut c_void,
        lpInterface: *const GUID,
        ulMessageToken: u32,
        lpMessageSent: *mut c_void,
        ulFlags: u32,
        ulMessageStatus: u32,
        ulMessageFlags: u32,
        ulAccess: u32,
        lpszMessageClass: *const c_void,
    ) -> HRESULT;
    /// Slot 21.
    pub fn PrepareForm(
        &self,
        lpInterface: *const GUID,
        lpMessage: *mut c_void,
        lpulMessageToken: *mut u32,
    ) -> HRESULT;
}

/// `IProfAdmin`: administration of profiles (PROF-1). Source: `iprofadminiunknown`.
#[interface("0002031c-0000-0000-c000-000000000046")]
pub unsafe trait IProfAdmin: IUnknown {
    /// Slot 3.
    pub fn GetLastError(
        &self,
        hResult: HRESULT,
        ulFlags: u32,
        lppMAPIError: *mut *mut MAPIERROR,
    ) -> HRESULT;
    /// Slot 4.
    pub fn GetProfileTable(&self, ulFlags: u32, lppTable: *mut *mut c_void) -> HRESULT;
    /// Slot 5.
    pub fn CreateProfile(
        &self,
        lpszProfileName: *const c_void,
        lpszPassword: *const c_void,
        ulUIParam: usize,
        ulFlags: u32,
    ) -> HRESULT;
    /// Slot 6.
    pub fn DeleteProfile(&self, lpszProfileName: *const c_void, ulFlags: u32) -> HRESULT;
    /// Slot 7.
    pub fn ChangeProfilePassword(
        &self,
        lpszProfileName: *const c_void,
        lpszOldPassword: *const c_void,
        lpszNewPassword: *const c_void,
        ulFlags: u32,
    ) -> HRESULT;
    /// Slot 8.
    pub fn CopyProfile(
        &self,
        lpszOldProfileName: *const c_void,
        lpszOldPassword: *const c_void,
        lpszNewProfileName: *const c_void,
        ulUIParam: usize,
        ulFlags: u32,
    ) -> HRESULT;
    /// Slot 9.
    pub fn RenameProfile(
        &self,
        lpszOldProfileName: *const c_void,
        lpszOldPassword: *const c_void,
        lpszNewProfileName: *const c_void,
        ulUIParam: usize,
        ulFlags: u32,
    ) -> HRESULT;
    /// Slot 10.
    pub fn SetDefaultProfile(&self, lpszProfileName: *const c_void, ulFlags: u32) -> HRESULT;
    /// Slot 11.
    pub fn AdminServices(
        &self,
        lpszProfileName: *const c_void,
        lpszPassword: *const c_void,
        ulUIParam: usize,
        ulFlags: u32,
        lppServiceAdmin: *mut *mut c_void,
    ) -> HRESULT;
}

/// `IMAPIProviderShutdown`: a provider is asked whether the process may end at once, and told that it does.
/// Source: `imapiprovidershutdowniunknown`.
#[interface("00020398-0000-0000-c000-000000000046")]
pub unsafe trait IMAPIProviderShutdown: IUnknown {
    /// Slot 3. `S_OK`: the provider agrees to a fast shutdown; `MAPI_E_NO_SUPPORT`: it does not.
    pub fn QueryFastShutdown(&self) -> HRESULT;
    /// Slot 4. A fast shutdown will be done.
    pub fn NotifyProcessShutdown(&self) -> HRESULT;
    /// Slot 5. The process ends at once.
    pub fn DoFastShutdown(&self) -> HRESULT;
}
