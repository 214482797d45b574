//! The stacks of an explorer that drives the emulation of this library.

use mapi_offline::Stacks;
use mapi_offline::interface::RawStacks;

use crate::text;

/// The explorer's stacks.
#[derive(Clone, Copy)]
pub(crate) struct Theirs(RawStacks);

impl Theirs {
    /// Those that `stacks` keeps.
    pub(super) const fn new(stacks: RawStacks) -> Self {
        Self(stacks)
    }
}

impl Stacks for Theirs {
    fn before_call(&self, function: &'static str) {
        (self.0.before_call)(self.0.context, text::write(function).as_ptr());
    }

    fn wait(&self, client: &str, number: u64) -> bool {
        (self.0.wait)(self.0.context, text::write(client).as_ptr(), number) != 0
    }
}
