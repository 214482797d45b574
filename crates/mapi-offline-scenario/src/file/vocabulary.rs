//! The words that scenario files have for numbers and events.

use mapi_offline_core::{Phase, State};
use mapi_offline_driver::HostAction;

use crate::model::Trigger;
use mapi_offline_sys::{
    MAPI_APP_PROFILE, MAPIOFFLINE_ADVISE_TYPE_STATECHANGE, MAPIOFFLINE_CALLBACK_TYPE_NOTIFY,
    MAPIOFFLINE_CAPABILITY_OFFLINE, MAPIOFFLINE_CAPABILITY_ONLINE, MAPIOFFLINE_FLAG_BLOCK,
    MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_ALL, MAPIOFFLINE_STATE_OFFLINE,
    MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE,
};

/// The words for one kind of number. Each may also be written with a Win32 prefix:
/// `ONLINE` or `MAPIOFFLINE_STATE_ONLINE`.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// With its article, for messages.
    pub(super) what: &'static str,
    pub(super) words: &'static [(&'static str, u32)],
    prefixes: &'static [&'static str],
}

impl Vocabulary {
    /// The number that a word means.
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        let shorts = self.prefixes.iter().filter_map(|p| word.strip_prefix(p));
        let known = |word: &str| self.words.iter().find(|(known, _)| *known == word);
        std::iter::once(word)
            .chain(shorts)
            .find_map(known)
            .map(|(_, number)| *number)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.words.iter().map(|(word, _)| *word)
    }

    /// The words with each of their Win32 prefixes.
    pub(super) fn long_names(&self) -> impl Iterator<Item = String> {
        let prefixes = self.prefixes.iter();
        prefixes.flat_map(|prefix| self.names().map(move |word| format!("{prefix}{word}")))
    }
}

pub(super) const STATES: Vocabulary = Vocabulary {
    what: "a state",
    words: &[
        ("ONLINE", MAPIOFFLINE_STATE_ONLINE),
        ("OFFLINE", MAPIOFFLINE_STATE_OFFLINE),
    ],
    prefixes: &["MAPIOFFLINE_STATE_"],
};

pub(super) const CAPABILITIES: Vocabulary = Vocabulary {
    what: "a capability",
    words: &[
        ("OFFLINE", MAPIOFFLINE_CAPABILITY_OFFLINE),
        ("ONLINE", MAPIOFFLINE_CAPABILITY_ONLINE),
    ],
    prefixes: &["MAPIOFFLINE_CAPABILITY_"],
};

pub(super) const MASKS: Vocabulary = Vocabulary {
    what: "a mask",
    words: &[
        ("OFFLINE_MASK", MAPIOFFLINE_STATE_OFFLINE_MASK),
        ("STATE_ALL", MAPIOFFLINE_STATE_ALL),
        ("ALL", MAPIOFFLINE_STATE_ALL),
    ],
    prefixes: &["MAPIOFFLINE_STATE_", "MAPIOFFLINE_"],
};

pub(super) const FLAGS: Vocabulary = Vocabulary {
    what: "a flag",
    words: &[
        ("DEFAULT", MAPIOFFLINE_FLAG_DEFAULT),
        ("BLOCK", MAPIOFFLINE_FLAG_BLOCK),
    ],
    prefixes: &[
        "MAPIOFFLINE_FLAG_",
        "MAPIOFFLINE_ADVISE_",
        "MAPIOFFLINE_UNADVISE_",
    ],
};

pub(super) const PROFILE_FLAGS: Vocabulary = Vocabulary {
    what: "a flag of profile administration",
    words: &[("MAPI_APP_PROFILE", MAPI_APP_PROFILE)],
    prefixes: &[],
};

pub(super) const ADVISE_TYPES: Vocabulary = Vocabulary {
    what: "an advise type",
    words: &[("STATECHANGE", MAPIOFFLINE_ADVISE_TYPE_STATECHANGE)],
    prefixes: &["MAPIOFFLINE_ADVISE_TYPE_"],
};

pub(super) const CALLBACK_TYPES: Vocabulary = Vocabulary {
    what: "a callback type",
    words: &[("NOTIFY", MAPIOFFLINE_CALLBACK_TYPE_NOTIFY)],
    prefixes: &["MAPIOFFLINE_CALLBACK_TYPE_"],
};

/// For what has no words.
pub(super) const NUMBERS: Vocabulary = Vocabulary {
    what: "a number",
    words: &[],
    prefixes: &[],
};

pub(super) const GLOBAL_STATE: &str = "GUID_GlobalState";

/// What a provider may answer to QueryFastShutdown (HOST-5).
pub(super) const SHUTDOWN_ANSWERS: [&str; 2] = ["S_OK", "MAPI_E_NO_SUPPORT"];

/// The moments of a client that are no notifications.
pub(super) const MOMENTS: [(&str, Trigger); 3] = [
    ("CONNECT", Trigger::Connect),
    ("STARTED", Trigger::Started),
    ("DISCONNECT", Trigger::Disconnect),
];

/// The host event that is about a client.
pub(super) const USER_DISCONNECTS: &str = "disconnect";

/// Every host event.
pub(super) fn host_events() -> impl Iterator<Item = &'static str> {
    let names = HostAction::WITHOUT_CLIENT.map(HostAction::name);
    names.into_iter().chain([USER_DISCONNECTS])
}

/// The notification types, and the moments.
pub(super) fn triggers() -> impl Iterator<Item = &'static str> {
    let moments = MOMENTS.map(|(name, _)| name);
    Phase::ALL.map(Phase::name).into_iter().chain(moments)
}

/// Every notification that an expectation can name.
pub(super) fn notifications() -> impl Iterator<Item = String> {
    let states = [State::Online, State::Offline];
    let pairs = states.map(|old| states.map(|new| (old, new)));
    Phase::ALL.into_iter().flat_map(move |phase| {
        let pairs = pairs.into_iter().flatten();
        pairs.map(move |(old, new)| format!("{phase} {old}->{new}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_be_written_with_its_prefix() {
        assert_eq!(STATES.number("ONLINE"), Some(2));
        assert_eq!(STATES.number("MAPIOFFLINE_STATE_ONLINE"), Some(2));
        assert_eq!(MASKS.number("MAPIOFFLINE_STATE_ALL"), Some(0x003f_037f));
        assert_eq!(FLAGS.number("MAPIOFFLINE_UNADVISE_DEFAULT"), Some(0));
        assert_eq!(FLAGS.number("MAPIOFFLINE_FLAG_BLOCK"), Some(0x2000));
        assert_eq!(STATES.number("MAPIOFFLINE_FLAG_ONLINE"), None);
    }
}
