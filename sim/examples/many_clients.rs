//! Prints a scenario with many clients and many toggles of Work Offline, to measure with:
//!
//! ```sh
//! cargo run --example many_clients -- 1000 1000 > target/many.toml
//! cargo build --release
//! /usr/bin/time -v target/release/mapisim run --format json target/many.toml
//! ```

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let numbers: Result<Vec<u32>, _> = std::env::args().skip(1).map(|arg| arg.parse()).collect();
    let Ok(&[clients, toggles]) = numbers.as_deref() else {
        eprintln!("usage: many_clients CLIENTS TOGGLES");
        return ExitCode::from(2);
    };
    match print(&mut BufWriter::new(io::stdout().lock()), clients, toggles) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(out: &mut impl Write, clients: u32, toggles: u32) -> io::Result<()> {
    writeln!(out, "title = \"{clients} clients, {toggles} toggles\"")?;
    writeln!(out, "[[profile]]\nname = \"Work\"")?;
    for client in 0..clients {
        writeln!(out, "[[client]]\nname = \"c{client}\"\nprofile = \"Work\"")?;
        for call in ["Unadvise", "Release"] {
            writeln!(
                out,
                "[[client.on]]\ntype = \"DISCONNECT\"\ncall = \"{call}\""
            )?;
        }
    }
    for client in 0..clients {
        for call in ["HrOpenOfflineObj", "GetCapabilities", "Advise"] {
            writeln!(out, "[[step]]\nclient = \"c{client}\"\ncall = \"{call}\"")?;
        }
    }
    for toggle in 0..toggles {
        let event = ["work-offline", "work-online"][toggle as usize % 2];
        writeln!(out, "[[step]]\nhost = \"{event}\"\nwait = true")?;
    }
    writeln!(out, "[[expect]]\nfindings = []")?;
    out.flush()
}
