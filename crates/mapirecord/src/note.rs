//! What a recorder writes besides calls and notifications.

use serde::Serialize;

/// A line that only a recorder writes.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Note<'a> {
    /// An experiment begins.
    Experiment {
        name: &'a str,
        /// What it does, which the summary says.
        #[serde(skip)]
        about: &'a str,
    },
    /// Whoever records has waited, and nothing came any more.
    Quiet,
    /// The last reference on a callback that is not the recorder's own was released.
    Release {
        client: &'a str,
        refs: u32,
        registration: &'a str,
    },
    /// Something happens to the host.
    Host { event: &'a str },
}
