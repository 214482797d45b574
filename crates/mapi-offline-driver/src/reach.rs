//! What a client has reached: one that reached nothing has not been tested (finding `never-reached`).
//!
//! A client reaches the emulation if it opens an offline object, and advises, unadvises, reads or sets the state of one;
//! or if it succeeds with a change of the profile table. To initialise MAPI, to log on, to come and to go is not enough.

use std::collections::{BTreeMap, BTreeSet};

use mapi_offline_core::{CalledFunction, ClientId, Finding, FindingId, Function};
use mapi_offline_sys::{E_PENDING, HRESULT, S_OK, hresult};

use crate::event::Event;

/// So many different refusals are kept, and the profile is told of so many.
const REFUSED_KEPT: usize = 8;

/// What one client has reached.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Whether it has got an offline object.
    opens: bool,
    /// Whether it has done something with one.
    uses: bool,
    /// Whether it has made a call of MAPI.
    calls: bool,
    /// Whether it has tried to get one.
    tries: bool,
    /// Calls that did not succeed, each once: the function and what it gave.
    refused: BTreeSet<String>,
    /// The last profile that it opened by name.
    profile: Option<String>,
}

impl Reach {
    /// It opens an object of this profile.
    pub fn opens(&mut self, profile: &str) {
        self.profile = Some(profile.to_owned());
    }

    /// A call returns, and gives `hr`.
    pub fn returned(&mut self, function: CalledFunction, hr: HRESULT) {
        self.calls(function);
        if hr == S_OK || hr == E_PENDING {
            self.opens |= gives_object(function);
            let known = function.of_the_rules();
            self.uses |= known.is_some_and(|function| !comes_and_goes(function));
            return;
        }
        // A warning: the call has succeeded.
        if hr.is_ok() {
            return;
        }
        let profile = self.profile.as_deref();
        let opens = function == Function::HrOpenOfflineObj.into();
        let called = match profile.filter(|_| opens) {
            Some(name) => format!("{function}({name:?})"),
            None => function.to_string(),
        };
        self.note_refusal(&called, Some(hr));
    }

    /// A call was refused, and gave that; `None`: the count 0.
    pub fn refused(&mut self, function: CalledFunction, gave: Option<HRESULT>) {
        self.calls(function);
        self.note_refusal(&function.to_string(), gave);
    }

    fn note_refusal(&mut self, called: &str, gave: Option<HRESULT>) {
        if self.refused.len() < REFUSED_KEPT {
            let gave = hresult::describe_gave(gave);
            self.refused.insert(format!("{called} gave {gave}"));
        }
    }

    fn calls(&mut self, function: CalledFunction) {
        self.calls = true;
        self.tries |= gives_object(function);
    }

    /// Returns true when it has tried to get an offline object.
    #[must_use]
    pub const fn tries(&self) -> bool {
        self.tries
    }

    /// The finding, if the client has reached nothing. `profiles`: the names that it could have opened, if they are
    /// known.
    #[must_use]
    pub fn verdict(&self, client: Option<ClientId>, profiles: &[String]) -> Option<Finding> {
        if self.uses {
            return None;
        }
        let mut refused = Vec::from_iter(self.refused.iter().map(String::as_str)).join(", ");
        if !profiles.is_empty() && !refused.is_empty() {
            refused = format!("{refused}; the profiles are {}", profiles.join(", "));
        }
        let (rule, what) = match (self.opens, refused.is_empty()) {
            (false, true) if self.calls => ("OPEN-3", "it never opened an offline object".to_owned()),
            (true, _) => ("OPEN-3", "it opened an offline object, and never advised, read or set".to_owned()),
            (false, false) => ("OPEN-3", format!("it never got an offline object: {refused}")),
            (false, true) => (
                "OPEN-8",
                "it never called: it does nothing, or it calls another library than this one, or gave up before \
                 MAPI was initialised"
                    .to_owned(),
            ),
        };
        let detail = format!("{what}; so nothing of it was tested");
        Some(Finding::new(FindingId::NeverReached, client, rule, detail))
    }
}

/// What each client has reached.
#[derive(Clone, Debug)]
pub(crate) struct ReachOfAll(BTreeMap<ClientId, Reach>);

impl ReachOfAll {
    /// Nothing has happened yet.
    pub(crate) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// `event` has happened.
    pub(crate) fn saw(&mut self, event: Event<'_>) {
        match event {
            Event::Call { client, call } => {
                if let Some(profile) = call.profile() {
                    self.0.entry(client).or_default().opens(profile);
                }
            }
            Event::Return {
                client,
                function,
                reply,
                waited,
            } => {
                let reach = self.0.entry(client).or_default();
                if !reach.uses {
                    // Whatever a call gives that has waited, it was taken for good.
                    let hr = if waited { S_OK } else { reply.hresult() };
                    reach.returned(function.into(), hr);
                }
            }
            Event::MapiReturn {
                client,
                call,
                reply,
                ..
            } => {
                let reach = self.0.entry(client).or_default();
                if !reach.uses {
                    reach.returned(call.function, reply.hresult());
                }
            }
            Event::Refused {
                client: Some(client),
                function,
                gave,
                ..
            } => self.0.entry(client).or_default().refused(function, gave),
            _ => {}
        }
    }

    /// What that client has reached.
    pub(crate) fn of(&self, client: ClientId) -> Reach {
        self.0.get(&client).cloned().unwrap_or_default()
    }
}

/// Returns true when the function gives an offline object, if it succeeds.
const fn gives_object(function: CalledFunction) -> bool {
    matches!(
        function,
        CalledFunction::OfTheRules(Function::HrOpenOfflineObj | Function::HrCreateOfflineObj)
    )
}

/// Returns true when the function initialises, or gives or returns references, so that whoever makes no other call has only
/// come and gone.
const fn comes_and_goes(function: Function) -> bool {
    match function {
        Function::HrOpenOfflineObj
        | Function::HrCreateOfflineObj
        | Function::QueryInterface
        | Function::AddRef
        | Function::Release
        | Function::GetCapabilities
        | Function::MAPILogonEx => true,
        Function::SetCurrentState
        | Function::GetCurrentState
        | Function::Advise
        | Function::Unadvise
        | Function::Placeholder
        | Function::CreateProfile
        | Function::DeleteProfile
        | Function::RenameProfile
        | Function::CopyProfile
        | Function::SetDefaultProfile => false,
    }
}

#[cfg(test)]
mod tests {
    use mapi_offline_core::{MapiInterface, MapiName};
    use mapi_offline_sys::MAPI_E_NOT_FOUND;

    use super::*;

    fn detail(calls: &[(CalledFunction, HRESULT)]) -> Option<String> {
        let mut reach = Reach::default();
        for &(function, hr) in calls {
            reach.returned(function, hr);
        }
        let finding = reach.verdict(None, &["Work".to_owned()])?;
        Some(finding.detail)
    }

    #[test]
    fn to_come_and_go_is_not_enough() {
        let (opens, asks) = (
            (Function::HrOpenOfflineObj.into(), S_OK),
            (Function::GetCapabilities.into(), S_OK),
        );
        assert_eq!(
            detail(&[opens, (Function::GetCurrentState.into(), S_OK)]),
            None
        );
        assert_eq!(
            detail(&[(Function::SetCurrentState.into(), E_PENDING)]),
            None
        );
        let said = detail(&[opens, asks]).expect("it is found");
        assert!(said.contains("never advised, read or set"), "{said}");
        let said = detail(&[]).expect("it is found");
        assert!(said.contains("another library"), "{said}");
    }

    #[test]
    fn to_log_on_is_not_enough() {
        let logoff = MapiInterface::IMAPISession.method(MapiName::Logoff);
        let calls = [
            (MapiName::MAPIInitialize.into(), S_OK),
            (Function::MAPILogonEx.into(), S_OK),
            (logoff.into(), S_OK),
        ];
        let said = detail(&calls).expect("it is found");
        assert!(said.starts_with("it never opened"), "{said}");
    }

    #[test]
    fn a_wrong_name_is_told_with_those_that_there_are() {
        let mut reach = Reach::default();
        reach.opens("W");
        reach.returned(Function::HrOpenOfflineObj.into(), MAPI_E_NOT_FOUND);
        let said = reach.verdict(None, &["Work".to_owned()]).expect("found");
        let expected = "it never got an offline object: HrOpenOfflineObj(\"W\") gave MAPI_E_NOT_FOUND; the profiles \
            are Work; so nothing of it was tested";
        assert_eq!(said.detail, expected);
    }
}
