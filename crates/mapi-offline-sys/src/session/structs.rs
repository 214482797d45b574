//! Property values, rows, restrictions. `ULONG` is a `u32`; a pointer is never followed here.

#![allow(non_snake_case, reason = "fields keep their Win32 names")]

use std::ffi::c_void;

/// Declares C structures with `u32`s and pointers.
macro_rules! structs {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$field_doc:meta])+ $field:ident: $type:ty,)+ })+) => {
        $(
            $(#[$doc])+
            #[repr(C)]
            #[derive(Clone, Copy, Debug)]
            pub struct $name { $($(#[$field_doc])+ pub $field: $type,)+ }
        )+
    };
}

structs! {
    /// What `MAPIInitialize` may be told. Source: `mapiinit_0`.
    MAPIINIT_0 {
        /// [`MAPI_INIT_VERSION`](super::MAPI_INIT_VERSION).
        ulVersion: u32,
        /// [`MAPI_MULTITHREAD_NOTIFICATIONS`](super::MAPI_MULTITHREAD_NOTIFICATIONS) and others.
        ulFlags: u32,
    }
    /// Property tags. Source: `sproptagarray`.
    SPropTagArray {
        /// How many.
        cValues: u32,
        /// The first of them.
        aulPropTag: [u32; 1],
    }
    /// Counted bytes. Source: `sbinary`.
    SBinary {
        /// How many.
        cb: u32,
        /// The bytes.
        lpb: *mut u8,
    }
    /// A row of a table. Source: `srow`.
    SRow {
        /// Padding.
        ulAdrEntryPad: u32,
        /// How many columns.
        cValues: u32,
        /// The columns, in memory of their own.
        lpProps: *mut SPropValue,
    }
    /// Rows of a table. Source: `srowset`.
    SRowSet {
        /// How many.
        cRows: u32,
        /// The first of them.
        aRow: [SRow; 1],
    }
    /// A column to sort by. Source: `ssortorder`.
    SSortOrder {
        /// The column.
        ulPropTag: u32,
        /// [`TABLE_SORT_ASCEND`](super::TABLE_SORT_ASCEND) or descending.
        ulOrder: u32,
    }
    /// What a table is sorted by. Source: `ssortorderset`.
    SSortOrderSet {
        /// How many columns.
        cSorts: u32,
        /// How many of them are categories.
        cCategories: u32,
        /// How many categories are expanded.
        cExpanded: u32,
        /// The first column.
        aSort: [SSortOrder; 1],
    }
    /// [`RES_AND`](super::RES_AND) and [`RES_OR`](super::RES_OR). Source: `sandrestriction`.
    SAndRestriction {
        /// How many.
        cRes: u32,
        /// The restrictions.
        lpRes: *mut SRestriction,
    }
    /// [`RES_NOT`](super::RES_NOT). Source: `snotrestriction`.
    SNotRestriction {
        /// 0.
        ulReserved: u32,
        /// The restriction that must not hold.
        lpRes: *mut SRestriction,
    }
    /// [`RES_CONTENT`](super::RES_CONTENT). Source: `scontentrestriction`.
    SContentRestriction {
        /// [`FL_PREFIX`](super::FL_PREFIX) and others.
        ulFuzzyLevel: u32,
        /// The column.
        ulPropTag: u32,
        /// What it must contain.
        lpProp: *mut SPropValue,
    }
    /// [`RES_PROPERTY`](super::RES_PROPERTY). Source: `spropertyrestriction`.
    SPropertyRestriction {
        /// [`RELOP_EQ`](super::RELOP_EQ) and others.
        relop: u32,
        /// The column.
        ulPropTag: u32,
        /// What it is compared with.
        lpProp: *mut SPropValue,
    }
    /// [`RES_COMPAREPROPS`](super::RES_COMPAREPROPS). Source: `scomparepropsrestriction`.
    SComparePropsRestriction {
        /// [`RELOP_EQ`](super::RELOP_EQ) and others.
        relop: u32,
        /// A column.
        ulPropTag1: u32,
        /// The other.
        ulPropTag2: u32,
    }
    /// [`RES_BITMASK`](super::RES_BITMASK). Source: `sbitmaskrestriction`.
    SBitMaskRestriction {
        /// [`BMR_EQZ`](super::BMR_EQZ) or [`BMR_NEZ`](super::BMR_NEZ).
        relBMR: u32,
        /// The column.
        ulPropTag: u32,
        /// The bits.
        ulMask: u32,
    }
    /// [`RES_SIZE`](super::RES_SIZE). Source: `ssizerestriction`.
    SSizeRestriction {
        /// [`RELOP_EQ`](super::RELOP_EQ) and others.
        relop: u32,
        /// The column.
        ulPropTag: u32,
        /// The number of bytes.
        cb: u32,
    }
    /// [`RES_EXIST`](super::RES_EXIST). Source: `sexistrestriction`.
    SExistRestriction {
        /// 0.
        ulReserved1: u32,
        /// The column.
        ulPropTag: u32,
        /// 0.
        ulReserved2: u32,
    }
    /// [`RES_SUBRESTRICTION`](super::RES_SUBRESTRICTION). Source: `ssubrestriction`.
    SSubRestriction {
        /// The kind of subobject.
        ulSubObject: u32,
        /// What must hold of it.
        lpRes: *mut SRestriction,
    }
    /// [`RES_COMMENT`](super::RES_COMMENT). Source: `scommentrestriction`.
    SCommentRestriction {
        /// How many remarks.
        cValues: u32,
        /// The restriction.
        lpRes: *mut SRestriction,
        /// The remarks.
        lpProp: *mut SPropValue,
    }
    /// A problem of one property. Source: `spropproblem`.
    SPropProblem {
        /// Its place in the call's array.
        ulIndex: u32,
        /// Its tag.
        ulPropTag: u32,
        /// The error.
        scode: i32,
    }
    /// Problems of some properties. Source: `spropproblemarray`.
    SPropProblemArray {
        /// How many.
        cProblem: u32,
        /// The first of them.
        aProblem: [SPropProblem; 1],
    }
    /// What `GetLastError` tells. Source: `mapierror`.
    MAPIERROR {
        /// 0.
        ulVersion: u32,
        /// What happened; 8-bit or, with MAPI_UNICODE, UTF-16.
        lpszError: *mut c_void,
        /// Who it happened to.
        lpszComponent: *mut c_void,
        /// The error beneath.
        ulLowLevelError: u32,
        /// Where.
        ulContext: u32,
    }
}

/// A property: its tag, and a value of the type that the tag names. Source: `spropvalue`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SPropValue {
    /// The tag.
    pub ulPropTag: u32,
    /// Padding.
    pub dwAlignPad: u32,
    /// The value.
    pub Value: PropUnion,
}

/// The value of a property; which member is meant, its tag says. Source: `spropvalue`.
///
/// Members that have the same place and type as one here are left out.
#[repr(C)]
#[derive(Clone, Copy)]
pub union PropUnion {
    /// `PT_I2`
    pub i: i16,
    /// `PT_LONG`
    pub l: i32,
    /// `PT_LONG`, unsigned
    pub ul: u32,
    /// `PT_DOUBLE`
    pub dbl: f64,
    /// `PT_BOOLEAN`
    pub b: u16,
    /// `PT_I8`
    pub li: i64,
    /// `PT_STRING8`
    pub lpszA: *mut u8,
    /// `PT_BINARY`
    pub bin: SBinary,
    /// `PT_UNICODE`
    pub lpszW: *mut u16,
    /// `PT_ERROR`
    pub err: i32,
}

/// A condition on the rows of a table. Source: `srestriction`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SRestriction {
    /// [`RES_AND`](super::RES_AND) and others.
    pub rt: u32,
    /// What `rt` says.
    pub res: RestrictionUnion,
}

/// The body of a restriction; which member is meant, `rt` says. Source: `srestriction`.
#[repr(C)]
#[derive(Clone, Copy)]
pub union RestrictionUnion {
    /// `RES_COMPAREPROPS`
    pub resCompareProps: SComparePropsRestriction,
    /// `RES_AND`
    pub resAnd: SAndRestriction,
    /// `RES_OR`, which looks the same
    pub resOr: SAndRestriction,
    /// `RES_NOT`
    pub resNot: SNotRestriction,
    /// `RES_CONTENT`
    pub resContent: SContentRestriction,
    /// `RES_PROPERTY`
    pub resProperty: SPropertyRestriction,
    /// `RES_BITMASK`
    pub resBitMask: SBitMaskRestriction,
    /// `RES_SIZE`
    pub resSize: SSizeRestriction,
    /// `RES_EXIST`
    pub resExist: SExistRestriction,
    /// `RES_SUBRESTRICTION`
    pub resSub: SSubRestriction,
    /// `RES_COMMENT`
    pub resComment: SCommentRestriction,
}
