//! Exploration beside what else explores: every world of a scenario beside stateright, and random
//! schedules of a program beside shuttle. They take turns, and are compared by the medians.
//!
//! `cargo bench -p mapi-offline-benches --bench explore`

mod program; //   the program of three threads
mod scenario; //  scenarios as values
mod schedules; // random schedules, beside shuttle
mod worlds; //    every world, beside stateright

fn main() {
    worlds::compare();
    println!();
    schedules::compare();
}

/// The middle one of an odd number.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
