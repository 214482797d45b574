//! The scenarios that come with the program.

use mapi_offline_scenario::Parsed;

/// A scenario that comes with the program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Example {
    /// The name of its file without the extension, behind that of its folder if it is to be explored.
    pub(crate) name: &'static str,
    /// Its text.
    pub(crate) text: &'static str,
}

/// Every one of them, by folders, each in the order of the names; `build.rs` makes the list.
pub(crate) const EXAMPLES: &[Example] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

impl Example {
    /// The example of that name, with or without `.toml`.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        let name = name.strip_suffix(".toml").unwrap_or(name);
        EXAMPLES.iter().find(|example| example.name == name)
    }

    /// The example, read.
    pub(crate) fn parsed(&self) -> Parsed {
        let name = format!("{}.toml", self.name);
        let parsed = mapi_offline_scenario::parse(&name, self.text.as_bytes());
        parsed.expect("a test reads every example")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_a_scenario_and_has_a_name_of_its_own() {
        for example in EXAMPLES {
            assert!(!example.parsed().scenario.title.is_empty());
            let found = Example::find(example.name).expect("it is found");
            assert_eq!(found.text, example.text, "{}", example.name);
        }
        assert!(Example::find("toggle.toml").is_some());
    }
}
