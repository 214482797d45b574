//! Calls of functions that others have given.

use mapi_offline::call_client;

/// Runs `code`, which calls a function that the test program or a client has given to a function of the control API:
/// an exception that leaves it ends the process, and is told of with its name.
pub(crate) fn theirs<T>(function: &str, code: impl FnOnce() -> T) -> T {
    call_client(|| format!("an exception left {function}"), code)
}
