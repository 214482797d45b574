//! `mapisim bench SCENARIO` and `mapisim bench --client LIBRARY`

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use mapi_offline_explore::{
    ClientOptions, MeasuredBlock, MeasuringEnd, MeasuringPlan, measure_clients,
};
use mapi_offline_measure::client::{
    BLOCKS, ClientReport, EMPTY_CLIENT, PointDifference, PointMeasurement, TimeVerdict,
    measure_scenario, sizes,
};
use mapi_offline_report::{Broken, FileError, Plain, write_json};
use serde::Serialize;

use super::table::progress;
use super::{chart, show};
use crate::cli::{BenchArgs, Format};
use crate::command_error::{self, CommandError};
use crate::explore::{client_options, explain};
use crate::files;
use crate::status::{Status, Stop};

/// What is printed as JSON: the report, and how it differs from a baseline.
#[derive(Debug, Serialize)]
struct ClientBenchJson<'a> {
    #[serde(flatten)]
    report: &'a ClientReport,
    /// Not there without `--baseline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<&'a [PointDifference]>,
}

/// Measures, compares, and prints the results.
pub(super) fn bench(
    args: &BenchArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    command_error::report_failure(try_bench(args, out), out, err)
}

fn try_bench(args: &BenchArgs, out: &mut impl Write) -> Result<Status, CommandError> {
    // What cannot be read or written is told before anything is measured.
    let inputs: Vec<&Path> = args
        .scenario
        .iter()
        .chain(&args.client)
        .map(AsRef::as_ref)
        .collect();
    for place in args.save_baseline.iter().chain(&args.report) {
        files::check_place(place, &inputs)?;
    }
    let baseline = args
        .baseline
        .as_deref()
        .map(|path| Ok::<_, CommandError>((path, read(path)?)));
    let baseline = baseline.transpose()?;
    let bar = progress();
    let report = match &args.scenario {
        Some(path) => of_scenario(args, path, &bar),
        None => of_clients(args, &bar),
    };
    bar.finish_and_clear();
    let report = report?;
    let differences =
        baseline.map(|(path, baseline)| report.compare(&baseline).map_err(|why| unfit(path, &why)));
    let differences = differences.transpose()?;
    if let Some(path) = &args.save_baseline {
        save(path, |file| write_json(&report, file))?;
    }
    if let Some(path) = &args.report {
        save(path, |file| {
            chart::write(&report, differences.as_deref(), file)
        })?;
    }
    match args.format {
        Format::Json => {
            let json = ClientBenchJson {
                report: &report,
                differences: differences.as_deref(),
            };
            write_json(&json, out)?;
        }
        Format::Human => show::show(&report, differences.as_deref(), out)?,
    }
    let limit = args.deny_slower.map(f64::from);
    let is_slower = |it: &PointDifference| {
        it.notify.verdict == TimeVerdict::Slower
            && limit.is_some_and(|limit| it.notify.percent_low > limit)
    };
    let fails = differences.is_some_and(|differences| differences.iter().any(is_slower));
    Ok(if fails { Status::Failed } else { Status::Held })
}

/// Reads a baseline.
fn read(path: &Path) -> Result<ClientReport, CommandError> {
    let bytes = fs::read(path).map_err(|why| FileError::unreadable(path, &why))?;
    ClientReport::read(&bytes).map_err(|why| unfit(path, &why))
}

/// It is no baseline for this.
fn unfit(path: &Path, why: &impl std::fmt::Display) -> CommandError {
    Plain::new(format!("cannot compare with {}: {why}", files::shown(path)))
        .help("`mapisim bench --save-baseline FILE` writes one")
        .into()
}

fn save(
    path: &Path,
    write: impl FnOnce(&mut io::BufWriter<File>) -> io::Result<()>,
) -> Result<(), FileError> {
    let written = File::create(path).and_then(|file| {
        let mut file = io::BufWriter::new(file);
        write(&mut file)?;
        file.flush()
    });
    written.map_err(|why| FileError::unwritable(path, &why))
}

/// How long each measurement takes.
fn time(args: &BenchArgs) -> Duration {
    Duration::from_millis(if args.quick { 100 } else { 1_000 })
}

fn announce(bar: &ProgressBar, (registrations, profiles): (usize, usize)) {
    bar.set_message(format!(
        "{registrations} more registrations, {profiles} more profiles"
    ));
    bar.tick();
}

fn of_scenario(
    args: &BenchArgs,
    path: &Path,
    bar: &ProgressBar,
) -> Result<ClientReport, CommandError> {
    let bytes = files::read(path)?;
    let parsed =
        mapi_offline_scenario::parse(&files::shown(path), &bytes).map_err(Broken::Scenario)?;
    let mut report = ClientReport::new(files::shown(path));
    let sizes: Vec<_> = sizes().collect();
    report.points = measure_scenario(&parsed.scenario, &sizes, time(args), |size| {
        announce(bar, size);
    });
    was_notified(report)
}

fn of_clients(args: &BenchArgs, bar: &ProgressBar) -> Result<ClientReport, CommandError> {
    let mut options = client_options(&args.client, args.library.as_deref(), args.timeout);
    if let Some(profile) = &args.profile {
        options.profile.clone_from(profile);
    }
    let names: Vec<String> = args.client.iter().map(|path| files::shown(path)).collect();
    let mut report = ClientReport::new(names.join(", "));
    let mut points: Vec<_> = sizes().map(PointMeasurement::new).collect();
    for _ in 0..BLOCKS {
        for point in &mut points {
            announce(bar, point.size());
            measure_block(&options, point, time(args) / BLOCKS as u32)?;
        }
    }
    report.points = points.into_iter().map(PointMeasurement::finish).collect();
    was_notified(report)
}

/// Measures for so long, in a new process. Between two halves memory is looked at.
fn measure_block(
    options: &ClientOptions,
    point: &mut PointMeasurement,
    time: Duration,
) -> Result<(), CommandError> {
    let (registrations, profiles) = point.size();
    let plan = MeasuringPlan {
        registrations,
        empty_client: EMPTY_CLIENT.to_owned(),
        profiles,
        blocks: 2,
        block: time / 2,
    };
    let mut halves = Vec::new();
    let end = measure_clients(options, &plan, &mut |half| halves.push(half));
    let why = match end.map_err(|error| explain(&error))? {
        MeasuringEnd::Done => {
            add(point, &halves);
            return Ok(());
        }
        MeasuringEnd::Failed(how) => how,
        MeasuringEnd::Crashed(how) => format!("a client crashed while it was measured: {how}"),
        MeasuringEnd::Stuck(time) => format!(
            "a client did not come back for {} s while it was measured",
            time.as_secs()
        ),
    };
    let help = "`mapisim explore --client` says who was where, and how to get there again";
    Err(Plain::new(why).help(help).into())
}

/// Adds what a process has measured.
fn add(point: &mut PointMeasurement, halves: &[MeasuredBlock]) {
    for half in halves {
        for time in &half.times {
            if let Some(client) = half.clients.get(time.client) {
                point
                    .histograms
                    .record(client, time.notify_type, time.nanos);
            }
        }
        point.runs.extend(&half.runs);
    }
    point.histograms.end_block();
    if let [first, second] = halves
        && let Some((before, after)) = first.bytes_in_use.zip(second.bytes_in_use)
    {
        point.add_kept(after as f64 - before as f64, second.notified);
    }
}

/// A measurement of nothing says nothing.
fn was_notified(report: ClientReport) -> Result<ClientReport, CommandError> {
    if report.points.iter().any(|point| !point.clients.is_empty()) {
        return Ok(report);
    }
    let nobody = format!("no client of {} was notified", report.measured);
    Err(Plain::new(nobody)
        .help("a client is notified that has registered with Advise when the state changes")
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_that_of_the_second_half() {
        let half = |notified, bytes_in_use| MeasuredBlock {
            notified,
            bytes_in_use,
            ..MeasuredBlock::default()
        };
        let kept = |halves: &[MeasuredBlock]| {
            let mut point = PointMeasurement::new((1, 0));
            add(&mut point, halves);
            point.finish().kept_bytes_per_notify
        };
        let halves = [half(1_000, Some(10_000)), half(100, Some(11_600))];
        assert_eq!(kept(&halves), Some(16.0));
        assert_eq!(kept(&halves[..1]), None);
        assert_eq!(kept(&[half(1, None), half(1, None)]), None);
    }
}
