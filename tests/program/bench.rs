//! `mapisim bench`: what it measures. How fast it is, no test says.

use serde_json::Value;

use crate::support::mapisim;

/// The numbers of one kind, each under exactly these keys.
fn points<'r>(report: &'r Value, kind: &str, keys: &[&str]) -> &'r [Value] {
    let points = report[kind].as_array().expect("a list");
    assert!(!points.is_empty(), "{kind} was not measured");
    for point in points {
        numbers(point, keys);
    }
    points
}

/// An object with exactly these keys, whose values are numbers above 0.
fn numbers(object: &Value, keys: &[&str]) {
    let object = object.as_object().expect("an object");
    assert!(object.keys().eq(keys), "{:?}", object.keys());
    for (key, value) in object {
        assert!(value.as_f64().is_some_and(|it| it > 0.0), "{key}: {value}");
    }
}

#[test]
fn a_quick_bench_says_everything_as_json() {
    let ran = mapisim(["bench", "--quick", "--format", "json"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(ran.stderr, "");
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let keys: Vec<&str> = report
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "fanout",
        "advise",
        "transition",
        "open",
        "parallel",
        "bytes_per_registration",
    ];
    assert_eq!(keys.len(), expected.len(), "{keys:?}");
    assert!(expected.iter().all(|key| keys.contains(key)), "{keys:?}");
    let fanout = points(
        &report,
        "fanout",
        &["bare_ns", "ns_per_notify", "ratio", "sinks"],
    );
    points(&report, "advise", &["live", "ns_per_pair"]);
    points(&report, "transition", &["ns", "sinks"]);
    points(&report, "open", &["ns", "profiles"]);
    numbers(&report["parallel"], &["speedup", "threads"]);
    assert_eq!(report["parallel"]["threads"], 2);
    assert!(
        report["bytes_per_registration"]
            .as_f64()
            .is_some_and(|it| it > 0.0)
    );
    let sinks: Vec<_> = fanout.iter().map(|point| point["sinks"].as_u64()).collect();
    assert!(
        sinks.starts_with(&[Some(1), Some(8), Some(64)]),
        "{sinks:?}"
    );
}
