//! What is asked of the module, asked natively.

use serde_json::Value;

use super::*;

const READS_FIRST: &str = include_str!("../../../fixtures/exploring/reads-then-advises.toml");

fn ask(request: &PlayRequest) -> Value {
    let request = serde_json::to_vec(request).expect("a request is JSON");
    serde_json::from_str(&answer(&request)).expect("an answer is JSON")
}

fn labels(answer: &Value) -> Vec<String> {
    let turns = answer["turns"].as_array().expect("there are turns");
    let label = |turn: &Value| {
        let chosen = turn["chosen"].as_u64().expect("a place") as usize;
        turn["possible"][chosen]
            .as_str()
            .expect("a label")
            .to_owned()
    };
    turns.iter().map(label).collect()
}

fn of(text: &str) -> PlayRequest {
    PlayRequest {
        name: "scenario.toml".to_owned(),
        text: text.to_owned(),
        ..PlayRequest::default()
    }
}

/// What comes of each other turn of an order: its labels, and what is found.
fn others(request: &PlayRequest) -> Vec<(Vec<String>, String)> {
    let answer = ask(request);
    let whole = labels(&answer);
    let turns = answer["turns"].as_array().expect("there are turns");
    let mut others = Vec::new();
    for (number, turn) in turns.iter().enumerate() {
        for label in turn["possible"].as_array().expect("labels") {
            let mut schedule = whole[..number].to_vec();
            schedule.push(label.as_str().expect("a label").to_owned());
            let answer = ask(&PlayRequest {
                schedule: schedule.clone(),
                ..request.clone()
            });
            let played = labels(&answer);
            assert_eq!(played[..=number], schedule);
            others.push((
                played,
                answer["finding"].as_str().expect("a name").to_owned(),
            ));
        }
    }
    others
}

#[test]
fn other_turns_lead_to_the_finding_that_the_order_of_the_file_lacks() {
    let request = of(READS_FIRST);
    assert_eq!(ask(&request)["finding"], "");
    assert_eq!(ask(&request)["is_over"], true);
    let found = others(&request).into_iter().any(|(schedule, finding)| {
        let request = PlayRequest {
            schedule,
            ..request.clone()
        };
        let mut others = others(&request).into_iter();
        finding == "stale-belief" || others.any(|(_, finding)| finding == "stale-belief")
    });
    assert!(found);
}

#[test]
fn a_turn_is_at_the_time_of_its_number() {
    let request = PlayRequest {
        trace: true,
        ..of(READS_FIRST)
    };
    let answer = ask(&request);
    let trace = answer["trace"].as_str().expect("a trace");
    let times = |call: &str| -> Vec<usize> {
        let own = trace.lines().filter(|line| line.contains(call));
        let time = |line: &str| {
            let event: Value = serde_json::from_str(line).expect("a trace is JSON Lines");
            event["t_us"].as_u64().expect("a time") as usize
        };
        own.map(time).collect()
    };
    let labels = labels(&answer);
    let turn = labels.iter().position(|label| label.ends_with(" Advise"));
    let turn = turn.expect("the provider advises") + 1;
    assert!(times("\"Advise\"").contains(&turn), "{trace}");
    assert!(
        times("").iter().all(|&time| time <= labels.len()),
        "{trace}"
    );
}

#[test]
fn what_is_not_possible_is_refused() {
    let request = PlayRequest {
        schedule: vec!["nobody 1 Advise".to_owned()],
        ..of(READS_FIRST)
    };
    assert_eq!(ask(&request)["error"], "turn 1 cannot be `nobody 1 Advise`");
    assert_eq!(ask(&of("title"))["error"], "scenario.toml is no scenario");
    let request = PlayRequest {
        kept: Some(vec![true]),
        ..of(READS_FIRST)
    };
    assert_eq!(ask(&request)["error"], "scenario.toml has other steps");
}

#[test]
fn what_goes_round_for_ever_is_a_livelock() {
    let text = include_str!("../../../fixtures/exploring/revert-loop.toml");
    let answer = ask(&of(text));
    assert_eq!(answer["finding"], "livelock");
    assert!(labels(&answer).len() < TURNS_MAX);
}
