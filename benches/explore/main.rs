//! Exploration beside what else explores: every world of a scenario beside stateright, and random
//! schedules of a program beside shuttle. They take turns, and are compared by the medians.
//!
//! `cargo bench -p mapi-offline-benches --bench explore -- [worlds] [schedules]`

mod median; //    the middle of several measurements
mod program; //   the program of three threads
mod scenario; //  scenarios as values
mod schedules; // random schedules, beside shuttle
mod worlds; //    every world, beside stateright

fn main() {
    // Cargo adds `--bench`.
    let only: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    let wants = |name: &str| only.is_empty() || only.iter().any(|only| only == name);
    if wants("worlds") {
        worlds::compare();
    }
    if wants("schedules") {
        schedules::compare();
    }
}
