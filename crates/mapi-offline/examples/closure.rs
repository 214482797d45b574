//! The shortest test: a closure as the callback, and the trace in memory.
//!
//! `cargo run -p mapi-offline --example closure`

use std::cell::RefCell;
use std::rc::Rc;

use mapi_offline::{Outlook, TraceWriter, callback_fn};

fn main() -> windows_core::Result<()> {
    let trace = Rc::new(RefCell::new(TraceWriter::new(Vec::new())));
    let outlook = Outlook::builder()
        .profile("Work")
        .observer(Rc::clone(&trace))
        .build()?;

    let manager = outlook.open("Work")?;
    manager.capabilities()?;
    let heard = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&heard);
    let callback = callback_fn(move |notification| {
        log.borrow_mut().extend(notification.state_change());
    });
    let token = manager.advise(&callback, 0)?;
    drop(callback);

    outlook.work_offline();
    outlook.run_until_idle();
    for change in heard.borrow().iter() {
        println!("{change}");
    }

    manager.unadvise(token).ok()?;
    drop(manager);
    let report = outlook.shut_down();
    assert!(report.is_empty(), "{report:?}");
    let lines = trace
        .borrow()
        .get_ref()
        .iter()
        .filter(|byte| **byte == b'\n')
        .count();
    println!("{lines} events in the trace");
    Ok(())
}
