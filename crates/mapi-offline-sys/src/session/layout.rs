//! What the compiler must agree to: offsets and sizes, for pointers of 64 and of 32 bits. Nothing
//! here exists at run time.

use std::mem::offset_of;

use super::structs::*;
use crate::layout::here;

/// `field: offset on 64 bits, offset on 32 bits;` in bytes.
macro_rules! layout {
    ($type:ty: $size64:literal, $size32:literal; $($($field:ident).+: $at64:literal, $at32:literal;)+) => {
        const _: () = {
            assert!(size_of::<$type>() == here($size64, $size32));
            $(assert!(offset_of!($type, $($field).+) == here($at64, $at32));)+
        };
    };
}

layout! { MAPIINIT_0: 8, 8;
    ulVersion: 0, 0;
    ulFlags: 4, 4;
}

layout! { SPropTagArray: 8, 8;
    cValues: 0, 0;
    aulPropTag: 4, 4;
}

layout! { SBinary: 16, 8;
    cb: 0, 0;
    lpb: 8, 4;
}

layout! { SRow: 16, 12;
    ulAdrEntryPad: 0, 0;
    cValues: 4, 4;
    lpProps: 8, 8;
}

layout! { SSortOrder: 8, 8;
    ulPropTag: 0, 0;
    ulOrder: 4, 4;
}

layout! { SAndRestriction: 16, 8;
    cRes: 0, 0;
    lpRes: 8, 4;
}

layout! { SNotRestriction: 16, 8;
    ulReserved: 0, 0;
    lpRes: 8, 4;
}

layout! { SContentRestriction: 16, 12;
    ulFuzzyLevel: 0, 0;
    ulPropTag: 4, 4;
    lpProp: 8, 8;
}

layout! { SPropertyRestriction: 16, 12;
    relop: 0, 0;
    ulPropTag: 4, 4;
    lpProp: 8, 8;
}

layout! { SComparePropsRestriction: 12, 12;
    relop: 0, 0;
    ulPropTag1: 4, 4;
    ulPropTag2: 8, 8;
}

layout! { SBitMaskRestriction: 12, 12;
    relBMR: 0, 0;
    ulPropTag: 4, 4;
    ulMask: 8, 8;
}

layout! { SSizeRestriction: 12, 12;
    relop: 0, 0;
    ulPropTag: 4, 4;
    cb: 8, 8;
}

layout! { SExistRestriction: 12, 12;
    ulReserved1: 0, 0;
    ulPropTag: 4, 4;
    ulReserved2: 8, 8;
}

layout! { SSubRestriction: 16, 8;
    ulSubObject: 0, 0;
    lpRes: 8, 4;
}

layout! { SCommentRestriction: 24, 12;
    cValues: 0, 0;
    lpRes: 8, 4;
    lpProp: 16, 8;
}

layout! { SPropProblem: 12, 12;
    ulIndex: 0, 0;
    ulPropTag: 4, 4;
    scode: 8, 8;
}

layout! { MAPIERROR: 32, 20;
    ulVersion: 0, 0;
    lpszError: 8, 4;
    lpszComponent: 16, 8;
    ulLowLevelError: 24, 12;
    ulContext: 28, 16;
}

layout! { SPropValue: 24, 16;
    ulPropTag: 0, 0;
    dwAlignPad: 4, 4;
    Value.bin.cb: 8, 8;
    Value.bin.lpb: 16, 12;
}

layout! { SRestriction: 32, 16;
    rt: 0, 0;
    res.resComment.cValues: 8, 4;
    res.resComment.lpRes: 16, 8;
    res.resComment.lpProp: 24, 12;
}

layout! { SRowSet: 24, 16;
    cRows: 0, 0;
    aRow: 8, 4;
}

layout! { SSortOrderSet: 20, 20;
    cSorts: 0, 0;
    cCategories: 4, 4;
    cExpanded: 8, 8;
    aSort: 12, 12;
}

layout! { SPropProblemArray: 16, 16;
    cProblem: 0, 0;
    aProblem: 4, 4;
}
