//! From the pointers that clients pass to values.

use std::ffi::c_void;
use std::ptr::null_mut;

use mapi_offline_core::{
    AdviseArgs, AdviseInfo, AggregateInfo, CreateInfo, ObjectId, SessionId, Sizes, folded_name,
};
use mapi_offline_sys::{
    HRESULT, IMAPIOfflineMgr, MAPIOFFLINE_ADVISEINFO, MAPIOFFLINE_AGGREGATEINFO,
    MAPIOFFLINE_CREATEINFO,
};
use smallvec::SmallVec;
use windows_core::Interface;

/// The layout of the clients in this process.
pub const SIZES: Sizes = if cfg!(target_pointer_width = "64") {
    Sizes::BITS_64
} else {
    Sizes::BITS_32
};

/// The longest profile name that is read from a client, in UTF-16 code units. A longer one is no
/// profile's name (PROF-3).
const NAME_UNITS: usize = 256;

/// A client's string, up to its zero; cut off where no name can be so long.
///
/// # Safety
/// `name` is null, or UTF-16 up to a zero.
pub unsafe fn read_name(name: *const u16) -> Option<String> {
    if name.is_null() {
        return None;
    }
    let mut units = Vec::new();
    while units.len() < NAME_UNITS {
        // SAFETY: the zero has not been passed.
        match unsafe { name.add(units.len()).read() } {
            0 => break,
            unit => units.push(unit),
        }
    }
    Some(String::from_utf16_lossy(&units))
}

/// A profile's name without regard to case (OPEN-6), made without an allocation if it is short.
pub struct FoldedName(SmallVec<[u8; 64]>);

impl FoldedName {
    /// The folded name, as the profile table has it.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A client's string, folded.
///
/// # Safety
/// As [`read_name`].
pub unsafe fn read_folded(name: *const u16) -> Option<FoldedName> {
    if name.is_null() {
        return None;
    }
    let mut folded = SmallVec::new();
    for place in 0..NAME_UNITS {
        // SAFETY: the zero has not been passed.
        let unit = unsafe { name.add(place).read() };
        match u8::try_from(unit) {
            Ok(0) => return Some(FoldedName(folded)),
            Ok(byte) if byte.is_ascii() => folded.push(byte.to_ascii_uppercase()),
            _ => break,
        }
    }
    // SAFETY: as the caller says.
    let name = unsafe { read_name(name) }?;
    Some(FoldedName(folded_name(&name).into_bytes().into()))
}

/// The structure as values, and the outer object of an aggregation. One that says it is shorter
/// than it should be is not read any further: it is refused for its size. `find`: the object behind
/// a pointer, if it is one of ours.
///
/// # Safety
/// `info` is null or points to as many bytes as its ulSize says, and so do its pointers.
pub unsafe fn read_create_info<'n>(
    info: *const MAPIOFFLINE_CREATEINFO,
    name: &'n mut Option<String>,
    find: impl FnOnce(*mut c_void) -> Option<ObjectId>,
) -> (Option<CreateInfo<'n>>, Option<*mut c_void>) {
    if info.is_null() {
        return (None, None);
    }
    let mut outer = None;
    // SAFETY: ulSize is the first field, and any structure has it.
    let size = unsafe { info.cast::<u32>().read() };
    let mut values = CreateInfo {
        size,
        create_flags: 0,
        name: Some(""),
        capabilities: 0,
        guid: None,
        instance: None,
        parent: None,
        aggregate: None,
        connect_info: false,
    };
    if size < MAPIOFFLINE_CREATEINFO::SIZE {
        return (Some(values), None);
    }
    /// What a pointer that is none of ours stands for.
    const FOREIGN: ObjectId = ObjectId {
        session: SessionId(u32::MAX),
        index: u32::MAX,
    };
    // SAFETY: it is at least as long as the structure, and its pointers are null or valid.
    unsafe {
        let info = info.read();
        *name = read_name(info.pwszProfileName);
        values.create_flags = info.ulCreateFlags;
        values.capabilities = info.ulCapabilities;
        values.guid = info.pGUID.as_ref().copied();
        values.instance = info.pInstance.as_ref().copied();
        values.connect_info = !info.pConnectInfo.is_null();
        if !info.pParent.is_null() {
            let found = find(info.pParent);
            values.parent = Some(found.unwrap_or(FOREIGN));
        }
        if !info.pAggregateInfo.is_null() {
            // As above: one that says it is shorter is not read any further.
            let size = info.pAggregateInfo.cast::<u32>().read();
            let is_whole = size >= MAPIOFFLINE_AGGREGATEINFO::SIZE;
            let aggregate = is_whole.then(|| info.pAggregateInfo.read());
            values.aggregate = Some(AggregateInfo {
                size,
                ref_track_root: aggregate.is_some_and(|it| !it.pRefTrackRoot.is_null()),
            });
            outer = aggregate.map(|it| it.pOuterObj);
        }
    }
    values.name = name.as_deref();
    (Some(values), outer)
}

/// Calls `create`, an `HrCreateOfflineObj`, for a child of `parent` in the same profile (CREATE-3).
/// `capabilities`: a mask of `MAPIOFFLINE_CAPABILITY_*`.
pub fn create_child_with(
    profile: &str,
    parent: &IMAPIOfflineMgr,
    capabilities: u32,
    out: *mut *mut c_void,
    create: impl FnOnce(*mut MAPIOFFLINE_CREATEINFO, *mut *mut c_void) -> HRESULT,
) -> HRESULT {
    let name: Vec<u16> = profile.encode_utf16().chain([0]).collect();
    let mut info = MAPIOFFLINE_CREATEINFO {
        ulSize: MAPIOFFLINE_CREATEINFO::SIZE,
        pwszProfileName: name.as_ptr(),
        ulCapabilities: capabilities,
        pParent: parent.as_raw(),
        ..Default::default()
    };
    create(&mut info, out)
}

/// The structure as values, and the callback's pointer. One that says it is shorter than it
/// should be is not read any further: it is refused for its size.
///
/// # Safety
/// `info` is null or points to as many bytes as its ulSize says.
pub unsafe fn read_advise_info(
    info: *const MAPIOFFLINE_ADVISEINFO,
) -> (Option<AdviseInfo>, *mut c_void) {
    if info.is_null() {
        return (None, null_mut());
    }
    // SAFETY: ulSize is the first field, and any structure has it.
    let size = unsafe { info.cast::<u32>().read() };
    if size < MAPIOFFLINE_ADVISEINFO::SIZE {
        let usual = AdviseArgs::new(SIZES, 0).info;
        let usual = usual.map(|info| AdviseInfo { size, ..info });
        return (usual, null_mut());
    }
    // Each field is read by itself, as the client has just written it: a processor lets a read that is wider than
    // the writes wait until they have reached the cache.
    // SAFETY: it is at least as long as the structure.
    let (values, callback) = unsafe {
        let callback = (&raw const (*info).pCallback).read_volatile();
        let values = AdviseInfo {
            size,
            client_token: (&raw const (*info).ulClientToken).read_volatile(),
            callback_type: (&raw const (*info).CallbackType).read_volatile(),
            callback: !callback.is_null(),
            advise_types: (&raw const (*info).ulAdviseTypes).read_volatile(),
            state_mask: (&raw const (*info).ulStateMask).read_volatile(),
        };
        (values, callback)
    };
    (Some(values), callback)
}
