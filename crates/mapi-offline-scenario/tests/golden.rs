//! The golden traces, byte for byte, without the program: on machines, too, that have no explorer.

use std::fs;
use std::path::{Path, PathBuf};

use mapi_offline_driver::TraceWriter;
use mapi_offline_scenario::{parse, run};

/// The scenarios with a golden trace beside them, sorted.
fn with_golden_trace() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios");
    let files = fs::read_dir(folder).expect("the folder is there");
    let mut scenarios: Vec<PathBuf> = files
        .map(|file| file.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|it| it == "toml"))
        .filter(|path| path.with_extension("trace.jsonl").exists())
        .collect();
    scenarios.sort();
    scenarios
}

#[test]
fn traces_are_the_golden_ones() {
    let scenarios = with_golden_trace();
    assert!(scenarios.len() > 5, "{} golden traces", scenarios.len());
    for file in scenarios {
        let name = file.display().to_string();
        let parsed = parse(&name, &fs::read(&file).expect("it can be read"));
        let scenario = parsed.expect("it is a scenario").scenario;
        let mut trace = TraceWriter::new(Vec::new());
        let _ = run(&scenario, Some(&mut trace));
        let trace = String::from_utf8(trace.finish().expect("memory takes all")).expect("UTF-8");
        let golden = fs::read_to_string(file.with_extension("trace.jsonl"));
        let golden = golden.expect("it can be read");
        // The last line says that the file is whole.
        let (events, end) = golden.trim_end().rsplit_once('\n').expect("lines");
        assert!(end.ends_with(r#""kind":"end"}"#), "{name}: {end}");
        assert_eq!(trace.trim_end(), events, "{name}");
    }
}
