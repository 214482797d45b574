//! Tries a property on many cases, and says how to replay what fails.

use std::env;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestError, TestRunner};
use thiserror::Error;

/// The environment variable that has one case played and no other: the one that this seed makes.
/// `random` has other cases played in every run.
pub const SEED: &str = "PROPERTY_SEED";

/// Which cases a property is tried on. Every case has a seed of its own, so that a failure is
/// replayed without the cases before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeds {
    /// Cases whose seeds are drawn from this number: the same ones in every run.
    From(u64),
    /// Other cases in every run.
    Fresh,
    /// One case only: the one that this seed makes.
    One(u64),
}

impl Seeds {
    /// What the environment asks for: [`SEED`], or else `PROPTEST_RNG_SEED`.
    fn asked(seed: Option<&str>, config: &Config) -> Self {
        match (seed.map(str::trim), config.rng_seed) {
            (Some("random"), _) => Self::Fresh,
            (Some(seed), _) => {
                let seed = seed.parse();
                Self::One(seed.expect("PROPERTY_SEED is a number, or random"))
            }
            (None, RngSeed::Fixed(base)) => Self::From(base),
            (None, RngSeed::Random) => Self::From(0),
        }
    }
}

/// How many cases a property is tried on, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cases {
    /// So many. `PROPTEST_CASES` in the environment asks for another number.
    pub number: u32,
    /// How often a failing case is made smaller at most.
    pub shrinks: u32,
    /// Which ones.
    pub seeds: Seeds,
}

impl Default for Cases {
    /// 256 cases, the same ones in every run, unless [`SEED`] in the environment asks for others
    /// or for one, or `PROPTEST_RNG_SEED` for those that are drawn from another number than 0.
    ///
    /// # Panics
    /// If [`SEED`] is set, and is neither a number nor `random`.
    fn default() -> Self {
        let config = Config::default();
        Self {
            number: config.cases,
            shrinks: 20_000,
            seeds: Seeds::asked(env::var(SEED).ok().as_deref(), &config),
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
    pub minimal: Box<T>,
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

    /// The seeds of the cases.
    fn seeds(&self) -> Vec<u64> {
        let rng_seed = match self.seeds {
            Seeds::One(seed) => return vec![seed],
            Seeds::From(base) => RngSeed::Fixed(base),
            Seeds::Fresh => RngSeed::Random,
        };
        let config = Config {
            rng_seed,
            ..Config::default()
        };
        let mut seeds = TestRunner::new(config).new_rng();
        (0..self.number).map(|_| seeds.next_u64()).collect()
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
        for seed in self.seeds() {
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
                    minimal: Box::new(minimal),
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
/// use mapi_offline_proptest::{holds, policies};
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
            (failed.reason.as_str(), &*failed.minimal),
            ("a big number", &vec![501])
        );
        let again = Cases {
            seeds: Seeds::One(failed.seed),
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
    fn the_cases_are_the_same_in_every_run_unless_others_are_asked_for() {
        let seeds = |seeds| {
            let number = 100;
            let cases = Cases {
                number,
                shrinks: 0,
                seeds,
            };
            cases.seeds()
        };
        assert_eq!(seeds(Seeds::From(0)).len(), 100);
        assert_eq!(seeds(Seeds::From(0)), seeds(Seeds::From(0)));
        assert_ne!(seeds(Seeds::From(0)), seeds(Seeds::From(1)));
        assert_ne!(seeds(Seeds::Fresh), seeds(Seeds::Fresh));
        assert_eq!(seeds(Seeds::One(7)), [7]);
    }

    #[test]
    fn the_environment_asks_for_cases() {
        let asked = |seed, rng_seed| {
            let config = Config {
                rng_seed,
                ..Config::default()
            };
            Seeds::asked(seed, &config)
        };
        assert_eq!(asked(None, RngSeed::Random), Seeds::From(0));
        assert_eq!(asked(None, RngSeed::Fixed(3)), Seeds::From(3));
        assert_eq!(asked(Some("random"), RngSeed::Fixed(3)), Seeds::Fresh);
        assert_eq!(asked(Some(" 7 "), RngSeed::Fixed(3)), Seeds::One(7));
    }

    #[test]
    fn a_failure_says_how_to_replay_it() {
        let one = Cases {
            seeds: Seeds::One(7),
            ..Cases::default()
        };
        let failed = one.try_run(Just(1), |_| panic!("always"));
        let shown = failed.expect_err("it always fails").to_string();
        let line = "replay with: PROPERTY_SEED=7 cargo test -p mapi-offline-proptest \
                    holds::tests::a_failure_says_how_to_replay_it -- --exact";
        assert!(
            shown.starts_with("always\n\nthe smallest case found: 1\n"),
            "{shown}"
        );
        assert!(shown.ends_with(line), "{shown}");
    }
}
