//! What the compiler must agree to: offsets and sizes of the structures, and the slots of the
//! vtables, for pointers of 64 and of 32 bits. Nothing here exists at run time.

use std::mem::offset_of;

use crate::interfaces::{IMAPIOffline_Vtbl, IMAPIOfflineMgr_Vtbl, IMAPIOfflineNotify_Vtbl};
use crate::structs::{
    MAPIOFFLINE_ADVISEINFO, MAPIOFFLINE_AGGREGATEINFO, MAPIOFFLINE_CREATEINFO, MAPIOFFLINE_NOTIFY,
};

/// Of two numbers of bytes, the one for the machine compiled for.
#[cfg(target_pointer_width = "64")]
pub(crate) const fn here(bits64: usize, _bits32: usize) -> usize {
    bits64
}

#[cfg(target_pointer_width = "32")]
pub(crate) const fn here(_bits64: usize, bits32: usize) -> usize {
    bits32
}

/// `field: offset on 64 bits, offset on 32 bits;` in bytes.
macro_rules! layout {
    ($type:ty: $size64:literal, $size32:literal; $($($field:ident).+: $at64:literal, $at32:literal;)+) => {
        const _: () = {
            assert!(size_of::<$type>() == here($size64, $size32));
            $(assert!(offset_of!($type, $($field).+) == here($at64, $at32));)+
        };
    };
}

layout! { MAPIOFFLINE_ADVISEINFO: 32, 24;
    ulSize: 0, 0;
    ulClientToken: 4, 4;
    CallbackType: 8, 8;
    pCallback: 16, 12;
    ulAdviseTypes: 24, 16;
    ulStateMask: 28, 20;
}

layout! { MAPIOFFLINE_NOTIFY: 24, 24;
    ulSize: 0, 0;
    NotifyType: 4, 4;
    ulClientToken: 8, 8;
    Info.StateChange.ulMask: 12, 12;
    Info.StateChange.ulStateOld: 16, 16;
    Info.StateChange.ulStateNew: 20, 20;
}

layout! { MAPIOFFLINE_CREATEINFO: 72, 40;
    ulSize: 0, 0;
    ulCreateFlags: 4, 4;
    pwszProfileName: 8, 8;
    ulCapabilities: 16, 12;
    pGUID: 24, 16;
    pInstance: 32, 20;
    pParent: 40, 24;
    pMAPISupport: 48, 28;
    pAggregateInfo: 56, 32;
    pConnectInfo: 64, 36;
}

layout! { MAPIOFFLINE_AGGREGATEINFO: 24, 12;
    ulSize: 0, 0;
    pOuterObj: 8, 4;
    pRefTrackRoot: 16, 8;
}

/// `method: slot;` and how many slots there are.
macro_rules! vtable {
    ($type:ty: $slots:literal; $($($method:ident).+: $slot:literal;)+) => {
        const _: () = {
            assert!(size_of::<$type>() == $slots * size_of::<usize>());
            $(assert!(offset_of!($type, $($method).+) == $slot * size_of::<usize>());)+
        };
    };
}

vtable! { IMAPIOffline_Vtbl: 7;
    base__.QueryInterface: 0;
    base__.AddRef: 1;
    base__.Release: 2;
    SetCurrentState: 3;
    GetCapabilities: 4;
    GetCurrentState: 5;
    Placeholder6: 6;
}

vtable! { IMAPIOfflineMgr_Vtbl: 16;
    base__.base__.QueryInterface: 0;
    base__.SetCurrentState: 3;
    base__.Placeholder6: 6;
    Advise: 7;
    Unadvise: 8;
    Placeholder9: 9;
    Placeholder10: 10;
    Placeholder11: 11;
    Placeholder12: 12;
    Placeholder13: 13;
    Placeholder14: 14;
    Placeholder15: 15;
}

vtable! { IMAPIOfflineNotify_Vtbl: 4;
    base__.QueryInterface: 0;
    base__.AddRef: 1;
    base__.Release: 2;
    Notify: 3;
}
