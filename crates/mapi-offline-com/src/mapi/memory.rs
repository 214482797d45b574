//! MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer: memory that is freed in one go.
//!
//! It belongs to the process, and can be freed on any thread. Every block is known, so that a
//! pointer that is none, or is freed twice, is refused (PROF-17). What was refused is kept until somebody tells of it.

use std::alloc::{Layout, alloc, dealloc};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// What is freed in one go: a block, and those that were allocated with it.
struct Chain {
    blocks: Vec<Block>,
    /// How many chains were made before it.
    number: u64,
}

impl Chain {
    fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.layout.size()).sum()
    }
}

/// So many addresses that were freed are remembered.
const FREED: usize = 256;

/// So many refusals are kept.
const REFUSED: usize = 1000;

/// All that MAPIAllocateBuffer gave.
struct Memory {
    /// By the address of the block that they are freed with, which is the first.
    chains: BTreeMap<usize, Chain>,
    /// How many have been made.
    made: u64,
    /// Addresses that were freed last, and 0 where there are not so many yet: they are told apart from those that
    /// nothing ever gave, once it is known that nothing new is there. In place, since what stays allocated would look
    /// like a leak.
    freed: [usize; FREED],
    /// Where in it the next goes.
    next_freed: usize,
    /// What was refused, until somebody takes it.
    faults: Vec<MemoryFault>,
}

static MEMORY: Mutex<Memory> = Mutex::new(Memory {
    chains: BTreeMap::new(),
    made: 0,
    freed: [0; FREED],
    next_freed: 0,
    faults: Vec::new(),
});

/// A pointer that a function of MAPI's memory refused (PROF-17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryFault {
    /// What was freed before is freed again.
    FreedTwice,
    /// A piece of MAPIAllocateMore is freed, which goes with its parent.
    PieceFreed,
    /// What no MAPIAllocateBuffer gave is freed.
    ForeignFreed,
    /// The parent for MAPIAllocateMore is itself a piece of it.
    PieceAsParent,
    /// The parent for MAPIAllocateMore is nothing that MAPIAllocateBuffer gave, or was freed.
    ForeignParent,
}

impl MemoryFault {
    /// Returns true when it is about a MAPIFreeBuffer.
    #[must_use]
    pub const fn is_free(self) -> bool {
        matches!(
            self,
            Self::FreedTwice | Self::PieceFreed | Self::ForeignFreed
        )
    }
}

impl fmt::Display for MemoryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FreedTwice => "MAPIFreeBuffer of a buffer that was freed before",
            Self::PieceFreed => {
                "MAPIFreeBuffer of what MAPIAllocateMore gave: it is freed with its parent alone"
            }
            Self::ForeignFreed => "MAPIFreeBuffer of a pointer that MAPIAllocateBuffer did not give",
            Self::PieceAsParent => {
                "MAPIAllocateMore with a parent that MAPIAllocateMore gave: the parent is what MAPIAllocateBuffer gave"
            }
            Self::ForeignParent => {
                "MAPIAllocateMore with a parent that MAPIAllocateBuffer did not give, or that was freed"
            }
        })
    }
}

impl Memory {
    fn lock() -> MutexGuard<'static, Self> {
        MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refuse(&mut self, fault: MemoryFault) -> HRESULT {
        if self.faults.len() < REFUSED {
            self.faults.push(fault);
        }
        MAPI_E_INVALID_PARAMETER
    }

    /// Returns true when there is a piece of MAPIAllocateMore at that address.
    fn is_piece(&self, address: usize) -> bool {
        let mut chains = self.chains.values();
        chains.any(|chain| chain.blocks[1..].iter().any(|it| it.address == address))
    }

    /// Remembers what has just been freed.
    fn remember(&mut self, chain: &Chain) {
        self.freed[self.next_freed] = chain.blocks[0].address;
        self.next_freed = (self.next_freed + 1) % FREED;
        if self.chains.is_empty() {
            // An empty map keeps memory, which would look like a leak.
            self.chains = BTreeMap::new();
        }
    }
}

/// The refusals since somebody took them.
pub fn take_memory_faults() -> Vec<MemoryFault> {
    std::mem::take(&mut Memory::lock().faults)
}

/// How many buffers have been given so far: for [`leaked_buffers`].
pub fn buffers_given() -> u64 {
    Memory::lock().made
}

/// The buffers that were given since there were `since` of them, and are not freed: the number of each, and its size
/// with all that was allocated with it, in bytes.
pub fn leaked_buffers(since: u64) -> Vec<(u64, usize)> {
    let memory = Memory::lock();
    let chains = memory.chains.values();
    let leaked = chains.filter(|chain| chain.number >= since);
    let mut leaked: Vec<_> = leaked.map(|chain| (chain.number, chain.bytes())).collect();
    leaked.sort_unstable();
    leaked
}

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
            let mut memory = Memory::lock();
            let chain = Chain {
                blocks: vec![block],
                number: memory.made,
            };
            memory.made += 1;
            memory.chains.insert(address, chain);
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
    let mut memory = Memory::lock();
    if !memory.chains.contains_key(&object.addr()) {
        let fault = match memory.is_piece(object.addr()) {
            true => MemoryFault::PieceAsParent,
            false => MemoryFault::ForeignParent,
        };
        return memory.refuse(fault);
    }
    match Block::new(size) {
        Err(hr) => hr,
        Ok(block) => {
            let address = block.address;
            let chain = memory.chains.get_mut(&object.addr());
            chain.expect("it was there").blocks.push(block);
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
    let mut memory = Memory::lock();
    if let Some(chain) = memory.chains.remove(&buffer.addr()) {
        memory.remember(&chain);
        return S_OK;
    }
    let fault = if memory.is_piece(buffer.addr()) {
        MemoryFault::PieceFreed
    } else if memory.freed.contains(&buffer.addr()) {
        MemoryFault::FreedTwice
    } else {
        MemoryFault::ForeignFreed
    };
    memory.refuse(fault)
}
