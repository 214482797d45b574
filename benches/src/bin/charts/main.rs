//! Draws the charts of `docs/performance.md` and writes its tables, from what the benchmarks left
//! behind: criterion's estimates, and the file of the benchmark `versus`.
//!
//! What was not measured keeps the chart and the table that it has.

mod criterion; // criterion's files
mod page; //      tables between the marks of a page
mod svg; //       charts of lines
mod tables; //    which tables and charts there are
mod targets; //   the table of targets

use std::io;
use std::process::ExitCode;

use mapi_offline_benches::results;

fn main() -> ExitCode {
    match draw() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("charts: {error}");
            ExitCode::FAILURE
        }
    }
}

fn draw() -> io::Result<()> {
    let measured = criterion::read(&results::target().join("criterion"))?;
    let versus = results::read_versus()?;
    let docs = results::root().join("docs");
    let charts = docs.join("charts");
    std::fs::create_dir_all(&charts)?;
    for (name, chart) in tables::charts(&measured) {
        let file = charts.join(format!("{name}.svg"));
        std::fs::write(&file, chart.draw())?;
        println!("{}", file.display());
    }
    let file = docs.join("performance.md");
    // As a clone on Windows may have it.
    let mut page = std::fs::read_to_string(&file)?.replace("\r\n", "\n");
    for (name, table) in tables::tables(&measured, versus.as_ref()) {
        page = page::replace(&page, name, &table)?;
    }
    std::fs::write(&file, page)?;
    println!("{}", file.display());
    Ok(())
}
