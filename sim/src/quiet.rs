//! `--quiet`: nothing is printed when all is well.

use std::io::Write;

use crate::status::{Status, Stop};

/// Carries a command out, and prints what it has to say only if something is not as it should be.
pub(crate) fn unless_held<W: Write>(
    out: &mut W,
    command: impl FnOnce(&mut Vec<u8>) -> Result<Status, Stop>,
) -> Result<Status, Stop> {
    let mut said = Vec::new();
    let done = command(&mut said);
    if !matches!(done, Ok(Status::Held)) {
        out.write_all(&said)?;
    }
    done
}
