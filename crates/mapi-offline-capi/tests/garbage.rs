//! Garbage at the door: more than a million calls with null and wild arguments. Each gives an
//! HRESULT that is documented for it, and none crashes.
//!
//! Pointers are null or valid, as C demands; everything else is wild: sizes, flags, tokens,
//! GUIDs, counts, and names of up to 64 Ki units without a terminator.

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use mapi_offline_sys::session::*;
use mapi_offline_sys::*;
use msmapi32::*;
use proptest::prelude::*;
use windows_core::Interface;

/// The calls of one case, and the cases.
const CALLS: u32 = 20_000;
const CASES: u32 = 56;

/// A generator whose numbers depend on the seed alone (xorshift64*).
struct Wild {
    state: u64,
    /// A name of 64 Ki units, without a terminator.
    endless: Vec<u16>,
    /// A structure that wild fields are written to, and that is larger than any.
    memory: Vec<u64>,
    guids: Vec<GUID>,
    out: *mut c_void,
    word: u32,
    name: Vec<u16>,
}

impl Wild {
    fn new(seed: u64) -> Self {
        Self {
            state: seed | 1,
            endless: vec![u16::from(b'A'); 0x1_0000],
            memory: vec![0; 64],
            guids: vec![
                GUID_GlobalState,
                IID_IMAPIOffline,
                IID_IMAPIOfflineMgr,
                IID_IMAPISession,
                pbGlobalProfileSectionGuid,
                GUID::zeroed(),
                GUID::from_u128(u128::from(seed) << 32),
            ],
            out: null_mut(),
            word: 0,
            name: Vec::new(),
        }
    }

    fn next(&mut self) -> u32 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }

    /// One in `n`.
    fn one_in(&mut self, n: u32) -> bool {
        self.next().is_multiple_of(n)
    }

    /// A number that is sometimes one of the good ones.
    fn number(&mut self, good: &[u32]) -> u32 {
        match self.next() % 4 {
            0 => self.next(),
            1 => [0, 1, 2, 3, 0x2000, 0x003f_037f, u32::MAX, 0x8000_0000][self.next() as usize % 8],
            _ => good[self.next() as usize % good.len()],
        }
    }

    /// A UTF-16 name.
    fn wide(&mut self) -> *const u16 {
        match self.next() % 8 {
            0 => null(),
            1 => {
                // At least as much is left of it as a name can be long.
                let offset = self.next() as usize % 0x8000;
                self.endless[offset..].as_ptr()
            }
            2 => {
                let length = self.next() as usize % 400;
                let unit = |_| (self.next() as u16).max(1);
                self.name = (0..length).map(unit).chain([0]).collect();
                self.name.as_ptr()
            }
            _ => {
                self.name = "work".encode_utf16().chain([0]).collect();
                self.name.as_ptr()
            }
        }
    }

    /// A name of either width; the bytes of a wide one are a narrow one too.
    fn text(&mut self) -> *const c_void {
        const NAMES: [&[u8]; 6] = [
            b"Work\0",
            b"Home\0",
            b"\0",
            b" \0",
            b"\xff\xfe\0\0",
            b"New\0\0",
        ];
        match self.next() % 3 {
            0 => self.wide().cast(),
            _ => {
                // Aligned, and with zeros enough for both widths.
                let name = NAMES[self.next() as usize % NAMES.len()];
                self.name = vec![0; 16];
                for (index, byte) in name.iter().enumerate() {
                    let shift = 8 * (index % 2);
                    self.name[index / 2] |= u16::from(*byte) << shift;
                }
                self.name.as_ptr().cast()
            }
        }
    }

    fn guid(&mut self) -> *const GUID {
        match self.next() as usize % (self.guids.len() + 2) {
            index if index < self.guids.len() => &raw const self.guids[index],
            _ => null(),
        }
    }

    fn out(&mut self) -> *mut *mut c_void {
        // What a failed call must overwrite.
        self.out = null_mut::<c_void>().wrapping_byte_add(1);
        if self.one_in(8) {
            null_mut()
        } else {
            &raw mut self.out
        }
    }

    fn word(&mut self) -> *mut u32 {
        if self.one_in(8) {
            null_mut()
        } else {
            &raw mut self.word
        }
    }

    /// A structure with wild numbers in it, and no pointers but null.
    fn structure<T>(&mut self, size: u32) -> *mut T {
        if self.one_in(16) {
            return null_mut();
        }
        self.memory.fill(0);
        let words: *mut u32 = self.memory.as_mut_ptr().cast();
        // SAFETY: the memory is longer than any structure.
        unsafe { words.write(self.number(&[size, size, size, size - 4, size + 8])) };
        self.memory.as_mut_ptr().cast()
    }
}

/// What is alive in a case, besides the emulation.
#[derive(Default)]
struct Alive {
    managers: Vec<IMAPIOfflineMgr>,
    admins: Vec<IProfAdmin>,
    tables: Vec<IMAPITable>,
    sessions: Vec<IMAPISession>,
    sections: Vec<IProfSect>,
    memory: Vec<usize>,
}

fn keep<T: Interface>(place: &mut Vec<T>, wild: &mut Wild, hr: HRESULT, out: *mut *mut c_void) {
    if hr.is_ok() {
        assert!(!out.is_null() && !wild.out.is_null());
        // SAFETY: a call that succeeds gives a reference.
        place.push(unsafe { T::from_raw(wild.out) });
        if place.len() > 4 {
            let index = wild.next() as usize % place.len();
            place.swap_remove(index);
        }
    } else if !out.is_null() {
        assert!(wild.out.is_null(), "OPEN-2");
    }
}

fn pick<T: Clone>(place: &[T], wild: &mut Wild) -> Option<T> {
    let index = wild.next() as usize;
    (!place.is_empty()).then(|| place[index % place.len()].clone())
}

fn among(call: &str, hr: HRESULT, documented: &[HRESULT]) {
    assert!(
        documented.contains(&hr),
        "{call} gave {:?} ({hr:?})",
        hresult::name(hr)
    );
}

const BAD: HRESULT = E_INVALIDARG;

/// Opens, creates, initializes, allocates.
fn call_an_export(wild: &mut Wild, alive: &mut Alive) {
    const OPEN: &[HRESULT] = &[S_OK, BAD, MAPI_E_NOT_FOUND, MAPI_E_NOT_INITIALIZED];
    // SAFETY: pointers are null or valid.
    unsafe {
        match wild.next() % 16 {
            0..=2 => {
                let reserved = wild.number(&[0]);
                let (name, guid, out) = (wild.wide(), wild.guid(), wild.out());
                let pointer = if wild.one_in(4) { wild.guid() } else { null() };
                let hr = HrOpenOfflineObj(reserved, name, guid, pointer, out);
                among("HrOpenOfflineObj", hr, OPEN);
                keep(&mut alive.managers, wild, hr, out);
            }
            3..=5 => {
                let flags = wild.number(&[0]);
                let info: *mut MAPIOFFLINE_CREATEINFO =
                    wild.structure(MAPIOFFLINE_CREATEINFO::SIZE);
                let mut aggregate = MAPIOFFLINE_AGGREGATEINFO {
                    ulSize: wild.number(&[MAPIOFFLINE_AGGREGATEINFO::SIZE]),
                    ..Default::default()
                };
                if let Some(info) = info.as_mut() {
                    info.ulCreateFlags = wild.number(&[0]);
                    info.pwszProfileName = wild.wide();
                    info.ulCapabilities = wild.next();
                    info.pGUID = wild.guid();
                    info.pInstance = wild.guid();
                    if wild.one_in(4) {
                        info.pParent =
                            pick(&alive.managers, wild).map_or(null_mut(), |it| it.as_raw());
                    }
                    if wild.one_in(8) {
                        info.pParent = (&raw mut aggregate).cast();
                    }
                    if wild.one_in(8) {
                        info.pAggregateInfo = &mut aggregate;
                    }
                }
                let out = wild.out();
                let hr = HrCreateOfflineObj(flags, info, out);
                among("HrCreateOfflineObj", hr, OPEN);
                keep(&mut alive.managers, wild, hr, out);
            }
            6 => among(
                "MAPIInitialize",
                MAPIInitialize(wild.structure(0x10)),
                &[S_OK],
            ),
            7 => {
                // Seldom down to nothing, so that most calls have something to do.
                if wild.one_in(8) {
                    MAPIUninitialize();
                }
            }
            8 => {
                let (flags, out) = (wild.number(&[0]), wild.out());
                let hr = MAPIAdminProfiles(flags, out);
                let known = [
                    S_OK,
                    BAD,
                    MAPI_E_UNKNOWN_FLAGS,
                    MAPI_E_BAD_CHARWIDTH,
                    MAPI_E_NOT_INITIALIZED,
                ];
                among("MAPIAdminProfiles", hr, &known);
                keep(&mut alive.admins, wild, hr, out);
            }
            9 | 10 => {
                let flags = wild.number(&[
                    0,
                    MAPI_UNICODE,
                    MAPI_NEW_SESSION,
                    MAPI_USE_DEFAULT,
                    MAPI_ALLOW_OTHERS,
                ]);
                let profile = wild.text();
                let password = if wild.one_in(8) { profile } else { null() };
                let out = wild.out();
                let hr = MAPILogonEx(wild.next() as usize, profile, password, flags, out);
                let known = [
                    S_OK,
                    BAD,
                    MAPI_E_UNKNOWN_FLAGS,
                    MAPI_E_LOGON_FAILED,
                    MAPI_E_NOT_INITIALIZED,
                ];
                among("MAPILogonEx", hr, &known);
                keep(&mut alive.sessions, wild, hr, out);
            }
            11 | 12 => {
                let size = if wild.one_in(64) {
                    wild.next()
                } else {
                    wild.next() % 4096
                };
                let out = wild.out();
                let root = pick(&alive.memory, wild).filter(|_| wild.one_in(2));
                let hr = match root {
                    Some(root) => {
                        MAPIAllocateMore(size, std::ptr::with_exposed_provenance_mut(root), out)
                    }
                    None => MAPIAllocateBuffer(size, out),
                };
                let known = [S_OK, BAD, MAPI_E_NOT_ENOUGH_MEMORY, MAPI_E_NOT_INITIALIZED];
                among("MAPIAllocate", hr, &known);
                if hr == S_OK && root.is_none() {
                    alive.memory.push(wild.out.expose_provenance());
                }
            }
            13 => {
                let wrong = wild.next() as usize;
                let pointer = match wild.next() % 3 {
                    0 => null_mut(),
                    1 => std::ptr::with_exposed_provenance_mut(wrong),
                    _ if alive.memory.is_empty() => null_mut(),
                    _ => std::ptr::with_exposed_provenance_mut(alive.memory.remove(0)),
                };
                let hr = HRESULT(MAPIFreeBuffer(pointer) as i32);
                among("MAPIFreeBuffer", hr, &[S_OK, BAD]);
            }
            _ => call_the_host(wild),
        }
    }
}

fn call_the_host(wild: &mut Wild) {
    const NAMES: [&std::ffi::CStr; 4] = [c"Work", c"Home", c"None", c""];
    let name = NAMES[wild.next() as usize % NAMES.len()].as_ptr();
    let all = if wild.one_in(2) { name } else { null() };
    // SAFETY: names are null or end with a zero.
    let hr = unsafe {
        match wild.next() % 10 {
            0 => mapisim_work_offline(all),
            1 => mapisim_work_online(all),
            2 => mapisim_server_lost(all),
            3 => mapisim_server_back(all),
            4 if wild.one_in(16) => mapisim_log_off(name),
            5 => mapisim_log_on(name),
            6 => mapisim_state(name, wild.word()),
            7 => mapisim_run_until_idle(),
            _ => mapisim_run_for(u64::from(wild.next() % 30_000)),
        }
    };
    among("the host", hr, &[S_OK, BAD, MAPI_E_NOT_FOUND]);
}

fn call_a_manager(wild: &mut Wild, manager: &IMAPIOfflineMgr) {
    // SAFETY: pointers are null or valid.
    unsafe {
        match wild.next() % 8 {
            0 => {
                let flags = wild.number(&[MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_FLAG_BLOCK]);
                let mask = wild.number(&[MAPIOFFLINE_STATE_OFFLINE_MASK]);
                let state = wild.number(&[MAPIOFFLINE_STATE_OFFLINE, MAPIOFFLINE_STATE_ONLINE]);
                let reserved = if wild.one_in(8) {
                    (&raw mut wild.word).cast()
                } else {
                    null_mut()
                };
                let hr = manager.SetCurrentState(flags, mask, state, reserved);
                let known = [S_OK, BAD, E_PENDING, MAPI_E_NO_SUPPORT, E_FAIL];
                among("SetCurrentState", hr, &known);
            }
            1 => among(
                "GetCapabilities",
                manager.GetCapabilities(wild.word()),
                &[S_OK, BAD, E_FAIL],
            ),
            2 => among(
                "GetCurrentState",
                manager.GetCurrentState(wild.word()),
                &[S_OK, BAD, E_FAIL],
            ),
            3 | 4 => {
                let flags = wild.number(&[MAPIOFFLINE_ADVISE_DEFAULT]);
                let callback = mapi_offline::callback_fn(|_| {});
                let info: *mut MAPIOFFLINE_ADVISEINFO =
                    wild.structure(MAPIOFFLINE_ADVISEINFO::SIZE);
                if let Some(info) = info.as_mut() {
                    info.ulClientToken = wild.next();
                    info.CallbackType = wild.number(&[MAPIOFFLINE_CALLBACK_TYPE_NOTIFY]);
                    info.ulAdviseTypes = wild.number(&[MAPIOFFLINE_ADVISE_TYPE_STATECHANGE]);
                    info.ulStateMask = wild.number(&[MAPIOFFLINE_STATE_ALL]);
                    info.pCallback = match wild.next() % 4 {
                        0 => null_mut(),
                        1 => manager.as_raw(),
                        _ => callback.as_raw(),
                    };
                }
                wild.word = 7;
                let token = wild.word();
                let hr = manager.Advise(flags, info, token);
                among("Advise", hr, &[S_OK, BAD, E_NOINTERFACE, E_FAIL]);
                assert!(token.is_null() || hr == S_OK || wild.word == 0, "ADV-5");
            }
            5 => {
                let (flags, token) = (wild.next(), wild.next() % 4096);
                among("Unadvise", manager.Unadvise(flags, token), &[S_OK]);
            }
            6 => {
                let (iid, out) = (wild.guid(), wild.out());
                let hr = manager.query(iid, out);
                among(
                    "QueryInterface",
                    hr,
                    &[S_OK, E_NOINTERFACE, E_POINTER, E_FAIL],
                );
                if hr == S_OK {
                    drop(windows_core::IUnknown::from_raw(wild.out));
                }
            }
            _ => among(
                "a placeholder",
                manager.Placeholder9(),
                &[E_NOTIMPL, E_FAIL],
            ),
        }
    }
}

fn call_an_admin(wild: &mut Wild, admin: &IProfAdmin, alive: &mut Alive) {
    const ADMIN: &[HRESULT] = &[
        S_OK,
        BAD,
        E_FAIL,
        MAPI_E_NO_ACCESS,
        MAPI_E_NOT_FOUND,
        MAPI_E_LOGON_FAILED,
        MAPI_E_NO_SUPPORT,
        MAPI_E_BAD_CHARWIDTH,
        MAPI_E_UNKNOWN_FLAGS,
    ];
    let flags = wild.number(&[0, MAPI_APP_PROFILE, MAPI_UNICODE]);
    let one = wild.text();
    let password = if wild.one_in(8) { one } else { null() };
    // SAFETY: pointers are null or valid, and strings end before their memory does.
    unsafe {
        let hr = match wild.next() % 9 {
            0 | 1 => {
                let out = wild.out();
                let hr = admin.GetProfileTable(flags, out);
                keep(&mut alive.tables, wild, hr, out);
                hr
            }
            2 => admin.CreateProfile(one, password, 0, flags),
            3 => admin.DeleteProfile(one, flags),
            4 => admin.ChangeProfilePassword(one, password, one, flags),
            5 => admin.CopyProfile(c"Work".as_ptr().cast(), password, one, 0, flags),
            6 => admin.RenameProfile(one, password, c"Renamed".as_ptr().cast(), 0, flags),
            7 => admin.SetDefaultProfile(one, flags),
            _ => admin.AdminServices(one, password, 0, flags, wild.out()),
        };
        among("IProfAdmin", hr, ADMIN);
    }
}

fn free_rows(rows: *mut SRowSet) {
    // SAFETY: QueryRows gave it, with as many rows as it says.
    unsafe {
        let places = (&raw const (*rows).aRow).cast::<SRow>();
        for index in 0..(*rows).cRows {
            assert_eq!(
                MAPIFreeBuffer((*places.add(index as usize)).lpProps.cast()),
                0
            );
        }
        assert_eq!(MAPIFreeBuffer(rows.cast()), 0);
    }
}

fn call_a_table(wild: &mut Wild, table: &IMAPITable) {
    const TABLE: &[HRESULT] = &[
        S_OK,
        BAD,
        MAPI_E_NOT_FOUND,
        MAPI_E_INVALID_BOOKMARK,
        MAPI_E_TOO_COMPLEX,
        MAPI_E_UNKNOWN_FLAGS,
        MAPI_E_NO_SUPPORT,
    ];
    let flags = wild.number(&[0]);
    let bookmark = wild.number(&[0, 1, 2, 3, 4]);
    // SAFETY: pointers are null or valid; arrays have as many elements as they say, or too many.
    unsafe {
        let hr = match wild.next() % 14 {
            0 | 1 => {
                let mut rows = null_mut();
                let hr =
                    table.QueryRows(wild.next() as i32 >> (wild.next() % 32), flags, &mut rows);
                if hr == S_OK {
                    free_rows(rows);
                }
                hr
            }
            2 => table.SeekRow(bookmark, wild.next() as i32, wild.word().cast()),
            3 => table.SeekRowApprox(wild.next(), wild.number(&[0, 1, 2])),
            4 => table.QueryPosition(wild.word(), wild.word(), wild.word()),
            5 => table.CreateBookmark(wild.word()),
            6 => table.FreeBookmark(bookmark),
            7 => {
                let tags: *mut u32 = wild.structure(4);
                if let Some(count) = tags.as_mut() {
                    *count = [0, 1, 3, 0xffff_ffff][wild.next() as usize % 4];
                    let good = [PR_DISPLAY_NAME_A, PR_DISPLAY_NAME_W, PR_INSTANCE_KEY];
                    for index in 1..4 {
                        tags.add(index).write(wild.number(&good));
                    }
                }
                table.SetColumns(tags.cast(), flags)
            }
            8 => {
                let mut tags = null_mut();
                let hr = table.QueryColumns(flags, &mut tags);
                if hr == S_OK {
                    assert_eq!(MAPIFreeBuffer(tags.cast()), 0);
                }
                hr
            }
            9 => {
                let set: *mut u32 = wild.structure(4);
                if !set.is_null() {
                    for index in 0..11 {
                        set.add(index)
                            .write(wild.number(&[0, 1, PR_DISPLAY_NAME_A]));
                    }
                }
                table.SortTable(set.cast(), flags)
            }
            10 => table.GetRowCount(flags, wild.word()),
            11 => table.GetStatus(wild.word(), wild.word()),
            12 => table.Advise(flags, null_mut(), null_mut()),
            _ => {
                let mut value = SPropValue {
                    ulPropTag: wild.number(&[
                        PR_DISPLAY_NAME_A,
                        PR_DISPLAY_NAME_W,
                        PR_DEFAULT_PROFILE,
                    ]),
                    dwAlignPad: 0,
                    Value: PropUnion { li: 0 },
                };
                if value.ulPropTag & 0xffff != PT_BOOLEAN {
                    value.Value.lpszW = wild.text().cast_mut().cast();
                }
                if value.ulPropTag & 0xffff == PT_BINARY {
                    value.Value = PropUnion { li: 0 };
                }
                let mut restriction: SRestriction = std::mem::zeroed();
                restriction.rt =
                    wild.number(&[RES_AND, RES_NOT, RES_CONTENT, RES_PROPERTY, RES_EXIST]);
                let (kind, tag) = (
                    wild.next(),
                    wild.number(&[PR_DISPLAY_NAME_A, PR_DEFAULT_PROFILE]),
                );
                let itself = &raw mut restriction;
                match restriction.rt {
                    RES_AND | RES_OR => {
                        restriction.res.resAnd = SAndRestriction {
                            cRes: wild.number(&[0, 1]),
                            lpRes: if wild.one_in(2) { itself } else { null_mut() },
                        };
                        // More than one would be memory that is not there.
                        if restriction.res.resAnd.cRes <= 1024 {
                            restriction.res.resAnd.cRes %= 2;
                        }
                    }
                    RES_NOT => restriction.res.resNot.lpRes = itself,
                    RES_CONTENT | RES_PROPERTY => {
                        restriction.res.resProperty = SPropertyRestriction {
                            relop: kind % 8,
                            ulPropTag: tag,
                            lpProp: if wild.one_in(8) {
                                null_mut()
                            } else {
                                &mut value
                            },
                        };
                    }
                    RES_COMMENT => restriction.res.resComment.lpRes = itself,
                    _ => restriction.res.resBitMask.ulPropTag = tag,
                }
                match wild.next() % 3 {
                    0 => table.Restrict(&restriction, flags),
                    1 => table.Restrict(null(), 0),
                    _ => table.FindRow(&restriction, bookmark, flags),
                }
            }
        };
        among("IMAPITable", hr, TABLE);
    }
}

fn call_a_session(wild: &mut Wild, session: &IMAPISession, alive: &mut Alive) {
    let flags = wild.number(&[0, MAPI_MODIFY]);
    // SAFETY: pointers are null or valid.
    unsafe {
        let hr = match wild.next() % 8 {
            0..=3 => {
                let iid = if wild.one_in(4) { wild.guid() } else { null() };
                let (uid, out) = (wild.guid(), wild.out());
                let hr = session.OpenProfileSection(uid.cast(), iid, flags, out);
                keep(&mut alive.sections, wild, hr, out);
                hr
            }
            4 => session.OpenEntry(
                wild.next(),
                null(),
                wild.guid(),
                flags,
                wild.word(),
                null_mut(),
            ),
            5 => session.GetMsgStoresTable(flags, null_mut()),
            6 => session.Unadvise(wild.next() as usize),
            _ if wild.one_in(8) => session.Logoff(0, flags, wild.next()),
            _ => S_OK,
        };
        let known = [
            S_OK,
            BAD,
            E_FAIL,
            E_NOINTERFACE,
            MAPI_E_NOT_FOUND,
            MAPI_E_NO_SUPPORT,
            MAPI_E_UNKNOWN_FLAGS,
        ];
        among("IMAPISession", hr, &known);
    }
}

fn call_a_section(wild: &mut Wild, section: &IProfSect) {
    let flags = wild.number(&[0, MAPI_UNICODE]);
    let tags: *mut u32 = wild.structure(4);
    // SAFETY: pointers are null or valid; the array has more tags than it says.
    unsafe {
        if let Some(count) = tags.as_mut() {
            *count = [0, 1, 3, 0xffff_ffff][wild.next() as usize % 4];
            for index in 1..4 {
                tags.add(index)
                    .write(wild.number(&[PR_PROFILE_NAME_A, PR_PROFILE_NAME_W]));
            }
        }
        let hr = match wild.next() % 4 {
            0 | 1 => {
                let mut values = null_mut();
                let hr = section.GetProps(tags.cast(), flags, wild.word(), &mut values);
                if hr.is_ok() {
                    assert_eq!(MAPIFreeBuffer(values.cast()), 0);
                }
                hr
            }
            2 => section.DeleteProps(tags.cast(), null_mut()),
            _ => section.SetProps(wild.next(), null(), null_mut()),
        };
        let known = [
            S_OK,
            BAD,
            MAPI_W_ERRORS_RETURNED,
            MAPI_E_NO_ACCESS,
            MAPI_E_UNKNOWN_FLAGS,
        ];
        among("IProfSect", hr, &known);
    }
}

/// One case: an emulated Outlook, and many calls.
fn play(seed: u64) {
    let mut wild = Wild::new(seed);
    let mut alive = Alive::default();
    // SAFETY: names end with a zero.
    unsafe {
        assert_eq!(mapisim_begin(), S_OK);
        for name in [c"Work", c"Home"] {
            assert_eq!(mapisim_profile(name.as_ptr(), 2, 3, 0), S_OK);
        }
        assert_eq!(mapisim_seed(seed), S_OK);
        // The dead go at once, so that memory stays small.
        assert_eq!(mapisim_zombies(0), S_OK);
        assert_eq!(mapisim_start(), S_OK);
        assert_eq!(MAPIInitialize(null_mut()), S_OK);
    }
    for _ in 0..CALLS {
        match wild.next() % 8 {
            0..=2 => call_an_export(&mut wild, &mut alive),
            3 => match pick(&alive.admins, &mut wild) {
                Some(admin) => call_an_admin(&mut wild, &admin, &mut alive),
                None => call_an_export(&mut wild, &mut alive),
            },
            4 => match pick(&alive.tables, &mut wild) {
                Some(table) => call_a_table(&mut wild, &table),
                None => call_an_export(&mut wild, &mut alive),
            },
            5 => match pick(&alive.sessions, &mut wild) {
                Some(session) => call_a_session(&mut wild, &session, &mut alive),
                None => call_an_export(&mut wild, &mut alive),
            },
            6 => match pick(&alive.sections, &mut wild) {
                Some(section) => call_a_section(&mut wild, &section),
                None => call_an_export(&mut wild, &mut alive),
            },
            _ => match pick(&alive.managers, &mut wild) {
                Some(manager) => call_a_manager(&mut wild, &manager),
                None => call_an_export(&mut wild, &mut alive),
            },
        }
    }
    let memory = std::mem::take(&mut alive.memory);
    drop(alive);
    for address in memory {
        // SAFETY: it was allocated, and nobody uses it.
        let freed = unsafe { MAPIFreeBuffer(std::ptr::with_exposed_provenance_mut(address)) };
        assert_eq!(freed, 0);
    }
    // SAFETY: null is allowed.
    assert_eq!(unsafe { mapisim_shut_down(null_mut()) }, S_OK);
    assert_eq!(mapisim_clear(), S_OK);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_million_calls_with_garbage_give_documented_results(seed: u64) {
        const { assert!(CALLS as u64 * CASES as u64 > 1_000_000) };
        play(seed);
    }
}
