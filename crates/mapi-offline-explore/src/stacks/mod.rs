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

mod aside; //      stacks that are put aside, and what a choice stands for
mod check; //      a closure that builds the world to be explored
mod closures; //   the clients of such a closure
mod emulation; //  what an execution needs of the emulation
mod execution; //  one execution: playing what is chosen of what is possible
mod explore; //    exploring real clients, and playing one schedule of them
mod in_program; // the emulated Outlook of a Rust closure
mod noise; //      real clients that react to noise
mod page; //       real clients on a timeline page
mod panic_place; // where a client panicked
mod panics; //     keeps the panics of clients quiet
mod pool; //       stacks that are kept for the next time
mod possible; //   what is possible in an execution
mod real; //       real clients as what is explored
mod sim; //        the world that a closure builds
mod suspend; //    suspends the stack that runs
mod watch; //      what a check is playing, and the watchdog

pub use check::{Check, check};
pub(crate) use emulation::Emulation;
pub(crate) use execution::{Actors, Execution, Limits, OwnCode};
pub(crate) use explore::{explore, follow_schedule};
pub(crate) use page::ClientRecorder;
pub(crate) use pool::Pool;
pub use pool::{LEAST_STACK_SIZE, StackError};
pub(crate) use real::{Beginning, Keeps, RealClients, Traced};
pub use sim::{HostStep, Sim};
pub(crate) use suspend::Suspender;
pub use suspend::wait_until;
