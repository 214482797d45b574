//! Calls of clients that fail on purpose.

use mapi_offline_core::{CallFailure, CallFailureError, Function};
use mapi_offline_sys::HRESULT;

use super::Outlook;

impl Outlook {
    /// Makes a call of a client fail on purpose: the `nth` call of `function` that the client makes from now
    /// on, counted from 1, returns `returns`, and nothing else then happens (FAIL-1). A client must bear every
    /// answer that is documented for a call, and those that any COM call may give.
    ///
    /// ```
    /// use mapi_offline::sys::E_OUTOFMEMORY;
    /// use mapi_offline::{Function, Outlook};
    ///
    /// let outlook = Outlook::with_profile("Work");
    /// outlook.fail("provider", Function::HrOpenOfflineObj, 2, E_OUTOFMEMORY)?;
    /// outlook.as_client("provider", || {
    ///     assert!(outlook.open("Work").is_ok());
    ///     assert_eq!(outlook.open("Work").unwrap_err().code(), E_OUTOFMEMORY);
    ///     assert!(outlook.open("Work").is_ok());
    /// });
    /// # Ok::<(), mapi_offline::CallFailureError>(())
    /// ```
    ///
    /// # Errors
    /// [`CallFailureError`] when the function never fails, `nth` is 0, or `returns` is not one of
    /// [`Function::failures`].
    pub fn fail(
        &self,
        client: &str,
        function: Function,
        nth: u32,
        returns: HRESULT,
    ) -> Result<(), CallFailureError> {
        let failure = CallFailure {
            client: self.machine.client(client),
            function,
            nth,
            returns,
        };
        self.machine.driver.borrow_mut().world.fail(failure)
    }
}
