//! Whether a callback is still there when the emulation has no reference on it any more.
//!
//! The client's own Release is between the client and its object. What the last Release of a registration left may
//! therefore be gone at the end, and `leaked-callback` would blame a client that released in another order.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync;

use mapi_offline_sys::IMAPIOfflineNotify;
use windows_core::{Interface, Weak};

use super::adapter;
use super::client_call;

/// How to learn later whether a callback is still there.
pub enum CallbackWatch {
    /// An object of this crate, which drops its half when it ends.
    Adapter(sync::Weak<()>),
    /// An object that gives weak references, as those of `#[implement]` and of C++/WinRT do.
    WeakReference(Weak<IMAPIOfflineNotify>),
    /// An object of which nothing can be left: it does not count its references.
    Uncounted,
    /// Any other object: what stands at its address.
    Memory(FirstWord),
}

impl std::fmt::Debug for CallbackWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Adapter(_) => "Adapter",
            Self::WeakReference(_) => "WeakReference",
            Self::Uncounted => "Uncounted",
            Self::Memory(_) => "Memory",
        })
    }
}

// SAFETY: a weak reference is used by one thread at a time, and a driver with real threads has only callbacks that any
// thread may call (`ThreadedCallback::from_com`), their weak references included.
unsafe impl Send for CallbackWatch {}

impl CallbackWatch {
    /// Watches the object at this address. Runs the client's code.
    ///
    /// # Safety
    /// `raw` is an `IMAPIOfflineNotify` on which the caller holds a reference, and this thread may call it.
    pub(crate) unsafe fn on(raw: NonNull<c_void>) -> Self {
        // SAFETY: as the caller says.
        if let Some(life) = unsafe { adapter::life_of(raw) } {
            return Self::Adapter(life);
        }
        let pointer = raw.as_ptr();
        // SAFETY: as the caller says; the wrapper does not own the reference.
        let callback = unsafe { IMAPIOfflineNotify::from_raw_borrowed(&pointer) };
        match callback.map(Interface::downgrade) {
            Some(Ok(weak)) => Self::WeakReference(weak),
            // SAFETY: as the caller says: the object is there, and begins with a pointer to its vtable.
            _ => Self::Memory(unsafe { FirstWord::of(raw) }),
        }
    }

    /// Returns true when the object is still there, with references that somebody counts. An object of another kind
    /// than those that say so themselves counts as there until its memory has been used for something else.
    pub fn is_left(&self) -> bool {
        match self {
            Self::Adapter(life) => life.strong_count() > 0,
            Self::WeakReference(weak) => weak.upgrade().is_some(),
            Self::Uncounted => false,
            // Nothing can be left of what is static.
            Self::Memory(word) => !is_static(word.address) && word.is_unchanged(),
        }
    }
}

/// Takes a reference and gives it back, and says how many are left then: as many as a Release more leaves, and the
/// object does not count. Runs the client's code.
///
/// # Safety
/// `raw` is a COM object on which the caller holds a reference, and this thread may call it.
pub(crate) unsafe fn count(raw: NonNull<c_void>) -> u32 {
    let raw = raw.as_ptr();
    // SAFETY: as the caller says; the reference that Release gives up is the one that AddRef took.
    unsafe {
        client_call::add_ref(raw);
        client_call::release(raw)
    }
}

/// The first word of an object's memory: the address of its vtable, which an allocator overwrites as a rule when the
/// memory is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstWord {
    address: usize,
    word: usize,
}

impl FirstWord {
    /// # Safety
    /// The object is there, and at least a word long.
    unsafe fn of(object: NonNull<c_void>) -> Self {
        let address = object.addr().get();
        // SAFETY: as the caller says; an object begins at the boundary of a word.
        let word = unsafe { object.cast::<usize>().read() };
        Self { address, word }
    }

    /// Where memory cannot be looked at, the object counts as unchanged.
    fn is_unchanged(&self) -> bool {
        read_word(self.address) == Some(self.word) || !can_look()
    }
}

/// Returns true when memory can be looked at that may be gone: what is known to be there is found. Under qemu-user the
/// memory that the kernel has of a process of 32 bits is the emulator's.
fn can_look() -> bool {
    let known = usize::MAX / 3;
    read_word((&raw const known).addr()) == Some(known)
}

/// The word at an address of this process at which nothing may be any more. The kernel reads it, so that memory that
/// is gone is an error and no fault.
#[cfg(all(target_os = "linux", not(miri)))]
fn read_word(address: usize) -> Option<usize> {
    use std::os::unix::fs::FileExt;
    let memory = std::fs::File::open("/proc/self/mem").ok()?;
    let mut bytes = [0; size_of::<usize>()];
    memory.read_exact_at(&mut bytes, address as u64).ok()?;
    Some(usize::from_ne_bytes(bytes))
}

/// The word at an address of this process at which nothing may be any more. The system reads it, as above.
#[cfg(windows)]
fn read_word(address: usize) -> Option<usize> {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn ReadProcessMemory(
            process: *const c_void,
            address: *const c_void,
            buffer: *mut usize,
            bytes: usize,
            read: *mut usize,
        ) -> i32;
    }
    /// What GetCurrentProcess gives.
    const THIS_PROCESS: *const c_void = std::ptr::without_provenance(usize::MAX);
    let (mut word, mut read) = (0, 0);
    let address = std::ptr::without_provenance(address);
    // SAFETY: the word has room for what is read, and the system looks itself whether there is memory at the address.
    let is_read = unsafe {
        ReadProcessMemory(
            THIS_PROCESS,
            address,
            &mut word,
            size_of::<usize>(),
            &mut read,
        ) != 0
    };
    (is_read && read == size_of::<usize>()).then_some(word)
}

#[cfg(not(any(windows, all(target_os = "linux", not(miri)))))]
const fn read_word(_: usize) -> Option<usize> {
    None
}

/// Returns true when the object is part of a program or a library as it was loaded.
#[cfg(all(unix, not(miri)))]
fn is_static(object: usize) -> bool {
    use std::mem::MaybeUninit;

    /// What dladdr writes: two names, each with an address.
    type Info = [*const c_void; 4];

    unsafe extern "C" {
        fn dladdr(address: *const c_void, info: *mut Info) -> i32;
    }
    let mut info = MaybeUninit::<Info>::uninit();
    // SAFETY: any address may be asked for, and `info` has room for the four pointers of a Dl_info.
    unsafe { dladdr(std::ptr::without_provenance(object), info.as_mut_ptr()) != 0 }
}

/// Returns true when the object is part of a program or a library as it was loaded.
#[cfg(windows)]
fn is_static(object: usize) -> bool {
    const UNCHANGED_COUNT_AND_FROM_ADDRESS: u32 = 0x2 | 0x4;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
    }
    let mut module = std::ptr::null_mut();
    // SAFETY: any address may be asked for, and `module` may be written; the module's count stays as it is.
    unsafe {
        GetModuleHandleExW(
            UNCHANGED_COUNT_AND_FROM_ADDRESS,
            std::ptr::without_provenance(object),
            &mut module,
        ) != 0
    }
}

#[cfg(not(any(windows, all(unix, not(miri)))))]
const fn is_static(_: usize) -> bool {
    false
}
