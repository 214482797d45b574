//! What stands between a client and every method: the thread must be the right one, and a panic
//! does not cross the door.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mapi_offline_core::Reply;
use mapi_offline_sys::{E_FAIL, HRESULT, MAPI_E_NOT_INITIALIZED, RPC_E_WRONG_THREAD};

use super::thread_number;

/// What a method answers when it cannot be carried out at all (LIFE-7).
pub trait Answer: Sized {
    /// It was called on another thread than the one that the object lives on.
    const WRONG_THREAD: Self;
    /// The same, as what a refused call gave: `None` is a count.
    const REFUSED_WITH: Option<HRESULT>;
    /// MAPI is not initialised any more (PROF-15). `None`: it has no answer for that, and is carried out.
    const NOT_INITIALIZED: Option<Self>;
    /// It panicked.
    const FAILED: Self;

    /// The same, as traces tell it.
    fn reply(&self) -> Reply;
}

impl Answer for HRESULT {
    const WRONG_THREAD: Self = RPC_E_WRONG_THREAD;
    const REFUSED_WITH: Option<HRESULT> = Some(RPC_E_WRONG_THREAD);
    const NOT_INITIALIZED: Option<Self> = Some(MAPI_E_NOT_INITIALIZED);
    const FAILED: Self = E_FAIL;

    fn reply(&self) -> Reply {
        Reply::Returns(*self)
    }
}

/// AddRef and Release have nothing but a count to answer with.
impl Answer for u32 {
    const WRONG_THREAD: Self = 0;
    const REFUSED_WITH: Option<HRESULT> = None;
    const NOT_INITIALIZED: Option<Self> = None;
    const FAILED: Self = 0;

    fn reply(&self) -> Reply {
        Reply::Count(*self)
    }
}

/// What traces tell, where it says more than an HRESULT.
impl Answer for Reply {
    const WRONG_THREAD: Self = Self::Returns(RPC_E_WRONG_THREAD);
    const REFUSED_WITH: Option<HRESULT> = HRESULT::REFUSED_WITH;
    const NOT_INITIALIZED: Option<Self> = Some(Self::Returns(MAPI_E_NOT_INITIALIZED));
    const FAILED: Self = Self::Returns(E_FAIL);

    fn reply(&self) -> Reply {
        *self
    }
}

/// Runs a method of an object that lives on the thread of that number; 0: on any. `refused` gets what the method gives
/// where this is another thread.
#[inline(always)] // the arguments of the method stay in registers
pub fn guarded<T: Answer>(
    lives_on: u64,
    refused: impl FnOnce(Option<HRESULT>),
    method: impl FnOnce() -> T,
) -> T {
    if lives_on != 0 && lives_on != thread_number() {
        refused(T::REFUSED_WITH);
        return T::WRONG_THREAD;
    }
    catch_unwind(AssertUnwindSafe(method)).unwrap_or(T::FAILED)
}
