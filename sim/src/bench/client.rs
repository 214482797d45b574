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
    BLOCKS, ClientReport, EMPTY_CLIENT, MeasuredPoint, NotifyHistograms, PointDifference,
    measure_scenario, sizes,
};
use mapi_offline_measure::stopwatch::median;
use mapi_offline_report::{Broken, FileError, Plain, write_json};
use serde::Serialize;

use super::{chart, progress, show};
use crate::cli::{BenchArgs, Format};
use crate::command_error::{self, CommandError};
use crate::explore::{child, explain};
use crate::{Status, Stop, files};

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
    command_error::told(try_bench(args, out), out, err)
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
    let is_slower = |it: &PointDifference| limit.is_some_and(|limit| it.notify.percent_low > limit);
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
    for size in sizes() {
        announce(bar, size);
        report
            .points
            .push(measure_scenario(&parsed.scenario, size, time(args)));
    }
    was_notified(report)
}

fn of_clients(args: &BenchArgs, bar: &ProgressBar) -> Result<ClientReport, CommandError> {
    let mut options = ClientOptions::new(args.client.iter().cloned());
    options.library.clone_from(&args.library);
    options.child = child();
    options.timeout = Duration::from_secs(args.timeout.into());
    if let Some(profile) = &args.profile {
        options.profile.clone_from(profile);
    }
    let names: Vec<String> = args.client.iter().map(|path| files::shown(path)).collect();
    let mut report = ClientReport::new(names.join(", "));
    for size in sizes() {
        announce(bar, size);
        report
            .points
            .push(of_clients_at(&options, size, time(args))?);
    }
    was_notified(report)
}

fn of_clients_at(
    options: &ClientOptions,
    size: (usize, usize),
    time: Duration,
) -> Result<MeasuredPoint, CommandError> {
    let plan = MeasuringPlan {
        registrations: size.0,
        empty_client: EMPTY_CLIENT.to_owned(),
        profiles: size.1,
        blocks: BLOCKS,
        block: time / BLOCKS as u32,
    };
    let mut blocks = Vec::new();
    let end = measure_clients(options, &plan, &mut |block| blocks.push(block));
    let why = match end.map_err(|error| explain(&error))? {
        MeasuringEnd::Done => return Ok(point(size, &blocks)),
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

/// What the blocks come to.
fn point(size: (usize, usize), blocks: &[MeasuredBlock]) -> MeasuredPoint {
    let mut histograms = NotifyHistograms::new();
    let mut runs = Vec::new();
    for block in blocks {
        for time in &block.times {
            if let Some(client) = block.clients.get(time.client) {
                histograms.record(client, time.notify_type, time.nanos);
            }
        }
        histograms.end_block();
        runs.extend(&block.runs);
    }
    MeasuredPoint {
        run_ns: if runs.is_empty() {
            0.0
        } else {
            median(&mut runs)
        },
        kept_bytes_per_notify: kept(blocks),
        ..MeasuredPoint::new(size, histograms.times(), EMPTY_CLIENT)
    }
}

/// Bytes in use after the last block more than after the first, for each notification between.
fn kept(blocks: &[MeasuredBlock]) -> Option<f64> {
    let [first, later @ ..] = blocks else {
        return None;
    };
    let notified: u64 = later.iter().map(|block| block.notified).sum();
    let more = later.last()?.bytes_in_use? as f64 - first.bytes_in_use? as f64;
    (notified > 0).then(|| more / notified as f64)
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
    fn what_is_kept_is_told_for_each_notification_after_the_first_block() {
        let block = |notified, bytes_in_use| MeasuredBlock {
            notified,
            bytes_in_use,
            ..MeasuredBlock::default()
        };
        let blocks = [
            block(1_000, Some(10_000)),
            block(50, Some(10_500)),
            block(50, Some(11_600)),
        ];
        assert_eq!(kept(&blocks), Some(16.0));
        assert_eq!(kept(&blocks[..1]), None);
        assert_eq!(kept(&[block(1, None), block(1, None)]), None);
        assert_eq!(kept(&[block(0, Some(1)), block(0, Some(1))]), None);
    }
}
