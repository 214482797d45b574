//! Compares the words of the session with `fixtures/abi/session.toml`, in both directions.

use std::collections::BTreeMap;
use std::mem::offset_of;

use mapi_offline_sys::session::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Abi {
    constants: BTreeMap<String, u32>,
    guids: BTreeMap<String, String>,
    structs: BTreeMap<String, Struct>,
    interfaces: BTreeMap<String, Slots>,
}

#[derive(Deserialize)]
struct Struct {
    size: Bytes,
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    offset: Bytes,
}

#[derive(Deserialize)]
struct Bytes {
    bits64: usize,
    bits32: usize,
}

impl Bytes {
    fn here(&self) -> usize {
        match size_of::<usize>() {
            8 => self.bits64,
            _ => self.bits32,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Slots {
    inherits: String,
    slots: BTreeMap<String, usize>,
}

fn abi() -> Abi {
    toml::from_str(include_str!("../../../fixtures/abi/session.toml")).unwrap()
}

/// The constants as the source defines them: every one, so that none can be forgotten here.
#[test]
fn every_constant_has_its_value() {
    let source = include_str!("../src/session/constants.rs");
    let lines = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const "));
    let constants: BTreeMap<String, u32> = lines
        .map(|line| {
            let (name, rest) = line.split_once(':').unwrap();
            let value = rest
                .split_once('=')
                .unwrap()
                .1
                .trim()
                .trim_end_matches(';')
                .replace('_', "");
            let value = match value.strip_prefix("0x") {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => value.parse(),
            };
            (name.to_owned(), value.unwrap())
        })
        .collect();
    assert_eq!(constants, abi().constants);
}

#[test]
fn every_guid_has_its_value() {
    let all = [
        ("IID_IMAPIProp", IID_IMAPIProp),
        ("IID_IMAPIProviderShutdown", IID_IMAPIProviderShutdown),
    ];
    let guids = all.map(|(name, iid)| (name.to_owned(), format!("{iid:?}").to_lowercase()));
    let guids = BTreeMap::from(guids);
    assert_eq!(guids, abi().guids);
}

type Layout = (usize, BTreeMap<String, usize>);

macro_rules! layouts {
    ($($type:ident { $($name:literal = $at:expr;)+ })+) => {
        BTreeMap::from([$((
            stringify!($type).to_owned(),
            (size_of::<$type>(), BTreeMap::from([$(($name.to_owned(), $at)),+])),
        )),+])
    };
}

#[test]
fn every_field_is_in_its_place() {
    let here: BTreeMap<String, Layout> = layouts! {
        MAPIINIT_0 {
            "ulVersion" = offset_of!(MAPIINIT_0, ulVersion);
            "ulFlags" = offset_of!(MAPIINIT_0, ulFlags);
        }
        SPropTagArray {
            "cValues" = offset_of!(SPropTagArray, cValues);
            "aulPropTag" = offset_of!(SPropTagArray, aulPropTag);
        }
        SBinary {
            "cb" = offset_of!(SBinary, cb);
            "lpb" = offset_of!(SBinary, lpb);
        }
        SRow {
            "ulAdrEntryPad" = offset_of!(SRow, ulAdrEntryPad);
            "cValues" = offset_of!(SRow, cValues);
            "lpProps" = offset_of!(SRow, lpProps);
        }
        SSortOrder {
            "ulPropTag" = offset_of!(SSortOrder, ulPropTag);
            "ulOrder" = offset_of!(SSortOrder, ulOrder);
        }
        SAndRestriction {
            "cRes" = offset_of!(SAndRestriction, cRes);
            "lpRes" = offset_of!(SAndRestriction, lpRes);
        }
        SNotRestriction {
            "ulReserved" = offset_of!(SNotRestriction, ulReserved);
            "lpRes" = offset_of!(SNotRestriction, lpRes);
        }
        SContentRestriction {
            "ulFuzzyLevel" = offset_of!(SContentRestriction, ulFuzzyLevel);
            "ulPropTag" = offset_of!(SContentRestriction, ulPropTag);
            "lpProp" = offset_of!(SContentRestriction, lpProp);
        }
        SPropertyRestriction {
            "relop" = offset_of!(SPropertyRestriction, relop);
            "ulPropTag" = offset_of!(SPropertyRestriction, ulPropTag);
            "lpProp" = offset_of!(SPropertyRestriction, lpProp);
        }
        SComparePropsRestriction {
            "relop" = offset_of!(SComparePropsRestriction, relop);
            "ulPropTag1" = offset_of!(SComparePropsRestriction, ulPropTag1);
            "ulPropTag2" = offset_of!(SComparePropsRestriction, ulPropTag2);
        }
        SBitMaskRestriction {
            "relBMR" = offset_of!(SBitMaskRestriction, relBMR);
            "ulPropTag" = offset_of!(SBitMaskRestriction, ulPropTag);
            "ulMask" = offset_of!(SBitMaskRestriction, ulMask);
        }
        SSizeRestriction {
            "relop" = offset_of!(SSizeRestriction, relop);
            "ulPropTag" = offset_of!(SSizeRestriction, ulPropTag);
            "cb" = offset_of!(SSizeRestriction, cb);
        }
        SExistRestriction {
            "ulReserved1" = offset_of!(SExistRestriction, ulReserved1);
            "ulPropTag" = offset_of!(SExistRestriction, ulPropTag);
            "ulReserved2" = offset_of!(SExistRestriction, ulReserved2);
        }
        SSubRestriction {
            "ulSubObject" = offset_of!(SSubRestriction, ulSubObject);
            "lpRes" = offset_of!(SSubRestriction, lpRes);
        }
        SCommentRestriction {
            "cValues" = offset_of!(SCommentRestriction, cValues);
            "lpRes" = offset_of!(SCommentRestriction, lpRes);
            "lpProp" = offset_of!(SCommentRestriction, lpProp);
        }
        SPropProblem {
            "ulIndex" = offset_of!(SPropProblem, ulIndex);
            "ulPropTag" = offset_of!(SPropProblem, ulPropTag);
            "scode" = offset_of!(SPropProblem, scode);
        }
        MAPIERROR {
            "ulVersion" = offset_of!(MAPIERROR, ulVersion);
            "lpszError" = offset_of!(MAPIERROR, lpszError);
            "lpszComponent" = offset_of!(MAPIERROR, lpszComponent);
            "ulLowLevelError" = offset_of!(MAPIERROR, ulLowLevelError);
            "ulContext" = offset_of!(MAPIERROR, ulContext);
        }
        SPropValue {
            "ulPropTag" = offset_of!(SPropValue, ulPropTag);
            "dwAlignPad" = offset_of!(SPropValue, dwAlignPad);
            "Value.bin.cb" = offset_of!(SPropValue, Value.bin.cb);
            "Value.bin.lpb" = offset_of!(SPropValue, Value.bin.lpb);
        }
        SRestriction {
            "rt" = offset_of!(SRestriction, rt);
            "res.resComment.cValues" = offset_of!(SRestriction, res.resComment.cValues);
            "res.resComment.lpRes" = offset_of!(SRestriction, res.resComment.lpRes);
            "res.resComment.lpProp" = offset_of!(SRestriction, res.resComment.lpProp);
        }
        SRowSet {
            "cRows" = offset_of!(SRowSet, cRows);
            "aRow[0].ulAdrEntryPad" = offset_of!(SRowSet, aRow) + offset_of!(SRow, ulAdrEntryPad);
            "aRow[0].cValues" = offset_of!(SRowSet, aRow) + offset_of!(SRow, cValues);
            "aRow[0].lpProps" = offset_of!(SRowSet, aRow) + offset_of!(SRow, lpProps);
        }
        SSortOrderSet {
            "cSorts" = offset_of!(SSortOrderSet, cSorts);
            "cCategories" = offset_of!(SSortOrderSet, cCategories);
            "cExpanded" = offset_of!(SSortOrderSet, cExpanded);
            "aSort[0].ulPropTag" = offset_of!(SSortOrderSet, aSort) + offset_of!(SSortOrder, ulPropTag);
            "aSort[0].ulOrder" = offset_of!(SSortOrderSet, aSort) + offset_of!(SSortOrder, ulOrder);
        }
        SPropProblemArray {
            "cProblem" = offset_of!(SPropProblemArray, cProblem);
            "aProblem[0].ulIndex" = offset_of!(SPropProblemArray, aProblem) + offset_of!(SPropProblem, ulIndex);
            "aProblem[0].ulPropTag" = offset_of!(SPropProblemArray, aProblem) + offset_of!(SPropProblem, ulPropTag);
            "aProblem[0].scode" = offset_of!(SPropProblemArray, aProblem) + offset_of!(SPropProblem, scode);
        }
    };
    let there: BTreeMap<String, Layout> = abi()
        .structs
        .into_iter()
        .map(|(name, Struct { size, fields })| {
            let fields = fields.into_iter();
            let places = fields
                .map(|field| (field.name, field.offset.here()))
                .collect();
            (name, (size.here(), places))
        })
        .collect();
    assert_eq!(here, there);
}

/// A vtable: what it begins with, how many slots it has, and where its own methods are.
type Vtable = (&'static str, usize, BTreeMap<String, usize>);

macro_rules! vtables {
    ($($type:ident: $parent:literal { $($method:ident),* $(,)? })+) => {
        BTreeMap::from([$((
            stringify!($type).strip_suffix("_Vtbl").unwrap().to_owned(),
            (
                $parent,
                size_of::<$type>() / size_of::<usize>(),
                BTreeMap::from([$((
                    stringify!($method).to_owned(),
                    offset_of!($type, $method) / size_of::<usize>(),
                )),*]),
            ),
        )),+])
    };
}

#[test]
fn every_method_is_in_its_slot() {
    let here: BTreeMap<String, Vtable> = vtables! {
        IMAPIProp_Vtbl: "IUnknown" { GetLastError, SaveChanges, GetProps, GetPropList, OpenProperty, SetProps, DeleteProps, CopyTo, CopyProps, GetNamesFromIDs, GetIDsFromNames }
        IProfSect_Vtbl: "IMAPIProp" {  }
        IMAPITable_Vtbl: "IUnknown" { GetLastError, Advise, Unadvise, GetStatus, SetColumns, QueryColumns, GetRowCount, SeekRow, SeekRowApprox, QueryPosition, FindRow, Restrict, CreateBookmark, FreeBookmark, SortTable, QuerySortOrder, QueryRows, Abort, ExpandRow, CollapseRow, WaitForCompletion, GetCollapseState, SetCollapseState }
        IMAPISession_Vtbl: "IUnknown" { GetLastError, GetMsgStoresTable, OpenMsgStore, OpenAddressBook, OpenProfileSection, GetStatusTable, OpenEntry, CompareEntryIDs, Advise, Unadvise, MessageOptions, QueryDefaultMessageOpt, EnumAdrTypes, QueryIdentity, Logoff, SetDefaultStore, AdminServices, ShowForm, PrepareForm }
        IMAPIProviderShutdown_Vtbl: "IUnknown" { QueryFastShutdown, NotifyProcessShutdown, DoFastShutdown }
        IProfAdmin_Vtbl: "IUnknown" { GetLastError, GetProfileTable, CreateProfile, DeleteProfile, ChangeProfilePassword, CopyProfile, RenameProfile, SetDefaultProfile, AdminServices }
    };
    let there = abi().interfaces;
    assert_eq!(here.len(), there.len());
    for (name, Slots { inherits, slots }) in there {
        let (parent, length, methods) = &here[&name];
        assert_eq!((*parent, methods), (inherits.as_str(), &slots), "{name}");
        let inherited = here.get(&inherits).map_or(3, |parent| parent.1);
        assert_eq!(*length, inherited + slots.len(), "{name}");
    }
}
