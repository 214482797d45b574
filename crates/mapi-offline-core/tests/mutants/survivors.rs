//! The list, and what is wrong with it.

use std::collections::BTreeMap;

use toml::{Table, Value};

/// The list, from the root of the repository.
pub(crate) const FILE: &str = "crates/mapi-offline-core/tests/mutants/survivors.toml";

/// A mutant, as it can be found again when lines have moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SurvivorKey {
    /// The path from the root of the repository.
    pub(crate) file: String,
    /// The line in which the change begins, without what is blank around it.
    pub(crate) line: String,
    /// The column of that line, from 1, at which the change begins.
    pub(crate) column: usize,
    /// What cargo-mutants calls it, without the place.
    pub(crate) mutant: String,
}

impl SurvivorKey {
    /// As it stands in the list.
    fn entry(&self, reason: &str) -> String {
        let mut entry = Table::new();
        entry.insert("file".into(), Value::from(self.file.as_str()));
        entry.insert("line".into(), Value::from(self.line.as_str()));
        let mutant = format!("{}: {}", self.column, self.mutant);
        entry.insert("mutants".into(), Value::Array(vec![Value::from(mutant)]));
        entry.insert("reason".into(), Value::from(reason));
        format!("[[survivors]]\n{entry}")
    }
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MutantOutcome {
    /// No test fails.
    Missed,
    /// A test fails, or never ends.
    Noticed,
    /// It does not compile.
    Unviable,
}

impl MutantOutcome {
    /// What cargo-mutants says of it.
    ///
    /// # Panics
    /// If it says something else of mutants by now.
    pub(crate) fn of_summary(word: &str) -> Self {
        match word {
            "MissedMutant" => Self::Missed,
            "CaughtMutant" | "Timeout" => Self::Noticed,
            "Unviable" => Self::Unviable,
            _ => panic!("`{word}` is no outcome of a mutant that is known here"),
        }
    }
}

/// The mutants that make no difference, each with the reason.
#[derive(Debug, Default)]
pub(crate) struct ListedSurvivors(BTreeMap<SurvivorKey, String>);

impl ListedSurvivors {
    /// Reads the list.
    ///
    /// # Panics
    /// If it is not as its first lines say, or names a mutant twice.
    pub(crate) fn parse(text: &str) -> Self {
        let list: Table = text.parse().unwrap_or_else(|e| panic!("{FILE}: {e}"));
        let entries = list.get("survivors").and_then(Value::as_array);
        let mut listed = BTreeMap::new();
        for entry in entries.into_iter().flatten() {
            let text = |name: &str| {
                let value = entry.get(name).and_then(Value::as_str);
                value.unwrap_or_else(|| panic!("{FILE}: no `{name}` in\n{entry}"))
            };
            let mutants = entry.get("mutants").and_then(Value::as_array);
            for mutant in mutants.expect("`mutants`, a list") {
                let parts = mutant.as_str().and_then(|it| it.split_once(": "));
                let (column, mutant) = parts.expect("a column and a mutant");
                let key = SurvivorKey {
                    file: text("file").to_owned(),
                    line: text("line").to_owned(),
                    column: column.parse().expect("the number of a column"),
                    mutant: mutant.to_owned(),
                };
                let twice = listed.insert(key.clone(), text("reason").to_owned());
                assert!(twice.is_none(), "{FILE}: {key:?} stands there twice");
            }
        }
        Self(listed)
    }

    /// What is wrong with the list itself. `source` gives the text of a file.
    pub(crate) fn stale(&self, source: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let mut problems = Vec::new();
        for (key, reason) in &self.0 {
            let text = source(&key.file).unwrap_or_default();
            if !text.lines().any(|line| line.trim() == key.line) {
                let (file, line) = (&key.file, &key.line);
                problems.push(format!("{FILE}: {file} has no line `{line}` any more"));
            }
            if reason.trim().is_empty() {
                problems.push(format!("{FILE}: say why of {key:?}"));
            }
        }
        problems
    }

    /// What is wrong, given every mutant that there is, and what became of some of them.
    pub(crate) fn judge(
        &self,
        made: &[SurvivorKey],
        outcomes: &[(SurvivorKey, MutantOutcome)],
    ) -> Vec<String> {
        let mut problems = Vec::new();
        for key in self.0.keys().filter(|key| !made.contains(key)) {
            problems.push(format!(
                "{FILE}: there is no such mutant any more: {key:?}. Delete it."
            ));
        }
        for (key, outcome) in outcomes {
            let is_listed = self.0.contains_key(key);
            match outcome {
                MutantOutcome::Missed if !is_listed => problems.push(format!(
                    "no test notices this mutant. Write one, or say here why it makes no difference:\n{}",
                    key.entry("")
                )),
                MutantOutcome::Noticed | MutantOutcome::Unviable if is_listed => problems.push(
                    format!("{FILE}: {outcome:?} by now: {key:?}. Delete it."),
                ),
                _ => {}
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"
        [[survivors]]
        file = "a.rs"
        line = "a + b"
        mutants = ["3: replace + with * in sum"]
        reason = "both are 2"
    "#;

    fn key() -> SurvivorKey {
        SurvivorKey {
            file: "a.rs".to_owned(),
            line: "a + b".to_owned(),
            column: 3,
            mutant: "replace + with * in sum".to_owned(),
        }
    }

    fn other() -> SurvivorKey {
        SurvivorKey {
            mutant: "replace + with - in sum".to_owned(),
            ..key()
        }
    }

    #[test]
    fn a_listed_survivor_may_survive() {
        let listed = ListedSurvivors::parse(LIST);
        let none = listed.judge(&[key()], &[(key(), MutantOutcome::Missed)]);
        assert_eq!(none, Vec::<String>::new());
    }

    #[test]
    fn another_may_not_and_the_entry_that_is_missing_is_said() {
        let made = [key(), other()];
        let outcomes = made.clone().map(|key| (key, MutantOutcome::Missed));
        let [problem] = &ListedSurvivors::parse(LIST).judge(&made, &outcomes)[..] else {
            panic!("one problem");
        };
        let (_, entry) = problem.split_once('\n').expect("what to do, and an entry");
        let again = ListedSurvivors::parse(entry);
        assert_eq!(again.0.keys().collect::<Vec<_>>(), [&other()]);
    }

    #[test]
    fn one_that_a_test_notices_or_that_is_gone_is_not_listed() {
        let listed = ListedSurvivors::parse(LIST);
        let outcome = |outcome| listed.judge(&[key()], &[(key(), outcome)]).len();
        assert_eq!(outcome(MutantOutcome::Noticed), 1);
        assert_eq!(outcome(MutantOutcome::Unviable), 1);
        assert_eq!(listed.judge(&[other()], &[]).len(), 1);
    }

    #[test]
    fn a_listed_line_is_there_and_has_a_reason() {
        let listed = ListedSurvivors::parse(LIST);
        assert!(listed.stale(|_| Some("    a + b\n".to_owned())).is_empty());
        assert_eq!(listed.stale(|_| Some("a + c\n".to_owned())).len(), 1);
        assert_eq!(listed.stale(|_| None).len(), 1);
        let without = ListedSurvivors::parse(&LIST.replace("both are 2", " "));
        assert_eq!(without.stale(|_| Some("a + b\n".to_owned())).len(), 1);
    }
}
