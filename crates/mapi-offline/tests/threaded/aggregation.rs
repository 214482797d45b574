//! Aggregation, when several threads query at once (CREATE-5, CREATE-13).

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::thread;

use mapi_offline::sys::{
    E_NOINTERFACE, GUID, HRESULT, IMAPIOffline, IMAPIOfflineMgr, MAPIOFFLINE_AGGREGATEINFO, S_OK,
};
use windows_core::{IUnknown, Interface};

use crate::com_object::{ComBehaviour, ComObject};
use crate::common::create_with;
use crate::sink::as_raw;
use crate::support::{outlook, times, watched};

/// An interface that the outer object has itself.
const OWN: GUID = GUID::from_u128(0x5d0e_0000_0000_4000_8000_0000_0000_0002);
/// One that nobody has.
const NOBODYS: GUID = GUID::from_u128(0x5d0e_0000_0000_4000_8000_0000_0000_0003);

/// An object that has an offline object inside, for any thread.
type Outer = ComObject<Aggregating>;

/// What the outer object does when it is asked for an interface.
struct Aggregating {
    inner: AtomicPtr<c_void>,
}

impl ComBehaviour for Aggregating {
    fn answers(&self, iid: &GUID) -> bool {
        *iid == OWN
    }

    unsafe fn query_elsewhere(&self, iid: &GUID, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: the inner object lives as long as anybody may ask this one.
        unsafe { query(self.inner.load(Ordering::SeqCst), iid, out) }
    }
}

/// `QueryInterface` through any interface pointer.
///
/// # Safety
/// `object` is a COM object; `iid` and `out` are as `QueryInterface` demands.
unsafe fn query(object: *mut c_void, iid: *const GUID, out: *mut *mut c_void) -> HRESULT {
    // SAFETY: as the caller says; the wrapper does not own the reference.
    unsafe {
        let unknown = IUnknown::from_raw_borrowed(&object).expect("it is not null");
        (unknown.vtable().QueryInterface)(object, iid, out)
    }
}

/// # Safety
/// `object` is a COM object, and one of its references is given up.
unsafe fn release(object: *mut c_void) {
    // SAFETY: as the caller says.
    drop(unsafe { IUnknown::from_raw(object) });
}

/// Queries through a pointer that delegates, again and again: whatever others do meanwhile, the answers are
/// those of the outer object.
fn queries(outer: &Outer, delegating: &AtomicPtr<c_void>) {
    let through = delegating.load(Ordering::SeqCst);
    for _ in 0..times(20_000) {
        for (iid, expected) in [
            (IUnknown::IID, Some(as_raw(outer))),
            (OWN, Some(as_raw(outer))),
            (IMAPIOffline::IID, Some(through)),
            (IMAPIOfflineMgr::IID, Some(through)),
            (NOBODYS, None),
        ] {
            let mut out = null_mut();
            // SAFETY: the pointer delegates to the outer object, which lives; what it gives carries a
            // reference.
            unsafe {
                let hr = query(through, &raw const iid, &raw mut out);
                match expected {
                    Some(expected) => assert_eq!((hr, out), (S_OK, expected), "{iid:?}"),
                    None => assert_eq!((hr, out), (E_NOINTERFACE, null_mut())),
                }
                if !out.is_null() {
                    release(out);
                }
            }
        }
    }
}

#[test]
fn create_13_the_answers_are_the_outer_objects_whoever_else_asks() {
    for aggregate in ["nondelegating", "delegating"] {
        let _alive = watched();
        let outlook = outlook(&["Work"], &[("aggregate", aggregate)]);
        let inner = AtomicPtr::new(null_mut());
        let outer = Outer::new(1, Aggregating { inner });
        let mut info = MAPIOFFLINE_AGGREGATEINFO {
            ulSize: MAPIOFFLINE_AGGREGATEINFO::SIZE,
            pOuterObj: as_raw(&outer),
            ..Default::default()
        };
        // SAFETY: the outer object lives until the inner one is released, and any thread may use it.
        let inner = unsafe {
            create_with(&outlook, "Work", |create| {
                create.pAggregateInfo = &raw mut info
            })
        };
        let inner = inner.expect("an object");
        outer.behaviour.inner.store(inner, Ordering::SeqCst);
        let mut delegating = null_mut();
        // SAFETY: both pointers are valid, and the object is there.
        let hr = unsafe { query(inner, &IMAPIOfflineMgr::IID, &raw mut delegating) };
        assert_eq!(hr, S_OK);
        let shared = AtomicPtr::new(delegating);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| queries(&outer, &shared));
            }
        });
        // SAFETY: these are the references that are left.
        unsafe {
            release(delegating);
            release(inner);
        }
        assert_eq!(outer.references(), 1, "{aggregate}");
        assert_eq!(outlook.shut_down(), [], "{aggregate}");
    }
}
