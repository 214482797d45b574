//! The same for models: shuttle's, in the shape of what the emulation is built with.

use std::ops::{Add, Deref, DerefMut};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use shuttle;
pub use shuttle::sync::{RwLock, RwLockReadGuard, atomic};
pub use shuttle::thread;

pub use crate::model_thread_local as thread_local;

/// A lock, as `parking_lot::Mutex`.
#[derive(Debug, Default)]
pub struct Mutex<T>(shuttle::sync::Mutex<T>);

impl<T> Mutex<T> {
    /// A lock of which nobody has `value`.
    pub const fn new(value: T) -> Self {
        Self(shuttle::sync::Mutex::new(value))
    }

    /// Waits until nobody has it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard {
            mutex: self,
            guard: Some(self.lock_again()),
        }
    }

    /// What is behind it, of which nobody else knows.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_again(&self) -> shuttle::sync::MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who has a lock, as `parking_lot::MutexGuard`.
#[derive(Debug)]
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    /// `None` while it is given up for a time.
    guard: Option<shuttle::sync::MutexGuard<'a, T>>,
}

impl<T> MutexGuard<'_, T> {
    /// Gives the lock up while `code` runs.
    pub fn unlocked<U>(this: &mut Self, code: impl FnOnce() -> U) -> U {
        /// Takes it again, also when `code` panics.
        struct Again<'g, 'a, T>(&'g mut MutexGuard<'a, T>);
        impl<T> Drop for Again<'_, '_, T> {
            fn drop(&mut self) {
                self.0.guard = Some(self.0.mutex.lock_again());
            }
        }
        this.guard = None;
        let _again = Again(this);
        code()
    }
}

/// Why a guard can be used.
const IS_LOCKED: &str = "it is given up only while nobody can use it";

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.guard.as_ref().expect(IS_LOCKED)
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.guard.as_mut().expect(IS_LOCKED)
    }
}

/// A condition variable, as `parking_lot::Condvar`.
#[derive(Debug, Default)]
pub struct Condvar(shuttle::sync::Condvar);

/// Whether a wait was over because of the time.
#[derive(Clone, Copy, Debug)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Returns true when the wait was over because of the time.
    pub const fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    /// One that nobody waits for.
    pub const fn new() -> Self {
        Self(shuttle::sync::Condvar::new())
    }

    /// Waits until somebody wakes it.
    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        let given_up = guard.guard.take().expect(IS_LOCKED);
        let woken = self.0.wait(given_up);
        guard.guard = Some(woken.unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits until somebody wakes it, or until `end`. A time that is [far](Instant::is_far) never comes: who waits for
    /// a watchdog alone waits for ever, and shuttle says so.
    pub fn wait_until<T>(&self, guard: &mut MutexGuard<'_, T>, end: Instant) -> WaitTimeoutResult {
        if end.is_far() {
            self.wait(guard);
            return WaitTimeoutResult(false);
        }
        MutexGuard::unlocked(guard, thread::yield_now);
        WaitTimeoutResult(Instant::now() >= end)
    }

    /// Wakes all that wait.
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// A moment of a clock that goes on by a nanosecond whenever somebody looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

/// How many nanoseconds nobody ever lives to see.
const FAR: u64 = 1_000_000;

impl Instant {
    /// This one.
    pub fn now() -> Self {
        static NOW: AtomicU64 = AtomicU64::new(0);
        Self(NOW.fetch_add(1, Ordering::Relaxed))
    }

    /// How long ago it was.
    pub fn elapsed(self) -> Duration {
        Duration::from_nanos(Self::now().0.saturating_sub(self.0))
    }

    /// Returns true when it is so late that it never comes.
    pub fn is_far(self) -> bool {
        self.0.saturating_sub(Self::now().0) > FAR
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanoseconds))
    }
}

/// What each thread has its own of, as `std::thread::LocalKey`.
#[derive(Debug)]
pub struct LocalKey<T: 'static>(#[doc(hidden)] pub &'static thread::LocalKey<T>);

impl<T> LocalKey<T> {
    /// Looks at this thread's.
    pub fn with<U>(&'static self, look: impl FnOnce(&T) -> U) -> U {
        self.0.with(look)
    }

    /// Looks at this thread's.
    ///
    /// # Errors
    /// The thread is ending, and it is gone.
    pub fn try_with<U>(
        &'static self,
        look: impl FnOnce(&T) -> U,
    ) -> Result<U, thread::AccessError> {
        self.0.try_with(look)
    }
}

impl<T: Copy> LocalKey<std::cell::Cell<T>> {
    /// This thread's.
    pub fn get(&'static self) -> T {
        self.with(std::cell::Cell::get)
    }
}

impl<T> LocalKey<std::cell::Cell<T>> {
    /// From now on this thread's is another.
    pub fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }

    /// Puts another in its place.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T> LocalKey<std::cell::RefCell<T>> {
    /// Looks at this thread's, to change it.
    pub fn with_borrow_mut<U>(&'static self, change: impl FnOnce(&mut T) -> U) -> U {
        self.with(|cell| change(&mut cell.borrow_mut()))
    }
}

/// As `std::thread_local!`.
#[macro_export]
#[doc(hidden)]
macro_rules! model_thread_local {
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = const { $value:expr };) => {
        $(#[$attribute])*
        $visibility static $name: $crate::sync::LocalKey<$type> = {
            $crate::sync::shuttle::thread_local! { static KEY: $type = $value; }
            $crate::sync::LocalKey(&KEY)
        };
    };
}
