//! Clients that reach nothing in an exploration: what passed was not tested (finding `never-reached`).
//!
//! A client that reaches nothing in any execution has tested nothing. It is looked for where nothing fails, in a few
//! executions with a trace.

use mapi_offline::Reach;
use serde_json::{Map, Value};

use crate::problem::Problem;

/// In so many executions it is looked for: the first in the order of what is possible, and then at random.
pub(crate) const EXECUTIONS: u64 = 16;

/// Takes in a line of a trace, if it says something of what that client does.
fn take_in(reach: &mut Reach, event: &Map<String, Value>, client: &str) {
    let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("actor") != client {
        return;
    }
    match text("kind") {
        "call" if text("fn").starts_with("Hr") => {
            let profile = event.get("args").and_then(|args| args.get("profile"));
            if let Some(profile) = profile.and_then(Value::as_str) {
                reach.opens(profile);
            }
        }
        "return" => reach.returned(text("fn"), text("hr")),
        "refused" => reach.refused(text("fn"), text("gave")),
        _ => {}
    }
}

/// Says that `client` reached nothing in the execution of this trace, if that is so. `profiles`: the
/// names that it could have opened, if they are known.
pub(crate) fn never_reached(trace: &str, client: &str, profiles: &[String]) -> Option<Problem> {
    let mut reach = Reach::default();
    for line in trace.lines() {
        if let Ok(Value::Object(event)) = serde_json::from_str(line) {
            take_in(&mut reach, &event, client);
        }
    }
    let finding = reach.verdict(None, profiles)?;
    Some(Problem::Finding {
        id: finding.id,
        client: Some(client.to_owned()),
        rule: finding.rule.to_owned(),
        detail: finding.detail,
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
    fn what_others_do_does_not_count() {
        let opens = returns("a", "HrOpenOfflineObj", "S_OK");
        let reads = returns("a", "GetCurrentState", "S_OK");
        let others = returns("b", "GetCurrentState", "S_OK");
        assert_eq!(detail(&[opens.clone(), reads]), None);
        let said = detail(&[opens, others]).expect("it is found");
        assert!(said.contains("never advised, read or set"), "{said}");
    }

    #[test]
    fn a_wrong_name_is_told_with_those_that_there_are() {
        let call = r#"{"kind":"call","actor":"a","fn":"HrOpenOfflineObj","args":{"profile":"W"}}"#;
        let refused = returns("a", "HrOpenOfflineObj", "MAPI_E_NOT_FOUND");
        let said = detail(&[call.to_owned(), refused]).expect("it is found");
        assert!(
            said.contains("HrOpenOfflineObj(\"W\") gave MAPI_E_NOT_FOUND; the profiles are Work"),
            "{said}"
        );
        let line =
            r#"{"kind":"refused","actor":"a","fn":"MAPILogonEx","gave":"MAPI_E_NOT_INITIALIZED"}"#;
        let said = detail(&[line.to_owned()]).expect("it is found");
        assert!(
            said.contains("MAPILogonEx gave MAPI_E_NOT_INITIALIZED"),
            "{said}"
        );
    }
}
