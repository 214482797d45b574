//! Clients that reach nothing in an exploration: what passed was not tested (finding `never-reached`).
//!
//! A client that reaches nothing in any execution has tested nothing. It is looked for where nothing fails, in a few
//! executions with a trace.

use mapi_offline::{EventLog, Function, Reach, Value, Words};

use crate::problem::Problem;

/// In so many executions it is looked for: the first in the order of what is possible, and then at random.
pub(crate) const EXECUTIONS: u64 = 16;

/// Takes in what happened, if it says something of what that client does.
fn take_in(reach: &mut Reach, words: &Words<'_>, client: &str) {
    match words {
        Words::Call {
            actor,
            function,
            args,
        } if actor == client => {
            let opens = [Function::HrOpenOfflineObj, Function::HrCreateOfflineObj];
            let is_it = opens.iter().any(|&opens| *function == opens.into());
            if let Some(Value::Text(profile)) = args.get("profile").filter(|_| is_it) {
                reach.opens(profile);
            }
        }
        Words::Return {
            actor,
            function,
            hr,
            ..
        } if actor == client => reach.returned(*function, *hr),
        Words::Refused {
            actor: Some(actor),
            function,
            gave,
            ..
        } if actor == client => reach.refused(*function, *gave),
        _ => {}
    }
}

/// Says that `client` reached nothing in an execution, of which `log` says what happened, if that is so. `profiles`: the
/// names that it could have opened, if they are known.
pub(crate) fn never_reached(log: &EventLog, client: &str, profiles: &[String]) -> Option<Problem> {
    let mut reach = Reach::default();
    for event in log.events() {
        take_in(&mut reach, &event.what, client);
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
        format!(
            r#"{{"seq":0,"t_us":0,"kind":"return","actor":"{actor}","fn":"{function}","hr":"{hr}","out":{{}}}}"#
        )
    }

    fn detail(lines: &[String]) -> Option<String> {
        match never_reached(
            &EventLog::read(&lines.join("\n")),
            "a",
            &["Work".to_owned()],
        )? {
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
        let call = r#"{"seq":0,"t_us":0,"kind":"call","actor":"a","fn":"HrOpenOfflineObj","args":{"profile":"W"}}"#;
        let refused = returns("a", "HrOpenOfflineObj", "MAPI_E_NOT_FOUND");
        let said = detail(&[call.to_owned(), refused]).expect("it is found");
        assert!(
            said.contains("HrOpenOfflineObj(\"W\") gave MAPI_E_NOT_FOUND; the profiles are Work"),
            "{said}"
        );
        let line = r#"{"seq":0,"t_us":0,"kind":"refused","actor":"a","fn":"MAPILogonEx","object":null,"gave":"MAPI_E_NOT_INITIALIZED"}"#;
        let said = detail(&[line.to_owned()]).expect("it is found");
        assert!(
            said.contains("MAPILogonEx gave MAPI_E_NOT_INITIALIZED"),
            "{said}"
        );
    }
}
