//! By which names clients ask for `HrOpenOfflineObj` (OPEN-8), for a door that has exports.

use mapi_offline_core::{ClientId, Finding};

use super::Outlook;

impl Outlook {
    /// The name of the client on whose behalf calls are made now.
    #[doc(hidden)]
    #[must_use]
    pub fn current_client_name(&self) -> String {
        self.machine.name_of(self.machine.current_client())
    }

    /// At the very end: tells of the clients that have asked for the decorated name alone. `asked_so`: whether the
    /// client of that name has; `None` is whoever was nobody's client.
    #[doc(hidden)]
    pub fn find_decorated_names(&self, asked_so: impl Fn(Option<&str>) -> bool) {
        if asked_so(None) {
            self.machine.found(Finding::decorated_name(None));
        }
        let clients = self.machine.clients.borrow().clone();
        for (client, name) in (0..).map(ClientId).zip(&clients) {
            if asked_so(Some(name)) {
                self.machine.found(Finding::decorated_name(Some(client)));
            }
        }
    }
}
