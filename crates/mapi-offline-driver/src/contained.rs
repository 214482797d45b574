//! An observer that panics, as the assertion of a test does, takes nothing with it.
//!
//! The emulation tells an observer in the middle of whatever it does: on a delivery worker, or inside a
//! client's COM call, through which no panic may go. So the panic is kept, and carried to the test when it
//! next calls the Outlook, or as soon as the call returns in which it happened.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use crate::record::{Observer, Record};

/// The first panic of an observer that nobody has been told of yet.
#[derive(Clone, Default)]
pub struct ObserverPanic(Arc<Kept>);

#[derive(Default)]
struct Kept {
    is_any: AtomicBool,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl ObserverPanic {
    /// `observer`, whose panics are kept here.
    #[must_use]
    pub fn contain<O>(&self, observer: O) -> Contained<O> {
        Contained {
            observer,
            panic: self.clone(),
        }
    }

    /// Goes on with the panic, if there is one, on this thread: the test's.
    pub fn resume(&self) {
        if !self.0.is_any.load(Ordering::Acquire) || std::thread::panicking() {
            return;
        }
        self.0.is_any.store(false, Ordering::Release);
        let panic = self.0.panic.lock().take();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

/// The first panic of several pieces of a test's code, of which each is run whatever the others do.
#[derive(Default)]
pub struct FirstPanic(Option<Box<dyn Any + Send>>);

impl FirstPanic {
    /// Runs `code`, and keeps its panic if it is the first.
    pub fn of(&mut self, code: impl FnOnce()) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(code)) {
            self.0.get_or_insert(panic);
        }
    }

    /// Goes on with the panic, if there was one.
    pub fn resume(self) {
        if let Some(panic) = self.0 {
            resume_unwind(panic);
        }
    }
}

/// An observer whose panics are kept.
pub struct Contained<O> {
    observer: O,
    panic: ObserverPanic,
}

impl<O: Observer> Observer for Contained<O> {
    fn observe(&mut self, record: &Record<'_>) {
        let observe = AssertUnwindSafe(|| self.observer.observe(record));
        if let Err(panic) = catch_unwind(observe) {
            let kept = &self.panic.0;
            kept.panic.lock().get_or_insert(panic);
            kept.is_any.store(true, Ordering::Release);
        }
    }

    fn sees_silent(&self) -> bool {
        self.observer.sees_silent()
    }
}
