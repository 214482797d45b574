//! Stacks for pieces of work, which are kept for the next time.

use std::io;

use corosensei::stack::DefaultStack;
use serde::{Deserialize, Serialize};

use super::suspend::Work;

/// The least size of a stack, in bytes. A call of the emulation, with a callback inside of it that panics, takes
/// less than 8 KiB of it (x86-64 Linux, not optimized); the rest is for the client's own code. A stack that overflows
/// ends the process.
pub const LEAST_STACK_SIZE: usize = 64 << 10;

/// Why there is no stack for a client's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum StackError {
    /// It is smaller than a call of the emulation may need.
    #[error(
        "a stack of {size} bytes is too small: the least is {LEAST_STACK_SIZE}, since the emulation's own calls run \
         on it too, and a stack that overflows ends the process"
    )]
    TooSmall {
        /// What was asked for, in bytes.
        size: usize,
    },
    /// The system does not give the memory.
    #[error("there is no memory for a stack of {size} bytes: {why}")]
    NoMemory {
        /// What was asked for, in bytes.
        size: usize,
        /// What the system says.
        why: String,
    },
}

/// Stacks that are not in use: to map one costs more than a whole execution.
pub(crate) struct Pool {
    unused: Vec<DefaultStack>,
    size: usize,
    /// Why a stack could not be had.
    failed: Option<StackError>,
}

impl Pool {
    /// For stacks of `size` bytes. One is made, to see that it can be.
    ///
    /// # Errors
    /// [`StackError`]
    pub(crate) fn new(size: usize) -> Result<Self, StackError> {
        Ok(Self {
            unused: vec![new_stack(size)?],
            size,
            failed: None,
        })
    }

    /// A stack. `None`: there is no memory for another one, and [`Pool::failure`] says so from now on.
    pub(crate) fn take(&mut self) -> Option<DefaultStack> {
        if let Some(stack) = self.unused.pop() {
            return Some(stack);
        }
        let stack = new_stack(self.size);
        stack.map_err(|error| self.failed.get_or_insert(error)).ok()
    }

    /// Returns true when a stack could not be had. No execution goes on then.
    pub(crate) const fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Why a stack could not be had, if one could not; for whoever ends with it.
    pub(crate) fn take_failure(&mut self) -> Option<StackError> {
        self.failed.take()
    }

    /// Takes the stack of a piece of work back. One that is not done is never used again: it
    /// stays as it is, since foreign code on it cannot be unwound.
    pub(crate) fn put_back(&mut self, work: Work) {
        if work.done() {
            self.unused.push(work.into_stack());
        } else {
            std::mem::forget(work);
        }
    }
}

fn new_stack(size: usize) -> Result<DefaultStack, StackError> {
    if size < LEAST_STACK_SIZE {
        return Err(StackError::TooSmall { size });
    }
    let no_memory = |error: io::Error| {
        let why = error.to_string();
        StackError::NoMemory { size, why }
    };
    // No allocation is larger, and what is rounded up to whole pages does not overflow.
    if size > isize::MAX as usize / 2 {
        return Err(no_memory(io::ErrorKind::OutOfMemory.into()));
    }
    DefaultStack::new(size).map_err(no_memory)
}
