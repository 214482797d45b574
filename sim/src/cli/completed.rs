//! Values that completions know, although others may be right too: the parser decides about these.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};
use mapi_offline_core::KNOBS;

use super::KnobSetting;
use crate::examples::EXAMPLES;
use crate::explain;

/// `KEY=VALUE` of `--policy`: each knob with each of its values.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnobSettings;

impl TypedValueParser for KnobSettings {
    type Value = KnobSetting;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<KnobSetting, Error> {
        KnobSetting::parse.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let settings = KNOBS.iter().flat_map(|knob| {
            let values = knob.values.iter();
            values.map(|value| PossibleValue::new(format!("{}={value}", knob.name)))
        });
        Some(Box::new(settings))
    }
}

/// Declares a parser of any text, of which completions know some.
macro_rules! known_texts {
    ($( $(#[$about:meta])+ $name:ident: $texts:expr; )+) => {$(
        $(#[$about])+
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name;

        impl TypedValueParser for $name {
            type Value = String;

            fn parse_ref(
                &self,
                command: &Command,
                arg: Option<&Arg>,
                value: &OsStr,
            ) -> Result<String, Error> {
                StringValueParser::new().parse_ref(command, arg, value)
            }

            fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
                Some(Box::new($texts.map(PossibleValue::new)))
            }
        }
    )+};
}

known_texts! {
    /// What can be explained.
    Subjects: explain::words();
    /// The scenarios that come with the program.
    ExampleNames: EXAMPLES.iter().map(|example| example.name);
}
