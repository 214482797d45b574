//! What a trace says of the host, in values.

use mapi_offline_core::HostEvent;
use mapi_offline_driver::HostAction;

/// What a client says after a quit: whether the host has asked it to disconnect.
pub(crate) fn was_asked(event: &str) -> Option<bool> {
    match event {
        "asked-to-disconnect" => Some(true),
        "not-asked-to-disconnect" => Some(false),
        _ => None,
    }
}

/// The event of that name in traces.
pub(crate) fn host_action(name: &str) -> Option<HostAction> {
    const ALL: [HostAction; 7] = [
        HostAction::Event(HostEvent::WorkOffline),
        HostAction::Event(HostEvent::WorkOnline),
        HostAction::Event(HostEvent::ServerLost),
        HostAction::Event(HostEvent::ServerBack),
        HostAction::LogOn,
        HostAction::LogOff,
        HostAction::Quit,
    ];
    ALL.into_iter().find(|action| action.name() == name)
}
