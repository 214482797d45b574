//! The client libraries of `tests/cpp/clients`: which there are, and what each is compiled with.

use std::path::PathBuf;

use libtest_mimic::Failed;
use mapi_offline_compiled::Binary;
use tempfile::TempDir;

use crate::verdicts;

/// A client library, in a folder of its own.
pub struct Compiled {
    pub folder: TempDir,
    pub file: PathBuf,
}

/// Variants of `provider.cpp`, and of the clients that are linked: what each is called, what it defines, and whether it
/// is linked with msmapi32.
const VARIANTS: [(&str, &str, &[&str], bool); 18] = [
    ("right", "provider.cpp", &[], false),
    ("linked", "provider.cpp", &[], true),
    ("clean", "provider.cpp", &[], false),
    ("forgets", "provider.cpp", &["FORGETS"], false),
    ("leaks", "provider.cpp", &["LEAKS"], false),
    ("leaky", "provider.cpp", &["LEAKS"], false),
    ("early", "provider.cpp", &["EARLY"], false),
    ("one", "provider.cpp", &["BLOCKS"], false),
    ("two", "provider.cpp", &["BLOCKS"], true),
    ("refuses", "provider.cpp", &["REFUSES"], false),
    ("spins", "provider.cpp", &["SPINS"], false),
    (
        "careless",
        "provider.cpp",
        &["CONCLUDES", "MASK=~0u"],
        false,
    ),
    (
        "careful",
        "provider.cpp",
        &["CONCLUDES", "MASK=0x3u"],
        false,
    ),
    ("idle", "idle.cpp", &[], true),
    ("wrong-name", "idle.cpp", &["WRONG_NAME"], true),
    ("only-opens", "idle.cpp", &["ONLY_OPENS"], true),
    ("stores", "stores.cpp", &[], true),
    ("stores/RIGHT", "stores.cpp", &["RIGHT"], true),
];

/// The faults of `faulty.cpp`.
const FAULTY: [&str; 15] = [
    "FREED",
    "ASSERTS",
    "ABORTS",
    "EXITS",
    "THROWS",
    "THROWS_LATE",
    "OVERFLOWS",
    "JUMPS",
    "DEAD_LOCK",
    "WAITS",
    "SPINS",
    "CONNECT",
    "DISCONNECT",
    "TWICE",
    "CLOCK",
];

/// Those of `bears.cpp`.
const BEARS: [&str; 8] = [
    "NONE",
    "OPENS",
    "LOGS_ON",
    "LEAKS",
    "READS",
    "ASKS_ONCE",
    "ASKS_AGAIN",
    "STAYS",
];

/// All of them.
pub fn all() -> Vec<Binary> {
    let variants = VARIANTS.into_iter();
    let variants = variants
        .map(|(id, source, defines, is_linked)| Binary::client(id, source, defines, is_linked));
    let with_fault = |client: &str, fault: &&str, is_linked| {
        let (id, source) = (format!("{client}/{fault}"), format!("{client}.cpp"));
        Binary::client(&id, &source, &[&format!("FAULT={fault}")], is_linked)
    };
    let faulty = FAULTY
        .iter()
        .map(|fault| with_fault("faulty", fault, false));
    let bears = BEARS.iter().map(|fault| with_fault("bears", fault, true));
    let libraries = variants.chain(faulty).chain(bears);
    libraries.chain(verdicts::libraries()).collect()
}

/// Puts the library that is called that into a folder of its own.
pub fn compile(id: &str) -> Result<Compiled, Failed> {
    let libraries = all();
    let library = libraries.iter().find(|library| library.id == id);
    let library = library.ok_or_else(|| format!("no client library is called {id}"))?;
    let folder = tempfile::tempdir()?;
    let file = library.make(folder.path())?;
    Ok(Compiled { folder, file })
}
