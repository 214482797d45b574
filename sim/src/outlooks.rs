//! The observed policies that come with the program: what is known of versions of Outlook.

use std::io::{self, Write};
use std::path::Path;

use mapi_offline_core::KNOBS;
use mapi_offline_driver::ObservedPolicy;
use mapi_offline_scenario::suggest;

use crate::files;

/// A file of `fixtures/outlooks`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownOutlook {
    /// The version, which is the file's name.
    pub(crate) name: &'static str,
    /// Its text.
    text: &'static str,
}

/// Every one of them, by version; `build.rs` makes the list.
pub(crate) const OUTLOOKS: &[KnownOutlook] = include!(concat!(env!("OUT_DIR"), "/outlooks.rs"));

/// Reads what is known of the version of that name, or, if it is the path of a file, what the file knows.
pub(crate) fn read(name: &str) -> Result<ObservedPolicy, String> {
    if let Some(known) = OUTLOOKS.iter().find(|known| known.name == name) {
        return parse(&format!("{name}.toml"), known.text);
    }
    let path = Path::new(name);
    let is_path = path.extension().is_some() || path.components().count() > 1;
    if !is_path && !path.exists() {
        let names = OUTLOOKS.iter().map(|known| known.name);
        let help = suggest::help(name, names).unwrap_or_default();
        return Err(format!(
            "nothing is known of an Outlook `{name}`, and it is no file: {help}"
        ));
    }
    let bytes = files::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8"))?;
    parse(name, &text)
}

fn parse(file: &str, text: &str) -> Result<ObservedPolicy, String> {
    ObservedPolicy::parse(file, text).map_err(|error| error.to_string().trim_end().to_owned())
}

/// Says what is known, and of which knobs nothing is.
pub(crate) fn tell(
    observed: &ObservedPolicy,
    width: usize,
    err: &mut impl Write,
) -> io::Result<()> {
    let known = observed
        .knobs
        .iter()
        .map(|(knob, known)| format!("{knob} = {}", known.value))
        .collect::<Vec<_>>()
        .join("; ");
    let unknown: Vec<&str> = observed.unknown().map(|knob| knob.name).collect();
    let version = &observed.outlook;
    let text = format!(
        "Outlook {version}: {known}. Nothing is known of {} of {} knobs, which stay as they are: {}.",
        unknown.len(),
        KNOBS.len(),
        unknown.join(", ")
    );
    writeln!(err, "{}", textwrap::fill(&text, width))
}

#[cfg(test)]
mod tests {
    use mapi_offline_core::Policy;

    use super::*;

    #[test]
    fn every_version_can_be_read_and_sets_what_is_known_of_it_alone() {
        for outlook in OUTLOOKS {
            let observed = read(outlook.name).unwrap_or_else(|why| panic!("{why}"));
            let mut policy = Policy::default();
            policy.set("order", "reverse").expect("it has this value");
            let mut expected = observed.policy();
            expected.set("order", "reverse").expect("it has this value");
            observed.apply(&mut policy);
            assert_eq!(policy, expected, "{}", outlook.name);
        }
    }

    #[test]
    fn an_unknown_version_is_refused_and_the_known_ones_are_named() {
        let refused = read("1997").unwrap_err();
        assert!(refused.contains("expected `2003`, `2007`"), "{refused}");
        let refused = read("no/such.toml").unwrap_err();
        assert!(refused.contains("no/such.toml"), "{refused}");
    }
}
