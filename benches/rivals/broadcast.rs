//! `tokio::sync::broadcast`: one channel, in which every receiver has a place of its own.

use mapi_offline_measure::bare::notification;
use mapi_offline_sys::MAPIOFFLINE_NOTIFY;
use tokio::sync::broadcast::{Receiver, Sender, channel};

use super::{Rival, tokens};

pub struct Broadcast {
    sender: Sender<MAPIOFFLINE_NOTIFY>,
    receivers: Vec<(Receiver<MAPIOFFLINE_NOTIFY>, u32, u32)>,
}

impl Rival for Broadcast {
    const NAME: &'static str = "tokio broadcast";

    fn new(receivers: usize) -> Self {
        // Everyone has consumed one notification before the next is sent.
        let (sender, _) = channel(1);
        Self {
            receivers: tokens(receivers)
                .map(|token| (sender.subscribe(), token, 0))
                .collect(),
            sender,
        }
    }

    fn deliver(&mut self) {
        let sent = self.sender.send(notification());
        assert!(sent.is_ok(), "there are receivers");
        for (receiver, token, sum) in &mut self.receivers {
            receiver.try_recv().expect("it has been sent");
            *sum = sum.wrapping_add(*token);
        }
    }

    fn come_and_go(&mut self) {
        drop(self.sender.subscribe());
    }
}
