//! Scenario files: TOML in, a checked scenario out, or every mistake at its place.

mod bless; //      what a run gave, written over what a file expects
mod calls; //      which keys belong to which call
mod check; //      from the format to the model
mod format; //     the types of a file
mod one_or_many; // a table, or a list of them
mod problem; //    what can be wrong
mod read; //       from text to the format
mod schema; //     the JSON Schema
mod source; //     where things stand in a file
pub mod suggest; //    which known word was probably meant
mod vocabulary; // the words for numbers and events
mod word; //       a name or a number, and its place

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use bless::{Blessed, bless};
pub use problem::Mistake;
pub use source::{Place, Source};

use crate::model::Scenario;
use problem::{Fault, Problems};

/// The JSON Schema of scenario files.
#[must_use]
pub fn json_schema() -> schemars::Schema {
    schema::without_nulls::<format::File>()
}

/// A file that is a scenario.
#[derive(Debug)]
pub struct Parsed {
    /// The scenario.
    pub scenario: Scenario,
    /// Its text, for reports that show lines of it.
    pub source: Arc<Source>,
}

/// Reads a scenario from the bytes of a file.
///
/// # Errors
/// What is wrong with it, in the order of the file; never nothing.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Parsed, Vec<Mistake>> {
    let mut problems = Problems::default();
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let lossy = String::from_utf8_lossy(bytes);
            let source = Arc::new(Source::new(name.to_owned(), &lossy));
            let at = error.valid_up_to();
            let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
            let help = is_utf16.then(|| "it looks like UTF-16: save it as UTF-8".to_owned());
            problems.say(&(at..at + 1), Fault::NotUtf8(at), help);
            return Err(problems.within(&source));
        }
    };
    let source = Arc::new(Source::new(name.to_owned(), text));
    let file = read::read(text, &mut problems);
    let scenario = file.map(|file| check::check(&file, &source, &mut problems));
    match scenario {
        Some(scenario) if problems.is_empty() => Ok(Parsed { scenario, source }),
        _ => Err(problems.within(&source)),
    }
}
