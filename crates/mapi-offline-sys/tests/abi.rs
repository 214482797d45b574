//! Compares the crate with `fixtures/abi/offline.toml`, number by number and in both directions: a
//! name that stands only here or only there fails too.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::{MaybeUninit, offset_of};

use mapi_offline_sys::*;
use serde::Deserialize;
use windows_core::{GUID, HRESULT, IUnknown_Vtbl};

/// The table in `fixtures/`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Abi {
    constants: BTreeMap<String, u32>,
    hresults: BTreeMap<String, u32>,
    hresult_aliases: BTreeMap<String, String>,
    guids: BTreeMap<String, String>,
    structs: BTreeMap<String, Struct>,
    interfaces: BTreeMap<String, InterfaceSlots>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Struct {
    size: Bytes,
    fields: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    kind: Kind,
    offset: Bytes,
}

/// A number of bytes for each size of a pointer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bytes {
    bits64: usize,
    bits32: usize,
}

impl Bytes {
    fn on(&self, pointer: usize) -> usize {
        match pointer {
            8 => self.bits64,
            4 => self.bits32,
            _ => panic!("the table has no column for pointers of {pointer} bytes"),
        }
    }
}

#[derive(Clone, Copy, Deserialize)]
enum Kind {
    #[serde(rename = "ULONG")]
    Ulong,
    #[serde(rename = "pointer")]
    Pointer,
}

impl Kind {
    fn size(self, pointer: usize) -> usize {
        match self {
            Kind::Ulong => 4,
            Kind::Pointer => pointer,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InterfaceSlots {
    inherits: Option<String>,
    slots: BTreeMap<String, usize>,
}

fn abi() -> Abi {
    toml::from_str(include_str!("../../../fixtures/abi/offline.toml")).unwrap()
}

/// Pairs of a name, as the fixture spells it, and the value it has in Rust.
macro_rules! table {
    ($($name:ident),+ $(,)?) => {
        BTreeMap::from([$((stringify!($name).to_owned(), $name)),+])
    };
}

/// The names that a source file of the crate defines with `pub const`, so that a constant which was
/// forgotten in the tables of this test is noticed.
fn public_constants(source: &str) -> BTreeSet<String> {
    source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const "))
        .map(|rest| rest.split(':').next().unwrap().to_owned())
        .collect()
}

fn names<V>(table: &BTreeMap<String, V>) -> BTreeSet<String> {
    table.keys().cloned().collect()
}

#[test]
fn every_constant_has_its_value() {
    let constants = table![
        MAPIOFFLINE_ADVISE_DEFAULT,
        MAPIOFFLINE_UNADVISE_DEFAULT,
        MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
        MAPIOFFLINE_CAPABILITY_OFFLINE,
        MAPIOFFLINE_CAPABILITY_ONLINE,
        MAPIOFFLINE_FLAG_BLOCK,
        MAPIOFFLINE_FLAG_DEFAULT,
        MAPIOFFLINE_STATE_ALL,
        MAPIOFFLINE_STATE_OFFLINE_MASK,
        MAPIOFFLINE_STATE_OFFLINE,
        MAPIOFFLINE_STATE_ONLINE,
        MAPIOFFLINE_CALLBACK_TYPE_NOTIFY,
        MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
        MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE,
        MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE,
        MAPI_UNICODE,
        MAPI_APP_PROFILE,
        MAPI_DIALOG,
        MAPI_USE_DEFAULT,
        PR_DISPLAY_NAME_A,
        PR_DISPLAY_NAME_W,
        PR_DEFAULT_PROFILE,
        PR_PROFILE_NAME_W,
        PR_INSTANCE_KEY,
    ];
    assert_eq!(constants, abi().constants);
    assert_eq!(
        names(&constants),
        public_constants(include_str!("../src/constants.rs"))
    );
}

#[test]
fn every_hresult_has_its_value() {
    let constants = table![
        S_OK,
        MAPI_W_ERRORS_RETURNED,
        E_PENDING,
        E_NOTIMPL,
        E_NOINTERFACE,
        E_POINTER,
        E_FAIL,
        MAPI_E_CALL_FAILED,
        E_INVALIDARG,
        MAPI_E_INVALID_PARAMETER,
        MAPI_E_NO_ACCESS,
        E_ACCESSDENIED,
        MAPI_E_NO_SUPPORT,
        MAPI_E_BAD_CHARWIDTH,
        MAPI_E_UNKNOWN_FLAGS,
        MAPI_E_NOT_FOUND,
        MAPI_E_LOGON_FAILED,
        MAPI_E_USER_CANCEL,
        MAPI_E_TIMEOUT,
        MAPI_E_TOO_COMPLEX,
        MAPI_E_INVALID_BOOKMARK,
        MAPI_E_NOT_INITIALIZED,
        MAPI_E_NOT_ENOUGH_MEMORY,
        E_OUTOFMEMORY,
        E_UNEXPECTED,
        RPC_E_WRONG_THREAD,
    ];
    let abi = abi();
    let mut expected: BTreeMap<String, HRESULT> = abi
        .hresults
        .iter()
        .map(|(name, value)| (name.clone(), HRESULT(*value as i32)))
        .collect();
    for (alias, name) in &abi.hresult_aliases {
        expected.insert(alias.clone(), expected[name]);
    }

    let known: BTreeMap<String, HRESULT> = hresult::NAMES
        .iter()
        .map(|(name, value)| (String::from(*name), *value))
        .collect();
    assert_eq!(known.len(), hresult::NAMES.len(), "a name stands twice");
    assert_eq!(known, expected);

    // Simple MAPI has another constant of this name, so it is a name and not a constant here.
    expected.remove("MAPI_E_ACCESS_DENIED");
    assert_eq!(constants, expected);
}

#[test]
fn an_hresult_of_many_names_has_one_in_traces() {
    let abi = abi();
    for (name, value) in &abi.hresults {
        let value = HRESULT(*value as i32);
        assert_eq!(hresult::name(value), Some(name.as_str()));
        assert_eq!(hresult::from_name(name), Some(value));
    }
    for (alias, name) in &abi.hresult_aliases {
        let value = hresult::from_name(alias).unwrap();
        assert_eq!(hresult::name(value), Some(name.as_str()));
    }
    assert_eq!(hresult::name(HRESULT(1)), None);
    assert_eq!(hresult::from_name("e_fail"), None);
}

#[test]
fn every_guid_has_its_value() {
    let guids = table![
        GUID_GlobalState,
        IID_IMAPIOffline,
        IID_IMAPIOfflineMgr,
        IID_IMAPIOfflineNotify,
        IID_IMAPISession,
        IID_IMAPITable,
        IID_IProfSect,
        IID_IProfAdmin,
        pbGlobalProfileSectionGuid,
    ];
    let expected: BTreeMap<String, GUID> = abi()
        .guids
        .iter()
        .map(|(name, text)| (name.clone(), guid(text)))
        .collect();
    assert_eq!(guids, expected);
    assert_eq!(
        names(&guids),
        public_constants(include_str!("../src/guid.rs"))
    );
}

fn guid(text: &str) -> GUID {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{text}");
    GUID::from_u128(u128::from_str_radix(&text.replace('-', ""), 16).unwrap())
}

/// A structure here, in bytes.
struct Layout {
    /// What its `SIZE` says.
    declared: u32,
    size: usize,
    fields: BTreeMap<String, Place>,
}

/// A field in memory: its offset and its size.
type Place = (usize, usize);

macro_rules! layouts {
    ($($type:ident { $($($field:ident).+),+ $(,)? })+) => {
        BTreeMap::from([$((
            stringify!($type).to_owned(),
            Layout {
                declared: $type::SIZE,
                size: size_of::<$type>(),
                fields: BTreeMap::from([$((
                    stringify!($($field).+).replace(' ', ""),
                    (offset_of!($type, $($field).+), {
                        let whole = MaybeUninit::<$type>::uninit();
                        // SAFETY: the place is inside the allocation, and nothing is read from it.
                        size_of_pointee(unsafe { &raw const (*whole.as_ptr()).$($field).+ })
                    }),
                )),+]),
            },
        )),+])
    };
}

fn size_of_pointee<T>(_: *const T) -> usize {
    size_of::<T>()
}

#[test]
fn every_field_is_in_its_place() {
    let here: BTreeMap<String, Layout> = layouts! {
        MAPIOFFLINE_ADVISEINFO {
            ulSize, ulClientToken, CallbackType, pCallback, ulAdviseTypes, ulStateMask,
        }
        MAPIOFFLINE_NOTIFY {
            ulSize, NotifyType, ulClientToken,
            Info.StateChange.ulMask, Info.StateChange.ulStateOld, Info.StateChange.ulStateNew,
        }
        MAPIOFFLINE_CREATEINFO {
            ulSize, ulCreateFlags, pwszProfileName, ulCapabilities, pGUID, pInstance, pParent,
            pMAPISupport, pAggregateInfo, pConnectInfo,
        }
        MAPIOFFLINE_AGGREGATEINFO { ulSize, pOuterObj, pRefTrackRoot }
    };

    let structs = abi().structs;
    assert_eq!(names(&here), names(&structs));
    for (name, Struct { size, fields }) in structs {
        let layout = &here[&name];
        let pointer = size_of::<usize>();
        assert_eq!(layout.size, size.on(pointer), "size of {name}");
        assert_eq!(layout.declared as usize, layout.size, "{name}::SIZE");

        let places: BTreeMap<String, Place> = fields
            .into_iter()
            .map(|field| {
                (
                    field.name,
                    (field.offset.on(pointer), field.kind.size(pointer)),
                )
            })
            .collect();
        assert_eq!(layout.fields, places, "fields of {name}");
    }
}

/// Lays the fields out as C does, so that each machine checks the columns of both word sizes.
#[test]
fn both_columns_of_the_table_follow_from_the_fields() {
    for (name, Struct { size, fields }) in abi().structs {
        for pointer in [8, 4] {
            let (mut end, mut alignment) = (0_usize, 1);
            for field in &fields {
                let bytes = field.kind.size(pointer);
                let offset = end.next_multiple_of(bytes);
                assert_eq!(field.offset.on(pointer), offset, "{name}.{}", field.name);
                end = offset + bytes;
                alignment = alignment.max(bytes);
            }
            assert_eq!(
                size.on(pointer),
                end.next_multiple_of(alignment),
                "size of {name}"
            );
        }
    }
}

/// A vtable here: the slots that it adds, after those of the interface it begins with.
struct Vtable {
    inherits: Option<&'static str>,
    length: usize,
    slots: BTreeMap<String, usize>,
}

macro_rules! vtables {
    ($($type:ident $(: $parent:ident)? { $($method:ident),+ $(,)? })+) => {
        BTreeMap::from([$((
            stringify!($type).strip_suffix("_Vtbl").unwrap().to_owned(),
            Vtable {
                inherits: [$({
                    // The type of the first field says what the vtable begins with.
                    let _: fn(&$type) -> &$parent = |vtable| &vtable.base__;
                    stringify!($parent).strip_suffix("_Vtbl").unwrap()
                })?].first().copied(),
                length: size_of::<$type>() / size_of::<usize>(),
                slots: BTreeMap::from([$((
                    stringify!($method).to_owned(),
                    offset_of!($type, $method) / size_of::<usize>(),
                )),+]),
            },
        )),+])
    };
}

#[test]
fn every_method_is_in_its_slot() {
    let here: BTreeMap<String, Vtable> = vtables! {
        IUnknown_Vtbl { QueryInterface, AddRef, Release }
        IMAPIOffline_Vtbl: IUnknown_Vtbl {
            SetCurrentState, GetCapabilities, GetCurrentState, Placeholder6,
        }
        IMAPIOfflineMgr_Vtbl: IMAPIOffline_Vtbl {
            Advise, Unadvise, Placeholder9, Placeholder10, Placeholder11, Placeholder12,
            Placeholder13, Placeholder14, Placeholder15,
        }
        IMAPIOfflineNotify_Vtbl: IUnknown_Vtbl { Notify }
    };

    let interfaces = abi().interfaces;
    assert_eq!(names(&here), names(&interfaces));
    for (name, InterfaceSlots { inherits, slots }) in interfaces {
        let vtable = &here[&name];
        assert_eq!(vtable.slots, slots, "slots of {name}");
        assert_eq!(vtable.inherits, inherits.as_deref(), "parent of {name}");

        let inherited = vtable.inherits.map_or(0, |parent| here[parent].length);
        assert_eq!(
            vtable.length,
            inherited + slots.len(),
            "slots of {name}, counted"
        );
    }
}
