//! How things are called in traces and reports.

use std::collections::BTreeMap;

use mapi_offline_core::{Notification, ObjectId, Phase, State};
use mapi_offline_sys::{HRESULT, hresult};

/// The name of an HRESULT, or its number.
pub(crate) fn of_hresult(hr: HRESULT) -> String {
    hresult::name(hr).map_or_else(|| format!("{:#010x}", hr.0), str::to_owned)
}

/// The name of a notification type, or its number.
pub(crate) fn of_notify_type(notification: &Notification) -> String {
    Phase::from_notify_type(notification.notify_type).map_or_else(
        || format!("{:#x}", notification.notify_type),
        |phase| phase.name().to_owned(),
    )
}

/// The names of the capabilities in a mask that has no other bits.
pub(crate) fn of_capabilities(mask: u32) -> Option<&'static [&'static str]> {
    const NAMES: [&[&str]; 4] = [&[], &["OFFLINE"], &["ONLINE"], &["OFFLINE", "ONLINE"]];
    NAMES.get(mask as usize).copied()
}

/// The capabilities in a mask, in words.
pub(crate) fn describe_capabilities(mask: u32) -> String {
    match of_capabilities(mask) {
        Some([]) => "none".to_owned(),
        Some(names) => names.join(" + "),
        None => format!("{mask:#x}"),
    }
}

/// The name of a state word in an expectation that compares masked.
pub(crate) fn of_masked(word: u32) -> String {
    State::masked(word).map_or_else(|| format!("{word:#x}"), |state| state.name().to_owned())
}

/// The names of objects: a global object is called as its profile, another as its profile and,
/// behind a `/`, what its maker calls it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ObjectNames(BTreeMap<ObjectId, String>);

impl ObjectNames {
    /// The first name stays.
    pub(crate) fn set(&mut self, object: ObjectId, profile: &str, own: Option<&str>) {
        self.0.entry(object).or_insert_with(|| match own {
            None => profile.to_owned(),
            Some(own) => format!("{profile}/{own}"),
        });
    }

    pub(crate) fn get(&self, object: ObjectId) -> &str {
        self.0.get(&object).map_or("?", String::as_str)
    }
}
