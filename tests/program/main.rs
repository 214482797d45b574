//! The program as a user runs it.

mod bench; //   its measurements
mod bench_clients; // those of a user's own clients
mod book; //    the book
mod ci; //      results for CI
mod cli; //     what it prints, where, and how it ends
mod clients; // client libraries, explored
mod coverage; // `--coverage` and `--jobs`
mod endings; // what stays when something ends too early
mod explore; // scenarios, explored
mod exploring; // the stories in fixtures/exploring
#[cfg(unix)]
mod faults; //  what the machine does to it
mod folders; // folders of scenarios
mod golden; //  its traces, byte for byte
mod growth; //  runs that only grow
mod new; //     what a newcomer meets first
mod replays; // failures, replayed
mod report; //  timeline pages
mod run_options; // the options of `run`
mod support; // how it is run
mod verdicts; // what a verdict leaves out, and the exit status
