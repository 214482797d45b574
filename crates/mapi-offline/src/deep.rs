//! Where on its stack a thread runs clients' code, and how it gets more of it.
//!
//! A callback may call the emulation, which calls another, as deep as a client likes. Before the stack at hand is full
//! the next one runs on a new one. And a client that leaves its callback by `longjmp` is seen to have left it: what
//! it calls next comes from further out on the stack.

use std::cell::Cell;
use std::hint::black_box;

use another_stack::on_another;

/// How much of the stack that a thread came with is used for calls inside of each other, in bytes.
const OF_THE_FIRST: usize = 512 << 10;
/// How far from the outermost call the stack that a thread came with is taken to reach: outwards, and inwards.
const AROUND: (usize, usize) = (1 << 20, 8 << 20);

/// A stack, or what is known of it.
#[derive(Clone, Copy, Debug)]
struct Segment {
    low: usize,
    high: usize,
    /// Below this the next call is made on another one.
    limit: usize,
}

impl Segment {
    fn has(&self, address: usize) -> bool {
        (self.low..self.high).contains(&address)
    }
}

crate::sync::thread_local! {
    /// The stack on which clients' code runs now. `None`: none does.
    static SEGMENT: Cell<Option<Segment>> = const { Cell::new(None) };
}

/// An address on the stack at hand.
#[inline(never)]
fn here() -> usize {
    let local = 0_u8;
    black_box(&raw const local).addr()
}

/// Runs `code`, which calls a client, on this stack or on a new one.
pub(crate) fn deeper<T>(code: impl FnOnce() -> T) -> T {
    /// Puts back what was there, also when `code` panics.
    struct Back(Option<Segment>);
    impl Drop for Back {
        fn drop(&mut self) {
            SEGMENT.set(self.0);
        }
    }
    let (now, here) = (SEGMENT.get(), here());
    let _back = Back(now);
    match now {
        None => SEGMENT.set(Some(Segment {
            low: here.saturating_sub(AROUND.1),
            high: here.saturating_add(AROUND.0),
            limit: here.saturating_sub(OF_THE_FIRST),
        })),
        Some(segment) if segment.has(here) && here < segment.limit => return on_another(code),
        Some(_) => {}
    }
    code()
}

/// The place on the stack from which a client was called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StackPlace {
    address: usize,
    segment: Option<Segment>,
}

impl StackPlace {
    /// This one.
    pub(crate) fn here() -> Self {
        Self {
            address: here(),
            segment: SEGMENT.get(),
        }
    }

    /// Returns true when the call that was made from here has been left. `now`: where the emulation is called; `outer`:
    /// from where the calls further out were made. A client may have stacks of its own: what calls from there has left
    /// nothing.
    pub(crate) fn has_been_left(&self, now: &Self, mut outer: impl Iterator<Item = Self>) -> bool {
        let is_on = |place: &Self| place.segment.is_some_and(|it| it.has(now.address));
        match is_on(self) {
            true => now.address > self.address,
            false => outer.any(|place| is_on(&place)),
        }
    }

    /// What was called from here, and everything that it called, has been left.
    pub(crate) fn leave(outer: Option<Self>) {
        SEGMENT.set(outer.and_then(|place| place.segment));
    }
}

/// Stacks where corosensei has them.
#[cfg(all(
    not(miri),
    any(
        target_arch = "x86",
        target_arch = "x86_64",
        all(target_arch = "aarch64", not(windows))
    )
))]
mod another_stack {
    use corosensei::stack::{DefaultStack, Stack};

    use super::{SEGMENT, Segment};

    /// How large a stack is, in bytes. Memory that is not touched costs nothing.
    const SIZE: usize = 8 << 20;
    /// How much of it is left to the client that is called last.
    const SPARE: usize = 1 << 20;

    /// Runs `code` on a new stack. Where there is no memory for one it goes on here, as long as it can.
    pub(super) fn on_another<T>(code: impl FnOnce() -> T) -> T {
        let Ok(stack) = DefaultStack::new(SIZE) else {
            return code();
        };
        let low = stack.limit().get();
        SEGMENT.set(Some(Segment {
            low,
            high: stack.base().get(),
            limit: low + SPARE,
        }));
        corosensei::on_stack(stack, code)
    }
}

/// Everywhere else there is the one that the thread came with.
#[cfg(not(all(
    not(miri),
    any(
        target_arch = "x86",
        target_arch = "x86_64",
        all(target_arch = "aarch64", not(windows))
    )
)))]
mod another_stack {
    pub(super) fn on_another<T>(code: impl FnOnce() -> T) -> T {
        code()
    }
}
