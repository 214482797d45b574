//! Failures on purpose: calls that are made to fail although nothing is wrong with them (FAIL-1).

use mapi_offline_sys::{
    E_FAIL, E_INVALIDARG, E_NOINTERFACE, E_OUTOFMEMORY, E_PENDING, HRESULT, MAPI_E_LOGON_FAILED,
    MAPI_E_NO_ACCESS, MAPI_E_NOT_FOUND, MAPI_E_TIMEOUT, hresult,
};
use thiserror::Error;

use crate::function::Function;
use crate::ids::ClientId;

/// One call that is to fail on purpose (FAIL-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallFailure {
    /// Whose call fails.
    pub client: ClientId,
    /// Which function fails.
    pub function: Function,
    /// Which of the client's calls of it fails, counted from now on: 1 is the next one.
    pub nth: u32,
    /// What the call returns: one of [`Function::failures`].
    pub returns: HRESULT,
}

/// Why a call cannot be made to fail as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallFailureError {
    /// The function returns no HRESULT, or belongs to no client.
    #[error("{0} cannot be made to fail")]
    NeverFails(Function),
    /// Calls are counted from 1.
    #[error("calls are counted from 1, and there is no call number 0")]
    NoSuchCall,
    /// A failing call of the function does not return this.
    #[error("{function} cannot be made to return {}: {}", hresult::describe(*returns), listed(*function))]
    NoSuchResult {
        /// The function.
        function: Function,
        /// What was asked for.
        returns: HRESULT,
    },
}

/// What a failing call of `function` can return, in words.
fn listed(function: Function) -> String {
    let names: Vec<String> = function
        .failures()
        .iter()
        .map(|hr| hresult::describe(*hr))
        .collect();
    format!("its failures are {}", names.join(", "))
}

impl Function {
    /// What a call of it may return though its caller has made no mistake: what is documented for it,
    /// and then what any COM call may return. Nothing for AddRef, Release and placeholders.
    pub const fn failures(self) -> &'static [HRESULT] {
        const ANY: &[HRESULT] = &[E_OUTOFMEMORY, E_FAIL];
        match self {
            Self::AddRef | Self::Release | Self::Placeholder => &[],
            Self::HrOpenOfflineObj => &[MAPI_E_NOT_FOUND, E_OUTOFMEMORY, E_FAIL],
            Self::SetCurrentState => &[E_PENDING, E_OUTOFMEMORY, E_FAIL],
            Self::QueryInterface => &[E_NOINTERFACE, E_OUTOFMEMORY, E_FAIL],
            Self::Advise => &[E_INVALIDARG, E_NOINTERFACE, E_OUTOFMEMORY, E_FAIL],
            Self::CreateProfile => &[MAPI_E_NO_ACCESS, E_OUTOFMEMORY, E_FAIL],
            Self::DeleteProfile | Self::SetDefaultProfile => {
                &[MAPI_E_NOT_FOUND, E_OUTOFMEMORY, E_FAIL]
            }
            Self::RenameProfile | Self::CopyProfile => &[
                MAPI_E_LOGON_FAILED,
                MAPI_E_NOT_FOUND,
                MAPI_E_NO_ACCESS,
                E_OUTOFMEMORY,
                E_FAIL,
            ],
            Self::MAPILogonEx => &[MAPI_E_LOGON_FAILED, MAPI_E_TIMEOUT, E_OUTOFMEMORY, E_FAIL],
            Self::HrCreateOfflineObj
            | Self::GetCapabilities
            | Self::GetCurrentState
            | Self::Unadvise => ANY,
        }
    }
}

impl Function {
    /// Those of its [failures](Self::failures) that come and go by themselves, which an explorer tries. What is left
    /// out says that a caller has made a mistake, or is to a caller the same as E_OUTOFMEMORY.
    pub const fn passing_failures(self) -> &'static [HRESULT] {
        match self {
            Self::HrOpenOfflineObj => &[MAPI_E_NOT_FOUND, E_OUTOFMEMORY],
            Self::SetCurrentState => &[E_PENDING, E_OUTOFMEMORY],
            Self::MAPILogonEx => &[MAPI_E_LOGON_FAILED, MAPI_E_TIMEOUT],
            _ if self.failures().is_empty() => &[],
            _ => &[E_OUTOFMEMORY],
        }
    }
}

impl CallFailure {
    /// Says whether the call can be made to fail so.
    ///
    /// # Errors
    /// [`CallFailureError`].
    pub fn check(&self) -> Result<(), CallFailureError> {
        if self.function.failures().is_empty() {
            return Err(CallFailureError::NeverFails(self.function));
        }
        if self.nth == 0 {
            return Err(CallFailureError::NoSuchCall);
        }
        if !self.function.failures().contains(&self.returns) {
            return Err(CallFailureError::NoSuchResult {
                function: self.function,
                returns: self.returns,
            });
        }
        Ok(())
    }
}

/// The calls that are still to fail, each with how many calls there are up to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallFailures(Vec<CallFailure>);

impl CallFailures {
    /// Returns true when no call is to fail any more.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From now on this call is to fail, too.
    ///
    /// # Errors
    /// [`CallFailureError`]; then no more calls fail than before.
    pub fn add(&mut self, failure: CallFailure) -> Result<(), CallFailureError> {
        failure.check()?;
        self.0.push(failure);
        Ok(())
    }

    /// Takes back what was asked for and has not happened yet.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// `client` calls `function`. Gives what the call returns if it is to fail; of several that say so the
    /// first one counts, and all of them have happened.
    pub fn called(&mut self, client: ClientId, function: Function) -> Option<HRESULT> {
        let mut returns = None;
        self.0.retain_mut(|failure| {
            if (failure.client, failure.function) != (client, function) {
                return true;
            }
            failure.nth -= 1;
            if failure.nth == 0 {
                returns = returns.or(Some(failure.returns));
            }
            failure.nth > 0
        });
        returns
    }

    /// Adds the canonical form: what is still to fail, in an order that is not that of asking.
    pub(crate) fn canonical(&self, words: &mut Vec<u32>) {
        if self.0.is_empty() {
            return;
        }
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        words.push(sorted.len() as u32);
        for failure in sorted {
            words.extend([
                failure.client.0,
                failure.function as u32,
                failure.nth,
                failure.returns.0 as u32,
            ]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: ClientId = ClientId(1);

    fn advise(nth: u32, returns: HRESULT) -> CallFailure {
        CallFailure {
            client: ONE,
            function: Function::Advise,
            nth,
            returns,
        }
    }

    #[test]
    fn the_nth_call_of_that_client_and_function_fails_and_no_other() {
        let mut failures = CallFailures::default();
        failures.add(advise(2, E_OUTOFMEMORY)).unwrap();
        assert_eq!(failures.called(ONE, Function::Advise), None);
        assert_eq!(failures.called(ClientId(2), Function::Advise), None);
        assert_eq!(failures.called(ONE, Function::Unadvise), None);
        assert_eq!(failures.called(ONE, Function::Advise), Some(E_OUTOFMEMORY));
        assert_eq!(failures.called(ONE, Function::Advise), None);
        assert!(failures.is_empty());
    }

    #[test]
    fn what_an_explorer_tries_is_a_failure_of_the_function() {
        for function in Function::ALL {
            let mut tried = function.passing_failures().iter();
            assert!(
                tried.all(|hr| function.failures().contains(hr)),
                "{function}"
            );
        }
    }

    #[test]
    fn fail_1_an_explorer_tries_what_comes_and_goes_by_itself() {
        let tried = Function::passing_failures;
        let opens = [MAPI_E_NOT_FOUND, E_OUTOFMEMORY];
        assert_eq!(tried(Function::HrOpenOfflineObj), opens);
        assert_eq!(tried(Function::SetCurrentState), [E_PENDING, E_OUTOFMEMORY]);
        let logs_on = [MAPI_E_LOGON_FAILED, MAPI_E_TIMEOUT];
        assert_eq!(tried(Function::MAPILogonEx), logs_on);
        assert_eq!(tried(Function::Advise), [E_OUTOFMEMORY]);
        // These never fail.
        assert_eq!(tried(Function::AddRef), []);
        assert_eq!(tried(Function::Release), []);
    }

    #[test]
    fn what_no_such_call_may_return_is_refused() {
        let mut failures = CallFailures::default();
        let refused = failures.add(advise(1, E_PENDING)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Advise cannot be made to return E_PENDING: its failures are E_INVALIDARG, \
             E_NOINTERFACE, MAPI_E_NOT_ENOUGH_MEMORY, E_FAIL"
        );
        assert_eq!(
            failures.add(advise(0, E_FAIL)),
            Err(CallFailureError::NoSuchCall)
        );
        let release = CallFailure {
            function: Function::Release,
            ..advise(1, E_FAIL)
        };
        assert_eq!(
            failures.add(release),
            Err(CallFailureError::NeverFails(Function::Release))
        );
        assert!(failures.is_empty());
    }
}
