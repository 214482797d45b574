//! Clients that reach nothing: what passed was not tested (finding `never-reached`).
//!
//! A client reaches the emulation in an execution if it opens an offline object there, and advises,
//! unadvises, reads or sets the state of one; or if it succeeds with a call of another kind. A client
//! that does so in no execution has tested nothing. It is looked for where nothing fails, in a few
//! executions with a trace.

use std::collections::BTreeSet;

use mapi_offline_core::FindingId;
use serde_json::{Map, Value};

use crate::problem::Problem;

/// In so many executions it is looked for: the first in the order of what is possible, and then at random.
pub(crate) const EXECUTIONS: u64 = 16;

/// Calls that give or return references: whoever makes no others has only come and gone.
const COMES_AND_GOES: [&str; 6] = [
    "HrOpenOfflineObj",
    "HrCreateOfflineObj",
    "QueryInterface",
    "AddRef",
    "Release",
    "GetCapabilities",
];

/// What a trace says of one client's calls.
#[derive(Debug, Default)]
struct CallsOfClient {
    /// Has it got an offline object?
    opens: bool,
    /// Has it done something with one?
    uses: bool,
    /// Calls that did not succeed, each once: the function and what it gave.
    refused: BTreeSet<String>,
    /// The last arguments of HrOpenOfflineObj.
    profile: Option<String>,
}

impl CallsOfClient {
    fn of(trace: &str, client: &str) -> Self {
        let mut calls = Self::default();
        for line in trace.lines() {
            if let Ok(Value::Object(event)) = serde_json::from_str(line) {
                calls.take_in(&event, client);
            }
        }
        calls
    }

    fn take_in(&mut self, event: &Map<String, Value>, client: &str) {
        let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default();
        if text("actor") != client {
            return;
        }
        let (function, hr) = (text("fn"), text("hr"));
        match text("kind") {
            "call" => {
                let profile = event.get("args").and_then(|args| args.get("profile"));
                if let Some(profile) = profile.and_then(Value::as_str) {
                    self.profile = Some(profile.to_owned());
                }
            }
            "return" if hr == "S_OK" || hr == "E_PENDING" => {
                self.opens |= matches!(function, "HrOpenOfflineObj" | "HrCreateOfflineObj");
                self.uses |= !COMES_AND_GOES.contains(&function);
            }
            "return" => {
                let profile = self
                    .profile
                    .as_ref()
                    .filter(|_| function == "HrOpenOfflineObj");
                let profile = profile.map_or_else(String::new, |name| format!("({name:?})"));
                self.refused
                    .insert(format!("{function}{profile} gave {hr}"));
            }
            "refused" => {
                self.refused
                    .insert(format!("{function} gave {}", text("gave")));
            }
            _ => {}
        }
    }
}

/// Says that `client` reached nothing in the execution of this trace, if that is so. `profiles`: the
/// names that it could have opened, if they are known.
pub(crate) fn never_reached(trace: &str, client: &str, profiles: &[String]) -> Option<Problem> {
    let calls = CallsOfClient::of(trace, client);
    if calls.uses {
        return None;
    }
    let mut refused = calls.refused.iter().cloned().collect::<Vec<_>>().join(", ");
    if !profiles.is_empty() && !refused.is_empty() {
        refused = format!("{refused}; the profiles are {}", profiles.join(", "));
    }
    let (rule, what) = match (calls.opens, refused.is_empty()) {
        (true, _) => ("OPEN-3", "it opened an offline object, and never advised, read or set".to_owned()),
        (false, false) => ("OPEN-3", format!("it never got an offline object: {refused}")),
        (false, true) => (
            "OPEN-8",
            "it never called: it does nothing, or it calls another library than this one, or gave up before \
             MAPI was initialised"
                .to_owned(),
        ),
    };
    Some(Problem::Finding {
        id: FindingId::NeverReached,
        client: Some(client.to_owned()),
        rule: rule.to_owned(),
        detail: format!("{what}; so nothing of it was tested"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returns(actor: &str, function: &str, hr: &str) -> String {
        format!(r#"{{"kind":"return","actor":"{actor}","fn":"{function}","hr":"{hr}"}}"#)
    }

    fn detail(lines: &[String]) -> Option<String> {
        match never_reached(&lines.join("\n"), "a", &["Work".to_owned()])? {
            Problem::Finding { detail, .. } => Some(detail),
            _ => None,
        }
    }

    #[test]
    fn to_come_and_go_is_not_enough() {
        let opens = returns("a", "HrOpenOfflineObj", "S_OK");
        let asks = returns("a", "GetCapabilities", "S_OK");
        let reads = returns("a", "GetCurrentState", "S_OK");
        let others = returns("b", "GetCurrentState", "S_OK");
        assert_eq!(detail(&[opens.clone(), reads]), None);
        let said = detail(&[opens, asks, others]).expect("it is found");
        assert!(said.contains("never advised, read or set"), "{said}");
        let said = detail(&[]).expect("it is found");
        assert!(said.contains("another library"), "{said}");
    }

    #[test]
    fn a_wrong_name_is_told_with_those_that_there_are() {
        let call = r#"{"kind":"call","actor":"a","fn":"HrOpenOfflineObj","args":{"profile":"W"}}"#;
        let refused = returns("a", "HrOpenOfflineObj", "MAPI_E_NOT_FOUND");
        let said = detail(&[call.to_owned(), refused]).expect("it is found");
        assert!(
            said.contains("HrOpenOfflineObj(\"W\") gave MAPI_E_NOT_FOUND"),
            "{said}"
        );
        assert!(said.contains("the profiles are Work"), "{said}");
        let pending = returns("a", "SetCurrentState", "E_PENDING");
        assert_eq!(detail(&[pending]), None);
    }
}
