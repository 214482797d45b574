//! The process that plays client libraries: it does what the program tells it, and may die.

use std::cell::RefCell;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use mapi_offline_page::PageRecording;

use super::ClientError;
use super::libraries::{Libraries, Loaded};
use super::measure::measure;
use super::messages::{ChildOrder, ChildReply, ClientProblem, FoundWay, Job, MARK, PossibleTurn};
use super::progress_file::{ProgressFile, WrittenDown};
use crate::policies::noise_called;
use crate::sample::{Keep, sample};
use crate::stacks::{Beginning, Execution, Keeps, RealClients};
use crate::strategy::SampledStrategy;
use crate::system::System;

/// Between two reports of how far a strategy is.
const A_REPORT: Duration = Duration::from_millis(50);

/// Plays client libraries for the program that has started this process, and that has given it
/// three pipes as its standard streams ([`ChildProgram`](super::ChildProgram)). Comes back when
/// that program wants nothing more.
#[must_use]
pub fn serve_clients() -> ExitCode {
    let mut job = String::new();
    let _ = io::stdin().read_line(&mut job);
    let Ok(job) = serde_json::from_str::<Job>(&job) else {
        eprintln!("this command is for mapisim itself");
        return ExitCode::from(2);
    };
    quiet_system_dialogs();
    let orders = take_orders();
    match serve(&job, &orders) {
        Ok(()) => {}
        Err(refused) => reply(&ChildReply::Refused(refused)),
    }
    ExitCode::SUCCESS
}

/// Takes orders on a thread of its own: when the program has gone, so does this process, even if a
/// client never comes back.
fn take_orders() -> Receiver<ChildOrder> {
    let (give, take) = channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let order = serde_json::from_str(&line);
            if order.is_ok_and(|order| give.send(order).is_err()) {
                break;
            }
        }
        std::process::exit(0);
    });
    take
}

/// Says something to the program.
fn reply(reply: &ChildReply) {
    let Ok(text) = serde_json::to_string(reply) else {
        return;
    };
    let line = format!("{MARK}{text}\n");
    let mut out = io::stdout().lock();
    if out
        .write_all(line.as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        // Nobody listens any more.
        std::process::exit(0);
    }
}

fn serve(job: &Job, orders: &Receiver<ChildOrder>) -> Result<(), ClientError> {
    let options = job.options();
    let trace: Rc<dyn Fn(&str)> = Rc::new(|line| reply(&ChildReply::Traced(line.to_owned())));
    let recording: Rc<dyn Fn(PageRecording)> = Rc::new(|part| reply(&ChildReply::Recorded(part)));
    let libraries = Libraries::load(&options)?.kept_by(trace, recording);
    let mut progress = ProgressFile::open(&job.progress).map_err(ClientError::no_process)?;
    reply(&ChildReply::Ready(libraries.names()));
    while let Ok(order) = orders.recv() {
        match order {
            ChildOrder::Start {
                noise,
                lets_fail,
                records,
            } => {
                let beginning = Beginning {
                    noise: noise.map(|names| noise_called(&names).unwrap_or_default()),
                    lets_fail,
                    keeps: Keeps {
                        trace: true,
                        recording: records,
                    },
                };
                let Some(execution) = libraries.begin_with(beginning) else {
                    break;
                };
                play(execution, orders);
            }
            ChildOrder::Sample(strategy) => play_all(&libraries, strategy, &mut progress)?,
            ChildOrder::Measure(plan) => {
                let failed = measure(&libraries, &plan, &mut |block| {
                    reply(&ChildReply::Measured(block));
                })?;
                let failed = failed.as_ref().map(ClientProblem::from);
                reply(&ChildReply::MeasuredAll(failed));
            }
            ChildOrder::Play(_) | ChildOrder::Decides(_) | ChildOrder::End(_) => {}
        }
        if let Some(refused) = libraries.take_refused() {
            return Err(refused);
        }
    }
    libraries.take_refused().map_or(Ok(()), Err)
}

/// Plays one execution as the program decides.
fn play(mut execution: Execution<'_>, orders: &Receiver<ChildOrder>) {
    let mut turns = Vec::new();
    let mut look = |execution: &mut Execution<'_>| {
        execution.turns(&mut turns);
        let mut memory = Vec::new();
        let choices = execution.choices(&turns, &mut memory).iter();
        // Nothing is offered where the execution has come to its end.
        let possible = choices.take(turns.len()).map(PossibleTurn::from);
        reply(&ChildReply::Possible(possible.collect()));
    };
    look(&mut execution);
    while let Ok(order) = orders.recv() {
        match order {
            ChildOrder::Play(place) => {
                execution.play(place);
                look(&mut execution);
            }
            ChildOrder::Decides(words) => execution.decides(&words),
            ChildOrder::End(is_over) => {
                execution.end(is_over);
                let mut problems = Vec::new();
                execution.take_problems(&mut |problem| {
                    problems.push(ClientProblem::from(&problem));
                });
                reply(&ChildReply::Ended {
                    problems,
                    is_spoilt: execution.is_spoilt(),
                });
                return;
            }
            ChildOrder::Start { .. } | ChildOrder::Sample(_) | ChildOrder::Measure(_) => {}
        }
    }
}

/// Plays whatever a strategy tries, and says what is found.
fn play_all(
    libraries: &Libraries<'_>,
    strategy: SampledStrategy,
    progress: &mut ProgressFile,
) -> Result<(), ClientError> {
    let mut strategy = WrittenDown {
        strategy: strategy.begin(),
        file: progress,
    };
    let keep = Keep::of_real_clients();
    let (mut reported, known) = (Instant::now(), RefCell::new(Vec::new()));
    let found = sample(
        &mut || libraries.begin(Keeps::NOTHING),
        &mut strategy,
        &keep,
        &mut |found| {
            let ways = found.problems.iter();
            let ways: Vec<_> = ways.map(|way| (way.length, way.found_after)).collect();
            let is_new = *known.borrow() != ways;
            if is_new || reported.elapsed() > A_REPORT {
                reported = Instant::now();
                known.replace(ways);
                reply(&ChildReply::Sampled {
                    schedules: found.schedules,
                    found: is_new.then(|| FoundWay::of(found)),
                });
            }
            true
        },
    );
    if let Some(refused) = libraries.take_refused() {
        return Err(refused);
    }
    reply(&ChildReply::Sampled {
        schedules: found.schedules,
        found: Some(FoundWay::of(&found)),
    });
    reply(&ChildReply::Finished {
        exhausted: found.exhausted,
        is_spoilt: found.is_spoilt,
    });
    Ok(())
}

/// A crash is told by the program: Windows need not show a window of its own, which waits for
/// somebody to close it.
#[cfg(windows)]
fn quiet_system_dialogs() {
    const SEM_FAILCRITICALERRORS: u32 = 0x1;
    const SEM_NOGPFAULTERRORBOX: u32 = 0x2;
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn SetErrorMode(mode: u32) -> u32;
    }
    // SAFETY: it takes a number, and changes what this process shows.
    let _ = unsafe { SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX) };
}

/// A crash is told by the program, and no other system shows it too.
#[cfg(not(windows))]
const fn quiet_system_dialogs() {}
