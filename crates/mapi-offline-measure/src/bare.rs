//! The bare loop: what no dispatcher can do without.

use mapi_offline::ThreadedCallback;
use mapi_offline_sys::{
    IMAPIOfflineNotify, MAPIOFFLINE_NOTIFY, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
    MAPIOFFLINE_STATE_OFFLINE, MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE,
};

/// The notification that every contender delivers, but for the client token.
#[must_use]
pub fn notification() -> MAPIOFFLINE_NOTIFY {
    let mut notification = MAPIOFFLINE_NOTIFY {
        ulSize: MAPIOFFLINE_NOTIFY::SIZE,
        NotifyType: MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
        ..Default::default()
    };
    notification.Info.StateChange.ulMask = MAPIOFFLINE_STATE_OFFLINE_MASK;
    notification.Info.StateChange.ulStateOld = MAPIOFFLINE_STATE_ONLINE;
    notification.Info.StateChange.ulStateNew = MAPIOFFLINE_STATE_OFFLINE;
    notification
}

/// Sinks and their client tokens in one vector, and nothing else: nobody can come or go.
pub struct Bare {
    entries: Vec<(IMAPIOfflineNotify, u32)>,
    notification: MAPIOFFLINE_NOTIFY,
}

impl Bare {
    /// A loop over these sinks. The client tokens count from 1.
    #[must_use]
    pub fn new(sinks: &[ThreadedCallback]) -> Self {
        Self {
            entries: sinks
                .iter()
                .map(|sink| sink.as_com().clone())
                .zip(1..)
                .collect(),
            notification: notification(),
        }
    }

    /// As [`Bare::deliver`], of that type.
    pub fn deliver_as(&mut self, notify_type: u32) {
        self.notification.NotifyType = notify_type;
        self.deliver();
    }

    /// Delivers one phase: for each sink, writes its client token into the notification and makes
    /// one virtual call.
    pub fn deliver(&mut self) {
        for (sink, token) in &self.entries {
            self.notification.ulClientToken = *token;
            // SAFETY: the structure lives as long as the call.
            unsafe { sink.Notify(&self.notification) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink;

    #[test]
    fn each_sink_gets_its_own_token() {
        let sinks = sink::sinks(3);
        Bare::new(&sinks).deliver();
        let sums: Vec<u32> = sinks.iter().map(sink::sum).collect();
        assert_eq!(sums, [1, 2, 3]);
    }
}
