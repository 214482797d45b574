//! The verdicts on the clients of `docs/planted-bugs.md` as client libraries (`tests/cpp/clients/planted.cpp`), and on
//! their right twins: the second table of `docs/verdicts.md`.

use std::fmt::Write;

use libtest_mimic::Failed;
use mapi_offline::HostEvent;
use mapi_offline_compiled::{Binary, root};
use mapi_offline_explore::{ClientOptions, HostStep, Random, Report, explore_clients};

use crate::{Compiled, compile, options_of_child};

/// So many schedules of each right client are played.
const SCHEDULES: u64 = 200;

/// So many schedules it may take to find a fault.
const SCHEDULES_TO_FIND: u64 = 100;

/// More steps than any of the clients takes that comes to an end.
const STEPS: u32 = 400;

/// A faulty client and its right twin.
struct Pair {
    /// Its name in `planted.cpp`.
    client: &'static str,
    /// What the faulty one does.
    about: &'static str,
    /// What is found of it.
    finding: &'static str,
    /// What else makes it, beside the name: one library each.
    libraries: &'static [&'static [&'static str]],
    policy: Option<(&'static str, &'static str)>,
}

const fn pair(client: &'static str, about: &'static str, finding: &'static str) -> Pair {
    Pair {
        client,
        about,
        finding,
        libraries: &[&[]],
        policy: None,
    }
}

const ALL: [Pair; 11] = [
    pair(
        "READS_FIRST",
        "reads the state, and then advises",
        "stale-belief",
    ),
    pair(
        "BLOCKS",
        "blocks in a Notify of its helper object",
        "block-in-notify",
    ),
    Pair {
        libraries: &[&[], &["RIGHT"]],
        ..pair(
            "UNADVISES_OTHER",
            "unadvises another's registration in its callback",
            "stale-token",
        )
    },
    Pair {
        policy: Some(("late", "queued")),
        ..pair(
            "SILENCE",
            "uses its object in a notification after Unadvise (`late = queued`)",
            "use-after-release",
        )
    },
    Pair {
        policy: Some(("noise", "state-bits")),
        ..pair(
            "UNMASKED",
            "compares the state without a mask, and gives up (`noise = state-bits`)",
            "client-failed",
        )
    },
    pair(
        "LEAVES",
        "does not unadvise when it is disconnected while a transition runs",
        "leaked-registration",
    ),
    pair(
        "LOGGED_OFF",
        "registers while its profile logs off",
        "leaked-registration",
    ),
    pair(
        "RELEASES_FIRST",
        "releases its object while it is registered",
        "use-after-release",
    ),
    pair(
        "RELEASES_TWICE",
        "releases in its callback, and again when it is disconnected",
        "over-release",
    ),
    pair(
        "REGISTERS_ANEW",
        "registers anew at every change, and unadvises once",
        "leaked-registration",
    ),
    pair(
        "TAKES",
        "takes a reference at every change",
        "leaked-reference",
    ),
];

impl Pair {
    /// The libraries of the faulty one, or of the right one.
    fn libraries(&self, is_right: bool) -> Vec<Binary> {
        let libraries = self.libraries.iter().enumerate();
        let libraries = libraries.map(|(place, more)| {
            let client = format!("CLIENT={}", self.client);
            let mut defines = vec![client.as_str()];
            defines.extend(*more);
            let mut id = format!("{}-{place}", self.client.to_lowercase().replace('_', "-"));
            if is_right && !more.contains(&"RIGHT") {
                defines.push("RIGHT");
                id += "/RIGHT";
            }
            Binary::client(&id, "planted.cpp", &defines, false)
        });
        libraries.collect()
    }

    fn compile(&self, is_right: bool) -> Result<Vec<Compiled>, Failed> {
        let libraries = self.libraries(is_right).into_iter();
        libraries.map(|library| compile(&library.id)).collect()
    }

    fn options(&self, clients: &[Compiled], is_right: bool) -> Result<ClientOptions, Failed> {
        let mut options = options_of_child(&clients.iter().collect::<Vec<_>>())?;
        options.steps = STEPS;
        options.host = vec![HostEvent::WorkOffline.into()];
        if self.client == "LOGGED_OFF" && !is_right {
            options.host = vec![HostStep::log_off("Work"), HostStep::log_on("Work")];
        }
        let policy = self.policy.iter();
        let policy = policy.map(|(knob, value)| ((*knob).to_owned(), (*value).to_owned()));
        options.policy = policy.collect();
        Ok(options)
    }

    fn explore(&self, is_right: bool, seed: u64, schedules: u64) -> Result<Report, Failed> {
        let clients = self.compile(is_right)?;
        let options = self.options(&clients, is_right)?;
        let mut strategy = Random::new(seed, schedules);
        Ok(explore_clients(&options, &mut strategy, &mut |_| {})?)
    }
}

/// The libraries of all pairs. One that a faulty and a right client have alike is there once.
pub fn libraries() -> Vec<Binary> {
    let all = ALL.iter();
    let mut libraries: Vec<Binary> = all
        .flat_map(|pair| [false, true].map(|is_right| pair.libraries(is_right)))
        .flatten()
        .collect();
    libraries.sort_by(|one, other| one.id.cmp(&other.id));
    libraries.dedup_by(|one, other| one.id == other.id);
    libraries
}

/// No faulty client passes: the fault is found, by name, and the page says after how many schedules.
pub fn no_faulty_client_passes() -> Result<(), Failed> {
    let mut table =
        "| client | what is found | after schedules |\n| --- | --- | --- |\n".to_owned();
    for pair in &ALL {
        let report = pair.explore(false, 1, SCHEDULES_TO_FIND)?;
        let failure = report.failure(pair.finding).map(|it| it.found_after);
        let mut remarks = report.remarks.iter();
        let remark = remarks.find(|it| it.problem.name() == pair.finding);
        let after = failure.or(remark.map(|it| it.found_after));
        let found: Vec<_> = report.failures.iter().map(|it| &it.finding).collect();
        let after = after.ok_or(format!("{}: {found:?}", pair.about))?;
        writeln!(table, "| {} | `{}` | {after} |", pair.about, pair.finding)?;
    }
    compare(&table)
}

/// No right client fails: a warning would be a false alarm, too.
pub fn no_right_client_fails() -> Result<(), Failed> {
    for pair in &ALL {
        let report = pair.explore(true, 7, SCHEDULES)?;
        let failures = report.failures.iter().map(|it| it.problem.to_string());
        let remarks = report.remarks.iter().map(|it| it.problem.to_string());
        let found: Vec<String> = failures.chain(remarks).collect();
        if !found.is_empty() {
            return Err(format!("{}: {found:?}", pair.about).into());
        }
    }
    Ok(())
}

/// The second table of the page is this one, or is made so with `UPDATE_DOCS=1`.
fn compare(table: &str) -> Result<(), Failed> {
    let path = root().join("docs/verdicts.md");
    let page = std::fs::read_to_string(&path)?.replace("\r\n", "\n");
    let (begin, end) = (
        "<!-- verdicts on libraries -->\n",
        "<!-- end of verdicts on libraries -->",
    );
    let (before, rest) = page.split_once(begin).ok_or("the section begins")?;
    let (_, after) = rest.split_once(end).ok_or("the section ends")?;
    let expected = format!("{before}{begin}\n{table}\n{end}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        return Ok(std::fs::write(&path, expected)?);
    }
    let update = "UPDATE_DOCS=1 cargo test -p mapi-offline-capi --test explored";
    match page == expected {
        true => Ok(()),
        false => Err(format!("docs/verdicts.md is out of date: {update}\n\n{table}").into()),
    }
}
