//! Which call a problem is about, as its trace says.

use mapi_offline::FoundPlace;
use mapi_offline_core::FindingId;
use serde_json::{Map, Value};

use crate::problem::Problem;

/// Which thing a problem is about, and which calls it goes back to: as the trace of an execution says in which it
/// shows.
pub(crate) fn in_trace(problem: &Problem, trace: &str) -> FoundPlace {
    let Problem::Finding { id, client, .. } = problem else {
        return FoundPlace::default();
    };
    let lines = trace.lines();
    let events = lines.filter_map(|line| serde_json::from_str::<Map<String, Value>>(line).ok());
    let client = client.as_deref();
    let (mut last, mut open): (Option<Value>, Vec<Value>) = (None, Vec::new());
    for event in events {
        let text = |key: &str| event.get(key).and_then(Value::as_str);
        match text("kind") {
            Some("finding") if text("id") == Some(id.name()) && text("client") == client => {
                let place = event.get("where").cloned().unwrap_or_default();
                return serde_json::from_value(place).unwrap_or_default();
            }
            Some("call") if client.is_some() && text("actor") == client => {
                last = Some(Value::Object(event.clone()));
                open.extend(last.clone());
            }
            Some("return") if client.is_some() && text("actor") == client => {
                let is_it = |call: &Value| call.get("fn") == event.get("fn");
                let place = open.iter().rposition(is_it);
                place.map(|place| open.remove(place));
            }
            _ => {}
        }
    }
    let call = match id {
        // Where the execution was cut off, the client was in the call that has not returned.
        FindingId::Crashed | FindingId::Stuck => open.pop(),
        FindingId::NeverReached => last,
        _ => None,
    };
    FoundPlace {
        call: call.and_then(|call| serde_json::from_value(call).ok()),
        ..FoundPlace::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(id: FindingId) -> Problem {
        Problem::Finding {
            id,
            client: Some("a".to_owned()),
            rule: String::new(),
            detail: String::new(),
        }
    }

    const CALLS: &str = r#"{"seq":0,"kind":"call","actor":"a","fn":"HrOpenOfflineObj","args":{}}
{"seq":1,"kind":"return","actor":"a","fn":"HrOpenOfflineObj","hr":"S_OK","out":{}}
{"seq":2,"kind":"call","actor":"a","fn":"SetCurrentState","args":{}}
{"seq":3,"kind":"call","actor":"b","fn":"Advise","args":{}}
"#;

    #[test]
    fn a_client_that_does_not_come_back_is_in_the_call_that_has_not_returned() {
        let place = in_trace(&finding(FindingId::Crashed), CALLS);
        assert_eq!(place.to_string(), "in call 2 (SetCurrentState)");
        assert_eq!(
            in_trace(&finding(FindingId::NotDeterministic), CALLS),
            FoundPlace::default()
        );
    }

    #[test]
    fn a_finding_of_the_emulation_says_itself_where() {
        let found = r#"{"seq":4,"kind":"finding","id":"leaked-reference","client":"a","rule":"LIFE-3","detail":"",
            "where":{"object":"Work","calls":[{"seq":0,"fn":"HrOpenOfflineObj"}]}}"#;
        let trace = format!("{CALLS}{}\n", found.replace('\n', ""));
        let place = in_trace(&finding(FindingId::LeakedReference), &trace);
        assert_eq!(place.to_string(), "Work, from call 0 (HrOpenOfflineObj)");
    }
}
