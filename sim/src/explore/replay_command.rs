//! The commands that lead to a failure again.

use std::path::Path;

use super::save;
use crate::cli::{Deny, ExploreArgs, PolicyList, StrategyName};
use crate::files::{self, word};

/// The command that replays the failure of that number, from 1. If it was not saved, the one that
/// saves it stands before.
pub(super) fn command(args: &ExploreArgs, number: usize) -> String {
    let usual = Path::new("failure.toml");
    let file = save::place(args.save.as_deref().unwrap_or(usual), number);
    let mut replay = format!("mapisim replay {}", word(&files::shown(&file)));
    if let Some(library) = &args.library {
        replay = format!("{replay} --library {}", word(&files::shown(library)));
    }
    if args.save.is_some() {
        return replay;
    }
    format!("{} --save failure.toml; {replay}", explore(args))
}

/// The command that explores again, with what decides the result.
fn explore(args: &ExploreArgs) -> String {
    let mut words = vec!["mapisim explore".to_owned()];
    let mut option = |name: &str, value: String| words.push(format!("--{name} {}", word(&value)));
    match args.strategy {
        StrategyName::Random => {}
        StrategyName::Pct => option("strategy", "pct".to_owned()),
        StrategyName::Dfs => option("strategy", "dfs".to_owned()),
    }
    if !args.exhaustive && args.schedules != 10_000 {
        option("schedules", args.schedules.to_string());
    }
    if let Some(seed) = args.seed {
        option("seed", seed.to_string());
    }
    if let Some(depth) = args.depth {
        option("depth", depth.to_string());
    }
    if let Some(states) = args.states {
        option("states", states.to_string());
    }
    if let Some(memory) = args.memory {
        option("memory", memory.to_string());
    }
    if args.faults > 0 {
        option("faults", args.faults.to_string());
    }
    if args.policies == PolicyList::Documented {
        option("policies", "documented".to_owned());
    }
    for (name, value) in args.policy.options() {
        option(name, value);
    }
    match args.deny {
        Deny::Error => {}
        Deny::Warning => option("deny", "warning".to_owned()),
        Deny::Note => option("deny", "note".to_owned()),
    }
    for client in &args.client {
        option("client", files::shown(client));
    }
    if let Some(library) = &args.library {
        option("library", files::shown(library));
    }
    if let Some(profile) = &args.profile {
        option("profile", profile.clone());
    }
    if args.timeout != 10 {
        option("timeout", args.timeout.to_string());
    }
    if args.exhaustive {
        words.push("--exhaustive".to_owned());
    }
    if let Some(scenario) = &args.scenario {
        words.push(word(&files::shown(scenario)));
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn of(line: &[&str], number: usize) -> String {
        let line = ["mapisim", "explore"].iter().chain(line);
        let Command::Explore(args) = Cli::parse_from(line).command else {
            panic!("it explores");
        };
        command(&args, number)
    }

    #[test]
    fn a_failure_that_was_saved_is_replayed() {
        assert_eq!(
            of(&["--save", "f.toml", "a.toml"], 1),
            "mapisim replay f.toml"
        );
        assert_eq!(
            of(&["--save", "f.toml", "a.toml"], 3),
            "mapisim replay f-3.toml"
        );
        assert_eq!(
            of(&["--save", "a b.toml", "a.toml"], 1),
            "mapisim replay \"a b.toml\""
        );
    }

    #[test]
    fn one_that_was_not_is_found_again_with_what_decides_it() {
        assert_eq!(
            of(&["a.toml"], 1),
            "mapisim explore a.toml --save failure.toml; mapisim replay failure.toml"
        );
        let line = "--strategy pct --depth 4 --seed 7 --schedules 99 --faults 2 --policies documented \
                    --policy noise=state-bits,notifications a.toml";
        let line: Vec<&str> = line.split_whitespace().collect();
        let again = of(&line, 2);
        let (explore, replay) = again.split_once("; ").expect("two commands");
        assert_eq!(replay, "mapisim replay failure-2.toml");
        for option in line {
            assert!(
                explore.split(' ').any(|word| word == option),
                "{option}: {again}"
            );
        }
        assert!(of(&["--exhaustive", "--states", "5", "a.toml"], 1).contains("--exhaustive"));
    }
}
