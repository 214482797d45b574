//! Real client code, each client and each delivery on a stack of its own.
//!
//! A client may block anywhere in `SetCurrentState(BLOCK)`, inside a `Notify` too: only its own
//! stack is put aside (stackful coroutines, of the crate `corosensei`), and a
//! [`Strategy`](crate::Strategy) decides who goes next. Others may go first before each call of a
//! client's own code; what a callback calls belongs to its delivery. A stack that is left over at
//! the end is not unwound, since foreign code may be on it: the profiles log off, its call gives
//! E_FAIL (LIFE-3), and it returns by itself.
//!
//! Real clients cannot be copied, so each execution starts anew, and a space is never called
//! exhausted. What stands still for the length of one execution cannot be seen either: code
//! between two API calls runs in one piece.

mod check; //     many executions of one closure
mod execution; // one execution: what is possible, and playing what is chosen
mod hush; //      keeps the panics of clients quiet
mod keeper; //    suspends the stack that runs
mod outlook; //   the emulated Outlook of a Rust closure, as a stage
mod problem; //   what went wrong
mod report; //    what was found, in many executions
mod schedule; //  who went when, to be written down and followed
mod shrink; //    the fewest switches that still fail
mod sim; //       the world that a closure builds
mod stage; //     what an execution needs of the emulation
mod story; //     what happened, line by line

pub use check::{Check, check};
pub(crate) use execution::{Actors, Execution, Limits};
pub(crate) use hush::hushed;
pub use keeper::wait_until;
pub(crate) use keeper::{Keeper, Pool};
pub use problem::Problem;
pub use report::{Failure, Report};
pub(crate) use report::{Played, Player, explore, follow};
pub(crate) use schedule::{Follow, Noted};
pub use schedule::{Schedule, ScheduleError};
pub use sim::{HostStep, Sim};
pub(crate) use stage::Stage;
pub(crate) use story::{Trace, timeline};
