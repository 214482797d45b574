//! Values that completions know, although others may be right too: the parser decides about these.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};
use mapi_offline_core::KNOBS;

use super::settings::{KnobSetting, OutlookSetting};
use crate::examples::EXAMPLES;
use crate::explain;
use crate::outlooks::OUTLOOKS;

/// Declares a parser of values of a type, of whose texts completions know some.
macro_rules! known_values {
    ($( $(#[$about:meta])+ $name:ident -> $value:ty = $parser:expr, $texts:expr; )+) => {$(
        $(#[$about])+
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name;

        impl TypedValueParser for $name {
            type Value = $value;

            fn parse_ref(
                &self,
                command: &Command,
                arg: Option<&Arg>,
                value: &OsStr,
            ) -> Result<$value, Error> {
                $parser.parse_ref(command, arg, value)
            }

            fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
                Some(Box::new($texts.map(PossibleValue::new)))
            }
        }
    )+};
}

known_values! {
    /// `KEY=VALUE` of `--policy`: each knob with each of its values.
    KnobSettings -> KnobSetting = KnobSetting::parse, KNOBS.iter().flat_map(|knob| {
        let values = knob.values.iter();
        values.map(|value| format!("{}={value}", knob.name))
    });
    /// Versions of Outlook; a file's name is right too.
    Outlooks -> OutlookSetting = OutlookSetting::parse, OUTLOOKS.iter().map(|outlook| outlook.name);
    /// What can be explained.
    Subjects -> String = StringValueParser::new(), explain::words();
    /// The scenarios that come with the program.
    ExampleNames -> String = StringValueParser::new(), EXAMPLES.iter().map(|example| example.name);
}
