//! The stacks of an explorer that drives the emulation of this library.

use mapi_offline::interface::{RawCallAhead, RawStacks};
use mapi_offline::sys::HRESULT;
use mapi_offline::{CallAhead, Stacks};

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
    fn before_call(&self, ahead: CallAhead<'_>) -> Option<HRESULT> {
        let (client, function) = (
            text::write(ahead.client),
            text::write(ahead.function.name()),
        );
        let ahead = RawCallAhead {
            client: client.as_ptr(),
            function: function.as_ptr(),
            others_may_go_first: ahead.others_may_go_first.into(),
        };
        let returns = (self.0.before_call)(self.0.context, &ahead);
        (returns != 0).then_some(HRESULT(returns))
    }

    fn lets_calls_fail(&self) -> bool {
        self.0.lets_calls_fail != 0
    }

    fn wait(&self, client: &str, number: u64) -> bool {
        (self.0.wait)(self.0.context, text::write(client).as_ptr(), number) != 0
    }
}
