//! What came of a recording, in words for a person who decides whether to share it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::experiments::EXPERIMENTS;

/// A summary of a trace: each experiment, and what was called and answered in it. It says everything that the
/// trace says, save the times.
#[must_use]
pub fn summarize(trace: &str) -> String {
    let mut text = String::from(
        "What was recorded. The trace has nothing else but the times and the names of threads.\n",
    );
    for line in trace.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let word = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let _ = match word("kind").as_str() {
            "experiment" => {
                let name = word("name");
                let mut all = EXPERIMENTS.iter();
                let about = all.find(|experiment| experiment.name == name);
                let about = about.map_or("", |experiment| experiment.about);
                writeln!(text, "\n{name}: {about}")
            }
            "call" => write!(text, "  {}({})", word("fn"), fields(&line["args"])),
            "return" => writeln!(
                text,
                "  {} -> {} {}",
                word("fn"),
                word("hr"),
                fields(&line["out"])
            ),
            "notify" => writeln!(
                text,
                "\n  {} is notified: {} {} -> {}",
                word("registration"),
                word("type"),
                word("old"),
                word("new")
            ),
            "release" => writeln!(text, "  {} is released", word("registration")),
            "host" => writeln!(text, "  the host: {}", word("event")),
            "quiet" => writeln!(text, "  quiet"),
            _ => Ok(()),
        };
    }
    text
}

fn fields(of: &Value) -> String {
    let fields = of.as_object().into_iter().flatten();
    let fields = fields.map(|(key, value)| match value {
        Value::String(text) => format!("{key} {text}"),
        other => format!("{key} {other}"),
    });
    fields.collect::<Vec<_>>().join(", ")
}
