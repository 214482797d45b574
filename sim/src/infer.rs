//! `mapisim infer`

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use mapi_offline_core::Policy;
use mapi_offline_infer::{Conclusion, EventJudgement, Judge, Narrowing, Verdict, read_trace};
use mapi_offline_report::{FileError, Plain, write_json};
use serde_json::{Value, json};

use crate::cli::{Format, InferArgs};
use crate::command_error::{self, CommandError};
use crate::files;
use crate::status::{Status, Stop};
use crate::terminal::{self, Stream};

/// Says what traces show.
pub(crate) fn infer(
    args: &InferArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    let done = judge(args, out);
    command_error::report_failure(done, out, err)
}

fn judge(args: &InferArgs, out: &mut impl Write) -> Result<Status, CommandError> {
    let mut judge = Judge::new();
    for setting in &args.policy {
        let mut policy = Policy::default();
        // The command line was checked when it was read.
        let _ = setting.apply(&mut policy);
        judge.hold(setting.knob(), &policy);
    }
    let mut traces = Vec::new();
    for path in &args.traces {
        let shown = files::shown(path);
        let bytes = files::read(path)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Plain::new(format!("{shown} is not UTF-8, so it is no trace")))?;
        let records = read_trace(&text).map_err(|error| {
            Plain::new(format!("{shown} is no trace: {error}"))
                .help("mapirecord and `mapisim run --trace` write traces")
        })?;
        judge.judge(&records);
        traces.push(shown);
    }
    let conclusion = judge.conclude();
    save(args, &traces, &conclusion)?;
    match args.format {
        Format::Json => write_json(&as_json(&traces, &conclusion), out)?,
        Format::Human => for_people(args.all, &traces, &conclusion, out)?,
    }
    let is_explained = conclusion.contradictions().next().is_none();
    Ok(if is_explained {
        Status::Held
    } else {
        Status::Failed
    })
}

fn save(args: &InferArgs, traces: &[String], conclusion: &Conclusion) -> Result<(), CommandError> {
    let (Some(path), Some(version), Some(years)) = (&args.save, &args.outlook_version, &args.years)
    else {
        return Ok(());
    };
    let inputs: Vec<&Path> = args.traces.iter().map(AsRef::as_ref).collect();
    files::check_save(path, &inputs)?;
    let text = conclusion.observed_policy(version, traces, years);
    fs::write(path, text).map_err(|why| FileError::unwritable(path, &why))?;
    Ok(())
}

/// What a question about a knob is called.
fn name_of(knob: &str, noise: Option<&str>) -> String {
    noise.map_or_else(|| knob.to_owned(), |noise| format!("{knob} {noise}"))
}

fn narrowing_in_words(narrowing: &Narrowing) -> String {
    format!(
        "{}: {}, not {}",
        name_of(narrowing.knob, narrowing.noise),
        narrowing.left.join(" or "),
        narrowing.excluded.join(" or ")
    )
}

fn for_people(
    all: bool,
    traces: &[String],
    conclusion: &Conclusion,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut last = None;
    for judgement in &conclusion.judgements {
        let is_plain = judgement.verdict == Verdict::Permitted;
        if is_plain && !all {
            continue;
        }
        let place = (judgement.trace, judgement.experiment.as_deref());
        if last != Some(place) {
            let experiment = judgement.experiment.as_deref().unwrap_or("the trace");
            writeln!(out, "{}: {experiment}", traces[judgement.trace])?;
            last = Some(place);
        }
        write_judgement(judgement, out)?;
    }
    let contradictions = conclusion.contradictions().count();
    let lines = conclusion.judgements.len();
    writeln!(
        out,
        "\n{lines} lines, {contradictions} of which no policy permits.\n"
    )?;
    write_knobs(conclusion, out)
}

fn write_judgement(judgement: &EventJudgement, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "  {:>5}  {}", judgement.seq, judgement.what)?;
    match &judgement.verdict {
        Verdict::Permitted => Ok(()),
        Verdict::Narrows(narrowings) => narrowings.iter().try_for_each(|narrowing| {
            writeln!(out, "         narrows {}", narrowing_in_words(narrowing))
        }),
        Verdict::Forbidden { rule, expected } => writeln!(
            out,
            "         FORBIDDEN by {rule}; the rules would have it be: {expected}"
        ),
    }
}

fn write_knobs(conclusion: &Conclusion, out: &mut impl Write) -> io::Result<()> {
    let names = conclusion.knobs.iter().map(|it| name_of(it.knob, it.noise));
    let names: Vec<String> = names.collect();
    let width = names.iter().map(String::len).max().unwrap_or_default();
    for (result, name) in conclusion.knobs.iter().zip(&names) {
        let standing = if result.is_decided() {
            "decided"
        } else if result.excluded.is_empty() {
            "not touched"
        } else {
            "narrowed"
        };
        writeln!(
            out,
            "{name:width$}  {standing:11}  {}",
            result.values.join(" or ")
        )?;
    }
    if conclusion.shuffled_is_improbable {
        writeln!(
            out,
            "\nThat the order is shuffled is not impossible, but the orders that were seen would then be an accident."
        )?;
    }
    let jointly = conclusion.jointly();
    if !jointly.is_empty() {
        writeln!(out, "\nSome values go only with others:")?;
        for row in jointly {
            let cells = row
                .iter()
                .map(|(knob, values)| format!("{knob} = {}", values.join(" or ")));
            writeln!(out, "- {}", cells.collect::<Vec<_>>().join("; "))?;
        }
    }
    write_undecided(conclusion, out)
}

fn write_undecided(conclusion: &Conclusion, out: &mut impl Write) -> io::Result<()> {
    let width = terminal::width(Stream::Out).unwrap_or(100);
    let mut last = "";
    let undecided = conclusion.knobs.iter().filter(|it| !it.is_decided());
    for result in undecided.filter(|it| !it.experiment.is_empty()) {
        if last.is_empty() {
            writeln!(out, "\nWhat would decide the rest:")?;
        }
        if last != result.knob {
            let text = format!("- {}: {}", result.knob, result.experiment);
            let options = textwrap::Options::new(width).subsequent_indent("  ");
            writeln!(out, "{}", textwrap::fill(&text, options))?;
        }
        last = result.knob;
    }
    Ok(())
}

fn as_json(traces: &[String], conclusion: &Conclusion) -> Value {
    let judgements = conclusion.judgements.iter().map(|judgement| {
        let mut line = json!({
            "trace": traces[judgement.trace],
            "seq": judgement.seq,
            "t_us": judgement.t_us,
            "experiment": judgement.experiment,
            "what": judgement.what,
        });
        match &judgement.verdict {
            Verdict::Permitted => line["verdict"] = "permitted".into(),
            Verdict::Narrows(narrowings) => {
                line["verdict"] = "narrows".into();
                let narrowings = narrowings.iter().map(|it| {
                    json!({"knob": it.knob, "noise": it.noise, "excluded": it.excluded, "left": it.left})
                });
                line["narrows"] = narrowings.collect();
            }
            Verdict::Forbidden { rule, expected } => {
                line["verdict"] = "forbidden".into();
                line["rule"] = (*rule).into();
                line["expected"] = expected.as_str().into();
            }
        }
        line
    });
    let knobs = conclusion.knobs.iter().map(|it| {
        json!({
            "knob": it.knob,
            "noise": it.noise,
            "values": it.values,
            "excluded": it.excluded,
            "decided": it.is_decided(),
            "experiment": it.experiment,
        })
    });
    json!({
        "version": 1,
        "contradictions": conclusion.contradictions().count(),
        "lines": judgements.collect::<Vec<_>>(),
        "knobs": knobs.collect::<Vec<_>>(),
        "jointly": conclusion.jointly(),
        "shuffled_is_improbable": conclusion.shuffled_is_improbable,
    })
}
