//! What the Releases of two threads leave on a callback, however they meet.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use mapi_offline::ThreadedCallback;
use mapi_offline::sys::{IMAPIOfflineNotify, S_OK};
use windows_core::Interface;

use crate::com_object::{ComBehaviour, ComObject};
use crate::sink::as_raw;
use crate::support::{open, outlook, watched};

/// A callback whose Release says once when it has left one reference, and returns when it is told to.
struct HaltingRelease(Mutex<Option<(Sender<()>, Receiver<()>)>>);

impl ComBehaviour for HaltingRelease {
    fn released(&self, left: u32) {
        let halts = (left == 1).then(|| self.0.lock().expect("nobody panics").take());
        if let Some((here, goes_on)) = halts.flatten() {
            here.send(()).expect("it waits");
            goes_on.recv().expect("it comes");
        }
    }
}

#[test]
fn a_release_that_is_written_down_after_the_last_one_is_no_leak() {
    let _alive = watched();
    let (here, arrived) = channel();
    let (go, goes_on) = channel();
    let callback = ComObject::new(0, HaltingRelease(Mutex::new(Some((here, goes_on)))));
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    // SAFETY: it begins with the vtable of the interface, any thread may call it, and it outlives the Outlook
    // and this reference, which is forgotten: the registrations alone hold it.
    let reference =
        unsafe { ThreadedCallback::from_com(IMAPIOfflineNotify::from_raw(as_raw(&callback))) };
    let tokens = [(); 2].map(|()| work.advise(&reference, 0).expect("Advise"));
    std::mem::forget(reference);
    thread::scope(|scope| {
        let first = scope.spawn(|| work.unadvise(tokens[0]));
        arrived.recv().expect("it releases");
        assert_eq!(work.unadvise(tokens[1]), S_OK);
        go.send(()).expect("it waits");
        assert_eq!(first.join().expect("it does not panic"), S_OK);
    });
    drop(work);
    assert_eq!(callback.references(), 0);
    assert_eq!(outlook.shut_down(), []);
}
