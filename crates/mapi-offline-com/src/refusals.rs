//! Calls that were refused because another thread made them (LIFE-7), until the Outlook's own thread tells of them.

use std::fmt;
use std::sync::Arc;

use mapi_offline_core::{CalledFunction, ObjectId};
use mapi_offline_sys::HRESULT;

use super::sync::Mutex;
use super::sync::atomic::{AtomicBool, Ordering};

/// A call that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedCall {
    /// What was called: `GetCurrentState`, `IProfAdmin::Release`, `MAPIInitialize` …
    pub function: CalledFunction,
    /// The offline object that it was called on, if it was one.
    pub object: Option<ObjectId>,
    /// What it gave; `None`: the count 0.
    pub hr: Option<HRESULT>,
}

/// So many are kept until somebody takes them.
const KEPT: usize = 1000;

/// The calls that were refused, in their order. Whoever has a clone sees the same; any thread may use it.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Refused>);

#[derive(Default)]
struct Refused {
    is_any: AtomicBool,
    calls: Mutex<Vec<RefusedCall>>,
}

impl Refusals {
    /// A call was refused. Of more than a thousand that nobody takes the later ones are forgotten.
    pub fn add(&self, call: RefusedCall) {
        let mut calls = self.0.calls.lock();
        if calls.len() < KEPT {
            calls.push(call);
        }
        self.0.is_any.store(true, Ordering::Release);
    }

    /// Those that were refused since somebody took them.
    #[inline]
    pub fn take(&self) -> Vec<RefusedCall> {
        if !self.0.is_any.load(Ordering::Acquire) {
            return Vec::new();
        }
        let mut calls = self.0.calls.lock();
        self.0.is_any.store(false, Ordering::Release);
        std::mem::take(&mut calls)
    }
}

impl fmt::Debug for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Refusals")
            .field(&*self.0.calls.lock())
            .finish()
    }
}
