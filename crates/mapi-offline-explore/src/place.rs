//! Which call a problem is about, as what happened says.

use mapi_offline::{EventLog, FoundPlace, PlacedCall, Words};
use mapi_offline_core::FindingId;

use crate::problem::Problem;

/// Which thing a problem is about, and which calls it goes back to: as what happened in an execution says in which it
/// shows.
pub(crate) fn in_log(problem: &Problem, log: &EventLog) -> FoundPlace {
    let Problem::Finding { id, client, .. } = problem else {
        return FoundPlace::default();
    };
    let client = client.as_deref();
    let (mut last, mut open): (Option<PlacedCall>, Vec<PlacedCall>) = (None, Vec::new());
    for event in log.events() {
        match &event.what {
            Words::Finding {
                id: found,
                client: whom,
                place,
                ..
            } if found == id && whom.as_deref() == client => return place.clone(),
            Words::Call {
                actor, function, ..
            } if Some(&**actor) == client => {
                let call = PlacedCall {
                    seq: event.seq,
                    function: *function,
                    gave: None,
                    line: None,
                };
                open.push(call.clone());
                last = Some(call);
            }
            Words::Return {
                actor, function, ..
            } if Some(&**actor) == client => {
                let place = open.iter().rposition(|call| call.function == *function);
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
        call,
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

    const CALLS: &str = r#"{"seq":0,"t_us":0,"kind":"call","actor":"a","fn":"HrOpenOfflineObj","args":{}}
{"seq":1,"t_us":0,"kind":"return","actor":"a","fn":"HrOpenOfflineObj","hr":"S_OK","out":{}}
{"seq":2,"t_us":0,"kind":"call","actor":"a","fn":"SetCurrentState","args":{}}
{"seq":3,"t_us":0,"kind":"call","actor":"b","fn":"Advise","args":{}}
"#;

    #[test]
    fn a_client_that_does_not_come_back_is_in_the_call_that_has_not_returned() {
        let place = in_log(&finding(FindingId::Crashed), &EventLog::read(CALLS));
        assert_eq!(place.to_string(), "in call 2 (SetCurrentState)");
        assert_eq!(
            in_log(
                &finding(FindingId::NotDeterministic),
                &EventLog::read(CALLS)
            ),
            FoundPlace::default()
        );
    }

    #[test]
    fn a_finding_of_the_emulation_says_itself_where() {
        let found = r#"{"seq":4,"t_us":0,"kind":"finding","id":"leaked-reference","client":"a","rule":"LIFE-3","detail":"",
            "where":{"object":"Work","calls":[{"seq":0,"fn":"HrOpenOfflineObj"}]}}"#;
        let trace = format!("{CALLS}{}\n", found.replace('\n', ""));
        let place = in_log(
            &finding(FindingId::LeakedReference),
            &EventLog::read(&trace),
        );
        assert_eq!(place.to_string(), "Work, from call 0 (HrOpenOfflineObj)");
    }
}
