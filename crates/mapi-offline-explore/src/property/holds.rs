//! Tries a property on many cases, and says how to replay what fails.

use std::env;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestError, TestRunner};
use thiserror::Error;

/// The environment variable that has one case played and no other: the one that this seed makes.
pub const SEED: &str = "PROPERTY_SEED";

/// How many cases a property is tried on.
///
/// Every case has a seed of its own, so that a failure is replayed without the cases before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cases {
    /// So many. `PROPTEST_CASES` in the environment asks for another number.
    pub number: u32,
    /// How often a failing case is made smaller at most.
    pub shrinks: u32,
    /// One case only: the one that this seed makes.
    pub seed: Option<u64>,
}

impl Default for Cases {
    /// 256 cases, or the one that [`SEED`] in the environment says.
    ///
    /// # Panics
    /// If [`SEED`] is set and is no number.
    fn default() -> Self {
        let seed = env::var(SEED).ok();
        Self {
            number: Config::default().cases,
            shrinks: 20_000,
            seed: seed.map(|seed| seed.trim().parse().expect("PROPERTY_SEED is a number")),
        }
    }
}

/// A property that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}\n\nthe smallest case found: {minimal:#?}\n\nreplay with: {}", .replay)]
pub struct Failed<T: Debug> {
    /// What the test panicked with, in the smallest case.
    pub reason: String,
    /// The smallest case that was found to fail.
    pub minimal: T,
    /// The seed of the case that failed first; it leads to `minimal` again.
    pub seed: u64,
    /// The command that plays that case and no other.
    pub replay: String,
}

impl Cases {
    /// So many, or more if `PROPTEST_CASES` says so.
    #[must_use]
    pub fn at_least(number: u32) -> Self {
        let cases = Self::default();
        Self {
            number: cases.number.max(number),
            ..cases
        }
    }

    /// Runs `test` on values of `strategy`. It fails by panicking.
    ///
    /// # Panics
    /// If it fails: with the reason, the smallest case, and the line that replays it.
    pub fn run<S: Strategy>(&self, strategy: S, test: impl Fn(S::Value)) {
        if let Err(failed) = self.try_run(strategy, test) {
            panic!("{failed}");
        }
    }

    /// As [`Cases::run`], and gives the failure back.
    ///
    /// # Errors
    /// The failure, made small.
    ///
    /// # Panics
    /// If the strategy gives no value.
    pub fn try_run<S: Strategy>(
        &self,
        strategy: S,
        test: impl Fn(S::Value),
    ) -> Result<(), Failed<S::Value>> {
        let mut seeds = TestRunner::new(Config::default()).new_rng();
        let number = if self.seed.is_some() { 1 } else { self.number };
        for _ in 0..number {
            let seed = self.seed.unwrap_or_else(|| seeds.next_u64());
            let mut runner = TestRunner::new(Config {
                rng_seed: RngSeed::Fixed(seed),
                // Several times as fast as the default in an unoptimized build.
                rng_algorithm: RngAlgorithm::XorShift,
                max_shrink_iters: self.shrinks,
                failure_persistence: None,
                ..Config::default()
            });
            let case = strategy.new_tree(&mut runner).expect("a value");
            let held = runner.run_one(case, |value| {
                test(value);
                Ok(())
            });
            if let Err(TestError::Fail(reason, minimal)) = held {
                return Err(Failed {
                    reason: reason.message().to_owned(),
                    minimal,
                    seed,
                    replay: replay(seed),
                });
            }
        }
        Ok(())
    }
}

/// Runs `test` on 256 values of `strategy` (`PROPTEST_CASES` asks for another number). It fails
/// by panicking.
///
/// ```
/// use mapi_offline::Outlook;
/// use mapi_offline_explore::property::{holds, policies};
///
/// holds(policies(), |policy| {
///     let outlook = Outlook::builder().policy(policy).profile("Work").build().expect("a name");
///     outlook.work_offline();
///     outlook.run_until_idle();
///     assert_eq!(outlook.state("Work"), Some(mapi_offline::State::Offline));
/// });
/// ```
///
/// # Panics
/// If it fails: with the reason, the smallest case, and the line that replays it.
pub fn holds<S: Strategy>(strategy: S, test: impl Fn(S::Value)) {
    Cases::default().run(strategy, test);
}

/// The command that plays the case of `seed` in the test that is running. The test harness calls
/// the thread after the test, and cargo says which package it tests.
fn replay(seed: u64) -> String {
    let package = env::var("CARGO_PKG_NAME").ok();
    let package = package.map_or_else(String::new, |package| format!(" -p {package}"));
    let thread = std::thread::current();
    let test = thread.name().filter(|name| *name != "main");
    let test = test.map_or_else(String::new, |test| format!(" {test} -- --exact"));
    format!("{SEED}={seed} cargo test{package}{test}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails if any number is above 500.
    fn small(numbers: Vec<u32>) {
        assert!(numbers.iter().all(|&number| number <= 500), "a big number");
    }

    fn numbers() -> impl Strategy<Value = Vec<u32>> {
        proptest::collection::vec(0..1000_u32, 0..30)
    }

    #[test]
    fn the_seed_of_a_failure_plays_the_same_case_again_and_no_other() {
        let failed = Cases::default().try_run(numbers(), small);
        let failed = failed.expect_err("there are big numbers");
        assert_eq!(
            (failed.reason.as_str(), &failed.minimal),
            ("a big number", &vec![501])
        );
        let again = Cases {
            seed: Some(failed.seed),
            ..Cases::default()
        };
        let (played, largest) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        let counts = |values: Vec<u32>| {
            played.set(played.get() + 1);
            largest.set(values.into_iter().max().unwrap_or(0));
        };
        again.try_run(numbers(), counts).expect("it only counts");
        assert_eq!(played.get(), 1);
        assert!(largest.get() > 500, "the case that failed");
        assert_eq!(again.try_run(numbers(), small), Err(failed));
    }

    #[test]
    fn a_failure_says_how_to_replay_it() {
        let one = Cases {
            seed: Some(7),
            ..Cases::default()
        };
        let failed = one.try_run(Just(1), |_| panic!("always"));
        let shown = failed.expect_err("it always fails").to_string();
        let line = "replay with: PROPERTY_SEED=7 cargo test -p mapi-offline-explore \
                    property::holds::tests::a_failure_says_how_to_replay_it -- --exact";
        assert!(
            shown.starts_with("always\n\nthe smallest case found: 1\n"),
            "{shown}"
        );
        assert!(shown.ends_with(line), "{shown}");
    }
}
