//! The fan-out once more, with all contenders in one run, those in C++ included: they take turns
//! in small batches and are compared by the medians. Besides, what criterion has no place for.
//!
//! `cargo bench -p mapi-offline-benches --bench versus -- [PROGRAM]`; PROGRAM is what
//! `cpp/rivals.cpp` was compiled to. The results go to a file for the charts as well.

mod process; // contenders in another program

#[path = "../rivals/mod.rs"]
#[expect(dead_code, reason = "that receivers come and go is measured elsewhere")]
mod rivals;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use mapi_offline_benches::memory::{Counting, counted_bytes_per_registration};
use mapi_offline_benches::results::{self, ContenderTime, Speedup, Versus};
use mapi_offline_measure::phase::{self, Phases};
use mapi_offline_measure::registered::{PHASES, RegisteredSinks, Thread};
use mapi_offline_measure::sizes::{FANOUTS, PARALLEL_SINKS};
use mapi_offline_measure::stopwatch::{Contender, medians};
use mapi_offline_measure::{latency, parallel, sink};
use process::Program;
use rivals::{Broadcast, Channels, Cloned, Rival, Snapshot};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// For each size.
const TIME: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let program = std::env::args_os()
        .skip(1)
        .find(|arg| !arg.to_string_lossy().starts_with("--"));
    match measure(program.map(PathBuf::from)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("versus: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(program: Option<PathBuf>) -> io::Result<()> {
    let mut versus = Versus::default();
    println!("One phase in turns, ns a notification");
    for sinks in FANOUTS {
        let turns = fanout(sinks, program.as_deref())?;
        println!("\n{sinks} sinks");
        for turn in &turns {
            let ratio = turn.ns / turns[0].ns;
            println!(
                "  {:<24} {:>9.2}  {ratio:>6.2} x ours",
                turn.contender, turn.ns
            );
        }
        versus.fanout.extend(turns);
    }
    for sinks in [1, PARALLEL_SINKS] {
        let speedup = Speedup {
            sinks,
            ours: parallel::speedup(sinks, TIME),
            bare: parallel::bare_speedup(sinks, TIME),
        };
        println!("\nTwo profiles of {sinks} sinks on two threads, beside one: {speedup:.2?}");
        versus.parallel.push(speedup);
    }
    versus.bytes_per_registration =
        counted_bytes_per_registration(1 << 20).expect("the allocator counts");
    println!(
        "\nBytes a registration: {:.1}",
        versus.bytes_per_registration
    );
    versus.latency = latency::measure(TIME).percentiles();
    println!(
        "\nNanoseconds to Notify through the worker: {:#?}",
        versus.latency
    );
    std::fs::write(results::versus(), serde_json::to_vec_pretty(&versus)?)
}

/// Everybody's median at one size, ours first.
fn fanout(sinks: usize, program: Option<&std::path::Path>) -> io::Result<Vec<ContenderTime>> {
    let with_clock = phase::sinks(sinks);
    let mut ours = Phases::of_ours(&with_clock);
    let mut bare = Phases::of_bare(&with_clock);
    let mut registered = RegisteredSinks::new(Thread::Caller, &sink::sinks(sinks));
    let mut names: Vec<String> = ["mapi-offline", "mapi-offline, with its call", "bare loop"]
        .map(str::to_owned)
        .into();
    let mut contenders = vec![
        Contender::timed(sinks, |phases| ours.run(phases)),
        Contender::new(PHASES * sinks, || registered.toggle()),
        Contender::timed(sinks, |phases| bare.run(phases)),
    ];
    rival::<Cloned>(sinks, &mut names, &mut contenders);
    rival::<Snapshot>(sinks, &mut names, &mut contenders);
    rival::<Broadcast>(sinks, &mut names, &mut contenders);
    rival::<Channels>(sinks, &mut names, &mut contenders);
    if let Some(program) = program {
        for name in Program::start(program)?.contenders()? {
            let mut process = Program::start(program)?;
            process.make(sinks, &name)?;
            names.push(name);
            contenders.push(Contender::timed(sinks, move |calls| {
                process.run(calls).expect("the other program answers")
            }));
        }
    }
    let turns = names.into_iter().zip(medians(&mut contenders, TIME));
    Ok(turns
        .map(|(contender, ns)| ContenderTime {
            contender,
            sinks,
            ns,
        })
        .collect())
}

fn rival<R: Rival + 'static>(
    sinks: usize,
    names: &mut Vec<String>,
    contenders: &mut Vec<Contender<'_>>,
) {
    let mut rival = R::new(sinks);
    names.push(R::NAME.to_owned());
    contenders.push(Contender::new(sinks, move || rival.deliver()));
}
