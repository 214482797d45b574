//! What criterion left behind.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// All results, by group, function and parameter; the parameter is 0 where there is none.
#[derive(Default)]
pub struct Measured(BTreeMap<String, BTreeMap<String, BTreeMap<u64, Median>>>);

/// The median of one benchmark.
#[derive(Clone, Copy)]
pub struct Median {
    /// Nanoseconds an iteration.
    pub ns: f64,
    /// How much one iteration works on.
    pub elements: u64,
}

impl Median {
    /// Nanoseconds for each element.
    pub fn each(self) -> f64 {
        self.ns / self.elements as f64
    }
}

impl Measured {
    /// The functions of a group with their results, both sorted.
    pub fn group(&self, group: &str) -> impl Iterator<Item = (&str, &BTreeMap<u64, Median>)> {
        let functions = self.0.get(group).into_iter().flatten();
        functions.map(|(function, medians)| (function.as_str(), medians))
    }

    /// One result.
    pub fn get(&self, group: &str, function: &str, parameter: u64) -> Option<Median> {
        self.0.get(group)?.get(function)?.get(&parameter).copied()
    }
}

/// Reads criterion's folder: a group in a folder, in it a function, in it a parameter if there is
/// one, and in it the latest results in `new`.
pub fn read(folder: &Path) -> io::Result<Measured> {
    let mut measured = Measured::default();
    walk(folder, &mut measured)?;
    Ok(measured)
}

#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
struct Throughput {
    #[serde(rename = "Elements")]
    elements: Option<u64>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

fn walk(folder: &Path, measured: &mut Measured) -> io::Result<()> {
    let new = folder.join("new");
    if new.join("benchmark.json").is_file() {
        let benchmark: Benchmark = json(&new.join("benchmark.json"))?;
        let estimates: Estimates = json(&new.join("estimates.json"))?;
        let parameter = benchmark.value_str.and_then(|value| value.parse().ok());
        let elements = benchmark.throughput.and_then(|it| it.elements);
        let median = Median {
            ns: estimates.median.point_estimate,
            elements: elements.unwrap_or(1),
        };
        let group = measured.0.entry(benchmark.group_id).or_default();
        let function = benchmark.function_id.unwrap_or_default();
        let function = group.entry(function).or_default();
        function.insert(parameter.unwrap_or(0), median);
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(|error| tell(folder, &error))? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, measured)?;
        }
    }
    Ok(())
}

fn json<T: DeserializeOwned>(file: &Path) -> io::Result<T> {
    let text = fs::read(file).map_err(|error| tell(file, &error))?;
    serde_json::from_slice(&text).map_err(|error| tell(file, &error.into()))
}

fn tell(file: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", file.display()))
}
