//! MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer: memory that is freed in one go.
//!
//! It belongs to the process, and can be freed on any thread. Every block is known, so that a
//! pointer that is none, or is freed twice, is refused.

use std::alloc::{Layout, alloc, dealloc};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use mapi_offline_sys::{HRESULT, MAPI_E_INVALID_PARAMETER, MAPI_E_NOT_ENOUGH_MEMORY, S_OK};

/// What any type of MAPI may want.
const ALIGNMENT: usize = 16;

/// A block, freed when it goes.
struct Block {
    address: usize,
    layout: Layout,
}

impl Block {
    fn new(size: u32) -> Result<Self, HRESULT> {
        let size = usize::try_from(size.max(1)).unwrap_or(usize::MAX);
        let layout =
            Layout::from_size_align(size, ALIGNMENT).map_err(|_| MAPI_E_NOT_ENOUGH_MEMORY)?;
        // SAFETY: the size is not 0.
        let pointer = unsafe { alloc(layout) };
        if pointer.is_null() {
            return Err(MAPI_E_NOT_ENOUGH_MEMORY);
        }
        Ok(Self {
            address: pointer.expose_provenance(),
            layout,
        })
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let pointer = std::ptr::with_exposed_provenance_mut(self.address);
        // SAFETY: it came from `alloc` with this layout, and is freed only here.
        unsafe { dealloc(pointer, self.layout) };
    }
}

/// The blocks by the address of the one they are freed with, which is the first.
static BLOCKS: Mutex<BTreeMap<usize, Vec<Block>>> = Mutex::new(BTreeMap::new());

/// `MAPIAllocateBuffer`.
///
/// # Safety
/// `out` is null or may be written.
pub unsafe fn allocate_buffer(size: u32, out: *mut *mut c_void) -> HRESULT {
    if out.is_null() {
        return MAPI_E_INVALID_PARAMETER;
    }
    match Block::new(size) {
        Err(hr) => hr,
        Ok(block) => {
            let address = block.address;
            let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
            blocks.insert(address, vec![block]);
            // SAFETY: it is not null, and so may be written.
            unsafe { out.write(std::ptr::with_exposed_provenance_mut(address)) };
            S_OK
        }
    }
}

/// `MAPIAllocateMore`.
///
/// # Safety
/// `out` is null or may be written.
pub unsafe fn allocate_more(size: u32, object: *mut c_void, out: *mut *mut c_void) -> HRESULT {
    if out.is_null() {
        return MAPI_E_INVALID_PARAMETER;
    }
    let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(chain) = blocks.get_mut(&object.addr()) else {
        return MAPI_E_INVALID_PARAMETER;
    };
    match Block::new(size) {
        Err(hr) => hr,
        Ok(block) => {
            let address = block.address;
            chain.push(block);
            // SAFETY: it is not null, and so may be written.
            unsafe { out.write(std::ptr::with_exposed_provenance_mut(address)) };
            S_OK
        }
    }
}

/// `MAPIFreeBuffer`. Null gives S_OK; what `allocate_buffer` did not give is refused.
///
/// # Safety
/// Nobody uses the memory any more.
pub unsafe fn free_buffer(buffer: *mut c_void) -> HRESULT {
    if buffer.is_null() {
        return S_OK;
    }
    let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    let freed = blocks.remove(&buffer.addr());
    if blocks.is_empty() {
        // An empty map keeps memory, which would look like a leak.
        *blocks = BTreeMap::new();
    }
    match freed {
        Some(_) => S_OK,
        None => MAPI_E_INVALID_PARAMETER,
    }
}
