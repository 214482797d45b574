//! How the host quits (HOST-2): whom it asks, and what becomes of a profile's session.

use crate::ids::ClientId;
use crate::policy::Quit;

/// What the quitting host does about one client that has not disconnected yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AtQuit {
    /// The client disconnects, as in an add-in's OnDisconnection.
    Disconnects,
    /// The client is not asked.
    IsPassedOver,
    /// The client is not asked as long as it holds a reference, and the host waits for it
    /// (finding `keeps-host-alive`).
    KeepsHostAlive,
}

impl Quit {
    /// What the quitting host does about a client. `requires_notification`: the client has RequireShutdownNotification.
    /// `holds_reference`: whether it holds a reference on an object of the host's, which is asked only where that
    /// matters.
    pub fn of_client(
        self,
        requires_notification: bool,
        holds_reference: impl FnOnce() -> bool,
    ) -> AtQuit {
        match self {
            Self::Waits if holds_reference() => AtQuit::KeepsHostAlive,
            Self::Fast if !requires_notification => AtQuit::IsPassedOver,
            Self::Asks | Self::Fast | Self::Waits => AtQuit::Disconnects,
        }
    }
}

/// How the session of a profile ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd<'a> {
    /// The profile logs off (LIFE-3): what clients have left over is reported, except for these, which
    /// the quitting host has not asked.
    LogOff {
        /// The clients of which nothing is reported.
        not_asked: &'a [ClientId],
    },
    /// The process ends without a log-off (HOST-2, `quit = fast`): nothing is reported and no callback is
    /// released.
    WithProcess,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_2_a_quitting_host_asks_a_client_as_its_way_to_quit_says() {
        let at_quit = |quit: Quit| {
            [(false, false), (false, true), (true, false), (true, true)]
                .map(|(requires, holds)| quit.of_client(requires, || holds))
        };
        assert_eq!(at_quit(Quit::Asks), [AtQuit::Disconnects; 4]);
        let (passed, asked) = (AtQuit::IsPassedOver, AtQuit::Disconnects);
        assert_eq!(at_quit(Quit::Fast), [passed, passed, asked, asked]);
        let kept = AtQuit::KeepsHostAlive;
        assert_eq!(at_quit(Quit::Waits), [asked, kept, asked, kept]);
    }
}
