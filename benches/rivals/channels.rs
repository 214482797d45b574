//! A crossbeam channel for each receiver: who delivers sends to one after the other.

use crossbeam_channel::{Receiver, Sender, bounded};
use mapi_offline_measure::bare::notification;
use mapi_offline_sys::MAPIOFFLINE_NOTIFY;

use super::{Rival, tokens};

pub struct Channels {
    senders: Vec<Sender<MAPIOFFLINE_NOTIFY>>,
    receivers: Vec<(Receiver<MAPIOFFLINE_NOTIFY>, u32, u32)>,
}

impl Rival for Channels {
    const NAME: &'static str = "crossbeam-channel";

    fn new(receivers: usize) -> Self {
        // Everyone has consumed one notification before the next is sent, so the smallest will do.
        let (senders, receivers) = tokens(receivers)
            .map(|token| {
                let (sender, receiver) = bounded(1);
                (sender, (receiver, token, 0))
            })
            .unzip();
        Self { senders, receivers }
    }

    fn deliver(&mut self) {
        let notification = notification();
        for sender in &self.senders {
            sender.send(notification).expect("there is a receiver");
        }
        for (receiver, token, sum) in &mut self.receivers {
            receiver.try_recv().expect("it has been sent");
            *sum = sum.wrapping_add(*token);
        }
    }

    fn come_and_go(&mut self) {
        let (sender, receiver) = bounded(1);
        self.senders.push(sender);
        drop(receiver);
        self.senders.pop();
    }
}
