//! Wild arguments, and what a case has alive.

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use mapi_offline_sys::session::*;
use mapi_offline_sys::*;
use windows_core::Interface;

/// Where numbers come from.
enum WildSource {
    /// A generator whose numbers depend on the seed alone (xorshift64*).
    Seed(u64),
    /// An input. Its bytes are small numbers; one from 0xf0 on says that the next four are a large one.
    Bytes { bytes: Vec<u8>, position: usize },
}

/// Wild arguments, made of numbers.
pub(crate) struct Wild {
    source: WildSource,
    /// A name of 64 Ki units, without a terminator.
    endless: Vec<u16>,
    /// A structure that wild fields are written to, and that is larger than any.
    memory: Vec<u64>,
    guids: Vec<GUID>,
    /// Boxed, like what follows, so that a pointer to it outlives the next use of the whole.
    pub(crate) out: Box<*mut c_void>,
    pub(crate) word: Box<u32>,
    name: Vec<u16>,
}

impl Wild {
    /// Numbers without an end.
    pub(crate) fn of_seed(seed: u64) -> Self {
        Self::new(WildSource::Seed(seed | 1), seed)
    }

    /// The numbers that the bytes are; after them zeros.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let (bytes, position) = (bytes.to_vec(), 0);
        Self::new(WildSource::Bytes { bytes, position }, 0)
    }

    fn new(source: WildSource, seed: u64) -> Self {
        Self {
            source,
            endless: vec![u16::from(b'A'); 0x1_0000],
            memory: vec![0; 64],
            guids: vec![
                GUID_GlobalState,
                IID_IMAPIOffline,
                IID_IMAPIOfflineMgr,
                IID_IMAPISession,
                pbGlobalProfileSectionGuid,
                GUID::zeroed(),
                GUID::from_u128(u128::from(seed) << 32),
            ],
            out: Box::new(null_mut()),
            word: Box::default(),
            name: Vec::new(),
        }
    }

    /// Whether all bytes of an input were used.
    pub(crate) fn is_over(&self) -> bool {
        match &self.source {
            WildSource::Seed(_) => false,
            WildSource::Bytes { bytes, position } => *position >= bytes.len(),
        }
    }

    pub(crate) fn next(&mut self) -> u32 {
        match &mut self.source {
            WildSource::Seed(state) => {
                *state ^= *state >> 12;
                *state ^= *state << 25;
                *state ^= *state >> 27;
                (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
            }
            WildSource::Bytes { bytes, position } => {
                let mut byte = || {
                    let byte = bytes.get(*position).copied().unwrap_or_default();
                    *position += 1;
                    byte
                };
                match byte() {
                    small @ 0..0xf0 => small.into(),
                    _ => u32::from_le_bytes([byte(), byte(), byte(), byte()]),
                }
            }
        }
    }

    /// One in `n`.
    pub(crate) fn one_in(&mut self, n: u32) -> bool {
        self.next().is_multiple_of(n)
    }

    /// A number that is sometimes one of the good ones.
    pub(crate) fn number(&mut self, good: &[u32]) -> u32 {
        match self.next() % 4 {
            0 => self.next(),
            1 => [0, 1, 2, 3, 0x2000, 0x003f_037f, u32::MAX, 0x8000_0000][self.next() as usize % 8],
            _ => good[self.next() as usize % good.len()],
        }
    }

    /// A UTF-16 name.
    pub(crate) fn wide(&mut self) -> *const u16 {
        match self.next() % 8 {
            0 => null(),
            1 => {
                // At least as much is left of it as a name can be long.
                let offset = self.next() as usize % 0x8000;
                self.endless[offset..].as_ptr()
            }
            2 => {
                let length = self.next() as usize % 400;
                let unit = |_| (self.next() as u16).max(1);
                self.name = (0..length).map(unit).chain([0]).collect();
                self.name.as_ptr()
            }
            _ => {
                self.name = "work".encode_utf16().chain([0]).collect();
                self.name.as_ptr()
            }
        }
    }

    /// A name of either width; the bytes of a wide one are a narrow one too.
    pub(crate) fn text(&mut self) -> *const c_void {
        const NAMES: [&[u8]; 6] = [
            b"Work\0",
            b"Home\0",
            b"\0",
            b" \0",
            b"\xff\xfe\0\0",
            b"New\0\0",
        ];
        match self.next() % 3 {
            0 => self.wide().cast(),
            _ => {
                // Aligned, and with zeros enough for both widths.
                let name = NAMES[self.next() as usize % NAMES.len()];
                self.name = vec![0; 16];
                for (index, byte) in name.iter().enumerate() {
                    let shift = 8 * (index % 2);
                    self.name[index / 2] |= u16::from(*byte) << shift;
                }
                self.name.as_ptr().cast()
            }
        }
    }

    pub(crate) fn guid(&mut self) -> *const GUID {
        match self.next() as usize % (self.guids.len() + 2) {
            index if index < self.guids.len() => &raw const self.guids[index],
            _ => null(),
        }
    }

    pub(crate) fn out(&mut self) -> *mut *mut c_void {
        // What a failed call must overwrite.
        *self.out = null_mut::<c_void>().wrapping_byte_add(1);
        if self.one_in(8) {
            null_mut()
        } else {
            &raw mut *self.out
        }
    }

    pub(crate) fn word(&mut self) -> *mut u32 {
        if self.one_in(8) {
            null_mut()
        } else {
            &raw mut *self.word
        }
    }

    /// A structure with wild numbers in it, and no pointers but null.
    pub(crate) fn structure<T>(&mut self, size: u32) -> *mut T {
        if self.one_in(16) {
            return null_mut();
        }
        self.memory.fill(0);
        let words: *mut u32 = self.memory.as_mut_ptr().cast();
        // SAFETY: the memory is longer than any structure.
        unsafe { words.write(self.number(&[size, size, size, size - 4, size + 8])) };
        self.memory.as_mut_ptr().cast()
    }
}

/// What is alive in a case, besides the emulation.
#[derive(Default)]
pub(crate) struct AliveObjects {
    pub(crate) managers: Vec<IMAPIOfflineMgr>,
    pub(crate) admins: Vec<IProfAdmin>,
    pub(crate) tables: Vec<IMAPITable>,
    pub(crate) sessions: Vec<IMAPISession>,
    pub(crate) sections: Vec<IProfSect>,
    pub(crate) memory: Vec<usize>,
}

pub(crate) fn keep<T: Interface>(
    place: &mut Vec<T>,
    wild: &mut Wild,
    hr: HRESULT,
    out: *mut *mut c_void,
) {
    if hr.is_ok() {
        assert!(!out.is_null() && !wild.out.is_null());
        // SAFETY: a call that succeeds gives a reference.
        place.push(unsafe { T::from_raw(*wild.out) });
        if place.len() > 4 {
            let index = wild.next() as usize % place.len();
            place.swap_remove(index);
        }
    } else if !out.is_null() {
        assert!(wild.out.is_null(), "OPEN-2");
    }
}

pub(crate) fn pick<T: Clone>(place: &[T], wild: &mut Wild) -> Option<T> {
    let index = wild.next() as usize;
    (!place.is_empty()).then(|| place[index % place.len()].clone())
}

pub(crate) fn among(call: &str, hr: HRESULT, documented: &[HRESULT]) {
    assert!(
        documented.contains(&hr),
        "{call} gave {:?} ({hr:?})",
        hresult::name(hr)
    );
}

pub(crate) const BAD: HRESULT = E_INVALIDARG;
