//! Answers requests as the module of the page does, natively: one line in, one line out.
//!
//! `tests/browser/play.test.js` holds the module against it.

use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for request in io::stdin().lock().lines() {
        writeln!(out, "{}", mapi_offline_play::answer(request?.as_bytes()))?;
    }
    Ok(())
}
